import Loyalty

/// A rung of the ladder.
public struct LevelRow: Sendable, Equatable {
    public let name: String
    public let from: String
    public let benefit: String?
    /// Whether it is the guest's.
    public let yours: Bool
}

/// A restaurant.
public struct VenueView: Sendable, Equatable {
    public let name: String
    public let address: String?
    public let hours: String?
    public let phone: String?
    /// The phone in the form that dials.
    public let dial: String?
}

/// How to reach somebody.
public struct SupportView: Sendable, Equatable {
    public let phone: String?
    public let dial: String?
    public let email: String?
    public let url: String?
}

/// An open component of the app and its licence.
public struct Licence: Sendable, Equatable {
    public let component: String
    public let licence: String

    public init(component: String, licence: String) {
        self.component = component
        self.licence = licence
    }

    /// Reads a table of two columns with a tab between them, as the build writes it.
    public static func all(in table: String) -> [Licence] {
        table.split(separator: "\n").compactMap { line in
            let columns = line.split(separator: "\t")
            return columns.count == 2 ? Licence(component: String(columns[0]), licence: String(columns[1])) : nil
        }
    }
}

/// What the programme gives, where, and whom to ask.
public struct ProgrammeState: Sendable, Equatable, Waiting {
    public var name: String? = nil
    public var rules: String? = nil
    public var levels: [LevelRow] = []
    public var venues: [VenueView] = []
    public var support: SupportView? = nil
    public var licences: [Licence] = []
    public var version: String = ""
    public var offline: Bool = false
    public var wait: Wait = .none
    public var problem: Problem? = nil
}

public enum ProgrammeAction: Sendable, Equatable {
    case retry
    case dial(phone: String)
    case write(email: String)
    case open(url: String)
    case back
}

public enum ProgrammeEffect: Sendable, Equatable {
    case dial(phone: String)
    case write(email: String)
    case open(url: String)
    case back
}

public final class ProgrammeStore: Store<ProgrammeState, ProgrammeAction, ProgrammeEffect> {
    private let session: any LoyaltySession

    public init(
        session: any LoyaltySession, version: String, licences: [Licence], clock: any Clock<Duration>,
        onEffect: @escaping @MainActor (ProgrammeEffect) -> Void
    ) {
        self.session = session
        super.init(ProgrammeState(licences: licences, version: version), clock: clock, onEffect: onEffect)
        if let known = session.knownProgramme { show(known) }
        read()
    }

    public override func send(_ action: ProgrammeAction) {
        switch action {
        case .retry: read()
        case .dial(let phone): emit(.dial(phone: phone))
        case .write(let email): emit(.write(email: email))
        case .open(let url): emit(.open(url: url))
        case .back: emit(.back)
        }
    }

    override func wake() { if state.problem != nil { read() } }

    private func read() {
        if state.wait.busy { return }
        change { $0.problem = nil }
        launchWaiting { [weak self, session] in
            switch await self?.awaited({ try await session.programme() }) {
            case .done(let programme): self?.show(programme)
            case .failed(let failure):
                self?.change {
                    let problem = Problem(failure)
                    $0.offline = problem.cause == .offline
                    $0.problem = problem
                }
            case nil: break
            }
        }
    }

    private func show(_ programme: Programme) {
        let words = session.language.words
        let own = session.current.snapshot?.level?.name
        change {
            $0.name = programme.name
            $0.rules = programme.rules
            $0.levels = programme.levels.map { level in
                LevelRow(
                    name: level.name,
                    from: level.from.value.kopecks == 0
                        ? words.programme.levelStart : words.programme.levelFrom(amount: level.from.text),
                    benefit: levelBenefit(accrual: level.accrual, discount: level.discount, words),
                    yours: level.name == own)
            }
            $0.venues = programme.venues.map {
                VenueView(name: $0.name, address: $0.address, hours: $0.hours, phone: $0.phoneText, dial: $0.phone)
            }
            $0.support = programme.support.map(SupportView.init)
            $0.offline = false
        }
    }
}

extension SupportView {
    init(_ support: Support) {
        self.init(phone: support.phoneText, dial: support.phone, email: support.email, url: support.url)
    }
}

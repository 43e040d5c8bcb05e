import Loyalty

/// A till code to show.
public struct CodeView: Sendable, Equatable, CustomStringConvertible {
    /// What the QR code and the bar code say.
    public let value: String
    /// The number in groups of four.
    public let groups: String

    public init(value: String) {
        self.value = value
        var groups: [Substring] = []
        var rest = Substring(value)
        while !rest.isEmpty {
            groups.append(rest.prefix(4))
            rest = rest.dropFirst(4)
        }
        self.groups = groups.joined(separator: "\u{a0}")
    }

    // Whoever knows the code is taken for the guest.
    public var description: String { "CodeView" }
}

/// In which state the card is, beside the code that is shown.
public enum CardCondition: Sendable, Equatable, CaseIterable {
    case valid
    /// No connection: the code is the last one that was had.
    case offline
    case expired
    /// The venue has no codes: the guest tells the phone number.
    case tellNumber
    /// No connection and nothing to show.
    case nothingKept
    case loading
    case failed
}

/// The card to be shown at the till.
public struct CardState: Sendable, Equatable, Waiting {
    public var condition: CardCondition = .loading
    public var code: CodeView? = nil
    /// As `1:30`, for a short-lived code.
    public var expiresIn: String? = nil
    /// How much of its life is left.
    public var permille: Int? = nil
    public var phone: String? = nil
    public var wait: Wait = .none
    public var problem: Problem? = nil
}

public enum CardAction: Sendable, Equatable {
    case newCode
    case close
}

/// The guest has put the card away.
public struct CardClosed: Sendable, Equatable {}

public final class CardStore: Store<CardState, CardAction, CardClosed> {
    private let session: any LoyaltyGuest
    private var countdown: Task<Void, Never>?
    private var expiry: Deadline?

    public init(
        session: any LoyaltyGuest, clock: any Clock<Duration>, onEffect: @escaping @MainActor (CardClosed) -> Void
    ) {
        self.session = session
        super.init(CardState(phone: session.current.snapshot?.guest.phone), clock: clock, onEffect: onEffect)
        read()
    }

    public override func send(_ action: CardAction) {
        switch action {
        case .newCode: read()
        case .close: emit(CardClosed())
        }
    }

    /// What has expired meanwhile goes at once.
    override func wake() {
        if let expiry { tell(expiry.left, of: expiry) }
        switch state.condition {
        case .offline, .expired, .nothingKept, .failed: read()
        case .valid, .tellNumber, .loading: break
        }
    }

    private func read() {
        if state.wait.busy { return }
        launchWaiting { [weak self, session] in
            switch await self?.awaited({ try await session.tillCode() }) {
            case .done(let code): self?.show(code)
            case .failed(let failure): self?.change { $0.goWithoutCode(failure) }
            case nil: break
            }
        }
    }

    private func show(_ code: TillCode) {
        countdown?.cancel()
        change {
            $0 = CardState(condition: .valid, code: CodeView(value: code.value), phone: $0.phone, wait: $0.wait)
        }
        expiry = nil
        guard let life = code.livesFor, life >= .zero else { return }
        let expiry = Deadline(in: life, on: clock)
        self.expiry = expiry
        countdown = launch { [weak self] in
            try? await expiry.countDown { left in self?.tell(left, of: expiry) }
        }
    }

    private func tell(_ left: Duration, of expiry: Deadline) {
        if left == .zero { return expire() }
        change {
            $0.expiresIn = minutesAndSeconds(left)
            $0.permille = Int(left.inMilliseconds * 1000 / max(expiry.total.inMilliseconds, 1))
        }
    }

    private func expire() {
        countdown?.cancel()
        expiry = nil
        change {
            $0.condition = .expired
            $0.code = nil
            $0.expiresIn = nil
            $0.permille = nil
        }
        read()
    }
}

extension CardState {
    fileprivate mutating func goWithoutCode(_ failure: LoyaltyError?) {
        if failure == .unsupported {
            condition = .tellNumber
            code = nil
        } else if code != nil {
            condition = .offline
            problem = Problem(failure)
        } else if condition == .expired {
            problem = Problem(failure)
        } else if failure == .offline {
            condition = .nothingKept
        } else {
            condition = .failed
            problem = Problem(failure)
        }
    }
}

extension Duration {
    fileprivate var inMilliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}

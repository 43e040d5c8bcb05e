import Loyalty

/// Where the phone's guest is.
public enum Place: Sendable, Equatable {
    case signIn
    case code(sent: CodeOnItsWay)
    /// With `consentsOnly` the guest has an account, and the consents are asked anew.
    case register(consentsOnly: Bool)
    case main(tab: Tab)
    case card
    case burns
    case receipt(reference: String)
    case programme
    case blocked(support: SupportView?)
    case outdated
}

/// The three pages behind the bar at the bottom.
public enum Tab: Sendable, Hashable, CaseIterable {
    case home, history, profile
}

/// The way back: the last is what is shown, and it is never empty.
public struct PhoneState: Sendable, Equatable {
    public var places: [Place]

    /// What is shown.
    public var place: Place { places[places.count - 1] }

    /// Which of the three pages is shown, or lies under what is shown; `nil` before there is one.
    public var tab: Tab? {
        for case .main(let tab) in places.reversed() { return tab }
        return nil
    }

    /// How many lie over the page, or over the first screen where there is no page.
    public var depth: Int {
        let page = places.lastIndex { if case .main = $0 { true } else { false } }
        return places.count - 1 - (page ?? 0)
    }

    /// Whether going back leads somewhere inside the app.
    public var canGoBack: Bool { places.count > 1 }
}

public enum PhoneAction: Sendable, Equatable {
    case go(place: Place)
    case select(tab: Tab)
    case back
    case signedIn
    case registered
    case signedOut
    /// A screen cannot go on because of this.
    case leave(because: LoyaltyError)
    case blocked
}

/// Moves between the phone's screens.
public final class PhoneStore: Store<PhoneState, PhoneAction, Never> {
    private let session: any LoyaltyGuest

    public init(session: any LoyaltyGuest, clock: any Clock<Duration>) {
        self.session = session
        let start: Place = session.current.signedIn ? .main(tab: .home) : .signIn
        super.init(PhoneState(places: [start]), clock: clock, onEffect: { _ in })
    }

    public override func send(_ action: PhoneAction) {
        change { $0.places = next($0, action) }
    }

    private func next(_ state: PhoneState, _ action: PhoneAction) -> [Place] {
        switch action {
        case .go(let place): return state.places + [place]
        case .select(let tab): return [.main(tab: .home)] + (tab == .home ? [] : [.main(tab: tab)])
        case .back: return state.canGoBack ? Array(state.places.dropLast()) : state.places
        case .signedIn, .registered: return [.main(tab: .home)]
        // Who signs in with an app that is too old comes back here.
        case .signedOut: return state.places.first == .signIn || state.places.first == .outdated ? state.places : [.signIn]
        case .blocked: return [.blocked(support: support)]
        case .leave(let because): return leave(state, because)
        }
    }

    private func leave(_ state: PhoneState, _ because: LoyaltyError) -> [Place] {
        if because == .outdated { return [.outdated] }
        if because == .unauthorized { return [.signIn] }
        switch because.code {
        case .accountBlocked: return [.blocked(support: support)]
        case .guestNotFound: return [.register(consentsOnly: false)]
        case .consentRequired: return [.register(consentsOnly: true)]
        default: return state.places
        }
    }

    private var support: SupportView? { session.knownProgramme?.support.map(SupportView.init) }
}

import Loyalty

/// The first screen.
public struct HomeState: Sendable, Equatable, Waiting {
    /// `nil` before the first reading: a skeleton is shown.
    public var holdings: Holdings? = nil
    /// When it was read, where it may be out of date.
    public var asOf: String? = nil
    public var offline: Bool = false
    public var wait: Wait = .none
    public var problem: Problem? = nil
}

public enum HomeAction: Sendable, Equatable {
    case refresh
    case openCard
    case openBurns
    case openHistory
    case openReceipt(reference: String)
}

public enum HomeEffect: Sendable, Equatable {
    case card
    case burns
    case history
    case receipt(reference: String)
    /// The app is too old, nobody is registered or nobody signed in: another screen has to be shown.
    case leave(because: LoyaltyError)
    case blocked
    case signedOut
}

public final class HomeStore: Store<HomeState, HomeAction, HomeEffect> {
    private let session: any LoyaltyGuest

    public init(
        session: any LoyaltyGuest, clock: any Clock<Duration>, onEffect: @escaping @MainActor (HomeEffect) -> Void
    ) {
        self.session = session
        super.init(HomeState(), clock: clock, onEffect: onEffect)
        show(session.current)
        launch { [weak self] in
            for await now in session.states() { self?.show(now) }
        }
        refresh()
    }

    public override func send(_ action: HomeAction) {
        switch action {
        case .refresh: refresh()
        case .openCard: emit(.card)
        case .openBurns: emit(.burns)
        case .openHistory: emit(.history)
        case .openReceipt(let reference): emit(.receipt(reference: reference))
        }
    }

    override func wake() { refresh() }

    /// Words anew what is shown, in the language that is spoken now.
    func reword() { show(session.current) }

    private func show(_ now: SessionState) {
        if !now.signedIn { emit(.signedOut) }
        if now.snapshot?.guest.blocked == true { emit(.blocked) }
        change {
            $0.holdings = now.snapshot.map { Holdings($0, words: session.language.words) }
            $0.asOf = now.snapshot.flatMap { $0.freshness == .stale ? $0.asOfText : nil }
            $0.offline = now.connectivity == .offline
        }
    }

    private func refresh() {
        if state.wait.busy { return }
        change { $0.problem = nil }
        launchWaiting { [weak self, session] in
            guard case .failed(let failure)? = await self?.awaited({ try await session.refresh() }) else { return }
            self?.change { $0.problem = Problem(failure) }
            switch failure {
            case .outdated?, .notFound?, .unauthorized?:
                if let failure { self?.emit(.leave(because: failure)) }
            default: break
            }
        }
    }
}

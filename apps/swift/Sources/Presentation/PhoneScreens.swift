import Foundation
import Loyalty
import Observation
import Words

/// A screen with the store behind it.
public enum Screen: Sendable {
    case signIn(SignInStore)
    case code(CodeStore)
    case register(RegisterStore)
    case home(HomeStore)
    case history(HistoryStore)
    case profile(ProfileStore)
    case card(CardStore)
    case burns(BurnStore)
    case receipt(ReceiptStore)
    case programme(ProgrammeStore)
    case blocked(support: SupportView?)
    case outdated
}

/// What the screens ask of the phone.
public enum PhoneRequest: Sendable, Equatable {
    /// A page, a phone to dial, a letter to write.
    case open(url: URL)
    /// A document for the guest alone, to be put where they say.
    case share(json: String)
    /// To keep these, and to schedule or cancel what they say about reminders.
    case prefer(preferences: Preferences)
}

/// What the app knows and the screens show.
public struct AppFacts: Sendable {
    public let version: String
    public let licences: [Licence]

    public init(version: String, licences: [Licence]) {
        self.version = version
        self.licences = licences
    }
}

/// Makes the stores of the screens that are open, ends those of the screens that are left, and carries what happens in
/// one of them to the others.
@MainActor @Observable
public final class PhoneScreens {
    /// Where the guest is.
    public let phone: PhoneStore
    /// The screens of ``PhoneState/places``, in the same order; never empty.
    public private(set) var screens: [Screen] = []
    public private(set) var preferences: Preferences
    /// The pages that were shown since the guest signed in; they stay as they were left.
    public private(set) var pages: [Tab: Screen] = [:]

    /// The screens over the page, or over the first screen where there is no page.
    public var above: [Screen] { screens.suffix(phone.state.depth) }

    /// Whether a code is held out to a till, which wants a bright screen.
    public var showsCode: Bool {
        if case .card(let card)? = screens.last { card.state.code != nil } else { false }
    }

    /// The words of the screens.
    public var words: any Words { preferences.language.words }

    @ObservationIgnored let session: any LoyaltyGuest
    @ObservationIgnored private let facts: AppFacts
    @ObservationIgnored private let clock: any Clock<Duration>
    @ObservationIgnored private let today: @MainActor () -> LocalDate
    @ObservationIgnored private let onRequest: @MainActor (PhoneRequest) -> Void
    @ObservationIgnored private var places: [Place] = []
    @ObservationIgnored private var life: Task<Void, Never>?
    @ObservationIgnored private var waiting: [PhoneAction] = []
    @ObservationIgnored private var isSettling = false
    @ObservationIgnored private var following: Task<Void, Never>?
    /// A link that came before there was a page to lead on from.
    @ObservationIgnored private var remembered: DeepLink?
    /// Whether the guest has to be told that their request for deletion has been received.
    @ObservationIgnored private var isDeletionAsked = false

    /// - Parameters:
    ///   - today: the day by which a birthday is in the future.
    ///   - onRequest: does what the screens cannot do by themselves.
    public init(
        session: any LoyaltyGuest, preferences: Preferences, facts: AppFacts, clock: any Clock<Duration>,
        today: @escaping @MainActor () -> LocalDate, onRequest: @escaping @MainActor (PhoneRequest) -> Void
    ) {
        self.session = session
        self.preferences = preferences
        self.facts = facts
        self.clock = clock
        self.today = today
        self.onRequest = onRequest
        session.language = Loyalty.Language(preferences.language)
        phone = PhoneStore(session: session, clock: clock)
        settle()
        // Whatever is shown: not every screen has a store that follows the session.
        following = Task { [weak self] in
            for await now in session.states() { self?.follow(now) }
        }
    }

    deinit { following?.cancel() }

    private func follow(_ now: SessionState) {
        if now.signedIn { catchUp() } else { send(.signedOut) }
    }

    /// Moves to another screen.
    public func send(_ action: PhoneAction) {
        waiting.append(action)
        settle()
        catchUp()
    }

    /// The guest has gone back, by the system's button or gesture, until so many are left ``above``.
    public func backed(to depth: Int) {
        while phone.state.depth > max(depth, 0) { send(.back) }
    }

    /// Shows what a link leads to. It does not lead past what stands in place of the pages: a guest who is not signed in
    /// signs in first, a newcomer registers.
    public func open(_ link: DeepLink) {
        if session.current.signedIn && phone.state.tab != nil { lead(link) } else { remembered = link }
    }

    /// Follows a link that came too early. Only what has been read tells a guest from a newcomer.
    private func catchUp() {
        guard let link = remembered, !isSettling, phone.state.tab != nil, session.current.snapshot != nil else { return }
        remembered = nil
        lead(link)
    }

    /// Signs a guest out on a screen that has no store.
    public func signOut() {
        Task { [session] in _ = try? await session.signOut() }
    }

    private func lead(_ link: DeepLink) {
        switch link {
        case .card: if phone.state.place != .card { send(.go(place: .card)) }
        case .history: send(.select(tab: .history))
        }
    }

    /// The app is on the screen again: files are opened, and what is shown is read anew.
    public func wake() async {
        await inOrder { [weak self, session] in
            // A file that cannot be opened shows itself in what is read next.
            try? await session.resume()
            await self?.readAnew()
        }
    }

    /// The app leaves the screen: nothing may hold a file when the system suspends it.
    public func sleep() async {
        await inOrder { [session] in try? await session.pause() }
    }

    /// A guest who looks away and back again is faster than the files: each step waits for the one before.
    private func inOrder(_ step: @escaping @MainActor @Sendable () async -> Void) async {
        let before = life
        let task = Task {
            await before?.value
            await step()
        }
        life = task
        await task.value
    }

    private func readAnew() async {
        if case .blocked? = phone.state.places.first {
            // The restaurant may have changed its mind.
            _ = try? await session.refresh()
            if session.current.snapshot?.guest.blocked == false { send(.signedIn) }
        }
        for page in pages.values { page.wake() }
        for screen in screens where !screen.isPage { screen.wake() }
    }

    /// What to remind the guest of, as far as they want to be.
    public var reminders: [Reminder] {
        preferences.notifyBurn && !preferences.notificationsDenied ? session.reminders(ReminderPolicy()) : []
    }

    /// Notes whether the system lets us notify.
    public func notificationsAllowed(_ allowed: Bool) {
        if preferences.notificationsDenied == allowed { prefer { $0.notificationsDenied = !allowed } }
    }

    /// Does what is waiting, and brings the screens into line with the places. A store may act while it is being made.
    private func settle() {
        if isSettling { return }
        isSettling = true
        defer { isSettling = false }
        repeat {
            if !waiting.isEmpty { phone.send(waiting.removeFirst()) }
            follow(phone.state.places)
        } while !waiting.isEmpty
    }

    private func follow(_ wanted: [Place]) {
        let kept = zip(places, wanted).prefix { $0 == $1 }.count
        for screen in screens.dropFirst(kept) where !screen.isPage { screen.close() }
        if case .main? = wanted.first {
        } else {
            for page in pages.values { page.close() }
            pages = [:]
        }
        screens = Array(screens.prefix(kept)) + wanted.dropFirst(kept).map(screen)
        places = wanted
    }

    private func screen(_ place: Place) -> Screen {
        switch place {
        case .signIn:
            let store = SignInStore(session: session, clock: clock) { [weak self] in
                self?.send(.go(place: .code(sent: $0)))
            }
            if isDeletionAsked { store.confirmDeletion() }
            isDeletionAsked = false
            return .signIn(store)
        case .code(let sent):
            return .code(CodeStore(session: session, sent: sent, clock: clock) { [weak self] in self?.happened($0) })
        case .register(let consentsOnly):
            return .register(
                RegisterStore(session: session, consentsOnly: consentsOnly, today: today, clock: clock) {
                    [weak self] in self?.happened($0)
                })
        case .main(let tab):
            if let page = pages[tab] { return page }
            let page = page(tab)
            pages[tab] = page
            return page
        case .card: return .card(CardStore(session: session, clock: clock) { [weak self] _ in self?.send(.back) })
        case .burns:
            return .burns(
                BurnStore(session: session, preferences: preferences, clock: clock) { [weak self] in
                    self?.happened($0)
                })
        case .receipt(let reference):
            return .receipt(
                ReceiptStore(session: session, reference: reference, clock: clock) { [weak self] _ in self?.send(.back) })
        case .programme:
            return .programme(
                ProgrammeStore(session: session, version: facts.version, licences: facts.licences, clock: clock) {
                    [weak self] in self?.happened($0)
                })
        case .blocked(let support): return .blocked(support: support)
        case .outdated: return .outdated
        }
    }

    private func page(_ tab: Tab) -> Screen {
        switch tab {
        case .home: .home(HomeStore(session: session, clock: clock) { [weak self] in self?.happened($0) })
        case .history: .history(HistoryStore(session: session, clock: clock) { [weak self] in self?.happened($0) })
        case .profile:
            .profile(
                ProfileStore(
                    session: session, preferences: preferences, today: today, clock: clock,
                    onDeletion: { [weak self] in self?.received() }, onEffect: { [weak self] in self?.happened($0) }))
        }
    }

    /// A request for deletion, which also signs the guest out: either may be known first.
    private func received() {
        if case .signIn(let store)? = screens.first { store.confirmDeletion() } else { isDeletionAsked = true }
    }

    private func happened(_ effect: CodeEffect) {
        switch effect {
        case .signedIn: send(.signedIn)
        case .changePhone: send(.back)
        }
    }

    private func happened(_ effect: RegisterEffect) {
        switch effect {
        case .openLink(let url): open(url)
        case .finished: send(.registered)
        }
    }

    private func happened(_ effect: HomeEffect) {
        switch effect {
        case .card: send(.go(place: .card))
        case .burns: send(.go(place: .burns))
        case .history: send(.select(tab: .history))
        case .receipt(let reference): send(.go(place: .receipt(reference: reference)))
        case .leave(let because): send(.leave(because: because))
        case .blocked: send(.blocked)
        case .signedOut: send(.signedOut)
        }
    }

    private func happened(_ effect: BurnEffect) {
        switch effect {
        case .remind(let wanted): prefer { $0.notifyBurn = wanted }
        case .back: send(.back)
        }
    }

    private func happened(_ effect: HistoryEffect) {
        switch effect {
        case .receipt(let reference): send(.go(place: .receipt(reference: reference)))
        case .dial(let phone): open("tel:" + phone)
        }
    }

    private func happened(_ effect: ProfileEffect) {
        switch effect {
        case .prefer(let wanted): prefer { $0 = wanted }
        case .export(let json): onRequest(.share(json: json))
        case .programme: send(.go(place: .programme))
        // The bar leads elsewhere; who gives the form up stays on the page.
        case .left: break
        case .signedOut: send(.signedOut)
        }
    }

    private func happened(_ effect: ProgrammeEffect) {
        switch effect {
        case .dial(let phone): open("tel:" + phone)
        case .write(let email): open("mailto:" + email)
        case .open(let url): open(url)
        case .back: send(.back)
        }
    }

    private func prefer(_ with: (inout Preferences) -> Void) {
        let before = preferences.language
        with(&preferences)
        let isReworded = preferences.language != before
        session.language = Loyalty.Language(preferences.language)
        for page in pages.values { page.take(preferences, isReworded: isReworded) }
        for screen in screens where !screen.isPage { screen.take(preferences, isReworded: isReworded) }
        onRequest(.prefer(preferences: preferences))
    }

    /// The operator writes these addresses; what is none of ours to open stays closed.
    private func open(_ address: String) {
        guard let url = URL(string: address), ["https", "tel", "mailto"].contains(url.scheme?.lowercased()) else {
            return
        }
        onRequest(.open(url: url))
    }
}

extension Screen {
    /// Tells screens apart that are open at a time; `nil` for those without a store, of which there is one at most.
    public var id: ObjectIdentifier? {
        switch self {
        case .signIn(let store): ObjectIdentifier(store)
        case .code(let store): ObjectIdentifier(store)
        case .register(let store): ObjectIdentifier(store)
        case .home(let store): ObjectIdentifier(store)
        case .history(let store): ObjectIdentifier(store)
        case .profile(let store): ObjectIdentifier(store)
        case .card(let store): ObjectIdentifier(store)
        case .burns(let store): ObjectIdentifier(store)
        case .receipt(let store): ObjectIdentifier(store)
        case .programme(let store): ObjectIdentifier(store)
        case .blocked, .outdated: nil
        }
    }

    /// Whether it is one of the three pages, which outlive a visit.
    fileprivate var isPage: Bool {
        switch self {
        case .home, .history, .profile: true
        default: false
        }
    }

    /// What was read before stays in the language it was read in, so it is read again.
    @MainActor
    fileprivate func take(_ preferences: Preferences, isReworded: Bool) {
        switch self {
        case .burns(let store): store.show(preferences)
        case .profile(let store): store.show(preferences)
        case .home(let store): if isReworded { store.reword() }
        case .history(let store): if isReworded { store.send(.refresh) }
        case .receipt(let store): if isReworded { store.send(.retry) }
        case .programme(let store): if isReworded { store.send(.retry) }
        case .signIn, .code, .register, .card, .blocked, .outdated: break
        }
    }

    @MainActor
    fileprivate func wake() {
        switch self {
        case .signIn(let store): store.wake()
        case .code(let store): store.wake()
        case .register(let store): store.wake()
        case .home(let store): store.wake()
        case .history(let store): store.wake()
        case .profile(let store): store.wake()
        case .card(let store): store.wake()
        case .burns(let store): store.wake()
        case .receipt(let store): store.wake()
        case .programme(let store): store.wake()
        case .blocked, .outdated: break
        }
    }

    @MainActor
    fileprivate func close() {
        switch self {
        case .signIn(let store): store.close()
        case .code(let store): store.close()
        case .register(let store): store.close()
        case .home(let store): store.close()
        case .history(let store): store.close()
        case .profile(let store): store.close()
        case .card(let store): store.close()
        case .burns(let store): store.close()
        case .receipt(let store): store.close()
        case .programme(let store): store.close()
        case .blocked, .outdated: break
        }
    }
}

extension Loyalty.Language {
    init(_ language: WordsLanguage) { self = language == .ru ? .russian : .english }
}

import Foundation
import Loyalty
import Testing
import Words

@testable import Presentation

@MainActor @Suite(.timeLimit(.minutes(10))) struct PhoneTests {
    private let preferences = Preferences(
        language: .en, theme: .system, notifyBurn: true, notificationsDenied: false)

    private func screens(
        _ session: any LoyaltyGuest, clock: any Clock<Duration> = ManualClock(),
        _ onRequest: @escaping @MainActor (PhoneRequest) -> Void = { _ in }
    ) -> PhoneScreens {
        PhoneScreens(
            session: session, preferences: preferences, facts: AppFacts(version: "0.1.0", licences: []), clock: clock,
            today: { LocalDate(year: 2026, month: 6, day: 15) }, onRequest: onRequest)
    }

    @Test func screensThatAreLeftEndAndTheThreePagesStay() async {
        let guest = FakeGuest()
        let screens = screens(guest)
        let home = screens.home
        // The page, and what follows the session whatever is shown.
        await eventually { guest.observing == 2 }
        screens.send(.go(place: .burns))
        await eventually { guest.observing == 3 }
        screens.send(.back)
        await eventually { guest.observing == 2 }
        screens.send(.select(tab: .history))
        screens.send(.select(tab: .home))
        #expect(screens.home === home)
        screens.send(.signedOut)
        #expect(screens.signIn != nil)
        await eventually("no page observes") { guest.observing == 1 }
    }

    @Test func theSystemsWayBackLeadsToWhatLiesUnderTheScreen() {
        let screens = screens(FakeGuest())
        screens.send(.select(tab: .profile))
        screens.send(.go(place: .programme))
        screens.send(.go(place: .burns))
        #expect(screens.phone.state.tab == .profile && screens.above.count == 2)
        let (first, second) = (screens.above[0], screens.above[1])
        #expect(first.id != second.id && first.id == screens.above[0].id)
        screens.backed(to: 1)
        #expect(screens.above.count == 1 && screens.programme != nil)
        screens.backed(to: 0)
        #expect(screens.phone.state.place == .main(tab: .profile) && screens.above.isEmpty)
        screens.backed(to: 0)
        #expect(screens.phone.state.place == .main(tab: .profile), "there is nothing under a page")
        #expect(Set(screens.pages.keys) == [.home, .profile], "what was shown stays, and nothing else is made")
    }

    @Test func whoGivesTheFormUpStaysOnTheirPage() async {
        let screens = screens(FakeGuest())
        screens.send(.select(tab: .profile))
        screens.profile?.send(.edit)
        screens.profile?.send(.leave)
        #expect(screens.profile?.state.draft == nil && screens.phone.state.tab == .profile)
    }

    @Test func theScreenIsBrightWhileThereIsACodeToShow() async {
        let guest = FakeGuest()
        guest.answer("tillCode") { TillCode(value: "1234567890", expiresAt: nil, livesFor: nil) }
        let screens = screens(guest)
        #expect(!screens.showsCode)
        screens.send(.go(place: .card))
        #expect(!screens.showsCode, "not before it is there")
        await eventually { screens.showsCode }
        screens.card?.send(.close)
        #expect(!screens.showsCode)
    }

    @Test func aGuestWhoIsNoLongerBlockedComesIn() async {
        let guest = FakeGuest(snapshot: .sample(blocked: true))
        let screens = screens(guest)
        #expect(screens.phone.state.place == .blocked(support: nil))
        await screens.wake()
        #expect(screens.home == nil)
        guest.become(SessionState(signedIn: true, connectivity: .online, snapshot: .sample()))
        await screens.wake()
        #expect(screens.home != nil)
    }

    @Test func aSessionThatEndsElsewhereLeadsToSigningIn() async {
        let guest = FakeGuest()
        let screens = screens(guest)
        guest.become(SessionState(signedIn: false, connectivity: .online, snapshot: nil))
        await eventually { screens.signIn != nil }
    }

    @Test func aLinkLeadsToTheCardOfAGuestWhoIsSignedIn() throws {
        let address = try #require(DeepLink.card.url)
        #expect(address.absoluteString == "loyalty://card")
        let link = try #require(DeepLink(address))
        let screens = screens(FakeGuest())
        screens.open(link)
        screens.open(link)
        #expect(screens.phone.state.places == [.main(tab: .home), .card])
        let blocked = self.screens(FakeGuest(snapshot: .sample(blocked: true)))
        blocked.open(link)
        #expect(blocked.phone.state.places == [.blocked(support: nil)], "a link does not lead past it")
        for other in ["loyalty://card/1", "https://card", "loyalty://burns", "loyalty:card"] {
            let url = try #require(URL(string: other))
            #expect(DeepLink(url) == nil, "\(other)")
        }
    }

    @Test func onlyAddressesOfOursAreOpened() {
        var requests: [PhoneRequest] = []
        let screens = screens(FakeGuest()) { requests.append($0) }
        screens.send(.go(place: .programme))
        screens.programme?.send(.open(url: "javascript:alert(1)"))
        screens.programme?.send(.open(url: "https://e.example"))
        screens.programme?.send(.dial(phone: "+74951234567"))
        screens.programme?.send(.write(email: "help@e.example"))
        let opened: [String] = requests.compactMap { if case .open(let url) = $0 { url.absoluteString } else { nil } }
        #expect(opened == ["https://e.example", "tel:+74951234567", "mailto:help@e.example"])
    }

    @Test func remindersAreWantedOnlyWhereTheGuestAndTheSystemAllow() {
        let screens = screens(FakeGuest())
        #expect(screens.reminders.count == 1)
        screens.notificationsAllowed(false)
        #expect(screens.reminders.isEmpty && screens.preferences.notificationsDenied)
        let plan = ReminderPlan(
            scheduled: ["reminder-burn-2026-11-26-1", "reminder-gone", "another"],
            wanted: FakeGuest().reminders(ReminderPolicy()))
        #expect(plan.cancel == ["reminder-gone"])
        #expect(plan.schedule.map(\.id) == ["reminder-burn-2026-11-26-1"])
    }

    @Test func preferencesAreKept() throws {
        let suite = "loyalty-\(UUID().uuidString)"
        let defaults = try #require(UserDefaults(suiteName: suite))
        defer { defaults.removePersistentDomain(forName: suite) }
        let kept = KeptPreferences(defaults: defaults)
        #expect(kept.read(systemLanguages: ["fr-FR", "en-GB"]).language == .en)
        #expect(kept.read(systemLanguages: ["fr-FR"]).language == .ru)
        var wanted = preferences
        wanted.theme = .dark
        kept.write(wanted)
        #expect(kept.read(systemLanguages: ["ru"]) == wanted)
    }
}

extension PhoneScreens {
    var signIn: SignInStore? { if case .signIn(let store)? = screens.last { store } else { nil } }
    var code: CodeStore? { if case .code(let store)? = screens.last { store } else { nil } }
    var register: RegisterStore? { if case .register(let store)? = screens.last { store } else { nil } }
    var home: HomeStore? { if case .home(let store)? = screens.last { store } else { nil } }
    var history: HistoryStore? { if case .history(let store)? = screens.last { store } else { nil } }
    var profile: ProfileStore? { if case .profile(let store)? = screens.last { store } else { nil } }
    var card: CardStore? { if case .card(let store)? = screens.last { store } else { nil } }
    var burns: BurnStore? { if case .burns(let store)? = screens.last { store } else { nil } }
    var programme: ProgrammeStore? { if case .programme(let store)? = screens.last { store } else { nil } }
    var receipt: ReceiptStore? { if case .receipt(let store)? = screens.last { store } else { nil } }
}

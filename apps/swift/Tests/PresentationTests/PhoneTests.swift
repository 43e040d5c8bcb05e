import Foundation
import Loyalty
import LoyaltyStage
import Testing
import Words

@testable import Presentation

private let phone = "+7 916 111-22-33"
private let number = "+79161112233"

@MainActor @Suite(.timeLimit(.minutes(2))) struct PhoneTests {
    private let preferences = Preferences(
        language: .en, theme: .system, notifyBurn: true, notifyOperations: false, notificationsDenied: false)

    private func screens(
        _ session: any LoyaltyGuest, clock: any Clock<Duration> = ContinuousClock(),
        _ onRequest: @escaping @MainActor (PhoneRequest) -> Void = { _ in }
    ) -> PhoneScreens {
        PhoneScreens(
            session: session, preferences: preferences, facts: AppFacts(version: "0.1.0", licences: []), clock: clock,
            today: { LocalDate(year: 2026, month: 6, day: 15) }, onRequest: onRequest)
    }

    @Test func aGuestSignsInRegistersAndSeesTheirCardOverTheRealCore() async throws {
        let stage = try await Stage()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("app-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let secrets = InMemorySecretStore()
        let screens = screens(try await openGuest(stage.settings(folder), secrets: secrets))

        let signIn = try #require(screens.signIn)
        signIn.send(.typed(text: number))
        #expect(signIn.state.phone == phone && signIn.state.complete)
        signIn.send(.send)
        await eventually("a code is asked for") { screens.code != nil }
        let code = try await stage.code(number)
        screens.code?.send(.typed(text: code))
        await eventually("the guest is unknown") { screens.register != nil }

        let register = try #require(screens.register)
        await eventually { !register.state.consents.isEmpty && !register.state.wait.busy }
        register.send(.name(text: "Anna"))
        register.send(.agreeToData(agreed: true))
        register.send(.submit)
        await eventually("registered") { register.state.done }
        register.send(.leave)
        await eventually("home") { screens.home?.state.holdings?.number == "300" }
        #expect(screens.home?.state.holdings?.sentence == "Your balance is 300\u{a0}bonuses")

        // Offline, what is kept stays; back online it is read anew.
        try await stage.act("offline")
        screens.home?.send(.refresh)
        await eventually("offline") { screens.home?.state.offline == true && screens.home?.state.wait == Wait.none }
        #expect(screens.home?.state.holdings?.number == "300")
        try await stage.act("online")
        try await stage.act("visit", ["phone": number, "sum": 100_000])
        screens.home?.send(.refresh)
        // What was earned just now is not to be spent yet, so it shows in the list and not in the balance.
        await eventually("online") {
            screens.home?.state.offline == false && screens.home?.state.holdings?.newest.first?.sum == "+30\u{a0}bonuses"
        }

        screens.send(.select(tab: .history))
        await eventually("history") { (screens.history?.state.operations.count ?? 0) >= 2 }
        let receipts = screens.history?.state.operations.compactMap(\.receipt) ?? []
        let receipt = try #require(receipts.first)
        screens.history?.send(.open(receipt: receipt))
        await eventually("receipt") { screens.receipt?.state.receipt?.total == "₽1,000" }

        await screens.sleep()
        await screens.wake()
        screens.send(.select(tab: .profile))
        screens.profile?.send(.ask(question: .signOut))
        screens.profile?.send(.confirm)
        await eventually("signed out") { screens.signIn != nil }
    }

    @Test(arguments: ["code", "register"])
    func signingInThatWasInterruptedGoesOnWhereItCan(at step: String) async throws {
        let stage = try await Stage()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("app-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let secrets = InMemorySecretStore()
        do {
            let before = screens(try await openGuest(stage.settings(folder), secrets: secrets))
            before.signIn?.send(.typed(text: number))
            before.signIn?.send(.send)
            await eventually { before.code != nil }
            if step == "register" {
                before.code?.send(.typed(text: try await stage.code(number)))
                await eventually { before.register != nil }
            }
        }
        let after = screens(try await openGuest(stage.settings(folder), secrets: secrets))
        if step == "code" {
            #expect(after.signIn != nil, "without a session the phone is asked for again")
        } else {
            await eventually("the session stands, and the form comes back") { after.register != nil }
        }
    }

    @Test func screensThatAreLeftEndAndTheThreePagesStay() async {
        let guest = FakeGuest()
        let screens = screens(guest)
        let home = screens.home
        await eventually { guest.observing == 1 }
        screens.send(.go(place: .burns))
        await eventually { guest.observing == 2 }
        screens.send(.back)
        await eventually { guest.observing == 1 }
        screens.send(.select(tab: .history))
        screens.send(.select(tab: .home))
        #expect(screens.home === home)
        screens.send(.signedOut)
        #expect(screens.signIn != nil)
        await eventually("nothing observes") { guest.observing == 0 }
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
        let stranger = self.screens(FakeGuest(signedIn: false, snapshot: nil))
        stranger.open(link)
        #expect(stranger.phone.state.places == [.signIn])
        for other in ["loyalty://card/1", "https://card", "loyalty://burns", "loyalty:card"] {
            let url = try #require(URL(string: other))
            #expect(DeepLink(url) == nil, "\(other)")
        }
    }

    @Test func onlyAddressesOfOursAreOpened() {
        var requests: [PhoneRequest] = []
        let screens = screens(FakeGuest()) { requests.append($0) }
        screens.send(.go(place: .programme))
        guard case .programme(let programme)? = screens.screens.last else {
            Issue.record("no programme")
            return
        }
        programme.send(.open(url: "javascript:alert(1)"))
        programme.send(.open(url: "https://e.example"))
        programme.send(.dial(phone: "+74951234567"))
        #expect(requests.map { "\($0)" }.count == 2)
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
    fileprivate var signIn: SignInStore? { if case .signIn(let store)? = screens.last { store } else { nil } }
    fileprivate var code: CodeStore? { if case .code(let store)? = screens.last { store } else { nil } }
    fileprivate var register: RegisterStore? { if case .register(let store)? = screens.last { store } else { nil } }
    fileprivate var home: HomeStore? { if case .home(let store)? = screens.last { store } else { nil } }
    fileprivate var history: HistoryStore? { if case .history(let store)? = screens.last { store } else { nil } }
    fileprivate var profile: ProfileStore? { if case .profile(let store)? = screens.last { store } else { nil } }
    fileprivate var receipt: ReceiptStore? { if case .receipt(let store)? = screens.last { store } else { nil } }
}

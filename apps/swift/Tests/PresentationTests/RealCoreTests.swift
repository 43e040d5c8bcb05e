import Foundation
import Loyalty
import LoyaltyStage
import Testing
import Words

@testable import Presentation

private let phone = "+7 916 111-22-33"
private let number = "+79161112233"

/// The screens over the real library, a real gateway and a loyalty server. Their clock stands: nothing is given up because a
/// machine is busy.
@MainActor @Suite(.timeLimit(.minutes(10))) final class RealCoreTests {
    private let clock = ManualClock()
    private let secrets = InMemorySecretStore()
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("app-\(UUID().uuidString)")

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Starts the app, with what an earlier start has left behind.
    private func start(_ stage: Stage) async throws -> PhoneScreens {
        PhoneScreens(
            session: try await openGuest(stage.settings(folder), secrets: secrets),
            preferences: Preferences(
                language: .en, theme: .system, notifyBurn: true, notificationsDenied: false),
            facts: AppFacts(version: "0.1.0", licences: []), clock: clock,
            today: { LocalDate(year: 2026, month: 6, day: 15) }, onRequest: { _ in })
    }

    private func askForCode(_ screens: PhoneScreens) async {
        screens.signIn?.send(.typed(text: number))
        screens.signIn?.send(.send)
        await eventually("a code is asked for") { screens.code != nil }
    }

    private func confirm(_ screens: PhoneScreens, _ stage: Stage) async throws {
        screens.code?.send(.typed(text: try await stage.code(number)))
        await eventually("the guest is unknown") { screens.register != nil }
    }

    private func fillIn(_ register: RegisterStore) async {
        await eventually("there is something to agree to") { !register.state.consents.isEmpty && !register.state.wait.busy }
        register.send(.name(text: "Anna"))
        register.send(.agreeToData(agreed: true))
        register.send(.submit)
    }

    private func register(_ screens: PhoneScreens) async throws {
        let register = try #require(screens.register)
        await fillIn(register)
        await eventually("registered") { register.state.done }
        register.send(.leave)
        await eventually("home") { screens.home?.state.holdings?.number == "300" }
    }

    @Test func aGuestSignsInRegistersAndSeesTheirCard() async throws {
        let stage = try await Stage(["till_codes": true])
        let screens = try await start(stage)
        screens.signIn?.send(.typed(text: number))
        #expect(screens.signIn?.state.phone == phone && screens.signIn?.state.complete == true)
        await askForCode(screens)
        try await confirm(screens, stage)
        try await register(screens)
        #expect(screens.home?.state.holdings?.sentence == "Your balance is 300\u{a0}bonuses")

        screens.home?.send(.openCard)
        await eventually("a code for the till") { screens.card?.state.condition == .valid }
        #expect(screens.showsCode && screens.card?.state.code?.value.isEmpty == false)
        screens.card?.send(.close)

        screens.home?.send(.openBurns)
        await eventually("what burns") { screens.burns?.state.nonBurning != nil || screens.burns?.state.next != nil }
        screens.burns?.send(.back)

        screens.send(.go(place: .programme))
        await eventually("the programme") { screens.programme?.state.name != nil && screens.programme?.state.wait == Wait.none }
        #expect(screens.programme?.state.problem == nil && screens.programme?.state.offline == false)
        screens.programme?.send(.back)

        screens.send(.select(tab: .profile))
        let profile = try #require(screens.profile)
        await eventually("the consents") { profile.state.consents.contains { $0.required && $0.given } }
        profile.send(.edit)
        profile.send(.draft(form: ProfileForm(name: "Maria", birthday: "31.12.1990", email: "")))
        profile.send(.save)
        await eventually("saved") { profile.state.saved && profile.state.form.name == "Maria" }
        #expect(profile.state.form.birthday == "31.12.1990" && profile.state.draft == nil)
        profile.send(.ask(question: .signOut))
        profile.send(.confirm)
        await eventually("signed out") { screens.signIn != nil }
        #expect(screens.reminders.isEmpty && screens.pages.isEmpty, "nothing of the guest remains")
    }

    @Test func offlineWhatIsKeptStaysAndBackOnlineItIsReadAnew() async throws {
        let stage = try await Stage()
        let screens = try await start(stage)
        await askForCode(screens)
        try await confirm(screens, stage)
        try await register(screens)
        await eventually { screens.home?.state.wait == Wait.none }

        try await stage.act("offline")
        screens.home?.send(.refresh)
        await eventually("offline") { screens.home?.state.offline == true && screens.home?.state.wait == Wait.none }
        #expect(screens.home?.state.holdings?.number == "300")
        screens.send(.go(place: .card))
        await eventually("no code without a connection") { screens.card?.state.wait == Wait.none }
        #expect(screens.card?.state.code == nil && screens.card?.state.phone == phone)
        screens.send(.back)

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
        #expect(screens.receipt?.state.receipt?.total == "₽1,000", "what is shown stays")
    }

    @Test func withoutAConnectionSigningInSaysSoAndGoesOnWhenThereIsOne() async throws {
        let stage = try await Stage()
        let screens = try await start(stage)
        try await stage.act("offline")
        screens.signIn?.send(.typed(text: number))
        screens.signIn?.send(.send)
        await eventually("offline") { screens.signIn?.state.problem?.cause == .offline }
        try await stage.act("online")
        await askForCode(screens)
        try await confirm(screens, stage)
    }

    @Test func theGatewaysLimitIsCountedDownAndLiftsItself() async throws {
        let stage = try await Stage()
        let screens = try await start(stage)
        await askForCode(screens)
        screens.code?.send(.changePhone)
        let signIn = try #require(screens.signIn)
        signIn.send(.send)
        await eventually("too soon for another") { signIn.state.retryIn != nil && !signIn.state.wait.busy }
        #expect(signIn.state.problem?.cause == .rateLimited)
        var seconds = 0
        while let shown = signIn.state.retryIn {
            await clock.advance(by: .seconds(1))
            await eventually { signIn.state.retryIn != shown }
            seconds += 1
        }
        #expect(seconds > 1 && signIn.state.problem == nil)
        try await stage.act("pass", ["seconds": seconds])
        signIn.send(.send)
        await eventually("another code") { screens.code != nil }
    }

    @Test func aWrongCodeSaysHowManyTriesAreLeft() async throws {
        let stage = try await Stage()
        let screens = try await start(stage)
        await askForCode(screens)
        let right = try await stage.code(number)
        let code = try #require(screens.code)
        code.send(.typed(text: right == "000000" ? "111111" : "000000"))
        await eventually { code.state.error != nil }
        let left: Int? = if case .wrong(let triesLeft) = code.state.error { triesLeft } else { nil }
        #expect(left.map { $0 > 0 } == true && code.state.digits.isEmpty)
        code.send(.typed(text: right))
        await eventually("the guest is unknown") { screens.register != nil }
    }

    /// After which step of signing in the app is ended by the system.
    enum Step: CaseIterable { case typed, asked, confirmed, filledIn, registering, answerLost, registered }

    @Test(arguments: Step.allCases)
    func signingInThatWasInterruptedGoesOnWhereItCan(after step: Step) async throws {
        let stage = try await Stage()
        do {
            let before = try await start(stage)
            try await advance(before, to: step, stage)
        }
        try await stage.act("clear_faults")
        let after = try await start(stage)
        if [.typed, .asked].contains(step) {
            #expect(after.signIn != nil, "without a session the phone is asked for again")
            // The code that was sent before is as good as it was, but another is asked for, and the guest has waited.
            try await stage.act("pass", ["seconds": 3600])
            await askForCode(after)
            try await confirm(after, stage)
        } else {
            #expect(after.signIn == nil, "the session stands")
        }
        await eventually("the form comes back, or the card is there") {
            after.register != nil || after.home?.state.holdings != nil
        }
        #expect(after.register == nil || step != .registered)
        if after.register != nil { try await register(after) }
        #expect(after.home?.state.holdings?.number == "300", "registered once, whatever was cut off")
    }

    /// Leads to where the app is ended.
    private func advance(_ screens: PhoneScreens, to step: Step, _ stage: Stage) async throws {
        if step == .typed { return screens.signIn?.send(.typed(text: number)) ?? () }
        await askForCode(screens)
        if step == .asked {
            // The message arrives all the same. Left there, it could be taken for the one that is asked for next.
            _ = try await stage.code(number)
            return
        }
        try await confirm(screens, stage)
        if step == .confirmed { return }
        let register = try #require(screens.register)
        await eventually { !register.state.consents.isEmpty && !register.state.wait.busy }
        if step == .filledIn { return register.send(.name(text: "Anna")) }
        // The server does not answer any more, having done what it was asked or not.
        if step != .registered {
            let fault: Document = ["method": "*", "fault": "never", "effect": step == .answerLost, "times": "forever"]
            try await stage.act("fault", ["fault": fault])
        }
        await fillIn(register)
        if step == .registered {
            await eventually("registered") { register.state.done }
        } else {
            await eventually("it takes so long that it is shown") { self.clock.sleeping > 0 && register.state.wait.busy }
        }
    }
}

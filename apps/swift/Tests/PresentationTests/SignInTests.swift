import Loyalty
import Testing

@testable import Presentation

@MainActor @Suite(.timeLimit(.minutes(10))) struct SignInTests {
    private let guest = FakeGuest(signedIn: false, snapshot: nil)
    private let clock = ManualClock()

    @Test func aWholeNumberIsSentACodeAndLeadsToTheNextScreen() async {
        var happened: [CodeOnItsWay] = []
        let store = SignInStore(session: guest, clock: clock) { happened.append($0) }
        store.send(.typed(text: "7912"))
        store.send(.send)
        #expect(store.state.invalid && guest.calls.isEmpty)
        store.send(.typed(text: "79123451234"))
        #expect(!store.state.invalid && store.state.complete)
        store.send(.send)
        await eventually { !happened.isEmpty }
        #expect(happened == [CodeOnItsWay(phone: "79123451234", resendAfter: .seconds(60), digits: 6)])
        #expect(store.state.wait == .none)
    }

    @Test func aLimitIsCountedDownAndThenLiftsItself() async {
        guest.fail("requestCode", .rateLimited(retryAfter: .seconds(2)))
        let store = SignInStore(session: guest, clock: clock) { _ in }
        store.send(.typed(text: "79123451234"))
        store.send(.send)
        await eventually { store.state.retryIn == "0:02" }
        #expect(store.state.problem?.cause == .rateLimited)
        store.send(.send)
        #expect(guest.calls.count == 1, "nothing is asked before the time is over")
        await clock.advance(by: .seconds(1))
        await eventually { store.state.retryIn == "0:01" }
        await clock.advance(by: .seconds(1))
        await eventually { store.state.retryIn == nil }
        #expect(store.state.problem == nil)
    }

    @Test func aWaitIsShownExcusedAndGivenUp() async {
        guest.hang("requestCode")
        let store = SignInStore(session: guest, clock: clock) { _ in }
        store.send(.typed(text: "79123451234"))
        store.send(.send)
        #expect(store.state.wait == .brief, "at once, so that a second tap finds it")
        store.send(.send)
        await eventually { !guest.calls.isEmpty }
        await clock.advance(by: .milliseconds(300), waiting: 2)
        await eventually { store.state.wait == .shown }
        await clock.advance(by: .milliseconds(2700), waiting: 2)
        await eventually { store.state.wait == .stillTrying }
        await clock.advance(by: .seconds(7))
        await eventually { store.state.wait == .none }
        #expect(store.state.problem == .gaveUp && guest.calls == ["requestCode"])
    }

    @Test func whatIsClosedChangesNothingAnyMore() async {
        guest.hang("requestCode")
        var happened = 0
        let store = SignInStore(session: guest, clock: clock) { _ in happened += 1 }
        store.send(.typed(text: "79123451234"))
        store.send(.send)
        await eventually { !guest.calls.isEmpty }
        store.close()
        await eventually { clock.sleeping == 0 }
        #expect(happened == 0 && store.state.problem == nil)
    }

    @Test func aCodeIsConfirmedAsSoonAsItIsWhole() async {
        var happened: [CodeEffect] = []
        let sent = CodeOnItsWay(phone: "79123451234", resendAfter: .seconds(60), digits: 6)
        let store = CodeStore(session: guest, sent: sent, clock: clock) { happened.append($0) }
        store.send(.typed(text: " 12-34"))
        #expect(store.state.digits == "1234" && guest.calls.isEmpty)
        store.send(.typed(text: "1234567"))
        await eventually { !happened.isEmpty }
        #expect(happened == [.signedIn] && guest.calls == ["confirm"])
    }

    @Test(arguments: [
        (LoyaltyError.codeWrong(triesLeft: 2), CodeError.wrong(triesLeft: 2)),
        (.codeWrong(triesLeft: 0), .noTriesLeft),
        (.conflict(code: .codeExpired), .expired),
    ])
    func aRefusedCodeSaysWhyAndEmptiesTheField(failure: LoyaltyError, error: CodeError) async {
        guest.fail("confirm", failure)
        let sent = CodeOnItsWay(phone: "79123451234", resendAfter: .zero, digits: 6)
        let store = CodeStore(session: guest, sent: sent, clock: clock) { _ in }
        store.send(.typed(text: "123456"))
        await eventually { store.state.error != nil }
        #expect(store.state.error == error && store.state.digits.isEmpty && store.state.problem == nil)
        store.send(.typed(text: "1"))
        #expect(store.state.error == nil)
    }

    @Test func aGuestWhoseAnswerComesAfterItWasGivenUpIsLedOnAllTheSameOnce() async {
        guest.hang("confirm")
        var happened: [CodeEffect] = []
        let sent = CodeOnItsWay(phone: "79123451234", resendAfter: .zero, digits: 6)
        let store = CodeStore(session: guest, sent: sent, clock: clock) { happened.append($0) }
        store.send(.typed(text: "123456"))
        await eventually { !guest.calls.isEmpty }
        await clock.advance(by: .milliseconds(300), waiting: 2)
        await clock.advance(by: .milliseconds(9700), waiting: 2)
        await eventually { store.state.problem == .gaveUp && guest.observing == 1 }
        #expect(happened.isEmpty)
        // The library carries the sign-in through.
        guest.become(SessionState(signedIn: true, connectivity: .online, snapshot: nil))
        await eventually { !happened.isEmpty }
        guest.fail("confirm", .conflict(code: ErrorCode(rawValue: "conflict")))
        store.send(.typed(text: "123456"))
        await eventually { store.state.wait == .none }
        #expect(happened == [.signedIn] && guest.calls == ["confirm", "confirm"])
    }

    @Test func aGuestWhoTriesAgainAndIsSignedInAlreadyIsLedOn() async {
        guest.answer("confirm") { [guest] () async throws -> Bool in
            guest.become(SessionState(signedIn: true, connectivity: .online, snapshot: nil))
            throw LoyaltyError.conflict(code: ErrorCode(rawValue: "conflict"))
        }
        var happened: [CodeEffect] = []
        let sent = CodeOnItsWay(phone: "79123451234", resendAfter: .zero, digits: 6)
        let store = CodeStore(session: guest, sent: sent, clock: clock) { happened.append($0) }
        store.send(.typed(text: "123456"))
        await eventually { !happened.isEmpty }
        #expect(happened == [.signedIn] && store.state.problem == nil)
    }

    @Test func anotherCodeIsToBeHadWhenTheTimeIsOver() async {
        let sent = CodeOnItsWay(phone: "79123451234", resendAfter: .milliseconds(1500), digits: 6)
        let store = CodeStore(session: guest, sent: sent, clock: clock) { _ in }
        await eventually { store.state.resendIn == "0:02" }
        store.send(.resend)
        #expect(guest.calls.isEmpty)
        await clock.advance(by: .seconds(1))
        await eventually { store.state.resendIn == "0:01" }
        await clock.advance(by: .milliseconds(500))
        await eventually { store.state.resendIn == nil }
        store.send(.resend)
        await eventually { store.state.resendIn == "1:00" }
        #expect(guest.calls == ["requestCode"])
    }
}

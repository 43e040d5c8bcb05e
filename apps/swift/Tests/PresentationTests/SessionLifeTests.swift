import Foundation
import Loyalty
import Testing
import Words

@testable import Presentation

/// What the screens do when the session begins, ends, is interrupted and goes on.
@MainActor @Suite(.timeLimit(.minutes(10))) struct SessionLifeTests {
    private let clock = ManualClock()
    private let out = SessionState(signedIn: false, connectivity: .online, snapshot: nil)
    private let known = SessionState(signedIn: true, connectivity: .online, snapshot: .sample())

    private func screens(_ session: any LoyaltyGuest) -> PhoneScreens {
        PhoneScreens(
            session: session,
            preferences: Preferences(language: .en, theme: .system, notifyBurn: false, notificationsDenied: false),
            facts: AppFacts(version: "0.1.0", licences: []), clock: clock,
            today: { LocalDate(year: 2026, month: 6, day: 15) }, onRequest: { _ in })
    }

    private func newcomer() async -> (FakeGuest, PhoneScreens) {
        let guest = FakeGuest(snapshot: nil)
        guest.fail("refresh", .notFound(code: .guestNotFound))
        let screens = screens(guest)
        await eventually { screens.register != nil }
        return (guest, screens)
    }

    @Test func aSessionThatEndsLeadsToSigningInFromWhereverTheGuestIs() async {
        let (guest, screens) = await newcomer()
        guest.become(out)
        await eventually { screens.signIn != nil }
        let blocked = FakeGuest(snapshot: .sample(blocked: true))
        let closed = self.screens(blocked)
        #expect(closed.phone.state.place == .blocked(support: nil))
        blocked.become(out)
        await eventually { closed.signIn != nil }
    }

    @Test func whoWillNotRegisterOrMayNotInCanSignOut() async {
        let (guest, screens) = await newcomer()
        await eventually { screens.register?.state.wait == Wait.none }
        guest.fail("signOut", .storage(code: .storageFull))
        screens.register?.send(.signOut)
        await eventually { screens.register?.state.problem?.cause == .storage }
        guest.answer("signOut") { [out] in
            guest.become(out)
            return SignOut.complete
        }
        screens.register?.send(.signOut)
        await eventually { screens.signIn != nil }
        let blocked = FakeGuest(snapshot: .sample(blocked: true))
        blocked.answer("signOut") { [out] in
            blocked.become(out)
            return SignOut.complete
        }
        let closed = self.screens(blocked)
        closed.signOut()
        await eventually { closed.signIn != nil }
    }

    @Test func aLinkThatComesBeforeSigningInIsFollowedAfterwards() async {
        let guest = FakeGuest(signedIn: false, snapshot: nil)
        let screens = screens(guest)
        screens.open(.card)
        #expect(screens.phone.state.places == [.signIn])
        guest.become(known)
        screens.send(.signedIn)
        #expect(screens.phone.state.places == [.main(tab: .home), .card])
        screens.send(.back)
        #expect(screens.phone.state.places == [.main(tab: .home)], "once")
    }

    @Test func aLinkLeadsPastNeitherTheFormNorAClosedAccount() async {
        let (guest, screens) = await newcomer()
        screens.register?.send(.name(text: "Anna"))
        screens.open(.history)
        #expect(screens.register?.state.name == "Anna", "what was typed is still there")
        guest.answer("refresh") { Snapshot.sample() }
        guest.become(known)
        screens.register?.send(.leave)
        #expect(screens.history != nil)
        let blocked = self.screens(FakeGuest(snapshot: .sample(blocked: true)))
        blocked.open(.card)
        #expect(blocked.phone.state.places == [.blocked(support: nil)])
    }

    /// With the session over before the answer is there, as it is over a network, and the other way round.
    @Test(arguments: [ProfileQuestion.delete, .withdrawData], [true, false])
    func aRequestForDeletionIsConfirmedWhereItLeads(question: ProfileQuestion, isLate: Bool) async {
        let guest = FakeGuest()
        let mayAnswer = AsyncStream.makeStream(of: Void.self)
        guest.answer("requestDeletion") { [out] in
            if isLate {
                guest.become(out)
                for await _ in mayAnswer.stream { break }
            }
            return Date.distantPast
        }
        let screens = screens(guest)
        screens.send(.select(tab: .profile))
        screens.profile?.send(.ask(question: question))
        screens.profile?.send(.confirm)
        if isLate { await eventually { screens.signIn != nil } }
        #expect(screens.signIn?.state.deletionAsked != true, "not before it is known")
        mayAnswer.continuation.yield()
        await eventually { screens.signIn?.state.deletionAsked == true }
        screens.signIn?.send(.typed(text: "7"))
        #expect(screens.signIn?.state.deletionAsked == false)
    }

    @Test func whatExpiresWhileTheAppIsSuspendedIsNotShownAMomentLonger() async {
        let guest = FakeGuest()
        guest.answer("tillCode") { TillCode(value: "1234567890", expiresAt: nil, livesFor: .seconds(10)) }
        let store = CardStore(session: guest, clock: clock) { _ in }
        await eventually { store.state.expiresIn == "0:10" && !store.state.wait.busy && clock.sleeping == 1 }
        // Whoever waits is not told: nothing runs while the app is suspended.
        clock.skip(.seconds(4))
        store.wake()
        #expect(store.state.expiresIn == "0:06")
        guest.fail("tillCode", .offline)
        clock.skip(.seconds(6))
        store.wake()
        #expect(store.state.condition == .expired && store.state.code == nil)
        await eventually { store.state.problem?.cause == .offline }
        #expect(guest.calls == ["tillCode", "tillCode"], "a new one is asked for, once")
    }

    @Test func awakeWhatFailedWhileTheAppWasAwayIsRead() async {
        let guest = FakeGuest()
        guest.fail("history after nothing", .storage(code: .storageClosed))
        let screens = screens(guest)
        screens.send(.select(tab: .history))
        await eventually { screens.history?.state.pageProblem != nil }
        #expect(screens.history?.state.pageProblem?.text(screens.words) == screens.words.problem.paused)
        guest.answer("history after nothing") { HistoryPage(rows: [.sample(1)]) }
        await screens.wake()
        await eventually { screens.history?.state.operations.count == 1 }
        #expect(screens.history?.state.pageProblem == nil)
    }

    @Test func theHistoryFollowsWhatAnotherScreenHasRead() async {
        let guest = FakeGuest()
        guest.answer("history after nothing") { HistoryPage(rows: [.sample(7)]) }
        let store = HistoryStore(session: guest, clock: clock) { _ in }
        await eventually { store.state.operations.count == 1 && !store.state.wait.busy && guest.observing == 1 }
        guest.answer("history after nothing") { HistoryPage(rows: [.sample(8), .sample(7)]) }
        guest.become(known)
        await eventually { store.state.operations.map(\.id) == [8, 7] }
        #expect(guest.calls.count == 2)
    }

    @Test func inAnotherLanguageWhatIsOpenIsWordedAnew() async {
        let guest = FakeGuest()
        let screens = screens(guest)
        let home = screens.home
        screens.send(.select(tab: .profile))
        screens.send(.go(place: .burns))
        let burns = screens.burns
        guard case .profile(let profile)? = screens.pages[.profile] else { Issue.record("no page"); return }
        var wanted = screens.preferences
        wanted.language = .ru
        profile.send(.prefer(preferences: wanted))
        #expect(burns?.state.months.map(\.label) == ["ноя", "дек"])
        #expect(home?.state.holdings?.sentence == "Ваш баланс: 300 bonuses")
    }

    @Test func everyFailureOfWhatTheDeviceKeepsHasWordsOfItsOwn() {
        let failures: [LoyaltyError] = [
            .storage(code: .storageClosed), .storage(code: .storageFull),
            .secretStoreFailed(code: ErrorCode(rawValue: "secret_store")),
        ]
        #expect(failures.map { Problem($0).cause } == [.paused, .storage, .secrets])
    }
}

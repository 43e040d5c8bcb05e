import Foundation
import Loyalty
import Testing
import Words

@testable import Presentation

@MainActor @Suite(.timeLimit(.minutes(10))) struct HoldingTests {
    private let guest = FakeGuest()
    private let clock = ManualClock()
    private let quiet = Preferences(
        language: .en, theme: .system, notifyBurn: false, notificationsDenied: false)

    @Test func homeShowsWhatIsKeptAtOnceAndWhatChangesLater() async {
        var happened: [HomeEffect] = []
        let store = HomeStore(session: guest, clock: clock) { happened.append($0) }
        #expect(store.state.holdings?.number == "300" && store.state.asOf == nil)
        await eventually { guest.calls == ["refresh"] && !store.state.wait.busy }
        guest.become(SessionState(signedIn: true, connectivity: .offline, snapshot: .sample(balance: -5_000, freshness: .stale)))
        await eventually { store.state.offline }
        #expect(store.state.holdings?.negative == true && store.state.asOf == "as of November 23")
        guest.become(SessionState(signedIn: true, connectivity: .online, snapshot: .sample()))
        await eventually { !store.state.offline }
        #expect(store.state.asOf == nil && happened.isEmpty)
    }

    @Test func aFailedRefreshLeavesWhatIsShown() async {
        guest.fail("refresh", .unavailable(retryAfter: nil))
        let store = HomeStore(session: guest, clock: clock) { _ in }
        await eventually { store.state.problem != nil }
        #expect(store.state.problem?.cause == .unavailable && store.state.holdings != nil)
        guest.answer("refresh") { Snapshot.sample() }
        store.send(.refresh)
        await eventually { store.state.problem == nil && !store.state.wait.busy }
    }

    @Test func whatHomeCannotMendLeadsElsewhere() async {
        for (failure, leaves) in [
            (LoyaltyError.outdated, true), (.notFound(code: .guestNotFound), true), (.unauthorized, true),
            (.offline, false),
        ] {
            let guest = FakeGuest()
            guest.fail("refresh", failure)
            var happened: [HomeEffect] = []
            let store = HomeStore(session: guest, clock: clock) { happened.append($0) }
            await eventually { store.state.problem != nil }
            #expect(happened == (leaves ? [.leave(because: failure)] : []))
        }
        let blocked = FakeGuest(snapshot: .sample(blocked: true))
        var happened: [HomeEffect] = []
        _ = HomeStore(session: blocked, clock: clock) { happened.append($0) }
        #expect(happened == [.blocked])
    }

    @Test func aStoreThatIsLetGoObservesNoLonger() async {
        var store: HomeStore? = HomeStore(session: guest, clock: clock) { _ in }
        await eventually { guest.observing == 1 && store?.state.wait == Wait.none && guest.calls == ["refresh"] }
        store = nil
        await eventually { guest.observing == 0 }
    }

    @Test func burnsAreAddedUpByMonth() {
        let store = BurnStore(session: guest, preferences: quiet, clock: clock) { _ in }
        #expect(store.state.months.map(\.label) == ["Nov", "Dec"])
        #expect(store.state.months.map(\.amount) == ["150", "75"])
        #expect(store.state.months.map(\.permille) == [1000, 500])
        #expect(store.state.next == "100 bonuses will expire in 3 days" && !store.state.totalOnly)
    }

    @Test func aShortLivedCodeIsCountedDownAndReplaced() async {
        let codes = Locked(["1234567890", "9876543210"])
        guest.answer("tillCode") {
            TillCode(value: codes.withLock { $0.removeFirst() }, expiresAt: nil, livesFor: .seconds(2))
        }
        let store = CardStore(session: guest, clock: clock) { _ in }
        await eventually { store.state.expiresIn == "0:02" }
        #expect(store.state.condition == .valid && store.state.code?.groups == "1234\u{a0}5678\u{a0}90")
        #expect(store.state.permille == 1000)
        await eventually { !store.state.wait.busy }
        await clock.advance(by: .seconds(1))
        await eventually { store.state.permille == 500 }
        await clock.advance(by: .seconds(1))
        await eventually { store.state.code?.value == "9876543210" }
        #expect(store.state.condition == .valid)
    }

    @Test(arguments: [
        (LoyaltyError.unsupported, CardCondition.tellNumber), (.offline, .nothingKept),
        (.unavailable(retryAfter: nil), .failed),
    ])
    func withoutACodeTheCardSaysWhatToDo(failure: LoyaltyError, condition: CardCondition) async {
        guest.fail("tillCode", failure)
        let store = CardStore(session: guest, clock: clock) { _ in }
        await eventually { store.state.condition == condition }
        #expect(store.state.code == nil && store.state.phone == "+7 912 345-12-34")
    }

    @Test func historyIsReadPageByPageAndFiltered() async {
        let first = HistoryPage(
            rows: [.sample(5), .sample(4, .spend), .sample(3, .burn, day: "Yesterday")], next: HistoryCursor(text: "a"))
        guest.answer("history after nothing") { first }
        guest.answer("history after a") { HistoryPage(rows: [.sample(3, .burn, day: "Yesterday"), .sample(2)]) }
        let store = HistoryStore(session: guest, clock: clock) { _ in }
        await eventually { store.state.operations.count == 3 && !store.state.wait.busy }
        #expect(store.state.days.map(\.heading) == ["Today", "Yesterday"] && !store.state.complete)
        store.send(.more)
        await eventually { store.state.complete }
        #expect(store.state.operations.map(\.id) == [5, 4, 3, 2], "a row that comes twice is shown once")
        store.send(.filter(by: .burned))
        #expect(store.state.days.flatMap(\.operations).map(\.id) == [3])
        store.send(.more)
        #expect(guest.calls.count == 2, "there is nothing behind the end")
    }

    @Test func aPageThatFailsCanBeTriedAgain() async {
        guest.answer("history after nothing") { HistoryPage(rows: [.sample(5)], next: HistoryCursor(text: "a")) }
        guest.fail("history after a", .offline)
        let store = HistoryStore(session: guest, clock: clock) { _ in }
        await eventually { store.state.operations.count == 1 && !store.state.wait.busy }
        store.send(.more)
        await eventually { store.state.pageProblem?.cause == .offline && !store.state.wait.busy }
        guest.answer("history after a") { HistoryPage(rows: [.sample(4)]) }
        store.send(.more)
        await eventually { store.state.complete }
        #expect(store.state.pageProblem == nil && store.state.operations.count == 2)
    }
}

final class Locked<Value>: @unchecked Sendable {
    private let lock = NSLock()
    private var value: Value
    init(_ value: Value) { self.value = value }
    func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
        lock.lock()
        defer { lock.unlock() }
        return body(&value)
    }
}

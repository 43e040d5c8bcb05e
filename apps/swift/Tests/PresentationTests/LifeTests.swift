import Foundation
import Loyalty
import Testing
import Words

@testable import Presentation

/// Notifications as a test sees them.
private final class FakeCentre: ReminderCentre {
    let allowed = Locked(true)
    let scheduled = Locked([[String]]())
    let asked = Locked(0)

    func isAllowed() async -> Bool { allowed.withLock { $0 } }
    func ask() async -> Bool {
        asked.withLock { $0 += 1 }
        return await isAllowed()
    }
    func schedule(_ wanted: [Reminder]) async { scheduled.withLock { $0.append(wanted.map(\.id)) } }
    var last: [String]? { scheduled.withLock { $0.last } }
}

@MainActor @Suite(.timeLimit(.minutes(10))) struct LifeTests {
    private let guest = FakeGuest()
    private let centre = FakeCentre()

    private func living(
        notifyBurn: Bool = true, _ onRequest: @escaping @MainActor (PhoneRequest) -> Void = { _ in }
    ) -> (PhoneScreens, PhoneLife) {
        let preferences = Preferences(
            language: .en, theme: .system, notifyBurn: notifyBurn, notificationsDenied: false)
        let screens = PhoneScreens(
            session: guest, preferences: preferences, facts: AppFacts(version: "0.1.0", licences: []),
            clock: ManualClock(), today: { LocalDate(year: 2026, month: 6, day: 15) }, onRequest: onRequest)
        return (screens, PhoneLife(screens: screens, centre: centre))
    }

    @Test func whoLooksAwayAndBackAtOnceFindsTheFilesOpen() async {
        let (_, life) = living()
        let mayPause = AsyncStream.makeStream(of: Void.self)
        let order = Locked([String]())
        guest.answer("pause") {
            for await _ in mayPause.stream { break }
            order.withLock { $0.append("closed") }
            return true
        }
        guest.answer("resume") {
            order.withLock { $0.append("opened") }
            return true
        }
        let leaving = Task { await life.sleep() }
        await eventually("the files are being closed") { guest.calls.contains("pause") }
        var isComing = false
        let coming = Task {
            isComing = true
            await life.wake()
        }
        await eventually { isComing }
        // Who does not wait has long opened them by then.
        for _ in 0..<10_000 { await Task.yield() }
        mayPause.continuation.yield()
        await leaving.value
        await coming.value
        #expect(order.withLock { $0 } == ["closed", "opened"])
    }

    @Test func wakingReadsTheHomeScreenAnew() async {
        let (screens, life) = living()
        await eventually { guest.calls == ["refresh"] && screens.home?.state.wait == Wait.none }
        await life.sleep()
        await life.wake()
        await eventually { guest.calls == ["refresh", "pause", "resume", "refresh"] }
    }

    @Test func remindersAreScheduledAndGoWithTheGuest() async {
        let (screens, life) = living()
        await eventually { centre.last == ["burn-2026-11-26-1"] }
        guest.become(SessionState(signedIn: false, connectivity: .online, snapshot: nil))
        await eventually("nobody is reminded of what another guest holds") { centre.last == [] }
        #expect(screens.signIn != nil)
        withExtendedLifetime(life) {}
    }

    @Test func whatTheSystemDeniesIsNotScheduledAndIsSaid() async {
        centre.allowed.withLock { $0 = false }
        let (screens, life) = living()
        await eventually { screens.preferences.notificationsDenied }
        await life.wake()
        await eventually { centre.last == [] }
        centre.allowed.withLock { $0 = true }
        await life.wake()
        await eventually { centre.last == ["burn-2026-11-26-1"] }
        #expect(!screens.preferences.notificationsDenied)
    }

    @Test func theGuestIsAskedWhenTheyWantRemindersAndNotBefore() async {
        var isPreferred = false
        let (screens, life) = living(notifyBurn: false) { if case .prefer = $0 { isPreferred = true } }
        await life.wake()
        #expect(centre.asked.withLock { $0 } == 0)
        screens.send(.go(place: .burns))
        screens.burns?.send(.remind(wanted: true))
        #expect(isPreferred)
        await life.preferred()
        #expect(centre.asked.withLock { $0 } == 1)
        await eventually { centre.last == ["burn-2026-11-26-1"] }
    }

    @Test func aGestureGoesOnUntilTheReadingIsDone() async {
        let (screens, life) = living()
        await eventually { screens.home?.state.wait == Wait.none }
        let mayAnswer = AsyncStream.makeStream(of: Void.self)
        guest.answer("refresh") {
            for await _ in mayAnswer.stream { break }
            return Snapshot.sample()
        }
        let isOver = Locked(false)
        let pulling = Task {
            screens.home?.send(.refresh)
            await screens.home?.settled()
            isOver.withLock { $0 = true }
        }
        await eventually { guest.calls.count == 2 }
        #expect(!isOver.withLock { $0 })
        mayAnswer.continuation.yield()
        await pulling.value
        #expect(screens.home?.state.wait == Wait.none)
        withExtendedLifetime(life) {}
    }
}

import Foundation
import Testing

/// A clock that stands until it is moved.
final class ManualClock: Clock, @unchecked Sendable {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (one: Instant, other: Instant) -> Bool { one.offset < other.offset }
    }

    private struct Sleeper {
        let id: Int
        let deadline: Instant
        let wake: CheckedContinuation<Void, any Error>
    }

    private let lock = NSLock()
    private var time = Instant(offset: .zero)
    private var sleepers: [Sleeper] = []
    private var ended: Set<Int> = []
    private var next = 0

    var now: Instant { lock.withLock { time } }
    var minimumResolution: Duration { .zero }

    /// How many wait now.
    var sleeping: Int { lock.withLock { sleepers.count } }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let id = lock.withLock {
            next += 1
            return next
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { wake in
                let due = lock.withLock { () -> Result<Void, any Error>? in
                    if ended.remove(id) != nil { return .failure(CancellationError()) }
                    if deadline <= time { return .success(()) }
                    sleepers.append(Sleeper(id: id, deadline: deadline, wake: wake))
                    return nil
                }
                if let due { wake.resume(with: due) }
            }
        } onCancel: {
            let sleeper = lock.withLock { () -> Sleeper? in
                guard let at = sleepers.firstIndex(where: { $0.id == id }) else {
                    ended.insert(id)
                    return nil
                }
                return sleepers.remove(at: at)
            }
            sleeper?.wake.resume(throwing: CancellationError())
        }
    }

    /// Moves on and wakes nobody, as while the app is suspended.
    func skip(_ duration: Duration) { lock.withLock { time = time.advanced(by: duration) } }

    /// Moves on, waking those whose time has come. Waits first until `waiting` sleep, so that none begins too late.
    func advance(by duration: Duration, waiting: Int = 1) async {
        await eventually("\(waiting) sleep") { self.sleeping >= waiting }
        let due = lock.withLock { () -> [Sleeper] in
            time = time.advanced(by: duration)
            let due = sleepers.filter { $0.deadline <= time }
            sleepers.removeAll { $0.deadline <= time }
            return due
        }
        for sleeper in due.sorted(by: { $0.deadline < $1.deadline }) { sleeper.wake.resume() }
    }
}

/// Waits until something has come true, which other tasks bring about: as long as a busy machine needs for it, and no longer
/// than the time limit of the test's suite, which cancels the test.
@MainActor
func eventually(
    _ what: @autoclosure () -> String = "", sourceLocation: SourceLocation = #_sourceLocation,
    _ isTrue: @MainActor () -> Bool
) async {
    while !isTrue() {
        do {
            try await Task.sleep(for: .milliseconds(1))
        } catch {
            Issue.record("never: \(what())", sourceLocation: sourceLocation)
            return
        }
    }
}

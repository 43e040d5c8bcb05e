import Loyalty
import Observation

/// How far the waiting for an answer has come.
public enum Wait: Sendable, Equatable, CaseIterable {
    /// Nothing is awaited.
    case none
    /// Too short to be shown: a flash of progress is worse than none.
    case brief
    /// Long enough to say that something happens.
    case shown
    /// Long enough to say that it is not the guest's fault.
    case stillTrying

    /// Whether something is awaited.
    public var busy: Bool { self != .none }
}

/// After how long a wait is shown, excused and given up.
enum Patience {
    static let shown: Duration = .milliseconds(300)
    static let stillTrying: Duration = .seconds(3)
    static let givenUp: Duration = .seconds(10)
}

/// What came of an awaited call.
enum Outcome<Value: Sendable>: Sendable {
    case done(Value)
    /// `nil` when nothing came within ``Patience/givenUp``.
    case failed(LoyaltyError?)
}

extension Problem {
    /// The problem of a call that failed, or that nothing came of in time.
    init(_ failure: LoyaltyError?) {
        self = failure.map(Problem.of) ?? .gaveUp
    }
}

/// A state of a screen that awaits one thing at a time.
public protocol Waiting: Sendable {
    var wait: Wait { get set }
}

extension Store where State: Waiting {
    /// Returns when nothing is awaited: a gesture that shows progress of its own goes on for so long.
    public final func settled() async {
        while state.wait.busy {
            await withCheckedContinuation { changed in
                withObservationTracking {
                    _ = state.wait
                } onChange: {
                    changed.resume()
                }
            }
        }
    }

    /// Starts work that awaits something. The state says so at once, so that a second tap finds the work under way.
    final func launchWaiting(_ body: @escaping @MainActor @Sendable () async -> Void) {
        change { $0.wait = .brief }
        launch(body)
    }

    /// Runs `call` and shows in the state how long it takes, ending with ``Wait/none``.
    ///
    /// - Returns: `nil` when the store was closed meanwhile.
    final func awaited<Value: Sendable>(_ call: @escaping @Sendable () async throws -> Value) async -> Outcome<Value>? {
        await race(clock, call) { [weak self] wait in self?.change { $0.wait = wait } }
    }
}

private struct GaveUp: Error {}

/// Runs `call` until it ends or patience does.
@MainActor
func race<Value: Sendable>(
    _ clock: any Clock<Duration>, _ call: @escaping @Sendable () async throws -> Value,
    onWait: @escaping @MainActor @Sendable (Wait) -> Void = { _ in }
) async -> Outcome<Value>? {
    onWait(.brief)
    let phases = Task { @MainActor in
        try await clock.sleep(for: Patience.shown)
        onWait(.shown)
        try await clock.sleep(for: Patience.stillTrying - Patience.shown)
        onWait(.stillTrying)
    }
    defer {
        phases.cancel()
        onWait(.none)
    }
    do {
        let value = try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask(operation: call)
            group.addTask {
                try await clock.sleep(for: Patience.givenUp)
                throw GaveUp()
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw GaveUp() }
            return first
        }
        return Task.isCancelled ? nil : .done(value)
    } catch let failure as LoyaltyError {
        return Task.isCancelled ? nil : .failed(failure)
    } catch is GaveUp {
        return Task.isCancelled ? nil : .failed(nil)
    } catch {
        return nil
    }
}

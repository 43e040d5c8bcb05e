import Foundation
import Observation

/// What stands behind one screen: it takes actions, changes its state in one place, and tells what happens once (moving
/// to another screen, opening a link) as effects.
///
/// The work that actions start ends with the store, or with ``close()`` if that comes first.
@MainActor @Observable
public class Store<State: Sendable, Action: Sendable, Effect: Sendable> {
    /// What the screen shows.
    public private(set) var state: State

    @ObservationIgnored let clock: any Clock<Duration>
    @ObservationIgnored private let onEffect: @MainActor (Effect) -> Void
    @ObservationIgnored private let work = RunningWork()

    /// - Parameters:
    ///   - clock: what waits and countdowns run on.
    ///   - onEffect: takes each effect once, at the moment it happens.
    init(_ initial: State, clock: any Clock<Duration>, onEffect: @escaping @MainActor (Effect) -> Void) {
        state = initial
        self.clock = clock
        self.onEffect = onEffect
    }

    /// Takes what the guest did.
    public func send(_ action: Action) {
        preconditionFailure("every store says what its actions do")
    }

    /// The app is on the screen again: what may be out of date, or could not be read meanwhile, is looked at anew.
    func wake() {}

    /// Ends all work; what was under way changes nothing any more.
    public func close() { work.cancel() }

    /// The only way in which the state changes. What changes it may look at the state as it was.
    final func change(_ with: (inout State) -> Void) {
        var changed = state
        with(&changed)
        state = changed
    }

    final func emit(_ effect: Effect) { onEffect(effect) }

    /// Starts work that ends with the store. It must not hold the store while it waits for something without an end.
    @discardableResult
    final func launch(_ body: @escaping @MainActor @Sendable () async -> Void) -> Task<Void, Never> {
        let task = Task { await body() }
        work.add(task)
        return task
    }
}

/// Tasks that end with their owner.
private final class RunningWork: @unchecked Sendable {
    private let lock = NSLock()
    private var tasks: [Task<Void, Never>] = []

    func add(_ task: Task<Void, Never>) { lock.withLock { tasks.append(task) } }

    func cancel() {
        let running = lock.withLock {
            defer { tasks = [] }
            return tasks
        }
        for task in running { task.cancel() }
    }

    deinit { cancel() }
}

/// The end of a time that begins now.
///
/// It is read from the clock and not made of the waits, each of which may last longer than it should: the app may be
/// suspended meanwhile.
struct Deadline: Sendable {
    /// How long it is until then.
    let total: Duration
    private let leftNow: @Sendable () -> Duration
    /// Ends as soon as no more than this is left.
    private let until: @Sendable (Duration) async throws -> Void

    init(in total: Duration, on clock: any Clock<Duration>) {
        self.total = total
        (leftNow, until) = Self.over(total, clock)
    }

    private static func over<C: Clock<Duration>>(
        _ total: Duration, _ clock: C
    ) -> (@Sendable () -> Duration, @Sendable (Duration) async throws -> Void) {
        let end = clock.now.advanced(by: total)
        return (
            { max(clock.now.duration(to: end), .zero) },
            // Until an instant, not for a while: the clock may have moved on before the wait begins.
            { left in try await clock.sleep(until: end.advanced(by: .zero - left), tolerance: nil) }
        )
    }

    /// What is left of it now, and never less than nothing.
    var left: Duration { leftNow() }

    /// Tells what is left, now and then as every second of it ends, until it is nothing.
    ///
    /// - Throws: `CancellationError`.
    @MainActor
    func countDown(onLeft: @MainActor (Duration) -> Void) async throws {
        while true {
            let now = left
            onLeft(now)
            if now == .zero { return }
            let (seconds, attoseconds) = now.components
            try await until(.seconds(attoseconds == 0 ? seconds - 1 : seconds))
            try Task.checkCancellation()
        }
    }
}

/// A countdown as `1:05`: minutes and seconds, rounded up, so that it ends with the last second and not before.
func minutesAndSeconds(_ left: Duration) -> String {
    let (whole, attoseconds) = max(left, .zero).components
    let seconds = whole + (attoseconds > 0 ? 1 : 0)
    let rest = seconds % 60
    return "\(seconds / 60):\(rest < 10 ? "0" : "")\(rest)"
}

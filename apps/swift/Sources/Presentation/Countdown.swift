/// Tells what is left of `total`, now and then every second until it is zero.
///
/// - Throws: `CancellationError`.
@MainActor
func countDown(_ total: Duration, on clock: any Clock<Duration>, onLeft: @MainActor (Duration) -> Void) async throws {
    var left = total
    while left > .zero {
        onLeft(left)
        let step = min(left, .seconds(1))
        try await clock.sleep(for: step)
        try Task.checkCancellation()
        left -= step
    }
    onLeft(.zero)
}

/// A countdown as `1:05`: minutes and seconds, rounded up, so that it ends with the last second and not before.
func minutesAndSeconds(_ left: Duration) -> String {
    let (whole, attoseconds) = max(left, .zero).components
    let seconds = whole + (attoseconds > 0 ? 1 : 0)
    let rest = seconds % 60
    return "\(seconds / 60):\(rest < 10 ? "0" : "")\(rest)"
}

package app.loyalty.presenters

import java.time.Duration
import kotlinx.coroutines.delay

/** What is left of [total], now and then every second until it is zero. */
suspend fun countDown(total: Duration, onLeft: (Duration) -> Unit) {
    var left = total
    while (left > Duration.ZERO) {
        onLeft(left)
        val step = minOf(left.toMillis(), 1_000L)
        delay(step)
        left = left.minusMillis(step)
    }
    onLeft(Duration.ZERO)
}

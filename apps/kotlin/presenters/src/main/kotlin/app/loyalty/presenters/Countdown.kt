package app.loyalty.presenters

import java.time.Duration
import kotlin.time.TimeSource
import kotlin.time.toJavaDuration
import kotlinx.coroutines.delay

/**
 * The end of a time that begins now.
 *
 * It is counted on [ticking] and not by adding up waits: a device that sleeps stops the waits, and the time goes on.
 *
 * @property total how long it is until then.
 * @param ticking has to go on while the device sleeps.
 */
class Deadline(val total: Duration, ticking: TimeSource) {
    private val began = ticking.markNow()

    /** What is left of it now, and never less than nothing. */
    val left: Duration get() = maxOf(total - began.elapsedNow().toJavaDuration(), Duration.ZERO)

    /** Tells what is left, now and then as every second of it ends, until it is nothing. */
    suspend fun countDown(onLeft: (Duration) -> Unit) {
        while (true) {
            val now = left
            onLeft(now)
            if (now.isZero) return
            delay(now.untilNextSecond())
        }
    }
}

/** In milliseconds, rounded up: a little too early would be a second that is told twice. */
private fun Duration.untilNextSecond(): Long {
    val whole = (nano + 999_999L) / 1_000_000L
    return if (whole == 0L) 1_000L else whole
}

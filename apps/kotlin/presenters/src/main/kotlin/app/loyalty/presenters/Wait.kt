package app.loyalty.presenters

import app.loyalty.LoyaltyException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeout

/** How far the waiting for an answer has come. */
enum class Wait {
    /** Nothing is awaited. */
    NONE,

    /** Too short to be shown: a flash of progress is worse than none. */
    BRIEF,

    /** Long enough to say that something happens. */
    SHOWN,

    /** Long enough to say that it is not the guest's fault. */
    STILL_TRYING,
    ;

    /** Whether something is awaited. */
    val busy: Boolean get() = this != NONE
}

/** After how many milliseconds a wait is shown, excused and given up. */
object Patience {
    const val SHOWN: Long = 300
    const val STILL_TRYING: Long = 3_000
    const val GIVEN_UP: Long = 10_000
}

/** What came of an awaited call. */
sealed interface Outcome<out T> {
    class Done<out T>(val value: T) : Outcome<T>

    /** [failure] is `null` when nothing came within [Patience.GIVEN_UP]. */
    class Failed(val failure: LoyaltyException?) : Outcome<Nothing> {
        val problem: Problem get() = failure?.let(Problem::of) ?: Problem.gaveUp
    }
}

/** Runs [call] and reports through [onWait] how long it takes, ending with [Wait.NONE]. */
suspend fun <T> awaited(onWait: (Wait) -> Unit, call: suspend CoroutineScope.() -> T): Outcome<T> = coroutineScope {
    onWait(Wait.BRIEF)
    val phases = launch {
        delay(Patience.SHOWN)
        onWait(Wait.SHOWN)
        delay(Patience.STILL_TRYING - Patience.SHOWN)
        onWait(Wait.STILL_TRYING)
    }
    try {
        Outcome.Done(withTimeout(Patience.GIVEN_UP, call))
    } catch (failure: LoyaltyException) {
        Outcome.Failed(failure)
    } catch (_: TimeoutCancellationException) {
        Outcome.Failed(null)
    } finally {
        phases.cancel()
        onWait(Wait.NONE)
    }
}

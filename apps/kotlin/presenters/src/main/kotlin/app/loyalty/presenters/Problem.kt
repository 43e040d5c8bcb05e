package app.loyalty.presenters

import app.loyalty.ErrorCode
import app.loyalty.LoyaltyException
import app.loyalty.words.Words
import java.time.Duration

/** Why something did not work, as far as a guest is told. */
enum class Cause {
    OFFLINE,
    UNTRUSTED,
    TIMEOUT,
    UNAVAILABLE,
    RATE_LIMITED,
    REJECTED,
    CONFLICT,
    STORAGE,

    /** The app was away from the screen, and its files were closed: nothing is wrong with them. */
    PAUSED,

    /** What the system keeps secrets in does not answer. */
    SECRETS,
    SIGNED_OUT,
    UNEXPECTED,
}

/**
 * A failure that a screen shows.
 *
 * @property code the stable name of the error, which support can look up; not shown for what the guest can mend.
 * @property wait after how long to try again, as `1:30`, where the server says so.
 */
data class Problem(val cause: Cause, val code: String, val wait: String? = null) {
    /** The sentence for the guest. */
    fun text(words: Words): String = when (cause) {
        Cause.OFFLINE -> words.problem.offline
        Cause.UNTRUSTED -> words.problem.untrusted
        Cause.TIMEOUT -> words.problem.timeout
        Cause.UNAVAILABLE -> words.problem.unavailable
        Cause.RATE_LIMITED -> wait?.let(words.problem::rateLimited) ?: words.problem.unavailable
        Cause.REJECTED -> words.problem.rejected
        Cause.CONFLICT -> words.problem.conflict
        Cause.STORAGE -> words.problem.storage
        Cause.PAUSED -> words.problem.paused
        Cause.SECRETS -> words.problem.secrets
        Cause.SIGNED_OUT -> words.problem.signedOut
        Cause.UNEXPECTED -> words.problem.unexpected
    }

    companion object {
        fun of(failure: LoyaltyException): Problem = Problem(
            cause = when (failure) {
                is LoyaltyException.Offline -> Cause.OFFLINE
                is LoyaltyException.Untrusted -> Cause.UNTRUSTED
                is LoyaltyException.Timeout, is LoyaltyException.OutcomeUnknown -> Cause.TIMEOUT
                is LoyaltyException.Unavailable -> Cause.UNAVAILABLE
                is LoyaltyException.RateLimited -> Cause.RATE_LIMITED
                is LoyaltyException.Rejected, is LoyaltyException.InvalidInput -> Cause.REJECTED
                is LoyaltyException.Conflict -> Cause.CONFLICT
                is LoyaltyException.Storage -> if (failure.code == ErrorCode.STORAGE_CLOSED) Cause.PAUSED else Cause.STORAGE
                is LoyaltyException.SecretStoreFailed -> Cause.SECRETS
                is LoyaltyException.Unauthorized -> Cause.SIGNED_OUT
                is LoyaltyException.CodeWrong, is LoyaltyException.Contract, is LoyaltyException.Forbidden,
                is LoyaltyException.Internal, is LoyaltyException.NotFound, is LoyaltyException.Outdated,
                is LoyaltyException.Unsupported,
                -> Cause.UNEXPECTED
            },
            code = failure.code.text,
            wait = failure.retryAfter?.let(::clock),
        )

        /** Why there is no session where it could not be opened. */
        fun opening(failure: Throwable): Problem = (failure as? LoyaltyException)?.let(::of) ?: Problem(Cause.UNEXPECTED, "internal")

        /** The session of this device is gone for good, and nobody asked for that. */
        val signedOut = Problem(Cause.SIGNED_OUT, "unauthorized")

        /** Nothing came back within the time that a guest is kept waiting. */
        val gaveUp = Problem(Cause.TIMEOUT, "gave_up")
    }
}

/** A countdown as `1:05`: minutes and seconds, rounded up, so that it ends with the last second and not before. */
fun clock(left: Duration): String {
    val seconds = (left.toMillis().coerceAtLeast(0) + 999) / 1000
    return "${seconds / 60}:${(seconds % 60).toString().padStart(2, '0')}"
}

/** What a countdown of [clock] shows. */
internal fun unclock(shown: String): Duration {
    val (minutes, seconds) = shown.split(':').map(String::toLong)
    return Duration.ofSeconds(minutes * 60 + seconds)
}

package app.loyalty

import java.time.Duration

/**
 * The stable name of what happened, the same in every language and version. The constants are those that an app acts
 * on; `docs/errors.md` lists all of them.
 */
@JvmInline
public value class ErrorCode(public val text: String) {
    override fun toString(): String = text

    public companion object {
        /** The sign-in code is not the one that was sent. */
        public val CODE_WRONG: ErrorCode = ErrorCode("code_wrong")

        /** There is no code to compare with any more: ask for a new one. */
        public val CODE_EXPIRED: ErrorCode = ErrorCode("code_expired")

        /** The guest has not agreed to the current text on personal data. */
        public val CONSENT_REQUIRED: ErrorCode = ErrorCode("consent_required")

        /** The restaurant has blocked the account. */
        public val ACCOUNT_BLOCKED: ErrorCode = ErrorCode("account_blocked")

        /** Several accounts carry the phone: only the restaurant can merge them. */
        public val ACCOUNT_AMBIGUOUS: ErrorCode = ErrorCode("account_ambiguous")

        /** Nobody is registered under the signed-in phone yet. */
        public val GUEST_NOT_FOUND: ErrorCode = ErrorCode("guest_not_found")

        /** Not a complete +7 number. */
        public val PHONE_INVALID: ErrorCode = ErrorCode("phone_invalid")

        /** A number of another country than those behind +7. */
        public val PHONE_UNSUPPORTED: ErrorCode = ErrorCode("phone_unsupported")

        /** No space is left on this device. */
        public val STORAGE_FULL: ErrorCode = ErrorCode("storage_full")

        /** Storage is closed: the session is paused. */
        public val STORAGE_CLOSED: ErrorCode = ErrorCode("storage_closed")
    }
}

/**
 * What every call of this library throws, and nothing else but [kotlin.coroutines.cancellation.CancellationException]
 * and [IllegalStateException] after `close`. A `when` over it is exhaustive.
 *
 * [message] is the code: English, for logs, with nothing personal or secret in it, and not for guests.
 *
 * @property code what happened.
 * @property retryable whether the same call may succeed later without a change by the caller.
 * @property retryAfter how long the server asks to wait, where it says so.
 */
public sealed class LoyaltyException(
    public val code: ErrorCode,
    public val retryable: Boolean = false,
    public val retryAfter: Duration? = null,
    detail: String = "",
) : Exception(if (detail.isEmpty()) code.text else "${code.text}: $detail") {
    /** The caller gave something that cannot be right; nothing was sent. [field] is the parameter's name. */
    public class InvalidInput(code: ErrorCode, public val field: String) : LoyaltyException(code, detail = field)

    /** The server was not reached; nothing was sent. */
    public class Offline : LoyaltyException(ErrorCode("offline"), retryable = true)

    /** The server's certificate is not trusted; nothing was sent. Never shown as being offline. */
    public class Untrusted : LoyaltyException(ErrorCode("untrusted"))

    /** Time ran out, or the connection broke. */
    public class Timeout(code: ErrorCode = ErrorCode("timeout")) : LoyaltyException(code, retryable = true)

    /** Nobody is signed in, or not any more. */
    public class Unauthorized : LoyaltyException(ErrorCode("unauthorized"))

    /** A kiosk's session asked for what only a guest's own device may do. */
    public class Forbidden : LoyaltyException(ErrorCode("forbidden"))

    /** There is no such thing; [ErrorCode.GUEST_NOT_FOUND] means that the guest has to be registered. */
    public class NotFound(code: ErrorCode) : LoyaltyException(code)

    /** The server refused the content; nothing was changed. [field] is the form's field, where it named one. */
    public class Rejected(code: ErrorCode, public val field: String? = null) :
        LoyaltyException(code, detail = field.orEmpty())

    /** The sign-in code is not the one that was sent. [triesLeft] is how often it may still be tried. */
    public class CodeWrong(public val triesLeft: Int?) : LoyaltyException(ErrorCode.CODE_WRONG)

    /** The state does not allow it; nothing was changed. */
    public class Conflict(code: ErrorCode) : LoyaltyException(code)

    /** Too many requests; nothing was changed. */
    public class RateLimited(retryAfter: Duration?) :
        LoyaltyException(ErrorCode("rate_limited"), retryable = true, retryAfter = retryAfter)

    /** The server is failing or being serviced. */
    public class Unavailable(retryAfter: Duration?) :
        LoyaltyException(ErrorCode("unavailable"), retryable = true, retryAfter = retryAfter)

    /** A change was sent and no answer came: read before trying again. */
    public class OutcomeUnknown : LoyaltyException(ErrorCode("outcome_unknown"))

    /** This version of the app is too old for the server. */
    public class Outdated : LoyaltyException(ErrorCode("outdated"))

    /** The server's answer is not what the contract says: [field] in the answer of [path]. */
    public class Contract(code: ErrorCode, public val path: String, public val field: String) :
        LoyaltyException(code, detail = listOf(path, field).filter(String::isNotEmpty).joinToString(" "))

    /** This device's storage failed. */
    public class Storage(code: ErrorCode) : LoyaltyException(code)

    /** The [SecretStore] failed. Nobody was signed out because of it. */
    public class SecretStoreFailed(code: ErrorCode) : LoyaltyException(code)

    /** This venue, or this kind of session, cannot do it. */
    public class Unsupported : LoyaltyException(ErrorCode("unsupported"))

    /** A mistake of this library. */
    public class Internal : LoyaltyException(ErrorCode("internal"))
}

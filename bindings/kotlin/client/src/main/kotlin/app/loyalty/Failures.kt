package app.loyalty

import app.loyalty.ffi.CallException
import app.loyalty.ffi.Category
import app.loyalty.ffi.Failure
import app.loyalty.ffi.InternalException
import app.loyalty.ffi.SecretStore as NativeSecrets
import app.loyalty.ffi.SecretStoreFailure
import kotlin.coroutines.cancellation.CancellationException
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive

/** Calls the core and turns what it throws into what an app sees. */
internal suspend fun <T> calling(call: suspend () -> T): T {
    // A coroutine that is cancelled already would begin the work in the core, and only then let go of it.
    currentCoroutineContext().ensureActive()
    return callingInAnyCase(call)
}

/** The same for what must begin even in a coroutine that is cancelled already; which then is told that it is. */
internal suspend fun <T> callingInAnyCase(call: suspend () -> T): T =
    try {
        call()
    } catch (failed: CallException.Failed) {
        throw failed.failure.lifted()
    } catch (panic: InternalException) {
        throw LoyaltyException.Internal()
    }

/** The same for what answers at once. */
internal inline fun <T> answering(call: () -> T): T =
    try {
        call()
    } catch (failed: CallException.Failed) {
        throw failed.failure.lifted()
    } catch (panic: InternalException) {
        throw LoyaltyException.Internal()
    }

internal fun Failure.lifted(): Exception {
    val code = ErrorCode(code)
    return when (category) {
        Category.INVALID_INPUT ->
            if (unsupported) LoyaltyException.Unsupported() else LoyaltyException.InvalidInput(code, field.orEmpty())
        Category.OFFLINE -> LoyaltyException.Offline()
        Category.UNTRUSTED -> LoyaltyException.Untrusted()
        Category.TIMEOUT -> LoyaltyException.Timeout(code)
        Category.UNAUTHORIZED -> LoyaltyException.Unauthorized()
        Category.FORBIDDEN -> LoyaltyException.Forbidden()
        Category.NOT_FOUND -> LoyaltyException.NotFound(code)
        Category.REJECTED ->
            if (code == ErrorCode.CODE_WRONG) {
                LoyaltyException.CodeWrong(triesLeft?.toInt())
            } else {
                LoyaltyException.Rejected(code, field)
            }
        Category.CONFLICT -> LoyaltyException.Conflict(code)
        Category.RATE_LIMITED -> LoyaltyException.RateLimited(retryAfter)
        Category.UNAVAILABLE -> LoyaltyException.Unavailable(retryAfter)
        Category.OUTCOME_UNKNOWN -> LoyaltyException.OutcomeUnknown()
        Category.OUTDATED -> LoyaltyException.Outdated()
        Category.CONTRACT -> LoyaltyException.Contract(code, path.orEmpty(), field.orEmpty())
        Category.STORAGE -> LoyaltyException.Storage(code)
        Category.SECRET_STORE -> LoyaltyException.SecretStoreFailed(code)
        // Coroutines have a word of their own for it.
        Category.CANCELLED -> CancellationException(code.text)
        Category.INTERNAL -> LoyaltyException.Internal()
    }
}

/** An app's secret store as the core calls it. */
internal class ForeignSecrets(private val secrets: SecretStore) : NativeSecrets {
    override fun get(key: String): ByteArray? = keeping { secrets.get(key) }

    override fun set(key: String, secret: ByteArray) {
        keeping { secrets.set(key, secret) }
    }

    override fun delete(key: String) {
        keeping { secrets.delete(key) }
    }

    // Whatever else is thrown stops at the border, where it becomes a failure without a word of what it said.
    private inline fun <T> keeping(work: () -> T): T =
        try {
            work()
        } catch (failed: SecretStoreException) {
            throw when (failed.reason) {
                SecretStoreException.Reason.REFUSED -> SecretStoreFailure.Refused()
                SecretStoreException.Reason.UNAVAILABLE -> SecretStoreFailure.Unavailable()
                SecretStoreException.Reason.DAMAGED -> SecretStoreFailure.Damaged()
                SecretStoreException.Reason.FAILED -> SecretStoreFailure.Failed()
            }
        }
}

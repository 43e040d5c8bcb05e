package app.loyalty.presenters

import app.loyalty.LoyaltyException
import app.loyalty.LoyaltySession
import java.time.Duration
import kotlin.time.TimeSource
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch

/**
 * The screen that asks for the phone.
 *
 * @property phone as it is shown while typing.
 * @property complete whether a code can be sent to it.
 * @property invalid whether the guest tried to go on with something else.
 * @property retryIn how long until the next code may be asked for.
 * @property deletionAsked whether the guest has just asked for the deletion of their account.
 */
data class SignInState(
    val phone: String = "",
    val complete: Boolean = false,
    val invalid: Boolean = false,
    val wait: Wait = Wait.NONE,
    val problem: Problem? = null,
    val retryIn: String? = null,
    val deletionAsked: Boolean = false,
)

sealed interface SignInAction {
    data class Typed(val text: String) : SignInAction
    data object Send : SignInAction
}

/** A code is on its way to [phone]; another may be asked for after [resendAfter]. */
data class CodeOnItsWay(val phone: String, val resendAfter: Duration, val digits: Int)

/** @param ticking what the wait for another code is counted on. */
class SignInPresenter(
    private val session: LoyaltySession,
    scope: CoroutineScope,
    problem: Problem? = null,
    private val ticking: TimeSource = TimeSource.Monotonic,
) : Presenter<SignInState, SignInAction, CodeOnItsWay>(SignInState(problem = problem), scope) {
    private var countdown: Job? = null

    override fun on(action: SignInAction) = when (action) {
        is SignInAction.Typed -> typed(action.text)
        SignInAction.Send -> send()
    }

    /** The answer to the request has come: the guest is told here, where it has led them. */
    fun confirmDeletion() = change { copy(deletionAsked = true) }

    private fun typed(text: String) {
        val input = session.formatPhone(text)
        change { copy(phone = input.text, complete = input.complete, invalid = false, problem = null, deletionAsked = false) }
    }

    private fun send() {
        val phone = state.value.phone
        if (state.value.wait.busy || state.value.retryIn != null) return
        if (!state.value.complete) return change { copy(invalid = true) }
        change { copy(problem = null) }
        scope.launch {
            when (val outcome = awaited({ change { copy(wait = it) } }) { session.requestCode(phone) }) {
                is Outcome.Done -> emit(CodeOnItsWay(phone, outcome.value.resendAfter, outcome.value.digits))
                is Outcome.Failed -> refused(outcome)
            }
        }
    }

    private fun refused(outcome: Outcome.Failed) {
        val failure = outcome.failure
        if (failure is LoyaltyException.InvalidInput) return change { copy(invalid = true) }
        change { copy(problem = outcome.problem) }
        val wait = (failure as? LoyaltyException.RateLimited)?.retryAfter ?: return
        countdown?.cancel()
        countdown = scope.launch {
            Deadline(wait, ticking).countDown { left ->
                val over = left.isZero
                change { copy(retryIn = if (over) null else clock(left), problem = if (over) null else problem) }
            }
        }
    }
}

/** What is wrong with a code that was typed. */
sealed interface CodeError {
    data class Wrong(val triesLeft: Int?) : CodeError
    data object Expired : CodeError
    data object NoTriesLeft : CodeError
}

/**
 * The screen that asks for the code.
 *
 * @property phone whither it was sent.
 * @property length how many digits it has.
 * @property resendIn how long until another may be asked for; `null` when it may.
 */
data class CodeState(
    val phone: String,
    val digits: String = "",
    val length: Int = 6,
    val wait: Wait = Wait.NONE,
    val error: CodeError? = null,
    val problem: Problem? = null,
    val resendIn: String? = null,
)

sealed interface CodeAction {
    /** Typed, pasted or filled in by the system; everything but digits is dropped. */
    data class Typed(val text: String) : CodeAction
    data object Resend : CodeAction
    data object ChangePhone : CodeAction
}

sealed interface CodeEffect {
    data object SignedIn : CodeEffect
    data object ChangePhone : CodeEffect
}

/** @param ticking what the wait for another code is counted on. */
class CodePresenter(
    private val session: LoyaltySession,
    sent: CodeOnItsWay,
    scope: CoroutineScope,
    private val ticking: TimeSource = TimeSource.Monotonic,
) : Presenter<CodeState, CodeAction, CodeEffect>(CodeState(sent.phone, length = sent.digits), scope) {
    private var countdown: Job? = null
    private var late: Job? = null
    private var left = false

    init {
        holdResending(sent.resendAfter)
    }

    override fun on(action: CodeAction) = when (action) {
        is CodeAction.Typed -> typed(action.text)
        CodeAction.Resend -> resend()
        CodeAction.ChangePhone -> emit(CodeEffect.ChangePhone)
    }

    private fun typed(text: String) {
        if (state.value.wait.busy) return
        val digits = text.filter { it in '0'..'9' }.take(state.value.length)
        if (digits == state.value.digits) return
        change { copy(digits = digits, error = null, problem = null) }
        if (digits.length == state.value.length) confirm()
    }

    private fun confirm() {
        val (phone, digits) = state.value
        scope.launch {
            when (val outcome = awaited({ change { copy(wait = it) } }) { session.confirm(phone, digits) }) {
                is Outcome.Done -> signedIn()
                is Outcome.Failed -> failed(outcome)
            }
        }
    }

    /** The code is spent whether or not its answer came in time, and then no other one is taken. */
    private fun failed(outcome: Outcome.Failed) {
        if (session.current.signedIn) return signedIn()
        change { refused(outcome) }
        if (outcome.failure == null && late == null) {
            late = scope.launch {
                session.state.first { it.signedIn }
                signedIn()
            }
        }
    }

    private fun signedIn() {
        if (!left) emit(CodeEffect.SignedIn)
        left = true
    }

    private fun resend() {
        if (state.value.wait.busy || state.value.resendIn != null) return
        scope.launch {
            val outcome = awaited({ change { copy(wait = it) } }) { session.requestCode(state.value.phone) }
            when (outcome) {
                is Outcome.Done -> {
                    change { copy(digits = "", error = null, problem = null, length = outcome.value.digits) }
                    holdResending(outcome.value.resendAfter)
                }
                is Outcome.Failed -> {
                    change { copy(problem = outcome.problem) }
                    (outcome.failure as? LoyaltyException.RateLimited)?.retryAfter?.let(::holdResending)
                }
            }
        }
    }

    private fun holdResending(time: Duration) {
        countdown?.cancel()
        countdown = scope.launch {
            Deadline(time, ticking).countDown { left -> change { copy(resendIn = if (left.isZero) null else clock(left)) } }
        }
    }
}

private fun CodeState.refused(outcome: Outcome.Failed): CodeState = when (val error = codeError(outcome.failure)) {
    null -> copy(digits = "", problem = outcome.problem)
    else -> copy(digits = "", error = error)
}

/** What a failed sign-in says about the code; `null` when it says nothing about it. */
fun codeError(failure: LoyaltyException?): CodeError? = when {
    failure is LoyaltyException.CodeWrong ->
        if (failure.triesLeft == 0) CodeError.NoTriesLeft else CodeError.Wrong(failure.triesLeft)
    failure?.code == app.loyalty.ErrorCode.CODE_EXPIRED -> CodeError.Expired
    else -> null
}

package app.loyalty.presenters

import app.loyalty.LoyaltyException
import app.loyalty.LoyaltyGuest
import app.loyalty.TillCode
import com.google.zxing.BarcodeFormat
import com.google.zxing.EncodeHintType
import com.google.zxing.MultiFormatWriter
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel
import java.time.Duration
import java.util.BitSet
import kotlin.time.TimeSource
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Job
import kotlinx.coroutines.launch

/** A picture of dark and light modules, such as a QR code, without a margin. */
class Grid internal constructor(val width: Int, val height: Int, private val dark: BitSet) {
    fun isDark(x: Int, y: Int): Boolean = dark[y * width + x]

    override fun equals(other: Any?): Boolean = other is Grid && width == other.width && dark == other.dark

    override fun hashCode(): Int = dark.hashCode()

    companion object {
        fun qr(text: String): Grid = encode(text, BarcodeFormat.QR_CODE, EncodeHintType.ERROR_CORRECTION to ErrorCorrectionLevel.M)

        /** The same; `null` for what is too long to be read from a screen. */
        fun qrOrNull(text: String): Grid? = text.takeIf { it.length in 1..MOST_READABLE }?.let(::qr)

        private const val MOST_READABLE = 500

        /** Code 128, one module high. */
        fun bars(text: String): Grid = encode(text, BarcodeFormat.CODE_128)

        private fun encode(text: String, format: BarcodeFormat, vararg hints: Pair<EncodeHintType, Any>): Grid {
            val all = mapOf(EncodeHintType.MARGIN to 0, *hints)
            val matrix = MultiFormatWriter().encode(text, format, 0, 0, all)
            val height = if (format == BarcodeFormat.CODE_128) 1 else matrix.height
            val dark = BitSet(matrix.width * height)
            for (y in 0 until height) for (x in 0 until matrix.width) dark[y * matrix.width + x] = matrix[x, y]
            return Grid(matrix.width, height, dark)
        }
    }
}

/** A till code to show. [groups] is the number in groups of four. */
data class CodeView(val qr: Grid, val bars: Grid, val groups: String) {
    // Whoever knows the code is taken for the guest.
    override fun toString(): String = "CodeView"

    companion object {
        fun of(value: String) = CodeView(Grid.qr(value), Grid.bars(value), value.chunked(4).joinToString("\u00a0"))
    }
}

/** In which state the card is, beside the code that is shown. */
enum class CardCondition {
    VALID,

    /** No connection: the code is the last one that was had. */
    OFFLINE,
    EXPIRED,

    /** The venue has no codes: the guest tells the phone number. */
    TELL_NUMBER,

    /** No connection and nothing to show. */
    NOTHING_KEPT,
    LOADING,
    FAILED,
}

/**
 * The card to be shown at the till.
 *
 * @property expiresIn as `1:30`, for a short-lived code.
 * @property permille how much of its life is left.
 */
data class CardState(
    val condition: CardCondition = CardCondition.LOADING,
    val code: CodeView? = null,
    val expiresIn: String? = null,
    val permille: Int? = null,
    val phone: String? = null,
    val wait: Wait = Wait.NONE,
    val problem: Problem? = null,
)

sealed interface CardAction {
    data object NewCode : CardAction
    data object Close : CardAction
}

data object CardClosed

/** @param ticking what the life of a code is counted on. */
class CardPresenter(private val session: LoyaltyGuest, scope: CoroutineScope, private val ticking: TimeSource = TimeSource.Monotonic) :
    Presenter<CardState, CardAction, CardClosed>(CardState(phone = session.current.snapshot?.guest?.phone), scope) {
    private var countdown: Job? = null
    private var expiry: Deadline? = null

    init {
        read()
    }

    override fun on(action: CardAction) = when (action) {
        CardAction.NewCode -> read()
        CardAction.Close -> emit(CardClosed)
    }

    /** What has expired meanwhile goes at once. */
    override fun wake() {
        expiry?.let(::follow)
        if (state.value.condition in MISSED) read()
    }

    private fun read() {
        if (state.value.wait.busy) return
        change { copy(wait = Wait.BRIEF) }
        scope.launch {
            when (val outcome = awaited({ change { copy(wait = it) } }) { session.tillCode() }) {
                is Outcome.Done -> show(outcome.value)
                is Outcome.Failed -> change { withoutCode(outcome) }
            }
        }
    }

    private fun show(code: TillCode) {
        countdown?.cancel()
        change { CardState(CardCondition.VALID, CodeView.of(code.value), phone = phone) }
        expiry = code.livesFor?.takeUnless(Duration::isNegative)?.let { Deadline(it, ticking) }
        expiry?.let(::follow)
    }

    private fun follow(expiry: Deadline) {
        countdown?.cancel()
        // At once, before anything of the past is drawn.
        countdown = scope.launch(start = CoroutineStart.UNDISPATCHED) {
            expiry.countDown { left -> if (left.isZero) expire() else tick(left, expiry.total) }
        }
    }

    private fun tick(left: Duration, life: Duration) {
        val permille = (left.toMillis() * 1000 / life.toMillis().coerceAtLeast(1)).toInt()
        change { copy(expiresIn = clock(left), permille = permille) }
    }

    private fun expire() {
        expiry = null
        change { copy(condition = CardCondition.EXPIRED, code = null, expiresIn = null, permille = null) }
        read()
    }

    private companion object {
        /** In which a code may be had by now that could not be had before. */
        val MISSED = setOf(CardCondition.OFFLINE, CardCondition.EXPIRED, CardCondition.NOTHING_KEPT, CardCondition.FAILED)
    }
}

private fun CardState.withoutCode(outcome: Outcome.Failed): CardState = when {
    outcome.failure is LoyaltyException.Unsupported -> copy(condition = CardCondition.TELL_NUMBER, code = null)
    code != null -> copy(condition = CardCondition.OFFLINE, problem = outcome.problem)
    condition == CardCondition.EXPIRED -> copy(problem = outcome.problem)
    outcome.failure is LoyaltyException.Offline -> copy(condition = CardCondition.NOTHING_KEPT)
    else -> copy(condition = CardCondition.FAILED, problem = outcome.problem)
}

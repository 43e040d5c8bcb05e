package app.loyalty.presenters

import app.loyalty.Burn
import app.loyalty.BurnSchedule
import app.loyalty.Level
import app.loyalty.Snapshot
import app.loyalty.Transaction
import app.loyalty.TransactionKind
import app.loyalty.words.Words

/** In which direction an operation went: a sign and an icon, never a colour alone. */
enum class Direction { EARNED, SPENT, BURNED, OTHER }

/**
 * One operation of a guest.
 *
 * @property sum with its sign and unit.
 * @property receipt opens the receipt; `null` where there is none.
 */
data class OperationView(
    val id: Long,
    val direction: Direction,
    val title: String,
    val venue: String?,
    val day: String,
    val time: String,
    val sum: String,
    val balanceAfter: String?,
    val receipt: String?,
)

/**
 * What burns on a day.
 *
 * @property soon whether it is a matter of a week.
 */
data class BurnView(val day: String, val amount: String, val line: String, val soon: Boolean)

/** A coupon. [until] is a day. */
data class CouponView(val name: String, val code: String?, val until: String?)

/**
 * The guest's level.
 *
 * @property permille how far it is to the next, 0 to 1000; `null` where nobody knows.
 * @property left the sentence on what is left; `null` at the top.
 */
data class LevelView(
    val name: String,
    val benefit: String?,
    val permille: Int?,
    val left: String?,
    val top: Boolean,
)

/**
 * Everything that a guest holds, ready to be shown.
 *
 * @property number the balance without its unit; a minus stands before it when it is [negative].
 * @property sentence the balance as it is read aloud.
 * @property burns soonest first; empty when nothing burns or when [totalOnly].
 * @property totalOnly whether the server's parts do not make its total.
 */
data class Holdings(
    val number: String,
    val unit: String,
    val sentence: String,
    val negative: Boolean,
    val burns: List<BurnView>,
    val nonBurning: String?,
    val totalOnly: Boolean,
    val pending: List<String>,
    val burnedSince: String?,
    val level: LevelView?,
    val newest: List<OperationView>,
    val coupons: List<CouponView>,
)

/** Puts a snapshot into the words of the screens; sums and dates come worded from the core. */
fun holdings(snapshot: Snapshot, words: Words): Holdings {
    val schedule = snapshot.schedule
    val parts = schedule as? BurnSchedule.Parts
    return Holdings(
        number = snapshot.balance.number,
        unit = snapshot.balance.unit,
        sentence = words.home.balanceSentence(snapshot.balance.text),
        negative = snapshot.balance.value.hundredths < 0,
        burns = parts?.burns.orEmpty().map(::burnView),
        nonBurning = parts?.nonBurning?.text,
        totalOnly = schedule is BurnSchedule.TotalOnly,
        pending = snapshot.pending.map { pending ->
            pending.activeFromText?.let { words.home.pending(amount = pending.amount.text, day = it) }
                ?: words.home.pendingNoDate(pending.amount.text)
        },
        burnedSince = snapshot.burnedSince?.let { words.home.burnedSince(it.text) },
        level = snapshot.level?.let { levelView(it, words) },
        newest = snapshot.newest.map(::operationView),
        coupons = snapshot.coupons.map { CouponView(it.name, it.code, it.expiresText) },
    )
}

internal fun burnView(burn: Burn) = BurnView(burn.onText, burn.amount.text, burn.line, soon = burn.inDays <= 7)

internal fun operationView(row: Transaction) = OperationView(
    id = row.id,
    direction = direction(row.kind, row.sum.value.hundredths),
    title = row.kindText,
    venue = row.venue ?: row.comment,
    day = row.dayHeading,
    time = row.timeText,
    sum = row.sum.text,
    balanceAfter = row.balanceAfter?.text,
    receipt = row.receipt?.text,
)

private fun direction(kind: TransactionKind, hundredths: Long): Direction = when (kind) {
    TransactionKind.ACCRUAL, TransactionKind.REFILL, TransactionKind.WELCOME -> Direction.EARNED
    TransactionKind.SPEND, TransactionKind.WITHDRAW -> Direction.SPENT
    TransactionKind.BURN -> Direction.BURNED
    TransactionKind.CORRECTION, TransactionKind.OTHER ->
        if (hundredths > 0) Direction.EARNED else if (hundredths < 0) Direction.SPENT else Direction.OTHER
}

private fun levelView(level: Level, words: Words): LevelView {
    val next = level.next
    val progress = level.progress
    return LevelView(
        name = level.name,
        benefit = level.accrual?.let { words.home.levelAccrual(it.text) } ?: level.discount?.let { words.home.levelDiscount(it.text) },
        permille = progress?.permille,
        left = if (next != null && progress != null) words.home.levelLeft(amount = progress.remaining.text, name = next.name) else null,
        top = next == null,
    )
}

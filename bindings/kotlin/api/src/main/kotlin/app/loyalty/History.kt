package app.loyalty

import java.time.Instant
import java.time.LocalDate

/** What a movement was. */
public enum class TransactionKind {
    /** Earned by a purchase. */
    ACCRUAL,

    /** Used in payment. */
    SPEND,

    /** Burned unused. */
    BURN,

    /** Given by the restaurant. */
    REFILL,

    /** Taken by the restaurant. */
    WITHDRAW,

    /** The welcome bonus. */
    WELCOME,

    /** A correction. */
    CORRECTION,

    /** Something that this version does not know; [Transaction.kindText] still says something true. */
    OTHER,
}

/**
 * One movement of bonuses. Rows may arrive late and may be corrected, because tills lose their connection.
 *
 * @property id its number on the server: the same row keeps it.
 * @property at when it happened.
 * @property day the date at the venue.
 * @property dayHeading the heading of the day's group: `Сегодня`, `Вчера`, `23 ноября`.
 * @property timeText the time of day at the venue.
 * @property kind what it was.
 * @property kindText the same in words.
 * @property sum how many, with a sign in its text: `+500 бонусов`.
 * @property balanceAfter the balance afterwards, where the server says it.
 * @property receipt opens [LoyaltyGuest.receipt]; `null` where there is none.
 * @property venue the restaurant's name.
 * @property moneySpent what was paid in money.
 * @property comment what the restaurant wrote.
 */
public data class Transaction(
    val id: Long,
    val at: Instant,
    val day: LocalDate,
    val dayHeading: String,
    val timeText: String,
    val kind: TransactionKind,
    val kindText: String,
    val sum: BonusAmount,
    val balanceAfter: BonusAmount?,
    val receipt: ReceiptReference?,
    val venue: String?,
    val moneySpent: MoneyAmount?,
    val comment: String?,
) {
    override fun toString(): String = "Transaction($id, $at, $kind, ${sum.value.hundredths})"
}

/** Names a receipt to the server. Opaque. */
@JvmInline
public value class ReceiptReference(public val text: String)

/** Where a page of the history ended. Opaque; may be kept and given back later. */
@JvmInline
public value class HistoryCursor(public val text: String)

/**
 * A page of the history.
 *
 * @property rows newest first.
 * @property next where the next page begins; `null` at the end of the history.
 * @property cutShort why the page is shorter than asked although the history goes on: what is not kept on this device
 *   could not be read. Asking again from [next] tries again.
 */
public data class HistoryPage(
    val rows: List<Transaction>,
    val next: HistoryCursor?,
    val cutShort: LoyaltyException?,
)

/**
 * A receipt down to its dishes.
 *
 * @property number the number printed on it.
 * @property at when it was closed.
 * @property atText date and time at the venue.
 * @property venue the restaurant's name.
 * @property total the dishes before any discount.
 * @property discount the discount.
 * @property bonusSpent bonuses used in payment.
 * @property bonusAccrued bonuses earned.
 * @property paid what was paid in money.
 */
public data class Receipt(
    val reference: ReceiptReference,
    val number: String?,
    val at: Instant,
    val atText: String,
    val venue: String?,
    val dishes: List<Dish>,
    val total: MoneyAmount,
    val discount: MoneyAmount,
    val bonusSpent: BonusAmount,
    val bonusAccrued: BonusAmount,
    val paid: MoneyAmount,
)

/**
 * A line of a receipt.
 *
 * @property quantityThousandths how many, or how much by weight: one portion is 1000.
 * @property quantityText the same in words: `0,25`.
 * @property price the price of one.
 * @property sum the line's sum.
 */
public data class Dish(
    val name: String,
    val quantityThousandths: Long,
    val quantityText: String,
    val price: MoneyAmount,
    val sum: MoneyAmount,
)

/**
 * A code to show at the till, as QR and bar code. Whoever knows it is taken for the guest, so [toString] does not show
 * it.
 *
 * @property value the digits.
 * @property expiresAt when it stops working; `null` for a card that stays.
 * @property livesFor how long it is good from now on, by the server's clock: a wrong device clock does not matter.
 */
public data class TillCode(val value: String, val expiresAt: Instant?, val livesFor: java.time.Duration?) {
    override fun toString(): String = "TillCode(until $expiresAt)"
}

package app.loyalty

import java.time.Instant
import java.time.LocalDate

/**
 * What observers of a session see. Values follow each other in the order in which they came true; a slow observer sees
 * the newest and not all of them.
 *
 * @property signedIn whether there is a session. It turns false on signing out, here or from another device.
 * @property connectivity whether the server can be reached, as far as is known.
 * @property snapshot what the guest holds; `null` before the first reading and when nobody is signed in.
 */
public data class SessionState(val signedIn: Boolean, val connectivity: Connectivity, val snapshot: Snapshot?)

/** Whether the server can be reached, as far as is known. */
public enum class Connectivity {
    /** Nothing has been tried yet. */
    UNKNOWN,

    /** The last thing known is a success. */
    ONLINE,

    /** The last thing known is that no connection could be made. */
    OFFLINE,
}

/** Whether a snapshot can be shown without its date. */
public enum class Freshness {
    /** Read within the last ten minutes, on the business day that it still is. */
    FRESH,

    /** Older, or nobody can tell: show [Snapshot.asOfText]. */
    STALE,
}

/**
 * Everything that a guest holds, read together: every screen is drawn from one of these, so that no two contradict
 * each other. Texts are in the session's language.
 *
 * @property guest who they are.
 * @property balance all bonuses that can be spent now; may be negative.
 * @property schedule what of it burns when.
 * @property pending earned, but not to be spent yet; outside of [balance].
 * @property burnedSince how much of [balance] was to burn on a day that has come since it was read: it may be gone
 *   already. `null` when nothing was, or when nobody can tell.
 * @property level where the guest stands on the programme's ladder.
 * @property coupons the guest's coupons.
 * @property newest the newest five movements, newest first.
 * @property asOf when it was read, by the server's clock.
 * @property asOfText `по состоянию на 23 ноября, 19:05`.
 * @property freshness whether it can be shown without [asOfText].
 * @property today the venue's business day.
 * @property unsaved why it is not kept on this device and will be gone when the app ends; `null` when it is kept.
 */
public data class Snapshot(
    val guest: GuestProfile,
    val balance: BonusAmount,
    val schedule: BurnSchedule,
    val pending: List<PendingBonus>,
    val burnedSince: BonusAmount?,
    val level: Level?,
    val coupons: List<Coupon>,
    val newest: List<Transaction>,
    val asOf: Instant,
    val asOfText: String,
    val freshness: Freshness,
    val today: LocalDate,
    val unsaved: ErrorCode?,
)

/**
 * What a guest has told about themselves. Personal throughout; [toString] shows none of it.
 *
 * @property phone the full number for the guest's own screen, `+7 912 345-12-34`; `null` at a kiosk.
 * @property phoneMasked for screens that others may see: `+7 ••• •••-12-34`.
 * @property blocked whether the restaurant has blocked the account.
 */
public data class GuestProfile(
    val firstName: String?,
    val lastName: String?,
    val middleName: String?,
    val birthday: LocalDate?,
    val sex: Sex?,
    val email: String?,
    val phone: String?,
    val phoneMasked: String?,
    val blocked: Boolean,
) {
    override fun toString(): String = "GuestProfile(blocked=$blocked)"
}

/** Sex, as the form asks it. */
public enum class Sex {
    /** Male. */
    MALE,

    /** Female. */
    FEMALE,
}

/** What of a balance burns when. */
public sealed interface BurnSchedule {
    /**
     * The parts, which sum to the balance.
     *
     * @property burns by day, ascending, one entry a day.
     * @property nonBurning what never burns.
     */
    public data class Parts(val burns: List<Burn>, val nonBurning: BonusAmount) : BurnSchedule

    /**
     * Only the total can be shown.
     *
     * @property because why the parts cannot.
     */
    public data class TotalOnly(val because: Inconsistency) : BurnSchedule
}

/** Why a schedule's parts cannot be shown. */
public enum class Inconsistency {
    /** They do not sum to the total. */
    PARTS_DO_NOT_SUM,

    /** One is negative, or too large. */
    IMPOSSIBLE_PART,

    /** The server named two totals, even when asked twice. */
    TOTALS_DIFFER,
}

/**
 * An amount that burns on a day.
 *
 * @property on the venue's business day on which it burns.
 * @property onText the day, its year only when it is not this one: `23 ноября`.
 * @property inDays how many business days are left; 0 is today.
 * @property amount how much; above zero.
 * @property line the whole sentence: `500 бонусов сгорят через 3 дня`.
 */
public data class Burn(
    val on: LocalDate,
    val onText: String,
    val inDays: Int,
    val amount: BonusAmount,
    val line: String,
)

/**
 * Bonuses that were earned and can be spent later.
 *
 * @property amount how many.
 * @property activeFrom from when; `null` when the server does not say.
 * @property activeFromText date and time at the venue; `null` with [activeFrom].
 */
public data class PendingBonus(val amount: BonusAmount, val activeFrom: Instant?, val activeFromText: String?)

/**
 * A level of the ladder.
 *
 * @property name in the restaurant's words.
 * @property discount the discount it gives.
 * @property accrual what part of a bill it gives back as bonuses.
 * @property turnover the turnover that counts.
 * @property next the next one up; `null` at the top.
 * @property progress how far it is to the next; `null` at the top or when nobody knows.
 */
public data class Level(
    val name: String,
    val discount: PercentAmount?,
    val accrual: PercentAmount?,
    val turnover: MoneyAmount?,
    val next: NextLevel?,
    val progress: LevelProgress?,
)

/**
 * The next level up.
 *
 * @property name in the restaurant's words.
 * @property from from which turnover.
 */
public data class NextLevel(val name: String, val from: MoneyAmount)

/**
 * How far it is to the next level.
 *
 * @property permille whole thousandths of the way, 0 to 1000; 1000 only when it is reached.
 * @property remaining what is left to spend; never negative.
 */
public data class LevelProgress(val permille: Int, val remaining: MoneyAmount)

/**
 * A coupon. Whoever knows its code can use it, so [toString] does not show it.
 *
 * @property name what it gives, in the restaurant's words.
 * @property code the code to tell, where it has one.
 * @property expiresAt the last instant it can be used.
 * @property expiresText the day, at the venue; `null` with [expiresAt].
 */
public data class Coupon(
    val id: Long,
    val name: String,
    val code: String?,
    val expiresAt: Instant?,
    val expiresText: String?,
) {
    override fun toString(): String = "Coupon($id)"
}

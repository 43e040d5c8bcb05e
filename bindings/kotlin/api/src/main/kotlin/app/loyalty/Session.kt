package app.loyalty

import java.io.Closeable
import java.time.Duration
import java.time.Instant
import java.time.LocalDate
import java.time.LocalTime
import kotlinx.coroutines.flow.Flow

/**
 * What a guest's own device and a kiosk have in common: signing in, registering, and what the guest holds.
 *
 * Every method may be called from any thread. The suspending ones do not block it, throw [LoyaltyException], and stop
 * their work when the coroutine is cancelled: a read stops at once; a change that was sent already may still take effect
 * on the server. The others answer at once, from memory.
 *
 * After [close] every call throws [IllegalStateException].
 */
public interface LoyaltySession : Closeable {
    /**
     * The language of all texts. Setting it words the current state anew for observers; pages, receipts and the
     * programme that were read before stay in the old one until they are asked for again.
     */
    public var language: Language

    /** The state now, without the network. */
    public val current: SessionState

    /**
     * The current state, and then every change of it. Cold: each collector follows for itself, and what it holds is
     * freed when it stops. Conflated: a slow collector sees the newest state and not all of them. Ends with [close].
     */
    public val state: Flow<SessionState>

    /**
     * The programme as it was last read on this device, at once and without the network, in the current language;
     * `null` before the first reading.
     */
    public val knownProgramme: Programme?

    /**
     * Reads the programme. Needs no session. At a kiosk it also tells whether the gateway takes the kiosk's credential.
     *
     * @throws LoyaltyException.Unauthorized at a kiosk that the gateway does not know (any more).
     */
    public suspend fun programme(): Programme

    /**
     * Asks for a sign-in code to be sent to a phone. The answer is the same whether or not there is such a guest.
     *
     * @param phone in any form that people write.
     * @throws LoyaltyException.InvalidInput about `phone`.
     * @throws LoyaltyException.RateLimited with how long to wait before the next.
     */
    public suspend fun requestCode(phone: String): CodeSent

    /**
     * Signs in with the code that was sent. What a guest before this one has left on this device is removed first. It is
     * carried through when the coroutine is cancelled, because the code is spent: who asks again may find the guest signed
     * in. Only [signOut] at a kiosk prevents that.
     *
     * @throws LoyaltyException.CodeWrong with the tries that are left.
     * @throws LoyaltyException.Conflict [ErrorCode.CODE_EXPIRED] when another code has to be asked for; `conflict` when
     *   somebody is signed in: sign out first.
     * @throws LoyaltyException.SecretStoreFailed when the session could not be kept; the code is spent.
     */
    public suspend fun confirm(phone: String, code: String)

    /**
     * Records the consents, then finds the guest's account or creates it, then refreshes.
     *
     * @param consents which of the programme's current texts the guest has agreed to.
     * @throws LoyaltyException.InvalidInput about `consents` without the one to the processing of personal data, or
     *   about a field of the form.
     * @throws LoyaltyException.Unsupported where guests cannot register themselves.
     */
    public suspend fun register(form: RegistrationForm, consents: Set<ConsentKind>): Registered

    /**
     * Reads what the guest holds. Calls that come while one is under way share its outcome.
     *
     * @throws LoyaltyException.NotFound [ErrorCode.GUEST_NOT_FOUND] when the guest has to be registered first.
     */
    public suspend fun refresh(): Snapshot

    /**
     * Reads a page of the history: from what is kept on this device, else from the server.
     *
     * @param after the last page's [HistoryPage.next]; `null` for the newest.
     * @param limit how many rows at most, 1 to 500.
     */
    public suspend fun history(after: HistoryCursor? = null, limit: Int = 50): HistoryPage

    /** All consents of the guest, newest first, withdrawn ones too. */
    public suspend fun consents(): List<Consent>

    /** Records that the guest agrees to the programme's current text. Agreeing again changes nothing. */
    public suspend fun giveConsent(kind: ConsentKind): Consent

    /**
     * Signs out. On this device the guest is signed out whatever happens, unless the secret store fails; what was kept
     * is overwritten and removed. At a kiosk it is done before this suspends, and whoever is about to be signed in there
     * is not: neither by a call to [confirm] or [LoyaltyKiosk.identify] that has only begun.
     *
     * A coroutine that is cancelled before the call signs nobody out, unless it is at a kiosk: there the guest is let go,
     * what was read is wiped and the gateway is told all the same, and the coroutine finds that it is cancelled.
     *
     * @throws LoyaltyException when [devices] is [Devices.ALL] and the server was not reached: then nothing has changed.
     * Never at a kiosk, which answers [SignOut.ONLY_HERE] then.
     */
    public suspend fun signOut(devices: Devices = Devices.THIS): SignOut

    /** Formats a phone at every key that is typed. */
    public fun formatPhone(typed: String): PhoneInput

    /** Words a number of bonuses; [signed] puts a plus in front of what is above zero. */
    public fun word(amount: Bonus, signed: Boolean = false): BonusAmount

    /** Words a sum of money; [signed] puts a plus in front of what is above zero. */
    public fun word(amount: Money, signed: Boolean = false): MoneyAmount

    /** Words a date: `23 ноября 2026`. */
    public fun word(date: LocalDate): String
}

/** The session of a guest on a device of their own. It is kept between two runs of the app. */
public interface LoyaltyGuest : LoyaltySession {
    /** Reads a receipt; from what is kept on this device, if it is there. */
    public suspend fun receipt(reference: ReceiptReference): Receipt

    /**
     * Gets a code to show at the till. Never kept.
     *
     * @throws LoyaltyException.Unsupported where the venue has none: the guest tells the phone number.
     */
    public suspend fun tillCode(): TillCode

    /**
     * Changes the guest's form and refreshes.
     *
     * @throws LoyaltyException.InvalidInput with the field's name; [LoyaltyException.Rejected] when the server refused.
     */
    public suspend fun updateProfile(change: ProfileChange): GuestProfile

    /** Records that the guest agrees no longer. Withdrawing what was not given succeeds. */
    public suspend fun withdrawConsent(kind: ConsentKind)

    /** Everything that is kept about the guest, as one JSON document. Personal throughout. */
    public suspend fun exportData(): String

    /**
     * Asks the operator to delete the guest. Every session of the guest ends, this one too.
     *
     * @return when it was first asked for.
     */
    public suspend fun requestDeletion(): Instant

    /** What to remind the guest of, from what was last read, soonest first. */
    public fun reminders(policy: ReminderPolicy = ReminderPolicy()): List<Reminder>

    /** Does what can wait until the screen is drawn: looks for damage, reads old history again, drops what is too old. */
    public suspend fun upkeep()

    /**
     * Closes the file before the platform suspends the app. Until [resume], what would read or write it throws
     * [LoyaltyException.Storage]; the snapshot stays.
     */
    public suspend fun pause()

    /** Opens the file again. Does nothing while nobody is signed in. */
    public suspend fun resume()
}

/**
 * A kiosk that many guests share. A guest's session lives in memory alone and shows less: no receipts, no phone in full,
 * no changes to the form.
 */
public interface LoyaltyKiosk : LoyaltySession {
    /**
     * Signs a guest in with the till code that their own device shows.
     *
     * @throws LoyaltyException.Conflict [ErrorCode.CODE_EXPIRED] when the code is used, too old or not of this programme.
     * @throws LoyaltyException.Unauthorized when this is no kiosk of the gateway's: call the staff.
     */
    public suspend fun identify(tillCode: String)
}

/** A language that guests are spoken to in. */
public enum class Language(
    /** Its ISO 639 code. */
    public val code: String,
) {
    /** Russian. */
    RUSSIAN("ru"),

    /** English. */
    ENGLISH("en"),
}

/**
 * How a gateway is reached and what is known of the venue before its programme was first read.
 *
 * @property gateway its address, `https://host` without user, query or fragment.
 * @property folder where a guest's own device keeps what was read: a folder of its own inside the app's private files,
 *   left out of backups. A kiosk keeps nothing.
 * @property language the language of all texts.
 * @property unit what the venue calls its bonuses.
 * @property timeZone the venue's zone, `Europe/Moscow`.
 * @property dayChange when its business day begins.
 * @property extraRoots certificates (PEM) that are trusted beside the usual ones.
 * @property allowPlainHttp whether `http` addresses are taken at all: for tests on the loopback.
 * @property timeout how long a call may take with all its attempts: more than nothing, and a day at most.
 */
public data class Settings(
    val gateway: String,
    val folder: String,
    val language: Language = Language.RUSSIAN,
    val unit: UnitWords = UnitWords(),
    val timeZone: String = "Europe/Moscow",
    val dayChange: LocalTime = LocalTime.MIDNIGHT,
    val extraRoots: String? = null,
    val allowPlainHttp: Boolean = false,
    val timeout: Duration = Duration.ofSeconds(20),
)

/** The forms of the word for bonuses, each as it stands behind a number. */
public data class UnitWords(
    val russianOne: String = "бонус",
    val russianFew: String = "бонуса",
    val russianMany: String = "бонусов",
    val russianFraction: String = "бонуса",
    val englishOne: String = "bonus",
    val englishOther: String = "bonuses",
)

/**
 * What the gateway says about a code that it was asked to send.
 *
 * @property resendAfter after how long another code may be asked for.
 * @property expiresIn for how long the code can be used.
 * @property digits how many digits it has.
 */
public data class CodeSent(val resendAfter: Duration, val expiresIn: Duration, val digits: Int)

/** A newcomer's form. Personal throughout; [toString] shows none of it. */
public data class RegistrationForm(
    val firstName: String,
    val lastName: String? = null,
    val middleName: String? = null,
    val birthday: LocalDate? = null,
    val sex: Sex? = null,
    val email: String? = null,
) {
    override fun toString(): String = "RegistrationForm"
}

/** What a registration came to. [created] is `false` when the phone had an account before. */
public data class Registered(val created: Boolean)

/** What becomes of a field of the form. */
public sealed interface FieldChange<out T> {
    /** It stays as it is. */
    public data object Keep : FieldChange<Nothing>

    /** It is emptied. */
    public data object Clear : FieldChange<Nothing>

    /** It becomes [value]. */
    public class Set<out T>(public val value: T) : FieldChange<T> {
        override fun equals(other: Any?): Boolean = other is Set<*> && other.value == value

        override fun hashCode(): Int = value.hashCode()

        // The value is personal.
        override fun toString(): String = "Set"
    }
}

/** What a guest changes about their form. The first name cannot be emptied, so `null` keeps it. */
public data class ProfileChange(
    val firstName: String? = null,
    val lastName: FieldChange<String> = FieldChange.Keep,
    val middleName: FieldChange<String> = FieldChange.Keep,
    val birthday: FieldChange<LocalDate> = FieldChange.Keep,
    val sex: FieldChange<Sex> = FieldChange.Keep,
    val email: FieldChange<String> = FieldChange.Keep,
) {
    override fun toString(): String = "ProfileChange"
}

/** Which sessions a guest ends. */
public enum class Devices {
    /** The one on this device. */
    THIS,

    /** All of them. */
    ALL,
}

/** How far signing out got. On this device the guest is signed out either way. */
public enum class SignOut {
    /** The gateway has ended the session. */
    COMPLETE,

    /** The gateway was not reached: it lets the session run out. */
    ONLY_HERE,
}

/**
 * A phone while it is typed.
 *
 * @property text how to show it back: `+7 912 345`. Formatting it again changes nothing.
 * @property complete whether it is a whole number that a code can be sent to.
 */
public data class PhoneInput(val text: String, val complete: Boolean) {
    // The text is personal.
    override fun toString(): String = "PhoneInput(complete=$complete)"
}

/**
 * When a guest wants to be reminded of a burn.
 *
 * @property daysBefore how many business days before.
 * @property at at which time of day at the venue.
 * @property limit how many reminders at most, the soonest first.
 */
public data class ReminderPolicy(
    val daysBefore: List<Int> = listOf(7, 1),
    val at: LocalTime = LocalTime.of(11, 0),
    val limit: Int = 16,
)

/**
 * Something to show to a guest at a time.
 *
 * @property id the same for the same burn and the same number of days: replace what is scheduled under it, and cancel
 *   what is no longer in the list.
 * @property notifyAt when to show it.
 * @property burnOn the business day on which the bonuses burn.
 * @property amount how much burns; `null` when what is known will be too old by then.
 * @property text what to say.
 */
public data class Reminder(
    val id: String,
    val notifyAt: Instant,
    val burnOn: LocalDate,
    val daysBefore: Int,
    val amount: BonusAmount?,
    val text: String,
)

package app.loyalty

/**
 * A restaurant's loyalty programme, in the session's language. What the operator left out is `null` or empty.
 *
 * @property levels the ladder, from the bottom.
 * @property rules the rules, as text.
 * @property canRegister whether guests can register themselves.
 * @property tillCode what a guest shows at the till.
 * @property tillCodeOffline whether a card can be shown while no code can be had.
 * @property codeDigits how many digits a sign-in code has.
 * @property leastVersions the least version of each app that still works.
 * @property consents the current texts that a guest agrees to.
 */
public data class Programme(
    val name: String?,
    val levels: List<ProgrammeLevel>,
    val rules: String?,
    val venues: List<Venue>,
    val support: Support?,
    val canRegister: Boolean,
    val tillCode: TillCodeKind,
    val tillCodeOffline: Boolean,
    val codeDigits: Int,
    val leastVersions: AppVersions,
    val consents: List<ConsentText>,
)

/** What is shown at the till. */
public enum class TillCodeKind {
    /** A code that lives for minutes. */
    TEMPORARY,

    /** The number of the guest's card. */
    IDENTIFIER,

    /** Nothing: the guest tells the phone number. */
    NONE,
}

/**
 * A rung of the ladder.
 *
 * @property from from which turnover.
 * @property accrual what part of a bill it gives back as bonuses.
 * @property discount the discount it gives.
 */
public data class ProgrammeLevel(
    val name: String,
    val from: MoneyAmount,
    val accrual: PercentAmount?,
    val discount: PercentAmount?,
)

/**
 * A restaurant.
 *
 * @property phone in E.164, to dial.
 * @property phoneText to read; `null` with [phone].
 * @property hours when it is open.
 */
public data class Venue(
    val code: Long,
    val name: String,
    val address: String?,
    val phone: String?,
    val phoneText: String?,
    val hours: String?,
)

/** Whom a guest can ask. [phone] is in E.164, [phoneText] is the same to read. */
public data class Support(val phone: String?, val phoneText: String?, val email: String?, val url: String?)

/** The least version of each app that still works, `major.minor.patch`. */
public data class AppVersions(val android: String?, val ios: String?, val kiosk: String?)

/** What a consent is for. The two are given, refused and withdrawn separately. */
public enum class ConsentKind {
    /** Processing of personal data: without it there is no registration. */
    PERSONAL_DATA,

    /** Advertising: optional. */
    ADVERTISING,
}

/**
 * A text that a guest agrees to.
 *
 * @property textVersion its version, which a consent names.
 * @property text the text itself, where the operator gave it.
 * @property url where all of it can be read.
 */
public data class ConsentText(val kind: ConsentKind, val textVersion: String, val text: String?, val url: String?)

/**
 * A consent that was given.
 *
 * @property textVersion which version of the text was shown.
 * @property givenAtText date and time at the venue.
 * @property withdrawnAt when it was withdrawn; `null` while it is in force.
 * @property current whether it is in force and to the programme's current text.
 */
public data class Consent(
    val kind: ConsentKind,
    val textVersion: String,
    val givenAt: java.time.Instant,
    val givenAtText: String,
    val withdrawnAt: java.time.Instant?,
    val withdrawnAtText: String?,
    val current: Boolean,
)

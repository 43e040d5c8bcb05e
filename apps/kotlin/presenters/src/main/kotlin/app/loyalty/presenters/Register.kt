package app.loyalty.presenters

import app.loyalty.ConsentKind
import app.loyalty.ConsentText
import app.loyalty.LoyaltyException
import app.loyalty.LoyaltySession
import app.loyalty.RegistrationForm
import java.time.LocalDate
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.launch

/** What is wrong with a field of the form. */
enum class FieldError { EMPTY, INVALID, IN_FUTURE, REFUSED }

/**
 * A text that the guest is asked to agree to.
 *
 * @property text the text itself, where the operator gave it; else [url] leads to it.
 */
data class ConsentView(val required: Boolean, val version: String, val text: String?, val url: String?)

/**
 * The form of a newcomer, or, for a guest whose consents are to older texts, the consents alone.
 *
 * @property consentsOnly whether only the consents are asked.
 * @property consentMissing whether the guest tried to go on without the required one.
 * @property reading the text that is open.
 * @property done whether the card has been made.
 */
data class RegisterState(
    val name: String = "",
    val birthday: String = "",
    val email: String = "",
    val nameError: FieldError? = null,
    val birthdayError: FieldError? = null,
    val emailError: FieldError? = null,
    val consents: List<ConsentView> = emptyList(),
    val agreedToData: Boolean = false,
    val agreedToAds: Boolean = false,
    val consentMissing: Boolean = false,
    val consentsOnly: Boolean = false,
    val reading: ConsentView? = null,
    val wait: Wait = Wait.NONE,
    val problem: Problem? = null,
    val done: Boolean = false,
)

sealed interface RegisterAction {
    data class Name(val text: String) : RegisterAction
    data class Birthday(val text: String) : RegisterAction
    data class Email(val text: String) : RegisterAction
    data class AgreeToData(val agreed: Boolean) : RegisterAction
    data class AgreeToAds(val agreed: Boolean) : RegisterAction
    data class Read(val consent: ConsentView) : RegisterAction
    data object StopReading : RegisterAction
    data object Submit : RegisterAction

    /** Who does not want to go on is not kept here. */
    data object SignOut : RegisterAction

    /** After the card was made. */
    data object Leave : RegisterAction
}

sealed interface RegisterEffect {
    data class OpenLink(val url: String) : RegisterEffect
    data object Finished : RegisterEffect
}

class RegisterPresenter(
    private val session: LoyaltySession,
    consentsOnly: Boolean,
    private val today: () -> LocalDate,
    scope: CoroutineScope,
) : Presenter<RegisterState, RegisterAction, RegisterEffect>(
    RegisterState(
        consents = session.knownProgramme?.consents.orEmpty().map(::consentView),
        consentsOnly = consentsOnly,
    ),
    scope,
) {
    /** The texts of a moment ago are shown at once; agreeing is to the current ones. */
    private var current = false

    init {
        readTexts()
    }

    override fun wake() {
        if (!current && !state.value.wait.busy) readTexts()
    }

    private fun readTexts() {
        scope.launch {
            val outcome = awaited({ change { copy(wait = it) } }) { session.programme() }
            if (outcome !is Outcome.Done) return@launch
            current = true
            change { copy(consents = outcome.value.consents.map(::consentView)) }
        }
    }

    override fun on(action: RegisterAction) = when (action) {
        is RegisterAction.Name -> change { copy(name = action.text.take(60), nameError = null) }
        is RegisterAction.Birthday -> change { copy(birthday = dotted(action.text), birthdayError = null) }
        is RegisterAction.Email -> change { copy(email = action.text.trim().take(254), emailError = null) }
        is RegisterAction.AgreeToData -> change { copy(agreedToData = action.agreed, consentMissing = false) }
        is RegisterAction.AgreeToAds -> change { copy(agreedToAds = action.agreed) }
        is RegisterAction.Read -> read(action.consent)
        RegisterAction.StopReading -> change { copy(reading = null) }
        RegisterAction.Submit -> submit()
        RegisterAction.SignOut -> signOut()
        RegisterAction.Leave -> emit(RegisterEffect.Finished)
    }

    private fun read(consent: ConsentView) {
        val url = consent.url
        if (consent.text == null && url != null) emit(RegisterEffect.OpenLink(url)) else change { copy(reading = consent) }
    }

    /** That nobody is signed in any more shows itself in the session. */
    private fun signOut() {
        if (state.value.wait.busy) return
        change { copy(problem = null) }
        scope.launch {
            val outcome = awaited({ change { copy(wait = it) } }) { session.signOut() }
            if (outcome is Outcome.Failed) change { copy(problem = outcome.problem) }
        }
    }

    private fun submit() {
        if (state.value.wait.busy) return
        val checked = state.value.checked(today())
        change { checked }
        if (checked.hasErrors) return
        scope.launch {
            val agreed = checked.agreedKinds()
            val outcome = awaited({ change { copy(wait = it) } }) {
                if (checked.consentsOnly) agreed.forEach { session.giveConsent(it) } else session.register(checked.form(), agreed)
            }
            when (outcome) {
                is Outcome.Done -> if (checked.consentsOnly) emit(RegisterEffect.Finished) else change { copy(done = true) }
                is Outcome.Failed -> change { refused(outcome) }
            }
        }
    }
}

internal val RegisterState.hasErrors: Boolean
    get() = nameError != null || birthdayError != null || emailError != null || consentMissing

/** With an error beside every field that cannot be right. */
internal fun RegisterState.checked(today: LocalDate): RegisterState {
    val consentMissing = !agreedToData
    if (consentsOnly) return copy(consentMissing = consentMissing, problem = null)
    return copy(
        nameError = nameError(name),
        birthdayError = birthdayError(birthday, today),
        emailError = if (email.isEmpty() || plausibleEmail(email)) null else FieldError.INVALID,
        consentMissing = consentMissing,
        problem = null,
    )
}

internal fun RegisterState.agreedKinds(): Set<ConsentKind> = buildSet {
    if (agreedToData) add(ConsentKind.PERSONAL_DATA)
    if (agreedToAds) add(ConsentKind.ADVERTISING)
}

internal fun RegisterState.form(): RegistrationForm = RegistrationForm(
    firstName = name.trim(),
    birthday = parseDay(birthday),
    email = email.ifEmpty { null },
)

internal fun RegisterState.refused(outcome: Outcome.Failed): RegisterState {
    val failure = outcome.failure
    val field = (failure as? LoyaltyException.InvalidInput)?.field ?: (failure as? LoyaltyException.Rejected)?.field
    return when (field) {
        "name", "firstName", "first_name" -> copy(nameError = FieldError.REFUSED)
        "birthday" -> copy(birthdayError = FieldError.REFUSED)
        "email" -> copy(emailError = FieldError.REFUSED)
        "consents" -> copy(consentMissing = true)
        else -> copy(problem = outcome.problem)
    }
}

/** A consent's text as a screen shows it. */
fun consentView(text: ConsentText) =
    ConsentView(text.kind == ConsentKind.PERSONAL_DATA, text.textVersion, text.text, text.url)

/** The error of a name as a guest types it. */
internal fun nameError(name: String): FieldError? {
    val bare = name.trim()
    return when {
        bare.isEmpty() -> FieldError.EMPTY
        bare.none(Char::isLetter) || bare.any { it.isDigit() || it.isISOControl() } -> FieldError.INVALID
        else -> null
    }
}

/** The error of an optional birthday in the form `31.12.1990`. */
internal fun birthdayError(text: String, today: LocalDate): FieldError? {
    if (text.isEmpty()) return null
    val day = parseDay(text) ?: return FieldError.INVALID
    return when {
        day.isAfter(today) -> FieldError.IN_FUTURE
        day.year < today.year - 120 -> FieldError.INVALID
        else -> null
    }
}

/** `31.12.1990`, or nothing that is not a date. */
internal fun parseDay(text: String): LocalDate? {
    val parts = text.split('.').map { it.toIntOrNull() ?: return null }
    if (parts.size != 3 || text.length != 10) return null
    return runCatching { LocalDate.of(parts[2], parts[1], parts[0]) }.getOrNull()
}

/** A date as it is shown in a field. */
internal fun typedDay(day: LocalDate): String =
    listOf(day.dayOfMonth, day.monthValue).joinToString("") { it.toString().padStart(2, '0') + "." } +
        day.year.toString().padStart(4, '0')

/** Puts the dots into a date while its digits are typed. */
internal fun dotted(text: String): String {
    val digits = text.filter { it in '0'..'9' }.take(8)
    return listOf(digits.take(2), digits.drop(2).take(2), digits.drop(4)).filter(String::isNotEmpty).joinToString(".")
}

/** Only what is certainly no address is refused here; the server decides about the rest. */
private fun plausibleEmail(text: String): Boolean {
    val (name, host) = text.split('@').takeIf { it.size == 2 } ?: return false
    return name.isNotEmpty() && '.' in host && host.split('.').none(String::isEmpty) && text.none(Char::isWhitespace)
}

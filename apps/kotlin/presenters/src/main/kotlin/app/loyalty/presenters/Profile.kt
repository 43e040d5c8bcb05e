package app.loyalty.presenters

import app.loyalty.Consent
import app.loyalty.ConsentKind
import app.loyalty.FieldChange
import app.loyalty.GuestProfile
import app.loyalty.LoyaltyException
import app.loyalty.LoyaltyGuest
import app.loyalty.ProfileChange
import app.loyalty.words.Language
import java.time.LocalDate
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.async
import kotlinx.coroutines.launch

/** Light or dark. */
enum class ThemeChoice { SYSTEM, LIGHT, DARK }

/** What the device keeps for the guest, beside what the core keeps. */
data class Preferences(
    val language: Language,
    val theme: ThemeChoice,
    val notifyBurn: Boolean,
    val notificationsDenied: Boolean,
)

/** The guest's own data in the form of the fields that hold it. */
data class ProfileForm(val name: String, val birthday: String, val email: String)

/**
 * Where a consent stands.
 *
 * @property dated when it was given or withdrawn, as a sentence; `null` when it was never given.
 */
data class ConsentStatus(val required: Boolean, val given: Boolean, val dated: String?)

/** What the guest is asked before it happens. */
enum class ProfileQuestion { UNSAVED, SIGN_OUT, DELETE, WITHDRAW_DATA, WITHDRAW_ADS }

/**
 * The guest's own page.
 *
 * @property form what is kept.
 * @property draft what is being typed; `null` when nothing is being edited.
 * @property question what is being asked.
 */
data class ProfileState(
    val phone: String? = null,
    val form: ProfileForm = ProfileForm("", "", ""),
    val draft: ProfileForm? = null,
    val nameError: FieldError? = null,
    val birthdayError: FieldError? = null,
    val emailError: FieldError? = null,
    val preferences: Preferences,
    val consents: List<ConsentStatus> = emptyList(),
    val question: ProfileQuestion? = null,
    val wait: Wait = Wait.NONE,
    val problem: Problem? = null,
    val saved: Boolean = false,
) {
    /** Whether something would be lost by leaving. */
    val unsaved: Boolean get() = draft != null && draft != form
}

sealed interface ProfileAction {
    data object Edit : ProfileAction
    data class Draft(val form: ProfileForm) : ProfileAction
    data object Save : ProfileAction
    data object Discard : ProfileAction
    data class Prefer(val preferences: Preferences) : ProfileAction
    data class Ask(val question: ProfileQuestion) : ProfileAction
    data object Confirm : ProfileAction
    data object Dismiss : ProfileAction
    data object GiveAds : ProfileAction
    data object Export : ProfileAction
    data object OpenProgramme : ProfileAction
    data object Leave : ProfileAction
}

sealed interface ProfileEffect {
    data class Prefer(val preferences: Preferences) : ProfileEffect

    /** [json] is personal throughout: it goes where the guest says and nowhere else. */
    class Export(val json: String) : ProfileEffect
    data object Programme : ProfileEffect
    data object Left : ProfileEffect
    data object SignedOut : ProfileEffect
}

/**
 * @param beyond outlives this page, which a request for deletion closes before its answer is there.
 * @param onDeletion such a request has been received.
 */
class ProfilePresenter(
    private val session: LoyaltyGuest,
    preferences: Preferences,
    private val today: () -> LocalDate,
    scope: CoroutineScope,
    private val beyond: CoroutineScope = scope,
    private val onDeletion: () -> Unit = {},
) : Presenter<ProfileState, ProfileAction, ProfileEffect>(ProfileState(preferences = preferences), scope) {
    /** In which language the consents' dates are. */
    private var worded = session.language.code

    init {
        session.current.snapshot?.guest?.let(::show)
        scope.launch { session.state.collect { now -> now.snapshot?.guest?.let(::show) } }
        scope.launch { readConsents() }
    }

    override fun on(action: ProfileAction) = when (action) {
        ProfileAction.Edit -> change { copy(draft = form, saved = false) }
        is ProfileAction.Draft -> draft(action.form)
        ProfileAction.Save -> save()
        ProfileAction.Discard -> discard()
        is ProfileAction.Prefer -> {
            change { copy(preferences = action.preferences) }
            emit(ProfileEffect.Prefer(action.preferences))
        }
        is ProfileAction.Ask -> change { copy(question = action.question) }
        ProfileAction.Confirm -> confirm()
        ProfileAction.Dismiss -> change { copy(question = null) }
        ProfileAction.GiveAds -> act { session.giveConsent(ConsentKind.ADVERTISING); readConsents() }
        ProfileAction.Export -> act { emit(ProfileEffect.Export(session.exportData())) }
        ProfileAction.OpenProgramme -> emit(ProfileEffect.Programme)
        ProfileAction.Leave ->
            if (state.value.unsaved) change { copy(question = ProfileQuestion.UNSAVED) } else discard()
    }

    override fun wake() {
        if (state.value.consents.isEmpty()) scope.launch { readConsents() }
    }

    /** Takes over what was decided elsewhere; in another language the dates of the consents are read again. */
    fun show(preferences: Preferences) {
        val reworded = state.value.consents.isNotEmpty() && session.language.code != worded
        change { copy(preferences = preferences) }
        if (reworded) scope.launch { readConsents() }
    }

    private fun show(guest: GuestProfile) = change {
        copy(
            phone = guest.phone ?: guest.phoneMasked,
            form = ProfileForm(guest.firstName.orEmpty(), guest.birthday?.let(::typedDay).orEmpty(), guest.email.orEmpty()),
        )
    }

    private suspend fun readConsents() {
        val outcome = awaited({}) { session.consents() }
        if (outcome is Outcome.Done) {
            worded = session.language.code
            change { copy(consents = statuses(outcome.value)) }
        }
    }

    private fun statuses(all: List<Consent>): List<ConsentStatus> = ConsentKind.entries.map { kind ->
        val words = state.value.preferences.language.words.profile
        val newest = all.firstOrNull { it.kind == kind }
        val withdrawn = newest?.withdrawnAtText
        ConsentStatus(
            required = kind == ConsentKind.PERSONAL_DATA,
            given = newest != null && withdrawn == null,
            dated = withdrawn?.let(words::consentWithdrawn) ?: newest?.givenAtText?.let(words::consentGiven),
        )
    }

    private fun draft(form: ProfileForm) = change {
        copy(
            draft = form.copy(name = form.name.take(60), birthday = dotted(form.birthday), email = form.email.trim()),
            nameError = null,
            birthdayError = null,
            emailError = null,
        )
    }

    private fun save() {
        val draft = state.value.draft ?: return
        if (draft == state.value.form) return change { copy(draft = null, question = null) }
        val nameError = nameError(draft.name)
        val birthdayError = birthdayError(draft.birthday, today())
        change { copy(nameError = nameError, birthdayError = birthdayError, question = null) }
        if (nameError != null || birthdayError != null) return
        act {
            session.updateProfile(changes(state.value.form, draft))
            change { copy(draft = null, saved = true) }
        }
    }

    private fun discard() {
        change { copy(draft = null, question = null, nameError = null, birthdayError = null, emailError = null) }
        emit(ProfileEffect.Left)
    }

    private fun confirm() {
        val question = state.value.question ?: return
        change { copy(question = null) }
        when (question) {
            ProfileQuestion.UNSAVED -> save()
            ProfileQuestion.SIGN_OUT -> act { session.signOut(); emit(ProfileEffect.SignedOut) }
            ProfileQuestion.DELETE -> act { askForDeletion { session.requestDeletion() } }
            ProfileQuestion.WITHDRAW_ADS -> act { session.withdrawConsent(ConsentKind.ADVERTISING); readConsents() }
            // Without this consent the guest's data may not be kept, so withdrawing it asks for their deletion.
            ProfileQuestion.WITHDRAW_DATA -> act {
                askForDeletion {
                    session.withdrawConsent(ConsentKind.PERSONAL_DATA)
                    session.requestDeletion()
                }
            }
        }
    }

    private suspend fun askForDeletion(call: suspend () -> Unit) {
        val failure = beyond.async {
            try {
                call()
                onDeletion()
                null
            } catch (failure: LoyaltyException) {
                failure
            }
        }
        failure.await()?.let { throw it }
        emit(ProfileEffect.SignedOut)
    }

    private fun act(call: suspend CoroutineScope.() -> Unit) {
        if (state.value.wait.busy) return
        change { copy(problem = null, saved = false) }
        scope.launch {
            val outcome = awaited({ change { copy(wait = it) } }, call)
            if (outcome is Outcome.Failed) change { refused(outcome) }
        }
    }
}

private fun ProfileState.refused(outcome: Outcome.Failed): ProfileState {
    val failure = outcome.failure
    val field = (failure as? LoyaltyException.InvalidInput)?.field ?: (failure as? LoyaltyException.Rejected)?.field
    return when (field) {
        "name", "firstName", "first_name" -> copy(nameError = FieldError.REFUSED)
        "birthday" -> copy(birthdayError = FieldError.REFUSED)
        "email" -> copy(emailError = FieldError.REFUSED)
        else -> copy(problem = outcome.problem)
    }
}

/** Only what differs is sent, so that nothing that another device changed meanwhile is written back. */
private fun changes(before: ProfileForm, after: ProfileForm) = ProfileChange(
    firstName = after.name.trim().takeIf { it != before.name },
    birthday = field(before.birthday, after.birthday, ::parseDay),
    email = field(before.email, after.email) { it },
)

private fun <T : Any> field(before: String, after: String, parse: (String) -> T?): FieldChange<T> = when {
    after == before -> FieldChange.Keep
    after.isEmpty() -> FieldChange.Clear
    else -> parse(after)?.let { FieldChange.Set(it) } ?: FieldChange.Keep
}

package app.loyalty.presenters.kiosk

import app.loyalty.ConsentKind
import app.loyalty.RegistrationForm
import app.loyalty.presenters.FieldError
import app.loyalty.presenters.RegisterAction
import app.loyalty.presenters.RegisterState
import app.loyalty.presenters.agreedKinds
import app.loyalty.presenters.checked
import app.loyalty.presenters.dotted
import app.loyalty.presenters.form
import app.loyalty.presenters.hasErrors
import java.time.LocalDate

/** What a filled-in form asks for; [form] is `null` when only the consents are asked. */
internal class Wanted(val form: RegistrationForm?, val consents: Set<ConsentKind>)

/** The newcomer's form on a screen that has its own keyboard. */
internal class FormRules(private val today: () -> LocalDate) {
    fun opening(answer: Answer.Newcomer) = Stage.Register(
        form = RegisterState(consents = answer.consents, consentsOnly = answer.consentsOnly),
        field = Field.NAME,
    )

    /** The form afterwards, and what is to be sent if it is complete. */
    fun did(stage: Stage.Register, action: KioskAction): Pair<Stage.Register, Wanted?> {
        val changed = when (action) {
            is KioskAction.Focus -> stage.copy(field = action.field, shift = action.field == Field.NAME && stage.form.name.isEmpty())
            is KioskAction.Key -> stage.typed(action.letter)
            is KioskAction.Digit -> stage.typed(action.digit)
            KioskAction.DeleteDigit -> stage.edited { it.dropLastWhile { letter -> letter == '.' && stage.field == Field.BIRTHDAY }.dropLast(1) }
            KioskAction.Clear -> stage.edited { "" }
            KioskAction.Shift -> stage.copy(shift = !stage.shift)
            KioskAction.OtherLetters -> stage.copy(latin = !stage.latin)
            is KioskAction.Form -> stage.copy(form = stage.form.after(action.action))
            KioskAction.GoOn -> return submitted(stage)
            else -> stage
        }
        return changed to null
    }

    fun refused(stage: Stage.Register, answer: Answer.FormRefused): Stage.Register = when (answer.field) {
        "name", "firstName", "first_name" -> stage.copy(form = stage.form.copy(nameError = FieldError.REFUSED), field = Field.NAME)
        "birthday" -> stage.copy(form = stage.form.copy(birthdayError = FieldError.REFUSED), field = Field.BIRTHDAY)
        "email" -> stage.copy(form = stage.form.copy(emailError = FieldError.REFUSED), field = Field.EMAIL)
        "consents" -> stage.copy(form = stage.form.copy(consentMissing = true))
        else -> stage.copy(form = stage.form.copy(problem = answer.problem))
    }

    private fun submitted(stage: Stage.Register): Pair<Stage.Register, Wanted?> {
        val checked = stage.form.checked(today())
        if (checked.hasErrors) return stage.copy(form = checked, field = firstWrong(checked) ?: stage.field) to null
        return stage.copy(form = checked) to Wanted(if (checked.consentsOnly) null else checked.form(), checked.agreedKinds())
    }
}

private fun firstWrong(form: RegisterState): Field? = when {
    form.nameError != null -> Field.NAME
    form.birthdayError != null -> Field.BIRTHDAY
    form.emailError != null -> Field.EMAIL
    else -> null
}

private fun Stage.Register.typed(letter: Char): Stage.Register {
    val written = if (shift && field == Field.NAME) letter.uppercaseChar() else letter
    return edited { it + written }.copy(shift = field == Field.NAME && letter in " -")
}

private fun Stage.Register.edited(edit: (String) -> String): Stage.Register = when (field) {
    Field.NAME -> copy(form = form.copy(name = edit(form.name).take(60), nameError = null))
    Field.BIRTHDAY -> copy(form = form.copy(birthday = dotted(edit(form.birthday)), birthdayError = null))
    Field.EMAIL -> copy(form = form.copy(email = edit(form.email).trim().take(254), emailError = null))
}

private fun RegisterState.after(action: RegisterAction): RegisterState = when (action) {
    is RegisterAction.AgreeToData -> copy(agreedToData = action.agreed, consentMissing = false)
    is RegisterAction.AgreeToAds -> copy(agreedToAds = action.agreed)
    is RegisterAction.Read -> copy(reading = action.consent)
    RegisterAction.StopReading -> copy(reading = null)
    else -> this
}

package app.loyalty.ui.phone

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.selection.selectableGroup
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.autofill.ContentType
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.unit.dp
import app.loyalty.presenters.ConsentStatus
import app.loyalty.presenters.Preferences
import app.loyalty.presenters.ProfileAction
import app.loyalty.presenters.ProfileForm
import app.loyalty.presenters.ProfileQuestion
import app.loyalty.presenters.ProfileState
import app.loyalty.presenters.ThemeChoice
import app.loyalty.ui.Button
import app.loyalty.ui.Choice
import app.loyalty.ui.Emphasis
import app.loyalty.ui.Heading
import app.loyalty.ui.Icons
import app.loyalty.ui.Input
import app.loyalty.ui.Link
import app.loyalty.ui.Loyalty
import app.loyalty.ui.Notice
import app.loyalty.ui.Page
import app.loyalty.ui.Panel
import app.loyalty.ui.ProblemNotice
import app.loyalty.ui.Question
import app.loyalty.ui.RowLink
import app.loyalty.ui.Soft
import app.loyalty.ui.Toggle
import app.loyalty.ui.Tone
import app.loyalty.ui.Waiting
import app.loyalty.ui.text
import app.loyalty.words.Language

@Composable
fun ProfileScreen(state: ProfileState, onSettings: (() -> Unit)? = null, onAction: (ProfileAction) -> Unit) {
    val words = Loyalty.words
    Box(Modifier.fillMaxSize()) {
        val draft = state.draft
        Page(words.profile.title, onBack = if (draft == null) null else ({ onAction(ProfileAction.Leave) }), bottom = editing(state, onAction)) {
            state.problem?.let { ProblemNotice(it) }
            if (state.saved) Notice(words.profile.saved, tone = Tone.GOOD)
            if (draft != null) Form(state, draft, onAction) else Everything(state, onSettings, onAction)
        }
        state.question?.let { Ask(it, onAction) }
    }
}

private fun editing(state: ProfileState, onAction: (ProfileAction) -> Unit): (@Composable ColumnScope.() -> Unit)? = if (state.draft == null) {
    null
} else {
    {
        val words = Loyalty.words
        Waiting(state.wait, words.profile.saving)
        Button(words.action.save, { onAction(ProfileAction.Save) }, Modifier.fillMaxWidth(), enabled = state.unsaved && !state.wait.busy)
    }
}

@Composable
private fun Form(state: ProfileState, draft: ProfileForm, onAction: (ProfileAction) -> Unit) {
    val words = Loyalty.words
    val type = { form: ProfileForm -> onAction(ProfileAction.Draft(form)) }
    Input(words.register.name, draft.name, { type(draft.copy(name = it)) }, error = state.nameError?.text(words, name = true), filling = ContentType.PersonFirstName)
    Input(
        words.register.birthday,
        draft.birthday,
        { type(draft.copy(birthday = it)) },
        hint = words.register.birthdayHint,
        error = state.birthdayError?.text(words, birthday = true),
        keyboard = KeyboardType.Number,
    )
    Input(
        words.register.email,
        draft.email,
        { type(draft.copy(email = it)) },
        hint = words.register.emailHint,
        error = state.emailError?.text(words),
        keyboard = KeyboardType.Email,
        filling = ContentType.EmailAddress,
        action = ImeAction.Done,
    )
}

@Composable
private fun Everything(state: ProfileState, onSettings: (() -> Unit)?, onAction: (ProfileAction) -> Unit) {
    val words = Loyalty.words
    Data(state, onAction)
    Appearance(state.preferences) { onAction(ProfileAction.Prefer(it)) }
    Notifications(state.preferences, onSettings) { onAction(ProfileAction.Prefer(it)) }
    if (state.consents.isNotEmpty()) Consents(state.consents, onAction)
    Panel(padding = PaddingValues(vertical = 6.dp)) {
        RowLink(Icons.star, words.profile.programme, { onAction(ProfileAction.OpenProgramme) })
        RowLink(Icons.update, words.profile.export, { onAction(ProfileAction.Export) })
        RowLink(Icons.back, words.profile.signOut, { onAction(ProfileAction.Ask(ProfileQuestion.SIGN_OUT)) })
        RowLink(Icons.close, words.profile.delete, { onAction(ProfileAction.Ask(ProfileQuestion.DELETE)) }, ink = Loyalty.colours.negative)
    }
}

@Composable
private fun Data(state: ProfileState, onAction: (ProfileAction) -> Unit) {
    val words = Loyalty.words
    Panel {
        Row(verticalAlignment = Alignment.CenterVertically) {
            Heading(words.profile.data, Modifier.weight(1f))
            Link(words.profile.edit, { onAction(ProfileAction.Edit) }, flush = Alignment.End)
        }
        Column(verticalArrangement = Arrangement.spacedBy(10.dp)) {
            Fact(words.register.name, state.form.name)
            Fact(words.profile.phone, state.phone.orEmpty())
            Fact(words.register.birthday, state.form.birthday)
            Fact(words.register.email, state.form.email)
        }
    }
}

@Composable
private fun Fact(name: String, value: String) {
    if (value.isEmpty()) return
    Column {
        Soft(name)
        Text(value, style = Loyalty.type.body, color = Loyalty.colours.text)
    }
}

@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun Appearance(preferences: Preferences, onPrefer: (Preferences) -> Unit) {
    val words = Loyalty.words
    Panel {
        Heading(words.profile.appearance)
        Soft(words.languages.choose, Modifier.padding(top = 12.dp, bottom = 6.dp))
        FlowRow(Modifier.selectableGroup(), horizontalArrangement = Arrangement.spacedBy(8.dp), verticalArrangement = Arrangement.spacedBy(8.dp)) {
            for (language in Language.entries) {
                Choice(language.words.languages.name, language == preferences.language, { onPrefer(preferences.copy(language = language)) })
            }
        }
        Soft(words.profile.theme, Modifier.padding(top = 12.dp, bottom = 6.dp))
        FlowRow(Modifier.selectableGroup(), horizontalArrangement = Arrangement.spacedBy(8.dp), verticalArrangement = Arrangement.spacedBy(8.dp)) {
            for (theme in ThemeChoice.entries) {
                val text = when (theme) {
                    ThemeChoice.SYSTEM -> words.profile.themeSystem
                    ThemeChoice.LIGHT -> words.profile.themeLight
                    ThemeChoice.DARK -> words.profile.themeDark
                }
                Choice(text, theme == preferences.theme, { onPrefer(preferences.copy(theme = theme)) })
            }
        }
    }
}

@Composable
private fun Notifications(preferences: Preferences, onSettings: (() -> Unit)?, onPrefer: (Preferences) -> Unit) {
    val words = Loyalty.words
    Panel(padding = PaddingValues(vertical = Loyalty.sizes.between)) {
        Heading(words.profile.notifications, Modifier.padding(horizontal = Loyalty.sizes.inside))
        if (preferences.notificationsDenied) Soft(words.profile.notificationsDenied, Modifier.padding(horizontal = Loyalty.sizes.inside, vertical = 4.dp))
        val enabled = !preferences.notificationsDenied
        Toggle(words.profile.notifyBurn, preferences.notifyBurn && enabled, { onPrefer(preferences.copy(notifyBurn = it)) }, enabled = enabled)
        if (!enabled) SettingsLink(onSettings)
    }
}

/** The way out of what only the system can change. */
@Composable
internal fun SettingsLink(onSettings: (() -> Unit)?) {
    if (onSettings != null) Link(Loyalty.words.profile.openSettings, onSettings, Modifier.padding(horizontal = Loyalty.sizes.inside), flush = Alignment.Start)
}

@Composable
private fun Consents(consents: List<ConsentStatus>, onAction: (ProfileAction) -> Unit) {
    val words = Loyalty.words
    Panel {
        Heading(words.profile.consents)
        for (consent in consents) {
            Column(Modifier.padding(top = 12.dp)) {
                Text(if (consent.required) words.profile.consentData else words.profile.consentAds, style = Loyalty.type.body, color = Loyalty.colours.text)
                Soft(consent.dated ?: words.profile.consentNotGiven)
                val withdraw = if (consent.required) ProfileQuestion.WITHDRAW_DATA else ProfileQuestion.WITHDRAW_ADS
                if (consent.given) {
                    Link(words.profile.withdraw, { onAction(ProfileAction.Ask(withdraw)) }, flush = Alignment.Start)
                } else if (!consent.required) {
                    Link(words.profile.give, { onAction(ProfileAction.GiveAds) }, flush = Alignment.Start)
                }
            }
        }
    }
}

@Composable
private fun Ask(question: ProfileQuestion, onAction: (ProfileAction) -> Unit) {
    val words = Loyalty.words
    val yes = { onAction(ProfileAction.Confirm) }
    val no = { onAction(ProfileAction.Dismiss) }
    when (question) {
        ProfileQuestion.UNSAVED -> Question(words.profile.unsavedTitle, words.profile.unsavedHint, words.action.save, words.action.cancel, yes, no) {
            Button(words.profile.discard, { onAction(ProfileAction.Discard) }, Modifier.fillMaxWidth(), emphasis = Emphasis.SOFT)
        }
        ProfileQuestion.SIGN_OUT -> Question(words.profile.signOutTitle, words.profile.signOutHint, words.profile.signOut, words.action.cancel, yes, no)
        ProfileQuestion.DELETE -> Question(words.profile.deleteTitle, words.profile.deleteHint, words.profile.delete, words.action.cancel, yes, no, danger = true)
        ProfileQuestion.WITHDRAW_DATA -> Question(words.profile.withdrawTitle, words.profile.withdrawDataHint, words.profile.withdraw, words.action.cancel, yes, no, danger = true)
        ProfileQuestion.WITHDRAW_ADS -> Question(words.profile.withdrawTitle, words.profile.withdrawAdsHint, words.profile.withdraw, words.action.cancel, yes, no)
    }
}

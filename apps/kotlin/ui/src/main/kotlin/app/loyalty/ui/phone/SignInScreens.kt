package app.loyalty.ui.phone

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.remember
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.autofill.ContentType
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.paneTitle
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import app.loyalty.presenters.CodeAction
import app.loyalty.presenters.CodeError
import app.loyalty.presenters.CodeState
import app.loyalty.presenters.ConsentView
import app.loyalty.presenters.Grid
import app.loyalty.presenters.RegisterAction
import app.loyalty.presenters.RegisterState
import app.loyalty.presenters.SignInAction
import app.loyalty.presenters.SignInState
import app.loyalty.ui.Beside
import app.loyalty.ui.BottomBar
import app.loyalty.ui.Button
import app.loyalty.ui.Code
import app.loyalty.ui.CodeField
import app.loyalty.ui.Heading
import app.loyalty.ui.Hero
import app.loyalty.ui.Icons
import app.loyalty.ui.Input
import app.loyalty.ui.Link
import app.loyalty.ui.Logo
import app.loyalty.ui.Loyalty
import app.loyalty.ui.Message
import app.loyalty.ui.Notice
import app.loyalty.ui.Overlay
import app.loyalty.ui.Page
import app.loyalty.ui.Panel
import app.loyalty.ui.ProblemNotice
import app.loyalty.ui.Soft
import app.loyalty.ui.Tick
import app.loyalty.ui.Title
import app.loyalty.ui.Tone
import app.loyalty.ui.Waiting
import app.loyalty.ui.scrolling
import app.loyalty.ui.text
import app.loyalty.ui.tickIndent
import app.loyalty.ui.unbroken
import app.loyalty.words.Words

@Composable
fun SignInScreen(state: SignInState, onAction: (SignInAction) -> Unit) {
    val words = Loyalty.words
    val send = { onAction(SignInAction.Send) }
    Column(Modifier.fillMaxSize().background(Loyalty.colours.background).semantics { paneTitle = words.signIn.title }) {
        Column(
            Modifier.weight(1f).scrolling().padding(Loyalty.sizes.edge),
            verticalArrangement = Arrangement.spacedBy(Loyalty.sizes.between),
        ) {
            Hero { Venue() }
            if (state.deletionAsked) Notice(words.profile.deleted, tone = Tone.GOOD)
            Title(words.signIn.title, Modifier.padding(top = 12.dp))
            Input(
                words.signIn.phone,
                state.phone,
                { onAction(SignInAction.Typed(it)) },
                hint = words.signIn.purpose,
                error = words.signIn.invalid.takeIf { state.invalid },
                style = Loyalty.type.digits,
                keyboard = KeyboardType.Phone,
                filling = ContentType.PhoneNumber,
                action = ImeAction.Go,
                enabled = !state.wait.busy,
                onDone = send,
            )
            state.problem?.takeIf { state.retryIn == null }?.let { ProblemNotice(it, onRetry = send.takeIf { state.complete }) }
        }
        BottomBar {
            Waiting(state.wait, words.signIn.sending)
            val wait = state.retryIn
            val problem = state.problem
            // One countdown, which runs, and stands where it can be read together with the button that it keeps shut.
            if (wait != null && problem != null) {
                ProblemNotice(problem.copy(wait = wait))
            } else if (wait != null) {
                Soft(words.signIn.wait(wait), Modifier.semantics { liveRegion = LiveRegionMode.Polite })
            }
            Button(words.signIn.send, send, Modifier.fillMaxWidth(), enabled = !state.wait.busy && wait == null)
        }
    }
}

/** The venue's sign: logo, name, and what it is about. */
@Composable
private fun Venue() {
    val brand = Loyalty.look.brand
    val language = Loyalty.look.language
    Column(Modifier.padding(24.dp), verticalArrangement = Arrangement.spacedBy(12.dp)) {
        Logo(Modifier.size(64.dp), Loyalty.colours.onHero)
        Text(brand.name(language), style = Loyalty.type.title, color = Loyalty.colours.onHero)
        Text(brand.tagline(language), style = Loyalty.type.body, color = Loyalty.colours.onHero)
    }
}

@Composable
fun CodeScreen(state: CodeState, onAction: (CodeAction) -> Unit) {
    val words = Loyalty.words
    Page(words.code.title, onBack = { onAction(CodeAction.ChangePhone) }, bottom = {
        Waiting(state.wait, words.code.checking)
        val wait = state.resendIn
        Link(
            if (wait == null) words.code.resend else words.code.resendIn(wait),
            { onAction(CodeAction.Resend) },
            Modifier.fillMaxWidth(),
            enabled = wait == null && !state.wait.busy,
        )
    }) {
        Text(words.code.sentTo(state.phone.unbroken()), style = Loyalty.type.body, color = Loyalty.colours.textSoft)
        CodeField(
            state.digits,
            state.length,
            words.code.digits,
            wrong = state.error != null,
            enabled = !state.wait.busy,
            onChange = { onAction(CodeAction.Typed(it)) },
        )
        Beside(state.error?.text(words), null)
        state.problem?.let { ProblemNotice(it) }
        Row(Modifier.fillMaxWidth()) { Link(words.code.changePhone, { onAction(CodeAction.ChangePhone) }, flush = Alignment.Start) }
    }
}

internal fun CodeError.text(words: Words): String = when (this) {
    CodeError.Expired -> words.code.expired
    CodeError.NoTriesLeft -> words.code.noTries
    is CodeError.Wrong -> triesLeft?.let(words.code::wrong) ?: words.code.mismatch
}

@Composable
fun RegisterScreen(state: RegisterState, onAction: (RegisterAction) -> Unit) {
    val words = Loyalty.words
    if (state.done) {
        return Box(Modifier.fillMaxSize().background(Loyalty.colours.background), contentAlignment = Alignment.Center) {
            Message(Icons.check, words.register.doneTitle, words.register.doneHint, Modifier.verticalScroll(rememberScrollState())) {
                Button(words.register.doneButton, { onAction(RegisterAction.Leave) }, Modifier.fillMaxWidth())
            }
        }
    }
    Box(Modifier.fillMaxSize()) {
        Page(if (state.consentsOnly) words.register.consents else words.register.title, onBack = null, bottom = {
            Waiting(state.wait, words.register.sending)
            val submit = if (state.consentsOnly) words.register.agree else words.register.submit
            Button(submit, { onAction(RegisterAction.Submit) }, Modifier.fillMaxWidth(), enabled = !state.wait.busy)
        }) {
            Soft(if (state.consentsOnly) words.register.consentsSubtitle else words.register.subtitle)
            if (!state.consentsOnly) Fields(state, onAction)
            Consents(state, onAction)
            state.problem?.let { ProblemNotice(it) }
            // The way out for who does not agree.
            Link(words.profile.signOut, { onAction(RegisterAction.SignOut) }, Modifier.fillMaxWidth(), enabled = !state.wait.busy)
        }
        state.reading?.let { ConsentText(it) { onAction(RegisterAction.StopReading) } }
    }
}

@Composable
private fun Fields(state: RegisterState, onAction: (RegisterAction) -> Unit) {
    val words = Loyalty.words
    val enabled = !state.wait.busy
    Input(words.register.name, state.name, { onAction(RegisterAction.Name(it)) }, error = state.nameError?.text(words, name = true), filling = ContentType.PersonFirstName, enabled = enabled)
    Input(
        words.register.birthday,
        state.birthday,
        { onAction(RegisterAction.Birthday(it)) },
        hint = words.register.birthdayHint,
        error = state.birthdayError?.text(words, birthday = true),
        keyboard = KeyboardType.Number,
        enabled = enabled,
    )
    Input(
        words.register.email,
        state.email,
        { onAction(RegisterAction.Email(it)) },
        hint = words.register.emailHint,
        error = state.emailError?.text(words),
        keyboard = KeyboardType.Email,
        filling = ContentType.EmailAddress,
        action = ImeAction.Done,
        enabled = enabled,
    )
}

@Composable
internal fun Consents(state: RegisterState, onAction: (RegisterAction) -> Unit) {
    val words = Loyalty.words
    Panel {
        if (!state.consentsOnly) Heading(words.register.consents, Modifier.padding(bottom = 8.dp))
        Agreement(state.consents.firstOrNull(ConsentView::required), onAction) { modifier ->
            val missing = state.consentMissing
            Column(modifier) {
                Tick(words.register.consentData, words.register.consentDataHint, state.agreedToData, { onAction(RegisterAction.AgreeToData(it)) }, wrong = missing)
                if (missing) Box(Modifier.padding(start = tickIndent())) { Beside(words.register.consentDataRequired, null) }
            }
        }
        Agreement(state.consents.firstOrNull { !it.required }, onAction) { modifier ->
            Tick(words.register.consentAds, words.register.consentAdsHint, state.agreedToAds, { onAction(RegisterAction.AgreeToAds(it)) }, modifier)
        }
    }
}

/** A box to tick with the way to its text: beside it where there is room, else below. */
@Composable
private fun Agreement(consent: ConsentView?, onAction: (RegisterAction) -> Unit, tick: @Composable (Modifier) -> Unit) {
    val read: @Composable (Modifier, Alignment.Horizontal) -> Unit = { modifier, flush ->
        if (consent != null && (consent.text != null || consent.url != null)) Link(Loyalty.words.register.readText, { onAction(RegisterAction.Read(consent)) }, modifier, flush = flush)
    }
    if (Loyalty.look.kiosk && !Loyalty.sizes.stacked) {
        Row(Modifier.padding(vertical = 8.dp), horizontalArrangement = Arrangement.spacedBy(24.dp)) {
            tick(Modifier.weight(1f))
            read(Modifier, Alignment.End)
        }
    } else {
        tick(Modifier.fillMaxWidth())
        read(Modifier.padding(start = tickIndent()), Alignment.Start)
    }
}

/** The text of a consent, over the form. */
@Composable
internal fun ConsentText(consent: ConsentView, onClose: () -> Unit) {
    val words = Loyalty.words
    val close = @Composable {
        Button(words.action.close, onClose, Modifier.fillMaxWidth().padding(start = Loyalty.sizes.inside, end = Loyalty.sizes.inside, bottom = Loyalty.sizes.inside))
    }
    Overlay(if (consent.required) words.profile.consentData else words.profile.consentAds, onClose, foot = close) {
        Soft(words.register.consentVersion(consent.version))
        consent.text?.let { Text(it, style = Loyalty.type.body, color = Loyalty.colours.text) }
        // A kiosk opens no pages: a phone does.
        if (Loyalty.look.kiosk) consent.url?.let { Elsewhere(it) }
    }
}

/** The way to a page for the guest's own phone: a code to read, and the address for whoever types it. */
@Composable
private fun Elsewhere(address: String) {
    val words = Loyalty.words
    val code = remember(address) { Grid.qrOrNull(address) }
    Column(Modifier.fillMaxWidth(), horizontalAlignment = Alignment.CenterHorizontally, verticalArrangement = Arrangement.spacedBy(24.dp)) {
        if (code != null) {
            Text(words.kiosk.consentScan, style = Loyalty.type.body, color = Loyalty.colours.text, textAlign = TextAlign.Center)
            Box(Modifier.clip(Loyalty.sizes.control).background(Color.White).padding(24.dp)) { Code(code, words.kiosk.consentScan, Modifier.size(280.dp)) }
        }
        Text(address, style = Loyalty.type.small, color = Loyalty.colours.textSoft, textAlign = TextAlign.Center)
    }
}

package app.loyalty.ui.kiosk

import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.material3.Icon
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.error
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.semantics.text
import androidx.compose.ui.text.AnnotatedString
import androidx.compose.ui.unit.dp
import app.loyalty.presenters.Holdings
import app.loyalty.presenters.RegisterAction
import app.loyalty.presenters.kiosk.Field
import app.loyalty.presenters.kiosk.KioskAction
import app.loyalty.presenters.kiosk.ScanRefusal
import app.loyalty.presenters.kiosk.Stage
import app.loyalty.ui.Balance
import app.loyalty.ui.Beside
import app.loyalty.ui.BurnStrip
import app.loyalty.ui.Button
import app.loyalty.ui.Chip
import app.loyalty.ui.Code
import app.loyalty.ui.CodeBoxes
import app.loyalty.ui.Heading
import app.loyalty.ui.Hero
import app.loyalty.ui.Icons
import app.loyalty.ui.LevelPanel
import app.loyalty.ui.Link
import app.loyalty.ui.Loyalty
import app.loyalty.ui.Notice
import app.loyalty.ui.Operation
import app.loyalty.ui.Panel
import app.loyalty.ui.ProblemNotice
import app.loyalty.ui.Soft
import app.loyalty.ui.Title
import app.loyalty.ui.Tone
import app.loyalty.ui.Waiting
import app.loyalty.ui.phone.Consents
import app.loyalty.ui.phone.ConsentText
import app.loyalty.ui.phone.text
import app.loyalty.ui.text

@Composable
internal fun Identify(stage: Stage.Identify, wide: Boolean, onAction: (KioskAction) -> Unit) {
    val words = Loyalty.words
    val goOn = { onAction(KioskAction.GoOn) }
    Step(wide, onAction, about = {
        Title(words.kiosk.identifyTitle)
        PhoneDisplay(stage)
        Beside(words.signIn.invalid.takeIf { stage.invalid }, null)
        when (stage.scan) {
            ScanRefusal.UNKNOWN -> Notice(words.kiosk.scanUnknown, tone = Tone.WARNING)
            ScanRefusal.EXPIRED -> Notice(words.kiosk.scanExpired, tone = Tone.WARNING)
            null -> Unit
        }
        stage.problem?.let { ProblemNotice(it, onRetry = goOn.takeIf { stage.complete }) }
        Waiting(stage.wait, words.signIn.sending)
        Row(horizontalArrangement = Arrangement.spacedBy(20.dp), verticalAlignment = Alignment.CenterVertically) {
            Icon(Icons.scanner, null, Modifier.size(Loyalty.sizes.drawing(56.dp)), tint = Loyalty.colours.primary)
            Text(words.kiosk.identifyHint, Modifier.weight(1f), style = Loyalty.type.body, color = Loyalty.colours.textSoft)
        }
        Soft(words.signIn.purpose)
    }, hands = {
        Keypad(onAction, tall = !wide)
    }, foot = {
        Button(words.signIn.send, goOn, Modifier.fillMaxWidth(), enabled = stage.complete && !stage.wait.busy)
    })
}

@Composable
private fun PhoneDisplay(stage: Stage.Identify) {
    val colours = Loyalty.colours
    val label = Loyalty.words.signIn.phone
    val wrong = Loyalty.words.signIn.invalid
    Box(
        Modifier
            .fillMaxWidth()
            .heightIn(min = 128.dp)
            .background(colours.surface, Loyalty.sizes.control)
            .border(if (stage.invalid) 4.dp else 3.dp, if (stage.invalid) colours.negative else colours.primary, Loyalty.sizes.control)
            .padding(horizontal = 32.dp, vertical = 16.dp)
            .semantics(mergeDescendants = true) {
                contentDescription = label
                liveRegion = LiveRegionMode.Polite
                if (stage.invalid) error(wrong)
            },
        contentAlignment = Alignment.CenterStart,
    ) {
        val style = Loyalty.type.digits.copy(color = if (stage.phone.isEmpty()) colours.textSoft else colours.text)
        // Digit by digit: the graphics library keeps every text that it has laid out, and shall not keep a phone.
        Row { for (letter in stage.phone.ifEmpty { EMPTY_PHONE }) Text(letter.toString(), style = style, softWrap = false) }
    }
}

private const val EMPTY_PHONE = "+7"

@Composable
internal fun EnterCode(stage: Stage.Code, wide: Boolean, onAction: (KioskAction) -> Unit) {
    val words = Loyalty.words
    Step(wide, onAction, about = {
        Title(words.code.title)
        Text(words.kiosk.codeHint(stage.masked), style = Loyalty.type.body, color = Loyalty.colours.textSoft)
        CodeBoxes(stage.digits, stage.length, wrong = stage.error != null, modifier = Modifier.semantics { contentDescription = words.code.digits })
        Beside(stage.error?.text(words), null)
        stage.problem?.let { ProblemNotice(it) }
        Waiting(stage.wait, words.code.checking)
        val wait = stage.resendIn
        Column(verticalArrangement = Arrangement.spacedBy(8.dp)) {
            Link(if (wait == null) words.code.resend else words.code.resendIn(wait), { onAction(KioskAction.Resend) }, enabled = wait == null && !stage.wait.busy, flush = Alignment.Start)
            Link(words.code.changePhone, { onAction(KioskAction.ChangePhone) }, enabled = !stage.wait.busy, flush = Alignment.Start)
        }
    }, hands = { Keypad(onAction, tall = !wide) })
}

@Composable
internal fun Newcomer(stage: Stage.Register, wide: Boolean, onAction: (KioskAction) -> Unit) {
    val words = Loyalty.words
    val form = stage.form
    Step(wide, onAction, about = {
        Title(if (form.consentsOnly) words.register.consents else words.register.title)
        // A screen that lies has the height for the form alone.
        val subtitle = if (form.consentsOnly) words.register.consentsSubtitle else words.register.subtitle.takeUnless { wide }
        if (subtitle != null) Text(subtitle, style = Loyalty.type.body, color = Loyalty.colours.textSoft)
        if (!form.consentsOnly) {
            FormField(words.register.name, form.name, stage.field == Field.NAME, form.nameError?.text(words, name = true)) { onAction(KioskAction.Focus(Field.NAME)) }
            FormField(words.register.birthday, form.birthday, stage.field == Field.BIRTHDAY, form.birthdayError?.text(words, birthday = true), words.register.birthdayHint) { onAction(KioskAction.Focus(Field.BIRTHDAY)) }
            FormField(words.register.email, form.email, stage.field == Field.EMAIL, form.emailError?.text(words), words.register.emailHint) { onAction(KioskAction.Focus(Field.EMAIL)) }
        }
        Consents(form) { onAction(KioskAction.Form(it)) }
        form.problem?.let { ProblemNotice(it) }
        Waiting(form.wait, words.register.sending)
    }, hands = {
        if (!form.consentsOnly) Keyboard(stage, onAction, Modifier.fillMaxWidth())
    }, foot = {
        Button(if (form.consentsOnly) words.register.agree else words.register.submit, { onAction(KioskAction.GoOn) }, Modifier.fillMaxWidth(), enabled = !form.wait.busy)
    }, handsShare = if (form.consentsOnly) 0.8f else 1.15f)
    form.reading?.let { ConsentText(it) { onAction(KioskAction.Form(RegisterAction.StopReading)) } }
}

/** A field that the screen's keyboard types into while it is chosen. */
@Composable
private fun FormField(label: String, text: String, chosen: Boolean, error: String?, hint: String? = null, onChoose: () -> Unit) {
    val colours = Loyalty.colours
    val outline = if (error != null) colours.negative else if (chosen) colours.primary else colours.outline
    Column(verticalArrangement = Arrangement.spacedBy(8.dp)) {
        Column(
            Modifier
                .fillMaxWidth()
                .clip(Loyalty.sizes.control)
                .background(colours.surface)
                .border(if (chosen || error != null) 4.dp else 2.dp, outline, Loyalty.sizes.control)
                .clickable(role = Role.Button, onClick = onChoose)
                .heightIn(min = 92.dp)
                .padding(horizontal = 28.dp, vertical = 12.dp)
                .semantics(mergeDescendants = true) { if (error != null) error(error) },
            verticalArrangement = Arrangement.Center,
        ) {
            Soft(label)
            if (text.isEmpty()) Text(if (chosen) CURSOR else hint.orEmpty(), style = Loyalty.type.strong, color = colours.textSoft) else Typed(text)
        }
        Beside(error, null)
    }
}

/** Letter by letter: the graphics library keeps every text that it has laid out, and shall not keep what a guest typed. */
@Composable
private fun Typed(text: String) {
    FlowRow(Modifier.clearAndSetSemantics { this.text = AnnotatedString(text) }) {
        // A line ends where a word does, or else an address would never end.
        for (piece in text.split(ENDS_OF_PIECES).flatMap { it.chunked(LONGEST_PIECE) }) {
            Row { for (letter in piece) Text(letter.toString(), style = Loyalty.type.strong, color = Loyalty.colours.text, softWrap = false) }
        }
    }
}

private val ENDS_OF_PIECES = Regex("(?<=[ \\-.@])")

private const val LONGEST_PIECE = 16

private const val CURSOR = "|"

@Composable
internal fun Result(stage: Stage.Result, wide: Boolean, onAction: (KioskAction) -> Unit) {
    val words = Loyalty.words
    val holdings = stage.holdings
    Step(wide, onAction, about = {
        FlowRow(Modifier.fillMaxWidth(), horizontalArrangement = Arrangement.SpaceBetween, verticalArrangement = Arrangement.spacedBy(8.dp), itemVerticalAlignment = Alignment.CenterVertically) {
            Title(stage.name?.let(words.kiosk::hello) ?: words.kiosk.helloNameless)
            stage.phone?.let { Soft(words.kiosk.maskedPhone(it)) }
        }
        if (stage.welcome) Notice(words.kiosk.welcomeTitle, tone = Tone.GOOD, detail = words.kiosk.welcomeHint)
        Hero {
            Column(Modifier.fillMaxWidth().padding(40.dp), verticalArrangement = Arrangement.spacedBy(24.dp)) {
                Balance(holdings)
                holdings.burns.firstOrNull()?.let { Chip(it.line, Loyalty.colours.accent, Loyalty.colours.onAccent, icon = Icons.flame) }
            }
        }
        Remarks(holdings)
        if (holdings.burns.size > 1) BurnStrip(holdings.burns.take(3))
        holdings.level?.let { LevelPanel(it) }
    }, hands = {
        Heading(words.kiosk.lastOperations)
        if (holdings.newest.isEmpty()) {
            Panel { Soft(words.kiosk.noOperations) }
        } else {
            Panel(padding = PaddingValues(vertical = 12.dp)) {
                for (operation in holdings.newest.take(3)) Operation(operation, showDay = true, showBalance = false, onOpen = null)
            }
        }
        stage.app?.let { app ->
            Panel {
                Row(horizontalArrangement = Arrangement.spacedBy(32.dp), verticalAlignment = Alignment.CenterVertically) {
                    Box(Modifier.clip(Loyalty.sizes.control).background(Color.White).padding(16.dp)) { Code(app, words.kiosk.getApp, Modifier.size(124.dp)) }
                    Column(Modifier.weight(1f)) {
                        Heading(words.kiosk.getApp)
                        Soft(words.kiosk.getAppHint)
                    }
                }
            }
        }
    }, foot = {
        Button(words.kiosk.finish, { onAction(KioskAction.Finish) }, Modifier.fillMaxWidth())
    })
}

@Composable
private fun Remarks(holdings: Holdings) {
    val words = Loyalty.words
    if (holdings.negative) Notice(words.home.negative, tone = Tone.WARNING)
    if (holdings.totalOnly) Notice(words.home.totalOnly)
    for (pending in holdings.pending) Notice(pending)
}

package app.loyalty.ui

import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.selection.toggleable
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.foundation.text.BasicTextField
import androidx.compose.foundation.text.KeyboardActions
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.material3.Icon
import androidx.compose.material3.Switch
import androidx.compose.material3.SwitchDefaults
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.autofill.ContentType
import androidx.compose.ui.draw.clip
import androidx.compose.ui.focus.onFocusChanged
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.SolidColor
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.contentType
import androidx.compose.ui.semantics.error
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.semantics.text
import androidx.compose.ui.text.AnnotatedString
import androidx.compose.ui.text.TextRange
import androidx.compose.ui.text.TextStyle
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.text.input.TextFieldValue
import androidx.compose.ui.unit.Dp
import androidx.compose.ui.unit.dp
import app.loyalty.presenters.FieldError
import app.loyalty.words.Words

/** What to say beside a field. */
internal fun FieldError.text(words: Words, name: Boolean = false, birthday: Boolean = false): String = when (this) {
    FieldError.EMPTY -> words.field.nameEmpty
    FieldError.INVALID -> if (name) words.field.nameInvalid else if (birthday) words.field.birthdayInvalid else words.field.emailInvalid
    FieldError.IN_FUTURE -> words.field.birthdayFuture
    FieldError.REFUSED -> words.field.refused
}

/**
 * A labelled field. What is typed goes to [onChange] and comes back as [text], formatted; the cursor stays behind the
 * last character when the formatting moved it. [filling] is what the system may offer to fill in.
 */
@Composable
internal fun Input(
    label: String,
    text: String,
    onChange: (String) -> Unit,
    modifier: Modifier = Modifier,
    hint: String? = null,
    error: String? = null,
    style: TextStyle = Loyalty.type.body,
    keyboard: KeyboardType = KeyboardType.Text,
    action: ImeAction = ImeAction.Next,
    filling: ContentType? = null,
    enabled: Boolean = true,
    onDone: () -> Unit = {},
) {
    val colours = Loyalty.colours
    var focused by remember { mutableStateOf(false) }
    var selection by remember { mutableStateOf(TextRange(text.length)) }
    // A text that was changed from outside (formatting) puts the cursor at its end.
    var typed by remember { mutableStateOf(text) }
    if (typed != text) {
        selection = TextRange(text.length)
        typed = text
    }
    val outline = if (error != null) colours.negative else if (focused) colours.primary else colours.outline
    Column(modifier, verticalArrangement = Arrangement.spacedBy(6.dp)) {
        BasicTextField(
            TextFieldValue(text, selection),
            { value ->
                selection = value.selection
                if (value.text != text) {
                    typed = value.text
                    onChange(value.text)
                }
            },
            Modifier
                .fillMaxWidth()
                .onFocusChanged { focused = it.isFocused }
                .semantics {
                    contentDescription = label
                    if (filling != null) contentType = filling
                    if (error != null) error(error)
                },
            enabled = enabled,
            textStyle = style.copy(color = colours.text),
            singleLine = true,
            cursorBrush = SolidColor(colours.primary),
            keyboardOptions = KeyboardOptions(keyboardType = keyboard, imeAction = action),
            keyboardActions = KeyboardActions(onDone = { onDone() }, onGo = { onDone() }),
            decorationBox = { field ->
                // The label belongs to the field: Android's screen reader takes a field's name from what lies in it.
                Column(verticalArrangement = Arrangement.spacedBy(6.dp)) {
                    Text(label, style = Loyalty.type.smallStrong, color = colours.textSoft)
                    Box(
                        Modifier
                            .fillMaxWidth()
                            .heightIn(min = Loyalty.sizes.button)
                            .background(colours.surface, Loyalty.sizes.control)
                            .border(if (focused || error != null) 2.dp else 1.dp, outline, Loyalty.sizes.control)
                            .padding(horizontal = 16.dp, vertical = 10.dp),
                        contentAlignment = Alignment.CenterStart,
                    ) { field() }
                }
            },
        )
        Beside(error, hint)
    }
}

/** The error of a field, or else its hint. */
@Composable
internal fun Beside(error: String?, hint: String?) {
    if (error != null) {
        Row(
            Modifier.semantics(mergeDescendants = true) { liveRegion = LiveRegionMode.Assertive },
            horizontalArrangement = Arrangement.spacedBy(8.dp),
            verticalAlignment = Alignment.CenterVertically,
        ) {
            Icon(Icons.warning, null, Modifier.size(Loyalty.sizes.icon * 0.8f), tint = Loyalty.colours.negative)
            Text(error, style = Loyalty.type.smallStrong, color = Loyalty.colours.negative)
        }
    } else if (hint != null) {
        Soft(hint)
    }
}

/** A box to be ticked, never ticked beforehand. */
@Composable
internal fun Tick(text: String, hint: String, ticked: Boolean, onTick: (Boolean) -> Unit, modifier: Modifier = Modifier, wrong: Boolean = false) {
    val colours = Loyalty.colours
    val big = Loyalty.look.kiosk
    Row(
        modifier
            .fillMaxWidth()
            .toggleable(ticked, role = Role.Checkbox, onValueChange = onTick)
            .heightIn(min = Loyalty.sizes.target)
            .padding(vertical = 4.dp),
        horizontalArrangement = Arrangement.spacedBy(tickGap()),
        verticalAlignment = Alignment.Top,
    ) {
        val shape = RoundedCornerShape(if (big) 12.dp else 8.dp)
        val outline = if (wrong) colours.negative else if (ticked) colours.primary else colours.outline
        Box(
            Modifier.size(tickSize()).clip(shape).background(if (ticked) colours.primary else colours.surface).border(2.dp, outline, shape),
            contentAlignment = Alignment.Center,
        ) {
            if (ticked) Icon(Icons.check, null, Modifier.size(tickSize() * 0.71f), tint = colours.onPrimary)
        }
        Column(Modifier.weight(1f)) {
            Text(text, style = Loyalty.type.body, color = colours.text)
            Soft(hint)
        }
    }
}

@Composable
private fun tickSize(): Dp = Loyalty.sizes.drawing(if (Loyalty.look.kiosk) 48.dp else 28.dp)

@Composable
private fun tickGap(): Dp = if (Loyalty.look.kiosk) 24.dp else 14.dp

/** Where the words beside a [Tick] begin. */
@Composable
internal fun tickIndent(): Dp = tickSize() + tickGap()

/** Something that is on or off. */
@Composable
internal fun Toggle(text: String, on: Boolean, onChange: (Boolean) -> Unit, modifier: Modifier = Modifier, hint: String? = null, enabled: Boolean = true) {
    val colours = Loyalty.colours
    Row(
        modifier
            .fillMaxWidth()
            .toggleable(on, enabled = enabled, role = Role.Switch, onValueChange = onChange)
            .heightIn(min = 60.dp)
            .padding(horizontal = Loyalty.sizes.inside, vertical = 8.dp),
        horizontalArrangement = Arrangement.spacedBy(16.dp),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        Column(Modifier.weight(1f)) {
            Text(text, style = Loyalty.type.body, color = if (enabled) colours.text else colours.textSoft)
            if (hint != null) Soft(hint)
        }
        Switch(
            on,
            null,
            enabled = enabled,
            colors = SwitchDefaults.colors(
                checkedThumbColor = colours.onPrimary,
                checkedTrackColor = colours.primary,
                uncheckedThumbColor = colours.outline,
                uncheckedTrackColor = colours.raised,
                uncheckedBorderColor = colours.outline,
            ),
        )
    }
}

/** The digits of a code in boxes; [digits] may be shorter than [length]. */
@Composable
internal fun CodeBoxes(digits: String, length: Int, wrong: Boolean, modifier: Modifier = Modifier, hidden: Boolean = false) {
    val colours = Loyalty.colours
    Row(modifier.fillMaxWidth(), horizontalArrangement = Arrangement.spacedBy(if (Loyalty.look.kiosk) 16.dp else 8.dp)) {
        for (place in 0 until length) {
            val next = place == digits.length
            val outline = if (wrong) colours.negative else if (next) colours.primary else colours.outline
            Box(
                Modifier
                    .weight(1f)
                    .heightIn(min = if (Loyalty.look.kiosk) 128.dp else 64.dp)
                    .background(colours.surface, Loyalty.sizes.control)
                    .border(if (next || wrong) 2.dp else 1.dp, outline, Loyalty.sizes.control),
                contentAlignment = Alignment.Center,
            ) {
                val digit = digits.getOrNull(place)
                if (digit != null) Text(if (hidden) DOT else digit.toString(), style = Loyalty.type.digits, color = colours.text, softWrap = false)
            }
        }
    }
}

private const val DOT = "•"

/** Six boxes over one real field, so that paste and the system's filling in work. */
@Composable
internal fun CodeField(digits: String, length: Int, label: String, wrong: Boolean, enabled: Boolean, onChange: (String) -> Unit, modifier: Modifier = Modifier) {
    BasicTextField(
        TextFieldValue(digits, TextRange(digits.length)),
        { onChange(it.text) },
        modifier.fillMaxWidth().semantics {
            contentDescription = label
            contentType = ContentType.SmsOtpCode
        },
        enabled = enabled,
        textStyle = Loyalty.type.digits.copy(color = Color.Transparent),
        singleLine = true,
        cursorBrush = SolidColor(Color.Transparent),
        keyboardOptions = KeyboardOptions(keyboardType = KeyboardType.NumberPassword, imeAction = ImeAction.Done),
        decorationBox = { field ->
            Box {
                // Its name, as above; the digits themselves are the field's.
                Box(Modifier.clearAndSetSemantics { this.text = AnnotatedString(label) }) { CodeBoxes(digits, length, wrong) }
                // Keeps its place for cursor and selection; its letters are transparent.
                Box(Modifier.matchParentSize()) { field() }
            }
        },
    )
}


package app.loyalty.ui.kiosk

import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.widthIn
import androidx.compose.material3.Icon
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.unit.Dp
import androidx.compose.ui.unit.dp
import app.loyalty.presenters.kiosk.Field
import app.loyalty.presenters.kiosk.KioskAction
import app.loyalty.presenters.kiosk.Stage
import app.loyalty.ui.Icons
import app.loyalty.ui.Loyalty

/** The digits, as on a telephone. */
@Composable
internal fun Keypad(onAction: (KioskAction) -> Unit, modifier: Modifier = Modifier, tall: Boolean = false) {
    val words = Loyalty.words
    val height = keyHeight(tall)
    Column(modifier.semantics { contentDescription = words.kiosk.keypad }, verticalArrangement = Arrangement.spacedBy(16.dp)) {
        for (row in listOf("123", "456", "789")) {
            Row(Modifier.fillMaxWidth(), horizontalArrangement = Arrangement.spacedBy(16.dp)) {
                for (digit in row) Key(digit.toString(), Modifier.weight(1f).height(height)) { onAction(KioskAction.Digit(digit)) }
            }
        }
        Row(Modifier.fillMaxWidth(), horizontalArrangement = Arrangement.spacedBy(16.dp)) {
            IconKey(Icons.close, words.action.clear, Modifier.weight(1f), height) { onAction(KioskAction.Clear) }
            Key(ZERO, Modifier.weight(1f).height(height)) { onAction(KioskAction.Digit('0')) }
            IconKey(Icons.backspace, words.action.deleteDigit, Modifier.weight(1f), height) { onAction(KioskAction.DeleteDigit) }
        }
    }
}

private const val ZERO = "0"

/** Letters for a name, digits for a date, and both for an address. */
@Composable
internal fun Keyboard(stage: Stage.Register, onAction: (KioskAction) -> Unit, modifier: Modifier = Modifier) {
    if (stage.field == Field.BIRTHDAY) return Keypad(onAction, modifier.widthIn(max = 640.dp))
    val words = Loyalty.words
    val latin = stage.latin || stage.field == Field.EMAIL
    val rows = rows(latin, russian = words.language == app.loyalty.words.Language.RU, email = stage.field == Field.EMAIL)
    Column(modifier.semantics { contentDescription = words.kiosk.keyboard }, verticalArrangement = Arrangement.spacedBy(8.dp)) {
        for (row in rows) {
            Row(Modifier.fillMaxWidth(), horizontalArrangement = Arrangement.spacedBy(8.dp, Alignment.CenterHorizontally)) {
                for (letter in row) {
                    val shown = if (stage.shift && stage.field == Field.NAME) letter.uppercaseChar() else letter
                    Letter(shown.toString(), Modifier.weight(1f)) { onAction(if (letter.isDigit()) KioskAction.Digit(letter) else KioskAction.Key(letter)) }
                }
            }
        }
        Row(Modifier.fillMaxWidth(), horizontalArrangement = Arrangement.spacedBy(8.dp)) {
            if (stage.field == Field.NAME) {
                IconKey(Icons.shift, words.kiosk.shift, Modifier.weight(1.4f), chosen = stage.shift) { onAction(KioskAction.Shift) }
                Letter(words.kiosk.otherLetters, Modifier.weight(1.6f)) { onAction(KioskAction.OtherLetters) }
                Letter(words.kiosk.space, Modifier.weight(4f)) { onAction(KioskAction.Key(' ')) }
                Letter(HYPHEN, Modifier.weight(1f)) { onAction(KioskAction.Key('-')) }
            }
            IconKey(Icons.backspace, words.action.deleteDigit, Modifier.weight(1.6f)) { onAction(KioskAction.DeleteDigit) }
        }
    }
}

private const val HYPHEN = "-"

private fun rows(latin: Boolean, russian: Boolean, email: Boolean): List<String> = when {
    email -> listOf("1234567890", "qwertyuiop", "asdfghjkl.", "zxcvbnm@_-")
    // The other key leads from one's own letters to the others.
    latin == russian -> listOf("qwertyuiop", "asdfghjkl", "zxcvbnm")
    else -> listOf("йцукенгшщзх", "фывапролджэ", "ячсмитьбюъё")
}

/** Higher where the type is, so that a digit never outgrows its key. */
@Composable
private fun keyHeight(tall: Boolean): Dp = maxOf(if (tall) Loyalty.sizes.tallKey else Loyalty.sizes.key, with(LocalDensity.current) { Loyalty.type.digits.lineHeight.toDp() } + 48.dp)

@Composable
private fun Key(text: String, modifier: Modifier, onClick: () -> Unit) {
    Ground(modifier, onClick) { Text(text, style = Loyalty.type.digits, color = Loyalty.colours.text) }
}

@Composable
private fun Letter(text: String, modifier: Modifier, onClick: () -> Unit) {
    Ground(modifier.heightIn(min = 104.dp), onClick) {
        Text(text, style = Loyalty.type.strong, color = Loyalty.colours.text, softWrap = false)
    }
}

@Composable
private fun IconKey(icon: ImageVector, description: String, modifier: Modifier, height: Dp = 104.dp, chosen: Boolean = false, onClick: () -> Unit) {
    val ink = if (chosen) Loyalty.colours.primary else Loyalty.colours.text
    Ground(modifier.height(height).semantics { contentDescription = description }, onClick) { Icon(icon, null, Modifier.size(Loyalty.sizes.drawing(44.dp)), tint = ink) }
}

@Composable
private fun Ground(modifier: Modifier, onClick: () -> Unit, content: @Composable () -> Unit) {
    val colours = Loyalty.colours
    Box(
        modifier
            .clip(Loyalty.sizes.control)
            .background(colours.surface)
            .border(1.dp, colours.hairline, Loyalty.sizes.control)
            .clickable(role = Role.Button, onClick = onClick),
        contentAlignment = Alignment.Center,
    ) { content() }
}

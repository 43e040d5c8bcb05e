package app.loyalty.ui

import androidx.compose.foundation.background
import androidx.compose.foundation.clickable
import androidx.compose.foundation.focusable
import androidx.compose.foundation.gestures.detectTapGestures
import androidx.compose.foundation.interaction.MutableInteractionSource
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.sizeIn
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.DisposableEffect
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.compositionLocalOf
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateListOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.rememberUpdatedState
import androidx.compose.runtime.staticCompositionLocalOf
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.focus.FocusRequester
import androidx.compose.ui.focus.focusProperties
import androidx.compose.ui.focus.focusRequester
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.input.pointer.pointerInput
import androidx.compose.ui.platform.LocalFocusManager
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.dismiss
import androidx.compose.ui.semantics.paneTitle
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp

/** What lies over a screen, the last of it on top. */
internal class Sheets {
    private val open = mutableStateListOf<@Composable () -> Unit>()

    val top: (@Composable () -> Unit)? get() = open.lastOrNull()

    fun add(sheet: @Composable () -> Unit) {
        open += sheet
    }

    fun remove(sheet: @Composable () -> Unit) {
        open -= sheet
    }
}

private val LocalSheets = staticCompositionLocalOf<Sheets> { error("outside LoyaltyTheme") }

/** Keeps what lies over the whole screen clear of what the system lays over it. */
internal val LocalClear = compositionLocalOf<Modifier> { Modifier }

/**
 * Lays what an [Overlay] inside of [content] shows over all of it. While there is any, a screen reader finds nothing
 * behind it, and neither does a keyboard.
 */
@Composable
internal fun UnderSheets(content: @Composable () -> Unit) {
    val sheets = remember { Sheets() }
    val top = sheets.top
    CompositionLocalProvider(LocalSheets provides sheets) {
        Box(Modifier.fillMaxSize()) {
            Box(if (top == null) Modifier.fillMaxSize() else Modifier.fillMaxSize().clearAndSetSemantics {}) { content() }
            top?.invoke()
        }
    }
}

/** A question over the page; everything else waits. */
@Composable
internal fun Question(title: String, hint: String, yes: String, no: String, onYes: () -> Unit, onNo: () -> Unit, danger: Boolean = false, other: @Composable () -> Unit = {}) {
    Overlay(title, onNo) {
        Text(hint, style = Loyalty.type.body, color = Loyalty.colours.textSoft)
        Button(yes, onYes, Modifier.fillMaxWidth(), emphasis = if (danger) Emphasis.DANGER else Emphasis.MAIN)
        other()
        Button(no, onNo, Modifier.fillMaxWidth(), emphasis = Emphasis.SOFT)
    }
}

/**
 * A sheet above everything, with [title] at its head; a touch beside it dismisses it. What is too long scrolls; [foot] stays
 * where it is.
 */
@Composable
internal fun Overlay(title: String, onDismiss: () -> Unit, foot: @Composable () -> Unit = {}, content: @Composable ColumnScope.() -> Unit) {
    val sheets = LocalSheets.current
    val said by rememberUpdatedState(title)
    val dismissed by rememberUpdatedState(onDismiss)
    val shown by rememberUpdatedState(content)
    val footed by rememberUpdatedState(foot)
    DisposableEffect(sheets) {
        val sheet: @Composable () -> Unit = { Sheet(said, { dismissed() }, footed, shown) }
        sheets.add(sheet)
        onDispose { sheets.remove(sheet) }
    }
}

@Composable
private fun Sheet(title: String, onDismiss: () -> Unit, foot: @Composable () -> Unit, content: @Composable ColumnScope.() -> Unit) {
    val focus = remember { FocusRequester() }
    val manager = LocalFocusManager.current
    LaunchedEffect(Unit) {
        // A field behind the sheet would keep the keyboard up, and be typed into.
        manager.clearFocus()
        focus.requestFocus()
    }
    Box(
        Modifier.fillMaxSize().background(Color.Black.copy(alpha = 0.56f)),
        contentAlignment = if (Loyalty.look.kiosk) Alignment.Center else Alignment.BottomCenter,
    ) {
        // Of its own, or the words of the sheet would be read as those of one big button.
        Box(Modifier.fillMaxSize().clickable(remember { MutableInteractionSource() }, indication = null, onClick = onDismiss).clearAndSetSemantics {})
        Column(
            LocalClear.current
                .padding(Loyalty.sizes.edge)
                .sizeIn(maxWidth = if (Loyalty.look.kiosk) 960.dp else 520.dp)
                .fillMaxWidth()
                .clip(Loyalty.sizes.card)
                .background(Loyalty.colours.surface)
                .pointerInput(Unit) { detectTapGestures {} }
                .semantics {
                    paneTitle = title
                    dismiss {
                        onDismiss()
                        true
                    }
                }
                .focusRequester(focus)
                .focusProperties { onExit = { cancelFocusChange() } }
                // The sheet itself: a scanner ends its code with Enter, which must not press the first button.
                .focusable(),
        ) {
            Column(
                Modifier.weight(1f, fill = false).scrolling(Loyalty.colours.surface).padding(Loyalty.sizes.inside),
                verticalArrangement = Arrangement.spacedBy(Loyalty.sizes.between),
            ) {
                Title(title)
                content()
            }
            foot()
        }
    }
}

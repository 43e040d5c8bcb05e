package app.loyalty.ui.kiosk

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.BoxWithConstraints
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.key
import androidx.compose.runtime.rememberUpdatedState
import androidx.compose.ui.Modifier
import androidx.compose.ui.input.key.Key
import androidx.compose.ui.input.key.KeyEvent
import androidx.compose.ui.input.key.KeyEventType
import androidx.compose.ui.input.key.key
import androidx.compose.ui.input.key.type
import androidx.compose.ui.input.key.utf16CodePoint
import androidx.compose.ui.input.pointer.PointerEventPass
import androidx.compose.ui.input.pointer.PointerEventType
import androidx.compose.ui.input.pointer.pointerInput
import app.loyalty.presenters.kiosk.KioskAction
import app.loyalty.presenters.kiosk.KioskState
import app.loyalty.presenters.kiosk.Stage
import app.loyalty.ui.Loyalty
import app.loyalty.ui.UnderSheets

/**
 * All of a kiosk. Every touch counts as a sign of life, but one that falls on the question whether the guest is still there:
 * it would answer the question before the button under the finger does.
 *
 * Whatever the screens remember by themselves (scroll positions, focus) is thrown away when the visit changes.
 */
@Composable
fun KioskScreen(state: KioskState, onAction: (KioskAction) -> Unit) {
    val asked by rememberUpdatedState(state.warning != null)
    key(state.visit) {
        BoxWithConstraints(
            Modifier
                .fillMaxSize()
                .background(Loyalty.colours.background)
                .pointerInput(Unit) {
                    awaitPointerEventScope {
                        while (true) {
                            val event = awaitPointerEvent(PointerEventPass.Initial)
                            if (event.type == PointerEventType.Press && !asked) onAction(KioskAction.Touch)
                        }
                    }
                },
        ) {
            val wide = maxWidth > maxHeight
            // Inside of what counts the touches.
            UnderSheets {
                when (val stage = state.stage) {
                    Stage.Attract -> Attract(wide, onAction)
                    is Stage.Identify -> Identify(stage, wide, onAction)
                    is Stage.Code -> EnterCode(stage, wide, onAction)
                    is Stage.Register -> Newcomer(stage, wide, onAction)
                    is Stage.Result -> Result(stage, wide, onAction)
                    is Stage.Done -> Done(stage, onAction)
                    is Stage.Closed -> Closed(stage, onAction)
                    is Stage.Outage -> Outage(stage, onAction)
                    is Stage.Staff -> Staff(stage, wide, onAction)
                }
                state.warning?.let { StillThere(it, onAction) }
            }
        }
    }
}

/**
 * What a key of a keyboard means when nothing on the screen took it: the same as the button that it stands for. The host
 * asks, because keys arrive whatever has the focus, and also when nothing has.
 */
fun kioskKey(event: KeyEvent): KioskAction? {
    if (event.type != KeyEventType.KeyDown) return null
    val letter = event.utf16CodePoint.toChar()
    return when {
        letter in '0'..'9' -> KioskAction.Digit(letter)
        event.key == Key.Backspace -> KioskAction.DeleteDigit
        event.key == Key.Delete -> KioskAction.Clear
        event.key == Key.Enter || event.key == Key.NumPadEnter -> KioskAction.GoOn
        event.key == Key.Escape -> KioskAction.Finish
        letter.isLetter() || letter in TYPED -> KioskAction.Key(letter)
        else -> null
    }
}

/** What besides letters is typed into a form. */
private const val TYPED = " -.@_+"

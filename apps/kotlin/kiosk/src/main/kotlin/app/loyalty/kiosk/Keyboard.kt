package app.loyalty.kiosk

import androidx.compose.ui.ExperimentalComposeUiApi
import androidx.compose.ui.awt.awtEventOrNull
import androidx.compose.ui.input.key.Key
import androidx.compose.ui.input.key.KeyEvent
import androidx.compose.ui.input.key.KeyEventType
import androidx.compose.ui.input.key.key
import androidx.compose.ui.input.key.type
import androidx.compose.ui.input.key.utf16CodePoint
import app.loyalty.presenters.kiosk.KioskAction
import app.loyalty.ui.kiosk.kioskKey
import java.awt.Toolkit
import java.awt.event.KeyEvent.KEY_PRESSED
import javax.swing.Timer

/** Keys on their way to the machine, past the one place that can tell a scanner, and a key that is stuck, from hands. */
@OptIn(ExperimentalComposeUiApi::class)
internal class Keyboard {
    private val wedge = Wedge()
    private val down = mutableSetOf<Key>()
    private val hold = Timer(HELD) { release() }.apply { isRepeats = false }
    var target: (KioskAction) -> Unit = {}

    /**
     * Holds digits back until it is clear that they are no scan, and takes the Enter that ends one before a button on the
     * screen does. A key that is not let go is pressed once: what repeats it is no sign of life.
     */
    fun pressed(event: KeyEvent): Boolean {
        if (event.type == KeyEventType.KeyUp) down -= event.key
        if (event.type != KeyEventType.KeyDown) return false
        if (!down.add(event.key)) return true
        val letter = event.utf16CodePoint.toChar()
        val at = event.awtEventOrNull?.`when` ?: (System.nanoTime() / 1_000_000)
        if (letter in '0'..'9') {
            type(wedge.key(letter, at))
            hold.restart()
            return true
        }
        hold.stop()
        val ends = event.key == Key.Enter || event.key == Key.NumPadEnter
        val code = if (ends) wedge.enter(at) else null
        if (code == null) type(wedge.byHand()) else target(KioskAction.Scanned(code))
        if (ends) wedge.forget()
        return code != null
    }

    /** Takes what nothing on the screen took. */
    fun left(event: KeyEvent): Boolean = kioskKey(event)?.let(target) != null

    /** Another window has the keyboard: which keys are let go meanwhile, nobody tells us. */
    fun away() = down.clear()

    /** A guest has gone. What still lies on a key is not let go for that. */
    fun forget() {
        hold.stop()
        wedge.forget()
    }

    private fun release() {
        // When this thread was busy, the next key of a scan may wait behind us.
        if (Toolkit.getDefaultToolkit().systemEventQueue.peekEvent(KEY_PRESSED) != null) hold.restart() else type(wedge.byHand())
    }

    private fun type(digits: String) = digits.forEach { target(KioskAction.Digit(it)) }

    private companion object {
        /** Milliseconds; longer than between two keys of a scanner, shorter than a guest notices. */
        const val HELD = 120
    }
}

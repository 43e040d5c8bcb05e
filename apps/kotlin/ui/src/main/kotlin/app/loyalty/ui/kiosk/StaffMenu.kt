package app.loyalty.ui.kiosk

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.widthIn
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import app.loyalty.presenters.kiosk.CredentialState
import app.loyalty.presenters.kiosk.DeviceReport
import app.loyalty.presenters.kiosk.KioskAction
import app.loyalty.presenters.kiosk.Stage
import app.loyalty.ui.Beside
import app.loyalty.ui.Button
import app.loyalty.ui.CodeBoxes
import app.loyalty.ui.Emphasis
import app.loyalty.ui.Entry
import app.loyalty.ui.Loyalty
import app.loyalty.ui.Notice
import app.loyalty.ui.Panel
import app.loyalty.ui.Title
import app.loyalty.ui.Tone
import app.loyalty.ui.Waiting
import app.loyalty.presenters.Wait

/** For staff: whether the device works, and starting it anew. Nothing of any guest. */
@Composable
internal fun Staff(stage: Stage.Staff, wide: Boolean, onAction: (KioskAction) -> Unit) {
    val words = Loyalty.words
    val device = stage.device
    val locked = stage.lockedFor
    Step(wide, onAction, about = {
        Title(words.staff.title)
        when {
            device != null -> Report(device)
            stage.notSet -> Notice(words.staff.pinNotSet, tone = Tone.WARNING)
            locked != null -> Notice(words.staff.pinLocked(locked), tone = Tone.WARNING)
            else -> {
                Title(words.staff.pin)
                CodeBoxes(stage.pin, 8, wrong = stage.triesLeft != null && stage.pin.isEmpty(), Modifier.semantics { contentDescription = words.staff.pin }, hidden = true)
                Beside(stage.triesLeft?.takeIf { stage.pin.isEmpty() }?.let(words.staff::pinWrong), null)
                Waiting(if (stage.checking) Wait.SHOWN else Wait.NONE, words.progress.working)
            }
        }
    }, hands = {
        if (device == null && !stage.notSet && locked == null) Keypad(onAction, tall = !wide)
    }, foot = {
        if (device != null) {
            Button(words.staff.restart, { onAction(KioskAction.Restart) }, Modifier.fillMaxWidth(), emphasis = Emphasis.SOFT)
        } else if (!stage.notSet && locked == null) {
            Button(words.action.goOn, { onAction(KioskAction.GoOn) }, Modifier.fillMaxWidth(), enabled = stage.pin.length >= 4 && !stage.checking)
        }
        Button(words.staff.leave, { onAction(KioskAction.Finish) }, Modifier.fillMaxWidth().widthIn(min = 200.dp), emphasis = Emphasis.SOFT)
    })
}

@Composable
private fun Report(device: DeviceReport) {
    val words = Loyalty.words
    Panel {
        Column(verticalArrangement = Arrangement.spacedBy(24.dp)) {
            Entry(words.staff.device, device.device)
            Entry(
                words.staff.credential,
                when (device.credential) {
                    CredentialState.VALID -> words.staff.credentialOk
                    CredentialState.MISSING -> words.staff.credentialMissing
                    CredentialState.REFUSED -> words.staff.credentialRefused
                    CredentialState.UNKNOWN -> words.problem.offline
                },
            )
            Entry(words.staff.version, device.version)
            Entry(words.staff.lastSuccess, device.lastSuccess ?: words.staff.never)
        }
    }
}

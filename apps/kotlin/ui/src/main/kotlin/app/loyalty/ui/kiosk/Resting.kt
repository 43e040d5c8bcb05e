package app.loyalty.ui.kiosk

import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.material3.Icon
import androidx.compose.material3.Text
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.interaction.MutableInteractionSource
import androidx.compose.runtime.Composable
import androidx.compose.runtime.remember
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import app.loyalty.presenters.kiosk.KioskAction
import app.loyalty.presenters.kiosk.Stage
import app.loyalty.presenters.kiosk.Warning
import app.loyalty.ui.Button
import app.loyalty.ui.Emphasis
import app.loyalty.ui.Icons
import app.loyalty.ui.Loyalty
import app.loyalty.ui.Overlay

/** Waits for a guest; a touch anywhere begins the visit. */
@Composable
internal fun Attract(wide: Boolean, onAction: (KioskAction) -> Unit) {
    val words = Loyalty.words
    val start = { onAction(KioskAction.Start) }
    Box(Modifier.fillMaxSize().clickable(remember { MutableInteractionSource() }, indication = null, onClickLabel = words.kiosk.attractStart, onClick = start)) {
        BrandGround {
            Row(Modifier.fillMaxWidth(), verticalAlignment = Alignment.CenterVertically) {
                Sign(onAction, Loyalty.colours.onHero, Modifier.weight(1f), large = !wide)
                if (wide) Languages(onAction)
            }
            if (wide) {
                Row(Modifier.fillMaxWidth().padding(vertical = 48.dp), horizontalArrangement = Arrangement.spacedBy(96.dp), verticalAlignment = Alignment.CenterVertically) {
                    Column(Modifier.weight(1.2f), verticalArrangement = Arrangement.spacedBy(32.dp)) { Invitation() }
                    Column(Modifier.weight(1f), verticalArrangement = Arrangement.spacedBy(32.dp)) { Steps() }
                }
            } else {
                Column(Modifier.padding(vertical = 64.dp), verticalArrangement = Arrangement.spacedBy(40.dp)) { Invitation() }
                Column(verticalArrangement = Arrangement.spacedBy(36.dp)) { Steps() }
            }
            Column(Modifier.fillMaxWidth().padding(top = 48.dp), verticalArrangement = Arrangement.spacedBy(32.dp)) {
                Button(words.kiosk.attractStart, start, Modifier.fillMaxWidth().heightIn(min = 136.dp), emphasis = Emphasis.ACCENT, style = Loyalty.type.heading)
                Text(words.kiosk.attractJoin, style = Loyalty.type.strong, color = Loyalty.colours.onHero)
                if (!wide) Languages(onAction)
            }
        }
    }
}

@Composable
private fun Invitation() {
    val words = Loyalty.words
    Text(
        words.kiosk.attractTitle,
        Modifier.semantics { heading() },
        style = Loyalty.type.title.copy(fontSize = Loyalty.type.title.fontSize * 1.7f, lineHeight = Loyalty.type.title.lineHeight * 1.6f),
        color = Loyalty.colours.onHero,
    )
    Text(words.kiosk.attractHint, style = Loyalty.type.body, color = Loyalty.colours.onHero)
}

@Composable
private fun Steps() {
    val words = Loyalty.words
    for ((number, text) in listOf(words.kiosk.stepPhone, words.kiosk.stepCode, words.kiosk.stepBalance).withIndex()) {
        Row(horizontalArrangement = Arrangement.spacedBy(32.dp), verticalAlignment = Alignment.CenterVertically) {
            StepNumber(number + 1)
            Text(text, style = Loyalty.type.heading, color = Loyalty.colours.onHero)
        }
    }
}

@Composable
internal fun Done(stage: Stage.Done, onAction: (KioskAction) -> Unit) {
    val words = Loyalty.words
    Standing(Icons.check, words.kiosk.doneTitle, words.kiosk.doneHint, onAction) {
        Text(words.kiosk.doneIn(stage.secondsLeft), style = Loyalty.type.strong, color = Loyalty.colours.onHero)
    }
}

@Composable
internal fun Closed(stage: Stage.Closed, onAction: (KioskAction) -> Unit) {
    val words = Loyalty.words
    Standing(Icons.moon, words.kiosk.closedTitle, words.kiosk.closedHint(stage.hours), onAction)
}

@Composable
internal fun Outage(stage: Stage.Outage, onAction: (KioskAction) -> Unit) {
    val words = Loyalty.words
    Standing(Icons.staff, words.kiosk.outageTitle, words.kiosk.outageHint, onAction) {
        Text(words.kiosk.outageId(stage.id), style = Loyalty.type.strong, color = Loyalty.colours.onHero)
    }
}

/** One thing, said to nobody in particular. */
@Composable
private fun Standing(icon: ImageVector, title: String, hint: String, onAction: (KioskAction) -> Unit, more: @Composable ColumnScope.() -> Unit = {}) {
    val ink = Loyalty.colours.onHero
    BrandGround {
        Sign(onAction, ink)
        Column(
            Modifier.widthIn(max = 1600.dp).padding(vertical = if (Loyalty.sizes.stacked) 24.dp else 64.dp).semantics { liveRegion = LiveRegionMode.Polite },
            verticalArrangement = Arrangement.spacedBy(40.dp),
        ) {
            Icon(icon, null, Modifier.size(if (Loyalty.sizes.stacked) 128.dp else 200.dp), tint = Loyalty.colours.accent)
            Text(
                title,
                Modifier.semantics { heading() },
                style = Loyalty.type.title.copy(fontSize = Loyalty.type.title.fontSize * 1.6f, lineHeight = Loyalty.type.title.lineHeight * 1.5f),
                color = ink,
            )
            if (hint.isNotEmpty()) Text(hint, style = Loyalty.type.body, color = ink)
            more()
        }
        Languages(onAction)
    }
}

/** Asks whether the guest is there, before the screen is cleared. */
@Composable
internal fun StillThere(warning: Warning, onAction: (KioskAction) -> Unit) {
    val words = Loyalty.words
    Overlay(words.kiosk.idleTitle, { onAction(KioskAction.Stay) }) {
        Text(
            words.kiosk.idleHint(warning.secondsLeft),
            Modifier.semantics { liveRegion = LiveRegionMode.Assertive },
            style = Loyalty.type.body,
            color = Loyalty.colours.textSoft,
        )
        if (warning.canStay) Button(words.kiosk.idleStay, { onAction(KioskAction.Stay) }, Modifier.fillMaxWidth())
        Button(words.kiosk.finish, { onAction(KioskAction.Finish) }, Modifier.fillMaxWidth(), emphasis = Emphasis.SOFT)
    }
}

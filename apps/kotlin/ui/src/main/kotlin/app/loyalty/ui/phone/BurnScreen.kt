package app.loyalty.ui.phone

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import app.loyalty.presenters.BurnAction
import app.loyalty.presenters.BurnState
import app.loyalty.presenters.MonthView
import app.loyalty.ui.Badge
import app.loyalty.ui.Entry
import app.loyalty.ui.Hero
import app.loyalty.ui.Icons
import app.loyalty.ui.Loyalty
import app.loyalty.ui.Message
import app.loyalty.ui.Page
import app.loyalty.ui.Panel
import app.loyalty.ui.Soft
import app.loyalty.ui.Toggle

@Composable
fun BurnScreen(state: BurnState, onSettings: (() -> Unit)? = null, onAction: (BurnAction) -> Unit) {
    val words = Loyalty.words
    Page(words.burn.title, onBack = { onAction(BurnAction.Back) }) {
        val next = state.next
        when {
            state.totalOnly -> Message(Icons.clock, words.burn.unknownTitle, words.home.totalOnly)
            next == null -> Message(Icons.check, words.burn.nothingTitle, words.burn.nothingHint)
            else -> {
                Hero {
                    Row(Modifier.fillMaxWidth().padding(20.dp), horizontalArrangement = Arrangement.spacedBy(16.dp), verticalAlignment = Alignment.CenterVertically) {
                        Badge(Icons.flame, ground = Loyalty.colours.accent, ink = Loyalty.colours.onAccent)
                        Column(Modifier.weight(1f)) {
                            Text(words.burn.next, style = Loyalty.type.small, color = Loyalty.colours.onHero)
                            Text(next, style = Loyalty.type.heading, color = Loyalty.colours.onHero)
                        }
                    }
                }
                Panel { Chart(state.months, Modifier.semantics { contentDescription = words.burn.chart }) }
                Panel {
                    Column(verticalArrangement = Arrangement.spacedBy(14.dp)) {
                        for (burn in state.months.flatMap(MonthView::burns)) Entry(burn.day, burn.amount, ink = if (burn.soon) Loyalty.colours.negative else Loyalty.colours.text)
                    }
                }
            }
        }
        state.nonBurning?.let { Panel { Entry(words.burn.nonBurning, it) } }
        if (next != null) {
            Panel(padding = PaddingValues(vertical = 6.dp)) {
                val allowed = !state.notificationsDenied
                Toggle(
                    words.burn.reminder,
                    state.remind && allowed,
                    { onAction(BurnAction.Remind(it)) },
                    hint = if (allowed) words.burn.reminderHint else words.profile.notificationsDenied,
                    enabled = allowed,
                )
                if (!allowed) SettingsLink(onSettings)
            }
        }
    }
}

/** A column a month, as high as what burns in it; the numbers stand above, so that colour and height are not all. */
@Composable
private fun Chart(months: List<MonthView>, modifier: Modifier) {
    val colours = Loyalty.colours
    Row(modifier.fillMaxWidth(), horizontalArrangement = Arrangement.spacedBy(8.dp), verticalAlignment = Alignment.Bottom) {
        for ((place, month) in months.take(MOST_COLUMNS).withIndex()) {
            Column(Modifier.weight(1f), horizontalAlignment = Alignment.CenterHorizontally, verticalArrangement = Arrangement.spacedBy(6.dp)) {
                Text(month.amount, style = Loyalty.type.smallStrong, color = colours.text, textAlign = TextAlign.Center)
                Box(
                    Modifier
                        .width(44.dp)
                        .height((12 + 128 * month.permille / 1000).dp)
                        .background(if (place == 0) colours.accent else colours.primary, RoundedCornerShape(topStart = 12.dp, topEnd = 12.dp, bottomStart = 4.dp, bottomEnd = 4.dp)),
                )
                Soft(month.label, align = TextAlign.Center)
            }
        }
    }
}

private const val MOST_COLUMNS = 4

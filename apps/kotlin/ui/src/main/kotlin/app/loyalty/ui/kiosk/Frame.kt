package app.loyalty.ui.kiosk

import androidx.compose.foundation.background
import androidx.compose.foundation.combinedClickable
import androidx.compose.foundation.interaction.MutableInteractionSource
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.remember
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.draw.drawBehind
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import app.loyalty.presenters.kiosk.KioskAction
import app.loyalty.ui.Link
import app.loyalty.ui.Logo
import app.loyalty.ui.Loyalty
import app.loyalty.ui.Choice
import app.loyalty.ui.scrolling
import app.loyalty.words.Language

/** The venue's sign; held for long it asks staff for their PIN. Nobody else is told of it. */
@Composable
internal fun Sign(onAction: (KioskAction) -> Unit, ink: Color, modifier: Modifier = Modifier, large: Boolean = false) {
    val brand = Loyalty.look.brand
    Row(
        modifier
            .combinedClickable(
                interactionSource = remember { MutableInteractionSource() },
                indication = null,
                onLongClick = { onAction(KioskAction.OpenStaff) },
                onClick = {},
            )
            .clearAndSetSemantics { heading() },
        horizontalArrangement = Arrangement.spacedBy(if (large) 40.dp else 24.dp),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        Logo(Modifier.size(if (large) 136.dp else 88.dp), ink)
        Text(brand.name(Loyalty.look.language), style = if (large) Loyalty.type.hero.copy(fontSize = Loyalty.type.title.fontSize * 1.6f, lineHeight = Loyalty.type.title.lineHeight * 1.6f) else Loyalty.type.title, color = ink)
    }
}

/** The brand's ground over the whole screen, with discs of light. */
@Composable
internal fun BrandGround(content: @Composable ColumnScope.() -> Unit) {
    val colours = Loyalty.colours
    Box(
        Modifier
            .fillMaxSize()
            .background(colours.hero)
            .drawBehind {
                val glow = colours.onHero.copy(alpha = 0.045f)
                val centre = Offset(size.width, size.height * 0.12f)
                for (share in listOf(0.95f, 0.68f, 0.42f)) drawCircle(glow, size.minDimension * share, centre)
            },
    ) {
        Column(
            Modifier.fillMaxSize().verticalScroll(rememberScrollState()).padding(72.dp),
            verticalArrangement = Arrangement.SpaceBetween,
            content = content,
        )
    }
}

/** A language, to be chosen by its own name. */
@Composable
internal fun Languages(onAction: (KioskAction) -> Unit, modifier: Modifier = Modifier) {
    Row(modifier, horizontalArrangement = Arrangement.spacedBy(16.dp)) {
        for (language in Language.entries) {
            Choice(language.words.languages.name, language == Loyalty.look.language, { onAction(KioskAction.Speak(language)) })
        }
    }
}

/**
 * A step of a visit: what it is about, and what the hands do. Side by side on a wide screen, below each other on a tall
 * one, where the hands' part stays in reach at the bottom. The foot never scrolls away.
 */
@Composable
internal fun Step(wide: Boolean, onAction: (KioskAction) -> Unit, about: @Composable ColumnScope.() -> Unit, hands: @Composable ColumnScope.() -> Unit, foot: @Composable ColumnScope.() -> Unit = {}, handsShare: Float = 1f) {
    val words = Loyalty.words
    Column(Modifier.fillMaxSize().background(Loyalty.colours.background).padding(horizontal = 64.dp, vertical = 40.dp)) {
        Row(Modifier.fillMaxWidth(), verticalAlignment = Alignment.CenterVertically) {
            Logo(Modifier.size(72.dp), Loyalty.colours.primary)
            Text(
                Loyalty.look.brand.name(Loyalty.look.language),
                Modifier.weight(1f).padding(start = 20.dp).semantics { heading() },
                style = Loyalty.type.heading,
                color = Loyalty.colours.primary,
            )
            Link(words.kiosk.finish, { onAction(KioskAction.Finish) }, flush = Alignment.End)
        }
        if (wide) {
            Row(Modifier.weight(1f).fillMaxWidth().padding(top = 24.dp), horizontalArrangement = Arrangement.spacedBy(80.dp)) {
                Column(Modifier.weight(1f).fillMaxHeight().scrolling(), verticalArrangement = Arrangement.spacedBy(24.dp, Alignment.CenterVertically), content = about)
                Column(Modifier.weight(handsShare).fillMaxHeight(), verticalArrangement = Arrangement.spacedBy(24.dp, Alignment.CenterVertically)) {
                    Column(Modifier.weight(1f, fill = false).scrolling(), verticalArrangement = Arrangement.spacedBy(24.dp), content = hands)
                    foot()
                }
            }
        } else {
            Column(
                Modifier.weight(1f).fillMaxWidth().scrolling().padding(top = 24.dp),
                verticalArrangement = Arrangement.SpaceBetween,
            ) {
                Column(Modifier.fillMaxWidth().padding(bottom = 24.dp), verticalArrangement = Arrangement.spacedBy(24.dp), content = about)
                Column(Modifier.fillMaxWidth(), verticalArrangement = Arrangement.spacedBy(24.dp), content = hands)
            }
            Column(Modifier.fillMaxWidth().padding(top = 24.dp), verticalArrangement = Arrangement.spacedBy(24.dp), content = foot)
        }
    }
}

/** A number on a round ground. */
@Composable
internal fun StepNumber(number: Int, modifier: Modifier = Modifier) {
    val size = with(LocalDensity.current) { maxOf(88.dp, Loyalty.type.heading.lineHeight.toDp() + 24.dp) }
    Box(modifier.size(size).clip(CircleShape).background(Loyalty.colours.accent), contentAlignment = Alignment.Center) {
        Text(number.toString(), style = Loyalty.type.heading, color = Loyalty.colours.onAccent)
    }
}

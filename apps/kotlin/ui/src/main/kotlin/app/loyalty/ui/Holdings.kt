package app.loyalty.ui

import androidx.compose.foundation.background
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.Spacer
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.material3.Icon
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.draw.drawBehind
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.text.style.TextOverflow
import androidx.compose.ui.unit.dp
import androidx.compose.ui.unit.em
import androidx.compose.ui.unit.sp
import androidx.compose.foundation.text.BasicText
import androidx.compose.foundation.text.TextAutoSize
import app.loyalty.presenters.BurnView
import app.loyalty.presenters.Direction
import app.loyalty.presenters.Holdings
import app.loyalty.presenters.LevelView
import app.loyalty.presenters.OperationView

/** A card in the brand's colours, with two soft discs of light. */
@Composable
internal fun Hero(modifier: Modifier = Modifier, content: @Composable () -> Unit) {
    val colours = Loyalty.colours
    Box(
        modifier
            .fillMaxWidth()
            .clip(Loyalty.sizes.card)
            .background(colours.hero)
            .drawBehind {
                val glow = colours.onHero.copy(alpha = 0.05f)
                drawCircle(glow, size.width * 0.42f, Offset(size.width * 0.98f, size.height * 0.02f))
                drawCircle(glow, size.width * 0.26f, Offset(size.width * 0.98f, size.height * 0.02f))
            },
    ) {
        content()
    }
}

/** The balance: the largest thing on any screen, and read aloud as a sentence. */
@Composable
internal fun Balance(holdings: Holdings, modifier: Modifier = Modifier) {
    val colours = Loyalty.colours
    Column(modifier.clearAndSetSemantics { contentDescription = holdings.sentence; heading() }) {
        Text(Loyalty.words.home.balance, style = Loyalty.type.smallStrong, color = colours.onHero)
        BasicText(
            holdings.number,
            style = Loyalty.type.hero.copy(color = colours.onHero, letterSpacing = (-0.02).em, lineHeight = 1.1.em),
            maxLines = 1,
            overflow = TextOverflow.Clip,
            softWrap = false,
            // Shrinks rather than loses digits, in whatever size of type the guest reads.
            autoSize = TextAutoSize.StepBased(minFontSize = 18.sp, maxFontSize = Loyalty.type.hero.fontSize, stepSize = 1.sp),
        )
        Text(holdings.unit, style = Loyalty.type.heading, color = colours.onHero)
    }
}

/** Two texts at the ends of a line, or below each other where the line is too short for both. */
@Composable
private fun Beneath(first: @Composable () -> Unit, second: @Composable () -> Unit) {
    FlowRow(Modifier.fillMaxWidth(), horizontalArrangement = Arrangement.SpaceBetween, itemVerticalAlignment = Alignment.CenterVertically) {
        Box(Modifier.padding(end = 8.dp)) { first() }
        second()
    }
}

/** Days on which something burns. */
@Composable
internal fun BurnStrip(burns: List<BurnView>, modifier: Modifier = Modifier) {
    val colours = Loyalty.colours
    FlowRow(modifier, horizontalArrangement = Arrangement.spacedBy(Loyalty.sizes.gap), verticalArrangement = Arrangement.spacedBy(Loyalty.sizes.gap)) {
        for (burn in burns) {
            Column(
                Modifier
                    .clip(Loyalty.sizes.control)
                    .background(if (burn.soon) colours.accent else colours.raised)
                    .padding(horizontal = Loyalty.sizes.between, vertical = Loyalty.sizes.gap + 2.dp)
                    .clearAndSetSemantics { contentDescription = burn.line },
            ) {
                val ink = if (burn.soon) colours.onAccent else colours.text
                Text(burn.amount, style = Loyalty.type.strong, color = ink)
                Text(burn.day, style = Loyalty.type.small, color = if (burn.soon) colours.onAccent else colours.textSoft)
            }
        }
    }
}

/** The level and what is left to the next. */
@Composable
internal fun LevelPanel(level: LevelView, modifier: Modifier = Modifier) {
    val words = Loyalty.words
    val benefit = level.benefit
    // A kiosk has the width for it, and needs the height for more than a phone shows at once.
    val beside = Loyalty.look.kiosk && !Loyalty.sizes.stacked
    Panel(modifier.semantics(mergeDescendants = true) {}) {
        Row(horizontalArrangement = Arrangement.spacedBy(16.dp), verticalAlignment = Alignment.CenterVertically) {
            Badge(Icons.star, size = if (Loyalty.look.kiosk) 80.dp else 44.dp)
            Column(Modifier.weight(1f)) {
                Soft(words.home.level)
                Text(level.name, style = Loyalty.type.heading, color = Loyalty.colours.text)
            }
            if (benefit != null && beside) Soft(benefit, align = TextAlign.End)
        }
        if (benefit != null && !beside) Text(benefit, Modifier.padding(top = Loyalty.sizes.gap), style = Loyalty.type.small, color = Loyalty.colours.textSoft)
        val permille = level.permille
        if (permille != null) {
            Spacer(Modifier.height(Loyalty.sizes.between))
            Bar(permille, thickness = if (Loyalty.look.kiosk) 20.dp else 10.dp)
        }
        val rest = level.left ?: words.home.levelTop.takeIf { level.top }
        if (rest != null) Text(rest, Modifier.padding(top = Loyalty.sizes.gap), style = Loyalty.type.smallStrong, color = Loyalty.colours.text)
    }
}

internal fun icon(direction: Direction): ImageVector = when (direction) {
    Direction.EARNED -> Icons.plus
    Direction.SPENT -> Icons.minus
    Direction.BURNED -> Icons.flame
    Direction.OTHER -> Icons.swap
}

@Composable
internal fun ink(direction: Direction): Color = when (direction) {
    Direction.EARNED -> Loyalty.colours.positive
    Direction.SPENT -> Loyalty.colours.text
    Direction.BURNED -> Loyalty.colours.negative
    Direction.OTHER -> Loyalty.colours.textSoft
}

/** One operation. The sign and the icon say what the colour says. */
@Composable
internal fun Operation(operation: OperationView, modifier: Modifier = Modifier, showDay: Boolean, showBalance: Boolean, onOpen: (() -> Unit)?) {
    val tap = if (onOpen == null) Modifier else Modifier.clickable(role = Role.Button, onClick = onOpen)
    val balance = operation.balanceAfter?.takeIf { showBalance }?.let(Loyalty.words.history::balanceAfter)
    // In large type there is no room for a sign beside the words.
    val signed = !Loyalty.sizes.stacked || Loyalty.look.kiosk
    Row(
        modifier.fillMaxWidth().then(tap).semantics(mergeDescendants = true) {}
            .heightIn(min = Loyalty.sizes.target + 16.dp)
            .padding(horizontal = Loyalty.sizes.inside, vertical = if (Loyalty.look.kiosk) 14.dp else 10.dp),
        horizontalArrangement = Arrangement.spacedBy(if (Loyalty.look.kiosk) 28.dp else 14.dp),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        if (signed) Badge(icon(operation.direction), ink = ink(operation.direction), size = if (Loyalty.look.kiosk) 72.dp else 40.dp)
        Column(Modifier.weight(1f)) {
            if (Loyalty.sizes.stacked) {
                Text(operation.title, style = Loyalty.type.strong, color = Loyalty.colours.text)
                Text(operation.sum, style = Loyalty.type.strong, color = ink(operation.direction))
            } else {
                // Sums stand below each other at the right, whatever the titles are.
                Row(horizontalArrangement = Arrangement.spacedBy(8.dp)) {
                    Text(operation.title, Modifier.weight(1f), style = Loyalty.type.strong, color = Loyalty.colours.text)
                    Text(operation.sum, style = Loyalty.type.strong, color = ink(operation.direction), softWrap = false)
                }
            }
            val time = if (showDay) "${operation.day}, ${operation.time}" else operation.time
            if (Loyalty.look.kiosk) {
                Soft(listOfNotNull(operation.venue, time).joinToString(" · "))
            } else {
                operation.venue?.let { Soft(it) }
                Beneath({ Soft(time) }, { if (balance != null) Soft(balance) })
            }
        }
    }
}

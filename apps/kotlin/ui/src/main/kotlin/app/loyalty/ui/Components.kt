package app.loyalty.ui

import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.defaultMinSize
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.offset
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.Icon
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.remember
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.draw.drawWithContent
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.geometry.Size
import androidx.compose.ui.graphics.Brush
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.paneTitle
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.TextStyle
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.Dp
import androidx.compose.ui.unit.dp
import app.loyalty.presenters.Cause
import app.loyalty.presenters.Problem
import app.loyalty.presenters.Wait

/** Weight of a button. */
internal enum class Emphasis { MAIN, ACCENT, SOFT, DANGER }

@Composable
internal fun Button(
    text: String,
    onClick: () -> Unit,
    modifier: Modifier = Modifier,
    emphasis: Emphasis = Emphasis.MAIN,
    icon: ImageVector? = null,
    enabled: Boolean = true,
    style: TextStyle = Loyalty.type.strong,
) {
    val colours = Loyalty.colours
    val (fill, ink) = when {
        !enabled -> colours.raised to colours.textSoft
        emphasis == Emphasis.MAIN -> colours.primary to colours.onPrimary
        emphasis == Emphasis.ACCENT -> colours.accent to colours.onAccent
        emphasis == Emphasis.SOFT -> colours.raised to colours.text
        else -> Color.Transparent to colours.negative
    }
    Row(
        modifier
            .clip(Loyalty.sizes.control)
            .background(fill)
            .clickable(enabled = enabled, role = Role.Button, onClick = onClick)
            .heightIn(min = Loyalty.sizes.button)
            .padding(horizontal = Loyalty.sizes.inside, vertical = Loyalty.sizes.gap),
        horizontalArrangement = Arrangement.Center,
        verticalAlignment = Alignment.CenterVertically,
    ) {
        if (icon != null) {
            Icon(icon, null, Modifier.padding(end = 12.dp).size(Loyalty.sizes.icon), tint = ink)
        }
        Text(text, style = style, color = ink, textAlign = TextAlign.Center)
    }
}

/** A number that stays in one line. */
internal fun String.unbroken(): String = replace(' ', '\u00a0')

/**
 * A button without a surface, for what is seldom wanted. [flush] says at which side its words stand in line with the
 * page's own, so that the ground of its touch reaches beyond them.
 */
@Composable
internal fun Link(text: String, onClick: () -> Unit, modifier: Modifier = Modifier, enabled: Boolean = true, flush: Alignment.Horizontal = Alignment.CenterHorizontally) {
    val shift = if (flush == Alignment.Start) -LINK_EDGE else if (flush == Alignment.End) LINK_EDGE else 0.dp
    Box(
        modifier
            .offset(x = shift)
            .clip(Loyalty.sizes.control)
            .clickable(enabled = enabled, role = Role.Button, onClick = onClick)
            .heightIn(min = Loyalty.sizes.target)
            .padding(horizontal = LINK_EDGE, vertical = Loyalty.sizes.gap),
        contentAlignment = Alignment.Center,
    ) {
        Text(
            text,
            style = Loyalty.type.strong,
            color = if (enabled) Loyalty.colours.primary else Loyalty.colours.textSoft,
            textAlign = TextAlign.Center,
        )
    }
}

/** How far the ground of a [Link] reaches beyond its words. */
internal val LINK_EDGE = 12.dp

@Composable
internal fun IconButton(icon: ImageVector, description: String, onClick: () -> Unit, modifier: Modifier = Modifier, tint: Color = Loyalty.colours.text) {
    Box(
        modifier
            .size(Loyalty.sizes.target)
            .clip(CircleShape)
            .clickable(role = Role.Button, onClick = onClick)
            .semantics { contentDescription = description },
        contentAlignment = Alignment.Center,
    ) {
        Icon(icon, null, Modifier.size(Loyalty.sizes.icon), tint = tint)
    }
}

/** A card on the page. */
@Composable
internal fun Panel(
    modifier: Modifier = Modifier,
    padding: PaddingValues = PaddingValues(Loyalty.sizes.inside),
    content: @Composable ColumnScope.() -> Unit,
) {
    Column(
        modifier
            .fillMaxWidth()
            .clip(Loyalty.sizes.card)
            .background(Loyalty.colours.surface)
            .border(1.dp, Loyalty.colours.hairline, Loyalty.sizes.card)
            .padding(padding),
        content = content,
    )
}

/** The heading of a part of a page. */
@Composable
internal fun Heading(text: String, modifier: Modifier = Modifier, color: Color = Loyalty.colours.text) {
    Text(text, modifier.semantics { heading() }, style = Loyalty.type.heading, color = color)
}

@Composable
internal fun Title(text: String, modifier: Modifier = Modifier, color: Color = Loyalty.colours.text, align: TextAlign = TextAlign.Start) {
    Text(text, modifier.semantics { heading() }, style = Loyalty.type.title, color = color, textAlign = align)
}

@Composable
internal fun Soft(text: String, modifier: Modifier = Modifier, align: TextAlign = TextAlign.Start) {
    Text(text, modifier, style = Loyalty.type.small, color = Loyalty.colours.textSoft, textAlign = align)
}

/** An icon on a round ground. */
@Composable
internal fun Badge(icon: ImageVector, modifier: Modifier = Modifier, ground: Color = Loyalty.colours.raised, ink: Color = Loyalty.colours.primary, size: Dp = 44.dp) {
    val grown = Loyalty.sizes.drawing(size)
    Box(modifier.size(grown).background(ground, CircleShape), contentAlignment = Alignment.Center) {
        Icon(icon, null, Modifier.size(grown * 0.52f), tint = ink)
    }
}

@Composable
internal fun Logo(modifier: Modifier, tint: Color) {
    val brand = Loyalty.look.brand
    Icon(remember(brand) { logo(brand.logoSide, brand.logoPaths) }, null, modifier, tint = tint)
}

/** What a [Notice] is about, which its icon says as well as its colour. */
internal enum class Tone { INFO, OFFLINE, WARNING, GOOD }

/** A sentence that the guest has to see, and is told by a screen reader when it appears. */
@Composable
internal fun Notice(text: String, modifier: Modifier = Modifier, tone: Tone = Tone.INFO, detail: String? = null, action: String? = null, onAction: () -> Unit = {}) {
    val colours = Loyalty.colours
    val (icon, ink) = when (tone) {
        Tone.INFO -> Icons.clock to colours.primary
        Tone.OFFLINE -> Icons.offline to colours.textSoft
        Tone.WARNING -> Icons.warning to colours.negative
        Tone.GOOD -> Icons.check to colours.positive
    }
    val edge = Loyalty.sizes.between
    Column(modifier.fillMaxWidth().clip(Loyalty.sizes.control).background(colours.raised).padding(edge, edge, edge, if (action == null) edge else 4.dp)) {
        Row(
            Modifier.semantics(mergeDescendants = true) { liveRegion = LiveRegionMode.Polite },
            horizontalArrangement = Arrangement.spacedBy(12.dp),
            verticalAlignment = Alignment.CenterVertically,
        ) {
            Icon(icon, null, Modifier.size(Loyalty.sizes.icon), tint = ink)
            Column(Modifier.weight(1f)) {
                Text(text, style = Loyalty.type.smallStrong, color = colours.text)
                if (detail != null) Soft(detail)
            }
        }
        if (action != null) Link(action, onAction, Modifier.align(Alignment.End), flush = Alignment.End)
    }
}

/** A failure, with the way on where there is one. */
@Composable
internal fun ProblemNotice(problem: Problem, modifier: Modifier = Modifier, onRetry: (() -> Unit)? = null) {
    val words = Loyalty.words
    Notice(
        problem.text(words),
        modifier,
        tone = if (problem.cause == Cause.OFFLINE) Tone.OFFLINE else Tone.WARNING,
        detail = if (problem.cause == Cause.UNEXPECTED || problem.cause == Cause.REJECTED) words.problem.code(problem.code) else null,
        action = words.action.retry.takeIf { onRetry != null },
        onAction = onRetry ?: {},
    )
}

/** Says that something is under way, once it takes long enough to be noticed; else keeps the place. */
@Composable
internal fun Waiting(wait: Wait, text: String, modifier: Modifier = Modifier) {
    val shown = wait == Wait.SHOWN || wait == Wait.STILL_TRYING
    if (!shown) return
    Row(
        modifier.semantics(mergeDescendants = true) { liveRegion = LiveRegionMode.Polite },
        horizontalArrangement = Arrangement.spacedBy(12.dp),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        Spinner(Modifier.size(Loyalty.sizes.icon))
        Text(
            if (wait == Wait.STILL_TRYING) Loyalty.words.progress.stillTrying else text,
            Modifier.weight(1f, fill = false),
            style = Loyalty.type.smallStrong,
            color = Loyalty.colours.textSoft,
        )
    }
}

/** A page that says one thing: an icon, a sentence, and what to do about it. */
@Composable
internal fun Message(icon: ImageVector, title: String, hint: String, modifier: Modifier = Modifier, actions: @Composable ColumnScope.() -> Unit = {}) {
    Column(
        modifier.fillMaxWidth().padding(Loyalty.sizes.edge),
        horizontalAlignment = Alignment.CenterHorizontally,
        verticalArrangement = Arrangement.spacedBy(Loyalty.sizes.between),
    ) {
        Badge(icon, size = if (Loyalty.look.kiosk) 200.dp else 96.dp)
        Title(title, align = TextAlign.Center)
        Text(hint, style = Loyalty.type.body, color = Loyalty.colours.textSoft, textAlign = TextAlign.Center)
        actions()
    }
}

/** What stands above a page and does not move with it. */
@Composable
internal fun PageTop(title: String, onBack: (() -> Unit)?) {
    Row(
        Modifier.fillMaxWidth().padding(start = if (onBack == null) Loyalty.sizes.edge else 8.dp, end = Loyalty.sizes.edge, top = 12.dp, bottom = 4.dp).heightIn(min = Loyalty.sizes.target),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        if (onBack != null) IconButton(Icons.back, Loyalty.words.action.back, onBack)
        Title(title, Modifier.weight(1f).padding(start = if (onBack == null) 0.dp else 4.dp))
    }
}

/** A page with a title and a way back. */
@Composable
internal fun Page(
    title: String,
    onBack: (() -> Unit)?,
    modifier: Modifier = Modifier,
    bottom: (@Composable ColumnScope.() -> Unit)? = null,
    content: @Composable ColumnScope.() -> Unit,
) {
    Column(modifier.fillMaxSize().background(Loyalty.colours.background).semantics { paneTitle = title }) {
        PageTop(title, onBack)
        Column(
            Modifier.weight(1f).fillMaxWidth().scrolling().padding(horizontal = Loyalty.sizes.edge, vertical = 12.dp),
            verticalArrangement = Arrangement.spacedBy(Loyalty.sizes.between),
            content = content,
        )
        if (bottom != null) BottomBar(content = bottom)
    }
}

/** What stays in reach while the page scrolls. */
@Composable
internal fun BottomBar(modifier: Modifier = Modifier, content: @Composable ColumnScope.() -> Unit) {
    Column(
        modifier.fillMaxWidth().background(Loyalty.colours.background).padding(horizontal = Loyalty.sizes.edge, vertical = 12.dp),
        verticalArrangement = Arrangement.spacedBy(Loyalty.sizes.gap),
        content = content,
    )
}

/** Scrolls what does not fit, and lets it disappear softly into [ground] at the bottom while there is more. */
@Composable
internal fun Modifier.scrolling(ground: Color = Loyalty.colours.background): Modifier {
    val scroll = rememberScrollState()
    return drawWithContent {
        drawContent()
        if (scroll.canScrollForward) {
            val top = size.height - FADING.toPx()
            drawRect(Brush.verticalGradient(listOf(ground.copy(alpha = 0f), ground), startY = top), Offset(0f, top), Size(size.width, FADING.toPx()))
        }
    }.verticalScroll(scroll)
}

private val FADING = 24.dp

/** A row that leads somewhere. */
@Composable
internal fun RowLink(icon: ImageVector, text: String, onClick: () -> Unit, modifier: Modifier = Modifier, detail: String? = null, ink: Color = Loyalty.colours.text) {
    Row(
        modifier
            .fillMaxWidth()
            .clickable(role = Role.Button, onClick = onClick)
            .heightIn(min = 60.dp)
            .padding(horizontal = Loyalty.sizes.inside, vertical = 10.dp),
        horizontalArrangement = Arrangement.spacedBy(16.dp),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        Icon(icon, null, Modifier.size(Loyalty.sizes.icon), tint = if (ink == Loyalty.colours.text) Loyalty.colours.primary else ink)
        Column(Modifier.weight(1f)) {
            Text(text, style = Loyalty.type.strong, color = ink)
            if (detail != null) Soft(detail)
        }
        Icon(Icons.chevron, null, Modifier.size(Loyalty.sizes.drawing(18.dp)), tint = Loyalty.colours.textSoft)
    }
}

/** Words on a small ground. */
@Composable
internal fun Chip(text: String, ground: Color, ink: Color, modifier: Modifier = Modifier, icon: ImageVector? = null) {
    Row(
        modifier.clip(CircleShape).background(ground).padding(horizontal = if (Loyalty.look.kiosk) 28.dp else 14.dp, vertical = if (Loyalty.look.kiosk) 14.dp else 8.dp),
        horizontalArrangement = Arrangement.spacedBy(8.dp),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        if (icon != null) Icon(icon, null, Modifier.size(Loyalty.sizes.icon * 0.75f), tint = ink)
        Text(text, style = Loyalty.type.smallStrong, color = ink)
    }
}

/** One of several choices. */
@Composable
internal fun Choice(text: String, chosen: Boolean, onClick: () -> Unit, modifier: Modifier = Modifier) {
    val colours = Loyalty.colours
    Row(
        modifier
            .clip(CircleShape)
            .background(if (chosen) colours.primary else colours.raised)
            .clickable(role = Role.RadioButton, onClick = onClick)
            .semantics { selectedAs(chosen) }
            .defaultMinSize(Loyalty.sizes.target, Loyalty.sizes.target)
            .padding(horizontal = if (Loyalty.look.kiosk) 32.dp else 14.dp, vertical = 8.dp),
        horizontalArrangement = Arrangement.spacedBy(6.dp, Alignment.CenterHorizontally),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        if (chosen) Icon(Icons.check, null, Modifier.size(Loyalty.sizes.icon * 0.75f), tint = colours.onPrimary)
        Text(text, style = Loyalty.type.smallStrong, color = if (chosen) colours.onPrimary else colours.text, textAlign = TextAlign.Center)
    }
}

/** A line of two texts that move under each other when they do not fit side by side. */
@Composable
internal fun Entry(name: String, value: String, modifier: Modifier = Modifier, strong: Boolean = false, ink: Color = Loyalty.colours.text) {
    FlowRow(
        modifier.fillMaxWidth().semantics(mergeDescendants = true) {},
        horizontalArrangement = Arrangement.SpaceBetween,
        itemVerticalAlignment = Alignment.CenterVertically,
    ) {
        Text(name, Modifier.padding(end = 16.dp), style = if (strong) Loyalty.type.heading else Loyalty.type.body, color = if (strong) ink else Loyalty.colours.textSoft)
        Text(value, style = if (strong) Loyalty.type.heading else Loyalty.type.strong, color = ink, textAlign = TextAlign.End)
    }
}

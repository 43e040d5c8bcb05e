package app.loyalty.ui

import androidx.compose.animation.core.LinearEasing
import androidx.compose.animation.core.RepeatMode
import androidx.compose.animation.core.animateFloat
import androidx.compose.animation.core.infiniteRepeatable
import androidx.compose.animation.core.rememberInfiniteTransition
import androidx.compose.animation.core.tween
import androidx.compose.foundation.Canvas
import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.geometry.Size
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.StrokeCap
import androidx.compose.ui.graphics.drawscope.Stroke
import androidx.compose.ui.semantics.SemanticsPropertyReceiver
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.selected
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.Dp
import androidx.compose.ui.unit.dp
import app.loyalty.presenters.Grid

internal fun SemanticsPropertyReceiver.selectedAs(chosen: Boolean) {
    selected = chosen
}

/** Something is under way. It stands still where the system asks for little motion. */
@Composable
internal fun Spinner(modifier: Modifier, ink: Color = Loyalty.colours.primary) {
    val turning = !Loyalty.look.still
    val angle = if (turning) {
        val transition = rememberInfiniteTransition()
        val turned by transition.animateFloat(0f, 360f, infiniteRepeatable(tween(900, easing = LinearEasing), RepeatMode.Restart))
        turned
    } else {
        0f
    }
    Canvas(modifier) {
        val width = size.minDimension * 0.12f
        val inset = Offset(width, width)
        val round = Size(size.width - 2 * width, size.height - 2 * width)
        drawArc(ink.copy(alpha = 0.24f), 0f, 360f, false, inset, round, style = Stroke(width))
        drawArc(ink, angle - 90f, 100f, false, inset, round, style = Stroke(width, cap = StrokeCap.Round))
    }
}

/** What is left of something, as a ring. */
@Composable
internal fun Ring(permille: Int, modifier: Modifier, ink: Color = Loyalty.colours.primary) {
    Canvas(modifier) {
        val width = size.minDimension * 0.12f
        val inset = Offset(width / 2, width / 2)
        val round = Size(size.width - width, size.height - width)
        drawArc(ink.copy(alpha = 0.2f), 0f, 360f, false, inset, round, style = Stroke(width))
        drawArc(ink, -90f, permille * 0.36f, false, inset, round, style = Stroke(width, cap = StrokeCap.Round))
    }
}

/** How far something is, as a bar. */
@Composable
internal fun Bar(permille: Int, modifier: Modifier = Modifier, thickness: Dp = 10.dp, ground: Color = Loyalty.colours.raised, ink: Color = Loyalty.colours.accent) {
    Box(modifier.fillMaxWidth().height(thickness).clip(CircleShape).background(ground)) {
        Box(Modifier.fillMaxHeight().fillMaxWidth(permille.coerceIn(0, 1000) / 1000f).clip(CircleShape).background(ink))
    }
}

/** The place of something that has not arrived. */
@Composable
internal fun Placeholder(modifier: Modifier, ground: Color = Loyalty.colours.raised) {
    Box(modifier.clip(RoundedCornerShape(12.dp)).background(ground))
}

/** A code for a scanner: black on white in every theme, because scanners want it so. */
@Composable
internal fun Code(grid: Grid, description: String, modifier: Modifier) {
    Canvas(modifier.semantics { contentDescription = description }) {
        // Whole pixels, else a scanner sees grey edges.
        val module = (size.width / grid.width).toInt().coerceAtLeast(1).toFloat()
        val tall = if (grid.height == 1) size.height else module
        val left = ((size.width - module * grid.width) / 2).toInt().toFloat()
        val top = if (grid.height == 1) 0f else ((size.height - module * grid.height) / 2).toInt().toFloat()
        for (y in 0 until grid.height) for (x in 0 until grid.width) {
            if (grid.isDark(x, y)) drawRect(Color.Black, Offset(left + x * module, top + y * tall), Size(module, tall))
        }
    }
}

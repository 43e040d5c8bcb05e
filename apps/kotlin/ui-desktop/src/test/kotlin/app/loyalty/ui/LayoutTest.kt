package app.loyalty.ui

import androidx.compose.ui.ExperimentalComposeUiApi
import androidx.compose.ui.ImageComposeScene
import androidx.compose.ui.geometry.Rect
import androidx.compose.ui.geometry.Size
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.isSpecified
import androidx.compose.ui.graphics.luminance
import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.SemanticsNode
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.semantics.getOrNull
import androidx.compose.ui.text.TextLayoutResult
import app.loyalty.ui.fixtures.Fixture
import app.loyalty.ui.fixtures.Fixtures
import app.loyalty.ui.fixtures.Format
import org.jetbrains.skia.Bitmap
import org.jetbrains.skia.Image
import org.junit.Assert.assertEquals
import org.junit.Test

/** Goes through every fixture in every variant and measures what a guest has to read and to touch. */
class LayoutTest {
    @Test
    fun `on the phone no text is cut, covered or too pale, and no target too small`() = check(Fixtures.phone)

    @Test
    fun `on a kiosk no text is cut, covered or too pale, and no target too small`() = check(Fixtures.kiosk)

    private fun check(fixtures: List<Fixture>) {
        val faults = fixtures.flatMap { fixture ->
            Variant.all.flatMap { variant ->
                drawn(fixture, variant, density = 1f) { scene, image ->
                    faults(scene, image, fixture.format).map { "${fixture.name} ${variant.name}: $it" }
                }
            }
        }
        assertEquals("", faults.joinToString("\n"))
    }
}

/** What is wrong with what is drawn. Everything is measured at one pixel a dp. */
@OptIn(ExperimentalComposeUiApi::class)
internal fun faults(scene: ImageComposeScene, image: Image, format: Format): List<String> {
    val pixels = Bitmap.makeFromImage(image)
    val nodes = scene.semanticsOwners.flatMap { owner -> owner.unmergedRootSemanticsNode.withDescendants() }
    val window = Rect(0f, 0f, format.width.toFloat(), format.height.toFloat())
    // What lies under a question cannot be read or touched.
    val top = nodes.lastOrNull { it.config.contains(SemanticsActions.Dismiss) }
    val seen = top?.withDescendants() ?: nodes
    return seen.flatMap { node -> cut(node) + small(node, format) + pale(node, pixels, window) } + overlapping(seen)
}

private fun SemanticsNode.withDescendants(): List<SemanticsNode> = listOf(this) + children.flatMap(SemanticsNode::withDescendants)

private fun SemanticsNode.layoutResult(): TextLayoutResult? {
    val results = mutableListOf<TextLayoutResult>()
    config.getOrNull(SemanticsActions.GetTextLayoutResult)?.action?.invoke(results)
    return results.firstOrNull()
}

private fun SemanticsNode.name(): String =
    config.getOrNull(SemanticsProperties.Text)?.joinToString(" ")
        ?: config.getOrNull(SemanticsProperties.ContentDescription)?.joinToString(" ")
        ?: "node ${layoutInfo.width}x${layoutInfo.height}"

private fun SemanticsNode.scrolls(): Boolean = generateSequence(this) { it.parent }.any {
    it.config.contains(SemanticsProperties.VerticalScrollAxisRange) || it.config.contains(SemanticsProperties.HorizontalScrollAxisRange)
}

/** Whether the node's text does not fit, or the node is cut off where nothing scrolls it into view. */
private fun cut(node: SemanticsNode): List<String> = buildList {
    val text = node.layoutResult() ?: return@buildList
    // What is typed may be longer than its field, which scrolls; and nothing cannot be cut.
    if (node.config.contains(SemanticsActions.SetText) || text.layoutInput.text.isBlank()) return@buildList
    val width = (0 until text.lineCount).maxOf { text.getLineRight(it) - text.getLineLeft(it) }
    if (width > text.size.width + 1 || text.getLineBottom(text.lineCount - 1) > text.size.height + 1) {
        add("`${node.name()}` does not fit into ${text.size}")
    }
    if (text.multiParagraph.didExceedMaxLines) add("`${node.name()}` has lines that are not shown")
    val letters = text.layoutInput.text.text
    // An address has no better place to break.
    if ('@' !in letters) for (line in 0 until text.lineCount - 1) {
        val end = text.getLineEnd(line)
        if (end in 1 until letters.length && letters[end - 1].isLetter() && letters[end].isLetter()) {
            add("`${node.name()}` is broken inside a word at $end")
        }
    }
    val whole = Rect(node.positionInRoot, Size(node.size.width.toFloat(), node.size.height.toFloat()))
    val visible = node.boundsInRoot
    val sideways = visible.width > 0 && (visible.width + 1 < whole.width)
    val upright = visible.height + 1 < whole.height
    if (sideways) add("`${node.name()}` is cut at a side")
    if (upright && !node.scrolls()) add("`${node.name()}` is cut off")
}

/** Texts that stand in each other's place. */
private fun overlapping(nodes: List<SemanticsNode>): List<String> {
    val texts = nodes.filter { it.layoutResult()?.layoutInput?.text?.isNotBlank() == true }.map { it to it.boundsInRoot }
    return texts.flatMapIndexed { place, (one, here) ->
        texts.drop(place + 1).filter { (other, there) ->
            val common = here.intersect(there)
            // A node and what it is made of say the same.
            common.width > 2 && common.height > 2 && !one.contains(other) && !other.contains(one)
        }.map { (other, _) -> "`${one.name()}` and `${other.name()}` overlap" }
    }
}

private fun SemanticsNode.contains(other: SemanticsNode): Boolean = generateSequence(other) { it.parent }.any { it.id == id }

private fun small(node: SemanticsNode, format: Format): List<String> {
    val config = node.config
    if (!config.contains(SemanticsActions.OnClick) || config.contains(SemanticsProperties.Disabled)) return emptyList()
    if (config.contains(SemanticsActions.SetText)) return emptyList()
    val least = if (format.kiosk) 72 else 48
    val size = node.size
    return if (size.width < least || size.height < least) listOf("`${node.name()}` is ${size.width}x${size.height}, less than $least") else emptyList()
}

/** Whether a text is too close in colour to what lies around its letters. */
private fun pale(node: SemanticsNode, pixels: Bitmap, window: Rect): List<String> {
    val layout = node.layoutResult() ?: return emptyList()
    if (node.config.contains(SemanticsProperties.Disabled) || node.name().isBlank()) return emptyList()
    // What has half scrolled away is read when it has been scrolled back.
    if (node.scrolls() && node.boundsInRoot.height + 1 < node.size.height) return emptyList()
    val ink = layout.layoutInput.style.color.takeIf { it.isSpecified && it.alpha == 1f } ?: return emptyList()
    // Around a field there is its outline.
    val inset = if (node.config.contains(SemanticsActions.SetText)) 6f else 0f
    val area = node.boundsInRoot.deflate(inset).intersect(window)
    if (area.width < 4 || area.height < 4) return emptyList()
    val contrast = contrast(ink, ground(pixels, area))
    return if (contrast < 4.5f) listOf("`${node.name()}` has a contrast of $contrast") else emptyList()
}

/** What lies around a text: the most frequent colour of its edge, where few letters are, gradients in coarse steps. */
private fun ground(pixels: Bitmap, area: Rect): Color {
    val (left, right) = area.left.toInt() to area.right.toInt() - 1
    val (top, bottom) = area.top.toInt() to area.bottom.toInt() - 1
    val edge = (left..right).flatMap { x -> listOf(x to top, x to bottom) } + (top..bottom).flatMap { y -> listOf(left to y, right to y) }
    val colours = edge.map { (x, y) -> pixels.getColor(x, y) }
    return Color(colours.groupBy { it and STEPS }.values.maxBy(List<Int>::size).first())
}

private const val STEPS = 0xFFE0E0E0.toInt()

internal fun contrast(one: Color, other: Color): Float {
    val (dark, light) = listOf(one.luminance(), other.luminance()).sorted()
    return (light + 0.05f) / (dark + 0.05f)
}


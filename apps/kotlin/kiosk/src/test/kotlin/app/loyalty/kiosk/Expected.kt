package app.loyalty.kiosk

import androidx.compose.ui.ExperimentalComposeUiApi
import androidx.compose.ui.ImageComposeScene
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.geometry.Rect
import androidx.compose.ui.semantics.SemanticsNode
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.semantics.getOrNull
import androidx.compose.ui.unit.Density
import app.loyalty.presenters.kiosk.KioskState
import app.loyalty.presenters.kiosk.Stage
import app.loyalty.ui.Look
import app.loyalty.ui.LoyaltyTheme
import app.loyalty.ui.kiosk.KioskScreen
import app.loyalty.words.Brand
import app.loyalty.words.Language
import java.awt.Rectangle
import java.awt.image.BufferedImage
import java.io.ByteArrayInputStream
import javax.imageio.ImageIO
import kotlin.math.roundToInt
import org.jetbrains.skia.EncodedImageFormat

/** What a screen of the kiosk looks like and where its buttons are, by its own layout. */
@OptIn(ExperimentalComposeUiApi::class)
internal object Expected {
    const val WIDTH = 1080
    const val HEIGHT = 1920

    fun picture(stage: Stage): BufferedImage = scene(stage) { scene ->
        ImageIO.read(ByteArrayInputStream(scene.render(2_000_000_000).encodeToData(EncodedImageFormat.PNG)!!.bytes))
    }

    /** The middle of what says, or is described as, [text]. */
    fun place(stage: Stage, text: String): Pair<Int, Int> {
        val middle: Offset = bounds(stage, text).center
        return middle.x.roundToInt() to middle.y.roundToInt()
    }

    /** Where on the screen that is. */
    fun area(stage: Stage, text: String): Rectangle {
        val bounds = bounds(stage, text)
        return Rectangle(bounds.left.roundToInt(), bounds.top.roundToInt(), bounds.width.roundToInt(), bounds.height.roundToInt())
    }

    private fun bounds(stage: Stage, text: String): Rect = scene(stage) { scene ->
        val nodes = scene.semanticsOwners.flatMap { owner -> withDescendants(owner.unmergedRootSemanticsNode) }
        val node = nodes.last { node ->
            node.config.getOrNull(SemanticsProperties.Text).orEmpty().any { it.text == text } ||
                text in node.config.getOrNull(SemanticsProperties.ContentDescription).orEmpty()
        }
        node.boundsInRoot
    }

    /** The middle of the venue's sign, which says nothing of what holding it does. */
    fun sign(stage: Stage): Pair<Int, Int> = scene(stage) { scene ->
        val nodes = scene.semanticsOwners.flatMap { owner -> withDescendants(owner.unmergedRootSemanticsNode) }
        val middle = nodes.first { SemanticsProperties.Heading in it.config && SemanticsProperties.Text !in it.config }.boundsInRoot.center
        middle.x.roundToInt() to middle.y.roundToInt()
    }

    private fun withDescendants(node: SemanticsNode): List<SemanticsNode> = listOf(node) + node.children.flatMap(::withDescendants)

    private fun <T> scene(stage: Stage, use: (ImageComposeScene) -> T): T {
        val scene = ImageComposeScene(WIDTH, HEIGHT, Density(1f)) {
            LoyaltyTheme(Look(Brand.VENUE, Language.RU, dark = false, typeface(), kiosk = true)) {
                KioskScreen(KioskState(Language.RU, stage)) {}
            }
        }
        try {
            repeat(3) { scene.render(it * 100_000_000L) }
            return use(scene)
        } finally {
            scene.close()
        }
    }
}

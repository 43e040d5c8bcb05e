package app.loyalty.ui

import app.loyalty.ui.fixtures.Fixtures
import app.loyalty.words.Brand
import app.loyalty.words.Language
import java.io.File
import org.jetbrains.skia.EncodedImageFormat
import org.jetbrains.skia.Image
import org.jetbrains.skia.Rect
import org.jetbrains.skia.SamplingMode
import org.jetbrains.skia.Surface
import org.junit.Assume.assumeTrue
import org.junit.Test

/** Pictures to be looked at; drawn only when `cargo xtask screens` asks. */
class GalleryTest {
    @Test
    fun `the gallery is drawn`() {
        val wanted = System.getProperty("fixture").orEmpty()
        assumeTrue("`cargo xtask screens FIXTURE` names what to draw", wanted.isNotEmpty())
        for (fixture in Fixtures.all.filter { Regex(wanted).matches(it.name) }) for (variant in Variant.all) {
            val folder = File(checkout, "target/gallery/${variant.name}").apply { mkdirs() }
            drawn(fixture, variant, if (fixture.format.kiosk) 0.5f else 1f) { _, image ->
                File(folder, "${fixture.name}.png").writeBytes(image.encodeToData(EncodedImageFormat.PNG)!!.bytes)
            }
        }
    }

    @Test
    fun `the contact sheet is drawn`() {
        assumeTrue("drawn by `cargo xtask screens`", System.getProperty("bless").toBoolean())
        val named = Fixtures.all.associateBy { it.name }
        val rows = listOf(
            Variant(Language.RU, dark = false, 1f) to listOf("sign-in", "home", "card", "burn", "history", "receipt", "kiosk-tall-attract", "kiosk-tall-result"),
            Variant(Language.EN, dark = true, 1f) to listOf("code-typed", "home", "profile", "burn", "history", "programme", "kiosk-tall-identify-typed", "kiosk-tall-result"),
            Variant(Language.RU, dark = false, 1f, Brand.SAMPLES[0]) to listOf("sign-in", "home", "card", "kiosk-tall-attract"),
            Variant(Language.EN, dark = true, 1f, Brand.SAMPLES[1]) to listOf("sign-in", "home", "card", "kiosk-tall-attract"),
        )
        val pictures = rows.map { (variant, names) -> names.map { name -> drawn(named.getValue(name), variant, if (named.getValue(name).format.kiosk) 0.5f else 1f) { _, image -> copy(image) } } }
        val lines = listOf(pictures[0], pictures[1], pictures[2] + pictures[3])
        val surface = Surface.makeRasterN32Premul(lines.maxOf { line -> line.sumOf { width(it) + GAP } } + GAP, lines.size * (HEIGHT + GAP) + GAP)
        surface.canvas.clear(0xFFE9E4DE.toInt())
        for ((place, line) in lines.withIndex()) {
            var left = GAP
            for (picture in line) {
                val top = (GAP + place * (HEIGHT + GAP)).toFloat()
                surface.canvas.drawImageRect(
                    picture,
                    Rect.makeWH(picture.width.toFloat(), picture.height.toFloat()),
                    Rect.makeXYWH(left.toFloat(), top, width(picture).toFloat(), HEIGHT.toFloat()),
                    SamplingMode.MITCHELL, null, true,
                )
                left += width(picture) + GAP
            }
        }
        File(checkout, "docs/screens.png").writeBytes(surface.makeImageSnapshot().encodeToData(EncodedImageFormat.PNG)!!.bytes)
    }

    private fun copy(image: Image): Image = Image.makeFromEncoded(image.encodeToData(EncodedImageFormat.PNG)!!.bytes)

    private fun width(image: Image): Int = image.width * HEIGHT / image.height

    private companion object {
        const val HEIGHT = 420
        const val GAP = 16
    }
}

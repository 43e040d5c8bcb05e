package app.loyalty.ui

import app.loyalty.ui.fixtures.Fixtures
import java.io.File
import org.jetbrains.skia.EncodedImageFormat
import org.junit.Test

/**
 * Draws the fixtures whose names match the property `fixture` in every variant into `target/gallery`, to be looked at; it
 * checks nothing, and `cargo xtask screens` alone asks for it.
 */
class GalleryTest {
    @Test
    fun `the gallery is drawn`() {
        val wanted = System.getProperty("fixture").orEmpty().ifEmpty { return }
        for (fixture in Fixtures.all.filter { Regex(wanted).matches(it.name) }) for (variant in Variant.all) {
            val folder = File(checkout, "target/gallery/${variant.name}").apply { mkdirs() }
            drawn(fixture, variant, if (fixture.format.kiosk) 0.5f else 1f) { _, image ->
                File(folder, "${fixture.name}.png").writeBytes(image.encodeToData(EncodedImageFormat.PNG)!!.bytes)
            }
        }
    }
}

package app.loyalty.ui

import app.loyalty.ui.fixtures.Fixtures
import java.io.File
import org.jetbrains.skia.EncodedImageFormat
import org.junit.Test

/** Draws every fixture in every variant into `target/gallery`, to be looked at. */
class GalleryTest {
    @Test
    fun `every fixture is drawn in every variant`() {
        val wanted = System.getProperty("fixture") ?: return
        for (fixture in Fixtures.all.filter { Regex(wanted).matches(it.name) }) for (variant in Variant.all) {
            val folder = File(checkout, "target/gallery/${variant.name}").apply { mkdirs() }
            drawn(fixture, variant, if (fixture.format.kiosk) 0.5f else 1f) { _, image ->
                File(folder, "${fixture.name}.png").writeBytes(image.encodeToData(EncodedImageFormat.PNG)!!.bytes)
            }
        }
    }
}

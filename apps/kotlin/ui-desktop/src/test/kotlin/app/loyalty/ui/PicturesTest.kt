package app.loyalty.ui

import app.loyalty.ui.fixtures.Fixture
import app.loyalty.ui.fixtures.Fixtures
import java.io.File
import kotlin.math.abs
import org.jetbrains.skia.Bitmap
import org.jetbrains.skia.EncodedImageFormat
import org.jetbrains.skia.Image
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test

/**
 * Holds what is drawn against the pictures that were looked at and committed, two a fixture.
 *
 * `cargo xtask screens` draws them anew: into the folder of the committed ones, and all variants into `target/gallery`.
 */
class PicturesTest {
    private val kept = File(checkout, "apps/kotlin/ui/pictures")
    private val bless = System.getProperty("bless").toBoolean()

    @Test
    fun `every fixture looks as it did when somebody looked at it`() {
        val faults = Fixtures.all.flatMap { fixture -> Variant.kept.mapNotNull { variant -> compared(fixture, variant) } }
        assertEquals("", faults.joinToString("\n"))
    }

    @Test
    fun `there are no pictures of what is no fixture, and all together stay small`() {
        val expected = Fixtures.all.flatMap { fixture -> Variant.kept.map { "${fixture.name}.${it.name}.webp" } }.toSet()
        val files = kept.listFiles().orEmpty().filter { it.extension == "webp" }
        assertEquals(expected.sorted(), files.map(File::getName).sorted())
        assertTrue(files.sumOf(File::length) < 12_000_000)
    }

    @Test
    fun `a picture that differs in one line of text is noticed`() {
        val fixture = Fixtures.phone.first { it.name == "code-wrong" }
        val other = Fixtures.phone.first { it.name == "code-expired" }
        drawn(fixture, Variant.kept[0], 1f) { _, one ->
            val pixels = Bitmap.makeFromImage(one)
            drawn(other, Variant.kept[0], 1f) { _, two -> assertTrue(differing(pixels, Bitmap.makeFromImage(two)) > SHARE) }
        }
    }

    private fun compared(fixture: Fixture, variant: Variant): String? = drawn(fixture, variant, density(fixture)) { _, image ->
        val file = File(kept, "${fixture.name}.${variant.name}.webp")
        // At this quality nothing is lost, in three quarters of what PNG would take.
        val picture = image.encodeToData(EncodedImageFormat.WEBP, LOSSLESS)!!.bytes
        val share = if (file.exists()) {
            val before = Bitmap.makeFromImage(Image.makeFromEncoded(file.readBytes()))
            differing(before, Bitmap.makeFromImage(Image.makeFromEncoded(picture)))
        } else {
            1.0
        }
        if (share <= SHARE) return@drawn null
        if (bless) {
            file.apply { parentFile.mkdirs() }.writeBytes(picture)
            return@drawn null
        }
        File(checkout, "target/gallery/differs").apply { mkdirs() }.resolve(file.name).writeBytes(picture)
        "${file.name}: ${share * 100} % of the pixels differ; what was drawn is in target/gallery/differs"
    }

    private fun density(fixture: Fixture) = if (fixture.format.kiosk) 0.5f else 1f

    /** The share of pixels of which a channel differs by more than the rounding of two machines. */
    private fun differing(one: Bitmap, other: Bitmap): Double {
        if (one.width != other.width || one.height != other.height) return 1.0
        var differ = 0
        for (y in 0 until one.height) for (x in 0 until one.width) if (apart(one.getColor(x, y), other.getColor(x, y))) differ++
        return differ.toDouble() / (one.width * one.height)
    }

    private fun apart(one: Int, other: Int): Boolean = listOf(0, 8, 16).any { abs((one shr it and 255) - (other shr it and 255)) > TOLERANCE }

    private companion object {
        const val TOLERANCE = 2
        const val LOSSLESS = 100
        const val SHARE = 0.001
    }
}

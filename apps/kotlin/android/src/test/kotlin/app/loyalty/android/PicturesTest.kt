package app.loyalty.android

import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.os.Handler
import android.os.Looper
import android.view.PixelCopy
import androidx.activity.compose.setContent
import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.safeDrawingPadding
import androidx.compose.ui.Modifier
import androidx.compose.ui.text.font.Font
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.font.FontWeight
import app.loyalty.ui.Look
import app.loyalty.ui.Loyalty
import app.loyalty.ui.LoyaltyTheme
import app.loyalty.ui.fixtures.Fixtures
import app.loyalty.words.Brand
import app.loyalty.words.Language
import java.io.File
import kotlin.math.abs
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.robolectric.Shadows.shadowOf

/**
 * Holds a few screens, as Android's own Compose draws them into the app's window, against the pictures that were looked at
 * and committed. All states are drawn and measured on the desktop; here it is shown that the same source looks the same.
 */
class PicturesTest : PhoneTest() {
    private val checkout = File(System.getProperty("checkout")).canonicalFile
    private val kept = File(checkout, "apps/kotlin/android/pictures")
    private val bless = System.getProperty("bless").toBoolean()

    @Test
    fun `the screens look as they did when somebody looked at them`() {
        start()
        awaitText(words.signIn.title)
        val faults = DRAWN.flatMap { name -> listOf(Language.RU to false, Language.EN to true).mapNotNull { (language, dark) -> compared(name, language, dark) } }
        assertEquals("", faults.joinToString("\n"))
    }

    @Test
    fun `pictures of different screens differ`() {
        start()
        awaitText(words.signIn.title)
        val (one, other) = listOf("code-wrong", "code-expired").map { drawn(it, Language.RU, dark = false) }
        assertTrue(differing(one, other) > SHARE)
    }

    @Test
    fun `there are no other pictures, and all together stay small`() {
        val names = DRAWN.flatMap { name -> listOf("$name.light-ru.webp", "$name.dark-en.webp") }
        val files = kept.listFiles().orEmpty()
        assertEquals(names.sorted(), files.map(File::getName).sorted())
        assertTrue(files.sumOf(File::length) < 1_000_000)
    }

    private fun drawn(name: String, language: Language, dark: Boolean): Bitmap {
        val fixture = Fixtures.phone.first { it.name == name }
        rule.runOnIdle {
            activity.setContent {
                LoyaltyTheme(Look(Brand.VENUE, language, dark, fonts, still = true)) {
                    Box(Modifier.fillMaxSize().background(Loyalty.colours.background).safeDrawingPadding()) { fixture.show(language) }
                }
            }
        }
        rule.waitForIdle()
        val view = activity.window.decorView
        val bitmap = Bitmap.createBitmap(view.width, view.height, Bitmap.Config.ARGB_8888)
        var result = -1
        rule.runOnIdle { PixelCopy.request(activity.window, bitmap, { result = it }, Handler(Looper.getMainLooper())) }
        rule.waitForIdle()
        shadowOf(Looper.getMainLooper()).idle()
        assertEquals(PixelCopy.SUCCESS, result)
        return bitmap
    }

    private fun compared(name: String, language: Language, dark: Boolean): String? {
        val bitmap = drawn(name, language, dark)
        val file = File(kept, "$name.${if (dark) "dark" else "light"}-${language.code}.webp")
        val share = if (file.exists()) differing(BitmapFactory.decodeFile(file.path), bitmap) else 1.0
        if (share <= SHARE) return null
        val place = if (bless) file else File(checkout, "target/gallery/differs/android/${file.name}")
        place.apply { parentFile.mkdirs() }.outputStream().use { bitmap.compress(Bitmap.CompressFormat.WEBP_LOSSLESS, 100, it) }
        return if (bless) null else "${file.name}: ${share * 100} % of the pixels differ; what was drawn is in $place"
    }

    /** The share of pixels of which a channel differs by more than the rounding of two machines. */
    private fun differing(one: Bitmap, other: Bitmap): Double {
        if (one.width != other.width || one.height != other.height) return 1.0
        val (ours, theirs) = listOf(one, other).map { bitmap -> IntArray(bitmap.width * bitmap.height).also { bitmap.getPixels(it, 0, bitmap.width, 0, 0, bitmap.width, bitmap.height) } }
        return ours.indices.count { at -> apart(ours[at], theirs[at]) }.toDouble() / ours.size
    }

    private fun apart(one: Int, other: Int) = listOf(0, 8, 16).any { abs((one shr it and 255) - (other shr it and 255)) > TOLERANCE }

    private companion object {
        val DRAWN = listOf("home", "card", "profile")
        const val TOLERANCE = 2
        const val SHARE = 0.001
        val fonts = FontFamily(Font(R.font.onest_regular, FontWeight.Normal), Font(R.font.onest_medium, FontWeight.Medium), Font(R.font.onest_bold, FontWeight.Bold))
    }
}

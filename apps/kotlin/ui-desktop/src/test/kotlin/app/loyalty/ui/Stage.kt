package app.loyalty.ui

import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.ui.ExperimentalComposeUiApi
import androidx.compose.ui.ImageComposeScene
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.platform.Font
import androidx.compose.ui.unit.Density
import app.loyalty.ui.fixtures.Fixture
import app.loyalty.words.Brand
import app.loyalty.words.Language
import java.io.File
import org.jetbrains.skia.Image

/** The bundled typeface. */
internal val onest = FontFamily(
    listOf("Regular" to FontWeight.Normal, "Medium" to FontWeight.Medium, "Bold" to FontWeight.Bold).map { (name, weight) ->
        val path = "typeface/Onest-$name.ttf"
        Font(path, Look::class.java.getResourceAsStream("/$path")!!.readBytes(), weight)
    },
)

/** In which variant a fixture is drawn. */
internal data class Variant(val language: Language, val dark: Boolean, val fontScale: Float, val brand: Brand = Brand.VENUE) {
    val name: String get() = "${if (dark) "dark" else "light"}-${language.code}-${fontScale.toInt()}"

    companion object {
        val all: List<Variant> = Language.entries.flatMap { language ->
            listOf(false, true).flatMap { dark -> listOf(1f, 2f).map { Variant(language, dark, it) } }
        }

        /** The two that are committed. */
        val kept: List<Variant> = listOf(Variant(Language.RU, dark = false, 1f), Variant(Language.EN, dark = true, 2f))
    }
}

/** A scene with the fixture in it, drawn until it stands still. Density is pixels a dp. */
@OptIn(ExperimentalComposeUiApi::class)
internal fun <T> drawn(fixture: Fixture, variant: Variant, density: Float, use: (ImageComposeScene, Image) -> T): T {
    val width = (fixture.format.width * density).toInt()
    val height = (fixture.format.height * density).toInt()
    val scene = ImageComposeScene(width, height, Density(density)) {
        CompositionLocalProvider(LocalDensity provides Density(density, variant.fontScale)) {
            LoyaltyTheme(Look(variant.brand, variant.language, variant.dark, onest, kiosk = fixture.format.kiosk, still = true)) {
                fixture.show(variant.language)
            }
        }
    }
    try {
        for (frame in 0..2) scene.render(frame * 100_000_000L).close()
        return scene.render(1_000_000_000L).use { image -> use(scene, image) }
    } finally {
        scene.close()
    }
}

internal val checkout = File(System.getProperty("checkout")).canonicalFile

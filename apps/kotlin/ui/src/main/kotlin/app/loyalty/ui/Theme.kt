package app.loyalty.ui

import app.loyalty.words.Brand
import app.loyalty.words.Language
import app.loyalty.words.Palette
import app.loyalty.words.Words
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material.ripple.RippleAlpha
import androidx.compose.material3.ColorScheme
import androidx.compose.material3.ExperimentalMaterial3Api
import androidx.compose.material3.LocalContentColor
import androidx.compose.material3.LocalRippleConfiguration
import androidx.compose.material3.LocalTextStyle
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.RippleConfiguration
import androidx.compose.material3.Typography
import androidx.compose.material3.darkColorScheme
import androidx.compose.material3.lightColorScheme
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.Immutable
import androidx.compose.runtime.ReadOnlyComposable
import androidx.compose.runtime.remember
import androidx.compose.runtime.staticCompositionLocalOf
import androidx.compose.ui.graphics.Brush
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.text.TextStyle
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.style.LineHeightStyle
import androidx.compose.ui.unit.Dp
import androidx.compose.ui.unit.TextUnit
import androidx.compose.ui.unit.dp
import androidx.compose.ui.unit.sp

/** What the program that shows the screens decides for all of them. */
@Immutable
class Look(
    val brand: Brand,
    val language: Language,
    val dark: Boolean,
    val fonts: FontFamily,
    /** Whether this is a kiosk: larger type and targets, read from an arm's length. */
    val kiosk: Boolean = false,
    /** Whether the system asks for little motion. */
    val still: Boolean = false,
)

/** The brand's colours as Compose has them. */
@Immutable
class Colours(palette: Palette, val dark: Boolean) {
    val background = Color(palette.background)
    val surface = Color(palette.surface)
    val raised = Color(palette.raised)
    val text = Color(palette.text)
    val textSoft = Color(palette.textSoft)
    val outline = Color(palette.outline)
    val primary = Color(palette.primary)
    val onPrimary = Color(palette.onPrimary)
    val onHero = Color(palette.onHero)
    val accent = Color(palette.accent)
    val onAccent = Color(palette.onAccent)
    val positive = Color(palette.positive)
    val negative = Color(palette.negative)
    val heroStart = Color(palette.heroStart)
    val heroEnd = Color(palette.heroEnd)

    /** Between surfaces, where nothing has to be read. */
    val hairline = outline.copy(alpha = 0.24f)
    val hero: Brush = Brush.linearGradient(listOf(heroStart, heroEnd))
}

/** The sizes of type, for a hand's or an arm's distance. */
@Immutable
class Type(fonts: FontFamily, kiosk: Boolean, fontScale: Float) {
    /** What is large already grows less, as the systems themselves do, so that a long word keeps fitting into a line. */
    private val held = minOf(fontScale, MOST_OF_TITLES) / fontScale

    /** A phone number has to stay whole in its field, and a digit on its key. */
    private val whole = minOf(fontScale, MOST_OF_DIGITS) / fontScale

    private val base = TextStyle(
        fontFamily = fonts,
        lineHeightStyle = LineHeightStyle(LineHeightStyle.Alignment.Center, LineHeightStyle.Trim.None),
    )

    private fun style(size: TextUnit, line: TextUnit, weight: FontWeight, kioskScale: Float, kiosk: Boolean, features: String? = null): TextStyle {
        val factor = if (kiosk) kioskScale else 1f
        return base.copy(fontSize = size * factor, lineHeight = line * factor, fontWeight = weight, fontFeatureSettings = features)
    }

    val hero = style(60.sp, 66.sp, FontWeight.Bold, 2.2f, kiosk, TABULAR)
    val title = style(28.sp * held, 34.sp * held, FontWeight.Bold, 2f, kiosk)
    val heading = style(19.sp, 26.sp, FontWeight.Bold, 1.8f, kiosk)
    val body = style(16.sp, 24.sp, FontWeight.Normal, 1.75f, kiosk)
    val strong = style(16.sp, 24.sp, FontWeight.Medium, 1.75f, kiosk)
    val small = style(14.sp, 20.sp, FontWeight.Normal, 1.7f, kiosk)
    val smallStrong = style(14.sp, 20.sp, FontWeight.Medium, 1.7f, kiosk)
    val digits = style(26.sp * whole, 32.sp * whole, FontWeight.Medium, 2f, kiosk, TABULAR)

    private companion object {
        /** Figures of one width, so that numbers stand still when they change. */
        const val TABULAR = "tnum"

        const val MOST_OF_TITLES = 1.3f
        const val MOST_OF_DIGITS = 1.2f
    }
}

/** Distances and targets. */
@Immutable
class Sizes(kiosk: Boolean, fontScale: Float) {
    private val grown = minOf(fontScale, MOST_OF_DRAWINGS)

    /** Whether the type is so large that what stands side by side has to move below each other. */
    val stacked: Boolean = fontScale >= 1.5f

    val gap: Dp = if (kiosk) 16.dp else 8.dp
    val edge: Dp = if (kiosk) 48.dp else 20.dp
    val inside: Dp = if (kiosk) 32.dp else 20.dp
    val between: Dp = if (kiosk) 32.dp else 16.dp
    val target: Dp = if (kiosk) 72.dp else 48.dp
    val button: Dp = if (kiosk) 96.dp else 56.dp
    val key: Dp = 120.dp
    val tallKey: Dp = 144.dp
    val icon: Dp = drawing(if (kiosk) 40.dp else 24.dp)
    val card = RoundedCornerShape(if (kiosk) 40.dp else 24.dp)
    val control = RoundedCornerShape(if (kiosk) 28.dp else 16.dp)

    /** What stands beside words grows with them, or it looks lost there. */
    fun drawing(size: Dp): Dp = size * grown

    private companion object {
        const val MOST_OF_DRAWINGS = 1.6f
    }
}

private val LocalLook = staticCompositionLocalOf<Look> { error("outside LoyaltyTheme") }
private val LocalColours = staticCompositionLocalOf<Colours> { error("outside LoyaltyTheme") }
private val LocalType = staticCompositionLocalOf<Type> { error("outside LoyaltyTheme") }
private val LocalSizes = staticCompositionLocalOf<Sizes> { error("outside LoyaltyTheme") }

/** What the screens take from their theme. */
object Loyalty {
    val look: Look @Composable @ReadOnlyComposable get() = LocalLook.current
    val words: Words @Composable @ReadOnlyComposable get() = LocalLook.current.language.words
    val colours: Colours @Composable @ReadOnlyComposable get() = LocalColours.current
    val type: Type @Composable @ReadOnlyComposable get() = LocalType.current
    val sizes: Sizes @Composable @ReadOnlyComposable get() = LocalSizes.current
}

/** Puts brand, language, type and sizes around [content]. */
@OptIn(ExperimentalMaterial3Api::class)
@Composable
fun LoyaltyTheme(look: Look, content: @Composable () -> Unit) {
    val colours = remember(look) { Colours(if (look.dark) look.brand.dark else look.brand.light, look.dark) }
    val fontScale = LocalDensity.current.fontScale
    val type = remember(look, fontScale) { Type(look.fonts, look.kiosk, fontScale) }
    val sizes = remember(look, fontScale) { Sizes(look.kiosk, fontScale) }
    MaterialTheme(colours.scheme(), typography = type.material()) {
        CompositionLocalProvider(
            LocalLook provides look,
            LocalColours provides colours,
            LocalType provides type,
            LocalSizes provides sizes,
            LocalContentColor provides colours.text,
            LocalTextStyle provides type.body,
            LocalRippleConfiguration provides touched,
        ) {
            UnderSheets(content)
        }
    }
}

/** A finger leaves no pointer hovering, and whoever uses a keyboard has to see where they are. */
@OptIn(ExperimentalMaterial3Api::class)
private val touched = RippleConfiguration(rippleAlpha = RippleAlpha(draggedAlpha = 0.16f, focusedAlpha = 0.2f, hoveredAlpha = 0f, pressedAlpha = 0.12f))

private fun Colours.scheme(): ColorScheme {
    val base = if (dark) darkColorScheme() else lightColorScheme()
    return base.copy(
        primary = primary,
        onPrimary = onPrimary,
        secondary = accent,
        onSecondary = onAccent,
        background = background,
        onBackground = text,
        surface = surface,
        onSurface = text,
        surfaceVariant = raised,
        onSurfaceVariant = textSoft,
        surfaceContainerHighest = raised,
        outline = outline,
        outlineVariant = hairline,
        error = negative,
    )
}

private fun Type.material() = Typography(
    displayLarge = hero,
    headlineMedium = title,
    titleLarge = heading,
    titleMedium = strong,
    bodyLarge = body,
    bodyMedium = body,
    bodySmall = small,
    labelLarge = strong,
    labelMedium = smallStrong,
    labelSmall = small,
)

package app.loyalty.ui

import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.getValue
import androidx.compose.runtime.setValue
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.test.DesktopComposeUiTest
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.test.assertIsNotEnabled
import androidx.compose.ui.test.assertIsOff
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.isHeading
import androidx.compose.ui.test.onNodeWithContentDescription
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollTo
import androidx.compose.ui.test.performTextInput
import androidx.compose.ui.test.v2.runDesktopComposeUiTest
import app.loyalty.presenters.CodeAction
import app.loyalty.presenters.CodeState
import app.loyalty.presenters.HomeAction
import app.loyalty.presenters.HomeState
import app.loyalty.presenters.RegisterAction
import app.loyalty.presenters.RegisterState
import app.loyalty.presenters.SignInAction
import app.loyalty.presenters.SignInState
import app.loyalty.presenters.kiosk.KioskAction
import app.loyalty.presenters.kiosk.KioskState
import app.loyalty.presenters.kiosk.Stage
import app.loyalty.ui.fixtures.Fixtures
import app.loyalty.ui.fixtures.Sample
import app.loyalty.ui.kiosk.KioskScreen
import app.loyalty.ui.phone.CodeScreen
import app.loyalty.ui.phone.HomeScreen
import app.loyalty.ui.phone.RegisterScreen
import app.loyalty.ui.phone.SignInScreen
import app.loyalty.words.Brand
import app.loyalty.words.Language
import app.loyalty.words.Russian
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test

/** What the screens say to a screen reader, and what touching them does. */
@OptIn(ExperimentalTestApi::class)
class SemanticsTest {
    private val words = Russian
    private val sample = Sample(Language.RU)

    private fun onPhone(test: DesktopComposeUiTest.() -> Unit) = runDesktopComposeUiTest(390, 844) { test() }

    private fun DesktopComposeUiTest.show(kiosk: Boolean = false, content: @androidx.compose.runtime.Composable () -> Unit) = setContent {
        LoyaltyTheme(Look(Brand.VENUE, Language.RU, dark = false, onest, kiosk, still = true), content)
    }

    @Test
    fun `the balance is read as a sentence and burns as theirs`() = onPhone {
        val actions = mutableListOf<HomeAction>()
        show { HomeScreen(HomeState(sample.holdings), actions::add) }
        onNodeWithContentDescription(sample.holdings.sentence).assertExists()
        onNodeWithText(sample.burns.first().line).performClick()
        onNodeWithText(words.home.cardButton).performClick()
        assertEquals(listOf(HomeAction.OpenBurns, HomeAction.OpenCard), actions)
    }

    @Test
    fun `what is typed comes back formatted`() = onPhone {
        var state by mutableStateOf(SignInState())
        show { SignInScreen(state) { if (it is SignInAction.Typed) state = state.copy(phone = "+7 " + it.text.filter(Char::isDigit)) } }
        onNodeWithContentDescription(words.signIn.phone).performTextInput("912")
        assertEquals("+7 912", state.phone)
    }

    @Test
    fun `a pasted code arrives whole, and another cannot be asked for while it is too soon`() = onPhone {
        val actions = mutableListOf<CodeAction>()
        show { CodeScreen(CodeState(sample.phone, resendIn = "0:42"), actions::add) }
        onNodeWithContentDescription(words.code.digits).performTextInput("418207")
        onNodeWithText(words.code.resendIn("0:42")).assertIsNotEnabled()
        assertEquals(listOf<CodeAction>(CodeAction.Typed("418207")), actions)
    }

    @Test
    fun `both consents are unticked until the guest ticks them`() = onPhone {
        val actions = mutableListOf<RegisterAction>()
        show { RegisterScreen(RegisterState(), actions::add) }
        for (consent in listOf(words.register.consentData, words.register.consentAds)) onNodeWithText(consent).performScrollTo().assertIsOff()
        onNodeWithText(words.register.consentAds).performClick()
        assertEquals(listOf<RegisterAction>(RegisterAction.AgreeToAds(true)), actions)
    }

    @Test
    fun `an error beside a field is announced`() = onPhone {
        show { SignInScreen(SignInState("+7 912", invalid = true)) {} }
        val announced = SemanticsMatcher.expectValue(SemanticsProperties.LiveRegion, LiveRegionMode.Assertive)
        onNode(announced and hasText(words.signIn.invalid)).assertExists()
    }

    @Test
    fun `the keypad types what its keys say`() = runDesktopComposeUiTest(1080, 1920) {
        val actions = mutableListOf<KioskAction>()
        show(kiosk = true) { KioskScreen(KioskState(Language.RU, Stage.Identify()), actions::add) }
        for (digit in "907") onNodeWithText(digit.toString()).performClick()
        onNodeWithContentDescription(words.action.deleteDigit).performClick()
        onNodeWithText(words.signIn.send).assertIsNotEnabled()
        assertEquals(
            listOf(KioskAction.Digit('9'), KioskAction.Digit('0'), KioskAction.Digit('7'), KioskAction.DeleteDigit),
            actions.filter { it != KioskAction.Touch },
        )
        assertTrue("every touch is a sign of life", actions.count { it == KioskAction.Touch } >= 4)
    }

    @Test
    fun `every screen has a heading to begin with`() {
        for (fixture in Fixtures.all) runDesktopComposeUiTest(fixture.format.width, fixture.format.height) {
            show(fixture.format.kiosk) { fixture.show(Language.RU) }
            assertTrue(fixture.name, onAllNodes(isHeading(), useUnmergedTree = true).fetchSemanticsNodes().isNotEmpty())
        }
    }
}

package app.loyalty.ui

import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.autofill.ContentType
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.input.key.Key
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.test.DesktopComposeUiTest
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.test.assert
import androidx.compose.ui.test.assertCountEquals
import androidx.compose.ui.test.assertIsFocused
import androidx.compose.ui.test.assertIsNotEnabled
import androidx.compose.ui.test.assertIsNotFocused
import androidx.compose.ui.test.assertIsOff
import androidx.compose.ui.test.click
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.isHeading
import androidx.compose.ui.test.onLast
import androidx.compose.ui.test.onNodeWithContentDescription
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.onRoot
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performKeyInput
import androidx.compose.ui.test.performScrollTo
import androidx.compose.ui.test.performSemanticsAction
import androidx.compose.ui.test.performTextInput
import androidx.compose.ui.test.performTouchInput
import androidx.compose.ui.test.pressKey
import androidx.compose.ui.test.v2.runDesktopComposeUiTest
import app.loyalty.presenters.CodeAction
import app.loyalty.presenters.CodeError
import app.loyalty.presenters.CodeState
import app.loyalty.presenters.HomeAction
import app.loyalty.presenters.HomeState
import app.loyalty.presenters.Preferences
import app.loyalty.presenters.ProfileAction
import app.loyalty.presenters.ProfileForm
import app.loyalty.presenters.ProfileQuestion
import app.loyalty.presenters.ProfileState
import app.loyalty.presenters.RegisterAction
import app.loyalty.presenters.RegisterState
import app.loyalty.presenters.SignInAction
import app.loyalty.presenters.SignInState
import app.loyalty.presenters.Tab
import app.loyalty.presenters.ThemeChoice
import app.loyalty.presenters.kiosk.KioskAction
import app.loyalty.presenters.kiosk.KioskState
import app.loyalty.presenters.kiosk.Stage
import app.loyalty.presenters.kiosk.Warning
import app.loyalty.ui.fixtures.Fixtures
import app.loyalty.ui.fixtures.Sample
import app.loyalty.ui.kiosk.KioskScreen
import app.loyalty.ui.phone.BlockedScreen
import app.loyalty.ui.phone.CodeScreen
import app.loyalty.ui.phone.HomeScreen
import app.loyalty.ui.phone.MainFrame
import app.loyalty.ui.phone.ProfileScreen
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
    private val profile = ProfileState(
        form = ProfileForm(sample.name, "", ""),
        preferences = Preferences(Language.RU, ThemeChoice.SYSTEM, notifyBurn = false, notificationsDenied = false),
    )

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
        // The phone before the first digit reads +7, digit by digit.
        for (digit in "907") onNode(hasText(digit.toString()) and hasClickAction()).performClick()
        onNodeWithContentDescription(words.action.deleteDigit).performClick()
        onNodeWithText(words.signIn.send).assertIsNotEnabled()
        assertEquals(
            listOf(KioskAction.Digit('9'), KioskAction.Digit('0'), KioskAction.Digit('7'), KioskAction.DeleteDigit),
            actions.filter { it != KioskAction.Touch },
        )
        assertTrue("every touch is a sign of life", actions.count { it == KioskAction.Touch } >= 4)
    }

    @Test
    fun `a finger that rests on finish while the kiosk asks finishes the visit`() = runDesktopComposeUiTest(1080, 1920) {
        val actions = mutableListOf<KioskAction>()
        var warning by mutableStateOf<Warning?>(Warning(9, canStay = true))
        show(kiosk = true) {
            KioskScreen(KioskState(Language.RU, Stage.Identify(), warning = warning)) { action ->
                actions += action
                // As the rules have it: whatever is done answers the question.
                warning = null
            }
        }
        val finish = onAllNodes(hasText(words.kiosk.finish) and hasClickAction()).onLast()
        finish.performTouchInput { down(center) }
        waitForIdle()
        finish.performTouchInput { up() }
        waitForIdle()
        assertEquals(listOf<KioskAction>(KioskAction.Finish), actions)
    }

    @Test
    fun `a question hides what lies behind it from whoever cannot see, the bar included`() = onPhone {
        var asked by mutableStateOf<ProfileQuestion?>(null)
        val actions = mutableListOf<ProfileAction>()
        show { MainFrame(Tab.PROFILE, {}) { ProfileScreen(profile.copy(question = asked), onAction = actions::add) } }
        onNodeWithText(words.home.title).assertExists()
        asked = ProfileQuestion.SIGN_OUT
        waitForIdle()
        for (behind in listOf(words.home.title, words.profile.edit, words.profile.data)) {
            onAllNodes(hasText(behind)).assertCountEquals(0)
        }
        val sheet = onNode(SemanticsMatcher.expectValue(SemanticsProperties.PaneTitle, words.profile.signOutTitle))
        sheet.assert(SemanticsMatcher.keyIsDefined(SemanticsActions.Dismiss))
        onNode(isHeading() and hasText(words.profile.signOutTitle)).assertExists()
        onNodeWithText(words.profile.signOut).performClick()
        sheet.performSemanticsAction(SemanticsActions.Dismiss)
        assertEquals(listOf(ProfileAction.Confirm, ProfileAction.Dismiss), actions)
        asked = null
        waitForIdle()
        onNodeWithText(words.home.title).assertExists()
    }

    @Test
    fun `a question covers the bar, and a touch anywhere beside it dismisses it`() = onPhone {
        val actions = mutableListOf<ProfileAction>()
        val chosen = mutableListOf<Tab>()
        show { MainFrame(Tab.PROFILE, chosen::add) { ProfileScreen(profile.copy(question = ProfileQuestion.SIGN_OUT), onAction = actions::add) } }
        onRoot().performTouchInput { click(Offset(4f, height - 4f)) }
        onRoot().performTouchInput { click(Offset(4f, 4f)) }
        assertEquals(listOf<ProfileAction>(ProfileAction.Dismiss, ProfileAction.Dismiss), actions)
        assertEquals(emptyList<Tab>(), chosen)
    }

    @Test
    fun `a field behind a question is not typed into any more`() = onPhone {
        var state by mutableStateOf(profile.copy(draft = profile.form))
        show { ProfileScreen(state) {} }
        onNodeWithContentDescription(words.register.name).performClick().assertIsFocused()
        state = state.copy(question = ProfileQuestion.UNSAVED)
        waitForIdle()
        state = state.copy(question = null)
        waitForIdle()
        onNodeWithContentDescription(words.register.name).assertIsNotFocused()
    }

    @Test
    fun `the system is told what it may fill in`() {
        fun filled(content: @androidx.compose.runtime.Composable () -> Unit, fields: Map<String, ContentType>) = onPhone {
            show(content = content)
            for ((field, type) in fields) {
                onNodeWithContentDescription(field).assert(SemanticsMatcher.expectValue(SemanticsProperties.ContentType, type))
            }
        }
        val person = mapOf(words.register.name to ContentType.PersonFirstName, words.register.email to ContentType.EmailAddress)
        filled({ SignInScreen(SignInState()) {} }, mapOf(words.signIn.phone to ContentType.PhoneNumber))
        filled({ CodeScreen(CodeState(sample.phone)) {} }, mapOf(words.code.digits to ContentType.SmsOtpCode))
        filled({ RegisterScreen(RegisterState()) {} }, person)
        filled({ ProfileScreen(profile.copy(draft = profile.form)) {} }, person)
    }

    @Test
    fun `who will not register, or may not in, finds the way out`() {
        onPhone {
            val actions = mutableListOf<RegisterAction>()
            show { RegisterScreen(RegisterState(consentsOnly = true), actions::add) }
            onNodeWithText(words.profile.signOut).performScrollTo().performClick()
            assertEquals(listOf<RegisterAction>(RegisterAction.SignOut), actions)
        }
        onPhone {
            var out = 0
            show { BlockedScreen(null, { out++ }) {} }
            onNodeWithText(words.profile.signOut).performClick()
            assertEquals(1, out)
        }
    }

    @Test
    fun `a code that is wrong is not called expired`() = onPhone {
        show { CodeScreen(CodeState(sample.phone, error = CodeError.Wrong(null))) {} }
        onNodeWithText(words.code.mismatch).assertExists()
        onNodeWithText(words.code.expired).assertDoesNotExist()
    }

    @Test
    fun `the question of the kiosk is answered by its own buttons, and by no key that comes by itself`() = runDesktopComposeUiTest(1080, 1920) {
        val actions = mutableListOf<KioskAction>()
        show(kiosk = true) { KioskScreen(KioskState(Language.RU, Stage.Identify(), warning = Warning(9, canStay = true)), actions::add) }
        onRoot().performKeyInput { pressKey(Key.Enter) }
        assertEquals("a key that comes by itself presses nothing", emptyList<KioskAction>(), actions)
        onNodeWithText(words.kiosk.idleStay).performClick()
        assertEquals(listOf<KioskAction>(KioskAction.Stay), actions)
    }

    @Test
    fun `every screen has a heading to begin with`() {
        for (fixture in Fixtures.all) runDesktopComposeUiTest(fixture.format.width, fixture.format.height) {
            show(fixture.format.kiosk) { fixture.show(Language.RU) }
            assertTrue(fixture.name, onAllNodes(isHeading(), useUnmergedTree = true).fetchSemanticsNodes().isNotEmpty())
        }
    }
}

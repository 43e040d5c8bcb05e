package app.loyalty.android

import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.hasContentDescription
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.onLast
import androidx.compose.ui.test.onNodeWithContentDescription
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import app.loyalty.presenters.Screen
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Test

class JourneyTest : PhoneTest() {
    @Test
    fun `a newcomer signs in, registers, sees balance, card, history and a receipt, and signs out`() {
        arrive(PHONE)
        await(hasContentDescription(words.home.balanceSentence("300\u00a0бонусов")))
        stage.visit(PHONE, 100_000)
        refresh()
        awaitText("+30\u00a0бонусов")

        tap(words.home.cardButton)
        await(hasContentDescription(words.card.qr))
        rule.onNodeWithContentDescription(words.card.barcode).assertIsDisplayed()
        goBack()

        tap(words.history.title)
        awaitText(words.history.end)
        rule.onNodeWithText("+30\u00a0бонусов", substring = true).performClick()
        awaitText("1\u00a0000\u00a0₽")
        goBack()

        tap(words.profile.title)
        awaitText("Анна")
        tap(words.profile.programme)
        awaitText(words.programme.licences)
        goBack()
        tap(words.profile.signOut)
        awaitText(words.profile.signOutTitle)
        rule.onAllNodes(hasText(words.profile.signOut)).onLast().performClick()
        awaitText(words.signIn.title)
        assertEquals(1, screens.screens.value.size)
        // The screen does not wait for it.
        await("nothing secret is left") { java.io.File(app.noBackupFilesDir, "secrets").list().orEmpty().isEmpty() }
    }

    @Test
    fun `the way back leads through the app and then out of it`() {
        arrive("+79161110002")
        assertFalse("the system takes over at the first page", activity.onBackPressedDispatcher.hasEnabledCallbacks())
        tap(words.profile.title)
        tap(words.profile.edit)
        await("the form is open") { (shown as Screen.Profile).presenter.state.value.draft != null }
        goBack()
        await("the form is closed") { (shown as Screen.Profile).presenter.state.value.draft == null }
        tap(words.profile.delete)
        awaitText(words.profile.deleteTitle)
        goBack()
        await("the question is withdrawn") { (shown as Screen.Profile).presenter.state.value.question == null }
        goBack()
        await("home") { shown is Screen.Home }
        rule.waitForIdle()
        assertFalse(activity.onBackPressedDispatcher.hasEnabledCallbacks())
    }

    private fun goBack() = rule.runOnIdle { activity.onBackPressedDispatcher.onBackPressed() }

    private companion object {
        const val PHONE = "+79161110001"
    }
}

package app.loyalty.android

import android.app.LocaleManager
import android.content.Intent
import android.os.LocaleList
import android.os.Looper
import android.view.WindowManager.LayoutParams
import androidx.compose.ui.test.hasContentDescription
import androidx.lifecycle.Lifecycle
import app.loyalty.presenters.Place
import app.loyalty.presenters.Tab
import app.loyalty.words.English
import java.security.GeneralSecurityException
import kotlinx.coroutines.CompletableDeferred
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNotSame
import org.junit.Assert.assertTrue
import org.junit.Test

/** The app comes to the front and goes, and its screens and files with it. */
class LifeTest : PhoneTest() {
    @Test
    fun `who looks away and back at once finds the files open, for they are opened after they were closed`() {
        arrive("+79161110090")
        app.watched.steps.clear()
        val held = CompletableDeferred<Unit>()
        app.watched.held = held
        app.move(Lifecycle.Event.ON_STOP)
        await("the files are being closed") { app.watched.steps == listOf("closing") }
        app.move(Lifecycle.Event.ON_START)
        // Whoever does not wait for the former has opened them by then.
        repeat(20) { rule.waitForIdle() }
        assertEquals(listOf("closing"), app.watched.steps)
        held.complete(Unit)
        await("the files are open") { app.watched.steps == listOf("closing", "closed", "opened") }
        tap(words.history.title)
        awaitText(words.history.end)
    }

    @Test
    fun `the library is loaded, and the session opened, beside the thread that draws`() {
        start()
        awaitText(words.signIn.title)
        assertNotNull(app.openedOn)
        assertNotSame(Looper.getMainLooper().thread, app.openedOn)
    }

    @Test
    fun `who leaves and comes back to the same process finds the files open`() {
        arrive("+79161110091")
        leave()
        await("the files are closed") { app.watched.steps.lastOrNull() == "closed" }
        start()
        awaitText(words.home.cardButton)
        await("the files are open") { app.watched.steps.lastOrNull() == "opened" }
        tap(words.history.title)
        awaitText(words.history.end)
    }

    @Test
    fun `a guest goes on where they were when the session opens at the second try, though the phone was turned meanwhile`() {
        arrive("+79161110092")
        tap(words.profile.title)
        tap(words.profile.programme)
        awaitText(words.programme.licences)
        app.key.failure = { throw GeneralSecurityException() }
        die()
        awaitText(words.problem.secrets)
        rotate()
        awaitText(words.problem.secrets)
        die()
        awaitText(words.problem.secrets)
        app.key.failure = null
        tap(words.action.retry)
        await("the same place") { app.opening.state.value is OpeningState.Open && screens.phone.state.value.places == listOf(Place.Main(Tab.HOME), Place.Main(Tab.PROFILE), Place.Programme) }
    }

    @Test
    fun `nobody may take pictures of a card as long as anything of it is drawn`() {
        arrive("+79161110093")
        tap(words.home.cardButton)
        await(hasContentDescription(words.card.qr))
        assertTrue(secure)
        rule.mainClock.autoAdvance = false
        rule.runOnUiThread { activity.onBackPressedDispatcher.onBackPressed() }
        rule.mainClock.advanceTimeBy(100)
        assertEquals("it fades away", 1, rule.onAllNodes(hasContentDescription(words.card.qr)).fetchSemanticsNodes().size)
        assertTrue(secure)
        rule.mainClock.autoAdvance = true
        awaitText(words.home.cardButton)
        rule.waitForIdle()
        assertFalse(secure)
    }

    @Test
    fun `screens that are open speak the language that was chosen in the system's settings at once`() {
        arrive("+79161110094")
        val system = app.getSystemService(LocaleManager::class.java)!!
        system.applicationLocales = LocaleList.forLanguageTags("en")
        try {
            app.sendBroadcast(Intent(Intent.ACTION_LOCALE_CHANGED))
            await(hasContentDescription(English.home.balanceSentence("300\u00a0bonuses")))
        } finally {
            system.applicationLocales = LocaleList.getEmptyLocaleList()
        }
    }

    private val secure: Boolean get() = activity.window.attributes.flags and LayoutParams.FLAG_SECURE != 0
}

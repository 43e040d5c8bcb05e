package app.loyalty.android

import android.os.Bundle
import androidx.compose.ui.test.assertIsOff
import androidx.compose.ui.test.assertIsOn
import androidx.compose.ui.test.assertTextContains
import androidx.compose.ui.test.hasContentDescription
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.onNodeWithContentDescription
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performScrollTo
import app.loyalty.presenters.Place
import app.loyalty.presenters.Screen
import app.loyalty.presenters.Tab
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertSame
import org.junit.Test

/** The phone is turned, or the system ends the process, in every step of signing in and after it. */
class InterruptionTest : PhoneTest() {
    @Test
    fun `turned in every step of signing in, the phone goes on as if nothing had happened`() = throughSigningIn("+79161110010", ::rotate, inMemory = true)

    @Test
    fun `after the process has died in every step of signing in, the guest goes on where they were`() = throughSigningIn("+79161110011", ::die, inMemory = false)

    /** [inMemory]: what is kept nowhere outlives the interruption too. */
    private fun throughSigningIn(phone: String, interrupt: () -> Unit, inMemory: Boolean) {
        start()
        awaitText(words.signIn.title)
        type(words.signIn.phone, phone.removePrefix("+7").take(6))
        interrupt()
        await(hasText("+7 916 111"))
        type(words.signIn.phone, phone.removePrefix("+7").drop(6))
        tap(words.signIn.send)

        awaitText(words.code.title)
        val code = stage.code(phone)
        type(words.code.digits, code.take(3))
        interrupt()
        await("another code may be asked for later") { (shown as? Screen.Code)?.presenter?.state?.value?.resendIn != null }
        val kept = if (inMemory) code.take(3) else ""
        assertEquals("the code outlives no process", kept, (shown as Screen.Code).presenter.state.value.digits)
        type(words.code.digits, code.drop(kept.length))

        type(words.register.name, "Анна")
        type(words.register.birthday, "31121990")
        type(words.register.email, "anna@example.com")
        tap(words.register.consentData)
        interrupt()
        await(hasText("Анна"))
        for (typed in listOf("31.12.1990", "anna@example.com")) rule.onNodeWithText(typed).assertExists()
        rule.onNodeWithText(words.register.consentData).performScrollTo().assertIsOn()
        rule.onNodeWithText(words.register.consentAds).performScrollTo().assertIsOff()
        tap(words.register.submit)

        awaitText(words.register.doneTitle)
        interrupt()
        if (inMemory) tap(words.register.doneButton)
        await(hasContentDescription(words.home.balanceSentence("300\u00a0бонусов")))
    }

    @Test
    fun `what the system keeps for a process that dies holds neither the code nor the session`() {
        start()
        awaitText(words.signIn.title)
        type(words.signIn.phone, "9161110012")
        tap(words.signIn.send)
        awaitText(words.code.title)
        val code = stage.code("+79161110012")
        type(words.code.digits, code.take(5))
        val saved = Bundle()
        rule.runOnIdle { controller!!.saveInstanceState(saved) }
        val written = android.os.Parcel.obtain().run { writeBundle(saved); marshall().also { recycle() } }
        assertFalse("the code", written.holds(code.take(5)))
        assertEquals("the check finds what is there", true, written.holds("916 111-00-12"))
    }

    private fun ByteArray.holds(text: String) = listOf(Charsets.UTF_8, Charsets.UTF_16LE).any { charset ->
        val wanted = text.toByteArray(charset)
        (0..size - wanted.size).any { at -> wanted.indices.all { this[at + it] == wanted[it] } }
    }

    @Test
    fun `the guest comes back to the page they were on, and a turned phone keeps its screens`() {
        arrive("+79161110013")
        tap(words.profile.title)
        tap(words.profile.programme)
        awaitText(words.programme.licences)
        val before = screens
        rotate()
        assertSame(before, screens)
        die()
        await("the same place") { app.opening.state.value is OpeningState.Open && screens.phone.state.value.places == listOf(Place.Main(Tab.HOME), Place.Main(Tab.PROFILE), Place.Programme) }
        awaitText(words.programme.licences)
        leave()
        start()
        await("who has left begins at the beginning") { app.opening.state.value is OpeningState.Open && shown is Screen.Home }
    }
}

package app.loyalty.presenters

import app.loyalty.ConsentKind
import app.loyalty.ErrorCode
import app.loyalty.LoyaltyException
import app.loyalty.fakes.FakeGuest
import java.time.Duration
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.advanceTimeBy
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.test.testTimeSource
import kotlinx.coroutines.withTimeoutOrNull
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test

@OptIn(ExperimentalCoroutinesApi::class)
class SignInTest {
    private val guest = FakeGuest().apply { programmeToRead = PROGRAMME }

    private fun TestScope.signIn() = SignInPresenter(guest, backgroundScope, ticking = testTimeSource)

    private fun TestScope.code() = CodePresenter(guest, CodeOnItsWay(PHONE, Duration.ofSeconds(3), 6), backgroundScope, testTimeSource)

    @Test
    fun `a complete phone is sent a code, and the code's screen is told of it`() = runTest {
        val presenter = signIn()
        presenter.on(SignInAction.Typed(PHONE))
        presenter.on(SignInAction.Send)
        assertEquals(CodeOnItsWay(PHONE, Duration.ofMinutes(1), 6), presenter.effects.first())
        assertEquals(listOf("requestCode"), guest.calls)
    }

    @Test
    fun `half a phone is refused without a request`() = runTest {
        val presenter = signIn()
        presenter.on(SignInAction.Typed("7912"))
        presenter.on(SignInAction.Send)
        runCurrent()
        assertTrue(presenter.state.value.invalid)
        assertEquals(emptyList<String>(), guest.calls)
        presenter.on(SignInAction.Typed("79123"))
        assertFalse(presenter.state.value.invalid)
    }

    @Test
    fun `too many attempts are counted down until the next is allowed`() = runTest {
        guest.failure = LoyaltyException.RateLimited(Duration.ofSeconds(2))
        val presenter = signIn()
        presenter.on(SignInAction.Typed(PHONE))
        presenter.on(SignInAction.Send)
        runCurrent()
        assertEquals("0:02", presenter.state.value.retryIn)
        presenter.on(SignInAction.Send)
        advanceTimeBy(1_001)
        assertEquals("0:01", presenter.state.value.retryIn)
        advanceTimeBy(1_001)
        assertNull(presenter.state.value.retryIn)
        assertNull(presenter.state.value.problem)
        assertEquals(1, guest.calls.size)
    }

    @Test
    fun `a wait is shown after a moment, excused after a while and given up in the end`() = runTest {
        guest.before = { awaitCancellation() }
        val presenter = signIn()
        presenter.on(SignInAction.Typed(PHONE))
        presenter.on(SignInAction.Send)
        runCurrent()
        assertEquals(Wait.BRIEF, presenter.state.value.wait)
        advanceTimeBy(Patience.SHOWN + 1)
        assertEquals(Wait.SHOWN, presenter.state.value.wait)
        advanceTimeBy(Patience.STILL_TRYING)
        assertEquals(Wait.STILL_TRYING, presenter.state.value.wait)
        advanceTimeBy(Patience.GIVEN_UP)
        assertEquals(Wait.NONE, presenter.state.value.wait)
        assertEquals(Problem.gaveUp, presenter.state.value.problem)
    }

    @Test
    fun `a pasted code is cleaned and confirmed at once`() = runTest {
        val presenter = code()
        presenter.on(CodeAction.Typed("123-456 "))
        assertEquals(CodeEffect.SignedIn, presenter.effects.first())
    }

    @Test
    fun `a wrong code says how many tries are left, and the last one that none are`() = runTest {
        guest.triesLeft = 2
        val presenter = code()
        presenter.on(CodeAction.Typed("000000"))
        runCurrent()
        assertEquals(CodeError.Wrong(1), presenter.state.value.error)
        assertEquals("", presenter.state.value.digits)
        presenter.on(CodeAction.Typed("000001"))
        runCurrent()
        assertEquals(CodeError.NoTriesLeft, presenter.state.value.error)
        presenter.on(CodeAction.Typed("000002"))
        runCurrent()
        assertEquals(CodeError.Expired, presenter.state.value.error)
    }

    @Test
    fun `a guest whose answer comes after it was given up is led on all the same, once`() = runTest {
        guest.before = { awaitCancellation() }
        val presenter = code()
        presenter.on(CodeAction.Typed("123456"))
        advanceTimeBy(Patience.GIVEN_UP + 1)
        assertEquals(Problem.gaveUp, presenter.state.value.problem)
        // The core carries the sign-in through.
        guest.signIn()
        assertEquals(CodeEffect.SignedIn, presenter.effects.first())
        presenter.on(CodeAction.Typed("123456"))
        runCurrent()
        assertNull(withTimeoutOrNull(Patience.GIVEN_UP + 1) { presenter.effects.first() })
    }

    @Test
    fun `a guest who tries again and is signed in already is led on`() = runTest {
        val presenter = code()
        guest.before = { if (it == "confirm") guest.signIn() }
        guest.failure = LoyaltyException.Conflict(ErrorCode("conflict"))
        presenter.on(CodeAction.Typed("123456"))
        assertEquals(CodeEffect.SignedIn, presenter.effects.first())
        assertNull(presenter.state.value.problem)
    }

    @Test
    fun `another code can be asked for when the time is over and not before`() = runTest {
        val presenter = code()
        runCurrent()
        assertEquals("0:03", presenter.state.value.resendIn)
        presenter.on(CodeAction.Resend)
        runCurrent()
        assertEquals(emptyList<String>(), guest.calls)
        advanceTimeBy(3_001)
        assertNull(presenter.state.value.resendIn)
        presenter.on(CodeAction.Resend)
        runCurrent()
        assertEquals(listOf("requestCode"), guest.calls)
        assertEquals("1:00", presenter.state.value.resendIn)
    }

    @Test
    fun `without the consent to personal data nothing is sent`() = runTest {
        val presenter = RegisterPresenter(guest, consentsOnly = false, { TODAY }, backgroundScope)
        presenter.on(RegisterAction.Name("Анна"))
        presenter.on(RegisterAction.AgreeToAds(true))
        presenter.on(RegisterAction.Submit)
        runCurrent()
        assertTrue(presenter.state.value.consentMissing)
        assertFalse("register" in guest.calls)
    }

    @Test
    fun `both consents go where they were ticked, and the card is made`() = runTest {
        guest.signIn()
        guest.failure = LoyaltyException.Offline()
        val presenter = RegisterPresenter(guest, consentsOnly = false, { TODAY }, backgroundScope)
        runCurrent()
        guest.failure = null
        presenter.on(RegisterAction.Name(" Анна "))
        presenter.on(RegisterAction.Birthday("31121990"))
        assertEquals("31.12.1990", presenter.state.value.birthday)
        presenter.on(RegisterAction.AgreeToData(true))
        presenter.on(RegisterAction.Submit)
        runCurrent()
        assertTrue(presenter.state.value.done)
        presenter.on(RegisterAction.Leave)
        assertEquals(RegisterEffect.Finished, presenter.effects.first())
    }

    @Test
    fun `a field that the server refuses is the one that is marked`() = runTest {
        guest.signIn()
        val presenter = RegisterPresenter(guest, consentsOnly = false, { TODAY }, backgroundScope)
        guest.before = { if (it == "register") throw LoyaltyException.Rejected(ErrorCode("field_invalid"), "email") }
        presenter.on(RegisterAction.Name("Анна"))
        presenter.on(RegisterAction.Email("anna@example.com"))
        presenter.on(RegisterAction.AgreeToData(true))
        runCurrent()
        presenter.on(RegisterAction.Submit)
        runCurrent()
        assertEquals(FieldError.REFUSED, presenter.state.value.emailError)
    }

    @Test
    fun `impossible dates and addresses are found before anything is sent`() {
        for (wrong in listOf("31.02.1990", "1.1.1990", "31.12", "32.01.2000", "aa")) assertEquals(wrong, FieldError.INVALID, birthdayError(wrong, TODAY))
        assertEquals(FieldError.IN_FUTURE, birthdayError("24.11.2026", TODAY))
        assertEquals(FieldError.INVALID, birthdayError("01.01.1800", TODAY))
        for (right in listOf("", "29.02.2000", "23.11.2026")) assertNull(right, birthdayError(right, TODAY))
        for (wrong in listOf("anna", "anna@", "@example.com", "a b@example.com", "anna@example", "anna@example..com")) {
            assertEquals(wrong, FieldError.INVALID, RegisterState("Анна", email = wrong, agreedToData = true).checked(TODAY).emailError)
        }
        assertEquals(setOf(ConsentKind.PERSONAL_DATA, ConsentKind.ADVERTISING), RegisterState(agreedToData = true, agreedToAds = true).agreedKinds())
    }

    private companion object {
        const val PHONE = "+7 912 345-12-34"
    }
}

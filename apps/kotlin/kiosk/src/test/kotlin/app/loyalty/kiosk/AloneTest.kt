package app.loyalty.kiosk

import app.loyalty.Loyalty
import app.loyalty.LoyaltyException
import app.loyalty.LoyaltyKiosk
import app.loyalty.Settings
import app.loyalty.presenters.kiosk.Answer
import app.loyalty.presenters.kiosk.KioskEffect
import app.loyalty.surroundings.Surroundings
import app.loyalty.words.Language
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test

/** Whoever signs in at a kiosk gets their own session, whatever became of the one before. */
class AloneTest {
    @Test
    fun `a guest does not inherit the session of one whose holdings could not be read`() = atKiosk { surroundings, kiosk ->
        val visits = visits(Unreadable(kiosk))
        val first = visits.answer(KioskEffect.Identify(1, surroundings.tillCode(FIRST)))
        assertTrue("$first", first is Answer.Refused)
        assertTrue("the first guest is signed in, and nothing of theirs was seen", kiosk.current.signedIn)
        // Left without a wipe, as when the two follow each other faster than the screen.
        assertEquals(phoneOf(SECOND), known(visits.answer(KioskEffect.Identify(2, surroundings.tillCode(SECOND)))))
    }

    @Test
    fun `a guest who comes while the gateway's answer about the last one is on its way waits for their own`() = atKiosk { surroundings, kiosk ->
        val visits = visits(kiosk)
        val (first, second) = surroundings.tillCode(FIRST) to surroundings.tillCode(SECOND)
        surroundings.holdAnswers()
        val given = launch(Dispatchers.IO) { visits.answer(KioskEffect.Identify(1, first)) }
        surroundings.heldAnswer()
        // The screen's patience is over before the core's.
        given.cancelAndJoin()
        assertFalse(kiosk.current.signedIn)
        val next = launch(Dispatchers.IO) {
            assertEquals(phoneOf(SECOND), known(visits.answer(KioskEffect.Identify(2, second))))
        }
        surroundings.releaseAnswers()
        next.join()
        assertEquals(phoneOf(SECOND), kiosk.current.snapshot?.guest?.phoneMasked)
    }

    private fun visits(kiosk: LoyaltyKiosk) = Visits(kiosk) { Language.EN }

    private fun known(answer: Answer?): String? = (answer as? Answer.Known)?.phone ?: error("$answer")

    private fun phoneOf(phone: String) = "+7 ••• •••-${phone.takeLast(4).take(2)}-${phone.takeLast(2)}"

    /** A core whose first look at what a guest holds fails. */
    private class Unreadable(private val core: LoyaltyKiosk) : LoyaltyKiosk by core {
        private var fails = true

        override suspend fun refresh() = if (fails) {
            fails = false
            throw LoyaltyException.Offline()
        } else {
            core.refresh()
        }
    }

    private fun atKiosk(work: suspend kotlinx.coroutines.CoroutineScope.(Surroundings, LoyaltyKiosk) -> Unit) = Surroundings().use { surroundings ->
        surroundings.register(SECOND, "Борис")
        val settings = Settings(surroundings.gateway, System.getProperty("java.io.tmpdir"), allowPlainHttp = true)
        Loyalty.openKiosk(settings, surroundings.credential()).use { kiosk -> runBlocking { work(surroundings, kiosk) } }
    }

    private companion object {
        const val FIRST = "+79000000001"
        const val SECOND = "+79161112233"
    }
}

package app.loyalty.kiosk

import app.loyalty.Loyalty
import app.loyalty.Settings
import app.loyalty.presenters.ConsentView
import app.loyalty.presenters.RegisterState
import app.loyalty.presenters.kiosk.Field
import app.loyalty.presenters.kiosk.Stage
import app.loyalty.surroundings.Surroundings
import app.loyalty.words.Russian
import java.nio.file.Path
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test

/** Guest after guest, and nothing of them stays. */
class ForgettingTest {
    @Test
    fun `visit after visit takes no more memory, threads or files`() = onStage { surroundings, screen, folder ->
        RunningKiosk(screen, surroundings, folder).use { kiosk ->
            val visits = System.getProperty("visits").toInt()
            val held = (1..visits).mapNotNull { number ->
                scan(surroundings, screen, kiosk)
                leave(screen, kiosk)
                if (number == visits / 4 || number == visits) Held.by(Memory(kiosk.pid)) else null
            }
            println("after ${visits / 4} visits $held after $visits".replace("[", "").replace("]", ""))
            val (early, late) = held
            assertTrue("$early, then $late", late.live < early.live + GROWTH)
            assertTrue("$early, then $late", late.resident < early.resident * 1.15 + 8 * 1024)
            assertTrue("$early, then $late", late.threads <= early.threads + 4)
            assertTrue("$early, then $late", late.files <= early.files + 4)
        }
    }

    @Test
    fun `after a wipe neither the heap nor the process holds phone, name or token`() = onStage { surroundings, screen, folder ->
        Wiretap(surroundings.gateway).use { wire ->
            RunningKiosk(screen, surroundings, folder, gateway = wire.address).use { kiosk ->
                val memory = Memory(kiosk.pid)
                signInByHand(surroundings, screen, kiosk)
                val name = nameOf(surroundings)
                val secrets = PHONES + name + wire.tokens
                assertTrue("tokens were given out: ${wire.tokens.size}", wire.tokens.isNotEmpty())
                assertEquals("a guest who is there is found", secrets.toList(), memory.places(secrets).filterValues { it.isNotEmpty() }.keys.toList())
                leave(screen, kiosk)
                kiosk.waitFor("forgotten")

                val heap = memory.heap(folder)
                assertEquals("in the heap", emptyList<String>(), secrets.filter { Memory.times(heap, it) > 0 })
                assertEquals("in the process", emptyMap<String, List<String>>(), memory.places(secrets).filterValues { it.isNotEmpty() })
            }
        }
    }

    @Test
    fun `of a newcomer neither name nor e-mail nor birthday stays`() = onStage { surroundings, screen, folder ->
        RunningKiosk(screen, surroundings, folder).use { kiosk ->
            val memory = Memory(kiosk.pid)
            signInByHand(surroundings, screen, kiosk, NEWCOMER, until = "Register")
            // Nothing but the fields' places is taken from this form.
            val form = Stage.Register(RegisterState(consents = listOf(ConsentView(true, "1", "", null), ConsentView(false, "1", "", null))), Field.NAME)
            screen.types(NAME)
            screen.tap(Expected.place(form, Russian.register.birthday))
            screen.types(BIRTHDAY.filter(Char::isDigit))
            screen.tap(Expected.place(form.copy(field = Field.BIRTHDAY), Russian.register.email))
            screen.types(EMAIL)
            RunningKiosk.save(screen.still(), "10-newcomer-typed")
            val typed = listOf(NAME, EMAIL, BIRTHDAY)
            assertEquals("who is there is found", typed, memory.places(typed).filterValues { it.isNotEmpty() }.keys.toList())
            val email = form.copy(field = Field.EMAIL)
            screen.tap(Expected.place(email, Russian.register.consentData))
            screen.tap(Expected.place(email, Russian.register.submit))
            kiosk.waitFor("Result")
            leave(screen, kiosk)
            kiosk.waitFor("forgotten")

            val secrets = typed + NEWCOMER.removePrefix("+7")
            val heap = memory.heap(folder)
            assertEquals("in the heap", emptyList<String>(), secrets.filter { Memory.times(heap, it) > 0 })
            assertEquals("in the process", emptyMap<String, List<String>>(), memory.places(secrets).filterValues { it.isNotEmpty() })
        }
    }

    private fun scan(surroundings: Surroundings, screen: VirtualScreen, kiosk: RunningKiosk) {
        // A till code opens one visit, and the same guest gets the next when this one has run out.
        surroundings.anHourPasses()
        screen.scans(surroundings.tillCode(PHONE))
        kiosk.waitFor("Result")
    }

    private fun signInByHand(surroundings: Surroundings, screen: VirtualScreen, kiosk: RunningKiosk, phone: String = PHONE, until: String = "Result") {
        screen.types(phone.removePrefix("+7"))
        screen.does("key", "Return")
        kiosk.waitFor("Code")
        screen.types(surroundings.code(phone))
        kiosk.waitFor(until)
    }

    private fun leave(screen: VirtualScreen, kiosk: RunningKiosk) {
        screen.does("key", "Escape")
        kiosk.waitFor("Done")
        screen.does("key", "Return")
        kiosk.waitFor("Attract")
    }

    /** What the guest is called, as the gateway tells another kiosk. */
    private fun nameOf(surroundings: Surroundings): String = runBlocking {
        surroundings.anHourPasses()
        val settings = Settings(surroundings.gateway, System.getProperty("java.io.tmpdir"), allowPlainHttp = true)
        Loyalty.openKiosk(settings, surroundings.credential()).use { other ->
            other.identify(surroundings.tillCode(PHONE))
            checkNotNull(other.refresh().guest.firstName)
        }
    }

    private data class Held(val live: Long, val resident: Long, val threads: Int, val files: Int) {
        override fun toString() = "$live bytes live, $resident KiB resident, $threads threads, $files files"

        companion object {
            fun by(memory: Memory) = Held(memory.liveBytes(), memory.residentKilobytes(), memory.threads(), memory.openFiles())
        }
    }

    private companion object {
        const val PHONE = "+79000000001"
        const val NEWCOMER = "+79991234567"
        const val NAME = "Evpraxiya"
        const val EMAIL = "evp.raxiya@example.org"
        const val BIRTHDAY = "17.03.1984"

        /** As it is typed, and as it is shown while it is. */
        val PHONES = setOf("9000000001", "900 000-00-01")

        /** Bytes; a guest's data take ten times as much when they stay a hundred times. */
        const val GROWTH = 400_000
    }
}

package app.loyalty.kiosk

import app.loyalty.presenters.kiosk.Stage
import java.awt.image.BufferedImage
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test

/** What happens when the program itself is wrong. */
class CrashTest {
    @Test
    fun `a crash where it draws or beside it calls staff, starts anew, and tells the journal nothing of the guest`() = onStage { surroundings, screen, folder ->
        RunningKiosk(screen, surroundings, folder, program = FAILING).use { kiosk ->
            val attract = screen.still()
            screen.tap(Expected.place(Stage.Attract, "English"))
            crashes(kiosk, screen, attract)

            screen.does("key", "Return")
            kiosk.waitFor("Identify")
            screen.types("9000000001")
            screen.does("key", "Return")
            crashes(kiosk, screen, attract)
        }
    }

    @Test
    fun `a guest who was there when it crashed is signed out, and nothing of them stays in memory`() = onStage { surroundings, screen, folder ->
        Wiretap(surroundings.gateway).use { wire ->
            RunningKiosk(screen, surroundings, folder, gateway = wire.address, program = FAILING).use { kiosk ->
                val tillCode = surroundings.tillCode("+79000000001")
                screen.scans(tillCode)
                kiosk.waitFor("Result")
                val (memory, secrets) = Memory(kiosk.pid) to wire.tokens
                assertEquals("a guest who is there is found", secrets, memory.places(secrets).filterValues { it.isNotEmpty() }.keys)
                screen.does("key", "Escape")
                kiosk.waitFor("crash")
                assertTrue(kiosk.waitFor("the core has nobody").endsWith("true"))
                kiosk.waitFor("forgotten")
                kiosk.waitFor("first frame")
                assertTrue(differing(screen.still(), Expected.picture(Stage.Attract)) < 0.005)
                assertEquals(emptyMap<String, List<String>>(), memory.places(secrets + tillCode).filterValues { it.isNotEmpty() })
                val heap = memory.heap(folder)
                assertEquals(emptyList<String>(), (secrets + tillCode).filter { Memory.times(heap, it) > 0 })
            }
        }
    }

    @Test
    fun `the service manager hears that it is ready and then that it lives, until the thread that draws hangs`() = onStage { surroundings, screen, folder ->
        val socket = folder.resolve("notify")
        Inbox(socket).use { inbox ->
            val watched = mapOf("NOTIFY_SOCKET" to socket.toString(), "WATCHDOG_USEC" to "1000000")
            RunningKiosk(screen, surroundings, folder, program = FAILING, environment = watched).use { kiosk ->
                assertEquals("READY=1", inbox.next(60))
                repeat(3) { assertEquals("WATCHDOG=1", inbox.next(60)) }
                screen.does("key", "Return")
                kiosk.waitFor("Identify")
                screen.types("900000" + HANGING.filter(Char::isDigit))
                screen.does("key", "Return")
                // What is sent arrives in order: behind our own word stands nothing that was sent before it hung.
                val ourselves = ServiceManager(socket.toString())
                kiosk.waitFor("hanging 1")
                ourselves.ready()
                while (checkNotNull(inbox.next(60)) { "our own word does not arrive" } != "READY=1") Unit
                kiosk.waitFor("hanging 10")
                ourselves.ready()
                assertEquals("nothing is heard of a kiosk that hangs", "READY=1", inbox.next(60))
            }
        }
    }

    private fun crashes(kiosk: RunningKiosk, screen: VirtualScreen, attract: BufferedImage) {
        val told = kiosk.waitFor("crash")
        assertFalse(told, FAILURE in told)
        val id = Regex("crash (\\S+)").find(told)!!.groupValues[1]
        kiosk.waitFor("$id is on the screen")
        assertEquals("staff are called", 0.0, differing(Expected.picture(Stage.Outage(id)), screen.still()), 0.005)
        kiosk.waitFor("first frame")
        assertEquals("at rest as before", 0.0, differing(attract, screen.still()), 0.001)
    }

    private companion object {
        val FAILING = RunningKiosk.java("app.loyalty.kiosk.FailingKioskKt")
    }
}

package app.loyalty

import app.loyalty.ffi.Waiting
import app.loyalty.ffi.waitForEver
import java.net.ServerSocket
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNull
import kotlin.test.fail
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.async
import kotlinx.coroutines.cancel
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeoutOrNull
import kotlinx.serialization.json.jsonPrimitive

/** Waits until [condition] holds; a minute, because other programs may want the processor. */
internal suspend fun eventually(seen: () -> String = { "" }, condition: () -> Boolean) {
    withTimeoutOrNull(60_000) { while (!condition()) delay(10) } ?: fail("never so: ${seen()}")
}

class CancellationTest {
    @Test
    fun `cancelling the coroutine ends the work in the core`() = runBlocking {
        Waiting().use { waiting ->
            val call = async(Dispatchers.Default) { calling { waitForEver(waiting) } }
            eventually { waiting.count() == 1u }
            call.cancelAndJoin()
            eventually { waiting.count() == 0u }
        }
    }

    @Test
    fun `a call to a server that is silent is given up at once`() = runBlocking(Dispatchers.IO) {
        ServerSocket(0).use { silent ->
            inFolder { folder ->
                val settings = Settings("http://127.0.0.1:${silent.localPort}", "$folder", allowPlainHttp = true)
                Loyalty.openGuest(settings, InMemorySecretStore()).use { guest ->
                    // Whoever gave up once may ask again.
                    repeat(2) {
                        val call = async(start = CoroutineStart.UNDISPATCHED) { guest.programme() }
                        silent.accept().use { connection ->
                            connection.soTimeout = 60_000
                            val request = connection.getInputStream()
                            assertEquals("GET /v1/programme ", String(request.readNBytes(18)))
                            call.cancelAndJoin()
                            // The core lets go of the connection: its end is the proof.
                            request.readAllBytes()
                        }
                    }
                    assertEquals(false, guest.current.signedIn)
                }
            }
        }
    }

    @Test
    fun `a call of a coroutine that is cancelled already sends nothing`() = runBlocking {
        inFolder { folder ->
            Loyalty.openGuest(Settings("http://127.0.0.1:1", "$folder", allowPlainHttp = true), InMemorySecretStore()).use { guest ->
                // Whether work that should not have begun gets as far is chance, so it is given many.
                repeat(500) {
                    val cancelled = launch(start = CoroutineStart.UNDISPATCHED) {
                        coroutineContext.cancel()
                        guest.requestCode(NEWCOMER)
                    }
                    cancelled.join()
                }
                assertEquals(Connectivity.UNKNOWN, guest.current.connectivity)
                assertFailsWith<LoyaltyException.Offline> { guest.requestCode(NEWCOMER) }
                assertEquals(Connectivity.OFFLINE, guest.current.connectivity, "and this is how it would have shown")
            }
        }
    }

    @Test
    fun `a kiosk's guest leaves also in a coroutine that is cancelled already`(): Unit = runBlocking {
        Stage().use { stage ->
            inFolder { folder ->
                stage.act("register_at_counter", "phone" to NEWCOMER, "name" to "Евлампия")
                val credential = stage.act("add_kiosk").getValue("credential").jsonPrimitive.content
                Loyalty.openKiosk(stage.settings(folder), credential).use { kiosk ->
                    kiosk.signIn(stage)
                    kiosk.refresh()
                    stage.act("hold_answers")
                    val leaving = signOutCancelled(kiosk)
                    assertEquals(false, kiosk.current.signedIn)
                    assertNull(kiosk.current.snapshot)
                    assertEquals(true, leaving.isCancelled)
                    // Not only let go: what was read is wiped before the gateway is told.
                    stage.act("held_answer")
                    stage.act("release_answers")
                }
            }
        }
    }

    @Test
    fun `a coroutine that is cancelled already signs nobody out of their own device`() = onDevice { guest, stage ->
        stage.act("register_at_counter", "phone" to NEWCOMER, "name" to "Евлампия")
        guest.signIn(stage)
        assertEquals(true, signOutCancelled(guest).isCancelled)
        assertEquals(true, guest.current.signedIn)
        assertEquals("Евлампия", guest.refresh().guest.firstName)
    }

    private suspend fun signOutCancelled(session: LoyaltySession): Job = coroutineScope {
        val leaving = launch(start = CoroutineStart.UNDISPATCHED) {
            coroutineContext.cancel()
            session.signOut()
        }
        leaving.join()
        leaving
    }

    @Test
    fun `a sign-in that was given up goes on, and who tries again finds the guest signed in`() = onDevice { guest, stage ->
        stage.act("register_at_counter", "phone" to NEWCOMER, "name" to "Евлампия")
        guest.requestCode(NEWCOMER)
        val code = stage.code(NEWCOMER)
        stage.act("hold_answers")
        coroutineScope {
            val confirming = launch(Dispatchers.Default) { guest.confirm(NEWCOMER, code) }
            stage.act("held_answer")
            confirming.cancelAndJoin()
        }
        assertEquals(false, guest.current.signedIn)
        stage.act("release_answers")
        assertEquals(ErrorCode("conflict"), assertFailsWith<LoyaltyException.Conflict> { guest.confirm(NEWCOMER, code) }.code)
        assertEquals(true, guest.current.signedIn)
        assertEquals("Евлампия", guest.refresh().guest.firstName)
    }
}

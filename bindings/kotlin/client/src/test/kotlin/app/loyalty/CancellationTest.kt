package app.loyalty

import app.loyalty.ffi.Waiting
import app.loyalty.ffi.waitForEver
import java.net.ServerSocket
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout

/** Waits until [condition] holds; a minute, because other programs may want the processor. */
internal suspend fun eventually(condition: () -> Boolean) {
    withTimeout(60_000) { while (!condition()) delay(10) }
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
                    val call = async(start = CoroutineStart.UNDISPATCHED) { guest.programme() }
                    val connection = silent.accept()
                    connection.soTimeout = 60_000
                    val request = connection.getInputStream()
                    assertEquals("GET /v1/programme ", String(request.readNBytes(18)))
                    call.cancelAndJoin()
                    // The core lets go of the connection: its end is the proof.
                    request.readAllBytes()
                    assertFailsWith<TimeoutCancellationException> { withTimeout(200) { guest.programme() } }
                    assertEquals(false, guest.current.signedIn)
                }
            }
        }
    }
}

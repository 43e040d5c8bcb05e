package app.loyalty

import java.util.Collections
import java.util.IdentityHashMap
import kotlin.test.Test
import kotlin.test.assertTrue
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

class ThreadsTest {
    @Test
    fun `answers come on the same few threads`() = onDevice { guest, stage ->
        stage.act("register_at_counter", "phone" to NEWCOMER, "name" to "Евлампия")
        guest.signIn(stage)
        guest.refresh()
        val threads = Collections.newSetFromMap(IdentityHashMap<Thread, Boolean>())
        // Whoever brings the answer goes on with it.
        withContext(Dispatchers.Unconfined) {
            repeat(CALLS) {
                guest.history()
                threads.add(Thread.currentThread())
            }
        }
        assertTrue(threads.size <= FEW, "$threads")
    }
}

private const val CALLS = 100

/** The core's two, the one that asks, and what was there before. */
private const val FEW = 6

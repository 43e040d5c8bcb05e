package app.loyalty

import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.CyclicBarrier
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking

class StateTest {
    @Test
    fun `observers see the state and then its changes in order`() = onDevice { guest, stage ->
        stage.act("register_at_counter", "phone" to NEWCOMER, "name" to "Евлампия")
        val seen = CopyOnWriteArrayList<SessionState>()
        kotlinx.coroutines.coroutineScope {
            val observing = launch(Dispatchers.Default) { guest.state.collect(seen::add) }
            eventually { seen.size == 1 }
            guest.signIn(stage)
            guest.refresh()
            eventually { seen.last().snapshot != null }
            guest.signOut()
            eventually { !seen.last().signedIn }
            observing.cancelAndJoin()
        }
        assertEquals(false, seen.first().signedIn)
        val first = seen.indexOfFirst { it.signedIn }
        assertTrue(seen.drop(first).dropLastWhile { !it.signedIn }.all { it.signedIn }, "$seen")
        assertEquals(guest.current, seen.last())
        assertTrue(seen.zipWithNext().none { (one, next) -> one == next }, "$seen")
    }

    @Test
    fun `a slow observer sees the newest and not all of them`() = onDevice { guest, _ ->
        val seen = CopyOnWriteArrayList<SessionState>()
        kotlinx.coroutines.coroutineScope {
            val ready = CompletableDeferred<Unit>()
            val observing =
                launch(Dispatchers.Default) {
                    guest.state.collect {
                        seen.add(it)
                        ready.await()
                    }
                }
            eventually { seen.size == 1 }
            // Nothing that shows: the state is the same in either language while nobody is signed in.
            repeat(1_000) { guest.language = if (it % 2 == 0) Language.ENGLISH else Language.RUSSIAN }
            guest.programme()
            ready.complete(Unit)
            eventually { seen.last().connectivity == Connectivity.ONLINE }
            // What was not seen until the end never comes.
            guest.close()
            observing.join()
        }
        assertEquals(listOf(Connectivity.UNKNOWN, Connectivity.ONLINE), seen.map(SessionState::connectivity))
    }

    @Test
    fun `observing ends with the session object and frees what it held`() = runBlocking {
        inFolder { folder ->
            val guest = Loyalty.openGuest(Settings("https://gateway.example", "$folder"), InMemorySecretStore())
            val ended = launch(Dispatchers.Default) { guest.state.collect {} }
            assertEquals(false, guest.state.first().signedIn)
            repeat(2_000) { guest.state.first() }
            guest.close()
            ended.join()
        }
    }

    @Test
    fun `a session may be closed by several threads at once`() = runBlocking {
        inFolder { folder ->
            // Which thread is faster is chance, so they are given many.
            repeat(200) {
                val guest = Loyalty.openGuest(Settings("https://gateway.example", "$folder"), InMemorySecretStore())
                val together = CyclicBarrier(4)
                val closing = List(4) {
                    async(Dispatchers.IO) {
                        together.await()
                        guest.close()
                    }
                }
                closing.awaitAll()
            }
        }
    }
}

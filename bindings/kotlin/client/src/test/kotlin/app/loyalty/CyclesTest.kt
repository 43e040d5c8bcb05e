package app.loyalty

import java.io.File
import java.nio.file.Path
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking

/** Opening, signing in and closing again and again leaves nothing behind. */
class CyclesTest {
    @Test
    fun `a thousand guests come and go without growth`() =
        Stage().use { stage ->
            inFolder { folder ->
                runBlocking {
                    val secrets = InMemorySecretStore()
                    stage.act("register_at_counter", "phone" to NEWCOMER, "name" to "Евлампия")
                    repeat(WARM_UP) { cycle(stage, folder, secrets) }
                    val before = Held.now()
                    repeat(CYCLES) { cycle(stage, folder, secrets) }
                    val after = Held.now()
                    assertTrue(after.files <= before.files + 2, "$before, then $after")
                    assertTrue(after.threads <= before.threads + 4, "$before, then $after")
                    // What leaks an object a cycle leaks far more than this over a thousand of them.
                    assertTrue(after.memory <= before.memory + 24 * 1024, "$before, then $after")
                    assertEquals(listOf("programme.json"), folder.toFile().walk().filter(File::isFile).map { it.name }.toList())
                }
            }
        }

    private suspend fun cycle(stage: Stage, folder: Path, secrets: SecretStore) {
        // Codes are not sent more often than once a minute.
        stage.act("pass", "seconds" to 61)
        Loyalty.openGuest(stage.settings(folder), secrets).use { guest ->
            if (guest.knownProgramme == null) guest.programme()
            guest.signIn(stage)
            guest.refresh()
            check(guest.state.first().snapshot != null)
            guest.signOut()
        }
    }

    /** What this process holds: descriptors, threads, and resident memory in KiB. */
    private data class Held(val files: Int, val threads: Int, val memory: Long) {
        companion object {
            fun now(): Held {
                System.gc()
                val status = File("/proc/self/status").readLines().associate { it.substringBefore(':') to it.substringAfter(':') }
                return Held(
                    File("/proc/self/fd").list()!!.size,
                    status.getValue("Threads").trim().toInt(),
                    status.getValue("VmRSS").trim().substringBefore(' ').toLong(),
                )
            }
        }
    }

    private companion object {
        const val WARM_UP = 100
        const val CYCLES = 1_000
    }
}

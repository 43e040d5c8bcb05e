package app.loyalty

import app.loyalty.ffi.Living
import app.loyalty.ffi.living
import com.sun.jna.Structure
import java.io.File
import java.lang.management.ManagementFactory
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
                    // What other tests have not closed is freed with its garbage.
                    eventually { System.gc(); living() == NOTHING }
                    repeat(WARM_UP) { cycle(stage, folder, secrets) }
                    val before = Held.now()
                    repeat(CYCLES) { cycle(stage, folder, secrets) }
                    // What runs on the library's threads may need a moment to end.
                    eventually({ "${living()}" }) { living() == NOTHING }
                    val after = Held.now()
                    assertTrue(after.files <= before.files + 2, "$before, then $after")
                    assertTrue(after.threads <= before.threads + 4, "$before, then $after")
                    // What leaks a session a cycle leaks far more than this over a thousand of them.
                    assertTrue(after.memory <= before.memory + 16 * 1024, "$before, then $after")
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
        // What was closed is gone at once, and not when its garbage is collected.
        assertEquals(0u to 0u, living().run { devices to subscriptions })
    }

    /**
     * What this process holds: descriptors, threads, and memory in KiB, Java's objects and what native code has asked for. How
     * much of it is resident says less: a heap grows as far as the machine lets it.
     */
    private data class Held(val files: Int, val threads: Int, val memory: Long) {
        companion object {
            fun now(): Held {
                System.gc()
                val status = File("/proc/self/status").readLines().associate { it.substringBefore(':') to it.substringAfter(':') }
                return Held(
                    File("/proc/self/fd").list()!!.size,
                    status.getValue("Threads").trim().toInt(),
                    (ManagementFactory.getMemoryMXBean().heapMemoryUsage.used + Native.inUse()) / 1024,
                )
            }
        }
    }

    /** What the C library, which Rust allocates with, has handed out. */
    private object Native {
        @Suppress("unused")
        @Structure.FieldOrder("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost")
        class Info : Structure(), Structure.ByValue {
            @JvmField var arena: Long = 0
            @JvmField var ordblks: Long = 0
            @JvmField var smblks: Long = 0
            @JvmField var hblks: Long = 0
            @JvmField var hblkhd: Long = 0
            @JvmField var usmblks: Long = 0
            @JvmField var fsmblks: Long = 0
            @JvmField var uordblks: Long = 0
            @JvmField var fordblks: Long = 0
            @JvmField var keepcost: Long = 0
        }

        private val function = com.sun.jna.Function.getFunction("c", "mallinfo2")

        fun inUse(): Long = (function.invoke(Info::class.java, emptyArray()) as Info).run { uordblks + hblkhd }
    }

    private companion object {
        const val WARM_UP = 100
        const val CYCLES = 1_000
        val NOTHING = Living(0u, 0u, 0u, 0u, 0u, 0u, 0u)
    }
}

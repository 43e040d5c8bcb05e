package app.loyalty.kiosk

import app.loyalty.Loyalty
import app.loyalty.Settings
import app.loyalty.presenters.Grid
import app.loyalty.presenters.holdings
import app.loyalty.presenters.kiosk.Stage
import app.loyalty.surroundings.Surroundings
import app.loyalty.words.Russian
import java.awt.image.BufferedImage
import java.io.File
import java.io.RandomAccessFile
import java.nio.file.Files
import java.nio.file.Path
import kotlinx.coroutines.runBlocking
import org.junit.AfterClass
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.BeforeClass
import org.junit.Test

/** A real window on a virtual screen, real keys and touches, a real gateway. */
class VisitTest {
    @Test
    fun `a guest touches the phone and the code in, sees the balance, and is erased`() = inFolder { folder ->
        RunningKiosk(screen, surroundings, folder).use { kiosk ->
            val attract = screen.still()
            assertTrue("the kiosk waits as it was drawn", differing(attract, Expected.picture(Stage.Attract)) < 0.02)
            RunningKiosk.save(attract, "1-attract")

            screen.tap(Expected.place(Stage.Attract, Russian.kiosk.attractStart))
            kiosk.waitFor("Identify")
            for (digit in PHONE.removePrefix("+7")) screen.tap(Expected.place(Stage.Identify(), digit.toString()))
            RunningKiosk.save(screen.still(), "2-phone")
            screen.tap(Expected.place(Stage.Identify(PHONE, complete = true), Russian.signIn.send))
            kiosk.waitFor("Code")
            val code = surroundings.code(PHONE)
            RunningKiosk.save(screen.still(), "3-code")
            for (digit in code) screen.tap(Expected.place(Stage.Code(PHONE, ""), digit.toString()))
            kiosk.waitFor("Result")
            val result = screen.still()
            RunningKiosk.save(result, "4-result")
            assertTrue("the balance is there", differing(result, expectedResult(PHONE)) < 0.02)

            screen.tap(Expected.place(Stage.Result(null, null, sampleHoldings(PHONE), null), Russian.kiosk.finish))
            kiosk.waitFor("Done")
            RunningKiosk.save(screen.still(), "5-done")
            kiosk.waitFor("Attract")
            assertTrue("nothing of the guest is left on the screen", differing(attract, screen.still()) < 0.001)
        }
    }

    @Test
    fun `a scanned till code opens the visit, once`() = inFolder { folder ->
        RunningKiosk(screen, surroundings, folder).use { kiosk ->
            val code = surroundings.tillCode(PHONE)
            screen.scans(code)
            kiosk.waitFor("Result")
            val result = screen.still()
            RunningKiosk.save(result, "6-scanned")
            assertTrue("the balance is there", differing(result, expectedResult(PHONE)) < 0.02)
            screen.does("key", "Escape")
            kiosk.waitFor("Done")
            screen.does("key", "Return")
            kiosk.waitFor("Attract")
            screen.scans(code)
            kiosk.waitFor("Identify")
            Thread.sleep(1_500)
            assertTrue("a spent code is refused", differing(screen.still(), Expected.picture(Stage.Identify(scan = app.loyalty.presenters.kiosk.ScanRefusal.EXPIRED))) < 0.02)
        }
    }

    @Test
    fun `killed in mid-visit it comes back at rest with nothing kept`() = inFolder { folder ->
        val before = RunningKiosk(screen, surroundings, folder)
        before.use { kiosk ->
            screen.scans(surroundings.tillCode(PHONE))
            kiosk.waitFor("Result")
            kiosk.kill()
        }
        RunningKiosk(screen, surroundings, folder).use {
            assertTrue(differing(screen.still(), Expected.picture(Stage.Attract)) < 0.02)
        }
        for (file in folder.toFile().walk().filter(File::isFile).filter { it.name !in setOf("credential", "kiosk.properties") }) {
            assertEquals("${file.name} holds nothing of the guest", emptyList<String>(), SECRETS.filter { it in file.readText(Charsets.ISO_8859_1) })
        }
    }

    @Test
    fun `without the gateway it asks for staff, and heals by itself`() = inFolder { folder ->
        surroundings.goOffline()
        try {
            RunningKiosk(screen, surroundings.also { it.goOnline() }, folder).use { kiosk ->
                surroundings.goOffline()
                screen.does("key", "Return")
                kiosk.waitFor("Identify")
                screen.types(PHONE.removePrefix("+7"))
                screen.does("key", "Return")
                // Nothing tells when a request has failed but the screen itself.
                screen.still()
                screen.does("key", "Escape")
                kiosk.waitFor("Done")
                kiosk.waitFor("Outage")
                RunningKiosk.save(screen.still(), "7-outage")
                surroundings.goOnline()
                kiosk.waitFor("Attract")
            }
        } finally {
            surroundings.goOnline()
        }
    }

    @Test
    fun `visit after visit takes no more memory, and after a wipe the heap knows nobody`() = inFolder { folder ->
        RunningKiosk(screen, surroundings, folder).use { kiosk ->
            val visits = System.getProperty("visits").toInt()
            var early = 0L
            repeat(visits) { number ->
                // A till code opens one visit, and the same guest gets the next when this one has run out.
                surroundings.anHourPasses()
                if (number == visits - 1) signInByHand(kiosk, folder) else screen.scans(surroundings.tillCode(PHONE))
                kiosk.waitFor("Result")
                screen.does("key", "Escape")
                kiosk.waitFor("Done")
                screen.does("key", "Return")
                kiosk.waitFor("Attract")
                if (number == visits / 2) early = residentKilobytes(kiosk.pid)
            }
            Thread.sleep(2_000)
            val late = residentKilobytes(kiosk.pid)
            println("resident after ${visits / 2} visits: $early KiB, after $visits: $late KiB")
            assertTrue("$early KiB, then $late KiB", late < early * 1.15 + 8 * 1024)

            val heap = heapOf(kiosk, folder)
            assertEquals("in the heap", emptyList<String>(), SECRETS.filter { found(heap, it) })
            println("in the whole process: " + SECRETS.filter { secret -> inProcess(kiosk.pid, secret) })
        }
    }

    /** Everything that the program's own objects hold. */
    private fun heapOf(kiosk: RunningKiosk, folder: Path): ByteArray {
        val dump = folder.resolve("${System.nanoTime()}.hprof")
        val taken = ProcessBuilder("jcmd", kiosk.pid.toString(), "GC.heap_dump", dump.toString()).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor()
        assertEquals(0, taken)
        return Files.readAllBytes(dump).also { Files.delete(dump) }
    }

    private fun signInByHand(kiosk: RunningKiosk, folder: Path) {
        screen.types(PHONE.removePrefix("+7"))
        screen.does("key", "Return")
        kiosk.waitFor("Code")
        assertEquals("a guest who is there is found", SECRETS.takeLast(1), heapOf(kiosk, folder).let { heap -> SECRETS.takeLast(1).filter { found(heap, it) } })
        screen.types(surroundings.code(PHONE))
    }

    private companion object {
        const val PHONE = "+79000000001"

        /** What must not outlive a visit, as it is written in memory. */
        val SECRETS = listOf("9000000001", "900 000-00-01")

        lateinit var surroundings: Surroundings
        lateinit var screen: VirtualScreen

        @BeforeClass
        @JvmStatic
        fun start() {
            surroundings = Surroundings()
            screen = VirtualScreen(Expected.WIDTH, Expected.HEIGHT)
        }

        @AfterClass
        @JvmStatic
        fun stop() {
            screen.close()
            surroundings.close()
        }

        fun inFolder(work: (Path) -> Unit) {
            surroundings.anHourPasses()
            val folder = Files.createTempDirectory("kiosk")
            try {
                work(folder)
            } finally {
                folder.toFile().deleteRecursively()
            }
        }

        /** What the gateway tells another kiosk about this guest. */
        fun read(phone: String): Stage.Result = runBlocking {
            val settings = Settings(surroundings.gateway, System.getProperty("java.io.tmpdir"), allowPlainHttp = true)
            Loyalty.openKiosk(settings, surroundings.credential()).use { other ->
                other.identify(surroundings.tillCode(phone))
                val snapshot = other.refresh()
                Stage.Result(snapshot.guest.firstName?.let(::maskedName), snapshot.guest.phoneMasked, holdings(snapshot, Russian), Grid.qr(RunningKiosk.APP))
            }
        }

        fun sampleHoldings(phone: String) = read(phone).holdings

        fun expectedResult(phone: String): BufferedImage = Expected.picture(read(phone))

        fun residentKilobytes(pid: Long): Long =
            File("/proc/$pid/status").readLines().first { it.startsWith("VmRSS") }.filter(Char::isDigit).toLong()

        fun found(bytes: ByteArray, text: String): Boolean =
            listOf(Charsets.ISO_8859_1, Charsets.UTF_16LE).any { charset -> indexOf(bytes, text.toByteArray(charset)) >= 0 }

        fun indexOf(bytes: ByteArray, wanted: ByteArray): Int =
            (0..bytes.size - wanted.size).firstOrNull { at -> bytes[at] == wanted[0] && wanted.indices.all { bytes[at + it] == wanted[it] } } ?: -1

        /** Looks through everything that the process has written to, as a core file would hold it. */
        fun inProcess(pid: Long, text: String): Boolean = RandomAccessFile("/proc/$pid/mem", "r").use { memory ->
            File("/proc/$pid/maps").readLines().filter { " rw" in it }.any { line ->
                val (from, until) = line.substringBefore(' ').split('-').map { it.toULong(16).toLong() }
                val size = until - from
                if (size <= 0 || size > MOST) return@any false
                runCatching { ByteArray(size.toInt()).also { memory.seek(from); memory.readFully(it) } }.map { found(it, text) }.getOrDefault(false)
            }
        }

        const val MOST = 512L * 1024 * 1024
    }
}

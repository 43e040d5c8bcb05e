package app.loyalty.kiosk

import java.io.File
import java.nio.file.Files
import java.nio.file.Path
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder

/** What an operator installs. */
class PackagingTest {
    @get:Rule
    val folder = TemporaryFolder()

    private val packaging = File(System.getProperty("checkout"), "packaging/kiosk")

    private fun analyze(unit: String, vararg arguments: String): Pair<Int, String> {
        // The programs that it starts are not on this machine.
        val started = Regex("""(?m)^ExecStart=\S+""").replace(unit, "ExecStart=/bin/true")
        val file = folder.root.toPath().resolve("loyalty-kiosk.service")
        Files.writeString(file, started)
        val process = ProcessBuilder("systemd-analyze", *arguments, file.toString()).redirectErrorStream(true).start()
        val said = process.inputStream.bufferedReader().readText()
        return process.waitFor() to said
    }

    @Test
    fun `systemd takes the unit and finds it little exposed`() {
        val unit = packaging.resolve("loyalty-kiosk.service").readText()
        assertEquals(0 to "", analyze(unit, "verify", "--man=no", "--recursive-errors=no"))
        val (hardened, said) = analyze(unit, "security", "--offline=true", "--no-pager", "--threshold=$MOST_EXPOSED")
        assertEquals(said, 0, hardened)
    }

    @Test
    fun `systemd would not take a unit with a word that it does not know`() {
        val unit = packaging.resolve("loyalty-kiosk.service").readText()
        val (_, said) = analyze(unit.replace("WatchdogSec=", "WatchdogSecs="), "verify", "--man=no", "--recursive-errors=no")
        assertTrue(said, "WatchdogSecs" in said)
    }

    @Test
    fun `the unit locks the kiosk down, writes nothing of it to a disk, and starts what the page installs`() {
        val unit = packaging.resolve("loyalty-kiosk.service").readText()
        for (line in listOf("LimitCORE=0", "MemorySwapMax=0", "Restart=always", "WatchdogSec=30", "ProtectSystem=strict", "StateDirectory=loyalty-kiosk", "StateDirectoryMode=0700")) assertTrue(line, "\n$line\n" in unit)
        assertTrue("it never stays dead", "\nStartLimitIntervalSec=0\n" in unit && "StartLimitBurst" !in unit)
        assertTrue("it starts when the clock is set, if something sets it", Regex("(?m)^Wants=.*time-sync.target").containsMatchIn(unit) && Regex("(?m)^After=.*time-sync.target").containsMatchIn(unit))
        assertTrue("the credential's folder is the one that it may write to", "credential = /var/lib/loyalty-kiosk/credential" in packaging.resolve("kiosk.properties.example").readText())
        val start = unit.lines().single { it.startsWith("ExecStart=") }
        for (word in listOf(" --kiosk ", "-novtswitch", "-dontzap", "-nolisten tcp")) assertTrue(word, word in start)
        val page = File(System.getProperty("checkout"), "docs/kiosk.md").readText()
        for (path in listOf("/opt/loyalty-kiosk/", "/etc/loyalty/kiosk.properties")) {
            assertTrue(path, path in start)
            assertTrue(path, path in page)
        }
        val server = packaging.resolve("xorg.conf").readText()
        for (option in listOf("DontVTSwitch", "DontZap")) assertTrue(option, Regex("\"$option\" +\"true\"").containsMatchIn(server))
    }

    @Test
    fun `what a keyboard could do beside the kiosk is turned off, and the page installs all of it`() {
        val page = File(System.getProperty("checkout"), "docs/kiosk.md").readText()
        for ((name, line) in listOf("sysctl.conf" to "kernel.sysrq = 0", "system.conf" to "CtrlAltDelBurstAction=none", "logind.conf" to "NAutoVTs=0", "logind.conf" to "ReserveVT=0")) {
            assertTrue(line, line in packaging.resolve(name).readLines())
        }
        for (file in packaging.listFiles().orEmpty().filter { it.extension == "conf" }) assertTrue(file.name, "cp packaging/kiosk/${file.name} " in page)
        assertTrue("systemctl mask ctrl-alt-del.target" in page)
        for (console in 1..6) assertTrue("tty$console", Regex("systemctl mask .*getty@tty$console\\b").containsMatchIn(page))
    }

    @Test
    fun `the example configuration is one, also with all that it says in comments`() {
        val example = packaging.resolve("kiosk.properties.example").readText()
        val read = Configuration.read(written(example))
        assertEquals(Path.of("/var/lib/loyalty-kiosk/credential"), read.credential)
        val everything = example.replace(Regex("""(?m)^#(?=[a-z-]+ = )"""), "").replace("p=1\$...", "p=1\$c2FsdHNhbHQ\$aGFzaGhhc2g")
        assertEquals(OpeningHours.parse("9:00-23:00"), Configuration.read(written(everything)).hours)
    }

    private fun written(text: String): Path = Files.writeString(folder.root.toPath().resolve("kiosk.properties"), text)

    private companion object {
        /** In tenths, from 0 to 100. What remains is that it draws on a real screen: devices, a terminal, a session of its own. */
        const val MOST_EXPOSED = 65
    }
}

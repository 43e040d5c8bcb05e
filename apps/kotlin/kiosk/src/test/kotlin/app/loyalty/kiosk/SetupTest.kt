package app.loyalty.kiosk

import app.loyalty.presenters.kiosk.PinTries
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.attribute.PosixFilePermissions
import java.time.LocalTime
import jdk.jfr.Recording
import jdk.jfr.consumer.RecordingFile
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder

/** Everything that an operator sets up, and what is refused. */
class SetupTest {
    @get:Rule
    val folder = TemporaryFolder()

    private fun file(name: String, text: String, permissions: String = "rw-------"): Path {
        val path = folder.root.toPath().resolve(name)
        Files.writeString(path, text)
        return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions))
    }

    private fun refused(text: String): String =
        assertThrows(SetupFault::class.java) { Configuration.read(file("kiosk.properties", text)) }.message.orEmpty()

    private val least = "gateway = https://example.com\ndevice = Hall\ncredential = /var/lib/kiosk/credential\n"

    @Test
    fun `three keys suffice`() {
        val read = Configuration.read(file("kiosk.properties", least))
        assertEquals("Hall", read.device)
        assertNull(read.pin)
        assertNull(read.hours)
        assertFalse(read.plainHttp)
    }

    @Test
    fun `a missing, unknown or senseless key is named`() {
        assertTrue(refused("device = Hall").contains("`gateway`"))
        assertTrue(refused(least + "colour = red").contains("`colour`"))
        for (wrong in listOf("hours = 25-26", "hours = 9:00", "theme = pink", "language = fr", "time-zone = Mars/Base", "staff-pin = 1234", "idle-seconds = 5", "app = ${"x".repeat(5_000)}", "allow-plain-http = yes")) {
            assertTrue(wrong, refused(least + wrong).contains("`${wrong.substringBefore(" =")}`"))
        }
    }

    @Test
    fun `a credential is read from a file of our own that nobody else may read`() {
        assertEquals("secret", Credential.read(file("credential", "secret\n")))
        assertNull(Credential.read(folder.root.toPath().resolve("nowhere")))
        for (open in listOf("rw-r--r--", "rw-rw----", "rwx------")) {
            assertThrows(open, SetupFault::class.java) { Credential.read(file("credential", "secret", open)) }
        }
        assertThrows(SetupFault::class.java) { Credential.read(file("credential", " \n")) }
        assertThrows(SetupFault::class.java) { Credential.read(file("credential", "x".repeat(5_000))) }
        val link = Files.createSymbolicLink(folder.root.toPath().resolve("link"), file("credential", "secret"))
        assertThrows(SetupFault::class.java) { Credential.read(link) }
    }

    @Test
    fun `only the PIN fits its hash, and each hash has a salt of its own`() {
        val hash = PinHash.of("2468")
        assertTrue(PinHash.parse(hash.toString()).fits("2468"))
        for (wrong in listOf("2467", "24680", "", "8642")) assertFalse(wrong, PinHash.parse(hash.toString()).fits(wrong))
        assertFalse(hash.toString() == PinHash.of("2468").toString())
        assertFalse(hash.toString().contains("2468"))
        assertThrows(IllegalArgumentException::class.java) { PinHash.of("12") }
        assertThrows(IllegalArgumentException::class.java) { PinHash.parse(hash.toString().replace("argon2id", "argon2i")) }
        assertThrows(IllegalArgumentException::class.java) { PinHash.parse(hash.toString().replace("t=2", "t=2000000")) }
    }

    @Test
    fun `a cut of the power takes no try of the PIN back, for the file's name is on the disk too`() {
        val tries = TriesFile(file("credential", "secret\n"))
        val recorded = folder.root.toPath().resolve("recorded")
        Recording().use { recording ->
            recording.enable("jdk.FileForce").withoutThreshold()
            recording.start()
            assertTrue(tries.keep(PinTries(1)))
            recording.stop()
            recording.dump(recorded)
        }
        val forced = RecordingFile.readAllEvents(recorded).map { Path.of(it.getString("path")) }
        assertEquals(listOf(folder.root.toPath().resolve("pin-tries.new"), folder.root.toPath()), forced)
    }

    @Test
    fun `a venue may close after midnight`() {
        val bar = OpeningHours.parse("18:00-2:30")
        for (open in listOf("18:00", "23:59", "00:00", "02:29")) assertTrue(open, bar.isOpen(LocalTime.parse(open)))
        for (shut in listOf("02:30", "12:00", "17:59")) assertFalse(shut, bar.isOpen(LocalTime.parse(shut)))
        assertEquals("18:00–2:30", bar.toString())
        assertTrue(OpeningHours.parse("9:00-23:00").isOpen(LocalTime.of(9, 0)))
    }

    @Test
    fun `a scanner is told from hands by its speed`() {
        val wedge = Wedge()
        "482019375516".forEachIndexed { place, digit -> assertEquals("nothing is typed meanwhile", "", wedge.key(digit, place * 5L)) }
        assertEquals("482019375516", wedge.enter(62))
        assertNull("and is told once", wedge.enter(63))

        "482019375516".forEachIndexed { place, digit -> wedge.key(digit, 500 + place * 5L + if (place > 7) 400 else 0) }
        assertEquals("also when a key comes late", "482019375516", wedge.enter(1_200))

        val typed = "9123451234".mapIndexed { place, digit -> wedge.key(digit, 2_000 + place * 150L) }.joinToString("")
        assertNull("a hand", wedge.enter(3_400))
        assertEquals("every digit of a hand arrives", "9123451234", typed + wedge.byHand())
        wedge.forget()

        "12".forEachIndexed { place, digit -> wedge.key(digit, 4_000 + place * 5L) }
        assertEquals("quick fingers", "12", wedge.byHand())
        assertEquals("once", "", wedge.byHand())
        wedge.forget()

        "12345".forEachIndexed { place, digit -> wedge.key(digit, 5_000 + place * 5L) }
        assertNull("too short", wedge.enter(5_030))
        wedge.forget()

        "482019375516".forEachIndexed { place, digit -> wedge.key(digit, 9_000 + place * 5L) }
        wedge.forget()
        assertNull("forgotten", wedge.enter(9_062))
    }

    @Test
    fun `a name shows its owner and nobody else who it is`() {
        assertEquals("А••а", maskedName("Анна"))
        assertEquals("Е••я", maskedName(" Евлампия "))
        assertEquals("Я•", maskedName("Ян"))
    }
}

package app.loyalty.kiosk

import app.loyalty.ConsentKind
import app.loyalty.Loyalty
import app.loyalty.LoyaltyKiosk
import app.loyalty.Settings
import app.loyalty.presenters.Grid
import app.loyalty.presenters.RegisterState
import app.loyalty.presenters.consentView
import app.loyalty.presenters.holdings
import app.loyalty.presenters.kiosk.CredentialState
import app.loyalty.presenters.kiosk.DeviceReport
import app.loyalty.presenters.kiosk.Field
import app.loyalty.presenters.kiosk.Stage
import app.loyalty.surroundings.Surroundings
import app.loyalty.words.Russian
import java.awt.image.BufferedImage
import java.io.File
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
            assertTrue("the kiosk waits as it was drawn", differing(attract, Expected.picture(Stage.Attract)) < 0.005)
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
            showsBalance(result, PHONE)

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
            showsBalance(result, PHONE)
            screen.does("key", "Escape")
            kiosk.waitFor("Done")
            screen.does("key", "Return")
            kiosk.waitFor("Attract")
            screen.scans(code)
            kiosk.waitFor("Identify")
            kiosk.waitFor("ScanRefused")
            assertTrue("a spent code is refused", differing(screen.still(), Expected.picture(Stage.Identify(scan = app.loyalty.presenters.kiosk.ScanRefusal.EXPIRED))) < 0.005)
        }
    }

    @Test
    fun `a code that is scanned where digits are asked for is no typing, and opens the visit`() = inFolder { folder ->
        RunningKiosk(screen, surroundings, folder).use { kiosk ->
            screen.types(OTHER.removePrefix("+7"))
            screen.does("key", "Return")
            kiosk.waitFor("Code")
            screen.still()
            screen.scans(surroundings.tillCode(PHONE))
            val said = kiosk.heardUntil("Result")
            assertTrue("no digit of it was tried as a code: $said", said.none { "Refused" in it })
            showsBalance(screen.still(), PHONE)
        }
    }

    @Test
    fun `the gateway knows the session while the guest reads, and not any more when they have gone`() = inFolder { folder ->
        Wiretap(surroundings.gateway).use { wire ->
            RunningKiosk(screen, surroundings, folder, gateway = wire.address).use { kiosk ->
                screen.scans(surroundings.tillCode(PHONE))
                kiosk.waitFor("Result")
                val token = wire.tokens.single()
                assertEquals(200, surroundings.statusOf("/v1/me/snapshot", token))
                screen.does("key", "Escape")
                kiosk.waitFor("forgotten")
                assertEquals(401, surroundings.statusOf("/v1/me/snapshot", token))
            }
        }
    }

    @Test
    fun `a key that something lies on keeps no guest on the screen`() = inFolder { folder ->
        RunningKiosk(screen, surroundings, folder, "idle-seconds = 20").use { kiosk ->
            screen.scans(surroundings.tillCode(PHONE))
            kiosk.waitFor("Result")
            screen.does("keydown", "a")
            try {
                val said = kiosk.heardUntil("Attract")
                assertTrue("$said", said.any { "forgotten" in it } || kiosk.waitFor("forgotten").isNotEmpty())
            } finally {
                screen.does("keyup", "a")
            }
        }
    }

    @Test
    fun `a key that is let go while another window has the keyboard can be pressed again`() = canBePressedAgain { letGo ->
        screen.withoutKeyboard(letGo)
    }

    @Test
    fun `a key that is let go amid a shortcut can be pressed again`() = canBePressedAgain { letGo ->
        screen.does("keydown", "Control_L")
        letGo()
        screen.does("keyup", "Control_L")
    }

    private fun canBePressedAgain(during: (letGo: () -> Unit) -> Unit) = inFolder { folder ->
        RunningKiosk(screen, surroundings, folder).use { kiosk ->
            screen.does("keydown", "Return")
            kiosk.waitFor("Identify")
            during { screen.does("keyup", "Return") }
            screen.types(PHONE.removePrefix("+7"))
            screen.does("key", "Return")
            kiosk.waitFor("Code")
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
            assertTrue(differing(screen.still(), Expected.picture(Stage.Attract)) < 0.005)
        }
        for (file in folder.toFile().walk().filter(File::isFile).filter { it.name !in setOf("credential", "kiosk.properties") }) {
            assertEquals("${file.name} holds nothing of the guest", emptyList<String>(), SECRETS.filter { it in file.readText(Charsets.ISO_8859_1) })
        }
    }

    @Test
    fun `a newcomer types a name on the screen, agrees, and is a guest in the gateway's books`() = inFolder { folder ->
        RunningKiosk(screen, surroundings, folder).use { kiosk ->
            screen.types(NEWCOMER.removePrefix("+7"))
            screen.does("key", "Return")
            kiosk.waitFor("Code")
            screen.types(surroundings.code(NEWCOMER))
            kiosk.waitFor("Register")
            val form = Stage.Register(RegisterState(consents = atAnotherKiosk(PHONE) { it.programme().consents.map(::consentView) }), Field.NAME)
            screen.tap(Expected.place(form, "А"))
            for (letter in "нна") screen.tap(Expected.place(form.copy(shift = false), letter.toString()))
            for (consent in listOf(Russian.register.consentData, Russian.register.consentAds)) screen.tap(Expected.place(form, consent))
            RunningKiosk.save(screen.still(), "9-newcomer")
            screen.tap(Expected.place(form, Russian.register.submit))
            kiosk.waitFor("Result")
            val (name, consents) = atAnotherKiosk(NEWCOMER) { it.refresh().guest.firstName to it.consents().filter { consent -> consent.current }.map { consent -> consent.kind } }
            assertEquals("Анна", name)
            assertEquals(ConsentKind.entries.toSet(), consents.toSet())
        }
    }

    @Test
    fun `staff hold the sign, type the PIN, and start it anew`() = inFolder { folder ->
        RunningKiosk(screen, surroundings, folder, "staff-pin = ${PinHash.of("2468")}").use { kiosk ->
            val sign = Expected.sign(Stage.Attract)
            screen.does("mousemove", sign.first.toString(), sign.second.toString(), "mousedown", "1")
            kiosk.waitFor("Staff")
            screen.does("mouseup", "1")
            for (pin in listOf("1111", "2468")) {
                screen.types(pin)
                screen.does("key", "Return")
                kiosk.waitFor("answered Pin")
            }
            val report = DeviceReport("Hall", CredentialState.VALID, VERSION, null)
            screen.tap(Expected.place(Stage.Staff(device = report), Russian.staff.restart))
            kiosk.waitFor("first frame")
            assertTrue(differing(screen.still(), Expected.picture(Stage.Attract)) < 0.005)
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
                kiosk.waitFor("answered Refused")
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

    private companion object {
        const val PHONE = "+79000000001"
        const val OTHER = "+79000000002"
        const val NEWCOMER = "+79991234567"

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
        fun read(phone: String): Stage.Result = atAnotherKiosk(phone) { other ->
            val snapshot = other.refresh()
            Stage.Result(snapshot.guest.firstName?.let(::maskedName), snapshot.guest.phoneMasked, holdings(snapshot, Russian), Grid.qr(RunningKiosk.APP))
        }

        fun <T> atAnotherKiosk(phone: String, ask: suspend (LoyaltyKiosk) -> T): T = runBlocking {
            val settings = Settings(surroundings.gateway, System.getProperty("java.io.tmpdir"), allowPlainHttp = true)
            Loyalty.openKiosk(settings, surroundings.credential()).use { other ->
                other.identify(surroundings.tillCode(phone))
                ask(other)
            }
        }

        fun sampleHoldings(phone: String) = read(phone).holdings

        /** All of the screen nearly, and the balance itself to the pixel's rounding: one digit is a fiftieth of it. */
        fun showsBalance(screen: BufferedImage, phone: String) {
            val result = read(phone)
            val expected = Expected.picture(result)
            assertTrue("the balance is there", differing(screen, expected) < 0.005)
            assertEquals("the right balance", 0.0, differing(screen, expected, Expected.area(result, result.holdings.sentence)), 0.001)
        }
    }
}

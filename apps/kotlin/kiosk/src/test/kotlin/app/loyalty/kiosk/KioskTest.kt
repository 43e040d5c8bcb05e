package app.loyalty.kiosk

import app.loyalty.Loyalty
import app.loyalty.LoyaltyKiosk
import app.loyalty.Programme
import app.loyalty.Settings
import app.loyalty.presenters.kiosk.CredentialState
import app.loyalty.presenters.kiosk.KioskAction
import app.loyalty.presenters.kiosk.KioskState
import app.loyalty.presenters.kiosk.Stage
import app.loyalty.surroundings.Surroundings
import java.nio.file.Files
import java.nio.file.Path
import java.time.Clock
import java.time.Instant
import java.time.ZoneId
import java.util.concurrent.Executors
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import org.junit.After
import org.junit.AfterClass
import org.junit.Assert.assertEquals
import org.junit.Before
import org.junit.BeforeClass
import org.junit.Test

/** The machine over a real core and a real gateway, without its window, on a clock of the venue that the test sets. */
class KioskTest {
    private lateinit var folder: Path
    private lateinit var thread: kotlinx.coroutines.ExecutorCoroutineDispatcher
    private val wall = Wall()

    @Before
    fun open() {
        // The guest of another test may have asked for a code just now.
        surroundings.anHourPasses()
        folder = Files.createTempDirectory("kiosk")
        thread = Executors.newSingleThreadExecutor().asCoroutineDispatcher()
    }

    @After
    fun close() {
        thread.close()
        folder.toFile().deleteRecursively()
    }

    @Test
    fun `a kiosk whose credential was revoked calls staff although everybody may read the programme`() {
        val configuration = configured()
        surroundings.revokeKiosks()
        running(configuration) { kiosk ->
            assertEquals(Stage.Outage("unauthorized"), kiosk.until { it.stage is Stage.Outage }.stage)
            kiosk.typesPin("2468")
            val report = kiosk.until { (it.stage as? Stage.Staff)?.device != null }.stage as Stage.Staff
            assertEquals(CredentialState.REFUSED, report.device?.credential)
        }
    }

    @Test
    fun `a guest who comes after the kiosk was revoked is let go, and staff read that it is refused`() = running(configured()) { kiosk ->
        kiosk.does(KioskAction.Start, *digits("9000000001"), KioskAction.GoOn)
        kiosk.until { it.stage is Stage.Code }
        kiosk.does(KioskAction.Finish, KioskAction.GoOn)
        kiosk.typesPin("2468")
        val before = kiosk.until { (it.stage as? Stage.Staff)?.device != null }.stage as Stage.Staff
        assertEquals(CredentialState.VALID, before.device?.credential)
        kiosk.does(KioskAction.Finish)
        surroundings.revokeKiosks()
        kiosk.does(KioskAction.Start, *digits("9000000001"), KioskAction.GoOn)
        assertEquals(Stage.Outage("unauthorized"), kiosk.until { it.stage is Stage.Outage }.stage)
        kiosk.typesPin("2468")
        val after = kiosk.until { (it.stage as? Stage.Staff)?.device != null }.stage as Stage.Staff
        assertEquals(CredentialState.REFUSED, after.device?.credential)
    }

    @Test
    fun `a kiosk that a guest found revoked asks again at once, and not when it would have asked anyway`() {
        val looks = MutableStateFlow(0)
        running(configured(), { Counted(it, looks) }, every = Long.MAX_VALUE) { kiosk ->
            looks.first { it == 1 }
            surroundings.revokeKiosks()
            kiosk.does(KioskAction.Start, *digits("9000000001"), KioskAction.GoOn)
            kiosk.until { it.stage is Stage.Outage }
            // The first is the guest's doubt.
            looks.first { it > 2 }
        }
    }

    @Test
    fun `the venue opens when a clock that was wrong at the start is set right, and closes by it`() {
        wall.now = Instant.EPOCH
        running(configured("hours = 9:00-23:00")) { kiosk ->
            assertEquals(Stage.Closed("9:00–23:00"), kiosk.until { it.stage is Stage.Closed }.stage)
            wall.now = Instant.parse("2026-06-15T12:00:00Z")
            kiosk.until { it.stage == Stage.Attract }
            kiosk.does(KioskAction.Start, *digits("9000000001"), KioskAction.GoOn)
            kiosk.until { it.stage is Stage.Code }
            kiosk.does(KioskAction.Finish, KioskAction.GoOn)
            kiosk.typesPin("2468")
            val report = kiosk.until { (it.stage as? Stage.Staff)?.device != null }.stage as Stage.Staff
            assertEquals("15\u00a0июня 2026, 15:00", report.device?.lastSuccess)
            kiosk.does(KioskAction.Finish)
            wall.now = Instant.parse("2026-06-15T22:00:00Z")
            kiosk.until { it.stage is Stage.Closed }
        }
    }

    @Test
    fun `wrong PINs lock the menu also for the next start, until the time is over`() {
        val configuration = configured()
        running(configuration) { kiosk -> repeat(4) { kiosk.triesPin("0000") } }
        running(configuration) { kiosk ->
            kiosk.triesPin("0000")
            kiosk.until { (it.stage as? Stage.Staff)?.lockedFor != null }
        }
        running(configuration) { kiosk ->
            kiosk.does(KioskAction.OpenStaff)
            assertEquals("5:00", (kiosk.state.value.stage as Stage.Staff).lockedFor)
        }
        wall.now = wall.now.plusSeconds(300)
        running(configuration) { kiosk ->
            kiosk.triesPin("2468")
            kiosk.until { (it.stage as? Stage.Staff)?.device != null }
        }
        assertEquals("the right one gives all tries back", "0 0\n", Files.readString(folder.resolve("pin-tries")))
    }

    @Test
    fun `where tries cannot be kept, or were spoilt, no PIN is right`() {
        val configuration = configured()
        Files.createDirectories(folder.resolve("pin-tries.new"))
        running(configuration) { kiosk ->
            kiosk.triesPin("2468")
            assertEquals(4, (kiosk.until { (it.stage as? Stage.Staff)?.triesLeft != null }.stage as Stage.Staff).triesLeft)
        }
        Files.delete(folder.resolve("pin-tries.new"))
        Files.writeString(folder.resolve("pin-tries"), "none at all")
        running(configuration) { kiosk ->
            kiosk.does(KioskAction.OpenStaff)
            assertEquals("5:00", (kiosk.state.value.stage as Stage.Staff).lockedFor)
        }
    }

    private fun configured(vararg more: String): Configuration =
        Configuration.read(RunningKiosk.configure(folder, surroundings, surroundings.gateway, "staff-pin = $PIN", *more))

    /** The real core, of which a test sees how often it was asked for what everybody may read. */
    private class Counted(private val core: LoyaltyKiosk, private val looks: MutableStateFlow<Int>) : LoyaltyKiosk by core {
        override suspend fun programme(): Programme {
            looks.value++
            return core.programme()
        }
    }

    private fun running(configuration: Configuration, over: (LoyaltyKiosk) -> LoyaltyKiosk = { it }, every: Long = 60_000, work: suspend (Kiosk) -> Unit) = runBlocking {
        val scope = CoroutineScope(thread + Job())
        val session: LoyaltyKiosk = Loyalty.openKiosk(
            Settings(configuration.gateway, System.getProperty("java.io.tmpdir"), allowPlainHttp = true),
            checkNotNull(Credential.read(configuration.credential)),
        )
        try {
            withContext(thread) {
                val kiosk = Kiosk(configuration, over(session), scope, wall = wall, every = every, onRestart = {})
                withTimeout(60_000) { work(kiosk) }
            }
        } finally {
            scope.cancel()
            session.close()
        }
    }

    private suspend fun Kiosk.until(condition: (KioskState) -> Boolean): KioskState = state.first(condition)

    private fun Kiosk.does(vararg actions: KioskAction) = actions.forEach(::on)

    private fun digits(text: String): Array<KioskAction> = text.map(KioskAction::Digit).toTypedArray()

    private fun Kiosk.typesPin(pin: String) = does(KioskAction.OpenStaff, *digits(pin), KioskAction.GoOn)

    /** Types it and waits for the answer. */
    private suspend fun Kiosk.triesPin(pin: String) {
        typesPin(pin)
        until { stage -> (stage.stage as? Stage.Staff)?.let { !it.checking } == true }
    }

    /** A device's clock, as somebody has set it. */
    private class Wall : Clock() {
        @Volatile
        var now: Instant = Instant.parse("2026-06-15T12:00:00Z")

        override fun instant(): Instant = now

        override fun getZone(): ZoneId = ZoneId.of("Europe/Moscow")

        override fun withZone(zone: ZoneId): Clock = this
    }

    private companion object {
        val PIN = PinHash.of("2468").toString()

        lateinit var surroundings: Surroundings

        @BeforeClass
        @JvmStatic
        fun start() {
            surroundings = Surroundings()
        }

        @AfterClass
        @JvmStatic
        fun stop() = surroundings.close()
    }
}

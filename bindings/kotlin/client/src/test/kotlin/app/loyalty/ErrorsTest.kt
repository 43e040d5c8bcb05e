package app.loyalty

import app.loyalty.ffi.provokePanic
import app.loyalty.ffi.provokePanicAtOnce
import java.time.Duration
import java.time.LocalDate
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertNotNull
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.jsonPrimitive

internal fun JsonElement.text(): String = jsonPrimitive.content

class ErrorsTest {
    @Test
    fun `a setting that cannot be used is named`() = inFolder { folder ->
        runBlocking {
            val good = Settings("https://gateway.example", folder.toString())
            val wrong =
                mapOf(
                    "gateway" to good.copy(gateway = "gateway.example"),
                    "time_zone" to good.copy(timeZone = "Europe/Atlantis"),
                    "timeout" to good.copy(timeout = Duration.ofSeconds(-1)),
                    "extra_roots" to good.copy(extraRoots = "no certificate"),
                    "unit.ru.few" to good.copy(unit = UnitWords(russianFew = " ")),
                )
            for ((field, settings) in wrong) {
                val refused =
                    assertFailsWith<LoyaltyException.InvalidInput> { Loyalty.openGuest(settings, InMemorySecretStore()) }
                assertEquals(field, refused.field)
            }
            for (timeout in listOf(Duration.ZERO, Duration.ofSeconds(Long.MAX_VALUE))) {
                val refused =
                    assertFailsWith<LoyaltyException.InvalidInput> { Loyalty.openKiosk(good.copy(timeout = timeout), "credential") }
                assertEquals("timeout", refused.field)
            }
            val plain = assertFailsWith<LoyaltyException.InvalidInput> {
                Loyalty.openGuest(good.copy(gateway = "http://gateway.example"), InMemorySecretStore())
            }
            assertEquals("config_invalid: gateway", plain.message)
        }
    }

    @Test
    fun `a wrong code tells the tries that are left, and a spent one that it is over`() = onDevice { guest, stage ->
        guest.requestCode(NEWCOMER)
        val code = stage.code(NEWCOMER)
        val wrong = if (code == "000000") "111111" else "000000"
        val first = assertFailsWith<LoyaltyException.CodeWrong> { guest.confirm(NEWCOMER, wrong) }
        val second = assertFailsWith<LoyaltyException.CodeWrong> { guest.confirm(NEWCOMER, wrong) }
        assertEquals(assertNotNull(first.triesLeft) - 1, second.triesLeft)
        assertEquals(ErrorCode.CODE_WRONG, first.code)
        guest.confirm(NEWCOMER, code)
        val twice = assertFailsWith<LoyaltyException.Conflict> { guest.confirm(NEWCOMER, code) }
        assertEquals(ErrorCode("conflict"), twice.code)
        guest.signOut()
        val spent = assertFailsWith<LoyaltyException> { guest.confirm(NEWCOMER, code) }
        assertEquals(ErrorCode.CODE_EXPIRED, spent.code)
    }

    @Test
    fun `whoever asks too often is told how long to wait`() = onDevice { guest, _ ->
        guest.requestCode(NEWCOMER)
        val limited = assertFailsWith<LoyaltyException.RateLimited> { guest.requestCode(NEWCOMER) }
        assertTrue(limited.retryable)
        val wait = assertNotNull(limited.retryAfter)
        assertTrue(wait > Duration.ZERO && wait <= Duration.ofMinutes(1), "$wait")
    }

    @Test
    fun `a phone that cannot be is refused before anything is sent`() = onDevice { guest, stage ->
        stage.act("offline")
        for ((phone, code) in listOf("123" to ErrorCode.PHONE_INVALID, "+44 20 7946 0000" to ErrorCode.PHONE_UNSUPPORTED)) {
            val refused = assertFailsWith<LoyaltyException.InvalidInput> { guest.requestCode(phone) }
            assertEquals(code to "phone", refused.code to refused.field)
            assertFalse(refused.message.orEmpty().contains(phone))
        }
        assertFailsWith<LoyaltyException.Offline> { guest.requestCode(NEWCOMER) }
    }

    @Test
    fun `registration needs the consent to the processing of personal data`() = onDevice { guest, stage ->
        guest.signIn(stage)
        val refused =
            assertFailsWith<LoyaltyException.InvalidInput> {
                guest.register(RegistrationForm("Евлампия"), setOf(ConsentKind.ADVERTISING))
            }
        assertEquals("consents", refused.field)
        val nameless =
            assertFailsWith<LoyaltyException.InvalidInput> {
                guest.register(RegistrationForm(" "), setOf(ConsentKind.PERSONAL_DATA))
            }
        assertEquals("first_name", nameless.field)
    }

    @Test
    fun `a day beyond all calendars is taken for the last one in them and never for another`() = onDevice { guest, stage ->
        guest.signIn(stage)
        // As many days as 32 bits can count, and as many as until 1990.
        val beyond = LocalDate.ofEpochDay((1L shl 32) + 7_305)
        val refused =
            assertFailsWith<LoyaltyException> {
                guest.register(RegistrationForm("Евлампия", birthday = beyond), setOf(ConsentKind.PERSONAL_DATA))
            }
        assertEquals("field_invalid", refused.code.text)
        for (day in listOf(beyond, LocalDate.MAX)) assertEquals(guest.word(LocalDate.of(9999, 12, 31)), guest.word(day))
    }

    @Test
    fun `a session that was ended elsewhere ends here`() = onDevice { guest, stage ->
        stage.act("register_at_counter", "phone" to NEWCOMER, "name" to "Евлампия")
        guest.signIn(stage)
        guest.refresh()
        stage.act("sign_out_elsewhere", "phone" to NEWCOMER)
        assertFailsWith<LoyaltyException.Unauthorized> { guest.refresh() }
        assertEquals(false, guest.current.signedIn)
        assertEquals(null, guest.current.snapshot)
    }

    @Test
    fun `what a venue does not have is unsupported`() = onDevice { guest, stage ->
        stage.act("register_at_counter", "phone" to NEWCOMER, "name" to "Евлампия")
        guest.signIn(stage)
        assertFailsWith<LoyaltyException.Unsupported> { guest.tillCode() }
    }

    @Test
    fun `a paused session says that its storage is closed`() = onDevice { guest, stage ->
        stage.act("register_at_counter", "phone" to NEWCOMER, "name" to "Евлампия")
        guest.signIn(stage)
        val snapshot = guest.refresh()
        guest.pause()
        assertEquals(ErrorCode.STORAGE_CLOSED, assertFailsWith<LoyaltyException.Storage> { guest.history() }.code)
        assertEquals(snapshot, guest.current.snapshot)
        guest.resume()
        assertEquals(snapshot.newest, guest.history().rows)
    }

    @Test
    fun `a panic inside is a mistake of ours and says nothing personal`() = runBlocking {
        for (provoke in listOf<suspend () -> Unit>({ provokePanic() }, { provokePanicAtOnce() })) {
            val panic = assertFailsWith<LoyaltyException.Internal> { calling { provoke() } }
            assertEquals("internal", panic.message)
            assertEquals(null, panic.cause)
        }
    }

    @Test
    fun `after closing every call says so`() = inFolder { folder ->
        runBlocking {
            val settings = Settings("https://gateway.example", folder.toString())
            val guest = Loyalty.openGuest(settings, InMemorySecretStore())
            guest.close()
            guest.close()
            assertFailsWith<IllegalStateException> { guest.current }
            assertFailsWith<IllegalStateException> { guest.programme() }
        }
        Unit
    }

    @Test
    fun `a when over all errors is exhaustive`() {
        // Does not compile when a case is missing: that is the test.
        fun advice(error: LoyaltyException): String =
            when (error) {
                is LoyaltyException.Offline, is LoyaltyException.Timeout, is LoyaltyException.Unavailable -> "again"
                is LoyaltyException.RateLimited -> "wait ${error.retryAfter}"
                is LoyaltyException.Unauthorized -> "sign in"
                is LoyaltyException.InvalidInput -> error.field
                is LoyaltyException.Rejected -> error.field.orEmpty()
                is LoyaltyException.CodeWrong -> "${error.triesLeft} left"
                is LoyaltyException.Outdated -> "update"
                is LoyaltyException.Untrusted, is LoyaltyException.Contract -> "call the restaurant"
                is LoyaltyException.Storage, is LoyaltyException.SecretStoreFailed -> "free some space"
                is LoyaltyException.Forbidden, is LoyaltyException.Unsupported -> "not here"
                is LoyaltyException.NotFound, is LoyaltyException.Conflict, is LoyaltyException.OutcomeUnknown -> "look"
                is LoyaltyException.Internal -> "report"
            }
        assertEquals("wait PT1M", advice(LoyaltyException.RateLimited(Duration.ofMinutes(1))))
    }
}

package app.loyalty

import java.time.LocalDate
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking

/** Its own text shows nothing personal, and so nothing of a difference. */
private fun GuestProfile.fields() =
    listOf(firstName, lastName, middleName, birthday, sex, email, phone, phoneMasked, blocked)

class JourneyTest {
    @Test
    fun `a newcomer registers, visits, sees it and signs out`() = onDevice { guest, stage ->
        assertEquals(SessionState(signedIn = false, connectivity = Connectivity.UNKNOWN, snapshot = null), guest.current)
        val programme = guest.programme()
        assertEquals("Печка", programme.name)
        val sent = guest.requestCode("8 (916) 111-22-33")
        assertEquals(6, sent.digits)
        guest.confirm(NEWCOMER, stage.code(NEWCOMER))
        assertEquals(ErrorCode.GUEST_NOT_FOUND, assertFailsWith<LoyaltyException.NotFound> { guest.refresh() }.code)

        val form = RegistrationForm("Аполлинария", birthday = LocalDate.of(1990, 2, 28))
        assertTrue(guest.register(form, setOf(ConsentKind.PERSONAL_DATA)).created)
        stage.act("visit", "phone" to NEWCOMER, "sum" to 250_000)
        val snapshot = guest.refresh()
        assertEquals("Аполлинария", snapshot.guest.firstName)
        assertEquals("+7 916 111-22-33", snapshot.guest.phone)
        assertEquals("+7 ••• •••-22-33", snapshot.guest.phoneMasked)
        assertEquals(LocalDate.of(1990, 2, 28), snapshot.guest.birthday)
        assertEquals(Freshness.FRESH, snapshot.freshness)
        assertEquals(LocalDate.of(2026, 6, 15), snapshot.today)
        assertNull(snapshot.unsaved)
        val visit = snapshot.newest.first()
        assertEquals(TransactionKind.ACCRUAL, visit.kind)
        assertTrue(visit.sum.text.startsWith("+"), visit.sum.text)
        assertEquals("Сегодня", visit.dayHeading)
        assertEquals(snapshot, guest.current.snapshot)

        val page = guest.history(limit = 1)
        assertEquals(listOf(visit), page.rows)
        val older = guest.history(after = assertNotNull(page.next), limit = 50)
        assertEquals(TransactionKind.WELCOME, older.rows.single().kind)
        assertNull(older.next)
        val receipt = guest.receipt(assertNotNull(visit.receipt))
        assertEquals("2\u00A0500\u00A0₽", receipt.total.text)
        assertEquals(Money(250_000), receipt.total.value)
        assertEquals(receipt.total.value.kopecks, receipt.dishes.sumOf { it.sum.value.kopecks })

        assertEquals(listOf(ConsentKind.PERSONAL_DATA), guest.consents().filter { it.current }.map { it.kind })
        assertTrue(guest.exportData().contains("Аполлинария"))
        assertEquals(SignOut.COMPLETE, guest.signOut())
        assertEquals(false, guest.current.signedIn)
        assertFailsWith<LoyaltyException.Unauthorized> { guest.refresh() }
    }

    @Test
    fun `a session goes on after the app was ended`() = Stage().use { stage ->
        inFolder { folder ->
            runBlocking {
                val secrets = InMemorySecretStore()
                stage.act("register_at_counter", "phone" to NEWCOMER, "name" to "Евлампия")
                val before = Loyalty.openGuest(stage.settings(folder), secrets).use { guest ->
                    guest.programme()
                    guest.signIn(stage)
                    guest.refresh()
                }
                stage.act("offline")
                Loyalty.openGuest(stage.settings(folder), secrets).use { guest ->
                    val kept = assertNotNull(guest.current.snapshot)
                    assertEquals(before.balance, kept.balance)
                    assertEquals("Печка", guest.knownProgramme?.name)
                    assertFailsWith<LoyaltyException.Offline> { guest.refresh() }
                    assertEquals(Connectivity.OFFLINE, guest.current.connectivity)
                    assertEquals(before.balance, guest.current.snapshot?.balance)
                }
            }
        }
    }

    @Test
    fun `the form is changed field by field`() = onDevice { guest, stage ->
        stage.act("register_at_counter", "phone" to NEWCOMER, "name" to "Евлампия")
        guest.signIn(stage)
        val before = guest.refresh().guest
        assertEquals("Подорожная", before.lastName)
        val changed =
            guest.updateProfile(
                ProfileChange(
                    firstName = "Аполлинария",
                    lastName = FieldChange.Set("Счастливцева"),
                    birthday = FieldChange.Set(LocalDate.of(1985, 12, 31)),
                ),
            )
        val born = LocalDate.of(1985, 12, 31)
        val expected = before.copy(firstName = "Аполлинария", lastName = "Счастливцева", birthday = born)
        assertEquals(expected.fields(), changed.fields())
        assertEquals(changed, guest.current.snapshot?.guest)
    }

    @Test
    fun `everything is worded in the asked language`() = onDevice { guest, stage ->
        stage.act("register_at_counter", "phone" to NEWCOMER, "name" to "Евлампия")
        guest.signIn(stage)
        guest.refresh()
        assertEquals("5\u00A0бонусов", guest.word(Bonus(500)).text)
        assertEquals("+1,50\u00A0бонуса", guest.word(Bonus(150), signed = true).text)
        guest.language = Language.ENGLISH
        assertEquals(Language.ENGLISH, guest.language)
        assertEquals("5\u00A0bonuses", guest.word(Bonus(500)).text)
        assertEquals("₽1,234.50", guest.word(Money(123_450)).text)
        assertEquals("November\u00A023, 2026", guest.word(LocalDate.of(2026, 11, 23)))
        assertEquals("Welcome gift", guest.current.snapshot?.newest?.single()?.kindText)
    }

    @Test
    fun `a phone is formatted at every key`() {
        assertEquals(PhoneInput("+7 912", complete = false), Loyalty.formatPhone("8912"))
        assertEquals("PhoneInput(complete=false)", Loyalty.formatPhone("8912").toString(), "a phone is personal")
        assertEquals(PhoneInput("+7 912 345-12-34", complete = true), Loyalty.formatPhone("89123451234"))
    }

    @Test
    fun `reminders follow from what was read`() = onDevice("""{"guests": 5}""") { guest, stage ->
        guest.signIn(stage, "+79000000001")
        val schedule = assertIs<BurnSchedule.Parts>(guest.refresh().schedule)
        val burn = schedule.burns.first { it.inDays > 8 }
        val reminders = guest.reminders(ReminderPolicy(daysBefore = listOf(7)))
        val reminder = reminders.first { it.burnOn == burn.on }
        assertEquals("burn-${burn.on}-7", reminder.id)
        assertEquals(7, reminder.daysBefore)
        assertTrue(reminder.text.contains("по состоянию на"), reminder.text)
        assertEquals(schedule.burns.sumOf { it.amount.value.hundredths } + schedule.nonBurning.value.hundredths,
            guest.current.snapshot?.balance?.value?.hundredths)
    }

    @Test
    fun `deletion ends the session and reaches the operator`() = onDevice { guest, stage ->
        stage.act("register_at_counter", "phone" to NEWCOMER, "name" to "Евлампия")
        guest.signIn(stage)
        assertEquals(stage.now, guest.requestDeletion())
        assertEquals(false, guest.current.signedIn)
        assertEquals(json("""{"deletions": 1}"""), stage.act("deletions"))
    }

    @Test
    fun `a kiosk serves one guest after another and keeps nothing of them`() =
        Stage(json("""{"till_codes": true}""")).use { stage ->
            inFolder { folder ->
                runBlocking {
                    val other = "+79169998877"
                    stage.act("register_at_counter", "phone" to NEWCOMER, "name" to "Евлампия")
                    stage.act("register_at_counter", "phone" to other, "name" to "Аполлинария")
                    val credential = stage.act("add_kiosk").getValue("credential").text()
                    Loyalty.openKiosk(stage.settings(folder), credential).use { kiosk ->
                        kiosk.signIn(stage)
                        val seen = kiosk.refresh()
                        assertNull(seen.guest.phone)
                        assertEquals("+7 ••• •••-22-33", seen.guest.phoneMasked)
                        assertEquals(SignOut.COMPLETE, kiosk.signOut())
                        assertNull(kiosk.current.snapshot)
                        val code = stage.act("till_code_elsewhere", "phone" to other).getValue("code").text()
                        kiosk.identify(code)
                        assertEquals("+7 ••• •••-88-77", kiosk.refresh().guest.phoneMasked)
                        kiosk.signOut()
                        val spent = assertFailsWith<LoyaltyException> { kiosk.identify(code) }
                        assertEquals(ErrorCode.CODE_EXPIRED, spent.code)
                        stage.act("revoke_kiosks")
                        assertFailsWith<LoyaltyException.Unauthorized> { kiosk.requestCode(NEWCOMER) }
                    }
                    assertEquals(emptyList(), folder.toFile().list()?.toList())
                }
            }
        }
}

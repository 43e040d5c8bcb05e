package app.loyalty.presenters

import app.loyalty.ConsentKind
import app.loyalty.Connectivity
import app.loyalty.ErrorCode
import app.loyalty.LoyaltyException
import app.loyalty.SessionState
import app.loyalty.TransactionKind
import app.loyalty.fakes.FakeGuest
import app.loyalty.words.Language
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test

@OptIn(ExperimentalCoroutinesApi::class)
class MainPagesTest {
    private val guest = FakeGuest().apply {
        signIn()
        holdings = SNAPSHOT
    }
    private val russian = { Language.RU }

    @Test
    fun `what was read stays on the screen while nothing newer can be had`() = runTest {
        val presenter = HomePresenter(guest, russian, backgroundScope)
        runCurrent()
        assertEquals("100", presenter.state.value.holdings?.number)
        assertEquals("по состоянию на 23 ноября", presenter.state.value.asOf)
        guest.failure = LoyaltyException.Offline()
        presenter.on(HomeAction.Refresh)
        runCurrent()
        assertEquals("100", presenter.state.value.holdings?.number)
        assertEquals(Cause.OFFLINE, presenter.state.value.problem?.cause)
    }

    @Test
    fun `a blocked account and an unknown guest leave the first page`() = runTest {
        guest.show(SessionState(true, Connectivity.ONLINE, SNAPSHOT.copy(guest = PROFILE.copy(blocked = true))))
        assertEquals(HomeEffect.Blocked, HomePresenter(guest, russian, backgroundScope).effects.first())
        guest.show(SessionState(true, Connectivity.ONLINE, null))
        guest.holdings = null
        val presenter = HomePresenter(guest, russian, backgroundScope)
        val left = presenter.effects.first() as HomeEffect.Leave
        val phone = PhonePresenter(guest, backgroundScope)
        phone.on(PhoneAction.Leave(left.because))
        assertEquals(Place.Register(consentsOnly = false), phone.state.value.place)
    }

    @Test
    fun `the way back ends at home`() = runTest {
        val phone = PhonePresenter(guest, backgroundScope)
        phone.on(PhoneAction.Select(Tab.PROFILE))
        phone.on(PhoneAction.Go(Place.Programme))
        phone.on(PhoneAction.Back)
        phone.on(PhoneAction.Back)
        assertEquals(Place.Main(Tab.HOME), phone.state.value.place)
        assertFalse(phone.state.value.canGoBack)
        phone.on(PhoneAction.Back)
        assertEquals(Place.Main(Tab.HOME), phone.state.value.place)
    }

    @Test
    fun `months are as high as what burns in them`() = runTest {
        guest.refresh()
        val presenter = BurnPresenter(guest, russian, PREFERENCES, backgroundScope)
        assertEquals(listOf("ноя" to 500, "янв" to 1000), presenter.state.value.months.map { it.label to it.permille })
        presenter.on(BurnAction.Remind(true))
        assertEquals(BurnEffect.Remind(true), presenter.effects.first())
    }

    @Test
    fun `the history is read page by page, filtered, and a failed page can be asked for again`() = runTest {
        guest.rows = (1L..70L).map { row(71 - it, if (it % 2 == 0L) 100 else -100, if (it % 2 == 0L) TransactionKind.ACCRUAL else TransactionKind.SPEND) }
        val presenter = HistoryPresenter(guest, backgroundScope)
        runCurrent()
        assertEquals(50, presenter.state.value.operations.size)
        guest.failure = LoyaltyException.Offline()
        presenter.on(HistoryAction.More)
        runCurrent()
        assertEquals(Cause.OFFLINE, presenter.state.value.pageProblem?.cause)
        guest.failure = null
        presenter.on(HistoryAction.More)
        runCurrent()
        assertTrue(presenter.state.value.complete)
        presenter.on(HistoryAction.Filter(HistoryFilter.EARNED))
        assertEquals(35, presenter.state.value.days.single().operations.size)
    }

    @Test
    fun `the history is read anew when another screen has read of something newer, and once`() = runTest {
        guest.rows = listOf(row(1, 100))
        val presenter = HistoryPresenter(guest, backgroundScope)
        runCurrent()
        guest.rows = listOf(row(2, 50), row(1, 100))
        guest.holdings = SNAPSHOT.copy(newest = listOf(row(2, 50)))
        guest.refresh()
        runCurrent()
        assertEquals(listOf(2L, 1L), presenter.state.value.operations.map { it.id })
        val calls = guest.calls.size
        guest.holdings = SNAPSHOT.copy(newest = listOf(row(3, 50)))
        repeat(3) {
            guest.refresh()
            runCurrent()
        }
        assertEquals("what does not come is not asked for again and again", calls + 3 + 1, guest.calls.size)
    }

    @Test
    fun `a first page that is read anew comes first, also when it failed meanwhile`() = runTest {
        guest.rows = listOf(row(1, 100))
        val presenter = HistoryPresenter(guest, backgroundScope)
        runCurrent()
        guest.failure = LoyaltyException.Storage(ErrorCode.STORAGE_CLOSED)
        presenter.on(HistoryAction.Refresh)
        runCurrent()
        assertEquals(Cause.PAUSED, presenter.state.value.pageProblem?.cause)
        guest.failure = null
        guest.rows = listOf(row(2, 50), row(1, 100))
        presenter.wake()
        runCurrent()
        assertEquals(listOf(2L, 1L), presenter.state.value.operations.map { it.id })
    }

    @Test
    fun `a receipt that is not there says why`() = runTest {
        val presenter = ReceiptPresenter(guest, "x", backgroundScope)
        runCurrent()
        assertEquals(ReceiptMissing.NOT_FOUND, presenter.state.value.missing)
        guest.failure = LoyaltyException.Offline()
        presenter.on(ReceiptAction.Retry)
        runCurrent()
        assertEquals(ReceiptMissing.NOT_KEPT, presenter.state.value.missing)
    }

    private fun profile(scope: kotlinx.coroutines.CoroutineScope) =
        ProfilePresenter(guest, PREFERENCES, { TODAY }, scope)

    @Test
    fun `leaving with something unsaved asks first, and saving sends it`() = runTest {
        guest.refresh()
        val presenter = profile(backgroundScope)
        runCurrent()
        presenter.on(ProfileAction.Edit)
        presenter.on(ProfileAction.Draft(presenter.state.value.form.copy(name = "Мария")))
        presenter.on(ProfileAction.Leave)
        assertEquals(ProfileQuestion.UNSAVED, presenter.state.value.question)
        presenter.on(ProfileAction.Confirm)
        runCurrent()
        assertTrue(presenter.state.value.saved)
        assertTrue("updateProfile" in guest.calls)
        assertNull(presenter.state.value.draft)
    }

    @Test
    fun `a refused field is marked, and withdrawing the needed consent asks for deletion`() = runTest {
        guest.refresh()
        guest.giveConsent(ConsentKind.PERSONAL_DATA)
        val presenter = profile(backgroundScope)
        runCurrent()
        assertTrue(presenter.state.value.consents.first().given)
        guest.failure = LoyaltyException.Rejected(ErrorCode("field_invalid"), "birthday")
        presenter.on(ProfileAction.Edit)
        presenter.on(ProfileAction.Draft(presenter.state.value.form.copy(birthday = "")))
        presenter.on(ProfileAction.Save)
        runCurrent()
        assertEquals(FieldError.REFUSED, presenter.state.value.birthdayError)
        guest.failure = null
        presenter.on(ProfileAction.Ask(ProfileQuestion.WITHDRAW_DATA))
        presenter.on(ProfileAction.Confirm)
        assertEquals(ProfileEffect.SignedOut, presenter.effects.first())
        assertEquals(listOf("withdrawConsent", "requestDeletion"), guest.calls.takeLast(2))
    }
}

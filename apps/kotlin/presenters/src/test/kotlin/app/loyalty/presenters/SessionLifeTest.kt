package app.loyalty.presenters

import app.loyalty.ErrorCode
import app.loyalty.LoyaltyException
import app.loyalty.LoyaltyGuest
import app.loyalty.TillCode
import app.loyalty.fakes.FakeGuest
import app.loyalty.words.English
import app.loyalty.words.Language
import app.loyalty.words.Russian
import java.time.Duration
import java.time.Instant
import kotlin.time.Duration.Companion.minutes
import kotlin.time.TestTimeSource
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.delay
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.advanceTimeBy
import kotlinx.coroutines.test.runTest
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test

/** What the screens do when the session begins, ends, is interrupted and goes on. */
@OptIn(ExperimentalCoroutinesApi::class)
class SessionLifeTest {
    private val guest = FakeGuest().apply {
        holdings = SNAPSHOT
        programmeToRead = PROGRAMME
    }
    private val ticking = TestTimeSource()

    private fun TestScope.screens(session: LoyaltyGuest = guest, signedOut: Problem? = null) = PhoneScreens(
        session, PREFERENCES, AppFacts("0.1.0", emptyList()), { TODAY }, backgroundScope, null, signedOut, {}, ticking,
    ).also { runCurrent() }

    private inline fun <reified T : Screen> PhoneScreens.shown(): T = screens.value.last() as T

    private fun FakeGuest.endSession() = show(current.copy(signedIn = false, snapshot = null))

    private fun FakeGuest.block() {
        signIn()
        holdings = SNAPSHOT.copy(guest = PROFILE.copy(blocked = true))
    }

    private fun TestScope.signIn(screens: PhoneScreens) {
        screens.shown<Screen.SignIn>().presenter.apply { on(SignInAction.Typed("79161112233")); on(SignInAction.Send) }
        runCurrent()
        screens.shown<Screen.Code>().presenter.on(CodeAction.Typed("123456"))
        runCurrent()
    }

    @Test
    fun `a session that ends leads to signing in from wherever the guest is`() = runTest {
        guest.signIn()
        guest.holdings = null
        val newcomer = screens().apply { shown<Screen.Register>() }
        guest.endSession()
        runCurrent()
        newcomer.shown<Screen.SignIn>()
        guest.block()
        val blocked = screens().apply { shown<Screen.Blocked>() }
        guest.endSession()
        runCurrent()
        blocked.shown<Screen.SignIn>()
    }

    @Test
    fun `who will not register, or may not in, can sign out`() = runTest {
        guest.signIn()
        guest.holdings = null
        val newcomer = screens()
        guest.failure = LoyaltyException.Storage(ErrorCode.STORAGE_FULL)
        newcomer.shown<Screen.Register>().presenter.on(RegisterAction.SignOut)
        runCurrent()
        assertEquals(Cause.STORAGE, newcomer.shown<Screen.Register>().presenter.state.value.problem?.cause)
        guest.failure = null
        newcomer.shown<Screen.Register>().presenter.on(RegisterAction.SignOut)
        runCurrent()
        newcomer.shown<Screen.SignIn>()
        guest.block()
        val blocked = screens()
        blocked.signOut()
        runCurrent()
        blocked.shown<Screen.SignIn>()
    }

    @Test
    fun `an app that is too old stays so, whoever is signed in`() = runTest {
        guest.signIn()
        guest.failure = LoyaltyException.Outdated()
        val screens = screens().apply { shown<Screen.Outdated>() }
        guest.endSession()
        runCurrent()
        screens.shown<Screen.Outdated>()
    }

    @Test
    fun `a link that comes before signing in is followed afterwards`() = runTest {
        val screens = screens()
        screens.open(DeepLink.CARD)
        screens.shown<Screen.SignIn>()
        signIn(screens)
        assertEquals(listOf(Place.Main(Tab.HOME), Place.Card), screens.phone.state.value.places)
        screens.on(PhoneAction.Back)
        runCurrent()
        screens.shown<Screen.Home>()
    }

    @Test
    fun `a link leads past neither the form nor a closed account`() = runTest {
        guest.holdings = null
        val screens = screens()
        signIn(screens)
        val form = screens.shown<Screen.Register>().presenter
        form.on(RegisterAction.Name("Анна"))
        screens.open(DeepLink.HISTORY)
        runCurrent()
        assertEquals("what was typed is still there", "Анна", screens.shown<Screen.Register>().presenter.state.value.name)
        guest.holdings = SNAPSHOT
        form.apply { on(RegisterAction.AgreeToData(true)); on(RegisterAction.Submit) }
        runCurrent()
        form.on(RegisterAction.Leave)
        runCurrent()
        screens.shown<Screen.History>()
        guest.block()
        val blocked = screens()
        blocked.open(DeepLink.CARD)
        runCurrent()
        blocked.shown<Screen.Blocked>()
    }

    @Test
    fun `a lost session is told once`() = runTest {
        val screens = screens(signedOut = Problem.signedOut)
        assertEquals(Problem.signedOut, screens.shown<Screen.SignIn>().presenter.state.value.problem)
        signIn(screens)
        guest.endSession()
        runCurrent()
        assertNull(screens.shown<Screen.SignIn>().presenter.state.value.problem)
    }

    private fun deletes(question: ProfileQuestion, session: LoyaltyGuest) = runTest {
        guest.signIn()
        val screens = screens(session)
        screens.on(PhoneAction.Select(Tab.PROFILE))
        screens.shown<Screen.Profile>().presenter.apply { on(ProfileAction.Ask(question)); on(ProfileAction.Confirm) }
        advanceTimeBy(1_000)
        val signIn = screens.shown<Screen.SignIn>().presenter
        assertTrue("$question", signIn.state.value.deletionAsked)
        signIn(screens)
        guest.endSession()
        runCurrent()
        assertFalse("told once", screens.shown<Screen.SignIn>().presenter.state.value.deletionAsked)
    }

    /** The session ends before the answer is there, as it does over a network. */
    private val slow = object : LoyaltyGuest by guest {
        override suspend fun requestDeletion(): Instant = guest.requestDeletion().also { delay(500) }
    }

    @Test
    fun `a request for deletion is confirmed where it leads, in whichever order its answer comes`() {
        for (question in listOf(ProfileQuestion.DELETE, ProfileQuestion.WITHDRAW_DATA)) {
            deletes(question, guest)
            deletes(question, slow)
        }
    }

    @Test
    fun `a request for deletion that fails confirms nothing`() = runTest {
        guest.signIn()
        val screens = screens()
        screens.on(PhoneAction.Select(Tab.PROFILE))
        runCurrent()
        guest.failure = LoyaltyException.Offline()
        val profile = screens.shown<Screen.Profile>().presenter
        profile.apply { on(ProfileAction.Ask(ProfileQuestion.DELETE)); on(ProfileAction.Confirm) }
        runCurrent()
        assertEquals(Cause.OFFLINE, profile.state.value.problem?.cause)
        guest.endSession()
        runCurrent()
        assertFalse(screens.shown<Screen.SignIn>().presenter.state.value.deletionAsked)
    }

    @Test
    fun `awake, an expired code is gone and what failed while the app was away is read`() = runTest {
        guest.tillCodeToGive = TillCode("482019375516", null, Duration.ofMinutes(5))
        guest.signIn()
        val screens = screens()
        screens.on(PhoneAction.Select(Tab.HISTORY))
        screens.on(PhoneAction.Go(Place.Card))
        runCurrent()
        val (history, card) = screens.screens.value.drop(1).let { (it[0] as Screen.History).presenter to (it[1] as Screen.Card).presenter }
        guest.failure = LoyaltyException.Storage(ErrorCode.STORAGE_CLOSED)
        history.on(HistoryAction.Refresh)
        runCurrent()
        assertEquals(Russian.problem.paused, history.state.value.pageProblem?.text(Russian))
        ticking += 6.minutes
        guest.failure = null
        guest.before = { if (it == "tillCode") throw LoyaltyException.Offline() }
        screens.wake()
        assertNull(card.state.value.code)
        runCurrent()
        assertEquals(CardCondition.EXPIRED, card.state.value.condition)
        assertNull(history.state.value.pageProblem)
    }

    @Test
    fun `every failure of what the device keeps has words of its own`() {
        val told = listOf(
            LoyaltyException.Storage(ErrorCode.STORAGE_CLOSED), LoyaltyException.Storage(ErrorCode.STORAGE_FULL), LoyaltyException.SecretStoreFailed(ErrorCode("secret_store_unavailable")),
        ).map { Problem.of(it).text(English) }
        assertEquals(listOf(English.problem.paused, English.problem.storage, English.problem.secrets), told)
    }

    @Test
    fun `in another language what is open is worded anew, down to the months`() = runTest {
        guest.signIn()
        val screens = screens()
        screens.on(PhoneAction.Go(Place.Burns))
        runCurrent()
        guest.holdings = null
        screens.speak(Language.EN)
        assertEquals(listOf("Nov", "Jan"), screens.shown<Screen.Burns>().presenter.state.value.months.map { it.label })
        val home = (screens.screens.value.first() as Screen.Home).presenter
        assertEquals(English.home.balanceSentence("100 бонусов"), home.state.value.holdings?.sentence)
    }

    @Test
    fun `who gives the form up stays on their page`() = runTest {
        guest.signIn()
        val screens = screens()
        screens.on(PhoneAction.Select(Tab.PROFILE))
        screens.shown<Screen.Profile>().presenter.apply { on(ProfileAction.Edit); on(ProfileAction.Leave) }
        runCurrent()
        assertNull(screens.shown<Screen.Profile>().presenter.state.value.draft)
    }
}

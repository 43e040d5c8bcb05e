package app.loyalty.presenters

import app.loyalty.ConsentKind
import app.loyalty.ConsentText
import app.loyalty.LoyaltyException
import app.loyalty.Reminder
import app.loyalty.TillCode
import app.loyalty.fakes.FakeGuest
import app.loyalty.words.Language
import java.time.Instant
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.job
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.advanceTimeBy
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.test.testTimeSource
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotSame
import org.junit.Assert.assertNull
import org.junit.Assert.assertSame
import org.junit.Assert.assertTrue
import org.junit.Test

@OptIn(ExperimentalCoroutinesApi::class)
class PhoneScreensTest {
    private val guest = FakeGuest().apply {
        holdings = SNAPSHOT
        programmeToRead = PROGRAMME.copy(consents = ConsentKind.entries.map { ConsentText(it, "1", "text", null) })
        tillCodeToGive = TillCode("482019375516", null, null)
    }
    private val requests = mutableListOf<PhoneRequest>()

    private fun TestScope.screens(bookmark: Bookmark? = null, signedOut: Problem? = null): PhoneScreens {
        val facts = AppFacts("0.1.0", listOf(Licence("Onest", "OFL-1.1")))
        return PhoneScreens(guest, PREFERENCES, facts, { TODAY }, backgroundScope, bookmark, signedOut, requests::add, testTimeSource)
    }

    private inline fun <reified T : Screen> PhoneScreens.shown(): T = screens.value.last() as T

    private val TestScope.alive: Int get() = backgroundScope.coroutineContext.job.children.sumOf(::leaves)

    private fun leaves(job: Job): Int = job.children.toList().let { if (it.isEmpty()) 1 else it.sumOf(::leaves) }

    @Test
    fun `a newcomer goes from the phone to the card, and out again`() = runTest {
        guest.holdings = null
        val screens = screens()
        screens.shown<Screen.SignIn>().presenter.apply { on(SignInAction.Typed("79161112233")); on(SignInAction.Send) }
        runCurrent()
        screens.shown<Screen.Code>().presenter.on(CodeAction.Typed("123456"))
        runCurrent()
        val form = screens.shown<Screen.Register>().presenter
        guest.holdings = SNAPSHOT
        form.apply { on(RegisterAction.Name("Анна")); on(RegisterAction.AgreeToData(true)); on(RegisterAction.Submit) }
        runCurrent()
        form.on(RegisterAction.Leave)
        runCurrent()
        screens.shown<Screen.Home>().presenter.on(HomeAction.OpenCard)
        runCurrent()
        assertEquals("4820\u00a01937\u00a05516", screens.shown<Screen.Card>().presenter.state.value.code?.groups)
        screens.shown<Screen.Card>().presenter.on(CardAction.Close)
        screens.on(PhoneAction.Select(Tab.PROFILE))
        screens.shown<Screen.Profile>().presenter.apply { on(ProfileAction.Ask(ProfileQuestion.SIGN_OUT)); on(ProfileAction.Confirm) }
        runCurrent()
        screens.shown<Screen.SignIn>()
        assertEquals(1, screens.screens.value.size)
    }

    @Test
    fun `screens that are left end, and the three pages stay until the guest signs out`() = runTest {
        val idle = alive
        guest.signIn()
        val screens = screens()
        val home = screens.shown<Screen.Home>()
        runCurrent()
        val settled = alive
        screens.on(PhoneAction.Go(Place.Burns))
        runCurrent()
        assertTrue(alive > settled)
        screens.on(PhoneAction.Back)
        runCurrent()
        assertEquals(settled, alive)
        screens.on(PhoneAction.Select(Tab.HISTORY))
        screens.on(PhoneAction.Select(Tab.HOME))
        assertSame(home, screens.shown<Screen.Home>())
        guest.signOut()
        runCurrent()
        screens.shown<Screen.SignIn>()
        assertEquals("only what follows the session and what listens to the screen for signing in is left", idle + 2, alive)
        guest.signIn()
        screens.on(PhoneAction.SignedIn)
        assertNotSame(home, screens.shown<Screen.Home>())
    }

    @Test
    fun `a session that ends elsewhere leads to signing in, and a lost one says so`() = runTest {
        guest.signIn()
        val screens = screens()
        guest.failure = LoyaltyException.Unauthorized()
        screens.shown<Screen.Home>().presenter.on(HomeAction.Refresh)
        runCurrent()
        assertNull(screens.shown<Screen.SignIn>().presenter.state.value.problem)
        guest.endSession()
        assertEquals(Cause.SIGNED_OUT, screens(signedOut = Problem.signedOut).shown<Screen.SignIn>().presenter.state.value.problem?.cause)
    }

    private fun FakeGuest.endSession() = show(current.copy(signedIn = false, snapshot = null))

    @Test
    fun `a link leads to the card of a guest who is signed in, once`() = runTest {
        assertEquals("loyalty://card", DeepLink.CARD.url)
        guest.signIn()
        val screens = screens()
        repeat(2) { screens.open(DeepLink.of("LOYALTY://Card")!!) }
        assertEquals(listOf(Place.Main(Tab.HOME), Place.Card), screens.phone.state.value.places)
        for (other in listOf("loyalty://card/1", "loyalty://card?x=1", "loyalty://card#x", "https://card", "loyalty://burns", "loyalty:card", "loyalty://card:1", "loyalty://a@card", " ")) {
            assertNull(other, DeepLink.of(other))
        }
    }

    @Test
    fun `only addresses of ours are opened`() = runTest {
        guest.signIn()
        val screens = screens()
        screens.on(PhoneAction.Go(Place.Programme))
        screens.shown<Screen.Programme>().presenter.apply {
            on(ProgrammeAction.Open("javascript:alert(1)"))
            on(ProgrammeAction.Open("intent://x#Intent;scheme=file;end"))
            on(ProgrammeAction.Open("https://e.example"))
            on(ProgrammeAction.Dial("+74951234567"))
        }
        runCurrent()
        screens.contact(ProgrammeAction.Write("help@e.example"))
        assertEquals(listOf("https://e.example", "tel:+74951234567", "mailto:help@e.example").map { PhoneRequest.Open(it) }, requests)
    }

    @Test
    fun `reminders are wanted only where the guest and the system allow, and every screen is told`() = runTest {
        guest.signIn()
        guest.remindersToGive = listOf(Reminder("burn-2026-11-26-1", Instant.EPOCH, TODAY, 1, null, "сгорят"))
        val screens = screens()
        screens.on(PhoneAction.Select(Tab.PROFILE))
        screens.on(PhoneAction.Go(Place.Burns))
        assertEquals(1, screens.reminders.first().size)
        screens.notificationsAllowed(false)
        assertEquals(emptyList<Reminder>(), screens.reminders.first())
        assertTrue(screens.shown<Screen.Burns>().presenter.state.value.notificationsDenied)
        assertTrue((screens.screens.value[1] as Screen.Profile).presenter.state.value.preferences.notificationsDenied)
        screens.notificationsAllowed(true)
        screens.shown<Screen.Burns>().presenter.on(BurnAction.Remind(false))
        runCurrent()
        assertEquals(emptyList<Reminder>(), screens.reminders.first())
        assertEquals(3, requests.size)
    }

    @Test
    fun `a plan cancels what is not wanted any more and lets others alone`() {
        val wanted = listOf(Reminder("burn-2026-11-26-1", Instant.EPOCH, TODAY, 1, null, "сгорят"))
        val plan = ReminderPlan.of(listOf("reminder-burn-2026-11-26-1", "reminder-gone", "another"), wanted)
        assertEquals(listOf("reminder-gone"), plan.cancel)
        assertEquals(listOf(Notice("reminder-burn-2026-11-26-1", Instant.EPOCH, "сгорят")), plan.schedule)
    }

    @Test
    fun `in another language everything is read again`() = runTest {
        guest.signIn()
        val screens = screens()
        screens.on(PhoneAction.Select(Tab.HISTORY))
        screens.on(PhoneAction.Select(Tab.PROFILE))
        runCurrent()
        guest.calls.clear()
        screens.speak(Language.EN)
        runCurrent()
        assertEquals(app.loyalty.Language.ENGLISH, guest.language)
        assertEquals(Language.EN, screens.shown<Screen.Profile>().presenter.state.value.preferences.language)
        assertTrue("history" in guest.calls)
    }

    @Test
    fun `awake it reads anew, and a guest who is not blocked any more goes home`() = runTest {
        guest.signIn()
        guest.holdings = SNAPSHOT.copy(guest = PROFILE.copy(blocked = true))
        val screens = screens()
        runCurrent()
        screens.shown<Screen.Blocked>()
        screens.sleep()
        assertTrue(guest.paused)
        guest.holdings = SNAPSHOT
        screens.wake()
        assertFalse(guest.paused)
        screens.shown<Screen.Home>()
    }

    @Test
    fun `where signing in was interrupted it goes on, with what was typed and without the code`() = runTest {
        val screens = screens()
        screens.shown<Screen.SignIn>().presenter.on(SignInAction.Typed("79161112233"))
        assertEquals("79161112233", revived(screens).shown<Screen.SignIn>().presenter.state.value.phone)
        screens.shown<Screen.SignIn>().presenter.on(SignInAction.Send)
        runCurrent()
        advanceTimeBy(20_500)
        screens.shown<Screen.Code>().presenter.on(CodeAction.Typed("1234"))
        assertFalse("the code is never kept", "1234" in screens.bookmark.toMap().values.joinToString().replace("79161112233", ""))
        val revived = revived(screens)
        runCurrent()
        val code = revived.shown<Screen.Code>().presenter.state.value
        assertEquals(listOf("79161112233", "", "0:40"), listOf(code.phone, code.digits, code.resendIn))
        revived.on(PhoneAction.Back)
        assertEquals("79161112233", revived.shown<Screen.SignIn>().presenter.state.value.phone)
    }

    @Test
    fun `a form that was interrupted comes back, and a finished one does not`() = runTest {
        guest.signIn()
        guest.holdings = null
        val screens = screens()
        runCurrent()
        val form = screens.shown<Screen.Register>().presenter
        form.apply { on(RegisterAction.Name("Анна")); on(RegisterAction.Birthday("3112")); on(RegisterAction.Email("a@e.example")); on(RegisterAction.AgreeToData(true)) }
        runCurrent()
        assertEquals(form.state.value.copy(consents = emptyList()), revived(screens).shown<Screen.Register>().presenter.state.value.copy(consents = emptyList(), wait = Wait.NONE))
        form.apply { on(RegisterAction.Birthday("")); on(RegisterAction.Submit) }
        runCurrent()
        assertTrue(form.state.value.done)
        revived(screens).shown<Screen.Home>()
    }

    @Test
    fun `everywhere else the guest comes back to where they were, if they may`() = runTest {
        guest.signIn()
        val screens = screens()
        screens.on(PhoneAction.Select(Tab.PROFILE))
        screens.shown<Screen.Profile>().presenter.apply { on(ProfileAction.Edit); on(ProfileAction.Draft(ProfileForm("Анна-Мария", "", ""))) }
        for (place in listOf(Place.Programme, Place.Burns, Place.Receipt("a b"), Place.Card)) screens.on(PhoneAction.Go(place))
        val bookmark = Bookmark.of(screens.bookmark.toMap())
        val revived = screens(bookmark)
        assertEquals(screens.phone.state.value, revived.phone.state.value)
        assertEquals("Анна-Мария", (revived.screens.value[1] as Screen.Profile).presenter.state.value.draft?.name)
        assertEquals("Bookmark", bookmark.toString())
        guest.endSession()
        screens(bookmark).shown<Screen.SignIn>()
        assertEquals(Bookmark(emptyList(), Typed()), Bookmark.of(mapOf("places" to "code x y\nmain NOWHERE\nelse")))
    }

    private fun TestScope.revived(screens: PhoneScreens) = screens(Bookmark.of(screens.bookmark.toMap()))
}

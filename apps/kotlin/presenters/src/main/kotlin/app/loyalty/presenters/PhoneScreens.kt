package app.loyalty.presenters

import app.loyalty.LoyaltyException
import app.loyalty.LoyaltyGuest
import app.loyalty.Reminder
import app.loyalty.words.Language
import java.time.LocalDate
import kotlin.time.TimeSource
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.launch

/** A screen with the presenter behind it. */
sealed interface Screen {
    class SignIn(val presenter: SignInPresenter) : Screen
    class Code(val presenter: CodePresenter) : Screen
    class Register(val presenter: RegisterPresenter) : Screen
    class Home(val presenter: HomePresenter) : Screen
    class History(val presenter: HistoryPresenter) : Screen
    class Profile(val presenter: ProfilePresenter) : Screen
    class Card(val presenter: CardPresenter) : Screen
    class Burns(val presenter: BurnPresenter) : Screen
    class Receipt(val presenter: ReceiptPresenter) : Screen
    class Programme(val presenter: ProgrammePresenter) : Screen
    class Blocked(val support: SupportView?) : Screen
    data object Outdated : Screen
}

/** What the screens ask of the phone. */
sealed interface PhoneRequest {
    /** A page, a phone to dial, a letter to write. */
    data class Open(val url: String) : PhoneRequest

    /** A document for the guest alone, to be put where they say. */
    class Share(val json: String) : PhoneRequest

    /** To keep these, and to ask the system for what they need of it. */
    data class Prefer(val preferences: Preferences) : PhoneRequest
}

/** What the app knows and the screens show. */
class AppFacts(val version: String, val licences: List<Licence>)

/**
 * Makes the presenters of the screens that are open, ends those of the screens that are left, and carries what happens in
 * one of them to the others.
 *
 * Everything is called on the thread of [scope], and ends with it.
 *
 * @param today the day by which a birthday is in the future.
 * @param bookmark where an earlier process was interrupted.
 * @param signedOut why nobody is signed in, where the guest has to be told, once.
 * @param onRequest does what the screens cannot do by themselves.
 * @param ticking what countdowns are counted on; it has to go on while the device sleeps.
 */
class PhoneScreens(
    private val session: LoyaltyGuest,
    preferences: Preferences,
    private val facts: AppFacts,
    private val today: () -> LocalDate,
    private val scope: CoroutineScope,
    bookmark: Bookmark? = null,
    private var signedOut: Problem? = null,
    private val onRequest: (PhoneRequest) -> Unit,
    private val ticking: TimeSource = TimeSource.Monotonic,
) {
    private class Opened(val place: Place, val screen: Screen, private val life: CoroutineScope) {
        fun close() = life.cancel()
    }

    private val preferring = MutableStateFlow(preferences)
    private val showing = MutableStateFlow(emptyList<Screen>())
    private var opened = emptyList<Opened>()

    /** The three pages stay as they were left while the guest is signed in. */
    private val pages = mutableMapOf<Tab, Opened>()
    private val waiting = ArrayDeque<PhoneAction>()
    private var settling = false

    /** A link that came before there was a page to lead on from. */
    private var remembered: DeepLink? = null

    /** Whether the guest has to be told that their request for deletion has been received. */
    private var deletionAsked = false

    /** What was typed before the process was interrupted, until the screens for it are made. */
    private var typed = bookmark?.typed

    /** Where the guest is. */
    val phone: PhonePresenter

    /** The screens of [PhoneState.places], in the same order; never empty. */
    val screens: StateFlow<List<Screen>> = showing.asStateFlow()

    val preferences: StateFlow<Preferences> = preferring.asStateFlow()

    init {
        session.language = preferences.language.ofCore
        phone = PhonePresenter(session, scope, bookmark?.placesFor(session.current.signedIn))
        settle()
        typed = null
        // Whatever is shown: not every screen has a presenter that follows the session.
        scope.launch { session.state.collect { now -> if (now.signedIn) catchUp() else left() } }
    }

    /** Nobody is signed in: whoever comes next has not asked to be reminded. */
    private fun left() {
        if (preferring.value.notifyBurn) prefer(preferring.value.copy(notifyBurn = false))
        on(PhoneAction.SignedOut)
    }

    /** Moves to another screen. */
    fun on(action: PhoneAction) {
        waiting += action
        settle()
        catchUp()
    }

    /**
     * Shows what a link leads to. It does not lead past what stands in place of the pages: a guest who is not signed in
     * signs in first, a newcomer registers.
     */
    fun open(link: DeepLink) {
        if (session.current.signedIn && onPages) lead(link) else remembered = link
    }

    private val onPages: Boolean get() = phone.state.value.places.first() is Place.Main

    /** Follows a link that came too early. Only what has been read tells a guest from a newcomer. */
    private fun catchUp() {
        val link = remembered ?: return
        if (settling || !onPages || session.current.snapshot == null) return
        remembered = null
        lead(link)
    }

    private fun lead(link: DeepLink) = when (link) {
        DeepLink.CARD -> if (phone.state.value.place != Place.Card) on(PhoneAction.Go(Place.Card)) else Unit
        DeepLink.HISTORY -> on(PhoneAction.Select(Tab.HISTORY))
    }

    /** Signs a guest out on a screen that has no presenter. */
    fun signOut() {
        scope.launch { attempt { session.signOut() } }
    }

    /** Reaches whoever is to be reached from a screen that has no presenter. */
    fun contact(action: ProgrammeAction) = when (action) {
        is ProgrammeAction.Dial -> openAddress("tel:" + action.phone)
        is ProgrammeAction.Write -> openAddress("mailto:" + action.email)
        is ProgrammeAction.Open -> openAddress(action.url)
        ProgrammeAction.Retry, ProgrammeAction.Back -> Unit
    }

    /** The app is on the screen again: files are opened, and what is shown is read anew. */
    suspend fun wake() {
        // A file that cannot be opened shows itself in what is read next.
        attempt { session.resume() }
        if (phone.state.value.place is Place.Blocked) unblocked()
        for (screen in shown) screen.presenter?.wake()
    }

    /** The app leaves the screen: nothing may hold a file when the system suspends it. */
    suspend fun sleep() = attempt { session.pause() }

    /** What is open, and the pages beside it. */
    private val shown: Set<Screen> get() = (pages.values + opened).map(Opened::screen).toSet()

    private suspend fun unblocked() {
        attempt { session.refresh() }
        if (session.current.snapshot?.guest?.blocked == false) on(PhoneAction.SignedIn)
    }

    private suspend fun attempt(call: suspend () -> Unit) {
        try {
            call()
        } catch (_: LoyaltyException) {
            // Whoever calls has nothing to say about it.
        }
    }

    /** What to remind the guest of, as far as they want to be and the system lets us. */
    val reminders: Flow<List<Reminder>>
        get() = combine(preferring, session.state) { wanted, _ ->
            if (wanted.notifyBurn && !wanted.notificationsDenied) session.reminders() else emptyList()
        }.distinctUntilChanged()

    /** Notes whether the system lets us notify. */
    fun notificationsAllowed(allowed: Boolean) {
        if (preferring.value.notificationsDenied == allowed) prefer(preferring.value.copy(notificationsDenied = !allowed))
    }

    /** Notes whether the guest is to be reminded after all, where the system had to be asked about it. */
    fun remind(wanted: Boolean) {
        if (preferring.value.notifyBurn != wanted) prefer(preferring.value.copy(notifyBurn = wanted))
    }

    /** Notes the language that was chosen outside of the app. */
    fun speak(language: Language) {
        if (preferring.value.language != language) prefer(preferring.value.copy(language = language))
    }

    /** What has to be kept for a process that takes over where this one is interrupted. */
    val bookmark: Bookmark get() = Bookmark.of(opened.map { it.place to it.screen })

    /** Does what is waiting, and brings the screens into line with the places. A presenter may act while it is being made. */
    private fun settle() {
        if (settling) return
        settling = true
        do {
            waiting.removeFirstOrNull()?.let(phone::on)
            follow(phone.state.value.places)
        } while (waiting.isNotEmpty())
        settling = false
    }

    private fun follow(wanted: List<Place>) {
        val kept = opened.zip(wanted).takeWhile { (open, place) -> open.place == place }.size
        opened.drop(kept).filter { it.place !is Place.Main }.forEach(Opened::close)
        if (wanted.first() !is Place.Main) {
            pages.values.forEach(Opened::close)
            pages.clear()
        }
        opened = opened.take(kept) + wanted.drop(kept).map(::opened)
        showing.value = opened.map(Opened::screen)
    }

    private fun opened(place: Place): Opened {
        if (place is Place.Main) return pages.getOrPut(place.tab) { made(place) }
        return made(place)
    }

    private fun made(place: Place): Opened {
        val life = CoroutineScope(scope.coroutineContext + SupervisorJob(scope.coroutineContext[Job]))
        return Opened(place, life.screen(place), life)
    }

    private fun CoroutineScope.screen(place: Place): Screen = when (place) {
        Place.SignIn -> {
            val presenter = SignInPresenter(session, this, signedOut, ticking).hearing(this) { on(PhoneAction.Go(Place.Code(it))) }
            typed?.let { presenter.restore(it) }
            if (deletionAsked) presenter.confirmDeletion()
            signedOut = null
            deletionAsked = false
            Screen.SignIn(presenter)
        }
        is Place.Code -> Screen.Code(CodePresenter(session, place.sent, this, ticking).hearing(this, ::happened))
        is Place.Register -> {
            val presenter = RegisterPresenter(session, place.consentsOnly, today, this).hearing(this, ::happened)
            typed?.let { presenter.restore(it) }
            Screen.Register(presenter)
        }
        is Place.Main -> page(place.tab)
        Place.Card -> Screen.Card(CardPresenter(session, this, ticking).hearing(this) { on(PhoneAction.Back) })
        Place.Burns -> Screen.Burns(BurnPresenter(session, ::language, preferring.value, this).hearing(this, ::happened))
        is Place.Receipt -> Screen.Receipt(ReceiptPresenter(session, place.reference, this).hearing(this) { on(PhoneAction.Back) })
        Place.Programme ->
            Screen.Programme(ProgrammePresenter(session, ::language, facts.version, facts.licences, this).hearing(this, ::happened))
        is Place.Blocked -> Screen.Blocked(place.support)
        Place.Outdated -> Screen.Outdated
    }

    private fun CoroutineScope.page(tab: Tab): Screen = when (tab) {
        Tab.HOME -> Screen.Home(HomePresenter(session, ::language, this).hearing(this, ::happened))
        Tab.HISTORY -> Screen.History(HistoryPresenter(session, this).hearing(this, ::happened))
        Tab.PROFILE -> {
            val presenter = ProfilePresenter(session, preferring.value, today, this, scope, ::received).hearing(this, ::happened)
            typed?.let { presenter.restore(it) }
            Screen.Profile(presenter)
        }
    }

    /** A request for deletion, which also signs the guest out: either may be known first. */
    private fun received() {
        val signIn = opened.first().screen as? Screen.SignIn
        if (signIn != null) signIn.presenter.confirmDeletion() else deletionAsked = true
    }

    private fun <P : Presenter<*, *, E>, E : Any> P.hearing(life: CoroutineScope, happened: (E) -> Unit): P = apply {
        life.launch { effects.collect(happened) }
    }

    private fun language(): Language = preferring.value.language

    private fun happened(effect: CodeEffect) = when (effect) {
        CodeEffect.SignedIn -> on(PhoneAction.SignedIn)
        CodeEffect.ChangePhone -> on(PhoneAction.Back)
    }

    private fun happened(effect: RegisterEffect) = when (effect) {
        is RegisterEffect.OpenLink -> openAddress(effect.url)
        RegisterEffect.Finished -> on(PhoneAction.Registered)
    }

    private fun happened(effect: HomeEffect) = when (effect) {
        HomeEffect.Card -> on(PhoneAction.Go(Place.Card))
        HomeEffect.Burns -> on(PhoneAction.Go(Place.Burns))
        HomeEffect.History -> on(PhoneAction.Select(Tab.HISTORY))
        is HomeEffect.Receipt -> on(PhoneAction.Go(Place.Receipt(effect.reference)))
        is HomeEffect.Leave -> on(PhoneAction.Leave(effect.because))
        HomeEffect.Blocked -> on(PhoneAction.Blocked)
        HomeEffect.SignedOut -> on(PhoneAction.SignedOut)
    }

    private fun happened(effect: BurnEffect) = when (effect) {
        is BurnEffect.Remind -> prefer(preferring.value.copy(notifyBurn = effect.wanted))
        BurnEffect.Back -> on(PhoneAction.Back)
    }

    private fun happened(effect: HistoryEffect) = when (effect) {
        is HistoryEffect.Receipt -> on(PhoneAction.Go(Place.Receipt(effect.reference)))
        is HistoryEffect.Dial -> openAddress("tel:" + effect.phone)
    }

    private fun happened(effect: ProfileEffect) = when (effect) {
        is ProfileEffect.Prefer -> prefer(effect.preferences)
        is ProfileEffect.Export -> onRequest(PhoneRequest.Share(effect.json))
        ProfileEffect.Programme -> on(PhoneAction.Go(Place.Programme))
        // The bar leads elsewhere; who gives the form up stays on the page.
        ProfileEffect.Left -> Unit
        ProfileEffect.SignedOut -> on(PhoneAction.SignedOut)
    }

    private fun happened(effect: ProgrammeEffect) = when (effect) {
        is ProgrammeEffect.Dial -> openAddress("tel:" + effect.phone)
        is ProgrammeEffect.Write -> openAddress("mailto:" + effect.email)
        is ProgrammeEffect.Open -> openAddress(effect.url)
        ProgrammeEffect.Back -> on(PhoneAction.Back)
    }

    private fun prefer(wanted: Preferences) {
        val reworded = preferring.value.language != wanted.language
        preferring.value = wanted
        if (reworded) session.language = wanted.language.ofCore
        for (screen in shown) screen.tell(wanted, reworded)
        onRequest(PhoneRequest.Prefer(wanted))
    }

    /** The operator writes these addresses; what is none of ours to open stays closed. */
    private fun openAddress(address: String) {
        if (address.substringBefore(':', "").lowercase() in OPENED) onRequest(PhoneRequest.Open(address))
    }

    private companion object {
        val OPENED = setOf("https", "tel", "mailto")
    }
}

/** What was read before stays in the language it was read in, so it is read again. */
private fun Screen.tell(preferences: Preferences, reworded: Boolean) {
    when (this) {
        is Screen.Home -> if (reworded) presenter.reword()
        is Screen.Burns -> presenter.show(preferences)
        is Screen.Profile -> presenter.show(preferences)
        is Screen.History -> if (reworded) presenter.on(HistoryAction.Refresh)
        is Screen.Receipt -> if (reworded) presenter.on(ReceiptAction.Retry)
        is Screen.Programme -> if (reworded) presenter.on(ProgrammeAction.Retry)
        else -> Unit
    }
}

/** What stands behind the screen; the last two have nothing to do. */
private val Screen.presenter: Presenter<*, *, *>?
    get() = when (this) {
        is Screen.SignIn -> presenter
        is Screen.Code -> presenter
        is Screen.Register -> presenter
        is Screen.Home -> presenter
        is Screen.History -> presenter
        is Screen.Profile -> presenter
        is Screen.Card -> presenter
        is Screen.Burns -> presenter
        is Screen.Receipt -> presenter
        is Screen.Programme -> presenter
        is Screen.Blocked, Screen.Outdated -> null
    }

private val Language.ofCore: app.loyalty.Language
    get() = if (this == Language.RU) app.loyalty.Language.RUSSIAN else app.loyalty.Language.ENGLISH

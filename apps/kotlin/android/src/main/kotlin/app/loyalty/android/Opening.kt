package app.loyalty.android

import android.os.SystemClock
import androidx.lifecycle.DefaultLifecycleObserver
import androidx.lifecycle.Lifecycle
import androidx.lifecycle.LifecycleOwner
import app.loyalty.LoyaltyException
import app.loyalty.LoyaltyGuest
import app.loyalty.presenters.Bookmark
import app.loyalty.presenters.DeepLink
import app.loyalty.presenters.PhoneRequest
import app.loyalty.presenters.PhoneScreens
import app.loyalty.presenters.Preferences
import app.loyalty.presenters.Problem
import java.time.LocalDate
import kotlin.time.AbstractLongTimeSource
import kotlin.time.DurationUnit
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.receiveAsFlow
import kotlinx.coroutines.job
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock

/** How far the app has come. */
sealed interface OpeningState {
    data object Opening : OpeningState

    /** There is no session: the secret store or the storage of this device failed. */
    class Failed(val problem: Problem) : OpeningState
    class Open(val screens: PhoneScreens) : OpeningState
}

/**
 * What stands behind the activity: opens the session and shows it, and follows the life of the process. It outlives the
 * activity when the system makes that anew, and begins afresh when the guest leaves the app.
 */
class Opening(private val app: LoyaltyApp, process: Lifecycle) : DefaultLifecycleObserver {
    private val states = MutableStateFlow<OpeningState>(OpeningState.Opening)
    private val asked = Channel<PhoneRequest>(Channel.UNLIMITED)
    private var life: CoroutineScope? = null

    /** Whose window it is. An activity that is on its way out may end after the next one has begun. */
    private var owner: Any? = null
    private var link: DeepLink? = null

    /** Whether the system is asking the guest. */
    private var asking = false

    /** Where an earlier process was interrupted, until there are screens that know it. */
    private var interrupted: Bookmark? = null

    /** Files are closed and opened one after the other, however fast the guest looks away and back. */
    private val turns = Mutex()

    val state: StateFlow<OpeningState> = states.asStateFlow()

    /** What only an activity can do. */
    val requests: Flow<PhoneRequest> = asked.receiveAsFlow()

    /** A document that the guest has asked for and is finding a place for. Never kept anywhere by us. */
    var exported: String? = null

    private val screens: PhoneScreens? get() = (states.value as? OpeningState.Open)?.screens

    init {
        process.addObserver(this)
    }

    /** Opens the session for [whom] unless it is open, or being opened. [bookmark] is of an earlier process. */
    fun open(whom: Any, bookmark: Bookmark?) {
        owner = whom
        if (screens == null && bookmark != null) interrupted = bookmark
        if (life?.coroutineContext?.job?.isActive == true && states.value !is OpeningState.Failed) return
        life?.cancel()
        states.value = OpeningState.Opening
        val life = CoroutineScope(app.scope.coroutineContext + SupervisorJob(app.scope.coroutineContext[Job])).also { this.life = it }
        life.launch {
            try {
                show(app.session.open(), life)
            } catch (failure: LoyaltyException) {
                states.value = OpeningState.Failed(Problem.opening(failure))
            }
        }
    }

    private suspend fun show(guest: LoyaltyGuest, life: CoroutineScope) {
        val facts = app.facts()
        // It sleeps since the guest left the app.
        turns.withLock { quietly { guest.resume() } }
        val preferences = app.preferences.read(denied())
        val signedOut = Problem.signedOut.takeIf { app.session.secrets.lost && !guest.current.signedIn }
        val screens = PhoneScreens(guest, preferences, facts, LocalDate::now, life, interrupted, signedOut, ::perform, AwakeOrNot)
        interrupted = null
        states.value = OpeningState.Open(screens)
        app.session.secrets.lost = false
        follow(link)
        // Who signs out, or whose burns are read for the first time, may leave the list of reminders as it is.
        val known = guest.state.map { it.signedIn to (it.snapshot != null) }.distinctUntilChanged()
        life.launch { combine(screens.reminders, known) { _, _ -> }.collect { remind() } }
        life.launch { quietly { guest.upkeep() } }
        lookAround()
    }

    private fun remind() {
        val guest = app.session.guest ?: return
        // What the guest wishes is not known before they have answered; what was planned stands until then.
        if (screens != null && !(asking && guest.current.signedIn)) app.reminders.follow(guest)
    }

    private suspend fun quietly(call: suspend () -> Unit) {
        try {
            call()
        } catch (_: LoyaltyException) {
            // It shows itself in what is read next, or can wait until the next start.
        }
    }

    /** The guest has left the app, where [whom] was the last to open it: the next time it begins at its beginning. */
    fun close(whom: Any) {
        if (owner !== whom) return
        owner = null
        life?.cancel()
        life = null
        exported = null
        asking = false
        interrupted = null
        states.value = OpeningState.Opening
    }

    /** Follows a link, now or as soon as there is a session. */
    fun follow(link: DeepLink?) {
        val screens = screens
        if (screens != null && link != null) screens.open(link)
        this.link = if (screens == null) link ?: this.link else null
    }

    /** Where the guest is, for a process that takes over. */
    val bookmark: Bookmark? get() = screens?.bookmark ?: interrupted

    /**
     * The guest, who wants to be reminded, was asked whether we may notify.
     *
     * @param askable whether they may be asked again: then they have only put it off.
     */
    fun notificationsAnswered(askable: Boolean) {
        asking = false
        // Of a yes nothing is noted: what the system takes back later was not the guest's answer.
        app.preferences.asked = !askable && !app.reminders.allowed
        app.preferences.notifyBurn = !askable
        screens?.notificationsAllowed(!denied())
        screens?.remind(!askable)
        lookAround()
    }

    /** Notes what may have been changed in the system's settings meanwhile. */
    fun lookAround() {
        screens?.notificationsAllowed(!denied())
        screens?.speak(app.preferences.language())
        remind()
        val wanted = screens?.preferences?.value ?: return
        // The system has taken back what it once granted.
        if (wanted.unanswered && !asking) perform(PhoneRequest.Prefer(wanted))
    }

    override fun onStart(owner: LifecycleOwner) = turn { screens?.wake() ?: quietly { app.session.guest?.resume() } }

    override fun onStop(owner: LifecycleOwner) = turn { screens?.sleep() ?: quietly { app.session.guest?.pause() } }

    private fun turn(call: suspend () -> Unit) {
        app.scope.launch { turns.withLock { call() } }
    }

    private fun denied() = app.reminders.denied(app.preferences.asked)

    /** Whether the guest has to be asked first. */
    private val Preferences.unanswered: Boolean get() = notifyBurn && !notificationsDenied && !app.reminders.allowed

    private fun perform(request: PhoneRequest) {
        if (request is PhoneRequest.Prefer) {
            asking = request.preferences.unanswered
            // The wish is kept with the answer.
            app.preferences.write(request.preferences.copy(notifyBurn = request.preferences.notifyBurn && !asking))
        }
        if (request is PhoneRequest.Share) exported = request.json
        asked.trySend(request)
    }
}

/** Goes on while the phone sleeps: a code for the till runs out then too. */
private object AwakeOrNot : AbstractLongTimeSource(DurationUnit.NANOSECONDS) {
    override fun read(): Long = SystemClock.elapsedRealtimeNanos()
}

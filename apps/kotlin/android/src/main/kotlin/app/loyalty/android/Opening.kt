package app.loyalty.android

import android.os.SystemClock
import androidx.lifecycle.DefaultLifecycleObserver
import androidx.lifecycle.LifecycleOwner
import androidx.lifecycle.ProcessLifecycleOwner
import app.loyalty.LoyaltyException
import app.loyalty.LoyaltyGuest
import app.loyalty.presenters.Bookmark
import app.loyalty.presenters.DeepLink
import app.loyalty.presenters.PhoneRequest
import app.loyalty.presenters.PhoneScreens
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
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.receiveAsFlow
import kotlinx.coroutines.job
import kotlinx.coroutines.launch

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
class Opening(private val app: LoyaltyApp) : DefaultLifecycleObserver {
    private val states = MutableStateFlow<OpeningState>(OpeningState.Opening)
    private val asked = Channel<PhoneRequest>(Channel.UNLIMITED)
    private var life: CoroutineScope? = null

    /** Whose window it is. An activity that is on its way out may end after the next one has begun. */
    private var owner: Any? = null
    private var link: DeepLink? = null

    val state: StateFlow<OpeningState> = states.asStateFlow()

    /** What only an activity can do. */
    val requests: Flow<PhoneRequest> = asked.receiveAsFlow()

    /** A document that the guest has asked for and is finding a place for. Never kept anywhere by us. */
    var exported: String? = null

    private val screens: PhoneScreens? get() = (states.value as? OpeningState.Open)?.screens

    init {
        ProcessLifecycleOwner.get().lifecycle.addObserver(this)
    }

    /** Opens the session for [whom] unless it is open, or being opened. */
    fun open(whom: Any, bookmark: Bookmark?) {
        owner = whom
        if (life?.coroutineContext?.job?.isActive == true && states.value !is OpeningState.Failed) return
        life?.cancel()
        states.value = OpeningState.Opening
        val life = CoroutineScope(app.scope.coroutineContext + SupervisorJob(app.scope.coroutineContext[Job])).also { this.life = it }
        life.launch {
            try {
                show(app.session.open(), bookmark, life)
            } catch (failure: LoyaltyException) {
                states.value = OpeningState.Failed(Problem.opening(failure))
            }
        }
    }

    private fun show(guest: LoyaltyGuest, bookmark: Bookmark?, life: CoroutineScope) {
        val preferences = app.preferences.read(denied())
        val signedOut = Problem.signedOut.takeIf { app.session.secrets.lost && !guest.current.signedIn }
        val screens = PhoneScreens(guest, preferences, app.facts(), LocalDate::now, life, bookmark, signedOut, ::perform, AwakeOrNot)
        states.value = OpeningState.Open(screens)
        app.session.secrets.lost = false
        follow(link)
        life.launch { screens.reminders.collect(app.reminders::keep) }
        life.launch { guest.state.map { it.signedIn }.distinctUntilChanged().collect { if (!it) app.reminders.forget() } }
        life.launch { upkeep(guest) }
    }

    private suspend fun upkeep(guest: LoyaltyGuest) {
        try {
            guest.upkeep()
        } catch (_: LoyaltyException) {
            // It can wait until the next start.
        }
    }

    /** The guest has left the app, where [whom] was the last to open it: the next time it begins at its beginning. */
    fun close(whom: Any) {
        if (owner !== whom) return
        owner = null
        life?.cancel()
        life = null
        exported = null
        states.value = OpeningState.Opening
    }

    /** Follows a link, now or as soon as there is a session. */
    fun follow(link: DeepLink?) {
        val screens = screens
        if (screens != null && link != null) screens.open(link)
        this.link = if (screens == null) link ?: this.link else null
    }

    /** Where the guest is, for a process that takes over. */
    val bookmark: Bookmark? get() = screens?.bookmark

    /** The guest was asked whether we may notify. */
    fun notificationsAnswered() {
        app.preferences.asked = true
        lookAround()
    }

    /** Notes what may have been changed in the system's settings meanwhile. */
    fun lookAround() {
        screens?.notificationsAllowed(!denied())
        screens?.speak(app.preferences.language())
    }

    override fun onStart(owner: LifecycleOwner) {
        app.scope.launch { screens?.wake() }
    }

    override fun onStop(owner: LifecycleOwner) {
        app.scope.launch { screens?.sleep() }
    }

    private fun denied() = app.reminders.denied(app.preferences.asked)

    private fun perform(request: PhoneRequest) {
        if (request is PhoneRequest.Prefer) app.preferences.write(request.preferences)
        if (request is PhoneRequest.Share) exported = request.json
        asked.trySend(request)
    }
}

/** Goes on while the phone sleeps: a code for the till runs out then too. */
private object AwakeOrNot : AbstractLongTimeSource(DurationUnit.NANOSECONDS) {
    override fun read(): Long = SystemClock.elapsedRealtimeNanos()
}

package app.loyalty.presenters

import app.loyalty.ErrorCode
import app.loyalty.LoyaltyException
import app.loyalty.LoyaltyGuest
import kotlinx.coroutines.CoroutineScope

/** Where the phone's guest is. */
sealed interface Place {
    data object SignIn : Place
    data class Code(val sent: CodeOnItsWay) : Place

    /** [consentsOnly]: the guest has an account, and the consents are asked anew. */
    data class Register(val consentsOnly: Boolean) : Place
    data class Main(val tab: Tab) : Place
    data object Card : Place
    data object Burns : Place
    data class Receipt(val reference: String) : Place
    data object Programme : Place
    data class Blocked(val support: SupportView?) : Place
    data object Outdated : Place
}

/** The three pages behind the bar at the bottom. */
enum class Tab { HOME, HISTORY, PROFILE }

/** The way back: the last is what is shown, and it is never empty. */
data class PhoneState(val places: List<Place>) {
    val place: Place get() = places.last()

    /** Whether going back leads somewhere inside the app. */
    val canGoBack: Boolean get() = places.size > 1
}

sealed interface PhoneAction {
    data class Go(val place: Place) : PhoneAction
    data class Select(val tab: Tab) : PhoneAction
    data object Back : PhoneAction
    data object SignedIn : PhoneAction
    data object Registered : PhoneAction
    data object SignedOut : PhoneAction

    /** A screen cannot go on because of this. */
    data class Leave(val because: LoyaltyException) : PhoneAction
    data object Blocked : PhoneAction
}

/** Moves between the phone's screens. */
class PhonePresenter(private val session: LoyaltyGuest, scope: CoroutineScope, places: List<Place>? = null) :
    Presenter<PhoneState, PhoneAction, Nothing>(PhoneState(places ?: listOf(start(session))), scope) {

    override fun on(action: PhoneAction) = change { copy(places = next(action)) }

    private fun PhoneState.next(action: PhoneAction): List<Place> = when (action) {
        is PhoneAction.Go -> places + action.place
        is PhoneAction.Select -> listOf(Place.Main(Tab.HOME)) + listOf(Place.Main(action.tab)).filter { action.tab != Tab.HOME }
        PhoneAction.Back -> if (canGoBack) places.dropLast(1) else places
        PhoneAction.SignedIn, PhoneAction.Registered -> listOf(Place.Main(Tab.HOME))
        // Who signs in with an app that is too old comes back here.
        PhoneAction.SignedOut -> if (places.first() is Place.SignIn || places.first() is Place.Outdated) places else listOf(Place.SignIn)
        PhoneAction.Blocked -> listOf(Place.Blocked(support()))
        is PhoneAction.Leave -> leave(action.because)
    }

    private fun PhoneState.leave(because: LoyaltyException): List<Place> = when {
        because is LoyaltyException.Outdated -> listOf(Place.Outdated)
        because is LoyaltyException.Unauthorized -> listOf(Place.SignIn)
        because.code == ErrorCode.ACCOUNT_BLOCKED -> listOf(Place.Blocked(support()))
        because.code == ErrorCode.GUEST_NOT_FOUND -> listOf(Place.Register(consentsOnly = false))
        because.code == ErrorCode.CONSENT_REQUIRED -> listOf(Place.Register(consentsOnly = true))
        else -> places
    }

    private fun support(): SupportView? =
        session.knownProgramme?.support?.let { SupportView(it.phoneText, it.phone, it.email, it.url) }
}

private fun start(session: LoyaltyGuest): Place = if (session.current.signedIn) Place.Main(Tab.HOME) else Place.SignIn


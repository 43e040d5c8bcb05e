package app.loyalty.presenters

import app.loyalty.Connectivity
import app.loyalty.Freshness
import app.loyalty.LoyaltyException
import app.loyalty.LoyaltyGuest
import app.loyalty.SessionState
import app.loyalty.words.Language
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.launch

/**
 * The first screen.
 *
 * @property holdings `null` before the first reading: a skeleton is shown.
 * @property asOf when it was read, where it may be out of date.
 */
data class HomeState(
    val holdings: Holdings? = null,
    val asOf: String? = null,
    val offline: Boolean = false,
    val wait: Wait = Wait.NONE,
    val problem: Problem? = null,
)

sealed interface HomeAction {
    data object Refresh : HomeAction
    data object OpenCard : HomeAction
    data object OpenBurns : HomeAction
    data object OpenHistory : HomeAction
    data class OpenReceipt(val reference: String) : HomeAction
}

sealed interface HomeEffect {
    data object Card : HomeEffect
    data object Burns : HomeEffect
    data object History : HomeEffect
    data class Receipt(val reference: String) : HomeEffect

    /** The account is blocked, the app too old, nobody registered or nobody signed in: another screen has to be shown. */
    data class Leave(val because: LoyaltyException) : HomeEffect
    data object Blocked : HomeEffect
    data object SignedOut : HomeEffect
}

class HomePresenter(private val session: LoyaltyGuest, private val language: () -> Language, scope: CoroutineScope) :
    Presenter<HomeState, HomeAction, HomeEffect>(HomeState(), scope) {
    init {
        show(session.current)
        scope.launch { session.state.collect(::show) }
        refresh()
    }

    override fun on(action: HomeAction) = when (action) {
        HomeAction.Refresh -> refresh()
        HomeAction.OpenCard -> emit(HomeEffect.Card)
        HomeAction.OpenBurns -> emit(HomeEffect.Burns)
        HomeAction.OpenHistory -> emit(HomeEffect.History)
        is HomeAction.OpenReceipt -> emit(HomeEffect.Receipt(action.reference))
    }

    override fun wake() = refresh()

    /** Words anew what is shown, in the language that is spoken now. */
    fun reword() = show(session.current)

    private fun show(now: SessionState) {
        if (!now.signedIn) emit(HomeEffect.SignedOut)
        val snapshot = now.snapshot
        if (snapshot?.guest?.blocked == true) emit(HomeEffect.Blocked)
        change {
            copy(
                holdings = snapshot?.let { holdings(it, language().words) },
                asOf = snapshot?.takeIf { it.freshness == Freshness.STALE }?.asOfText,
                offline = now.connectivity == Connectivity.OFFLINE,
            )
        }
    }

    private fun refresh() {
        if (state.value.wait.busy) return
        change { copy(problem = null) }
        scope.launch {
            val outcome = awaited({ change { copy(wait = it) } }) { session.refresh() }
            if (outcome !is Outcome.Failed) return@launch
            change { copy(problem = outcome.problem) }
            when (val failure = outcome.failure) {
                is LoyaltyException.Outdated, is LoyaltyException.NotFound, is LoyaltyException.Unauthorized ->
                    emit(HomeEffect.Leave(failure))
                else -> Unit
            }
        }
    }
}

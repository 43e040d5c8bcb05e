package app.loyalty.presenters

import app.loyalty.LoyaltySession
import app.loyalty.Programme
import app.loyalty.words.Language
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.launch

/** A rung of the ladder. [yours] marks the guest's. */
data class LevelRow(val name: String, val from: String, val benefit: String?, val yours: Boolean)

/** A restaurant. [dial] is its phone in the form that dials. */
data class VenueView(val name: String, val address: String?, val hours: String?, val phone: String?, val dial: String?)

/** How to reach somebody. */
data class SupportView(val phone: String?, val dial: String?, val email: String?, val url: String?)

/** An open component of the app and its licence. */
data class Licence(val component: String, val licence: String)

data class ProgrammeState(
    val name: String? = null,
    val rules: String? = null,
    val levels: List<LevelRow> = emptyList(),
    val venues: List<VenueView> = emptyList(),
    val support: SupportView? = null,
    val licences: List<Licence> = emptyList(),
    val version: String = "",
    val offline: Boolean = false,
    val wait: Wait = Wait.NONE,
    val problem: Problem? = null,
)

sealed interface ProgrammeAction {
    data object Retry : ProgrammeAction
    data class Dial(val phone: String) : ProgrammeAction
    data class Write(val email: String) : ProgrammeAction
    data class Open(val url: String) : ProgrammeAction
    data object Back : ProgrammeAction
}

sealed interface ProgrammeEffect {
    data class Dial(val phone: String) : ProgrammeEffect
    data class Write(val email: String) : ProgrammeEffect
    data class Open(val url: String) : ProgrammeEffect
    data object Back : ProgrammeEffect
}

class ProgrammePresenter(
    private val session: LoyaltySession,
    private val language: () -> Language,
    version: String,
    licences: List<Licence>,
    scope: CoroutineScope,
) : Presenter<ProgrammeState, ProgrammeAction, ProgrammeEffect>(
    ProgrammeState(version = version, licences = licences),
    scope,
) {
    init {
        session.knownProgramme?.let(::show)
        read()
    }

    override fun on(action: ProgrammeAction) = when (action) {
        ProgrammeAction.Retry -> read()
        is ProgrammeAction.Dial -> emit(ProgrammeEffect.Dial(action.phone))
        is ProgrammeAction.Write -> emit(ProgrammeEffect.Write(action.email))
        is ProgrammeAction.Open -> emit(ProgrammeEffect.Open(action.url))
        ProgrammeAction.Back -> emit(ProgrammeEffect.Back)
    }

    override fun wake() {
        if (state.value.problem != null) read()
    }

    private fun read() {
        if (state.value.wait.busy) return
        change { copy(problem = null) }
        scope.launch {
            when (val outcome = awaited({ change { copy(wait = it) } }) { session.programme() }) {
                is Outcome.Done -> show(outcome.value)
                is Outcome.Failed -> {
                    val problem = outcome.problem
                    change { copy(offline = problem.cause == Cause.OFFLINE, problem = problem) }
                }
            }
        }
    }

    private fun show(programme: Programme) {
        val words = language().words
        val own = session.current.snapshot?.level?.name
        change {
            copy(
                name = programme.name,
                rules = programme.rules,
                levels = programme.levels.map { level ->
                    LevelRow(
                        name = level.name,
                        from = if (level.from.value.kopecks == 0L) words.programme.levelStart else words.programme.levelFrom(level.from.text),
                        benefit = level.accrual?.let { words.home.levelAccrual(it.text) } ?: level.discount?.let { words.home.levelDiscount(it.text) },
                        yours = level.name == own,
                    )
                },
                venues = programme.venues.map { VenueView(it.name, it.address, it.hours, it.phoneText, it.phone) },
                support = programme.support?.let { SupportView(it.phoneText, it.phone, it.email, it.url) },
                offline = false,
            )
        }
    }
}

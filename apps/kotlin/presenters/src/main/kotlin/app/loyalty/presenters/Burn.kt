package app.loyalty.presenters

import app.loyalty.BurnSchedule
import app.loyalty.LoyaltyGuest
import app.loyalty.Snapshot
import app.loyalty.words.Language
import app.loyalty.words.Words
import java.time.YearMonth
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.launch

/**
 * What burns in a month.
 *
 * @property label the month's short name.
 * @property permille its amount against the largest month's.
 */
data class MonthView(val label: String, val amount: String, val permille: Int, val burns: List<BurnView>)

/**
 * The timeline of what burns.
 *
 * @property next the sentence on the soonest; `null` when nothing burns.
 * @property months only those in which something burns, soonest first.
 */
data class BurnState(
    val next: String? = null,
    val months: List<MonthView> = emptyList(),
    val nonBurning: String? = null,
    val totalOnly: Boolean = false,
    val remind: Boolean = false,
    val notificationsDenied: Boolean = false,
)

sealed interface BurnAction {
    data class Remind(val wanted: Boolean) : BurnAction
    data object Back : BurnAction
}

sealed interface BurnEffect {
    /** The shell keeps the choice and schedules or cancels what the core says. */
    data class Remind(val wanted: Boolean) : BurnEffect
    data object Back : BurnEffect
}

class BurnPresenter(
    private val session: LoyaltyGuest,
    private val language: () -> Language,
    preferences: Preferences,
    scope: CoroutineScope,
) : Presenter<BurnState, BurnAction, BurnEffect>(BurnState(), scope) {
    init {
        show(preferences)
        scope.launch { session.state.collect { now -> now.snapshot?.let(::show) } }
    }

    override fun on(action: BurnAction) = when (action) {
        is BurnAction.Remind -> {
            change { copy(remind = action.wanted) }
            emit(BurnEffect.Remind(action.wanted))
        }
        BurnAction.Back -> emit(BurnEffect.Back)
    }

    /** Takes over what the guest or the system has decided, and words what is shown in the language of now. */
    fun show(preferences: Preferences) {
        change { copy(remind = preferences.notifyBurn, notificationsDenied = preferences.notificationsDenied) }
        session.current.snapshot?.let(::show)
    }

    private fun show(snapshot: Snapshot) {
        val words = language().words
        val parts = snapshot.schedule as? BurnSchedule.Parts
        change {
            copy(
                next = parts?.burns?.firstOrNull()?.line,
                months = parts?.let { months(it, session, words) }.orEmpty(),
                nonBurning = parts?.nonBurning?.text,
                totalOnly = parts == null,
            )
        }
    }
}

private fun months(parts: BurnSchedule.Parts, session: LoyaltyGuest, words: Words): List<MonthView> {
    val byMonth = parts.burns.groupBy { YearMonth.from(it.on) }
        .map { (month, burns) -> Triple(month, burns, burns.sumOf { it.amount.value.hundredths }) }
    val largest = byMonth.maxOfOrNull { it.third }?.coerceAtLeast(1) ?: 1
    return byMonth.map { (month, burns, sum) ->
        MonthView(
            label = monthName(month.monthValue, words),
            amount = session.word(app.loyalty.Bonus(sum)).number,
            permille = (sum * 1000 / largest).toInt(),
            burns = burns.map(::burnView),
        )
    }
}

/** The short name of a month, 1 to 12, as a chart's label. */
internal fun monthName(month: Int, words: Words): String = with(words.months) {
    listOf(january, february, march, april, may, june, july, august, september, october, november, december)
}[month - 1]

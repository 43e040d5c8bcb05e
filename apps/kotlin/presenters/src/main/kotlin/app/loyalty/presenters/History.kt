package app.loyalty.presenters

import app.loyalty.HistoryCursor
import app.loyalty.LoyaltyException
import app.loyalty.LoyaltyGuest
import app.loyalty.Receipt
import app.loyalty.ReceiptReference
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.launch

/** Which operations are shown. */
enum class HistoryFilter { ALL, EARNED, SPENT, BURNED }

/** The operations of a day, newest first. */
data class DayView(val heading: String, val operations: List<OperationView>)

/**
 * The history, page by page.
 *
 * @property days of what has been read and passes the [filter].
 * @property complete whether there are no more pages.
 * @property pageProblem why the next page could not be read.
 * @property askingForReceipt whether the guest is being told what to do about a missing visit.
 */
data class HistoryState(
    val operations: List<OperationView> = emptyList(),
    val filter: HistoryFilter = HistoryFilter.ALL,
    val complete: Boolean = false,
    val wait: Wait = Wait.NONE,
    val pageProblem: Problem? = null,
    val askingForReceipt: Boolean = false,
    val supportPhone: String? = null,
) {
    /** By day, newest first. */
    val days: List<DayView>
        get() = operations.filter { filter.admits(it.direction) }
            .groupBy(OperationView::day)
            .map { (day, operations) -> DayView(day, operations) }

    /** Whether nothing has been read yet. */
    val loading: Boolean get() = operations.isEmpty() && !complete && pageProblem == null
}

private fun HistoryFilter.admits(direction: Direction): Boolean = when (this) {
    HistoryFilter.ALL -> true
    HistoryFilter.EARNED -> direction == Direction.EARNED
    HistoryFilter.SPENT -> direction == Direction.SPENT
    HistoryFilter.BURNED -> direction == Direction.BURNED
}

sealed interface HistoryAction {
    data class Filter(val by: HistoryFilter) : HistoryAction

    /** The end of the list has come into view, or the guest asks for a failed page once more. */
    data object More : HistoryAction
    data object Refresh : HistoryAction
    data class Open(val receipt: String) : HistoryAction
    data class MissingVisit(val open: Boolean) : HistoryAction
    data object Call : HistoryAction
}

sealed interface HistoryEffect {
    data class Receipt(val reference: String) : HistoryEffect
    data class Dial(val phone: String) : HistoryEffect
}

class HistoryPresenter(private val session: LoyaltyGuest, scope: CoroutineScope) :
    Presenter<HistoryState, HistoryAction, HistoryEffect>(
        HistoryState(supportPhone = session.knownProgramme?.support?.phoneText),
        scope,
    ) {
    private var next: HistoryCursor? = null

    /** The newest row of another reading for which this one was read anew. */
    private var followed: Long? = null

    init {
        more()
        scope.launch { session.state.collect { now -> now.snapshot?.newest?.firstOrNull()?.let { follow(it.id) } } }
    }

    override fun on(action: HistoryAction) = when (action) {
        is HistoryAction.Filter -> change { copy(filter = action.by) }
        HistoryAction.More -> more()
        HistoryAction.Refresh -> again()
        is HistoryAction.Open -> emit(HistoryEffect.Receipt(action.receipt))
        is HistoryAction.MissingVisit -> change { copy(askingForReceipt = action.open) }
        HistoryAction.Call -> session.knownProgramme?.support?.phone?.let { emit(HistoryEffect.Dial(it)) } ?: Unit
    }

    override fun wake() {
        if (state.value.pageProblem != null) more()
    }

    /** Another screen has read of an operation that is missing here. */
    private fun follow(newest: Long) {
        if (newest == followed || state.value.loading || state.value.wait.busy) return
        if (state.value.operations.any { it.id == newest }) return
        followed = newest
        again()
    }

    private fun again() {
        if (state.value.wait.busy) return
        next = null
        change { copy(complete = false, pageProblem = null) }
        more()
    }

    private fun more() {
        if (state.value.wait.busy || state.value.complete) return
        change { copy(pageProblem = null, wait = Wait.BRIEF) }
        // The first page takes the place of all that was read before it.
        val replacing = next == null
        scope.launch {
            when (val outcome = awaited({ change { copy(wait = it) } }) { session.history(next, PAGE) }) {
                is Outcome.Done -> {
                    val page = outcome.value
                    next = page.next ?: next
                    change {
                        val before = if (replacing) emptyList() else operations
                        copy(
                            // A row that a late page brings again replaces the one that is there.
                            operations = (before + page.rows.map(::operationView)).associateBy(OperationView::id).values.toList(),
                            complete = page.next == null,
                            pageProblem = page.cutShort?.let(Problem::of),
                        )
                    }
                }
                is Outcome.Failed -> change { copy(pageProblem = outcome.problem) }
            }
        }
    }

    private companion object {
        const val PAGE = 50
    }
}

/** A line of a receipt. */
data class DishView(val name: String, val quantity: String, val sum: String)

/** A receipt, worded. */
data class ReceiptView(
    val number: String?,
    val at: String,
    val venue: String?,
    val dishes: List<DishView>,
    val total: String,
    val discount: String?,
    val spent: String?,
    val earned: String?,
    val paid: String,
)

/** Why there is no receipt to show. */
enum class ReceiptMissing { NOT_FOUND, NOT_KEPT, FAILED }

data class ReceiptState(
    val receipt: ReceiptView? = null,
    val missing: ReceiptMissing? = null,
    val wait: Wait = Wait.NONE,
    val problem: Problem? = null,
)

sealed interface ReceiptAction {
    data object Retry : ReceiptAction
    data object Back : ReceiptAction
}

data object ReceiptClosed

class ReceiptPresenter(private val session: LoyaltyGuest, private val reference: String, scope: CoroutineScope) :
    Presenter<ReceiptState, ReceiptAction, ReceiptClosed>(ReceiptState(), scope) {
    init {
        read()
    }

    override fun on(action: ReceiptAction) = when (action) {
        ReceiptAction.Retry -> read()
        ReceiptAction.Back -> emit(ReceiptClosed)
    }

    override fun wake() {
        if (state.value.missing == ReceiptMissing.NOT_KEPT || state.value.missing == ReceiptMissing.FAILED) read()
    }

    private fun read() {
        if (state.value.wait.busy) return
        change { ReceiptState() }
        scope.launch {
            when (val outcome = awaited({ change { copy(wait = it) } }) { session.receipt(ReceiptReference(reference)) }) {
                is Outcome.Done -> change { copy(receipt = receiptView(outcome.value)) }
                is Outcome.Failed -> change { copy(missing = missing(outcome.failure), problem = outcome.problem) }
            }
        }
    }
}

private fun missing(failure: LoyaltyException?): ReceiptMissing = when (failure) {
    is LoyaltyException.NotFound -> ReceiptMissing.NOT_FOUND
    is LoyaltyException.Offline -> ReceiptMissing.NOT_KEPT
    else -> ReceiptMissing.FAILED
}

internal fun receiptView(receipt: Receipt) = ReceiptView(
    number = receipt.number,
    at = receipt.atText,
    venue = receipt.venue,
    dishes = receipt.dishes.map { DishView(it.name, it.quantityText, it.sum.text) },
    total = receipt.total.text,
    discount = receipt.discount.takeIf { it.value.kopecks != 0L }?.text,
    spent = receipt.bonusSpent.takeIf { it.value.hundredths != 0L }?.text,
    earned = receipt.bonusAccrued.takeIf { it.value.hundredths != 0L }?.text,
    paid = receipt.paid.text,
)

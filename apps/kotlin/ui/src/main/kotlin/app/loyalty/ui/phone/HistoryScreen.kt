package app.loyalty.ui.phone

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.lazy.items
import androidx.compose.foundation.selection.selectableGroup
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.paneTitle
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import app.loyalty.presenters.DayView
import app.loyalty.presenters.HistoryAction
import app.loyalty.presenters.HistoryFilter
import app.loyalty.presenters.HistoryState
import app.loyalty.presenters.ReceiptAction
import app.loyalty.presenters.ReceiptMissing
import app.loyalty.presenters.ReceiptState
import app.loyalty.presenters.ReceiptView
import app.loyalty.ui.Badge
import app.loyalty.ui.Button
import app.loyalty.ui.Choice
import app.loyalty.ui.Emphasis
import app.loyalty.ui.Entry
import app.loyalty.ui.Heading
import app.loyalty.ui.IconButton
import app.loyalty.ui.Icons
import app.loyalty.ui.Link
import app.loyalty.ui.Loyalty
import app.loyalty.ui.Message
import app.loyalty.ui.Operation
import app.loyalty.ui.Overlay
import app.loyalty.ui.Page
import app.loyalty.ui.Panel
import app.loyalty.ui.Placeholder
import app.loyalty.ui.ProblemNotice
import app.loyalty.ui.Soft
import app.loyalty.ui.Title
import app.loyalty.ui.Waiting

@Composable
fun HistoryScreen(state: HistoryState, onAction: (HistoryAction) -> Unit) {
    val words = Loyalty.words
    Box(Modifier.fillMaxSize().background(Loyalty.colours.background).semantics { paneTitle = words.history.title }) {
        LazyColumn(
            Modifier.fillMaxSize(),
            contentPadding = PaddingValues(horizontal = Loyalty.sizes.edge, vertical = 12.dp),
            verticalArrangement = Arrangement.spacedBy(12.dp),
        ) {
            item { Top(state, onAction) }
            when {
                state.loading -> item { Rows() }
                state.operations.isEmpty() && state.complete -> item { Message(Icons.receipt, words.history.emptyTitle, words.history.emptyHint) }
                // Only who has seen everything can say that there is no such thing.
                state.days.isEmpty() -> if (state.complete) item { Text(words.history.filteredEmpty, Modifier.padding(vertical = 24.dp), style = Loyalty.type.body, color = Loyalty.colours.textSoft) }
                else -> days(state.days, onAction)
            }
            item { End(state, onAction) }
        }
        if (state.askingForReceipt) MissingVisit(state, onAction)
    }
}

@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun Top(state: HistoryState, onAction: (HistoryAction) -> Unit) {
    val words = Loyalty.words
    Column(verticalArrangement = Arrangement.spacedBy(12.dp)) {
        Row(verticalAlignment = Alignment.CenterVertically) {
            Title(words.history.title, Modifier.weight(1f))
            IconButton(Icons.refresh, words.action.refresh, { onAction(HistoryAction.Refresh) })
        }
        FlowRow(Modifier.selectableGroup(), horizontalArrangement = Arrangement.spacedBy(8.dp), verticalArrangement = Arrangement.spacedBy(8.dp)) {
            for (filter in HistoryFilter.entries) {
                val text = when (filter) {
                    HistoryFilter.ALL -> words.history.filterAll
                    HistoryFilter.EARNED -> words.history.filterEarned
                    HistoryFilter.SPENT -> words.history.filterSpent
                    HistoryFilter.BURNED -> words.history.filterBurned
                }
                Choice(text, filter == state.filter, { onAction(HistoryAction.Filter(filter)) })
            }
        }
    }
}

private fun LazyListScope.days(days: List<DayView>, onAction: (HistoryAction) -> Unit) {
    items(days, key = DayView::heading) { day ->
        Column(verticalArrangement = Arrangement.spacedBy(8.dp)) {
            Row(verticalAlignment = Alignment.CenterVertically) {
                Heading(day.heading, Modifier.weight(1f))
                Soft(Loyalty.words.history.visits(day.operations.size))
            }
            Panel(padding = PaddingValues(vertical = 6.dp)) {
                for (operation in day.operations) {
                    val receipt = operation.receipt
                    Operation(operation, showDay = false, showBalance = true, onOpen = receipt?.let { { onAction(HistoryAction.Open(it)) } })
                }
            }
        }
    }
}

/** What stands below the last row that is there; coming into view, it asks for more. */
@Composable
private fun End(state: HistoryState, onAction: (HistoryAction) -> Unit) {
    val words = Loyalty.words
    val problem = state.pageProblem
    if (!state.complete && problem == null && !state.loading) LaunchedEffect(state.operations.size) { onAction(HistoryAction.More) }
    Column(Modifier.fillMaxWidth(), horizontalAlignment = Alignment.CenterHorizontally, verticalArrangement = Arrangement.spacedBy(8.dp)) {
        if (!state.loading) Waiting(state.wait, words.history.loadingMore)
        if (problem != null) ProblemNotice(problem, onRetry = { onAction(HistoryAction.More) })
        if (state.complete && state.operations.isNotEmpty()) Soft(words.history.end, align = TextAlign.Center)
        if (!state.loading) Link(words.history.missing, { onAction(HistoryAction.MissingVisit(true)) })
    }
}

@Composable
private fun Rows() {
    val words = Loyalty.words
    Panel(Modifier.semantics { contentDescription = words.history.loadingMore }) {
        repeat(6) {
            Row(Modifier.padding(vertical = 8.dp), horizontalArrangement = Arrangement.spacedBy(14.dp), verticalAlignment = Alignment.CenterVertically) {
                Placeholder(Modifier.size(40.dp))
                Placeholder(Modifier.weight(1f).height(18.dp))
                Placeholder(Modifier.width(72.dp).height(18.dp))
            }
        }
    }
}

@Composable
private fun MissingVisit(state: HistoryState, onAction: (HistoryAction) -> Unit) {
    val words = Loyalty.words
    val close = { onAction(HistoryAction.MissingVisit(false)) }
    Overlay(words.history.missing, close) {
        Text(words.history.missingHint, style = Loyalty.type.body, color = Loyalty.colours.textSoft)
        val phone = state.supportPhone
        if (phone != null) {
            Soft(phone)
            Button(words.programme.call, { onAction(HistoryAction.Call) }, Modifier.fillMaxWidth(), icon = Icons.call)
        }
        Button(words.action.close, close, Modifier.fillMaxWidth(), emphasis = Emphasis.SOFT)
    }
}

@Composable
fun ReceiptScreen(state: ReceiptState, onAction: (ReceiptAction) -> Unit) {
    val words = Loyalty.words
    val retry = { onAction(ReceiptAction.Retry) }
    Page(words.receipt.title, onBack = { onAction(ReceiptAction.Back) }) {
        val receipt = state.receipt
        val missing = state.missing
        when {
            receipt != null -> Paper(receipt)
            missing == ReceiptMissing.NOT_FOUND -> Message(Icons.receipt, words.receipt.notFoundTitle, words.receipt.notFoundHint)
            missing == ReceiptMissing.NOT_KEPT -> Message(Icons.offline, words.receipt.offlineTitle, words.receipt.offlineHint) {
                Button(words.action.retry, retry, Modifier.fillMaxWidth())
            }
            missing == ReceiptMissing.FAILED -> state.problem?.let { ProblemNotice(it, onRetry = retry) }
            else -> {
                Waiting(state.wait, words.receipt.loading)
                Placeholder(Modifier.fillMaxWidth().height(360.dp).semantics { contentDescription = words.receipt.loading })
            }
        }
    }
}

@Composable
private fun Paper(receipt: ReceiptView) {
    val words = Loyalty.words
    val colours = Loyalty.colours
    Panel {
        Row(horizontalArrangement = Arrangement.spacedBy(14.dp), verticalAlignment = Alignment.CenterVertically) {
            Badge(Icons.receipt)
            Column(Modifier.weight(1f)) {
                receipt.venue?.let { Heading(it) }
                Soft(receipt.at)
                receipt.number?.let { Soft(words.receipt.number(it)) }
            }
        }
    }
    Panel {
        Column(verticalArrangement = Arrangement.spacedBy(12.dp)) {
            Heading(words.receipt.dishes)
            for (dish in receipt.dishes) {
                Column(Modifier.semantics(mergeDescendants = true) {}) {
                    Text(dish.name, style = Loyalty.type.body, color = colours.text)
                    Entry("× ${dish.quantity}", dish.sum)
                }
            }
        }
    }
    Panel {
        Column(verticalArrangement = Arrangement.spacedBy(12.dp)) {
            Entry(words.receipt.sum, receipt.total)
            receipt.discount?.let { Entry(words.receipt.discount, it) }
            receipt.spent?.let { Entry(words.receipt.spent, it) }
            receipt.earned?.let { Entry(words.receipt.earned, it, ink = colours.positive) }
            Box(Modifier.fillMaxWidth().height(1.dp).background(colours.hairline))
            Entry(words.receipt.paid, receipt.paid, strong = true)
        }
    }
}

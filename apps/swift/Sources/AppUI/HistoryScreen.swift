import Presentation
import SwiftUI
import Words

/// Everything that was earned, spent and burned.
struct HistoryScreen: View {
    let state: HistoryState
    let onAction: @MainActor (HistoryAction) -> Void
    @Environment(\.words) private var words
    @Environment(\.theme) private var theme
    @Environment(\.dynamicTypeSize) private var typeSize

    var body: some View {
        Page {
            // Segments do not grow with the text.
            if typeSize.isAccessibilitySize { filter.pickerStyle(.menu) } else { filter.pickerStyle(.segmented) }
            if state.loading {
                Skeleton(label: words.history.loadingMore) { RowBlocks() }
            } else if state.operations.isEmpty && state.complete {
                Nothing(symbol: "clock", title: words.history.emptyTitle, hint: words.history.emptyHint)
            } else {
                days
            }
            Button(words.history.missing) { onAction(.missingVisit(open: true)) }.buttonStyle(SecondaryButtonStyle())
        }
        .navigationTitle(words.history.title)
        .navigationBarTitleDisplayMode(.large)
        .sheet(
            isPresented: Binding(state.askingForReceipt) { if !$0 { onAction(.missingVisit(open: false)) } }
        ) {
            SheetPage(title: words.history.missing, onClose: { onAction(.missingVisit(open: false)) }) {
                Nothing(symbol: "doc.text.magnifyingglass", title: words.history.missing, hint: words.history.missingHint)
                if let phone = state.supportPhone {
                    Button { onAction(.call) } label: { Label(phone, systemImage: "phone") }
                        .buttonStyle(PrimaryButtonStyle())
                        .accessibilityHint(words.programme.call)
                }
            }
            .presentationDetents([.medium, .large])
        }
    }

    private var filter: some View {
        Picker(words.history.title, selection: Binding(state.filter) { onAction(.filter(by: $0)) }) {
            ForEach(HistoryFilter.allCases, id: \.self) { Text(name($0)).tag($0) }
        }
    }

    private var days: some View {
        LazyVStack(alignment: .leading, spacing: Space.two) {
            ForEach(state.days, id: \.heading) { day in
                Heading(day.heading)
                Card {
                    ForEach(day.operations) { row in
                        OperationRow(
                            operation: row, balanceAfter: row.balanceAfter.map { words.history.balanceAfter(amount: $0) }
                        ) { onAction(.open(receipt: $0)) }
                        if row.id != day.operations.last?.id { Divider() }
                    }
                }
            }
            if state.days.isEmpty { Nothing(symbol: "line.3.horizontal.decrease", title: words.history.filteredEmpty) }
            if let problem = state.pageProblem {
                ProblemNotice(problem: problem) { onAction(.more) }
            } else if state.complete {
                Text(words.history.end).font(Typeface.note).foregroundStyle(theme.textSoft).frame(maxWidth: .infinity)
            } else {
                Working(wait: state.wait, text: words.history.loadingMore)
                // Comes into view when the guest has scrolled so far, and anew after each page: a filter may leave of a
                // page too few rows to push it out of sight.
                Color.clear.frame(height: 1).id(state.operations.count).onAppear { onAction(.more) }
            }
        }
    }

    private func name(_ filter: HistoryFilter) -> String {
        switch filter {
        case .all: words.history.filterAll
        case .earned: words.history.filterEarned
        case .spent: words.history.filterSpent
        case .burned: words.history.filterBurned
        }
    }
}

/// A receipt down to its dishes.
struct ReceiptScreen: View {
    let state: ReceiptState
    let onAction: @MainActor (ReceiptAction) -> Void
    @Environment(\.words) private var words
    @Environment(\.theme) private var theme

    var body: some View {
        SubPage(title: words.receipt.title) {
            if let receipt = state.receipt {
                details(receipt)
            } else if let missing = state.missing {
                self.missing(missing)
            } else {
                Skeleton(label: words.receipt.loading) {
                    Block(width: 200, height: 24)
                    RowBlocks()
                }
                Working(wait: state.wait, text: words.receipt.loading)
            }
        }
    }

    @ViewBuilder private func details(_ receipt: ReceiptView) -> some View {
        if let venue = receipt.venue { Heading(venue) }
        Text(receipt.at).font(Typeface.note).foregroundStyle(theme.textSoft)
        if let number = receipt.number {
            Text(words.receipt.number(number: number)).font(Typeface.note).foregroundStyle(theme.textSoft)
        }
        Card {
            Text(words.receipt.dishes)
                .font(Typeface.note).foregroundStyle(theme.textSoft).accessibilityAddTraits(.isHeader)
            ForEach(Array(receipt.dishes.enumerated()), id: \.offset) { item in
                Row(name: "\(item.element.name) × \(item.element.quantity)", value: item.element.sum)
            }
        }
        Card {
            Row(name: words.receipt.sum, value: receipt.total)
            if let discount = receipt.discount { Row(name: words.receipt.discount, value: discount) }
            if let spent = receipt.spent { Row(name: words.receipt.spent, value: spent) }
            if let earned = receipt.earned { Row(name: words.receipt.earned, value: earned) }
            Divider()
            Row(name: words.receipt.paid, value: receipt.paid, isStrong: true)
        }
    }

    @ViewBuilder private func missing(_ missing: ReceiptMissing) -> some View {
        switch missing {
        case .notFound:
            Nothing(symbol: "doc.text.magnifyingglass", title: words.receipt.notFoundTitle, hint: words.receipt.notFoundHint)
        case .notKept:
            Nothing(symbol: "wifi.slash", title: words.receipt.offlineTitle, hint: words.receipt.offlineHint)
            Button(words.action.retry) { onAction(.retry) }.buttonStyle(PrimaryButtonStyle())
        case .failed: ProblemNotice(problem: state.problem) { onAction(.retry) }
        }
    }
}

#if DEBUG && canImport(UIKit)
    #Preview("History") { Gallery(Fixtures.history) { HistoryScreen(state: $0) { _ in } } }
    #Preview("Receipt") { Gallery(Fixtures.receipt) { ReceiptScreen(state: $0) { _ in } } }
#endif

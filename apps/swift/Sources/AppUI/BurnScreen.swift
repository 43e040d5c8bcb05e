import Presentation
import SwiftUI
import Words

/// What burns when.
struct BurnScreen: View {
    let state: BurnState
    let onAction: @MainActor (BurnAction) -> Void
    @Environment(\.words) private var words
    @Environment(\.theme) private var theme

    var body: some View {
        SubPage(title: words.burn.title, back: { onAction(.back) }) {
            if state.totalOnly {
                Nothing(symbol: "questionmark.circle", title: words.burn.unknownTitle, hint: words.home.totalOnly)
            } else if state.months.isEmpty {
                Nothing(symbol: "leaf", title: words.burn.nothingTitle, hint: words.burn.nothingHint)
            } else {
                if let next = state.next { Notice(symbol: "flame", text: next) }
                chart
                ForEach(Array(state.months.enumerated()), id: \.offset) { BurnMonth(month: $0.element) }
            }
            if let nonBurning = state.nonBurning { Row(name: words.burn.nonBurning, value: nonBurning) }
            Card {
                Toggle(isOn: Binding(state.remind && !state.notificationsDenied) { onAction(.remind(wanted: $0)) }) {
                    VStack(alignment: .leading, spacing: Space.half) {
                        Text(words.burn.reminder).font(Typeface.body)
                        Text(state.notificationsDenied ? words.profile.notificationsDenied : words.burn.reminderHint)
                            .font(Typeface.caption).foregroundStyle(theme.textSoft)
                    }
                }
                .disabled(state.notificationsDenied)
            }
        }
    }

    private var chart: some View {
        HStack(alignment: .bottom, spacing: Space.one) {
            ForEach(Array(state.months.enumerated()), id: \.offset) { item in
                VStack(spacing: Space.half) {
                    Text(item.element.amount).font(Typeface.caption).monospacedDigit()
                        .lineLimit(1).minimumScaleFactor(0.6)
                    RoundedRectangle(cornerRadius: Space.one)
                        .fill(theme.accent)
                        .frame(height: max(Space.one, 160 * CGFloat(item.element.permille) / 1000))
                    Text(item.element.label).font(Typeface.caption).foregroundStyle(theme.textSoft)
                }
                .frame(maxWidth: .infinity)
            }
        }
        .frame(minHeight: 220, alignment: .bottom)
        // The months below say the same in words.
        .accessibilityElement(children: .ignore)
        .accessibilityLabel(words.burn.chart)
    }
}

private struct BurnMonth: View {
    let month: MonthView

    var body: some View {
        Card {
            ForEach(Array(month.burns.enumerated()), id: \.offset) { Row(name: $0.element.day, value: $0.element.amount) }
        }
    }
}

#if DEBUG && canImport(UIKit)
    #Preview("Burn") { Gallery(Fixtures.burn) { BurnScreen(state: $0) { _ in } } }
#endif

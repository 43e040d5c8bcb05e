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
        SubPage(title: words.burn.title) {
            if state.totalOnly {
                Nothing(symbol: "questionmark.circle", title: words.burn.unknownTitle, hint: words.home.totalOnly)
            } else if state.months.isEmpty {
                Nothing(symbol: "leaf", title: words.burn.nothingTitle, hint: words.burn.nothingHint)
            } else {
                if let next = state.next { Notice(symbol: "flame", text: next, tone: .warning) }
                chart
                ForEach(Array(state.months.enumerated()), id: \.offset) { BurnMonth(month: $0.element) }
            }
            if let nonBurning = state.nonBurning { Card { Row(name: words.burn.nonBurning, value: nonBurning) } }
            Card {
                Toggle(isOn: Binding(state.remind && !state.notificationsDenied) { onAction(.remind(wanted: $0)) }) {
                    VStack(alignment: .leading, spacing: Space.half) {
                        Text(words.burn.reminder).font(Typeface.body)
                        Text(state.notificationsDenied ? words.profile.notificationsDenied : words.burn.reminderHint)
                            .font(Typeface.caption).foregroundStyle(theme.textSoft)
                    }
                }
                .disabled(state.notificationsDenied)
                if state.notificationsDenied { SettingsButton() }
            }
        }
    }

    private var chart: some View {
        Card {
            // A year of months is wider than a phone.
            ScrollView(.horizontal, showsIndicators: false) {
                HStack(alignment: .bottom, spacing: Space.two) {
                    ForEach(Array(state.months.enumerated()), id: \.offset) { column($0.element) }
                }
                .frame(minHeight: 208, alignment: .bottom)
            }
        }
        // The months below say the same in words.
        .accessibilityElement(children: .ignore)
        .accessibilityLabel(words.burn.chart)
    }

    private func column(_ month: MonthView) -> some View {
        VStack(spacing: Space.half) {
            Text(month.amount).font(Typeface.caption).monospacedDigit().lineLimit(1)
            RoundedRectangle(cornerRadius: Space.one)
                .fill(theme.accent)
                .frame(width: 40, height: max(Space.one, 160 * CGFloat(month.permille) / 1000))
            Text(month.label).font(Typeface.caption).foregroundStyle(theme.textSoft)
        }
        .frame(minWidth: 56)
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

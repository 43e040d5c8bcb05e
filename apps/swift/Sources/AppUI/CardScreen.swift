import Presentation
import SwiftUI
import Words

/// What a guest shows at the till.
struct CardScreen: View {
    let state: CardState
    let onAction: @MainActor (CardAction) -> Void
    @Environment(\.words) private var words
    @Environment(\.theme) private var theme

    var body: some View {
        SubPage(title: words.card.title, back: { onAction(.close) }) {
            if let code = state.code { picture(code) }
            switch state.condition {
            case .valid:
                Text(words.card.hint).font(Typeface.body)
                Text(words.card.brightness).font(Typeface.caption).foregroundStyle(theme.textSoft)
            case .offline: Notice(symbol: "wifi.slash", text: words.card.offline)
            case .expired:
                Notice(symbol: "clock.badge.exclamationmark", text: words.card.expired)
                ProblemNotice(problem: state.problem)
                newCode
            case .tellNumber: tellNumber(words.card.noneHint)
            case .nothingKept: tellNumber(words.card.offlineNone)
            case .loading: Working(wait: state.wait, text: words.card.refreshing)
            case .failed:
                ProblemNotice(problem: state.problem)
                newCode
            }
        }
    }

    private func picture(_ code: CodeView) -> some View {
        VStack(spacing: Space.three) {
            TillCodePicture(value: code.value, kind: .qr)
                .frame(width: 240, height: 240)
                .overlay { if let permille = state.permille { ring(permille) } }
                .accessibilityLabel(words.card.qr)
            TillCodePicture(value: code.value, kind: .bars)
                .frame(maxWidth: .infinity, minHeight: 72, maxHeight: 72)
                .accessibilityLabel(words.card.barcode)
            Text(code.groups).font(Typeface.heading).monospacedDigit()
                .accessibilityLabel(words.card.digits(digits: code.groups))
            if let expiresIn = state.expiresIn {
                Text(words.card.expiresIn(time: expiresIn)).font(Typeface.note).monospacedDigit()
                    .accessibilityAddTraits(.updatesFrequently)
            }
        }
        // Scanners want dark on white, whatever the theme is.
        .foregroundStyle(Color.black)
        .padding(Space.three)
        .frame(maxWidth: .infinity)
        .background(Color.white, in: RoundedRectangle(cornerRadius: Space.cardCorner))
        .privacySensitive()
    }

    private func ring(_ permille: Int) -> some View {
        Circle()
            .trim(from: 0, to: CGFloat(permille) / 1000)
            .stroke(Color.black.opacity(0.25), style: StrokeStyle(lineWidth: 4, lineCap: .round))
            .frame(width: 288, height: 288)
            .accessibilityHidden(true)
    }

    private func tellNumber(_ hint: String) -> some View {
        Card {
            Heading(words.card.noneTitle)
            Text(hint).font(Typeface.body)
            if let phone = state.phone { Text(phone).font(Typeface.title).monospacedDigit() }
        }
    }

    private var newCode: some View {
        WorkButton(title: words.card.refresh, working: words.card.refreshing, wait: state.wait) { onAction(.newCode) }
    }
}

#if DEBUG && canImport(UIKit)
    #Preview("Card") { Gallery(Fixtures.card) { CardScreen(state: $0) { _ in } } }
#endif

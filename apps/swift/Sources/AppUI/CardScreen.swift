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
        SubPage(title: words.card.title) {
            if let code = state.code { TillCodeCard(code: code, expiresIn: state.expiresIn, permille: state.permille) }
            switch state.condition {
            case .valid:
                Text(words.card.hint).font(Typeface.body)
                Label(words.card.brightness, systemImage: "sun.max")
                    .font(Typeface.caption).foregroundStyle(theme.textSoft)
            case .offline:
                Notice(symbol: "wifi.slash", text: words.card.offline, tone: .warning).announced(words.card.offline)
            case .expired:
                Nothing(symbol: "clock.badge.exclamationmark", title: words.card.expired).announced(words.card.expired)
                ProblemNotice(problem: state.problem)
                newCode
            case .tellNumber: tellNumber(words.card.noneHint)
            case .nothingKept: tellNumber(words.card.offlineNone)
            case .loading:
                Skeleton(label: words.card.refreshing) { Block(height: 440, corner: Space.cardCorner) }
                Working(wait: state.wait, text: words.card.refreshing)
            case .failed:
                ProblemNotice(problem: state.problem)
                newCode
            }
        }
    }

    @ViewBuilder private func tellNumber(_ hint: String) -> some View {
        Nothing(symbol: "person.wave.2", title: words.card.noneTitle, hint: hint)
        if let phone = state.phone {
            Text(phone)
                .font(Typeface.title)
                .monospacedDigit()
                .lineLimit(1)
                .minimumScaleFactor(0.5)
                .padding(Space.three)
                .frame(maxWidth: .infinity)
                .background(theme.surface, in: RoundedRectangle(cornerRadius: Space.cardCorner))
                .privacySensitive()
        }
    }

    private var newCode: some View {
        WorkButton(title: words.card.refresh, working: words.card.refreshing, wait: state.wait) { onAction(.newCode) }
    }
}

/// The code in both pictures and in digits. Scanners want dark on white, whatever the theme is.
private struct TillCodeCard: View {
    let code: CodeView
    let expiresIn: String?
    let permille: Int?
    @Environment(\.words) private var words
    @ScaledMetric(relativeTo: .subheadline) private var ring: CGFloat = 20

    var body: some View {
        VStack(spacing: Space.three) {
            TillCodePicture(value: code.value, kind: .qr)
                .frame(width: 248, height: 248)
                .accessibilityLabel(words.card.qr)
            TillCodePicture(value: code.value, kind: .bars)
                .frame(maxWidth: .infinity, minHeight: 72, maxHeight: 72)
                .accessibilityLabel(words.card.barcode)
            Text(code.groups)
                .font(Typeface.heading)
                .monospacedDigit()
                .lineLimit(1)
                .minimumScaleFactor(0.5)
                .accessibilityLabel(words.card.digits(digits: code.groups))
            if let expiresIn { life(expiresIn) }
        }
        .foregroundStyle(Color.black)
        .padding(Space.three)
        .frame(maxWidth: .infinity)
        .background(Color.white, in: RoundedRectangle(cornerRadius: Space.cardCorner))
        .privacySensitive()
    }

    /// The ring stands beside the pictures: over them it would be in a scanner's way.
    private func life(_ expiresIn: String) -> some View {
        HStack(spacing: Space.one) {
            if let permille {
                Circle()
                    .trim(from: 0, to: CGFloat(permille) / 1000)
                    .rotation(.degrees(-90))
                    .stroke(Color.black, style: StrokeStyle(lineWidth: 3, lineCap: .round))
                    .frame(width: ring, height: ring)
                    .background { Circle().stroke(Color.black.opacity(0.15), lineWidth: 3) }
                    .accessibilityHidden(true)
            }
            Text(words.card.expiresIn(time: expiresIn)).font(Typeface.note).monospacedDigit()
        }
        .accessibilityElement(children: .combine)
        .accessibilityAddTraits(.updatesFrequently)
    }
}

#if DEBUG && canImport(UIKit)
    #Preview("Card") { Gallery(Fixtures.card) { CardScreen(state: $0) { _ in } } }
#endif

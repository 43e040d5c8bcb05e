import Presentation
import SwiftUI
import Words

/// What the guest holds, at a glance.
struct HomeScreen: View {
    let state: HomeState
    let onAction: @MainActor (HomeAction) -> Void
    @Environment(\.words) private var words

    var body: some View {
        Page {
            if state.offline || state.asOf != nil { standing }
            if let holdings = state.holdings {
                BalanceHero(holdings: holdings) { onAction(.openCard) }
                Working(wait: state.wait, text: words.progress.working)
                ProblemNotice(problem: state.offline ? nil : state.problem) { onAction(.refresh) }
                HoldingsList(holdings: holdings, onAction: onAction)
            } else if state.wait.busy || state.problem == nil {
                Skeleton(label: words.home.loading)
            } else {
                ProblemNotice(problem: state.problem) { onAction(.refresh) }
            }
        }
        .refreshable { await onAction(.refresh) }
    }

    private var standing: some View {
        Notice(
            symbol: state.offline ? "wifi.slash" : "clock",
            text: [state.offline ? words.home.offline : nil, state.asOf].compactMap(\.self).joined(separator: " · "))
    }
}

/// The balance on the brand's card, with the way to the till.
struct BalanceHero: View {
    let holdings: Holdings
    let onCard: @MainActor () -> Void
    @Environment(\.words) private var words
    @Environment(\.theme) private var theme

    var body: some View {
        VStack(alignment: .leading, spacing: Space.one) {
            Text(words.home.balance).font(Typeface.note)
            VStack(alignment: .leading, spacing: 0) {
                Text(holdings.number).font(Typeface.balance).lineLimit(1).minimumScaleFactor(0.5)
                Text(holdings.unit).font(Typeface.heading)
            }
            .accessibilityElement(children: .ignore)
            .accessibilityLabel(holdings.sentence)
            .privacySensitive()
            if let next = holdings.burns.first {
                Label(next.line, systemImage: "flame").font(Typeface.note)
            }
            Button(action: onCard) {
                Label(words.home.cardButton, systemImage: "qrcode")
                    .font(Typeface.emphasis)
                    .foregroundStyle(theme.onAccent)
                    .frame(maxWidth: .infinity, minHeight: 56)
                    .background(theme.accent, in: RoundedRectangle(cornerRadius: Space.controlCorner))
            }
            .buttonStyle(.plain)
            .padding(.top, Space.one)
        }
        .padding(Space.three)
        .frame(maxWidth: .infinity, alignment: .leading)
        .foregroundStyle(theme.onHero)
        .background(theme.hero, in: RoundedRectangle(cornerRadius: Space.cardCorner))
    }
}

/// Everything below the balance.
private struct HoldingsList: View {
    let holdings: Holdings
    let onAction: @MainActor (HomeAction) -> Void
    @Environment(\.words) private var words

    var body: some View {
        if holdings.negative { Notice(symbol: "info.circle", text: words.home.negative) }
        if holdings.totalOnly { Notice(symbol: "info.circle", text: words.home.totalOnly) }
        if let since = holdings.burnedSince { Notice(symbol: "flame", text: since) }
        ForEach(holdings.pending, id: \.self) { Notice(symbol: "hourglass", text: $0) }
        if !holdings.burns.isEmpty { BurnStrip(burns: holdings.burns) { onAction(.openBurns) } }
        if let level = holdings.level { LevelCard(level: level) }
        Heading(words.home.newest)
        if holdings.newest.isEmpty {
            Nothing(symbol: "fork.knife", title: words.home.emptyTitle, hint: words.home.emptyHint)
        } else {
            Card {
                ForEach(holdings.newest) { row in
                    OperationRow(operation: row) { onAction(.openReceipt(reference: $0)) }
                }
                Button(words.home.allOperations) { onAction(.openHistory) }.buttonStyle(SecondaryButtonStyle())
            }
        }
        if !holdings.coupons.isEmpty {
            Heading(words.home.coupons)
            ForEach(Array(holdings.coupons.enumerated()), id: \.offset) { CouponCard(coupon: $0.element) }
        }
    }
}

/// The next burns, side by side.
private struct BurnStrip: View {
    let burns: [BurnView]
    let onOpen: @MainActor () -> Void
    @Environment(\.words) private var words
    @Environment(\.theme) private var theme

    var body: some View {
        VStack(alignment: .leading, spacing: Space.one) {
            Heading(words.home.burnStrip)
            ScrollView(.horizontal, showsIndicators: false) {
                HStack(spacing: Space.one) {
                    ForEach(Array(burns.enumerated()), id: \.offset) { item in
                        Button(action: onOpen) {
                            VStack(alignment: .leading, spacing: Space.half) {
                                Label(item.element.day, systemImage: item.element.soon ? "flame.fill" : "calendar")
                                    .font(Typeface.caption)
                                Text(item.element.amount).font(Typeface.emphasis).monospacedDigit()
                            }
                            .padding(Space.two)
                            .frame(minHeight: Space.target)
                            .background(theme.raised, in: RoundedRectangle(cornerRadius: Space.controlCorner))
                        }
                        .buttonStyle(.plain)
                        .accessibilityLabel(item.element.line)
                    }
                }
            }
        }
    }
}

/// Where the guest stands, and what is left to the next level.
private struct LevelCard: View {
    let level: LevelView
    @Environment(\.words) private var words
    @Environment(\.theme) private var theme

    var body: some View {
        Card {
            HStack(alignment: .firstTextBaseline) {
                Text(words.home.level).font(Typeface.note).foregroundStyle(theme.textSoft)
                Spacer()
                Text(level.name).font(Typeface.heading)
            }
            if let permille = level.permille {
                ProgressView(value: Double(permille), total: 1000).tint(theme.accent).accessibilityHidden(true)
            }
            if let left = level.left ?? (level.top ? words.home.levelTop : nil) {
                Text(left).font(Typeface.note)
            }
            if let benefit = level.benefit {
                Text(benefit).font(Typeface.note).foregroundStyle(theme.textSoft)
            }
        }
        .accessibilityElement(children: .combine)
    }
}

/// One operation: a sign, what it was, how many.
struct OperationRow: View {
    let operation: OperationView
    let onOpen: @MainActor (String) -> Void
    @Environment(\.theme) private var theme

    var body: some View {
        if let receipt = operation.receipt {
            Button { onOpen(receipt) } label: { content }.buttonStyle(.plain)
        } else {
            content
        }
    }

    private var content: some View {
        HStack(alignment: .center, spacing: Space.two) {
            Image(systemName: operation.direction.symbol)
                .foregroundStyle(colour)
                .frame(width: Space.four, height: Space.four)
                .accessibilityHidden(true)
            VStack(alignment: .leading, spacing: 0) {
                Text(operation.title).font(Typeface.body)
                Text([operation.venue, operation.time].compactMap(\.self).joined(separator: " · "))
                    .font(Typeface.caption).foregroundStyle(theme.textSoft)
            }
            Spacer(minLength: Space.one)
            Text(operation.sum).font(Typeface.emphasis).monospacedDigit().multilineTextAlignment(.trailing)
                .foregroundStyle(colour)
        }
        .frame(minHeight: Space.target)
        .contentShape(Rectangle())
        .accessibilityElement(children: .combine)
    }

    private var colour: Color {
        switch operation.direction {
        case .earned: theme.positive
        case .burned: theme.negative
        case .spent, .other: theme.text
        }
    }
}

extension Direction {
    /// A sign that tells the direction without a colour.
    var symbol: String {
        switch self {
        case .earned: "plus.circle"
        case .spent: "minus.circle"
        case .burned: "flame"
        case .other: "equal.circle"
        }
    }
}

/// A coupon with its code.
private struct CouponCard: View {
    let coupon: CouponView
    @Environment(\.words) private var words
    @Environment(\.theme) private var theme

    var body: some View {
        Card {
            Label(coupon.name, systemImage: "gift").font(Typeface.body)
            if let code = coupon.code { Text(code).font(Typeface.emphasis).textSelection(.enabled) }
            if let until = coupon.until {
                Text(words.home.couponUntil(date: until)).font(Typeface.caption).foregroundStyle(theme.textSoft)
            }
        }
    }
}

/// Stands where the balance will be.
private struct Skeleton: View {
    let label: String
    @Environment(\.theme) private var theme

    var body: some View {
        VStack(spacing: Space.two) {
            RoundedRectangle(cornerRadius: Space.cardCorner).fill(theme.raised).frame(height: 220)
            RoundedRectangle(cornerRadius: Space.cardCorner).fill(theme.raised).frame(height: 96)
            RoundedRectangle(cornerRadius: Space.cardCorner).fill(theme.raised).frame(height: 160)
        }
        .accessibilityElement(children: .ignore)
        .accessibilityLabel(label)
    }
}

#if DEBUG && canImport(UIKit)
    #Preview("Home") { Gallery(Fixtures.home) { HomeScreen(state: $0) { _ in } } }
#endif

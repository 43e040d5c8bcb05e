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
            standing
            if let holdings = state.holdings {
                BalanceHero(holdings: holdings) { onAction(.openBurns) }
                Button { onAction(.openCard) } label: { Label(words.home.cardButton, systemImage: "qrcode") }
                    .buttonStyle(PrimaryButtonStyle())
                HoldingsList(holdings: holdings, onAction: onAction)
            } else if state.problem == nil {
                HomeSkeleton(label: words.home.loading)
            }
        }
        .navigationTitle(Brand.venue.name[words.language] ?? words.home.title)
        .navigationBarTitleDisplayMode(.large)
    }

    /// Whether what is shown is up to date; what was read before stays in sight either way.
    @ViewBuilder private var standing: some View {
        if state.wait == .stillTrying {
            Notice(symbol: "hourglass", text: words.progress.stillTrying, detail: state.asOf)
                .announced(words.progress.stillTrying)
        } else if state.offline {
            Notice(
                symbol: "wifi.slash", text: words.home.offline, detail: state.asOf ?? words.problem.offlineHint,
                action: retry
            )
            .announced(words.home.offline)
        } else if let problem = state.problem, state.holdings != nil {
            Notice(
                symbol: "exclamationmark.triangle", text: words.home.refreshFailed,
                detail: state.asOf ?? problem.text(words), tone: .warning, action: retry
            )
            .announced(words.home.refreshFailed)
        } else if let problem = state.problem {
            ProblemNotice(problem: problem, retry: retry.perform)
        } else if let asOf = state.asOf {
            Notice(symbol: "clock", text: asOf)
        }
    }

    private var retry: (title: String, perform: @MainActor () -> Void) {
        (words.action.retry, { onAction(.refresh) })
    }
}

/// The balance on the brand's card, and what of it burns next.
struct BalanceHero: View {
    let holdings: Holdings
    let onBurns: @MainActor () -> Void
    @Environment(\.words) private var words
    @Environment(\.theme) private var theme
    @Environment(\.accessibilityReduceMotion) private var reduceMotion

    var body: some View {
        VStack(alignment: .leading, spacing: Space.two) {
            VStack(alignment: .leading, spacing: 0) {
                Text(words.home.balance).font(Typeface.note)
                Text(holdings.number).font(Typeface.balance).lineLimit(1).minimumScaleFactor(0.4)
                    .contentTransition(.numericText())
                    .animation(reduceMotion ? nil : .easeInOut(duration: 0.25), value: holdings.number)
                Text(holdings.unit).font(Typeface.heading)
            }
            .accessibilityElement(children: .ignore)
            .accessibilityLabel(holdings.sentence)
            .privacySensitive()
            if let next = holdings.burns.first {
                Button(action: onBurns) {
                    HStack(spacing: Space.one) {
                        Image(systemName: "flame.fill").accessibilityHidden(true)
                        Text(next.line).multilineTextAlignment(.leading)
                        Spacer(minLength: Space.one)
                        Image(systemName: "chevron.forward").imageScale(.small).accessibilityHidden(true)
                    }
                    .font(Typeface.note)
                    .foregroundStyle(theme.onAccent)
                    .padding(.horizontal, Space.two)
                    .padding(.vertical, Space.one)
                    .frame(maxWidth: .infinity, minHeight: Space.target, alignment: .leading)
                    .background(theme.accent, in: RoundedRectangle(cornerRadius: Space.controlCorner))
                }
                .buttonStyle(.plain)
            }
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
        if holdings.negative { Notice(symbol: "info.circle", text: words.home.negative, tone: .warning) }
        if holdings.totalOnly { Notice(symbol: "info.circle", text: words.home.totalOnly) }
        if let since = holdings.burnedSince { Notice(symbol: "flame", text: since, tone: .warning) }
        ForEach(holdings.pending, id: \.self) { Notice(symbol: "hourglass", text: $0) }
        if holdings.burns.count > 1 {
            // The first of them stands on the hero.
            BurnStrip(burns: Array(holdings.burns.dropFirst())) { onAction(.openBurns) }
        }
        if let level = holdings.level { LevelCard(level: level) }
        newest
        if !holdings.coupons.isEmpty {
            Heading(words.home.coupons)
            ForEach(Array(holdings.coupons.enumerated()), id: \.offset) { CouponCard(coupon: $0.element) }
        }
    }

    @ViewBuilder private var newest: some View {
        if holdings.newest.isEmpty {
            Heading(words.home.newest)
            Card { Nothing(symbol: "fork.knife", title: words.home.emptyTitle, hint: words.home.emptyHint) }
        } else {
            Heading(words.home.newest, more: (words.home.allOperations, { onAction(.openHistory) }))
            Card {
                ForEach(holdings.newest) { row in
                    OperationRow(operation: row, showsDay: true) { onAction(.openReceipt(reference: $0)) }
                    if row.id != holdings.newest.last?.id { Divider() }
                }
            }
        }
    }
}

/// The burns after the next, side by side.
private struct BurnStrip: View {
    let burns: [BurnView]
    let onOpen: @MainActor () -> Void
    @Environment(\.words) private var words
    @Environment(\.theme) private var theme

    var body: some View {
        VStack(alignment: .leading, spacing: Space.one) {
            Heading(words.home.burnStrip, more: (words.action.more, onOpen))
            ScrollView(.horizontal, showsIndicators: false) {
                HStack(spacing: Space.one) {
                    ForEach(Array(burns.enumerated()), id: \.offset) { chip($0.element) }
                }
            }
        }
    }

    private func chip(_ burn: BurnView) -> some View {
        Button(action: onOpen) {
            VStack(alignment: .leading, spacing: Space.half) {
                Label(burn.day, systemImage: burn.soon ? "flame.fill" : "calendar")
                    .font(Typeface.caption)
                    .foregroundStyle(burn.soon ? theme.negative : theme.textSoft)
                Text(burn.amount).font(Typeface.emphasis).monospacedDigit()
            }
            .padding(Space.two)
            .frame(minWidth: 128, minHeight: Space.target, alignment: .leading)
            .background(theme.surface, in: RoundedRectangle(cornerRadius: Space.controlCorner))
        }
        .buttonStyle(.plain)
        .accessibilityLabel(burn.line)
    }
}

/// Where the guest stands, and what is left to the next level.
private struct LevelCard: View {
    let level: LevelView
    @Environment(\.words) private var words
    @Environment(\.theme) private var theme

    var body: some View {
        Card {
            HStack(spacing: Space.two) {
                Badge(symbol: level.top ? "crown.fill" : "star.fill")
                VStack(alignment: .leading, spacing: 0) {
                    Text(words.home.level).font(Typeface.caption).foregroundStyle(theme.textSoft)
                    Text(level.name).font(Typeface.heading)
                }
            }
            if let permille = level.permille { bar(CGFloat(permille) / 1000) }
            if let left = level.left ?? (level.top ? words.home.levelTop : nil) { Text(left).font(Typeface.note) }
            if let benefit = level.benefit {
                Text(benefit).font(Typeface.note).foregroundStyle(theme.textSoft)
            }
        }
        .accessibilityElement(children: .combine)
    }

    /// The sentence below says the same in words.
    private func bar(_ share: CGFloat) -> some View {
        Capsule()
            .fill(theme.raised)
            .frame(height: 10)
            .overlay(alignment: .leading) {
                GeometryReader { space in
                    Capsule().fill(theme.accent).frame(width: max(10, space.size.width * min(max(share, 0), 1)))
                }
            }
            .padding(.vertical, Space.half)
            .accessibilityHidden(true)
    }
}

/// A coupon with its code.
private struct CouponCard: View {
    let coupon: CouponView
    @Environment(\.words) private var words
    @Environment(\.theme) private var theme

    var body: some View {
        Card {
            HStack(spacing: Space.two) {
                Badge(symbol: "gift")
                VStack(alignment: .leading, spacing: Space.half) {
                    Text(coupon.name).font(Typeface.emphasis)
                    if let until = coupon.until {
                        Text(words.home.couponUntil(date: until)).font(Typeface.caption).foregroundStyle(theme.textSoft)
                    }
                }
            }
            .accessibilityElement(children: .combine)
            if let code = coupon.code {
                Text(code)
                    .font(Typeface.emphasis)
                    .textSelection(.enabled)
                    .padding(.horizontal, Space.two)
                    .padding(.vertical, Space.one)
                    .background(theme.raised, in: RoundedRectangle(cornerRadius: Space.one))
            }
        }
    }
}

/// Stands where the balance, the card's button, the level and the operations will be.
private struct HomeSkeleton: View {
    let label: String

    var body: some View {
        Skeleton(label: label) {
            Block(height: 188, corner: Space.cardCorner)
            Block(height: 56, corner: Space.controlCorner)
            Card {
                Block(width: 140, height: 18)
                Block(height: 10)
            }
            RowBlocks()
        }
    }
}

#if DEBUG && canImport(UIKit)
    #Preview("Home") { Gallery(Fixtures.home) { HomeScreen(state: $0) { _ in } } }
#endif

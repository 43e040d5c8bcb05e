import Presentation
import SwiftUI
import Words

/// A sign on a round ground.
struct Badge: View {
    let symbol: String
    var colour: Color?
    @Environment(\.theme) private var theme
    @ScaledMetric(relativeTo: .body) private var side: CGFloat = 40

    var body: some View {
        Image(systemName: symbol)
            .foregroundStyle(colour ?? theme.primary)
            .frame(width: side, height: side)
            .background(theme.raised, in: Circle())
            .accessibilityHidden(true)
    }
}

/// One operation: a sign, what it was, how many.
struct OperationRow: View {
    let operation: OperationView
    var showsDay = false
    var balanceAfter: String?
    let onOpen: @MainActor (String) -> Void
    @Environment(\.theme) private var theme
    @Environment(\.dynamicTypeSize) private var typeSize

    var body: some View {
        if let receipt = operation.receipt {
            Button { onOpen(receipt) } label: { content }.buttonStyle(.plain)
        } else {
            content
        }
    }

    private var content: some View {
        HStack(alignment: .center, spacing: Space.two) {
            Badge(symbol: operation.direction.symbol, colour: colour)
            if typeSize.isAccessibilitySize {
                VStack(alignment: .leading, spacing: Space.half) {
                    what
                    sum
                }
                Spacer(minLength: 0)
            } else {
                what
                Spacer(minLength: Space.one)
                sum
            }
            if operation.receipt != nil {
                Image(systemName: "chevron.forward")
                    .imageScale(.small).foregroundStyle(theme.textSoft).accessibilityHidden(true)
            }
        }
        .padding(.vertical, Space.half)
        .frame(minHeight: Space.target)
        .contentShape(Rectangle())
        .accessibilityElement(children: .combine)
    }

    private var what: some View {
        VStack(alignment: .leading, spacing: 0) {
            Text(operation.title).font(Typeface.body)
            Text(details).font(Typeface.caption).foregroundStyle(theme.textSoft)
        }
    }

    private var details: String {
        let day = showsDay ? "\(operation.day), \(operation.time)" : operation.time
        return [operation.venue, day].compactMap(\.self).joined(separator: " · ")
    }

    private var sum: some View {
        VStack(alignment: typeSize.isAccessibilitySize ? .leading : .trailing, spacing: 0) {
            Text(operation.sum).font(Typeface.emphasis).monospacedDigit().foregroundStyle(colour)
            if let balanceAfter { Text(balanceAfter).font(Typeface.caption).foregroundStyle(theme.textSoft) }
        }
        .multilineTextAlignment(typeSize.isAccessibilitySize ? .leading : .trailing)
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
        case .earned: "plus"
        case .spent: "minus"
        case .burned: "flame"
        case .other: "equal"
        }
    }
}

import Loyalty
import Words

/// What burns in a month.
public struct MonthView: Sendable, Equatable {
    /// The month's short name.
    public let label: String
    public let amount: String
    /// Its amount against the largest month's.
    public let permille: Int
    public let burns: [BurnView]
}

/// The timeline of what burns.
public struct BurnState: Sendable, Equatable {
    /// The sentence on the soonest; `nil` when nothing burns.
    public var next: String? = nil
    /// Only those in which something burns, soonest first.
    public var months: [MonthView] = []
    public var nonBurning: String? = nil
    public var totalOnly: Bool = false
    public var remind: Bool = false
    public var notificationsDenied: Bool = false
}

public enum BurnAction: Sendable, Equatable {
    case remind(wanted: Bool)
    case back
}

public enum BurnEffect: Sendable, Equatable {
    /// The shell keeps the choice and schedules or cancels what the core says.
    case remind(wanted: Bool)
    case back
}

public final class BurnStore: Store<BurnState, BurnAction, BurnEffect> {
    private let session: any LoyaltyGuest

    public init(
        session: any LoyaltyGuest, preferences: Preferences, clock: any Clock<Duration>,
        onEffect: @escaping @MainActor (BurnEffect) -> Void
    ) {
        self.session = session
        super.init(BurnState(), clock: clock, onEffect: onEffect)
        show(preferences)
        launch { [weak self] in
            for await now in session.states() {
                if let snapshot = now.snapshot { self?.show(snapshot) }
            }
        }
    }

    public override func send(_ action: BurnAction) {
        switch action {
        case .remind(let wanted):
            change { $0.remind = wanted }
            emit(.remind(wanted: wanted))
        case .back: emit(.back)
        }
    }

    /// Takes over what the guest or the system has decided, and words what is shown in the language of now.
    func show(_ preferences: Preferences) {
        change {
            $0.remind = preferences.notifyBurn
            $0.notificationsDenied = preferences.notificationsDenied
        }
        if let snapshot = session.current.snapshot { show(snapshot) }
    }

    private func show(_ snapshot: Snapshot) {
        let months: [MonthView]
        let next: String?
        let kept: String?
        switch snapshot.schedule {
        case .parts(let burns, let nonBurning):
            (months, next, kept) = (monthViews(burns, session), burns.first?.line, nonBurning.text)
        case .totalOnly:
            (months, next, kept) = ([], nil, nil)
        }
        change {
            $0.next = next
            $0.months = months
            $0.nonBurning = kept
            $0.totalOnly = kept == nil
        }
    }
}

/// The months of a schedule, which comes by day.
private func monthViews(_ burns: [Burn], _ session: any LoyaltyGuest) -> [MonthView] {
    var months: [(first: LocalDate, burns: [Burn], sum: Int64)] = []
    for burn in burns {
        if let last = months.last, (last.first.year, last.first.month) == (burn.on.year, burn.on.month) {
            months[months.count - 1].burns.append(burn)
            months[months.count - 1].sum += burn.amount.value.hundredths
        } else {
            months.append((burn.on, [burn], burn.amount.value.hundredths))
        }
    }
    let largest = max(months.map(\.sum).max() ?? 1, 1)
    let words = session.language.words
    return months.map { month in
        MonthView(
            label: monthName(month.first.month, words),
            amount: session.word(Bonus(hundredths: month.sum)).number,
            permille: Int(month.sum * 1000 / largest),
            burns: month.burns.map(BurnView.init))
    }
}

/// The short name of a month, 1 to 12, as a chart's label.
private func monthName(_ month: Int, _ words: any Words) -> String {
    let names = words.months
    switch month {
    case 1: return names.january
    case 2: return names.february
    case 3: return names.march
    case 4: return names.april
    case 5: return names.may
    case 6: return names.june
    case 7: return names.july
    case 8: return names.august
    case 9: return names.september
    case 10: return names.october
    case 11: return names.november
    default: return names.december
    }
}

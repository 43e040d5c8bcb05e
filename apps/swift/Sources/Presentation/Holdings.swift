import Loyalty
import Words

/// In which direction an operation went: a sign and an icon, never a colour alone.
public enum Direction: Sendable, Equatable, CaseIterable {
    case earned, spent, burned, other
}

/// One operation of a guest.
public struct OperationView: Sendable, Equatable, Identifiable {
    public let id: Int64
    public let direction: Direction
    public let title: String
    public let venue: String?
    public let day: String
    public let time: String
    /// With its sign and unit.
    public let sum: String
    public let balanceAfter: String?
    /// Opens the receipt; `nil` where there is none.
    public let receipt: String?
}

/// What burns on a day.
public struct BurnView: Sendable, Equatable {
    public let day: String
    public let amount: String
    public let line: String
    /// Whether it is a matter of a week.
    public let soon: Bool
}

/// A coupon.
public struct CouponView: Sendable, Equatable {
    public let name: String
    public let code: String?
    /// A day.
    public let until: String?
}

/// The guest's level.
public struct LevelView: Sendable, Equatable {
    public let name: String
    public let benefit: String?
    /// How far it is to the next, 0 to 1000; `nil` where nobody knows.
    public let permille: Int?
    /// The sentence on what is left; `nil` at the top.
    public let left: String?
    public let top: Bool
}

/// Everything that a guest holds, ready to be shown.
public struct Holdings: Sendable, Equatable {
    /// The balance without its unit; a minus stands before it when it is ``negative``.
    public var number: String
    public var unit: String
    /// The balance as it is read aloud.
    public var sentence: String
    public var negative: Bool
    /// Soonest first; empty when nothing burns or when ``totalOnly``.
    public var burns: [BurnView]
    public var nonBurning: String?
    /// Whether the server's parts do not make its total.
    public var totalOnly: Bool
    public var pending: [String]
    public var burnedSince: String?
    public var level: LevelView?
    public var newest: [OperationView]
    public var coupons: [CouponView]
}

extension Holdings {
    /// Puts a snapshot into the words of the screens; sums and dates come worded from the core.
    init(_ snapshot: Snapshot, words: any Words) {
        let (burns, nonBurning): ([Burn], BonusAmount?) =
            switch snapshot.schedule {
            case .parts(let burns, let nonBurning): (burns, nonBurning)
            case .totalOnly: ([], nil)
            }
        self.init(
            number: snapshot.balance.number,
            unit: snapshot.balance.unit,
            sentence: words.home.balanceSentence(amount: snapshot.balance.text),
            negative: snapshot.balance.value.hundredths < 0,
            burns: burns.map(BurnView.init),
            nonBurning: nonBurning?.text,
            totalOnly: nonBurning == nil,
            pending: snapshot.pending.map { pending in
                pending.activeFromText.map { words.home.pending(amount: pending.amount.text, day: $0) }
                    ?? words.home.pendingNoDate(amount: pending.amount.text)
            },
            burnedSince: snapshot.burnedSince.map { words.home.burnedSince(amount: $0.text) },
            level: snapshot.level.map { LevelView($0, words: words) },
            newest: snapshot.newest.map(OperationView.init),
            coupons: snapshot.coupons.map { CouponView(name: $0.name, code: $0.code, until: $0.expiresText) })
    }
}

extension BurnView {
    init(_ burn: Burn) {
        self.init(day: burn.onText, amount: burn.amount.text, line: burn.line, soon: burn.inDays <= 7)
    }
}

extension OperationView {
    init(_ row: Transaction) {
        self.init(
            id: row.id, direction: Direction(row.kind, hundredths: row.sum.value.hundredths), title: row.kindText,
            venue: row.venue ?? row.comment, day: row.dayHeading, time: row.timeText, sum: row.sum.text,
            balanceAfter: row.balanceAfter?.text, receipt: row.receipt?.text)
    }
}

extension Direction {
    fileprivate init(_ kind: TransactionKind, hundredths: Int64) {
        switch kind {
        case .accrual, .refill, .welcome: self = .earned
        case .spend, .withdraw: self = .spent
        case .burn: self = .burned
        case .correction, .other: self = hundredths > 0 ? .earned : hundredths < 0 ? .spent : .other
        }
    }
}

extension LevelView {
    fileprivate init(_ level: Level, words: any Words) {
        var left: String?
        if let next = level.next, let progress = level.progress {
            left = words.home.levelLeft(amount: progress.remaining.text, name: next.name)
        }
        self.init(
            name: level.name, benefit: levelBenefit(accrual: level.accrual, discount: level.discount, words),
            permille: level.progress?.permille, left: left, top: level.next == nil)
    }
}

/// What a level gives, in a sentence.
func levelBenefit(accrual: PercentAmount?, discount: PercentAmount?, _ words: any Words) -> String? {
    accrual.map { words.home.levelAccrual(percent: $0.text) }
        ?? discount.map { words.home.levelDiscount(percent: $0.text) }
}

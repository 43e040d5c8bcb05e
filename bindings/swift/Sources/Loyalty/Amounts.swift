/// A sum of money in whole kopecks (hundredths of a rouble).
///
/// There is no way from it to ``Bonus`` or back: they are different things that happen to be counted alike.
public struct Money: Hashable, Comparable, Sendable {
    /// How many kopecks; may be negative.
    public let kopecks: Int64

    /// A sum of so many kopecks.
    public init(kopecks: Int64) { self.kopecks = kopecks }

    public static func < (one: Money, other: Money) -> Bool { one.kopecks < other.kopecks }
}

/// A number of bonuses in whole hundredths of a bonus. May be negative.
public struct Bonus: Hashable, Comparable, Sendable {
    /// How many hundredths.
    public let hundredths: Int64

    /// So many hundredths of a bonus.
    public init(hundredths: Int64) { self.hundredths = hundredths }

    public static func < (one: Bonus, other: Bonus) -> Bool { one.hundredths < other.hundredths }
}

/// A percentage in hundredths of a percent: `Percent(basisPoints: 750)` is 7.5 %.
public struct Percent: Hashable, Comparable, Sendable {
    /// How many hundredths of a percent.
    public let basisPoints: Int

    /// So many hundredths of a percent.
    public init(basisPoints: Int) { self.basisPoints = basisPoints }

    public static func < (one: Percent, other: Percent) -> Bool { one.basisPoints < other.basisPoints }
}

/// Money with its words in the session's language.
public struct MoneyAmount: Hashable, Sendable {
    /// The sum.
    public let value: Money
    /// The sum as a guest reads it: `1 234,50 ₽`.
    public let text: String

    /// A sum and its words.
    public init(value: Money, text: String) {
        self.value = value
        self.text = text
    }
}

/// Bonuses with their words in the session's language, the venue's own unit included.
public struct BonusAmount: Hashable, Sendable {
    /// How many.
    public let value: Bonus
    /// Number and unit: `1 234,50 бонуса`; with a sign where it is a movement: `+500 бонусов`.
    public let text: String
    /// The number alone, without a plus: `1 234,50`.
    public let number: String
    /// The unit's word in the form that goes with ``number``: `бонуса`.
    public let unit: String

    /// A number of bonuses and its words.
    public init(value: Bonus, text: String, number: String, unit: String) {
        self.value = value
        self.text = text
        self.number = number
        self.unit = unit
    }
}

/// A percentage with its words in the session's language.
public struct PercentAmount: Hashable, Sendable {
    /// The percentage.
    public let value: Percent
    /// As a guest reads it: `7,5 %`.
    public let text: String

    /// A percentage and its words.
    public init(value: Percent, text: String) {
        self.value = value
        self.text = text
    }
}

/// A day of the calendar, without a time or a zone: the venue's, unless said otherwise.
public struct LocalDate: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The year of the Gregorian calendar.
    public let year: Int
    /// 1 to 12.
    public let month: Int
    /// 1 to 31.
    public let day: Int

    /// A day. Whether there is such a day is checked where it is used.
    public init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// Reads `yyyy-MM-dd`; `nil` for anything else.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.count) == [4, 2, 2],
            parts.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isNumber } }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
            (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// `yyyy-MM-dd`.
    public var description: String {
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    public static func < (one: LocalDate, other: LocalDate) -> Bool {
        (one.year, one.month, one.day) < (other.year, other.month, other.day)
    }
}

import Foundation

/// What observers of a session see.
///
/// Values follow each other in the order in which they came true; a slow observer sees the newest and not all of them.
public struct SessionState: Hashable, Sendable {
    /// Whether there is a session. It turns false on signing out, here or from another device.
    public let signedIn: Bool
    /// Whether the server can be reached, as far as is known.
    public let connectivity: Connectivity
    /// What the guest holds; `nil` before the first reading and when nobody is signed in.
    public let snapshot: Snapshot?

    /// A state, for fakes and previews.
    public init(signedIn: Bool, connectivity: Connectivity, snapshot: Snapshot?) {
        self.signedIn = signedIn
        self.connectivity = connectivity
        self.snapshot = snapshot
    }
}

/// Whether the server can be reached, as far as is known.
public enum Connectivity: String, Sendable, CaseIterable {
    /// Nothing has been tried yet.
    case unknown
    /// The last thing known is a success.
    case online
    /// The last thing known is that no connection could be made.
    case offline
}

/// Whether a snapshot can be shown without its date.
public enum Freshness: String, Sendable, CaseIterable {
    /// Read within the last ten minutes, on the business day that it still is.
    case fresh
    /// Older, or nobody can tell: show ``Snapshot/asOfText``.
    case stale
}

/// Everything that a guest holds, read together: every screen is drawn from one of these, so that no two contradict
/// each other. Texts are in the session's language.
public struct Snapshot: Hashable, Sendable {
    /// Who they are.
    public let guest: GuestProfile
    /// All bonuses that can be spent now; may be negative.
    public let balance: BonusAmount
    /// What of it burns when.
    public let schedule: BurnSchedule
    /// Earned, but not to be spent yet; outside of ``balance``.
    public let pending: [PendingBonus]
    /// How much of ``balance`` was to burn on a day that has come since it was read: it may be gone already. `nil` when
    /// nothing was, or when nobody can tell.
    public let burnedSince: BonusAmount?
    /// Where the guest stands on the programme's ladder.
    public let level: Level?
    /// The guest's coupons.
    public let coupons: [Coupon]
    /// The newest five movements, newest first.
    public let newest: [Transaction]
    /// When it was read, by the server's clock.
    public let asOf: Date
    /// `по состоянию на 23 ноября, 19:05`.
    public let asOfText: String
    /// Whether it can be shown without ``asOfText``.
    public let freshness: Freshness
    /// The venue's business day.
    public let today: LocalDate
    /// Why it is not kept on this device and will be gone when the app ends; `nil` when it is kept.
    public let unsaved: ErrorCode?

    /// A snapshot, for fakes and previews.
    public init(
        guest: GuestProfile, balance: BonusAmount, schedule: BurnSchedule, pending: [PendingBonus] = [],
        burnedSince: BonusAmount? = nil, level: Level? = nil, coupons: [Coupon] = [], newest: [Transaction] = [],
        asOf: Date, asOfText: String, freshness: Freshness = .fresh, today: LocalDate, unsaved: ErrorCode? = nil
    ) {
        self.guest = guest
        self.balance = balance
        self.schedule = schedule
        self.pending = pending
        self.burnedSince = burnedSince
        self.level = level
        self.coupons = coupons
        self.newest = newest
        self.asOf = asOf
        self.asOfText = asOfText
        self.freshness = freshness
        self.today = today
        self.unsaved = unsaved
    }
}

/// What a guest has told about themselves. Personal throughout; its description shows none of it.
public struct GuestProfile: Hashable, Sendable {
    public let firstName: String?
    public let lastName: String?
    public let middleName: String?
    public let birthday: LocalDate?
    public let sex: Sex?
    public let email: String?
    /// The full number for the guest's own screen, `+7 912 345-12-34`; `nil` at a kiosk.
    public let phone: String?
    /// For screens that others may see: `+7 ••• •••-12-34`.
    public let phoneMasked: String?
    /// Whether the restaurant has blocked the account.
    public let blocked: Bool

    /// A guest, for fakes and previews.
    public init(
        firstName: String? = nil, lastName: String? = nil, middleName: String? = nil, birthday: LocalDate? = nil,
        sex: Sex? = nil, email: String? = nil, phone: String? = nil, phoneMasked: String? = nil, blocked: Bool = false
    ) {
        self.firstName = firstName
        self.lastName = lastName
        self.middleName = middleName
        self.birthday = birthday
        self.sex = sex
        self.email = email
        self.phone = phone
        self.phoneMasked = phoneMasked
        self.blocked = blocked
    }
}

/// Sex, as the form asks it.
public enum Sex: String, Sendable, CaseIterable {
    case male
    case female
}

/// What of a balance burns when.
public enum BurnSchedule: Hashable, Sendable {
    /// The parts, which sum to the balance: `burns` by day, ascending, one entry a day, and what never burns.
    case parts(burns: [Burn], nonBurning: BonusAmount)
    /// Only the total can be shown.
    case totalOnly(because: Inconsistency)
}

/// Why a schedule's parts cannot be shown.
public enum Inconsistency: String, Sendable, CaseIterable {
    /// They do not sum to the total.
    case partsDoNotSum
    /// One is negative, or too large.
    case impossiblePart
    /// The server named two totals, even when asked twice.
    case totalsDiffer
}

/// An amount that burns on a day.
public struct Burn: Hashable, Sendable {
    /// The venue's business day on which it burns.
    public let on: LocalDate
    /// The day, its year only when it is not this one: `23 ноября`.
    public let onText: String
    /// How many business days are left; 0 is today.
    public let inDays: Int
    /// How much; above zero.
    public let amount: BonusAmount
    /// The whole sentence: `500 бонусов сгорят через 3 дня`.
    public let line: String

    /// A burn, for fakes and previews.
    public init(on: LocalDate, onText: String, inDays: Int, amount: BonusAmount, line: String) {
        self.on = on
        self.onText = onText
        self.inDays = inDays
        self.amount = amount
        self.line = line
    }
}

/// Bonuses that were earned and can be spent later.
public struct PendingBonus: Hashable, Sendable {
    /// How many.
    public let amount: BonusAmount
    /// From when; `nil` when the server does not say.
    public let activeFrom: Date?
    /// Date and time at the venue; `nil` with ``activeFrom``.
    public let activeFromText: String?

    /// Pending bonuses, for fakes and previews.
    public init(amount: BonusAmount, activeFrom: Date?, activeFromText: String?) {
        self.amount = amount
        self.activeFrom = activeFrom
        self.activeFromText = activeFromText
    }
}

/// A level of the ladder.
public struct Level: Hashable, Sendable {
    /// In the restaurant's words.
    public let name: String
    /// The discount it gives.
    public let discount: PercentAmount?
    /// What part of a bill it gives back as bonuses.
    public let accrual: PercentAmount?
    /// The turnover that counts.
    public let turnover: MoneyAmount?
    /// The next one up; `nil` at the top.
    public let next: NextLevel?
    /// How far it is to the next; `nil` at the top or when nobody knows.
    public let progress: LevelProgress?

    /// A level, for fakes and previews.
    public init(
        name: String, discount: PercentAmount? = nil, accrual: PercentAmount? = nil, turnover: MoneyAmount? = nil,
        next: NextLevel? = nil, progress: LevelProgress? = nil
    ) {
        self.name = name
        self.discount = discount
        self.accrual = accrual
        self.turnover = turnover
        self.next = next
        self.progress = progress
    }
}

/// The next level up.
public struct NextLevel: Hashable, Sendable {
    /// In the restaurant's words.
    public let name: String
    /// From which turnover.
    public let from: MoneyAmount

    /// A level to reach, for fakes and previews.
    public init(name: String, from: MoneyAmount) {
        self.name = name
        self.from = from
    }
}

/// How far it is to the next level.
public struct LevelProgress: Hashable, Sendable {
    /// Whole thousandths of the way, 0 to 1000; 1000 only when it is reached.
    public let permille: Int
    /// What is left to spend; never negative.
    public let remaining: MoneyAmount

    /// Progress, for fakes and previews.
    public init(permille: Int, remaining: MoneyAmount) {
        self.permille = permille
        self.remaining = remaining
    }
}

/// A coupon. Whoever knows its code can use it, so its description does not show it.
public struct Coupon: Hashable, Sendable, Identifiable {
    public let id: Int64
    /// What it gives, in the restaurant's words.
    public let name: String
    /// The code to tell, where it has one.
    public let code: String?
    /// The last instant it can be used.
    public let expiresAt: Date?
    /// The day, at the venue; `nil` with ``expiresAt``.
    public let expiresText: String?

    /// A coupon, for fakes and previews.
    public init(id: Int64, name: String, code: String?, expiresAt: Date?, expiresText: String?) {
        self.id = id
        self.name = name
        self.code = code
        self.expiresAt = expiresAt
        self.expiresText = expiresText
    }
}

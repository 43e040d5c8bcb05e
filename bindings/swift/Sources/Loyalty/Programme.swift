import Foundation

/// A restaurant's loyalty programme, in the session's language. What the operator left out is `nil` or empty.
public struct Programme: Hashable, Sendable {
    public let name: String?
    /// The ladder, from the bottom.
    public let levels: [ProgrammeLevel]
    /// The rules, as text.
    public let rules: String?
    public let venues: [Venue]
    public let support: Support?
    /// Whether guests can register themselves.
    public let canRegister: Bool
    /// What a guest shows at the till.
    public let tillCode: TillCodeKind
    /// Whether a card can be shown while no code can be had.
    public let tillCodeOffline: Bool
    /// How many digits a sign-in code has.
    public let codeDigits: Int
    /// The least version of each app that still works.
    public let leastVersions: AppVersions
    /// The current texts that a guest agrees to.
    public let consents: [ConsentText]

    /// A programme, for fakes and previews.
    public init(
        name: String? = nil, levels: [ProgrammeLevel] = [], rules: String? = nil, venues: [Venue] = [],
        support: Support? = nil, canRegister: Bool = true, tillCode: TillCodeKind = .temporary,
        tillCodeOffline: Bool = false, codeDigits: Int = 6, leastVersions: AppVersions = AppVersions(),
        consents: [ConsentText] = []
    ) {
        self.name = name
        self.levels = levels
        self.rules = rules
        self.venues = venues
        self.support = support
        self.canRegister = canRegister
        self.tillCode = tillCode
        self.tillCodeOffline = tillCodeOffline
        self.codeDigits = codeDigits
        self.leastVersions = leastVersions
        self.consents = consents
    }
}

/// What is shown at the till.
public enum TillCodeKind: String, Sendable, CaseIterable {
    /// A code that lives for minutes.
    case temporary
    /// The number of the guest's card.
    case identifier
    /// Nothing: the guest tells the phone number.
    case none
}

/// A rung of the ladder.
public struct ProgrammeLevel: Hashable, Sendable {
    public let name: String
    /// From which turnover.
    public let from: MoneyAmount
    /// What part of a bill it gives back as bonuses.
    public let accrual: PercentAmount?
    /// The discount it gives.
    public let discount: PercentAmount?

    /// A rung, for fakes and previews.
    public init(name: String, from: MoneyAmount, accrual: PercentAmount? = nil, discount: PercentAmount? = nil) {
        self.name = name
        self.from = from
        self.accrual = accrual
        self.discount = discount
    }
}

/// A restaurant.
public struct Venue: Hashable, Sendable {
    public let code: Int64
    public let name: String
    public let address: String?
    /// In E.164, to dial.
    public let phone: String?
    /// To read; `nil` with ``phone``.
    public let phoneText: String?
    /// When it is open.
    public let hours: String?

    /// A restaurant, for fakes and previews.
    public init(
        code: Int64, name: String, address: String? = nil, phone: String? = nil, phoneText: String? = nil,
        hours: String? = nil
    ) {
        self.code = code
        self.name = name
        self.address = address
        self.phone = phone
        self.phoneText = phoneText
        self.hours = hours
    }
}

/// Whom a guest can ask.
public struct Support: Hashable, Sendable {
    /// In E.164, to dial.
    public let phone: String?
    /// The same to read.
    public let phoneText: String?
    public let email: String?
    public let url: String?

    /// Support, for fakes and previews.
    public init(phone: String? = nil, phoneText: String? = nil, email: String? = nil, url: String? = nil) {
        self.phone = phone
        self.phoneText = phoneText
        self.email = email
        self.url = url
    }
}

/// The least version of each app that still works, `major.minor.patch`.
public struct AppVersions: Hashable, Sendable {
    public let android: String?
    public let ios: String?
    public let kiosk: String?

    /// Versions, for fakes and previews.
    public init(android: String? = nil, ios: String? = nil, kiosk: String? = nil) {
        self.android = android
        self.ios = ios
        self.kiosk = kiosk
    }
}

/// What a consent is for. The two are given, refused and withdrawn separately.
public enum ConsentKind: String, Sendable, CaseIterable {
    /// Processing of personal data: without it there is no registration.
    case personalData
    /// Advertising: optional.
    case advertising
}

/// A text that a guest agrees to.
public struct ConsentText: Hashable, Sendable {
    public let kind: ConsentKind
    /// Its version, which a consent names.
    public let textVersion: String
    /// The text itself, where the operator gave it.
    public let text: String?
    /// Where all of it can be read.
    public let url: String?

    /// A text, for fakes and previews.
    public init(kind: ConsentKind, textVersion: String, text: String? = nil, url: String? = nil) {
        self.kind = kind
        self.textVersion = textVersion
        self.text = text
        self.url = url
    }
}

/// A consent that was given.
public struct Consent: Hashable, Sendable {
    public let kind: ConsentKind
    /// Which version of the text was shown.
    public let textVersion: String
    public let givenAt: Date
    /// Date and time at the venue.
    public let givenAtText: String
    /// When it was withdrawn; `nil` while it is in force.
    public let withdrawnAt: Date?
    public let withdrawnAtText: String?
    /// Whether it is in force and to the programme's current text.
    public let current: Bool

    /// A consent, for fakes and previews.
    public init(
        kind: ConsentKind, textVersion: String, givenAt: Date, givenAtText: String, withdrawnAt: Date? = nil,
        withdrawnAtText: String? = nil, current: Bool
    ) {
        self.kind = kind
        self.textVersion = textVersion
        self.givenAt = givenAt
        self.givenAtText = givenAtText
        self.withdrawnAt = withdrawnAt
        self.withdrawnAtText = withdrawnAtText
        self.current = current
    }
}

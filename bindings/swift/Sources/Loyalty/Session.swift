import Foundation

/// What a guest's own device and a kiosk have in common: signing in, registering, and what the guest holds.
///
/// Every member may be used from any thread. The asynchronous ones throw ``LoyaltyError``, or `CancellationError` when
/// their task is cancelled, which stops their work: a read stops at once; a change that was sent already may still take
/// effect on the server. The others answer at once, from memory.
///
/// The session ends, and its file is closed, with the last reference to it.
public protocol LoyaltySession: AnyObject, Sendable {
    /// The language of all texts. Setting it words the current state anew for observers; pages, receipts and the
    /// programme that were read before stay in the old one until they are asked for again.
    var language: Language { get set }

    /// The state now, without the network.
    var current: SessionState { get }

    /// The current state, and then every change of it.
    ///
    /// Each call is an observer of its own, freed when the loop over it ends. A slow observer sees the newest state and
    /// not all of them.
    func states() -> AsyncStream<SessionState>

    /// The programme as it was last read on this device, at once and without the network, in the current language;
    /// `nil` before the first reading.
    var knownProgramme: Programme? { get }

    /// Reads the programme. Needs no session. At a kiosk it also tells whether the gateway takes the kiosk's credential.
    func programme() async throws -> Programme

    /// Asks for a sign-in code to be sent to a phone, written in any form. The answer is the same whether or not there
    /// is such a guest.
    ///
    /// - Throws: ``LoyaltyError/invalidInput(code:field:)`` about `phone`; ``LoyaltyError/rateLimited(retryAfter:)``
    ///   with how long to wait before the next.
    func requestCode(phone: String) async throws -> CodeSent

    /// Signs in with the code that was sent. What a guest before this one has left on this device is removed first. It is
    /// carried through when the task is cancelled, because the code is spent: who asks again may find the guest signed in.
    /// Only ``signOut(devices:)`` at a kiosk prevents that.
    ///
    /// - Throws: ``LoyaltyError/codeWrong(triesLeft:)`` with the tries that are left; ``LoyaltyError/conflict(code:)``
    ///   with ``ErrorCode/codeExpired`` when another code has to be asked for, or with `conflict` when somebody is signed
    ///   in; ``LoyaltyError/secretStoreFailed(code:)`` when the session could not be kept: the code is spent.
    func confirm(phone: String, code: String) async throws

    /// Records the consents, then finds the guest's account or creates it, then refreshes.
    ///
    /// - Throws: ``LoyaltyError/invalidInput(code:field:)`` about `consents` without the one to the processing of
    ///   personal data, or about a field of the form; ``LoyaltyError/unsupported`` where guests cannot register
    ///   themselves.
    func register(form: RegistrationForm, consents: Set<ConsentKind>) async throws -> Registered

    /// Reads what the guest holds. Calls that come while one is under way share its outcome.
    ///
    /// - Throws: ``LoyaltyError/notFound(code:)`` with ``ErrorCode/guestNotFound`` when the guest has to be registered
    ///   first.
    @discardableResult
    func refresh() async throws -> Snapshot

    /// Reads a page of the history: from what is kept on this device, else from the server.
    ///
    /// - Parameters:
    ///   - after: the last page's ``HistoryPage/next``; `nil` for the newest.
    ///   - limit: how many rows at most, 1 to 500.
    func history(after: HistoryCursor?, limit: Int) async throws -> HistoryPage

    /// All consents of the guest, newest first, withdrawn ones too.
    func consents() async throws -> [Consent]

    /// Records that the guest agrees to the programme's current text. Agreeing again changes nothing.
    @discardableResult
    func giveConsent(_ kind: ConsentKind) async throws -> Consent

    /// Signs out. On this device the guest is signed out whatever happens, unless the secret store fails; what was kept
    /// is overwritten and removed. At a kiosk that is done before anything is waited for, and whoever is about to be
    /// signed in there is not: neither by a call to ``confirm(phone:code:)`` or ``LoyaltyKiosk/identify(tillCode:)`` that
    /// has only begun.
    ///
    /// A task that is cancelled before the call signs nobody out, unless it is at a kiosk: there the guest is let go, what
    /// was read is wiped and the gateway is told all the same, and the call throws `CancellationError`.
    ///
    /// - Throws: when all devices were asked for and the server was not reached: then nothing has changed. Never at a
    ///   kiosk, which answers ``SignOut/onlyHere`` then.
    @discardableResult
    func signOut(devices: Devices) async throws -> SignOut

    /// Formats a phone at every key that is typed.
    func formatPhone(_ typed: String) -> PhoneInput

    /// Words a number of bonuses; `signed` puts a plus in front of what is above zero.
    func word(_ amount: Bonus, signed: Bool) -> BonusAmount

    /// Words a sum of money; `signed` puts a plus in front of what is above zero.
    func word(_ amount: Money, signed: Bool) -> MoneyAmount

    /// Words a date: `23 ноября 2026`.
    func word(_ date: LocalDate) -> String
}

/// The session of a guest on a device of their own. It is kept between two runs of the app.
public protocol LoyaltyGuest: LoyaltySession {
    /// Reads a receipt; from what is kept on this device, if it is there.
    func receipt(_ reference: ReceiptReference) async throws -> Receipt

    /// Gets a code to show at the till. Never kept.
    ///
    /// - Throws: ``LoyaltyError/unsupported`` where the venue has none: the guest tells the phone number.
    func tillCode() async throws -> TillCode

    /// Changes the guest's form and refreshes.
    ///
    /// - Throws: ``LoyaltyError/invalidInput(code:field:)`` with the field's name; ``LoyaltyError/rejected(code:field:)``
    ///   when the server refused.
    func updateProfile(_ change: ProfileChange) async throws -> GuestProfile

    /// Records that the guest agrees no longer. Withdrawing what was not given succeeds.
    func withdrawConsent(_ kind: ConsentKind) async throws

    /// Everything that is kept about the guest, as one JSON document. Personal throughout.
    func exportData() async throws -> String

    /// Asks the operator to delete the guest. Every session of the guest ends, this one too.
    ///
    /// - Returns: when it was first asked for.
    @discardableResult
    func requestDeletion() async throws -> Date

    /// What to remind the guest of, from what was last read, soonest first.
    func reminders(_ policy: ReminderPolicy) -> [Reminder]

    /// Does what can wait until the screen is drawn: looks for damage, reads old history again, drops what is too old.
    func upkeep() async throws

    /// Closes the file before the platform suspends the app. Until ``resume()``, what would read or write it throws
    /// ``LoyaltyError/storage(code:)``; the snapshot stays.
    func pause() async throws

    /// Opens the file again. Does nothing while nobody is signed in.
    func resume() async throws
}

/// A kiosk that many guests share. A guest's session lives in memory alone and shows less: no receipts, no phone in
/// full, no changes to the form.
public protocol LoyaltyKiosk: LoyaltySession {
    /// Signs a guest in with the till code that their own device shows.
    ///
    /// - Throws: ``LoyaltyError/conflict(code:)`` with ``ErrorCode/codeExpired`` when the code is used, too old or not of
    ///   this programme; ``LoyaltyError/unauthorized`` when this is no kiosk of the gateway's: call the staff.
    func identify(tillCode: String) async throws
}

extension LoyaltySession {
    /// The newest page of the history, or the one behind `after`, of fifty rows.
    public func history(after: HistoryCursor? = nil) async throws -> HistoryPage {
        try await history(after: after, limit: 50)
    }

    /// Signs out on this device.
    @discardableResult
    public func signOut() async throws -> SignOut { try await signOut(devices: .this) }

    /// Words a number of bonuses without a plus.
    public func word(_ amount: Bonus) -> BonusAmount { word(amount, signed: false) }

    /// Words a sum of money without a plus.
    public func word(_ amount: Money) -> MoneyAmount { word(amount, signed: false) }
}

/// A language that guests are spoken to in. The raw value is its ISO 639 code.
public enum Language: String, Sendable, CaseIterable {
    case russian = "ru"
    case english = "en"
}

/// A time of day on the venue's clocks.
public struct LocalTime: Hashable, Sendable {
    /// 0 to 23.
    public let hour: Int
    /// 0 to 59.
    public let minute: Int

    /// A time of day, to the minute.
    public init(hour: Int, minute: Int) {
        self.hour = hour
        self.minute = minute
    }
}

/// How a gateway is reached and what is known of the venue before its programme was first read.
public struct Settings: Sendable {
    /// Its address, `https://host` without user, query or fragment.
    public var gateway: String
    /// Where a guest's own device keeps what was read: a folder of its own inside the app's private files. It is left
    /// out of backups. A kiosk keeps nothing.
    public var folder: URL
    /// The language of all texts.
    public var language: Language = .russian
    /// What the venue calls its bonuses.
    public var unit = UnitWords()
    /// The venue's zone, `Europe/Moscow`.
    public var timeZone = "Europe/Moscow"
    /// When its business day begins.
    public var dayChange = LocalTime(hour: 0, minute: 0)
    /// Certificates (PEM) that are trusted beside the usual ones.
    public var extraRoots: String?
    /// Whether `http` addresses are taken at all: for tests on the loopback.
    public var allowPlainHttp = false
    /// How long a call may take with all its attempts: more than nothing, and a day at most.
    public var timeout: Duration = .seconds(20)

    /// Settings with everything else as is usual; change what is not.
    public init(gateway: String, folder: URL) {
        self.gateway = gateway
        self.folder = folder
    }
}

/// The forms of the word for bonuses, each as it stands behind a number.
public struct UnitWords: Hashable, Sendable {
    public var russianOne = "бонус"
    public var russianFew = "бонуса"
    public var russianMany = "бонусов"
    public var russianFraction = "бонуса"
    public var englishOne = "bonus"
    public var englishOther = "bonuses"

    /// «бонус» in its forms; change those that differ.
    public init() {}
}

/// What the gateway says about a code that it was asked to send.
public struct CodeSent: Hashable, Sendable {
    /// After how long another code may be asked for.
    public let resendAfter: Duration
    /// For how long the code can be used.
    public let expiresIn: Duration
    /// How many digits it has.
    public let digits: Int

    /// An answer, for fakes and previews.
    public init(resendAfter: Duration, expiresIn: Duration, digits: Int) {
        self.resendAfter = resendAfter
        self.expiresIn = expiresIn
        self.digits = digits
    }
}

/// A newcomer's form. Personal throughout; its description shows none of it.
public struct RegistrationForm: Hashable, Sendable {
    public var firstName: String
    public var lastName: String?
    public var middleName: String?
    public var birthday: LocalDate?
    public var sex: Sex?
    public var email: String?

    /// A form. Only the first name has to be told.
    public init(
        firstName: String, lastName: String? = nil, middleName: String? = nil, birthday: LocalDate? = nil,
        sex: Sex? = nil, email: String? = nil
    ) {
        self.firstName = firstName
        self.lastName = lastName
        self.middleName = middleName
        self.birthday = birthday
        self.sex = sex
        self.email = email
    }
}

/// What a registration came to.
public struct Registered: Hashable, Sendable {
    /// `false` when the phone had an account before.
    public let created: Bool

    /// An outcome, for fakes and previews.
    public init(created: Bool) { self.created = created }
}

/// What becomes of a field of the form.
public enum FieldChange<Value: Hashable & Sendable>: Hashable, Sendable {
    /// It stays as it is.
    case keep
    /// It is emptied.
    case clear
    /// It becomes this.
    case set(Value)
}

/// What a guest changes about their form. The first name cannot be emptied, so `nil` keeps it.
public struct ProfileChange: Hashable, Sendable {
    public var firstName: String?
    public var lastName: FieldChange<String>
    public var middleName: FieldChange<String>
    public var birthday: FieldChange<LocalDate>
    public var sex: FieldChange<Sex>
    public var email: FieldChange<String>

    /// A change of what is named; the rest stays.
    public init(
        firstName: String? = nil, lastName: FieldChange<String> = .keep, middleName: FieldChange<String> = .keep,
        birthday: FieldChange<LocalDate> = .keep, sex: FieldChange<Sex> = .keep, email: FieldChange<String> = .keep
    ) {
        self.firstName = firstName
        self.lastName = lastName
        self.middleName = middleName
        self.birthday = birthday
        self.sex = sex
        self.email = email
    }
}

/// Which sessions a guest ends.
public enum Devices: Sendable {
    /// The one on this device.
    case this
    /// All of them.
    case all
}

/// How far signing out got. On this device the guest is signed out either way.
public enum SignOut: Sendable {
    /// The gateway has ended the session.
    case complete
    /// The gateway was not reached: it lets the session run out.
    case onlyHere
}

/// A phone while it is typed.
public struct PhoneInput: Hashable, Sendable {
    /// How to show it back: `+7 912 345`. Formatting it again changes nothing.
    public let text: String
    /// Whether it is a whole number that a code can be sent to.
    public let complete: Bool

    /// A phone, for fakes and previews.
    public init(text: String, complete: Bool) {
        self.text = text
        self.complete = complete
    }
}

/// When a guest wants to be reminded of a burn.
public struct ReminderPolicy: Hashable, Sendable {
    /// How many business days before.
    public var daysBefore: [Int]
    /// At which time of day at the venue.
    public var at: LocalTime
    /// How many reminders at most, the soonest first.
    public var limit: Int

    /// A week before and the day before, at eleven, unless said otherwise.
    public init(daysBefore: [Int] = [7, 1], at: LocalTime = LocalTime(hour: 11, minute: 0), limit: Int = 16) {
        self.daysBefore = daysBefore
        self.at = at
        self.limit = limit
    }
}

/// Something to show to a guest at a time.
public struct Reminder: Hashable, Sendable, Identifiable {
    /// The same for the same burn and the same number of days: replace what is scheduled under it, and cancel what is
    /// no longer in the list.
    public let id: String
    /// When to show it.
    public let notifyAt: Date
    /// The business day on which the bonuses burn.
    public let burnOn: LocalDate
    /// How many business days lie between the two.
    public let daysBefore: Int
    /// How much burns; `nil` when what is known will be too old by then.
    public let amount: BonusAmount?
    /// What to say.
    public let text: String

    /// A reminder, for fakes and previews.
    public init(id: String, notifyAt: Date, burnOn: LocalDate, daysBefore: Int, amount: BonusAmount?, text: String) {
        self.id = id
        self.notifyAt = notifyAt
        self.burnOn = burnOn
        self.daysBefore = daysBefore
        self.amount = amount
        self.text = text
    }
}

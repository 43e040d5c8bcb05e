import Foundation
import Loyalty

/// A session whose answers a test gives.
final class FakeGuest: LoyaltyGuest, @unchecked Sendable {
    private let lock = NSLock()
    private var state: SessionState
    private var observers: [UUID: AsyncStream<SessionState>.Continuation] = [:]
    private var called: [String] = []
    private var answers: [String: @Sendable () async throws -> any Sendable] = [:]
    private var tongue = Language.english

    init(signedIn: Bool = true, snapshot: Snapshot? = .sample()) {
        state = SessionState(signedIn: signedIn, connectivity: .online, snapshot: snapshot)
    }

    /// The calls so far.
    var calls: [String] { lock.withLock { called } }

    /// Says what a call answers from now on.
    func answer<Value: Sendable>(_ call: String, _ with: @escaping @Sendable () async throws -> Value) {
        lock.withLock { answers[call] = with }
    }

    /// Lets a call fail from now on.
    func fail(_ call: String, _ error: LoyaltyError) {
        lock.withLock { answers[call] = { throw error } }
    }

    /// Lets a call wait until its task is cancelled.
    func hang(_ call: String) {
        lock.withLock {
            answers[call] = {
                try await Task.sleep(for: .seconds(3600))
                throw LoyaltyError.internal
            }
        }
    }

    func become(_ now: SessionState) {
        let told = lock.withLock {
            state = now
            return Array(observers.values)
        }
        for observer in told { observer.yield(now) }
    }

    private func reply<Value: Sendable>(_ call: String, _ otherwise: Value) async throws -> Value {
        let answer = lock.withLock {
            called.append(call)
            return answers[call]
        }
        guard let answer else { return otherwise }
        return try await answer() as? Value ?? otherwise
    }

    private func reply<Value: Sendable>(_ call: String) async throws -> Value {
        let answer = lock.withLock {
            called.append(call)
            return answers[call]
        }
        guard let value = try await answer?() as? Value else { throw LoyaltyError.unsupported }
        return value
    }

    var language: Language {
        get { lock.withLock { tongue } }
        set { lock.withLock { tongue = newValue } }
    }
    var current: SessionState { lock.withLock { state } }
    var knownProgramme: Programme? { nil }

    func states() -> AsyncStream<SessionState> {
        let (stream, continuation) = AsyncStream.makeStream(of: SessionState.self, bufferingPolicy: .bufferingNewest(1))
        let id = UUID()
        let now = lock.withLock {
            observers[id] = continuation
            return state
        }
        continuation.onTermination = { [weak self] _ in
            self?.lock.withLock { _ = self?.observers.removeValue(forKey: id) }
        }
        continuation.yield(now)
        return stream
    }

    /// How many observe the state.
    var observing: Int { lock.withLock { observers.count } }

    func programme() async throws -> Programme { try await reply("programme", Programme()) }
    func requestCode(phone: String) async throws -> CodeSent {
        try await reply(
            "requestCode", CodeSent(resendAfter: .seconds(60), expiresIn: .seconds(300), digits: 6))
    }
    func confirm(phone: String, code: String) async throws { _ = try await reply("confirm", true) }
    func register(form: RegistrationForm, consents: Set<ConsentKind>) async throws -> Registered {
        try await reply("register", Registered(created: true))
    }
    func refresh() async throws -> Snapshot { try await reply("refresh", current.snapshot ?? .sample()) }
    func history(after: HistoryCursor?, limit: Int) async throws -> HistoryPage {
        try await reply("history after \(after?.text ?? "nothing")", HistoryPage(rows: []))
    }
    func consents() async throws -> [Consent] { try await reply("consents", []) }
    func giveConsent(_ kind: ConsentKind) async throws -> Consent {
        try await reply(
            "giveConsent \(kind)",
            Consent(kind: kind, textVersion: "1", givenAt: .distantPast, givenAtText: "", current: true))
    }
    func signOut(devices: Devices) async throws -> SignOut { try await reply("signOut", .complete) }
    func formatPhone(_ typed: String) -> PhoneInput {
        PhoneInput(text: typed, complete: typed.filter(\.isNumber).count == 11)
    }
    func word(_ amount: Bonus, signed: Bool) -> BonusAmount { .sample(amount.hundredths) }
    func word(_ amount: Money, signed: Bool) -> MoneyAmount { MoneyAmount(value: amount, text: "\(amount.kopecks)") }
    func word(_ date: LocalDate) -> String { date.description }
    func receipt(_ reference: ReceiptReference) async throws -> Receipt { try await reply("receipt") }
    func tillCode() async throws -> TillCode { try await reply("tillCode") }
    func updateProfile(_ change: ProfileChange) async throws -> GuestProfile {
        try await reply("updateProfile", GuestProfile())
    }
    func withdrawConsent(_ kind: ConsentKind) async throws { _ = try await reply("withdrawConsent \(kind)", true) }
    func exportData() async throws -> String { try await reply("exportData", "{}") }
    func requestDeletion() async throws -> Date { try await reply("requestDeletion", .distantPast) }
    func reminders(_ policy: ReminderPolicy) -> [Reminder] {
        guard current.signedIn else { return [] }
        return [
            Reminder(
                id: "burn-2026-11-26-1", notifyAt: .distantFuture, burnOn: LocalDate(year: 2026, month: 11, day: 26),
                daysBefore: 1, amount: nil, text: "soon")
        ]
    }
    func upkeep() async throws {}
    func pause() async throws { _ = try await reply("pause", true) }
    func resume() async throws { _ = try await reply("resume", true) }
}

extension BonusAmount {
    static func sample(_ hundredths: Int64) -> BonusAmount {
        BonusAmount(
            value: Bonus(hundredths: hundredths), text: "\(hundredths / 100) bonuses", number: "\(hundredths / 100)",
            unit: "bonuses")
    }
}

extension Snapshot {
    static func sample(balance: Int64 = 30_000, blocked: Bool = false, freshness: Freshness = .fresh) -> Snapshot {
        Snapshot(
            guest: GuestProfile(
                firstName: "Anna", birthday: LocalDate(year: 1990, month: 12, day: 31), email: "anna@example.com",
                phone: "+7 912 345-12-34", blocked: blocked),
            balance: .sample(balance),
            schedule: .parts(
                burns: [
                    Burn(
                        on: LocalDate(year: 2026, month: 11, day: 26), onText: "November 26", inDays: 3,
                        amount: .sample(10_000), line: "100 bonuses will expire in 3 days"),
                    Burn(
                        on: LocalDate(year: 2026, month: 11, day: 30), onText: "November 30", inDays: 7,
                        amount: .sample(5_000), line: "50 bonuses will expire in 7 days"),
                    Burn(
                        on: LocalDate(year: 2026, month: 12, day: 1), onText: "December 1", inDays: 8,
                        amount: .sample(7_500), line: "75 bonuses will expire in 8 days"),
                ], nonBurning: .sample(7_500)),
            newest: [.sample(1)], asOf: .distantPast, asOfText: "as of November 23", freshness: freshness,
            today: LocalDate(year: 2026, month: 11, day: 23))
    }
}

extension Transaction {
    static func sample(_ id: Int64, _ kind: TransactionKind = .accrual, day: String = "Today") -> Transaction {
        Transaction(
            id: id, at: .distantPast, day: LocalDate(year: 2026, month: 11, day: 23), dayHeading: day, timeText: "1:42 PM",
            kind: kind, kindText: "\(kind)", sum: .sample(id * 100), receipt: ReceiptReference(text: "r\(id)"))
    }
}

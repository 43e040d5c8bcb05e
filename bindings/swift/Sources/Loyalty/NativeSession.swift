import Foundation
internal import LoyaltyCore

/// The part that a guest's own device and a kiosk share. Each member is a call into the library and a conversion.
class NativeSession: LoyaltySession, @unchecked Sendable {
    // Nothing here changes after the beginning, and the library may be called from any thread.
    let core: LoyaltyCore.Loyalty

    init(_ core: LoyaltyCore.Loyalty) { self.core = core }

    // A stream may outlive the session, and would hold its file open.
    deinit { core.end() }

    var language: Language {
        get { Language(core.lang()) }
        set { core.setLang(lang: Lang(newValue)) }
    }

    var current: SessionState { SessionState(core.state()) }

    func states() -> AsyncStream<SessionState> {
        let subscription = core.subscribe()
        return AsyncStream(
            unfolding: { (try? await subscription.next()).flatMap { $0 }.map { SessionState($0) } },
            onCancel: { subscription.cancel() })
    }

    var knownProgramme: Programme? { core.knownProgramme().map { Programme($0) } }

    func programme() async throws -> Programme {
        Programme(try await cancellable { [core] in try await core.programme(cancel: $0) })
    }

    func requestCode(phone: String) async throws -> CodeSent {
        CodeSent(try await cancellable { [core] in try await core.requestCode(phone: phone, cancel: $0) })
    }

    func confirm(phone: String, code: String) async throws {
        try await cancellable { [core] in try await core.confirm(phone: phone, code: code, cancel: $0) }
    }

    func register(form: RegistrationForm, consents: Set<ConsentKind>) async throws -> Registered {
        let kinds = ConsentKind.allCases.filter(consents.contains).map { LoyaltyCore.ConsentKind($0) }
        let created = try await cancellable { [core] in
            try await core.register(form: LoyaltyCore.RegistrationForm(form), consents: kinds, cancel: $0)
        }
        return Registered(created: created)
    }

    func refresh() async throws -> Snapshot {
        Snapshot(try await cancellable { [core] in try await core.refresh(cancel: $0) })
    }

    func history(after: HistoryCursor?, limit: Int) async throws -> HistoryPage {
        let limit = UInt32(clamping: limit)
        return HistoryPage(
            try await cancellable { [core] in
                try await core.history(after: after?.text, limit: limit, cancel: $0)
            })
    }

    func consents() async throws -> [Consent] {
        try await cancellable { [core] in try await core.consents(cancel: $0) }.map { Consent($0) }
    }

    func giveConsent(_ kind: ConsentKind) async throws -> Consent {
        Consent(
            try await cancellable { [core] in
                try await core.giveConsent(kind: LoyaltyCore.ConsentKind(kind), cancel: $0)
            })
    }

    func signOut(devices: Devices) async throws -> SignOut {
        SignOut(
            try await cancellable { [core] in
                try await core.signOut(devices: LoyaltyCore.Devices(devices), cancel: $0)
            })
    }

    func formatPhone(_ typed: String) -> PhoneInput {
        let input = LoyaltyCore.formatPhone(typed: typed)
        return PhoneInput(text: input.text, complete: input.complete)
    }

    func word(_ amount: Bonus, signed: Bool) -> BonusAmount {
        BonusAmount(core.wordBonus(amount: amount.hundredths, plus: signed))
    }

    func word(_ amount: Money, signed: Bool) -> MoneyAmount {
        MoneyAmount(core.wordMoney(amount: amount.kopecks, plus: signed))
    }

    func word(_ date: LocalDate) -> String { core.wordDate(date: date.dayNumber) }
}

final class GuestSession: NativeSession, LoyaltyGuest, @unchecked Sendable {
    func receipt(_ reference: ReceiptReference) async throws -> Receipt {
        Receipt(try await cancellable { [core] in try await core.receipt(reference: reference.text, cancel: $0) })
    }

    func tillCode() async throws -> TillCode {
        TillCode(try await cancellable { [core] in try await core.tillCode(cancel: $0) })
    }

    func updateProfile(_ change: ProfileChange) async throws -> GuestProfile {
        GuestProfile(
            try await cancellable { [core] in
                try await core.updateProfile(edit: ProfileEdit(change), cancel: $0)
            })
    }

    func withdrawConsent(_ kind: ConsentKind) async throws {
        try await cancellable { [core] in
            try await core.withdrawConsent(kind: LoyaltyCore.ConsentKind(kind), cancel: $0)
        }
    }

    func exportData() async throws -> String {
        try await cancellable { [core] in try await core.exportData(cancel: $0) }
    }

    func requestDeletion() async throws -> Date {
        try await cancellable { [core] in try await core.requestDeletion(cancel: $0) }
    }

    func reminders(_ policy: ReminderPolicy) -> [Reminder] {
        core.reminders(wish: ReminderWish(policy)).map { Reminder($0) }
    }

    func upkeep() async throws {
        try await cancellable { [core] in try await core.upkeep(cancel: $0) }
    }

    // Neither is given up half-way: the platform suspends the app, or wakes it, all the same.
    func pause() async throws { try await translated { [core] in try await core.pause() } }
    func resume() async throws { try await translated { [core] in try await core.resume() } }
}

final class KioskSession: NativeSession, LoyaltyKiosk, @unchecked Sendable {
    func identify(tillCode: String) async throws {
        try await cancellable { [core] in try await core.identify(tillCode: tillCode, cancel: $0) }
    }
}

import Foundation
import Loyalty
import Words

/// Light or dark.
public enum ThemeChoice: String, Sendable, Equatable, CaseIterable {
    case system, light, dark
}

/// What the device keeps for the guest, beside what the core keeps.
public struct Preferences: Sendable, Equatable {
    public var language: WordsLanguage
    public var theme: ThemeChoice
    public var notifyBurn: Bool
    public var notificationsDenied: Bool

    public init(
        language: WordsLanguage, theme: ThemeChoice, notifyBurn: Bool, notificationsDenied: Bool
    ) {
        self.language = language
        self.theme = theme
        self.notifyBurn = notifyBurn
        self.notificationsDenied = notificationsDenied
    }
}

/// The guest's own data in the form of the fields that hold it.
public struct ProfileForm: Sendable, Equatable {
    public var name: String
    public var birthday: String
    public var email: String

    public init(name: String, birthday: String, email: String) {
        self.name = name
        self.birthday = birthday
        self.email = email
    }
}

/// Where a consent stands.
public struct ConsentStatus: Sendable, Equatable {
    public let required: Bool
    public let given: Bool
    /// When it was given or withdrawn, as a sentence; `nil` when it was never given.
    public let dated: String?
}

/// What the guest is asked before it happens.
public enum ProfileQuestion: Sendable, Equatable, CaseIterable {
    case unsaved, signOut, delete, withdrawData, withdrawAds
}

/// The guest's own page.
public struct ProfileState: Sendable, Equatable, Waiting {
    public var phone: String? = nil
    /// What is kept.
    public var form: ProfileForm = ProfileForm(name: "", birthday: "", email: "")
    /// What is being typed; `nil` when nothing is being edited.
    public var draft: ProfileForm? = nil
    public var nameError: FieldError? = nil
    public var birthdayError: FieldError? = nil
    public var emailError: FieldError? = nil
    public var preferences: Preferences
    public var consents: [ConsentStatus] = []
    /// What is being asked.
    public var question: ProfileQuestion? = nil
    public var wait: Wait = .none
    public var problem: Problem? = nil
    public var saved: Bool = false

    /// Whether something would be lost by leaving.
    public var unsaved: Bool { draft != nil && draft != form }
}

public enum ProfileAction: Sendable, Equatable {
    case edit
    case draft(form: ProfileForm)
    case save
    case discard
    case prefer(preferences: Preferences)
    case ask(question: ProfileQuestion)
    case confirm
    case dismiss
    case giveAds
    case export
    case openProgramme
    case leave
}

public enum ProfileEffect: Sendable, Equatable {
    case prefer(preferences: Preferences)
    /// The document is personal throughout: it goes where the guest says and nowhere else.
    case export(json: String)
    case programme
    case left
    case signedOut
}

public final class ProfileStore: Store<ProfileState, ProfileAction, ProfileEffect> {
    private let session: any LoyaltyGuest
    private let today: @MainActor () -> LocalDate
    private let onDeletion: @MainActor @Sendable () -> Void
    /// In which language the consents' dates are.
    private var worded: Loyalty.Language

    /// - Parameters:
    ///   - today: the day by which a birthday is in the future.
    ///   - onDeletion: a request for deletion has been received, which may be known only after this store is closed.
    public init(
        session: any LoyaltyGuest, preferences: Preferences, today: @escaping @MainActor () -> LocalDate,
        clock: any Clock<Duration>, onDeletion: @escaping @MainActor @Sendable () -> Void = {},
        onEffect: @escaping @MainActor (ProfileEffect) -> Void
    ) {
        self.session = session
        self.today = today
        self.onDeletion = onDeletion
        worded = session.language
        super.init(ProfileState(preferences: preferences), clock: clock, onEffect: onEffect)
        if let guest = session.current.snapshot?.guest { show(guest) }
        launch { [weak self] in
            for await now in session.states() {
                if let guest = now.snapshot?.guest { self?.show(guest) }
            }
        }
        launch { [weak self] in await self?.readConsents() }
    }

    public override func send(_ action: ProfileAction) {
        switch action {
        case .edit:
            change {
                $0.draft = $0.form
                $0.saved = false
            }
        case .draft(let form): draft(form)
        case .save: save()
        case .discard: discard()
        case .prefer(let preferences):
            change { $0.preferences = preferences }
            emit(.prefer(preferences: preferences))
        case .ask(let question): change { $0.question = question }
        case .confirm: confirm()
        case .dismiss: change { $0.question = nil }
        case .giveAds:
            act({ [session] in try await session.giveConsent(.advertising) }) { store, _ in await store.readConsents() }
        case .export:
            act({ [session] in try await session.exportData() }) { store, json in store.emit(.export(json: json)) }
        case .openProgramme: emit(.programme)
        case .leave:
            if state.unsaved { change { $0.question = .unsaved } } else { discard() }
        }
    }

    override func wake() {
        if state.consents.isEmpty { launch { [weak self] in await self?.readConsents() } }
    }

    /// Takes over what was decided elsewhere; in another language the dates of the consents are read again.
    func show(_ preferences: Preferences) {
        let isReworded = !state.consents.isEmpty && session.language != worded
        change { $0.preferences = preferences }
        if isReworded { launch { [weak self] in await self?.readConsents() } }
    }

    private func show(_ guest: GuestProfile) {
        change {
            $0.phone = guest.phone ?? guest.phoneMasked
            $0.form = ProfileForm(
                name: guest.firstName ?? "", birthday: guest.birthday.map(fieldText) ?? "", email: guest.email ?? "")
        }
    }

    private func readConsents() async {
        let outcome = await race(clock) { [session] in try await session.consents() }
        guard case .done(let all)? = outcome else { return }
        worded = session.language
        change { $0.consents = statuses(all) }
    }

    private func statuses(_ all: [Consent]) -> [ConsentStatus] {
        let words = state.preferences.language.words.profile
        return ConsentKind.allCases.map { kind in
            let newest = all.first { $0.kind == kind }
            let withdrawn = newest?.withdrawnAtText
            return ConsentStatus(
                required: kind == .personalData, given: newest != nil && withdrawn == nil,
                dated: withdrawn.map { words.consentWithdrawn(date: $0) }
                    ?? newest.map { words.consentGiven(date: $0.givenAtText) })
        }
    }

    private func draft(_ form: ProfileForm) {
        change {
            $0.draft = ProfileForm(
                name: String(form.name.prefix(60)), birthday: dotted(form.birthday),
                email: form.email.trimmingCharacters(in: .whitespaces))
            $0.forgetErrors()
        }
    }

    private func save() {
        guard let draft = state.draft else { return }
        let form = state.form
        change {
            $0.question = nil
            if draft == form { $0.draft = nil }
        }
        if draft == form { return }
        let nameError = FieldError(name: draft.name)
        let birthdayError = FieldError(birthday: draft.birthday, today: today())
        change {
            $0.nameError = nameError
            $0.birthdayError = birthdayError
        }
        if nameError != nil || birthdayError != nil { return }
        let changes = ProfileChange(from: form, to: draft)
        act({ [session] in try await session.updateProfile(changes) }) { store, _ in
            store.change {
                $0.draft = nil
                $0.saved = true
            }
        }
    }

    private func discard() {
        change {
            $0.draft = nil
            $0.question = nil
            $0.forgetErrors()
        }
        emit(.left)
    }

    private func confirm() {
        guard let question = state.question else { return }
        change { $0.question = nil }
        switch question {
        case .unsaved: save()
        case .signOut:
            act({ [session] in try await session.signOut() }) { store, _ in store.emit(.signedOut) }
        case .delete:
            askForDeletion { [session] in try await session.requestDeletion() }
        case .withdrawAds:
            act({ [session] in try await session.withdrawConsent(.advertising) }) { store, _ in
                await store.readConsents()
            }
        // Without this consent the guest's data may not be kept, so withdrawing it asks for their deletion.
        case .withdrawData:
            askForDeletion { [session] in
                try await session.withdrawConsent(.personalData)
                try await session.requestDeletion()
            }
        }
    }

    private func askForDeletion(_ call: @escaping @Sendable () async throws -> Void) {
        act({ [onDeletion] in
            // Of its own: the session's end, which the request brings, closes this store before the answer is there.
            try await Task {
                try await call()
                await onDeletion()
            }.value
        }) { store, _ in store.emit(.signedOut) }
    }

    private func act<Value: Sendable>(
        _ call: @escaping @Sendable () async throws -> Value,
        then: @escaping @MainActor @Sendable (ProfileStore, Value) async -> Void
    ) {
        if state.wait.busy { return }
        change {
            $0.problem = nil
            $0.saved = false
        }
        launchWaiting { [weak self] in
            switch await self?.awaited(call) {
            case .done(let value):
                if let self { await then(self, value) }
            case .failed(let failure): self?.change { $0.refuse(failure) }
            case nil: break
            }
        }
    }
}

extension ProfileState {
    fileprivate mutating func forgetErrors() {
        nameError = nil
        birthdayError = nil
        emailError = nil
    }

    fileprivate mutating func refuse(_ failure: LoyaltyError?) {
        switch failure?.formField {
        case .name: nameError = .refused
        case .birthday: birthdayError = .refused
        case .email: emailError = .refused
        case .consents, nil: problem = Problem(failure)
        }
    }
}

extension ProfileChange {
    /// Only what differs is sent, so that nothing that another device changed meanwhile is written back.
    fileprivate init(from before: ProfileForm, to after: ProfileForm) {
        let name = after.name.trimmingCharacters(in: .whitespacesAndNewlines)
        self.init(
            firstName: name == before.name ? nil : name,
            birthday: fieldChange(before.birthday, after.birthday, read: typedDay),
            email: fieldChange(before.email, after.email) { $0 })
    }
}

private func fieldChange<Value>(
    _ before: String, _ after: String, read: (String) -> Value?
) -> FieldChange<Value> {
    if after == before { return .keep }
    if after.isEmpty { return .clear }
    return read(after).map { .set($0) } ?? .keep
}

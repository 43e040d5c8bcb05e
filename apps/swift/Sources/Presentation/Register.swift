import Foundation
import Loyalty

/// What is wrong with a field of the form.
public enum FieldError: Sendable, Equatable, CaseIterable {
    case empty, invalid, inFuture, refused
}

/// A text that the guest is asked to agree to.
public struct ConsentView: Sendable, Equatable {
    public let required: Bool
    public let version: String
    /// The text itself, where the operator gave it; else ``url`` leads to it.
    public let text: String?
    public let url: String?

    public init(required: Bool, version: String, text: String?, url: String?) {
        self.required = required
        self.version = version
        self.text = text
        self.url = url
    }

    init(_ text: ConsentText) {
        self.init(required: text.kind == .personalData, version: text.textVersion, text: text.text, url: text.url)
    }
}

/// The form of a newcomer, or, for a guest whose consents are to older texts, the consents alone.
public struct RegisterState: Sendable, Equatable, Waiting {
    public var name: String = ""
    public var birthday: String = ""
    public var email: String = ""
    public var nameError: FieldError? = nil
    public var birthdayError: FieldError? = nil
    public var emailError: FieldError? = nil
    public var consents: [ConsentView] = []
    public var agreedToData: Bool = false
    public var agreedToAds: Bool = false
    /// Whether the guest tried to go on without the required one.
    public var consentMissing: Bool = false
    /// Whether only the consents are asked.
    public var consentsOnly: Bool = false
    /// The text that is open.
    public var reading: ConsentView? = nil
    public var wait: Wait = .none
    public var problem: Problem? = nil
    /// Whether the card has been made.
    public var done: Bool = false
}

public enum RegisterAction: Sendable, Equatable {
    case name(text: String)
    case birthday(text: String)
    case email(text: String)
    case agreeToData(agreed: Bool)
    case agreeToAds(agreed: Bool)
    case read(consent: ConsentView)
    case stopReading
    case submit
    /// Who does not want to go on is not kept here.
    case signOut
    /// After the card was made.
    case leave
}

public enum RegisterEffect: Sendable, Equatable {
    case openLink(url: String)
    case finished
}

public final class RegisterStore: Store<RegisterState, RegisterAction, RegisterEffect> {
    private let session: any LoyaltySession
    private let today: @MainActor () -> LocalDate
    /// The texts of a moment ago are shown at once; agreeing is to the current ones.
    private var isCurrent = false

    /// - Parameter today: the day by which a birthday is in the future.
    public init(
        session: any LoyaltySession, consentsOnly: Bool, today: @escaping @MainActor () -> LocalDate,
        clock: any Clock<Duration>, onEffect: @escaping @MainActor (RegisterEffect) -> Void
    ) {
        self.session = session
        self.today = today
        let known = session.knownProgramme?.consents ?? []
        super.init(
            RegisterState(consents: known.map(ConsentView.init), consentsOnly: consentsOnly), clock: clock,
            onEffect: onEffect)
        readTexts()
    }

    override func wake() { if !isCurrent && !state.wait.busy { readTexts() } }

    private func readTexts() {
        launchWaiting { [weak self, session] in
            guard case .done(let programme)? = await self?.awaited({ try await session.programme() }) else { return }
            self?.isCurrent = true
            self?.change { $0.consents = programme.consents.map(ConsentView.init) }
        }
    }

    public override func send(_ action: RegisterAction) {
        switch action {
        case .name(let text):
            change {
                $0.name = String(text.prefix(60))
                $0.nameError = nil
            }
        case .birthday(let text):
            change {
                $0.birthday = dotted(text)
                $0.birthdayError = nil
            }
        case .email(let text):
            change {
                $0.email = String(text.trimmingCharacters(in: .whitespaces).prefix(254))
                $0.emailError = nil
            }
        case .agreeToData(let agreed):
            change {
                $0.agreedToData = agreed
                $0.consentMissing = false
            }
        case .agreeToAds(let agreed): change { $0.agreedToAds = agreed }
        case .read(let consent): read(consent)
        case .stopReading: change { $0.reading = nil }
        case .submit: submit()
        case .signOut: signOut()
        case .leave: emit(.finished)
        }
    }

    private func read(_ consent: ConsentView) {
        if consent.text == nil, let url = consent.url {
            emit(.openLink(url: url))
        } else {
            change { $0.reading = consent }
        }
    }

    /// That nobody is signed in any more shows itself in the session.
    private func signOut() {
        if state.wait.busy { return }
        change { $0.problem = nil }
        launchWaiting { [weak self, session] in
            if case .failed(let failure)? = await self?.awaited({ try await session.signOut() }) {
                self?.change { $0.problem = Problem(failure) }
            }
        }
    }

    private func submit() {
        if state.wait.busy { return }
        change { $0.check(today: today()) }
        if state.hasErrors { return }
        let (form, agreed, consentsOnly) = (state.form, state.agreedKinds, state.consentsOnly)
        launchWaiting { [weak self, session] in
            let outcome = await self?.awaited {
                if consentsOnly {
                    for kind in ConsentKind.allCases where agreed.contains(kind) { try await session.giveConsent(kind) }
                } else {
                    _ = try await session.register(form: form, consents: agreed)
                }
            }
            switch outcome {
            case .done:
                if consentsOnly { self?.emit(.finished) } else { self?.change { $0.done = true } }
            case .failed(let failure): self?.change { $0.refuse(failure) }
            case nil: break
            }
        }
    }
}

extension RegisterState {
    fileprivate var hasErrors: Bool {
        nameError != nil || birthdayError != nil || emailError != nil || consentMissing
    }

    /// Puts an error beside every field that cannot be right.
    fileprivate mutating func check(today: LocalDate) {
        problem = nil
        consentMissing = !agreedToData
        if consentsOnly { return }
        nameError = FieldError(name: name)
        birthdayError = FieldError(birthday: birthday, today: today)
        emailError = email.isEmpty || isPlausible(email: email) ? nil : .invalid
    }

    fileprivate var agreedKinds: Set<ConsentKind> {
        var kinds: Set<ConsentKind> = []
        if agreedToData { kinds.insert(.personalData) }
        if agreedToAds { kinds.insert(.advertising) }
        return kinds
    }

    fileprivate var form: RegistrationForm {
        RegistrationForm(
            firstName: name.trimmingCharacters(in: .whitespaces), birthday: typedDay(birthday),
            email: email.isEmpty ? nil : email)
    }

    fileprivate mutating func refuse(_ failure: LoyaltyError?) {
        switch failure?.formField {
        case .name: nameError = .refused
        case .birthday: birthdayError = .refused
        case .email: emailError = .refused
        case .consents: consentMissing = true
        case nil: problem = Problem(failure)
        }
    }
}

/// A field that an error may be about.
enum FormField {
    case name, birthday, email, consents
}

extension LoyaltyError {
    /// The field of our forms that this is about.
    var formField: FormField? {
        let field: String? =
            switch self {
            case .invalidInput(_, let field): field
            case .rejected(_, let field): field
            default: nil
            }
        switch field {
        case "name", "firstName", "first_name": return .name
        case "birthday": return .birthday
        case "email": return .email
        case "consents": return .consents
        default: return nil
        }
    }
}

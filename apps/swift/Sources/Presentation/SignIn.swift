import Loyalty

/// The screen that asks for the phone.
public struct SignInState: Sendable, Equatable, Waiting {
    /// As it is shown while typing.
    public var phone: String = ""
    /// Whether a code can be sent to it.
    public var complete: Bool = false
    /// Whether the guest tried to go on with something else.
    public var invalid: Bool = false
    public var wait: Wait = .none
    public var problem: Problem? = nil
    /// How long until the next code may be asked for.
    public var retryIn: String? = nil
    /// Whether the guest has just asked for the deletion of their account.
    public var deletionAsked: Bool = false
}

public enum SignInAction: Sendable, Equatable {
    case typed(text: String)
    case send
}

/// A code is on its way to a phone.
public struct CodeOnItsWay: Sendable, Equatable {
    public let phone: String
    /// After how long another may be asked for.
    public let resendAfter: Duration
    public let digits: Int

    public init(phone: String, resendAfter: Duration, digits: Int) {
        self.phone = phone
        self.resendAfter = resendAfter
        self.digits = digits
    }
}

public final class SignInStore: Store<SignInState, SignInAction, CodeOnItsWay> {
    private let session: any LoyaltySession
    private var countdown: Task<Void, Never>?

    public init(
        session: any LoyaltySession, clock: any Clock<Duration>,
        onEffect: @escaping @MainActor (CodeOnItsWay) -> Void
    ) {
        self.session = session
        super.init(SignInState(), clock: clock, onEffect: onEffect)
    }

    public override func send(_ action: SignInAction) {
        switch action {
        case .typed(let text): typed(text)
        case .send: sendCode()
        }
    }

    /// The answer to the request has come: the guest is told here, where it has led them.
    func confirmDeletion() { change { $0.deletionAsked = true } }

    private func typed(_ text: String) {
        let input = session.formatPhone(text)
        change {
            $0.phone = input.text
            $0.complete = input.complete
            $0.invalid = false
            $0.problem = nil
            $0.deletionAsked = false
        }
    }

    private func sendCode() {
        let phone = state.phone
        if state.wait.busy || state.retryIn != nil { return }
        guard state.complete else { return change { $0.invalid = true } }
        change { $0.problem = nil }
        launchWaiting { [weak self, session] in
            switch await self?.awaited({ try await session.requestCode(phone: phone) }) {
            case .done(let sent):
                self?.emit(CodeOnItsWay(phone: phone, resendAfter: sent.resendAfter, digits: sent.digits))
            case .failed(let failure): self?.refused(failure)
            case nil: break
            }
        }
    }

    private func refused(_ failure: LoyaltyError?) {
        if case .invalidInput = failure { return change { $0.invalid = true } }
        change { $0.problem = Problem(failure) }
        guard case .rateLimited(let wait?) = failure else { return }
        countdown?.cancel()
        countdown = launch { [weak self, clock] in
            try? await Deadline(in: wait, on: clock).countDown { left in
                self?.change {
                    $0.retryIn = left == .zero ? nil : minutesAndSeconds(left)
                    if left == .zero { $0.problem = nil }
                }
            }
        }
    }
}

/// What is wrong with a code that was typed.
public enum CodeError: Sendable, Equatable {
    case wrong(triesLeft: Int?)
    case expired
    case noTriesLeft
}

/// The screen that asks for the code.
public struct CodeState: Sendable, Equatable, Waiting {
    /// Whither it was sent.
    public var phone: String
    public var digits: String = ""
    /// How many digits it has.
    public var length: Int = 6
    public var wait: Wait = .none
    public var error: CodeError? = nil
    public var problem: Problem? = nil
    /// How long until another may be asked for; `nil` when it may.
    public var resendIn: String? = nil
}

public enum CodeAction: Sendable, Equatable {
    /// Typed, pasted or filled in by the system; everything but digits is dropped.
    case typed(text: String)
    case resend
    case changePhone
}

public enum CodeEffect: Sendable, Equatable {
    case signedIn
    case changePhone
}

public final class CodeStore: Store<CodeState, CodeAction, CodeEffect> {
    private let session: any LoyaltySession
    private var countdown: Task<Void, Never>?
    private var late: Task<Void, Never>?
    private var left = false

    public init(
        session: any LoyaltySession, sent: CodeOnItsWay, clock: any Clock<Duration>,
        onEffect: @escaping @MainActor (CodeEffect) -> Void
    ) {
        self.session = session
        super.init(CodeState(phone: sent.phone, length: sent.digits), clock: clock, onEffect: onEffect)
        holdResending(sent.resendAfter)
    }

    public override func send(_ action: CodeAction) {
        switch action {
        case .typed(let text): typed(text)
        case .resend: resend()
        case .changePhone: emit(.changePhone)
        }
    }

    private func typed(_ text: String) {
        if state.wait.busy { return }
        let digits = String(text.filter(\.isASCIIDigit).prefix(state.length))
        if digits == state.digits { return }
        change {
            $0.digits = digits
            $0.error = nil
            $0.problem = nil
        }
        if digits.count == state.length { confirm() }
    }

    private func confirm() {
        let (phone, digits) = (state.phone, state.digits)
        launchWaiting { [weak self, session] in
            switch await self?.awaited({ try await session.confirm(phone: phone, code: digits) }) {
            case .done: self?.signedIn()
            case .failed(let failure): self?.failed(failure)
            case nil: break
            }
        }
    }

    /// The code is spent whether or not its answer came in time, and then no other one is taken.
    private func failed(_ failure: LoyaltyError?) {
        if session.current.signedIn { return signedIn() }
        change { $0.refuse(failure) }
        if failure == nil && late == nil {
            late = launch { [weak self, session] in
                for await state in session.states() where state.signedIn {
                    self?.signedIn()
                    break
                }
            }
        }
    }

    private func signedIn() {
        if !left { emit(.signedIn) }
        left = true
    }

    private func resend() {
        if state.wait.busy || state.resendIn != nil { return }
        let phone = state.phone
        launchWaiting { [weak self, session] in
            switch await self?.awaited({ try await session.requestCode(phone: phone) }) {
            case .done(let sent):
                self?.change {
                    $0.digits = ""
                    $0.error = nil
                    $0.problem = nil
                    $0.length = sent.digits
                }
                self?.holdResending(sent.resendAfter)
            case .failed(let failure):
                self?.change { $0.problem = Problem(failure) }
                if case .rateLimited(let wait?) = failure { self?.holdResending(wait) }
            case nil: break
            }
        }
    }

    private func holdResending(_ time: Duration) {
        countdown?.cancel()
        countdown = launch { [weak self, clock] in
            try? await Deadline(in: time, on: clock).countDown { left in
                self?.change { $0.resendIn = left == .zero ? nil : minutesAndSeconds(left) }
            }
        }
    }
}

extension CodeState {
    fileprivate mutating func refuse(_ failure: LoyaltyError?) {
        digits = ""
        if let about = CodeError(failure) { error = about } else { problem = Problem(failure) }
    }
}

extension CodeError {
    /// What a failed sign-in says about the code; `nil` when it says nothing about it.
    init?(_ failure: LoyaltyError?) {
        switch failure {
        case .codeWrong(let triesLeft): self = triesLeft == 0 ? .noTriesLeft : .wrong(triesLeft: triesLeft)
        case let failure? where failure.code == .codeExpired: self = .expired
        default: return nil
        }
    }
}

extension Character {
    var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}

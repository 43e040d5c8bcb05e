import Loyalty
import Words

/// Why something did not work, as far as a guest is told.
public enum Cause: Sendable, Equatable, CaseIterable {
    case offline, untrusted, timeout, unavailable, rateLimited, rejected, conflict, storage
    /// The app was away from the screen, and its files were closed: nothing is wrong with them.
    case paused
    /// What the system keeps secrets in does not answer.
    case secrets
    case signedOut, unexpected
}

/// A failure that a screen shows.
public struct Problem: Sendable, Equatable {
    public let cause: Cause
    /// The stable name of the error, which support can look up; not shown for what the guest can mend.
    public let code: String
    /// After how long to try again, as `1:30`, where the server says so.
    public let wait: String?

    public init(cause: Cause, code: String, wait: String? = nil) {
        self.cause = cause
        self.code = code
        self.wait = wait
    }

    /// Nothing came back within the time that a guest is kept waiting.
    public static let gaveUp = Problem(cause: .timeout, code: "gave_up")

    /// The sentence for the guest.
    public func text(_ words: any Words) -> String {
        switch cause {
        case .offline: words.problem.offline
        case .untrusted: words.problem.untrusted
        case .timeout: words.problem.timeout
        case .unavailable: words.problem.unavailable
        case .rateLimited: wait.map { words.problem.rateLimited(time: $0) } ?? words.problem.unavailable
        case .rejected: words.problem.rejected
        case .conflict: words.problem.conflict
        case .storage: words.problem.storage
        case .paused: words.problem.paused
        case .secrets: words.problem.secrets
        case .signedOut: words.problem.signedOut
        case .unexpected: words.problem.unexpected
        }
    }

    static func of(_ failure: LoyaltyError) -> Problem {
        let cause: Cause =
            switch failure {
            case .offline: .offline
            case .untrusted: .untrusted
            case .timeout, .outcomeUnknown: .timeout
            case .unavailable: .unavailable
            case .rateLimited: .rateLimited
            case .rejected, .invalidInput: .rejected
            case .conflict: .conflict
            case .storage(let code): code == .storageClosed ? .paused : .storage
            case .secretStoreFailed: .secrets
            case .unauthorized: .signedOut
            case .codeWrong, .contract, .forbidden, .internal, .notFound, .outdated, .unsupported: .unexpected
            }
        return Problem(cause: cause, code: failure.code.rawValue, wait: failure.retryAfter.map(minutesAndSeconds))
    }
}

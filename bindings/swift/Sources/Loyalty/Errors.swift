import Foundation

/// The stable name of what happened, the same in every language and version.
///
/// The constants are those that an app acts on; the glossary of errors lists all of them.
public struct ErrorCode: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public var description: String { rawValue }

    /// The sign-in code is not the one that was sent.
    public static let codeWrong = ErrorCode(rawValue: "code_wrong")
    /// There is no code to compare with any more: ask for a new one.
    public static let codeExpired = ErrorCode(rawValue: "code_expired")
    /// The guest has not agreed to the current text on personal data.
    public static let consentRequired = ErrorCode(rawValue: "consent_required")
    /// The restaurant has blocked the account.
    public static let accountBlocked = ErrorCode(rawValue: "account_blocked")
    /// Several accounts carry the phone: only the restaurant can merge them.
    public static let accountAmbiguous = ErrorCode(rawValue: "account_ambiguous")
    /// Nobody is registered under the signed-in phone yet.
    public static let guestNotFound = ErrorCode(rawValue: "guest_not_found")
    /// Not a complete +7 number.
    public static let phoneInvalid = ErrorCode(rawValue: "phone_invalid")
    /// A number of another country than those behind +7.
    public static let phoneUnsupported = ErrorCode(rawValue: "phone_unsupported")
    /// No space is left on this device.
    public static let storageFull = ErrorCode(rawValue: "storage_full")
    /// Storage is closed: the session is paused.
    public static let storageClosed = ErrorCode(rawValue: "storage_closed")
}

/// What every call of this library throws, and nothing else but `CancellationError`.
///
/// Its description is the code with the name of a field at most: English, for logs, nothing personal or secret in it,
/// and not for guests.
public enum LoyaltyError: Error, Hashable, Sendable {
    /// The caller gave something that cannot be right; nothing was sent. `field` is the parameter's name.
    case invalidInput(code: ErrorCode, field: String)
    /// The server was not reached; nothing was sent.
    case offline
    /// The server's certificate is not trusted; nothing was sent. Never shown as being offline.
    case untrusted
    /// Time ran out, or the connection broke.
    case timeout(code: ErrorCode)
    /// Nobody is signed in, or not any more.
    case unauthorized
    /// A kiosk's session asked for what only a guest's own device may do.
    case forbidden
    /// There is no such thing; ``ErrorCode/guestNotFound`` means that the guest has to be registered.
    case notFound(code: ErrorCode)
    /// The server refused the content; nothing was changed. `field` is the form's field, where it named one.
    case rejected(code: ErrorCode, field: String?)
    /// The sign-in code is not the one that was sent. `triesLeft` is how often it may still be tried.
    case codeWrong(triesLeft: Int?)
    /// The state does not allow it; nothing was changed.
    case conflict(code: ErrorCode)
    /// Too many requests; nothing was changed.
    case rateLimited(retryAfter: Duration?)
    /// The server is failing or being serviced.
    case unavailable(retryAfter: Duration?)
    /// A change was sent and no answer came: read before trying again.
    case outcomeUnknown
    /// This version of the app is too old for the server.
    case outdated
    /// The server's answer is not what the contract says: `field` in the answer of `path`.
    case contract(code: ErrorCode, path: String, field: String)
    /// This device's storage failed.
    case storage(code: ErrorCode)
    /// The ``SecretStore`` failed. Nobody was signed out because of it.
    case secretStoreFailed(code: ErrorCode)
    /// This venue, or this kind of session, cannot do it.
    case unsupported
    /// A mistake of this library.
    case `internal`

    /// What happened.
    public var code: ErrorCode {
        switch self {
        case .invalidInput(let code, _), .timeout(let code), .notFound(let code), .rejected(let code, _),
            .conflict(let code), .contract(let code, _, _), .storage(let code), .secretStoreFailed(let code):
            code
        case .offline: ErrorCode(rawValue: "offline")
        case .untrusted: ErrorCode(rawValue: "untrusted")
        case .unauthorized: ErrorCode(rawValue: "unauthorized")
        case .forbidden: ErrorCode(rawValue: "forbidden")
        case .codeWrong: .codeWrong
        case .rateLimited: ErrorCode(rawValue: "rate_limited")
        case .unavailable: ErrorCode(rawValue: "unavailable")
        case .outcomeUnknown: ErrorCode(rawValue: "outcome_unknown")
        case .outdated: ErrorCode(rawValue: "outdated")
        case .unsupported: ErrorCode(rawValue: "unsupported")
        case .internal: ErrorCode(rawValue: "internal")
        }
    }

    /// Whether the same call may succeed later without a change by the caller.
    public var retryable: Bool {
        switch self {
        case .offline, .timeout, .rateLimited, .unavailable: true
        default: false
        }
    }

    /// How long the server asks to wait, where it says so.
    public var retryAfter: Duration? {
        switch self {
        case .rateLimited(let after), .unavailable(let after): after
        default: nil
        }
    }
}

extension LoyaltyError: LocalizedError, CustomStringConvertible {
    public var description: String {
        let detail: String =
            switch self {
            case .invalidInput(_, let field): field
            case .rejected(_, let field): field ?? ""
            case .contract(_, let path, let field): [path, field].filter { !$0.isEmpty }.joined(separator: " ")
            default: ""
            }
        return detail.isEmpty ? code.rawValue : "\(code.rawValue): \(detail)"
    }

    /// The same as the description. A guest is told in the app's own words what to do.
    public var errorDescription: String? { description }
}

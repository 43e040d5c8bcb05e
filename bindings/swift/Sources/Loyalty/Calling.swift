import Foundation
internal import LoyaltyCore

/// Makes a call that ends when the task is cancelled. The library does not see Swift's cancellation by itself, so it is
/// told by a token.
///
/// - Throws: ``LoyaltyError``, or `CancellationError`.
func cancellable<Value: Sendable>(
    _ call: @escaping @Sendable (CancelToken) async throws -> Value
) async throws -> Value {
    let token = CancelToken()
    return try await translated {
        try await withTaskCancellationHandler {
            try await call(token)
        } onCancel: {
            token.cancel()
        }
    }
}

/// Turns what the library throws into ours.
func translated<Value>(_ call: () async throws -> Value) async throws -> Value {
    do { return try await call() } catch { throw outward(error) }
}

/// Turns what the library throws into ours.
func translated<Value>(_ call: () throws -> Value) throws -> Value {
    do { return try call() } catch { throw outward(error) }
}

private func outward(_ error: any Error) -> any Error {
    guard case .Failed(let failure)? = error as? CallError else { return LoyaltyError.internal }
    return failure.category == .cancelled ? CancellationError() : LoyaltyError(failure)
}

extension LoyaltyError {
    init(_ failure: Failure) {
        let code = ErrorCode(rawValue: failure.code)
        let after = failure.retryAfter.map { Duration.seconds($0) }
        if failure.unsupported {
            self = .unsupported
            return
        }
        switch failure.category {
        case .invalidInput: self = .invalidInput(code: code, field: failure.field ?? "")
        case .offline: self = .offline
        case .untrusted: self = .untrusted
        case .timeout: self = .timeout(code: code)
        case .unauthorized: self = .unauthorized
        case .forbidden: self = .forbidden
        case .notFound: self = .notFound(code: code)
        case .rejected:
            self =
                code == .codeWrong
                ? .codeWrong(triesLeft: failure.triesLeft.map { Int($0) }) : .rejected(code: code, field: failure.field)
        case .conflict: self = .conflict(code: code)
        case .rateLimited: self = .rateLimited(retryAfter: after)
        case .unavailable: self = .unavailable(retryAfter: after)
        case .outcomeUnknown: self = .outcomeUnknown
        case .outdated: self = .outdated
        case .contract: self = .contract(code: code, path: failure.path ?? "", field: failure.field ?? "")
        case .storage: self = .storage(code: code)
        case .secretStore: self = .secretStoreFailed(code: code)
        // A cancelled call throws `CancellationError`; nothing else carries this.
        case .cancelled, .internal: self = .internal
        }
    }
}

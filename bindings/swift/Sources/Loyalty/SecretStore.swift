import Foundation

/// Keeps small secrets (a session's tokens, the guest's own phone) where the platform keeps secrets.
///
/// Called from the library's own threads, which may block; one call at a time a key. A failure is thrown as
/// ``SecretStoreError``, never swallowed: an app that could not save its session must say so instead of signing the
/// guest out at the next start. Anything else that is thrown counts as ``SecretStoreError/failed``, and what it says
/// goes nowhere.
public protocol SecretStore: AnyObject, Sendable {
    /// The secret under `key`, or `nil` when there is none.
    func get(_ key: String) throws -> Data?

    /// Keeps `secret` under `key`, in place of what stood there.
    func set(_ key: String, secret: Data) throws

    /// Removes the secret under `key`; removing what is not there succeeds.
    func delete(_ key: String) throws
}

/// Why a secret could not be kept or read.
public enum SecretStoreError: Error, Sendable, CaseIterable {
    /// It is there, but locked or closed to us.
    case refused
    /// It is not there, or cannot be reached.
    case unavailable
    /// It holds something that we did not write.
    case damaged
    /// It could not be read or written.
    case failed
}

/// Secrets in memory: for tests, and for whatever must not outlive the process.
public final class InMemorySecretStore: SecretStore {
    private let secrets = Locked<[String: Data]>([:])

    /// An empty store.
    public init() {}

    public func get(_ key: String) -> Data? { secrets.withLock { $0[key] } }

    public func set(_ key: String, secret: Data) { secrets.withLock { $0[key] = secret } }

    public func delete(_ key: String) { secrets.withLock { _ = $0.removeValue(forKey: key) } }
}

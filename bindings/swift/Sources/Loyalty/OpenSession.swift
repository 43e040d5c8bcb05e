import Foundation
internal import LoyaltyCore

/// Opens a guest's own device: goes on with the session that was kept, if there is one. Sends nothing.
///
/// The folder of the settings is made, kept from backups and protected until the device is first unlocked.
///
/// - Parameter secrets: where the session's tokens go; a ``KeychainSecretStore`` in an app.
/// - Throws: ``LoyaltyError/invalidInput(code:field:)`` about a setting; ``LoyaltyError/secretStoreFailed(code:)`` when
///   nobody can tell whether somebody is signed in; ``LoyaltyError/storage(code:)`` when there can be no folder.
public func openGuest(_ settings: Settings, secrets: any SecretStore) async throws -> any LoyaltyGuest {
    try prepareDataFolder(settings.folder)
    let native = LoyaltyCore.Settings(settings)
    let store = ForeignSecretStore(secrets)
    return GuestSession(try await translated { try await LoyaltyCore.openGuest(settings: native, secrets: store) })
}

/// Opens a kiosk with its credential. Nothing is kept: each guest's session lives in memory.
///
/// - Throws: ``LoyaltyError/invalidInput(code:field:)`` about a setting or the credential.
public func openKiosk(_ settings: Settings, credential: String) throws -> any LoyaltyKiosk {
    let native = LoyaltyCore.Settings(settings)
    return KioskSession(try translated { try LoyaltyCore.openKiosk(settings: native, credential: credential) })
}

/// Hands every line of the library's log that matters at least as much as `level` to `sink`, for as long as the process
/// lives.
///
/// - Throws: ``LoyaltyError/conflict(code:)`` when there is a sink already.
public func sendLog(from level: LogLevel, to sink: any LogSink) throws {
    try translated { try LoyaltyCore.logTo(level: LoyaltyCore.LogLevel(level), sink: ForeignLogSink(sink)) }
}

/// Passes calls on to the app's store, and says of what it throws no more than the kind.
private final class ForeignSecretStore: LoyaltyCore.SecretStore {
    private let store: any SecretStore

    init(_ store: any SecretStore) { self.store = store }

    func get(key: String) throws -> Data? { try careful { try store.get(key) } }
    func set(key: String, secret: Data) throws { try careful { try store.set(key, secret: secret) } }
    func delete(key: String) throws { try careful { try store.delete(key) } }

    private func careful<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch {
            switch error as? SecretStoreError {
            case .refused: throw SecretStoreFailure.Refused
            case .unavailable: throw SecretStoreFailure.Unavailable
            case .damaged: throw SecretStoreFailure.Damaged
            case .failed, nil: throw SecretStoreFailure.Failed
            }
        }
    }
}

private final class ForeignLogSink: LoyaltyCore.LogSink {
    private let sink: any LogSink

    init(_ sink: any LogSink) { self.sink = sink }

    func take(line: LogLine) throws {
        sink.log(LogLevel(line.level), origin: line.origin, message: line.text)
    }
}

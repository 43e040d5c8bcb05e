import Foundation
import LoyaltyCore

// In a file of its own, because the generated module and ours have types of the same names.

/// The same work as an app's calls without an app's calls: done inside the library, and given back from its memory.
final class Native: Sendable {
    private let core: LoyaltyCore.Loyalty

    init(gateway: String, folder: URL, now: Date) async throws {
        let unit = UnitForms(
            russianOne: "бонус", russianFew: "бонуса", russianMany: "бонусов", russianFraction: "бонуса",
            englishOne: "bonus", englishOther: "bonuses")
        let settings = LoyaltyCore.Settings(
            gateway: gateway, folder: folder.path, lang: .ru, unit: unit, timeZone: "Europe/Moscow", dayChange: 0,
            extraRoots: nil, allowPlainHttp: true, timeout: 30)
        core = try await rehearseGuest(settings: settings, secrets: Secrets(), clock: RehearsalClock(at: now))
    }

    func requestCode(_ phone: String) async throws { _ = try await core.requestCode(phone: phone) }

    func confirm(_ phone: String, _ code: String) async throws { try await core.confirm(phone: phone, code: code) }

    /// All of the history into the cache.
    func sync() async throws {
        _ = try await core.refresh()
        try await core.upkeep()
    }

    /// Words the snapshot this many times inside the library.
    func snapshotsInside(_ times: Int) -> Int { Int(core.snapshotsInside(times: UInt32(times))) }

    /// Reads the newest page this many times inside the library; its rows.
    func pagesInside(_ times: Int, of limit: Int) async throws -> Int {
        Int(try await core.pagesInside(times: UInt32(times), after: nil, limit: UInt32(limit)))
    }

    /// Calls that give what was read once from memory.
    func echo(of limit: Int) async throws -> Memory {
        Memory(echo: try await core.echo(after: nil, limit: UInt32(limit)))
    }
}

struct Memory: Sendable {
    fileprivate let echo: Echo

    func snapshot() async throws { _ = try await echo.snapshot() }

    func page() async throws -> Int { try await echo.page().rows.count }
}

private final class Secrets: LoyaltyCore.SecretStore, @unchecked Sendable {
    private let lock = NSLock()
    private var kept: [String: Data] = [:]

    func get(key: String) throws -> Data? { lock.withLock { kept[key] } }
    func set(key: String, secret: Data) throws { lock.withLock { kept[key] = secret } }
    func delete(key: String) throws { lock.withLock { kept[key] = nil } }
}

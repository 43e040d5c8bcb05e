import Foundation
import Loyalty
import Testing

@Suite struct SecretStoreTests {
    private let folder = TemporaryFolder()

    @Test(arguments: SecretStoreError.allCases)
    func aStoreThatFailsIsAnErrorOfItsOwn(reason: SecretStoreError) async throws {
        let store = ThrowingStore { throw reason }
        let error = await failure { try await openGuest(settings(nobody, folder), secrets: store) }
        #expect(error?.isOfTheSecretStore == true, "\(String(describing: error))")
    }

    @Test func whatAStoreThrowsUnexpectedlyIsNotPassedOn() async throws {
        struct Talkative: LocalizedError {
            var errorDescription: String? { "the token of +79161112233 is abc" }
        }
        let store = ThrowingStore { throw Talkative() }
        let error = await failure { try await openGuest(settings(nobody, folder), secrets: store) }
        #expect(error?.isOfTheSecretStore == true, "\(String(describing: error))")
        #expect(error.map { "\($0) \($0.localizedDescription)".contains("916") } == false)
    }

    @Test func secretsInMemoryAreKeptReplacedAndRemoved() {
        let store = InMemorySecretStore()
        #expect(store.get("a") == nil)
        store.set("a", secret: Data([1, 2]))
        store.set("a", secret: Data([3]))
        #expect(store.get("a") == Data([3]))
        store.delete("a")
        store.delete("a")
        #expect(store.get("a") == nil)
    }
}

/// A store of which nothing works.
final class ThrowingStore: SecretStore {
    private let fail: @Sendable () throws -> Void

    init(_ fail: @escaping @Sendable () throws -> Void) { self.fail = fail }

    func get(_ key: String) throws -> Data? {
        try fail()
        return nil
    }
    func set(_ key: String, secret: Data) throws { try fail() }
    func delete(_ key: String) throws { try fail() }
}

extension LoyaltyError {
    fileprivate var isOfTheSecretStore: Bool {
        if case .secretStoreFailed = self { true } else { false }
    }
}

import Foundation
import Loyalty
import Presentation
import Testing

@Suite struct InstallationTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("app-\(UUID().uuidString)")

    @Test func whoInstallsTheAppAnewIsNotWhoeverWasSignedInBefore() throws {
        let secrets = InMemorySecretStore()
        secrets.set("session", secret: Data("of the guest before".utf8))
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // The same installation, started again.
        forgetEarlierInstallation(folder: folder) { secrets.delete("session") }
        #expect(secrets.get("session") != nil)
        // Another one: the system has removed what the app kept in files.
        try FileManager.default.removeItem(at: folder)
        forgetEarlierInstallation(folder: folder) { secrets.delete("session") }
        #expect(secrets.get("session") == nil)
        // Who signs in then stays, whatever else could be written.
        secrets.set("session", secret: Data("of the guest now".utf8))
        forgetEarlierInstallation(folder: folder) { secrets.delete("session") }
        #expect(secrets.get("session") != nil)
    }

    @Test func whatCannotBeForgottenIsNotOpened() {
        #expect(throws: SecretStoreError.refused) {
            try forgetEarlierInstallation(folder: folder) { throw SecretStoreError.refused }
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path))
        #expect(Problem(opening: SecretStoreError.refused).cause == .secrets)
    }
}

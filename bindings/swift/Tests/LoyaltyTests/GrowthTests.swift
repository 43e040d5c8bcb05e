import Foundation
import Loyalty
import LoyaltyStage
import Testing

/// Alone, because it looks at the memory of the whole process.
@Suite(.serialized, .timeLimit(.minutes(20))) struct GrowthTests {
    @Test func aThousandSessionsLeaveNothingBehind() async throws {
        let phone = "+79161112244"
        let stage = try await Stage()
        try await stage.act("register_at_counter", ["phone": phone, "name": "Анна"])
        for _ in 0..<100 { try await cycle(stage, phone) }
        let before = try residentKilobytes()
        for _ in 0..<900 { try await cycle(stage, phone) }
        let grown = try residentKilobytes() - before
        // A session that was kept would take more than a hundred kilobytes.
        #expect(grown < 20_000, "\(grown) KB in 900 cycles")
        #expect(try openFiles() < 100)
    }

    private func cycle(_ stage: Stage, _ phone: String) async throws {
        // So that no limit on codes is reached.
        try await stage.act("pass", ["seconds": 86_400])
        let folder = TemporaryFolder()
        let guest = try await openGuest(stage.settings(folder.url), secrets: InMemorySecretStore())
        var states = guest.states().makeAsyncIterator()
        _ = await states.next()
        try await guest.signIn(stage, phone: phone)
        _ = await states.next()
    }

    private func residentKilobytes() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return Int(line?.filter(\.isNumber) ?? "") ?? 0
    }

    private func openFiles() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    }
}

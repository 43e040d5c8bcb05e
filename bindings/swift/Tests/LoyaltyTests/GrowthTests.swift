import Foundation
import Loyalty
import LoyaltyStage
import Testing

import func LoyaltyCore.living
import struct LoyaltyCore.Living

/// Looks at the whole process. It takes longer than all other tests, so what they hold is gone at its end.
@Suite(.serialized, .timeLimit(.minutes(20))) struct GrowthTests {
    @Test func aThousandSessionsLeaveNothingBehind() async throws {
        let phone = "+79161112244"
        let stage = try await Stage()
        try await stage.act("register_at_counter", ["phone": phone, "name": "Анна"])
        for _ in 0..<100 { try await cycle(stage, phone) }
        let before = try Held.now()
        for _ in 0..<1000 { try await cycle(stage, phone) }
        // The other tests have their objects too, until they end.
        for _ in 0..<3000 where living() != nothing { try await Task.sleep(for: .milliseconds(100)) }
        #expect(living() == nothing)
        let after = try Held.now()
        // A session that was kept would take more than a hundred kilobytes, a file or two, and a thread.
        #expect(after.kilobytes - before.kilobytes < 20_000, "\(before), then \(after)")
        // The system's own pools of threads and connections grow and shrink by a few.
        #expect(after.files < before.files + 20, "\(before), then \(after)")
        #expect(after.threads < before.threads + 20, "\(before), then \(after)")
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
}

private let nothing = Living(devices: 0, desks: 0, guests: 0, subscriptions: 0, tokens: 0, stores: 0, work: 0)

/// What this process holds.
private struct Held {
    let kilobytes: Int
    let files: Int
    let threads: Int

    static func now() throws -> Self {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8).split(separator: "\n")
        let number = { (name: String) in
            Int(status.first { $0.hasPrefix(name) }?.filter(\.isNumber) ?? "") ?? 0
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
        return Self(kilobytes: number("VmRSS:"), files: files, threads: number("Threads:"))
    }
}

import Foundation
import Loyalty
import LoyaltyStage

// What the border costs in Swift: an app's call against the same in Rust with an echo across the border, in turn, over
// the library as devices carry it. The figures go to the file in the first argument.

let movements = 20_000
let page = 50
let phone = "+79161112233"
/// So many that most go undisturbed even where other programs want the processor.
let rounds = 51
let calls = 50

let stage = try await Stage(["today": "2025-04-25"])
try await stage.act("register_at_counter", ["phone": phone, "name": "Евлампия"])
try await stage.act("movements", ["phone": phone, "count": movements])
let folder = FileManager.default.temporaryDirectory.appendingPathComponent("loyalty-\(UUID().uuidString)")
defer { try? FileManager.default.removeItem(at: folder) }

let guest = try await openGuest(stage.settings(folder.appendingPathComponent("ours")), secrets: InMemorySecretStore())
try await guest.signIn(stage, phone: phone)
try await guest.refresh()
try await guest.upkeep()

// Codes are not sent more often than once a minute.
try await stage.act("pass", ["seconds": 61])
let native = try await Native(gateway: stage.gateway, folder: folder.appendingPathComponent("bare"), now: stage.now)
try await native.requestCode(phone)
try await native.confirm(phone, try await stage.code(phone))
try await native.sync()
let memory = try await native.echo(of: page)

// Both do the whole job, or nothing is measured.
guard guest.current.snapshot != nil, native.snapshotsInside(1) == 1,
    try await guest.history(after: nil, limit: page).rows.count == page,
    try await native.pagesInside(1, of: page) == page,
    try await memory.page() == page
else { fatalError("one of them has read less than the other") }

let measured = [
    try await row(
        "Swift: snapshot",
        ours: { for _ in 0..<calls { _ = guest.current.snapshot } },
        bare: {
            _ = native.snapshotsInside(calls)
            for _ in 0..<calls { try await memory.snapshot() }
        }),
    try await row(
        "Swift: page of \(page) of \(movements)",
        ours: { for _ in 0..<calls { _ = try await guest.history(after: nil, limit: page) } },
        bare: {
            _ = try await native.pagesInside(calls, of: page)
            for _ in 0..<calls { _ = try await memory.page() }
        }),
]
try JSONSerialization.data(withJSONObject: measured).write(to: URL(fileURLWithPath: CommandLine.arguments[1]))

/// Measures both in turn, each first as often as the other, and gives the medians of a call in nanoseconds.
func row(_ name: String, ours: () async throws -> Void, bare: () async throws -> Void) async throws -> [String: any Sendable] {
    try await ours()
    try await bare()
    var (ourTimes, bareTimes): ([Double], [Double]) = ([], [])
    for round in 0..<rounds {
        if round % 2 == 0 { ourTimes.append(try await time(ours)) }
        bareTimes.append(try await time(bare))
        if round % 2 != 0 { ourTimes.append(try await time(ours)) }
    }
    print("\(name): ours \(spread(ourTimes)), bare \(spread(bareTimes))")
    return ["row": name, "ours": quartile(ourTimes, 2), "bare": quartile(bareTimes, 2), "goal": 1.3]
}

/// How long a call took, in nanoseconds.
func time(_ work: () async throws -> Void) async throws -> Double {
    let took = try await ContinuousClock().measure { try await work() }
    return Double(took / .nanoseconds(1)) / Double(calls)
}

func quartile(_ times: [Double], _ number: Int) -> Double { times.sorted()[(times.count - 1) * number / 4] }

func spread(_ times: [Double]) -> String {
    let text = [2, 1, 3].map { String(format: "%.1f", quartile(times, $0) / 1_000) }
    return "\(text[0]) µs (half of the runs \(text[1]) to \(text[2]))"
}

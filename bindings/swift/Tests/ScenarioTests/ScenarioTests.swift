import Foundation
import Testing

/// Plays `tests/scenarios/devices`. What it sees goes to `target/scenarios/devices-swift.json`, and has to be what the player
/// in Rust saw, to the byte: `cargo xtask test swift` compares the two.
@Suite(.timeLimit(.minutes(10))) struct ScenarioTests {
    @Test func everyScenarioIsSeenAndWrittenDown() async throws {
        let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let home = project.appendingPathComponent("tests/scenarios/devices")
        let files = try FileManager.default.contentsOfDirectory(at: home, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "json" }
            .sorted { $0.deletingPathExtension().lastPathComponent < $1.deletingPathExtension().lastPathComponent }
        #expect(files.count >= 40)
        var lines: [String] = []
        for file in files {
            let name = file.deletingPathExtension().lastPathComponent
            let scenario = try JSON.read(Data(contentsOf: file))
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("scenario-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: folder) }
            let player = try await Player(scenario, folder: folder)
            for (number, step) in (scenario["steps"]?.list ?? []).enumerated() {
                let seen = try await player.take(step)
                let line = JSON.object(["scenario": .text(name), "step": .number(Int64(number)), "observed": seen])
                lines.append(line.canonical)
            }
        }
        let report = project.appendingPathComponent("target/scenarios/devices-swift.json")
        try FileManager.default.createDirectory(
            at: report.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(("[\n" + lines.joined(separator: ",\n") + "\n]\n").utf8).write(to: report)
    }
}

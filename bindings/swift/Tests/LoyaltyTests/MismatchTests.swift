import Foundation
import Testing

@Suite struct MismatchTests {
    @Test func aLibraryThatIsAnotherThanTheOneGeneratedForIsRefused() throws {
        let caller = Process()
        // Beside the tests, where the package manager puts every program of the package.
        caller.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("MismatchedCaller")
        let (output, errors) = (Pipe(), Pipe())
        caller.standardOutput = output
        caller.standardError = errors
        // A backtrace takes seconds and says nothing here.
        caller.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
        try caller.run()
        let said = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        caller.waitUntilExit()
        #expect(caller.terminationReason == .uncaughtSignal)
        #expect(said.contains("checksum mismatch"), "\(said)")
        #expect(try output.fileHandleForReading.readToEnd() ?? Data() == Data(), "something was called")
    }
}

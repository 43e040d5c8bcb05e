import Foundation
import Loyalty

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// What a stage is told, and what it tells.
public typealias Document = [String: any Sendable]

/// A loyalty server, a gateway and the way to it, in a process that all tests share. Its clock stands until it is told
/// otherwise.
public final class Stage: Sendable {
    /// Where devices find the gateway.
    public let gateway: String
    private let id: Int
    private let time: Moment

    /// What the device's clock shows.
    public var now: Date { time.now }

    /// Sets a stage up; `settings` as the stage's program has them.
    public init(_ settings: Document = [:]) async throws {
        let started = try await StageProcess.shared.send("POST", "/stages", settings)
        guard let id = started["id"] as? Int, let gateway = started["gateway"] as? String else {
            throw StageError.notUnderstood
        }
        self.id = id
        self.gateway = gateway
        time = Moment(started)
    }

    /// Lets something happen, and tells what came of it.
    @discardableResult
    public func act(_ name: String, _ arguments: Document = [:]) async throws -> Document {
        try await act(arguments.merging(["do": name]) { $1 })
    }

    /// Lets something happen, and tells what came of it.
    public func act(_ act: Document) async throws -> Document {
        var saw = try await StageProcess.shared.send("POST", "/stages/\(id)", act)
        time.take(saw)
        saw["now"] = nil
        return saw
    }

    /// The newest sign-in code that was sent to a phone.
    public func code(_ phone: String) async throws -> String {
        guard let code = try await act("code", ["phone": phone])["code"] as? String else {
            throw StageError.notUnderstood
        }
        return code
    }

    /// Settings of a device in front of this stage.
    public func settings(_ folder: URL) -> Settings {
        var settings = Settings(gateway: gateway, folder: folder)
        settings.allowPlainHttp = true
        return settings
    }
}

extension LoyaltySession {
    /// Signs in with the code that the stage has received.
    public func signIn(_ stage: Stage, phone: String) async throws {
        _ = try await requestCode(phone: phone)
        try await confirm(phone: phone, code: try await stage.code(phone))
    }
}

/// Why a stage could not be had.
public enum StageError: Error {
    /// No program was named, or it did not start.
    case noProgram
    /// It refused; what it said.
    case refused(String)
    /// It said something else than agreed.
    case notUnderstood
}

private final class Moment: @unchecked Sendable {
    private let lock = NSLock()
    private var microseconds: Int64 = 0

    init(_ saw: Document) { take(saw) }

    func take(_ saw: Document) {
        if let shown = saw["now"] as? Int { lock.withLock { microseconds = Int64(shown) } }
    }

    var now: Date { Date(timeIntervalSince1970: Double(lock.withLock { microseconds }) / 1_000_000) }
}

/// The process, which ends with ours: it reads from a pipe that only we hold open.
private final class StageProcess: @unchecked Sendable {
    static let shared = StageProcess()

    private let process = Process()
    private let address: String?

    private init() {
        guard let program = ProcessInfo.processInfo.environment["LOYALTY_STAGE"] else {
            address = nil
            return
        }
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: program)
        process.standardInput = input
        process.standardOutput = output
        do {
            try process.run()
        } catch {
            address = nil
            return
        }
        var line = Data()
        while let byte = try? output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty, byte != Data("\n".utf8) {
            line += byte
        }
        address = String(decoding: line, as: UTF8.self)
    }

    func send(_ method: String, _ path: String, _ body: Document) async throws -> Document {
        guard let address, let url = URL(string: address + path) else { throw StageError.noProgram }
        var request = URLRequest(url: url)
        request.httpMethod = method
        request.setValue("application/json", forHTTPHeaderField: "content-type")
        request.httpBody = try JSONSerialization.data(withJSONObject: body)
        let (data, response) = try await URLSession.shared.data(for: request)
        guard (response as? HTTPURLResponse)?.statusCode == 200 else {
            throw StageError.refused(String(decoding: data, as: UTF8.self))
        }
        guard let answer = try JSONSerialization.jsonObject(with: data) as? Document else {
            throw StageError.notUnderstood
        }
        return answer
    }
}

import Foundation
import Loyalty

/// A folder that is gone with its owner.
final class TemporaryFolder: Sendable {
    let url: URL

    init() {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("loyalty-\(UUID().uuidString)")
    }

    deinit { try? FileManager.default.removeItem(at: url) }
}

/// A server that takes connections and never answers, and tells when somebody hangs up.
final class SilentServer: @unchecked Sendable {
    let address: String
    private let socket: Int32

    init() throws {
        let listening = systemSocket()
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listening, $0, length) == 0 && listen(listening, 8) == 0
                    && getsockname(listening, $0, &length) == 0
            }
        }
        guard bound else { throw POSIXError(.EADDRNOTAVAIL) }
        socket = listening
        address = "http://127.0.0.1:\(UInt16(bigEndian: name.sin_port))"
    }

    /// Waits for a connection, then for its request, and then for its end. Blocks.
    func hangUp(onRequest: () -> Void) {
        let connection = accept(socket, nil, nil)
        defer { close(connection) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        guard recv(connection, &bytes, bytes.count, 0) > 0 else { return }
        onRequest()
        while recv(connection, &bytes, bytes.count, 0) > 0 {}
    }

    deinit { close(socket) }
}

private func systemSocket() -> Int32 {
    #if os(Linux)
        socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
        socket(AF_INET, SOCK_STREAM, 0)
    #endif
}

/// Settings for a server on the loopback.
func settings(_ gateway: String, _ folder: TemporaryFolder) -> Settings {
    var settings = Settings(gateway: gateway, folder: folder.url)
    settings.allowPlainHttp = true
    settings.timeout = .seconds(30)
    return settings
}

/// An address at which nobody listens.
let nobody = "http://127.0.0.1:9"

/// What a call fails with; `nil` when it succeeds, or fails with something that no call should.
func failure<Value>(of call: () async throws -> Value) async -> LoyaltyError? {
    do {
        _ = try await call()
        return nil
    } catch {
        return error as? LoyaltyError
    }
}

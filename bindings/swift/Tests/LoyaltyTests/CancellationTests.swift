import Foundation
import Loyalty
import Testing

@Suite(.timeLimit(.minutes(1))) struct CancellationTests {
    private let folder = TemporaryFolder()

    @Test func cancellingATaskHangsUpOnTheServer() async throws {
        let server = try SilentServer()
        let guest = try await openGuest(settings(server.address, folder), secrets: InMemorySecretStore())
        let asking = Task { try await guest.requestCode(phone: "+79161112233") }
        // Ends only when the library has closed the connection, long before its own time limit.
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                server.hangUp { asking.cancel() }
                continuation.resume()
            }
        }
        await #expect(throws: CancellationError.self) { try await asking.value }
    }

    @Test func aCallOfACancelledTaskSendsNothing() async throws {
        let guest = try await openGuest(settings(nobody, folder), secrets: InMemorySecretStore())
        // Whether work that should not have begun gets as far is chance, so it is given many.
        for _ in 0..<500 {
            let asking = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await guest.requestCode(phone: "+79161112233")
            }
            await #expect(throws: CancellationError.self) { try await asking.value }
        }
        #expect(guest.current.connectivity == .unknown)
        #expect(await failure { try await guest.requestCode(phone: "+79161112233") } == .offline)
        #expect(guest.current.connectivity == .offline, "and this is how it would have shown")
    }
}

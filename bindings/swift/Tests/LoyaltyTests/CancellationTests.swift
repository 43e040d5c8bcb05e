import Foundation
import Loyalty
import LoyaltyStage
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

    @Test func aKiosksGuestLeavesAlsoInATaskThatIsCancelledAlready() async throws {
        let phone = "+79161112233"
        let stage = try await Stage()
        try await stage.act("register_at_counter", ["phone": phone, "name": "Евлампия"])
        let credential = try #require(try await stage.act("add_kiosk")["credential"] as? String)
        let kiosk = try openKiosk(stage.settings(folder.url), credential: credential)
        try await kiosk.signIn(stage, phone: phone)
        try await kiosk.refresh()
        try await stage.act("hold_answers")
        await signOutCancelled(kiosk)
        #expect(!kiosk.current.signedIn && kiosk.current.snapshot == nil)
        // Not only let go: what was read is wiped before the gateway is told.
        try await stage.act("held_answer")
        try await stage.act("release_answers")
    }

    @Test func aTaskThatIsCancelledAlreadySignsNobodyOutOfTheirOwnDevice() async throws {
        let phone = "+79161112233"
        let stage = try await Stage()
        try await stage.act("register_at_counter", ["phone": phone, "name": "Евлампия"])
        let guest = try await openGuest(stage.settings(folder.url), secrets: InMemorySecretStore())
        try await guest.signIn(stage, phone: phone)
        await signOutCancelled(guest)
        #expect(guest.current.signedIn)
        #expect(try await guest.refresh().guest.firstName == "Евлампия")
    }

    private func signOutCancelled(_ session: any LoyaltySession) async {
        let leaving = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await session.signOut()
        }
        await #expect(throws: CancellationError.self) { try await leaving.value }
    }

    @Test func aSignInThatWasGivenUpGoesOnAndWhoTriesAgainFindsTheGuestSignedIn() async throws {
        let phone = "+79161112233"
        let stage = try await Stage()
        try await stage.act("register_at_counter", ["phone": phone, "name": "Евлампия"])
        let guest = try await openGuest(stage.settings(folder.url), secrets: InMemorySecretStore())
        _ = try await guest.requestCode(phone: phone)
        let code = try await stage.code(phone)
        try await stage.act("hold_answers")
        let confirming = Task { try await guest.confirm(phone: phone, code: code) }
        try await stage.act("held_answer")
        confirming.cancel()
        await #expect(throws: CancellationError.self) { try await confirming.value }
        #expect(!guest.current.signedIn)
        try await stage.act("release_answers")
        let again = await failure { try await guest.confirm(phone: phone, code: code) }
        #expect(again == .conflict(code: ErrorCode(rawValue: "conflict")))
        #expect(guest.current.signedIn)
        #expect(try await guest.refresh().guest.firstName == "Евлампия")
    }
}

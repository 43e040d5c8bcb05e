import Foundation
import Loyalty
import LoyaltyStage
import Testing

private let newcomer = "+79161112233"

@Suite(.timeLimit(.minutes(2))) struct StateTests {
    private let folder = TemporaryFolder()

    @Test func anObserverSeesTheStateAtOnceAndThenEveryChange() async throws {
        let stage = try await Stage()
        try await stage.act("register_at_counter", ["phone": newcomer, "name": "Анна"])
        let guest = try await openGuest(stage.settings(folder.url), secrets: InMemorySecretStore())
        var states = guest.states().makeAsyncIterator()
        #expect(await states.next() == SessionState(signedIn: false, connectivity: .unknown, snapshot: nil))
        try await guest.signIn(stage, phone: newcomer)
        try await guest.refresh()
        while let state = await states.next() {
            if let snapshot = state.snapshot {
                #expect(state.signedIn && snapshot.balance.value == Bonus(hundredths: 30000))
                break
            }
        }
    }

    @Test func aSlowObserverSeesTheNewestAndHoldsNothingUp() async throws {
        let guest = try await openGuest(settings(nobody, folder), secrets: InMemorySecretStore())
        var states = guest.states().makeAsyncIterator()
        _ = await states.next()
        for _ in 0..<1000 {
            guest.language = .english
            guest.language = .russian
        }
        _ = await failure { try await guest.requestCode(phone: newcomer) }
        #expect(await states.next()?.connectivity == .offline)
    }

    @Test func cancellingTheObserversTaskEndsItsLoop() async throws {
        let guest = try await openGuest(settings(nobody, folder), secrets: InMemorySecretStore())
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        let observer = Task {
            for await _ in guest.states() { begin.yield() }
            return "ended"
        }
        for await _ in begun { break }
        observer.cancel()
        #expect(await observer.value == "ended")
    }

    @Test func theLoopOverTheStatesEndsWithTheSession() async throws {
        var guest: (any LoyaltyGuest)? = try await openGuest(settings(nobody, folder), secrets: InMemorySecretStore())
        let states = try #require(guest?.states())
        weak var gone = guest
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        let observer = Task {
            for await _ in states { begin.yield() }
            return "ended"
        }
        for await _ in begun { break }
        guest = nil
        #expect(gone == nil, "an observer must not keep the session")
        #expect(await observer.value == "ended")
    }
}

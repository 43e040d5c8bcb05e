import Foundation
import Loyalty
import LoyaltyStage
import Testing

private let newcomer = "+79161112233"

@Suite(.timeLimit(.minutes(2))) struct SessionTests {
    private let folder = TemporaryFolder()

    @Test func aGuestSignsInRegistersAndSeesWhatTheyHold() async throws {
        let stage = try await Stage()
        let guest = try await openGuest(stage.settings(folder.url), secrets: InMemorySecretStore())
        try await guest.signIn(stage, phone: newcomer)
        let unknown = await failure { try await guest.refresh() }
        #expect(unknown == .notFound(code: .guestNotFound))

        let refused = await failure { try await guest.register(form: RegistrationForm(firstName: "Анна"), consents: []) }
        #expect(refused == .invalidInput(code: ErrorCode(rawValue: "field_empty"), field: "consents"))
        let registered = try await guest.register(form: RegistrationForm(firstName: "Анна"), consents: [.personalData])
        #expect(registered.created)

        let snapshot = try #require(guest.current.snapshot)
        #expect(snapshot.guest.firstName == "Анна")
        #expect(snapshot.guest.phone == "+7 916 111-22-33")
        #expect(snapshot.balance.value == Bonus(hundredths: 30000))
        #expect(snapshot.balance.text == "300\u{a0}бонусов")
        #expect(snapshot.freshness == .fresh && guest.current.connectivity == .online)
        #expect(snapshot.today == LocalDate(year: 2026, month: 6, day: 15))

        try await stage.act("visit", ["phone": newcomer, "sum": 100_000])
        try await guest.refresh()
        let page = try await guest.history()
        #expect(page.rows.map(\.kind).contains(.accrual) && page.next == nil)
        let receipt = try #require(page.rows.compactMap(\.receipt).first)
        #expect(try await guest.receipt(receipt).total.value == Money(kopecks: 100_000))
        #expect(try await guest.consents().map(\.kind) == [.personalData])

        let changed = try await guest.updateProfile(ProfileChange(email: .set("anna@example.org")))
        #expect(changed.email == "anna@example.org" && changed.firstName == "Анна")
        #expect(try await guest.exportData().contains("anna@example.org"))
    }

    @Test func aWrongCodeTellsTheTriesThatAreLeft() async throws {
        let stage = try await Stage()
        let guest = try await openGuest(stage.settings(folder.url), secrets: InMemorySecretStore())
        _ = try await guest.requestCode(phone: newcomer)
        let code = try await stage.code(newcomer)
        let wrong = await failure { try await guest.confirm(phone: newcomer, code: code == "000000" ? "000001" : "000000") }
        #expect(wrong == .codeWrong(triesLeft: 4))
        let again = await failure { try await guest.requestCode(phone: newcomer) }
        guard case .rateLimited(let wait?)? = again else {
            Issue.record("\(String(describing: again))")
            return
        }
        #expect(wait > .zero && wait <= .seconds(60))
        try await guest.confirm(phone: newcomer, code: code)
        #expect(guest.current.signedIn)
    }

    @Test func aSessionGoesOnAfterTheAppHasEnded() async throws {
        let stage = try await Stage()
        let secrets = InMemorySecretStore()
        try await stage.act("register_at_counter", ["phone": newcomer, "name": "Анна"])
        do {
            let guest = try await openGuest(stage.settings(folder.url), secrets: secrets)
            try await guest.signIn(stage, phone: newcomer)
            try await guest.refresh()
        }
        try await stage.act("offline")
        let guest = try await openGuest(stage.settings(folder.url), secrets: secrets)
        #expect(guest.current.signedIn)
        #expect(guest.current.snapshot?.guest.firstName == "Анна")
        #expect(await failure { try await guest.refresh() } == .offline)
        #expect(guest.current.connectivity == .offline)
        #expect(try await guest.signOut() == .onlyHere)
        #expect(!guest.current.signedIn && guest.current.snapshot == nil)
    }

    @Test func whatIsPausedIsClosedUntilItIsResumed() async throws {
        let stage = try await Stage()
        try await stage.act("register_at_counter", ["phone": newcomer, "name": "Анна"])
        let guest = try await openGuest(stage.settings(folder.url), secrets: InMemorySecretStore())
        try await guest.signIn(stage, phone: newcomer)
        try await guest.refresh()
        try await guest.pause()
        #expect(await failure { try await guest.history() } == .storage(code: .storageClosed))
        #expect(guest.current.snapshot != nil)
        try await guest.resume()
        #expect(try await guest.history().rows.count == 1)
    }

    @Test func anotherLanguageWordsTheStateAnew() async throws {
        let stage = try await Stage()
        try await stage.act("register_at_counter", ["phone": newcomer, "name": "Anna"])
        let guest = try await openGuest(stage.settings(folder.url), secrets: InMemorySecretStore())
        try await guest.signIn(stage, phone: newcomer)
        try await guest.refresh()
        guest.language = .english
        #expect(guest.current.snapshot?.balance.text == "300\u{a0}bonuses")
        #expect(guest.word(Money(kopecks: 123_450)).text == "₽1,234.50")
        #expect(guest.word(Bonus(hundredths: 100), signed: true).text == "+1\u{a0}bonus")
        let date = guest.word(LocalDate(year: 2026, month: 11, day: 23))
        #expect(date.replacingOccurrences(of: "\u{a0}", with: " ") == "November 23, 2026")
    }

    @Test func aKioskKeepsNothingOfAGuest() async throws {
        let stage = try await Stage(["till_codes": true])
        try await stage.act("register_at_counter", ["phone": newcomer, "name": "Анна"])
        let credential = try #require(try await stage.act("add_kiosk")["credential"] as? String)
        let kiosk = try openKiosk(stage.settings(folder.url), credential: credential)
        let code = try #require(try await stage.act("till_code_elsewhere", ["phone": newcomer])["code"] as? String)
        try await kiosk.identify(tillCode: code)
        let snapshot = try await kiosk.refresh()
        #expect(snapshot.guest.phone == nil && snapshot.balance.value == Bonus(hundredths: 30000))
        try await kiosk.signOut()
        #expect(kiosk.current.snapshot == nil)
        #expect(!FileManager.default.fileExists(atPath: folder.url.path))
        #expect(await failure { try await kiosk.identify(tillCode: code) } == .conflict(code: .codeExpired))
    }
}

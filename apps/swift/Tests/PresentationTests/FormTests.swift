import Foundation
import Loyalty
import Testing
import Words

@testable import Presentation

@MainActor @Suite(.timeLimit(.minutes(10))) struct FormTests {
    private let guest = FakeGuest()
    private let clock = ManualClock()
    private let today = LocalDate(year: 2026, month: 11, day: 23)
    private let preferences = Preferences(
        language: .en, theme: .system, notifyBurn: false, notificationsDenied: false)

    private func registering(consentsOnly: Bool = false, _ onEffect: @escaping @MainActor (RegisterEffect) -> Void = { _ in })
        -> RegisterStore
    {
        RegisterStore(session: guest, consentsOnly: consentsOnly, today: { [today] in today }, clock: clock, onEffect: onEffect)
    }

    @Test func nothingIsSentBeforeEveryFieldCanBeRightAndTheConsentIsGiven() async {
        let store = registering()
        await eventually { guest.calls == ["programme"] && !store.state.wait.busy }
        store.send(.birthday(text: "31021990"))
        store.send(.email(text: "anna@"))
        store.send(.submit)
        #expect(store.state.birthday == "31.02.1990")
        #expect(store.state.nameError == .empty && store.state.birthdayError == .invalid && store.state.emailError == .invalid)
        #expect(store.state.consentMissing)
        store.send(.name(text: "Anna"))
        store.send(.birthday(text: "24112026"))
        store.send(.email(text: ""))
        store.send(.agreeToData(agreed: true))
        store.send(.submit)
        #expect(store.state.birthdayError == .inFuture && guest.calls == ["programme"])
        store.send(.birthday(text: "28021990"))
        store.send(.submit)
        await eventually { store.state.done }
        #expect(guest.calls == ["programme", "register"])
    }

    @Test func neitherConsentIsTickedByItself() {
        let store = registering()
        #expect(!store.state.agreedToData && !store.state.agreedToAds)
    }

    @Test func aFieldThatTheServerRefusesIsMarked() async {
        guest.fail("register", .rejected(code: ErrorCode(rawValue: "field_invalid"), field: "email"))
        let store = registering()
        await eventually { !guest.calls.isEmpty && !store.state.wait.busy }
        store.send(.name(text: "Anna"))
        store.send(.agreeToData(agreed: true))
        store.send(.submit)
        await eventually { store.state.emailError == .refused }
        #expect(store.state.problem == nil && !store.state.done)
    }

    @Test func theConsentsAloneAreGivenOneByOne() async {
        var happened: [RegisterEffect] = []
        let store = registering(consentsOnly: true) { happened.append($0) }
        await eventually { !guest.calls.isEmpty && !store.state.wait.busy }
        store.send(.agreeToData(agreed: true))
        store.send(.agreeToAds(agreed: true))
        store.send(.submit)
        await eventually { happened == [.finished] }
        #expect(guest.calls == ["programme", "giveConsent personalData", "giveConsent advertising"])
    }

    @Test func aTextWithoutItsWordsIsOpenedWhereItStands() {
        var happened: [RegisterEffect] = []
        let store = registering { happened.append($0) }
        store.send(.read(consent: ConsentView(required: true, version: "1", text: nil, url: "https://e.example/1")))
        #expect(happened == [.openLink(url: "https://e.example/1")] && store.state.reading == nil)
        let consent = ConsentView(required: true, version: "1", text: "all of it", url: nil)
        store.send(.read(consent: consent))
        #expect(store.state.reading == consent)
    }

    private func profile(_ onEffect: @escaping @MainActor (ProfileEffect) -> Void = { _ in }) -> ProfileStore {
        ProfileStore(session: guest, preferences: preferences, today: { [today] in today }, clock: clock, onEffect: onEffect)
    }

    @Test func leavingWithUnsavedChangesIsAskedAbout() async {
        var happened: [ProfileEffect] = []
        let store = profile { happened.append($0) }
        #expect(store.state.form == ProfileForm(name: "Anna", birthday: "31.12.1990", email: "anna@example.com"))
        store.send(.edit)
        store.send(.draft(form: ProfileForm(name: "Maria", birthday: "", email: "anna@example.com")))
        store.send(.leave)
        #expect(store.state.question == .unsaved && happened.isEmpty)
        store.send(.confirm)
        await eventually { store.state.saved }
        #expect(store.state.draft == nil && guest.calls.contains("updateProfile"))
        store.send(.leave)
        #expect(happened == [.left])
    }

    @Test func withdrawingTheConsentToDataAsksForDeletion() async {
        var happened: [ProfileEffect] = []
        let store = profile { happened.append($0) }
        store.send(.ask(question: .withdrawData))
        store.send(.confirm)
        await eventually { happened == [.signedOut] }
        #expect(guest.calls.suffix(2) == ["withdrawConsent personalData", "requestDeletion"])
    }

    @Test func theExportGoesOutOnceAndIsNotKept() async {
        guest.answer("exportData") { "{\"phone\": 1}" }
        var happened: [ProfileEffect] = []
        let store = profile { happened.append($0) }
        store.send(.export)
        await eventually { happened == [.export(json: "{\"phone\": 1}")] }
        #expect(!"\(store.state)".contains("\"phone\""))
    }

    @Test func aDayIsReadAsPeopleTypeIt() {
        #expect(typedDay("29.02.2000") == LocalDate(year: 2000, month: 2, day: 29))
        for wrong in ["29.02.1900", "31.04.2000", "1.2.2000", "2000.02.29", "00.01.2000", "", "٠١.٠١.٢٠٠٠"] {
            #expect(typedDay(wrong) == nil, "\(wrong)")
        }
        for (typed, shown) in [("3", "3"), ("311", "31.1"), ("31121990", "31.12.1990"), ("31.12.19901", "31.12.1990")] {
            #expect(dotted(typed) == shown)
        }
        #expect(fieldText(LocalDate(year: 1990, month: 2, day: 3)) == "03.02.1990")
    }
}

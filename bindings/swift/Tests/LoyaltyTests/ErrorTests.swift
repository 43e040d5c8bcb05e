import Foundation
import Testing

import func LoyaltyCore.provokePanic
import func LoyaltyCore.provokePanicAtOnce

@testable import Loyalty

@Suite struct ErrorTests {
    private let folder = TemporaryFolder()

    @Test func aServerThatIsNotThereIsAnErrorThatCanBeTriedAgain() async throws {
        let guest = try await openGuest(settings(nobody, folder), secrets: InMemorySecretStore())
        let error = await failure { try await guest.requestCode(phone: "+79161112233") }
        #expect(error == .offline)
        #expect(error?.retryable == true)
        #expect(guest.current.connectivity == .offline)
        #expect(!guest.current.signedIn)
    }

    @Test func aParameterThatCannotBeRightIsNamed() async throws {
        let guest = try await openGuest(settings(nobody, folder), secrets: InMemorySecretStore())
        await #expect(throws: LoyaltyError.invalidInput(code: .phoneInvalid, field: "phone")) {
            try await guest.requestCode(phone: "123")
        }
    }

    @Test func aSettingThatCannotBeUsedIsNamed() async throws {
        let wrong: [(String, (inout Settings) -> Void)] = [
            ("time_zone", { $0.timeZone = "Europe/Atlantis" }),
            ("day_change", { $0.dayChange = LocalTime(hour: 24, minute: 0) }),
            ("day_change", { $0.dayChange = LocalTime(hour: .max, minute: -1) }),
            ("timeout", { $0.timeout = .seconds(-1) }),
            ("timeout", { $0.timeout = .zero }),
            ("timeout", { $0.timeout = .seconds(Int64.max) }),
        ]
        for (field, spoil) in wrong {
            var settings = settings(nobody, folder)
            spoil(&settings)
            let refused = LoyaltyError.invalidInput(code: ErrorCode(rawValue: "config_invalid"), field: field)
            #expect(await failure { try await openGuest(settings, secrets: InMemorySecretStore()) } == refused)
            #expect(throws: refused) { try openKiosk(settings, credential: "credential") }
        }
    }

    @Test func noDayAndNoTimeEndsTheProcess() async throws {
        let guest = try await openGuest(settings(nobody, folder), secrets: InMemorySecretStore())
        let last = guest.word(LocalDate(year: 9999, month: 12, day: 31))
        for day in [LocalDate(year: 10_000, month: 1, day: 1), LocalDate(year: .max, month: .max, day: .max)] {
            #expect(guest.word(day) == last)
        }
        #expect(guest.reminders(ReminderPolicy(daysBefore: [-1, .max], at: LocalTime(hour: 99, minute: 0), limit: -1)).isEmpty)
    }

    @Test func withoutASessionAGuestHoldsNothing() async throws {
        let guest = try await openGuest(settings(nobody, folder), secrets: InMemorySecretStore())
        await #expect(throws: LoyaltyError.unauthorized) { try await guest.refresh() }
        #expect(guest.reminders(ReminderPolicy()).isEmpty)
    }

    @Test func aPanicInsideBecomesAMistakeOfTheLibrary() async throws {
        #expect(await failure { try await translated { try await provokePanic() } } == .internal)
        #expect(await failure { try translated { try provokePanicAtOnce() } } == .internal)
    }

    @Test func aDescriptionIsTheCodeAndNeverMoreThanNames() {
        let errors: [(LoyaltyError, String)] = [
            (.offline, "offline"),
            (.codeWrong(triesLeft: 4), "code_wrong"),
            (.invalidInput(code: .phoneInvalid, field: "phone"), "phone_invalid: phone"),
            (.rejected(code: ErrorCode(rawValue: "field_invalid"), field: "email"), "field_invalid: email"),
            (.contract(code: ErrorCode(rawValue: "contract"), path: "/v1/me", field: "balance"), "contract: /v1/me balance"),
        ]
        for (error, text) in errors {
            #expect(error.description == text)
            #expect(error.localizedDescription == text)
        }
    }

    @Test func onlyWhatMaySucceedLaterCanBeTriedAgain() {
        #expect(LoyaltyError.rateLimited(retryAfter: .seconds(30)).retryAfter == .seconds(30))
        #expect(LoyaltyError.rateLimited(retryAfter: nil).retryable)
        #expect(LoyaltyError.unavailable(retryAfter: nil).retryable)
        #expect(!LoyaltyError.untrusted.retryable)
        #expect(!LoyaltyError.outcomeUnknown.retryable)
    }
}

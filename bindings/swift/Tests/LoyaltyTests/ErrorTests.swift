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
        var wrong = settings(nobody, folder)
        wrong.timeZone = "Europe/Atlantis"
        let error = await failure { try await openGuest(wrong, secrets: InMemorySecretStore()) }
        #expect(error == .invalidInput(code: ErrorCode(rawValue: "config_invalid"), field: "time_zone"))
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

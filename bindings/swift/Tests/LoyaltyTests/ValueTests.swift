import Foundation
import Testing

@testable import Loyalty

@Suite struct ValueTests {
    @Test func daysSurviveTheBorder() {
        for (number, text) in [
            (0, "1970-01-01"), (-1, "1969-12-31"), (20_780, "2026-11-23"), (11_016, "2000-02-29"), (-25_509, "1900-02-28"),
            (2_932_896, "9999-12-31"), (-719_528, "0000-01-01"),
        ] {
            let day = LocalDate(dayNumber: Int32(number))
            #expect(day.description == text)
            #expect(day.dayNumber == Int32(number))
        }
        // Every day of four centuries follows the one before it.
        var before = LocalDate(dayNumber: -1)
        for number in Int32(0)..<146_100 {
            let day = LocalDate(dayNumber: number)
            #expect(day > before && day.dayNumber == number)
            before = day
        }
    }

    @Test func onlyADayIsReadAsADay() {
        #expect(LocalDate("2026-11-23") == LocalDate(year: 2026, month: 11, day: 23))
        for wrong in ["", "2026-11", "2026-13-01", "2026-00-10", "2026-1-2", "26-11-23", "2026-11-32", "-026-11-23", "٢٠٢٦-١١-٢٣"] {
            #expect(LocalDate(wrong) == nil, "\(wrong)")
        }
    }

    @Test func whatIsPersonalIsNotPrinted() {
        let guest = GuestProfile(
            firstName: "Евлампия", birthday: LocalDate(year: 1990, month: 2, day: 28), email: "e@example.org",
            phone: "+7 916 111-22-33")
        let form = RegistrationForm(firstName: "Евлампия", email: "e@example.org")
        let change = ProfileChange(firstName: "Евлампия", email: .set("e@example.org"))
        let code = TillCode(value: "12345678", expiresAt: nil, livesFor: nil)
        let coupon = Coupon(id: 1, name: "x", code: "SECRET", expiresAt: nil, expiresText: nil)
        let input = PhoneInput(text: "+7 916 111-22-33", complete: true)
        var printed = ""
        for value in [guest, form, change, code, coupon, input] as [Any] {
            print(value, String(reflecting: value), [value], separator: "\n", to: &printed)
            dump(value, to: &printed)
        }
        for secret in ["Евлампия", "example", "916", "12345678", "SECRET", "1990"] {
            #expect(!printed.contains(secret), "\(secret)")
        }
    }

    @Test func aDataFolderThatCannotBeMadeIsAnErrorOfStorage() throws {
        let folder = TemporaryFolder()
        try Data().write(to: folder.url)
        #expect(throws: LoyaltyError.storage(code: ErrorCode(rawValue: "storage"))) {
            try prepareDataFolder(folder.url.appendingPathComponent("inside a file"))
        }
    }
}

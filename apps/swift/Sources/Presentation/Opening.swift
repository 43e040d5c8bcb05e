import Foundation
import Loyalty

extension Problem {
    /// The problem of a session that could not be opened.
    public init(opening error: any Error) {
        switch error {
        case let failure as LoyaltyError: self = .of(failure)
        case is SecretStoreError: self = .init(cause: .secrets, code: "secret_store")
        default: self = .init(cause: .unexpected, code: "internal")
        }
    }
}

extension LocalDate {
    /// The day on which an instant falls.
    public init(_ instant: Date, in zone: TimeZone) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let parts = calendar.dateComponents([.year, .month, .day], from: instant)
        self.init(year: parts.year ?? 1970, month: parts.month ?? 1, day: parts.day ?? 1)
    }
}

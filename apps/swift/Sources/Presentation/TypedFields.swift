import Foundation
import Loyalty

// What a guest types into the fields of a form, and whether it can be right.

extension FieldError {
    /// The error of a name as a guest types it.
    init?(name: String) {
        let bare = name.trimmingCharacters(in: .whitespacesAndNewlines)
        let isControl = { (scalar: Unicode.Scalar) in scalar.properties.generalCategory == .control }
        if bare.isEmpty {
            self = .empty
        } else if !bare.contains(where: \.isLetter) || bare.contains(where: \.isNumber)
            || bare.unicodeScalars.contains(where: isControl)
        {
            self = .invalid
        } else {
            return nil
        }
    }

    /// The error of an optional birthday in the form `31.12.1990`.
    init?(birthday text: String, today: LocalDate) {
        if text.isEmpty { return nil }
        guard let day = typedDay(text) else {
            self = .invalid
            return
        }
        if day > today {
            self = .inFuture
        } else if day.year < today.year - 120 {
            self = .invalid
        } else {
            return nil
        }
    }
}

/// Reads `31.12.1990`; `nil` for what is no date.
func typedDay(_ text: String) -> LocalDate? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.map(\.count) == [2, 2, 4], parts.allSatisfy({ $0.allSatisfy(\.isASCIIDigit) }),
        let day = Int(parts[0]), let month = Int(parts[1]), let year = Int(parts[2])
    else { return nil }
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    let components = DateComponents(calendar: calendar, year: year, month: month, day: day)
    return components.isValidDate ? LocalDate(year: year, month: month, day: day) : nil
}

/// A date as it is shown in a field.
func fieldText(_ day: LocalDate) -> String {
    let parts = day.description.split(separator: "-")
    return parts.reversed().joined(separator: ".")
}

/// Puts the dots into a date while its digits are typed.
func dotted(_ text: String) -> String {
    let digits = Array(text.filter(\.isASCIIDigit).prefix(8))
    return [digits.prefix(2), digits.dropFirst(2).prefix(2), digits.dropFirst(4)]
        .filter { !$0.isEmpty }.map { String($0) }.joined(separator: ".")
}

/// Only what is certainly no address is refused here; the server decides about the rest.
func isPlausible(email: String) -> Bool {
    let halves = email.split(separator: "@", omittingEmptySubsequences: false)
    guard halves.count == 2, !halves[0].isEmpty, !email.contains(where: \.isWhitespace) else { return false }
    let labels = halves[1].split(separator: ".", omittingEmptySubsequences: false)
    return labels.count > 1 && labels.allSatisfy { !$0.isEmpty }
}

// Days cross the border counted from 1970-01-01 in the Gregorian calendar, whatever calendar the device is set to.

private let daysInEra = 146_097
/// From the first of March of the year 0, where leap days end a year, to 1970-01-01.
private let daysToEpoch = 719_468

extension LocalDate {
    /// The day of this number.
    init(dayNumber: Int32) {
        let day = Int(dayNumber) + daysToEpoch
        let era = day >= 0 ? day / daysInEra : (day - daysInEra + 1) / daysInEra
        let dayOfEra = day - era * daysInEra
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        self.init(
            year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
            day: dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }

    /// The number of this day. A day that does not exist (31 February) has the number of the one it runs over to.
    var dayNumber: Int32 {
        // Far beyond what is a day, where counting on would end the process.
        let (year, month, day) = (Self.near(year), Self.near(month), Self.near(day))
        let yearFromMarch = month <= 2 ? year - 1 : year
        let era = yearFromMarch >= 0 ? yearFromMarch / 400 : (yearFromMarch - 399) / 400
        let yearOfEra = yearFromMarch - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Int32(clamping: era * daysInEra + dayOfEra - daysToEpoch)
    }

    private static func near(_ number: Int) -> Int { min(max(number, -1_000_000), 1_000_000) }
}

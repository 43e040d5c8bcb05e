import Foundation
internal import LoyaltyCore

// What an app gives, as what crosses the border.

extension LoyaltyCore.Settings {
    init(_ settings: Settings) {
        self.init(
            gateway: settings.gateway,
            folder: settings.folder.path,
            lang: Lang(settings.language),
            unit: UnitForms(
                russianOne: settings.unit.russianOne, russianFew: settings.unit.russianFew,
                russianMany: settings.unit.russianMany, russianFraction: settings.unit.russianFraction,
                englishOne: settings.unit.englishOne, englishOther: settings.unit.englishOther),
            timeZone: settings.timeZone,
            dayChange: settings.dayChange.secondOfDay,
            extraRoots: settings.extraRoots,
            allowPlainHttp: settings.allowPlainHttp,
            // The border ends the process for a time before now; the core refuses nothing.
            timeout: max(0, settings.timeout.inSeconds))
    }
}

extension Lang {
    init(_ language: Language) { self = language == .russian ? .ru : .en }
}

extension LoyaltyCore.LogLevel {
    init(_ level: LogLevel) {
        switch level {
        case .error: self = .error
        case .warn: self = .warn
        case .info: self = .info
        case .debug: self = .debug
        }
    }
}

extension LoyaltyCore.ConsentKind {
    init(_ kind: ConsentKind) { self = kind == .personalData ? .personalData : .advertising }
}

extension LoyaltyCore.Devices {
    init(_ devices: Devices) { self = devices == .this ? .this : .all }
}

extension LoyaltyCore.Sex {
    init(_ sex: Sex) { self = sex == .male ? .male : .female }
}

extension LoyaltyCore.RegistrationForm {
    init(_ form: RegistrationForm) {
        self.init(
            firstName: form.firstName, lastName: form.lastName, middleName: form.middleName,
            birthday: form.birthday?.dayNumber, sex: form.sex.map { LoyaltyCore.Sex($0) }, email: form.email)
    }
}

extension ProfileEdit {
    init(_ change: ProfileChange) {
        self.init(
            firstName: change.firstName, lastName: TextChange(change.lastName),
            middleName: TextChange(change.middleName), birthday: DayChange(change.birthday),
            sex: SexChange(change.sex), email: TextChange(change.email))
    }
}

extension TextChange {
    init(_ change: FieldChange<String>) {
        switch change {
        case .keep: self = .keep
        case .clear: self = .clear
        case .set(let value): self = .set(value: value)
        }
    }
}

extension DayChange {
    init(_ change: FieldChange<LocalDate>) {
        switch change {
        case .keep: self = .keep
        case .clear: self = .clear
        case .set(let value): self = .set(value: value.dayNumber)
        }
    }
}

extension SexChange {
    init(_ change: FieldChange<Sex>) {
        switch change {
        case .keep: self = .keep
        case .clear: self = .clear
        case .set(let value): self = .set(value: LoyaltyCore.Sex(value))
        }
    }
}

extension ReminderWish {
    init(_ policy: ReminderPolicy) {
        self.init(
            // No call that answers at once can refuse a time that no clock shows.
            daysBefore: policy.daysBefore.map { UInt32(clamping: $0) }, at: min(policy.at.secondOfDay, 86_399),
            limit: UInt32(clamping: policy.limit))
    }
}

extension LocalTime {
    /// More than a day has when no clock shows this time.
    var secondOfDay: UInt32 {
        guard (0..<24).contains(hour), (0..<60).contains(minute) else { return .max }
        return UInt32(hour * 3600 + minute * 60)
    }
}

extension Duration {
    /// Seconds with their fraction, as the border counts time.
    var inSeconds: TimeInterval {
        let (seconds, attoseconds) = components
        return TimeInterval(seconds) + TimeInterval(attoseconds) / 1e18
    }
}

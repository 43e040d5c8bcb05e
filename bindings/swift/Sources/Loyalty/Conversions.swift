import Foundation
internal import LoyaltyCore

// What crosses the border, as what an app sees. One initialiser a type, in the order of the public files.

extension MoneyAmount {
    init(_ amount: LoyaltyCore.MoneyAmount) { self.init(value: Money(kopecks: amount.value), text: amount.text) }
}

extension BonusAmount {
    init(_ amount: LoyaltyCore.BonusAmount) {
        self.init(
            value: Bonus(hundredths: amount.value), text: amount.text, number: amount.number, unit: amount.unit)
    }
}

extension PercentAmount {
    init(_ amount: LoyaltyCore.PercentAmount) {
        self.init(value: Percent(basisPoints: Int(amount.value)), text: amount.text)
    }
}

extension SessionState {
    init(_ state: LoyaltyCore.SessionState) {
        self.init(
            signedIn: state.signedIn, connectivity: Connectivity(state.connectivity),
            snapshot: state.snapshot.map { Snapshot($0) })
    }
}

extension Connectivity {
    init(_ connectivity: LoyaltyCore.Connectivity) {
        switch connectivity {
        case .unknown: self = .unknown
        case .online: self = .online
        case .offline: self = .offline
        }
    }
}

extension Snapshot {
    init(_ view: SnapshotView) {
        self.init(
            guest: GuestProfile(view.guest),
            balance: BonusAmount(view.balance),
            schedule: BurnSchedule(view.schedule),
            pending: view.pending.map {
                PendingBonus(
                    amount: BonusAmount($0.amount), activeFrom: $0.activeFrom, activeFromText: $0.activeFromText)
            },
            burnedSince: view.burnedSince.map { BonusAmount($0) },
            level: view.level.map { Level($0) },
            coupons: view.coupons.map {
                Coupon(
                    id: $0.id, name: $0.name, code: $0.code, expiresAt: $0.expiresAt, expiresText: $0.expiresText)
            },
            newest: view.newest.map { Transaction($0) },
            asOf: view.asOf,
            asOfText: view.asOfText,
            freshness: view.freshness == .fresh ? .fresh : .stale,
            today: LocalDate(dayNumber: view.today),
            unsaved: view.unsaved.map { ErrorCode(rawValue: $0) })
    }
}

extension GuestProfile {
    init(_ guest: GuestView) {
        self.init(
            firstName: guest.firstName, lastName: guest.lastName, middleName: guest.middleName,
            birthday: guest.birthday.map { LocalDate(dayNumber: $0) }, sex: guest.sex.map { Sex($0) },
            email: guest.email, phone: guest.phone, phoneMasked: guest.phoneMasked, blocked: guest.blocked)
    }
}

extension Sex {
    init(_ sex: LoyaltyCore.Sex) { self = sex == .male ? .male : .female }
}

extension BurnSchedule {
    init(_ schedule: ScheduleView) {
        switch schedule {
        case .parts(let burns, let nonBurning):
            self = .parts(burns: burns.map { Burn($0) }, nonBurning: BonusAmount(nonBurning))
        case .totalOnly(let because):
            self = .totalOnly(because: Inconsistency(because))
        }
    }
}

extension Inconsistency {
    init(_ inconsistency: LoyaltyCore.Inconsistency) {
        switch inconsistency {
        case .partsDoNotSum: self = .partsDoNotSum
        case .impossiblePart: self = .impossiblePart
        case .totalsDiffer: self = .totalsDiffer
        }
    }
}

extension Burn {
    init(_ burn: BurnView) {
        self.init(
            on: LocalDate(dayNumber: burn.on), onText: burn.onText, inDays: Int(burn.inDays),
            amount: BonusAmount(burn.amount), line: burn.line)
    }
}

extension Level {
    init(_ level: LevelView) {
        self.init(
            name: level.name,
            discount: level.discount.map { PercentAmount($0) },
            accrual: level.accrual.map { PercentAmount($0) },
            turnover: level.turnover.map { MoneyAmount($0) },
            next: level.next.map { NextLevel(name: $0.name, from: MoneyAmount($0.from)) },
            progress: level.progress.map {
                LevelProgress(permille: Int($0.permille), remaining: MoneyAmount($0.remaining))
            })
    }
}

extension Transaction {
    init(_ row: TransactionRow) {
        self.init(
            id: row.id, at: row.at, day: LocalDate(dayNumber: row.day), dayHeading: row.dayHeading,
            timeText: row.timeText, kind: TransactionKind(row.kind), kindText: row.kindText,
            sum: BonusAmount(row.sum), balanceAfter: row.balanceAfter.map { BonusAmount($0) },
            receipt: row.receipt.map { ReceiptReference(text: $0) }, venue: row.venue,
            moneySpent: row.moneySpent.map { MoneyAmount($0) }, comment: row.comment)
    }
}

extension TransactionKind {
    init(_ kind: MovementKind) {
        switch kind {
        case .accrual: self = .accrual
        case .spend: self = .spend
        case .burn: self = .burn
        case .refill: self = .refill
        case .withdraw: self = .withdraw
        case .welcome: self = .welcome
        case .correction: self = .correction
        case .other: self = .other
        }
    }
}

extension HistoryPage {
    init(_ page: TransactionPage) {
        self.init(
            rows: page.rows.map { Transaction($0) }, next: page.next.map { HistoryCursor(text: $0) },
            cutShort: page.cutShort.map { LoyaltyError($0) })
    }
}

extension Receipt {
    init(_ receipt: ReceiptView) {
        self.init(
            reference: ReceiptReference(text: receipt.reference), number: receipt.number, at: receipt.at,
            atText: receipt.atText, venue: receipt.venue,
            dishes: receipt.dishes.map {
                Dish(
                    name: $0.name, quantityThousandths: $0.quantity, quantityText: $0.quantityText,
                    price: MoneyAmount($0.price), sum: MoneyAmount($0.sum))
            },
            total: MoneyAmount(receipt.total), discount: MoneyAmount(receipt.discount),
            bonusSpent: BonusAmount(receipt.bonusSpent), bonusAccrued: BonusAmount(receipt.bonusAccrued),
            paid: MoneyAmount(receipt.paid))
    }
}

extension TillCode {
    init(_ code: TillCodeView) {
        self.init(value: code.value, expiresAt: code.expiresAt, livesFor: code.livesFor.map { .seconds($0) })
    }
}

extension Programme {
    init(_ view: ProgrammeView) {
        self.init(
            name: view.name,
            levels: view.levels.map {
                ProgrammeLevel(
                    name: $0.name, from: MoneyAmount($0.from), accrual: $0.accrual.map { PercentAmount($0) },
                    discount: $0.discount.map { PercentAmount($0) })
            },
            rules: view.rules,
            venues: view.venues.map {
                Venue(
                    code: $0.code, name: $0.name, address: $0.address, phone: $0.phone, phoneText: $0.phoneText,
                    hours: $0.hours)
            },
            support: view.support.map {
                Support(phone: $0.phone, phoneText: $0.phoneText, email: $0.email, url: $0.url)
            },
            canRegister: view.canRegister,
            tillCode: TillCodeKind(view.tillCode),
            tillCodeOffline: view.tillCodeOffline,
            codeDigits: Int(view.codeDigits),
            leastVersions: AppVersions(
                android: view.leastVersions.android, ios: view.leastVersions.ios, kiosk: view.leastVersions.kiosk),
            consents: view.consents.map {
                ConsentText(kind: ConsentKind($0.kind), textVersion: $0.textVersion, text: $0.text, url: $0.url)
            })
    }
}

extension TillCodeKind {
    init(_ kind: LoyaltyCore.TillCodeKind) {
        switch kind {
        case .temporary: self = .temporary
        case .identifier: self = .identifier
        case .none: self = .none
        }
    }
}

extension ConsentKind {
    init(_ kind: LoyaltyCore.ConsentKind) { self = kind == .personalData ? .personalData : .advertising }
}

extension Consent {
    init(_ consent: ConsentView) {
        self.init(
            kind: ConsentKind(consent.kind), textVersion: consent.textVersion, givenAt: consent.givenAt,
            givenAtText: consent.givenAtText, withdrawnAt: consent.withdrawnAt,
            withdrawnAtText: consent.withdrawnAtText, current: consent.current)
    }
}

extension Language {
    init(_ lang: Lang) { self = lang == .ru ? .russian : .english }
}

extension CodeSent {
    init(_ sent: CodeSentView) {
        self.init(
            resendAfter: .seconds(sent.resendAfter), expiresIn: .seconds(sent.expiresIn), digits: Int(sent.digits))
    }
}

extension SignOut {
    init(_ outcome: LoyaltyCore.SignOut) { self = outcome == .complete ? .complete : .onlyHere }
}

extension Reminder {
    init(_ reminder: ReminderView) {
        self.init(
            id: reminder.id, notifyAt: reminder.notifyAt, burnOn: LocalDate(dayNumber: reminder.burnOn),
            daysBefore: Int(reminder.daysBefore), amount: reminder.amount.map { BonusAmount($0) },
            text: reminder.text)
    }
}

extension LogLevel {
    init(_ level: LoyaltyCore.LogLevel) {
        switch level {
        case .error: self = .error
        case .warn: self = .warn
        case .info: self = .info
        case .debug: self = .debug
        }
    }
}

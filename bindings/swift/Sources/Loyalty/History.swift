import Foundation

/// What a movement was.
public enum TransactionKind: String, Sendable, CaseIterable {
    /// Earned by a purchase.
    case accrual
    /// Used in payment.
    case spend
    /// Burned unused.
    case burn
    /// Given by the restaurant.
    case refill
    /// Taken by the restaurant.
    case withdraw
    /// The welcome bonus.
    case welcome
    /// A correction.
    case correction
    /// Something that this version does not know; ``Transaction/kindText`` still says something true.
    case other
}

/// One movement of bonuses. Rows may arrive late and may be corrected, because tills lose their connection.
public struct Transaction: Hashable, Sendable, Identifiable {
    /// Its number on the server: the same row keeps it.
    public let id: Int64
    /// When it happened.
    public let at: Date
    /// The date at the venue.
    public let day: LocalDate
    /// The heading of the day's group: `Сегодня`, `Вчера`, `23 ноября`.
    public let dayHeading: String
    /// The time of day at the venue.
    public let timeText: String
    /// What it was.
    public let kind: TransactionKind
    /// The same in words.
    public let kindText: String
    /// How many, with a sign in its text: `+500 бонусов`.
    public let sum: BonusAmount
    /// The balance afterwards, where the server says it.
    public let balanceAfter: BonusAmount?
    /// Opens ``LoyaltyGuest/receipt(_:)``; `nil` where there is none.
    public let receipt: ReceiptReference?
    /// The restaurant's name.
    public let venue: String?
    /// What was paid in money.
    public let moneySpent: MoneyAmount?
    /// What the restaurant wrote.
    public let comment: String?

    /// A movement, for fakes and previews.
    public init(
        id: Int64, at: Date, day: LocalDate, dayHeading: String, timeText: String, kind: TransactionKind,
        kindText: String, sum: BonusAmount, balanceAfter: BonusAmount? = nil, receipt: ReceiptReference? = nil,
        venue: String? = nil, moneySpent: MoneyAmount? = nil, comment: String? = nil
    ) {
        self.id = id
        self.at = at
        self.day = day
        self.dayHeading = dayHeading
        self.timeText = timeText
        self.kind = kind
        self.kindText = kindText
        self.sum = sum
        self.balanceAfter = balanceAfter
        self.receipt = receipt
        self.venue = venue
        self.moneySpent = moneySpent
        self.comment = comment
    }
}

/// Names a receipt to the server. Opaque.
public struct ReceiptReference: Hashable, Sendable {
    public let text: String

    /// A reference that was kept.
    public init(text: String) { self.text = text }
}

/// Where a page of the history ended. Opaque; may be kept and given back later.
public struct HistoryCursor: Hashable, Sendable {
    public let text: String

    /// A cursor that was kept.
    public init(text: String) { self.text = text }
}

/// A page of the history.
public struct HistoryPage: Hashable, Sendable {
    /// Newest first.
    public let rows: [Transaction]
    /// Where the next page begins; `nil` at the end of the history.
    public let next: HistoryCursor?
    /// Why the page is shorter than asked although the history goes on: what is not kept on this device could not be
    /// read. Asking again from ``next`` tries again.
    public let cutShort: LoyaltyError?

    /// A page, for fakes and previews.
    public init(rows: [Transaction], next: HistoryCursor? = nil, cutShort: LoyaltyError? = nil) {
        self.rows = rows
        self.next = next
        self.cutShort = cutShort
    }
}

/// A receipt down to its dishes.
public struct Receipt: Hashable, Sendable {
    public let reference: ReceiptReference
    /// The number printed on it.
    public let number: String?
    /// When it was closed.
    public let at: Date
    /// Date and time at the venue.
    public let atText: String
    /// The restaurant's name.
    public let venue: String?
    public let dishes: [Dish]
    /// The dishes before any discount.
    public let total: MoneyAmount
    /// The discount.
    public let discount: MoneyAmount
    /// Bonuses used in payment.
    public let bonusSpent: BonusAmount
    /// Bonuses earned.
    public let bonusAccrued: BonusAmount
    /// What was paid in money.
    public let paid: MoneyAmount

    /// A receipt, for fakes and previews.
    public init(
        reference: ReceiptReference, number: String?, at: Date, atText: String, venue: String?, dishes: [Dish],
        total: MoneyAmount, discount: MoneyAmount, bonusSpent: BonusAmount, bonusAccrued: BonusAmount,
        paid: MoneyAmount
    ) {
        self.reference = reference
        self.number = number
        self.at = at
        self.atText = atText
        self.venue = venue
        self.dishes = dishes
        self.total = total
        self.discount = discount
        self.bonusSpent = bonusSpent
        self.bonusAccrued = bonusAccrued
        self.paid = paid
    }
}

/// A line of a receipt.
public struct Dish: Hashable, Sendable {
    public let name: String
    /// How many, or how much by weight: one portion is 1000.
    public let quantityThousandths: Int64
    /// The same in words: `0,25`.
    public let quantityText: String
    /// The price of one.
    public let price: MoneyAmount
    /// The line's sum.
    public let sum: MoneyAmount

    /// A dish, for fakes and previews.
    public init(name: String, quantityThousandths: Int64, quantityText: String, price: MoneyAmount, sum: MoneyAmount) {
        self.name = name
        self.quantityThousandths = quantityThousandths
        self.quantityText = quantityText
        self.price = price
        self.sum = sum
    }
}

/// A code to show at the till, as QR and bar code. Whoever knows it is taken for the guest, so its description does not
/// show it.
public struct TillCode: Hashable, Sendable {
    /// The digits.
    public let value: String
    /// When it stops working; `nil` for a card that stays.
    public let expiresAt: Date?
    /// How long it is good from now on, by the server's clock: a wrong device clock does not matter.
    public let livesFor: Duration?

    /// A code, for fakes and previews.
    public init(value: String, expiresAt: Date?, livesFor: Duration?) {
        self.value = value
        self.expiresAt = expiresAt
        self.livesFor = livesFor
    }
}

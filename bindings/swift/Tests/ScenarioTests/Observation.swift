import Foundation
import Loyalty

// What a step of a scenario shows, as data that is the same in every language.

let done = JSON.object(["done": .bool(true)])

private func text(_ text: String?) -> JSON { text.map { .text($0) } ?? .null }
private func number(_ number: (some BinaryInteger)?) -> JSON { number.map { .number(Int64($0)) } ?? .null }
private func seconds(_ time: Duration?) -> JSON { number(time?.components.seconds) }

/// A choice by its name, as the other languages write it: `partsDoNotSum` is `parts_do_not_sum`.
private func name(_ choice: (some RawRepresentable<String>)?) -> JSON {
    text(choice?.rawValue.map { $0.isUppercase ? "_\($0.lowercased())" : "\($0)" }.joined())
}

private func all<Item>(_ items: [Item], _ shown: (Item) -> JSON) -> JSON { .list(items.map(shown)) }

func shown(_ error: LoyaltyError) -> JSON {
    var field: String?
    var triesLeft: Int?
    switch error {
    case .invalidInput(_, let named): field = named
    case .rejected(_, let named): field = named
    case .codeWrong(let left): triesLeft = left
    default: break
    }
    return .object([
        "error": .object([
            "code": .text(error.code.rawValue), "field": text(field), "retryable": .bool(error.retryable),
            "retry_after": seconds(error.retryAfter), "tries_left": number(triesLeft),
        ])
    ])
}

func shown(_ state: SessionState) -> JSON {
    .object([
        "signed_in": .bool(state.signedIn), "connectivity": name(state.connectivity),
        "snapshot": state.snapshot.map(shown) ?? .null,
    ])
}

func shown(_ snapshot: Snapshot) -> JSON {
    var burns: [Burn] = []
    var nonBurning: BonusAmount?
    var because: Inconsistency?
    switch snapshot.schedule {
    case .parts(let parts, let rest): (burns, nonBurning) = (parts, rest)
    case .totalOnly(let reason): because = reason
    }
    return .object([
        "name": text(snapshot.guest.firstName),
        "last_name": text(snapshot.guest.lastName),
        "birthday": text(snapshot.guest.birthday?.description),
        "phone": text(snapshot.guest.phone),
        "phone_masked": text(snapshot.guest.phoneMasked),
        "blocked": .bool(snapshot.guest.blocked),
        "balance": .number(snapshot.balance.value.hundredths),
        "balance_text": .text(snapshot.balance.text),
        "burns": all(burns) {
            .object([
                "on": .text($0.on.description), "on_text": .text($0.onText), "in_days": number($0.inDays),
                "amount": .number($0.amount.value.hundredths), "line": .text($0.line),
            ])
        },
        "non_burning": number(nonBurning?.value.hundredths),
        "because": name(because),
        "pending": all(snapshot.pending) {
            .object(["amount": .number($0.amount.value.hundredths), "from": text($0.activeFromText)])
        },
        "burned_since": number(snapshot.burnedSince?.value.hundredths),
        "level": snapshot.level.map {
            .object([
                "name": .text($0.name), "next": text($0.next?.from.text), "permille": number($0.progress?.permille),
                "remaining": number($0.progress?.remaining.value.kopecks),
            ])
        } ?? .null,
        "newest": all(snapshot.newest, shown),
        "as_of": .text(snapshot.asOfText),
        "freshness": name(snapshot.freshness),
        "today": .text(snapshot.today.description),
        "unsaved": text(snapshot.unsaved?.rawValue),
    ])
}

private func shown(_ row: Transaction) -> JSON {
    .object([
        "kind": name(row.kind), "kind_text": .text(row.kindText), "sum": .number(row.sum.value.hundredths),
        "sum_text": .text(row.sum.text), "day": .text(row.day.description), "heading": .text(row.dayHeading),
        "time": .text(row.timeText), "after": number(row.balanceAfter?.value.hundredths),
        "receipt": .bool(row.receipt != nil), "venue": text(row.venue),
        "money": number(row.moneySpent?.value.kopecks),
    ])
}

func shown(_ page: HistoryPage) -> JSON {
    .object([
        "rows": all(page.rows, shown), "more": .bool(page.next != nil),
        "cut_short": text(page.cutShort?.code.rawValue),
    ])
}

func shown(_ receipt: Receipt) -> JSON {
    .object([
        "at": .text(receipt.atText),
        "venue": text(receipt.venue),
        "dishes": all(receipt.dishes) {
            .object([
                "name": .text($0.name), "quantity": .text($0.quantityText), "price": .number($0.price.value.kopecks),
                "sum": .number($0.sum.value.kopecks),
            ])
        },
        "total": .number(receipt.total.value.kopecks),
        "total_text": .text(receipt.total.text),
        "discount": .number(receipt.discount.value.kopecks),
        "spent": .number(receipt.bonusSpent.value.hundredths),
        "accrued": .number(receipt.bonusAccrued.value.hundredths),
        "paid": .number(receipt.paid.value.kopecks),
    ])
}

func shown(_ reminders: [Reminder]) -> JSON {
    .object([
        "reminders": all(reminders) {
            .object([
                "id": .text($0.id), "at": wholeSeconds($0.notifyAt), "amount": number($0.amount?.value.hundredths),
                "text": .text($0.text),
            ])
        }
    ])
}

func shown(_ consent: Consent) -> JSON {
    .object([
        "kind": name(consent.kind), "version": .text(consent.textVersion), "given": .text(consent.givenAtText),
        "withdrawn": text(consent.withdrawnAtText), "current": .bool(consent.current),
    ])
}

func shown(_ programme: Programme) -> JSON {
    .object([
        "name": text(programme.name),
        "levels": all(programme.levels) { .object(["name": .text($0.name), "from": .text($0.from.text)]) },
        "venues": all(programme.venues) { .object(["name": .text($0.name), "phone": text($0.phoneText)]) },
        "can_register": .bool(programme.canRegister),
        "code_digits": number(programme.codeDigits),
        "consents": all(programme.consents) {
            .object(["kind": name($0.kind), "version": .text($0.textVersion), "text": text($0.text)])
        },
    ])
}

func shown(_ sent: CodeSent) -> JSON {
    .object([
        "resend_after": seconds(sent.resendAfter), "expires_in": seconds(sent.expiresIn), "digits": number(sent.digits),
    ])
}

func shown(_ code: TillCode) -> JSON {
    .object(["digits": number(code.value.count), "lives_for": seconds(code.livesFor)])
}

func wholeSeconds(_ instant: Date) -> JSON { .number(Int64(instant.timeIntervalSince1970.rounded(.down))) }

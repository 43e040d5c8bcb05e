package app.loyalty

import java.time.Duration
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

// What a step of a scenario shows, as data that is the same in every language.

private fun of(vararg members: Pair<String, Any?>): JsonObject = JsonObject(members.associate { (name, value) -> name to element(value) })

private fun element(value: Any?): JsonElement =
    when (value) {
        null -> JsonNull
        is JsonElement -> value
        is Boolean -> JsonPrimitive(value)
        is Number -> JsonPrimitive(value)
        is Enum<*> -> JsonPrimitive(value.name.lowercase())
        is List<*> -> JsonArray(value.map(::element))
        else -> JsonPrimitive(value.toString())
    }

internal val DONE: JsonObject = of("done" to true)

internal fun shown(error: LoyaltyException): JsonObject {
    val field = when (error) {
        is LoyaltyException.InvalidInput -> error.field
        is LoyaltyException.Rejected -> error.field
        else -> null
    }
    val triesLeft = (error as? LoyaltyException.CodeWrong)?.triesLeft
    return of(
        "error" to of(
            "code" to error.code,
            "field" to field,
            "retryable" to error.retryable,
            "retry_after" to error.retryAfter?.let(Duration::toSeconds),
            "tries_left" to triesLeft,
        ),
    )
}

internal fun shown(state: SessionState): JsonObject =
    of("signed_in" to state.signedIn, "connectivity" to state.connectivity, "snapshot" to state.snapshot?.let(::shown))

internal fun shown(snapshot: Snapshot): JsonObject {
    val parts = snapshot.schedule as? BurnSchedule.Parts
    return of(
        "name" to snapshot.guest.firstName,
        "last_name" to snapshot.guest.lastName,
        "birthday" to snapshot.guest.birthday,
        "phone" to snapshot.guest.phone,
        "phone_masked" to snapshot.guest.phoneMasked,
        "blocked" to snapshot.guest.blocked,
        "balance" to snapshot.balance.value.hundredths,
        "balance_text" to snapshot.balance.text,
        "burns" to parts?.burns.orEmpty().map {
            of("on" to it.on, "on_text" to it.onText, "in_days" to it.inDays, "amount" to it.amount.value.hundredths, "line" to it.line)
        },
        "non_burning" to parts?.nonBurning?.value?.hundredths,
        "because" to (snapshot.schedule as? BurnSchedule.TotalOnly)?.because,
        "pending" to snapshot.pending.map { of("amount" to it.amount.value.hundredths, "from" to it.activeFromText) },
        "burned_since" to snapshot.burnedSince?.value?.hundredths,
        "level" to snapshot.level?.let {
            of(
                "name" to it.name,
                "next" to it.next?.from?.text,
                "permille" to it.progress?.permille,
                "remaining" to it.progress?.remaining?.value?.kopecks,
            )
        },
        "newest" to snapshot.newest.map(::shown),
        "as_of" to snapshot.asOfText,
        "freshness" to snapshot.freshness,
        "today" to snapshot.today,
        "unsaved" to snapshot.unsaved,
    )
}

private fun shown(row: Transaction): JsonObject =
    of(
        "kind" to row.kind,
        "kind_text" to row.kindText,
        "sum" to row.sum.value.hundredths,
        "sum_text" to row.sum.text,
        "day" to row.day,
        "heading" to row.dayHeading,
        "time" to row.timeText,
        "after" to row.balanceAfter?.value?.hundredths,
        "receipt" to (row.receipt != null),
        "venue" to row.venue,
        "money" to row.moneySpent?.value?.kopecks,
    )

internal fun shown(page: HistoryPage): JsonObject =
    of("rows" to page.rows.map(::shown), "more" to (page.next != null), "cut_short" to page.cutShort?.code)

internal fun shown(receipt: Receipt): JsonObject =
    of(
        "at" to receipt.atText,
        "venue" to receipt.venue,
        "dishes" to receipt.dishes.map {
            of("name" to it.name, "quantity" to it.quantityText, "price" to it.price.value.kopecks, "sum" to it.sum.value.kopecks)
        },
        "total" to receipt.total.value.kopecks,
        "total_text" to receipt.total.text,
        "discount" to receipt.discount.value.kopecks,
        "spent" to receipt.bonusSpent.value.hundredths,
        "accrued" to receipt.bonusAccrued.value.hundredths,
        "paid" to receipt.paid.value.kopecks,
    )

internal fun shown(reminders: List<Reminder>): JsonObject =
    of(
        "reminders" to reminders.map {
            of("id" to it.id, "at" to it.notifyAt.epochSecond, "amount" to it.amount?.value?.hundredths, "text" to it.text)
        },
    )

internal fun shown(consent: Consent): JsonObject =
    of(
        "kind" to consent.kind,
        "version" to consent.textVersion,
        "given" to consent.givenAtText,
        "withdrawn" to consent.withdrawnAtText,
        "current" to consent.current,
    )

internal fun shown(programme: Programme): JsonObject =
    of(
        "name" to programme.name,
        "levels" to programme.levels.map { of("name" to it.name, "from" to it.from.text) },
        "venues" to programme.venues.map { of("name" to it.name, "phone" to it.phoneText) },
        "can_register" to programme.canRegister,
        "code_digits" to programme.codeDigits,
        "consents" to programme.consents.map { of("kind" to it.kind, "version" to it.textVersion, "text" to it.text) },
    )

internal fun shown(vararg members: Pair<String, Any?>): JsonObject = of(*members)

/** JSON without spaces, members in the order of their names' code points. */
internal fun canonical(value: JsonElement): String =
    when (value) {
        is JsonObject -> value.keys.sorted().joinToString(",", "{", "}") { "${JsonPrimitive(it)}:${canonical(value.getValue(it))}" }
        is JsonArray -> value.joinToString(",", "[", "]", transform = ::canonical)
        else -> value.toString()
    }

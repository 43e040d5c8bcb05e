//! `POST /till/check`: a visit as an r_keeper till would report it. Always in kopecks and E.164.

use serde_json::json;

use super::accounts::{level_json, refuse_blocked};
use super::input::Input;
use super::reply::{Call, Outcome, Reply};
use crate::books::{AccountRow, Entry, NewReceipt};
use crate::error::{ApiError, BooksError};
use crate::seed_data::dishes::Dish;
use crate::wire::{DISH, Field, Kind, Record, may, must};

pub(super) static PARAMS: &[Field] = &[
    may("phone", Kind::Phone),
    may("code", Kind::Text(100)),
    must("sum", Kind::Sum(0)),
    may("spendBonus", Kind::Sum(0)),
    may("restCode", Kind::Id),
    may("dishes", Kind::List(&DISH)),
];

/// The answer is the handler's own words, whatever the dialect.
static RESULT: Record = Record {
    name: "till",
    fields: &[
        must("checkId", Kind::Raw),
        must("number", Kind::Raw),
        must("transactionIds", Kind::Raw),
        must("total", Kind::Raw),
        must("discount", Kind::Raw),
        must("bonusSpent", Kind::Raw),
        must("bonusAccrued", Kind::Raw),
        must("paid", Kind::Raw),
        must("balance", Kind::Raw),
        may("level", Kind::Raw),
    ],
};

/// What the till computes of a sum: all in kopecks.
struct Bill {
    discount: i64,
    spent: i64,
    paid: i64,
    accrued: i64,
}

pub(super) fn check(call: &Call<'_>) -> Outcome {
    let (desk, input) = (call.desk, call.input);
    let account = guest(call)?;
    refuse_blocked(&account)?;
    let total = input.number("sum")?;
    let dishes = dishes(input, total)?;
    let bill = bill(call, &account, total)?;
    let rest_code = input.maybe_number("restCode").unwrap_or(1);
    let receipt_id = desk.insert_receipt(&NewReceipt {
        account_id: account.id,
        rest_code: Some(rest_code),
        total,
        discount: bill.discount,
        bonus_spent: bill.spent,
        bonus_accrued: bill.accrued,
        paid: bill.paid,
        invented_portions: if dishes.is_empty() { portions(total) } else { 0 },
        dishes: &dishes,
        ..NewReceipt::default()
    })?;
    let transaction_ids = post(call, &account, &bill, receipt_id, rest_code)?;
    desk.add_turnover(account.id, bill.paid)?;
    let account = desk.account_or_refuse(account.id, "phone")?;
    let level = desk.level(&account)?.map(|level| level_json(&level, account.turnover));
    let value = json!({
        "checkId": receipt_id,
        "number": receipt_id.to_string(),
        "transactionIds": transaction_ids,
        "total": total,
        "discount": bill.discount,
        "bonusSpent": bill.spent,
        "bonusAccrued": bill.accrued,
        "paid": bill.paid,
        "balance": desk.balance(account.id)?,
        "level": level,
    });
    Ok(Reply::one(&RESULT, value))
}

fn guest(call: &Call<'_>) -> Result<AccountRow, ApiError> {
    let (found, field) = match (call.input.maybe_text("phone"), call.input.maybe_text("code")) {
        (Some(phone), None) => (call.desk.account_by_phone(phone)?, "phone"),
        (None, Some(code)) => (call.desk.account_by_code(code)?, "code"),
        _ => return Err(ApiError::malformed("missing_field", "Send either phone or code.").on("phone")),
    };
    found.ok_or_else(|| ApiError::missing("account").on(field))
}

fn bill(call: &Call<'_>, account: &AccountRow, total: i64) -> Result<Bill, ApiError> {
    let level = call.desk.level(account)?;
    let rate = |percent: Option<i64>| percent.unwrap_or(0);
    let discount = share(total, rate(level.as_ref().and_then(|level| level.discount_percent)))?;
    let payable = total - discount;
    let spent = call.input.maybe_number("spendBonus").unwrap_or(0);
    if spent > payable {
        let message = "More bonuses than there is to pay.";
        return Err(ApiError::rule("spend_over_total", message).on("spendBonus"));
    }
    let paid = payable - spent;
    let accrued = share(paid, rate(level.as_ref().and_then(|level| level.accrual_percent)))?;
    Ok(Bill { discount, spent, paid, accrued })
}

/// A share of a sum, kopecks cut off.
fn share(sum: i64, percent: i64) -> Result<i64, BooksError> {
    let product = sum.checked_mul(percent).ok_or(BooksError::OutOfRange)?;
    Ok(product / 100)
}

fn post(
    call: &Call<'_>,
    account: &AccountRow,
    bill: &Bill,
    receipt_id: i64,
    rest_code: i64,
) -> Result<Vec<i64>, ApiError> {
    let desk = call.desk;
    let entry = |kind, sum| Entry {
        account_id: account.id,
        kind,
        sum,
        receipt_id: Some(receipt_id),
        rest_code: Some(rest_code),
        money_spent: Some(bill.paid),
        ..Entry::default()
    };
    let mut ids = Vec::new();
    if bill.spent > 0 {
        let taken = desk.debit(&entry("spend", bill.spent));
        ids.push(taken.map_err(|short| ApiError::from(short).on("spendBonus"))?);
    }
    if bill.accrued > 0 {
        let active_from = desk.now.saturating_add(desk.rules.activation_seconds);
        ids.push(desk.credit(&entry("accrual", bill.accrued), account.lifetime_days, active_from)?);
    }
    Ok(ids)
}

/// The given lines, which must add up.
fn dishes(input: &Input, total: i64) -> Result<Vec<Dish>, ApiError> {
    let given = input.list("dishes");
    let dishes: Vec<Dish> = given.iter().map(dish).collect::<Result<_, _>>()?;
    let sum = dishes.iter().try_fold(0_i64, |sum, dish| sum.checked_add(dish.sum));
    if !dishes.is_empty() && sum != Some(total) {
        return Err(ApiError::rule("dishes_do_not_add_up", "The dishes must add up to sum.").on("dishes"));
    }
    Ok(dishes)
}

fn dish(given: &Input) -> Result<Dish, ApiError> {
    Ok(Dish {
        name: given.wording("name")?.to_owned(),
        thousandths: given.number("quantity")?,
        price: given.number("price")?,
        sum: given.number("sum")?,
    })
}

/// About a portion for every 600 roubles.
fn portions(total: i64) -> u32 {
    u32::try_from((total / 60_000).clamp(1, 12)).unwrap_or(1)
}

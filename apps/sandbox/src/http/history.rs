//! `accounts/get_balance_extended` and `accounts/transactions`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::reply::{Call, Outcome, Reply};
use crate::books::TransactionRow;
use crate::error::ApiError;
use crate::wire::{BALANCE, TRANSACTION};

pub(super) fn get_balance_extended(call: &Call<'_>) -> Outcome {
    let desk = call.desk;
    let account = desk.account_or_refuse(call.input.number("accountId")?, "accountId")?;
    let lots = desk.lots(account.id)?;
    let (mut burning, mut pending, mut permanent) = (BTreeMap::new(), BTreeMap::new(), 0_i64);
    for lot in lots.as_slice() {
        match lot.burn_at {
            _ if lot.active_from > desk.now => *pending.entry(lot.active_from).or_insert(0) += lot.remaining,
            Some(at) if lot.remaining > 0 => *burning.entry(at).or_insert(0) += lot.remaining,
            // A debt burns nowhere, so it stands among what does not burn.
            _ => permanent += lot.remaining,
        }
    }
    let mut items: Vec<Value> = Vec::new();
    for (at, sum) in burning {
        items.push(json!({"sum": sum, "burnDate": desk.calendar.business_day(at)?.to_string()}));
    }
    let pending: Vec<Value> =
        pending.into_iter().map(|(at, sum): (i64, i64)| json!({"sum": sum, "activeFrom": at})).collect();
    let value = json!({
        "accountId": account.id,
        "balance": lots.balance(desk.now),
        "items": items,
        "nonBurning": permanent,
        "pending": pending,
    });
    Ok(Reply::one(&BALANCE, value))
}

pub(super) fn transactions(call: &Call<'_>) -> Outcome {
    let account = call.desk.account_or_refuse(call.input.number("accountId")?, "accountId")?;
    let (from, to) = (call.input.maybe_number("dateFrom"), call.input.maybe_number("dateTo"));
    let rows = match (from, to, call.input.maybe_number("count")) {
        (Some(from), Some(to), None) => call.desk.history(account.id, from, to, i64::MAX)?,
        (None, None, Some(count)) => call.desk.history(account.id, i64::MIN, i64::MAX, count)?,
        _ => {
            let message = "Send either dateFrom and dateTo, or count.";
            return Err(ApiError::malformed("ambiguous_period", message));
        }
    };
    Ok(Reply::many(&TRANSACTION, rows.iter().map(json)))
}

fn json(row: &TransactionRow) -> Value {
    json!({
        "id": row.id,
        "date": row.at,
        "type": row.kind,
        "sum": row.sum,
        "balanceAfter": row.balance_after,
        "checkId": row.receipt_id,
        "checkGuid": row.guid,
        "externalCheck": row.external_check,
        "restCode": row.rest_code,
        "restName": row.rest_name,
        "moneySpent": row.money_spent,
        "comment": row.comment,
    })
}

//! `accounts/refill` and `operations/*`: bonuses in and out by hand.
//!
//! None of them knows a key: sent twice, they count twice.

use serde_json::json;

use super::accounts::refuse_blocked;
use super::reply::{Call, Outcome, Reply};
use crate::books::{AccountRow, Entry, Short};
use crate::error::ApiError;
use crate::wire::{GROUP_OPERATION_RESULT, REFILL_RESULT, Record, WITHDRAW_RESULT};

pub(super) fn refill(call: &Call<'_>) -> Outcome {
    let account = call.desk.account_or_refuse(call.input.number("accountId")?, "accountId")?;
    refuse_blocked(&account)?;
    let txn_id = credit(call, &account, call.input.number("sum")?)?;
    reply(call, &REFILL_RESULT, account.id, txn_id)
}

pub(super) fn withdraw(call: &Call<'_>) -> Outcome {
    let account = call.desk.account_or_refuse(call.input.number("accountId")?, "accountId")?;
    refuse_blocked(&account)?;
    let txn_id = call.desk.debit(&entry(call, "withdraw", account.id, call.input.number("sum")?))?;
    reply(call, &WITHDRAW_RESULT, account.id, txn_id)
}

pub(super) fn refill_group(call: &Call<'_>) -> Outcome {
    let sum = call.input.number("sum")?;
    let mut affected = 0;
    for account in members(call)? {
        credit(call, &account, sum)?;
        affected += 1;
    }
    Ok(Reply::one(&GROUP_OPERATION_RESULT, json!({"affected": affected})))
}

/// Takes the sum, or what there is of it; an account without bonuses is left out.
pub(super) fn withdraw_group(call: &Call<'_>) -> Outcome {
    let sum = call.input.number("sum")?;
    let mut affected = 0;
    for account in members(call)? {
        let mut taken = call.desk.debit(&entry(call, "withdraw", account.id, sum));
        if let Err(Short::Available(rest @ 1..)) = taken {
            taken = call.desk.debit(&entry(call, "withdraw", account.id, rest));
        }
        match taken {
            Ok(_) => affected += 1,
            Err(Short::Available(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Reply::one(&GROUP_OPERATION_RESULT, json!({"affected": affected})))
}

/// The accounts of a group that are not blocked.
fn members(call: &Call<'_>) -> Result<Vec<AccountRow>, ApiError> {
    let group_id = call.input.number("accountGroupId")?;
    call.desk.group(group_id)?.ok_or_else(|| ApiError::missing("account group").on("accountGroupId"))?;
    let mut accounts = call.desk.accounts_of_group(group_id)?;
    accounts.retain(|account| !account.blocked);
    Ok(accounts)
}

fn credit(call: &Call<'_>, account: &AccountRow, sum: i64) -> Result<i64, ApiError> {
    let entry = entry(call, "refill", account.id, sum);
    Ok(call.desk.credit(&entry, account.lifetime_days, call.desk.now)?)
}

fn entry<'a>(call: &'a Call<'_>, kind: &'a str, account_id: i64, sum: i64) -> Entry<'a> {
    Entry { account_id, kind, sum, comment: call.input.maybe_text("comment"), ..Entry::default() }
}

fn reply(call: &Call<'_>, record: &'static Record, account_id: i64, txn_id: i64) -> Outcome {
    let value = json!({"transactionId": txn_id, "balance": call.desk.balance(account_id)?});
    Ok(Reply::one(record, value))
}

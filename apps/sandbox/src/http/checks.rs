//! `checks/get_by_id` and `external/register_check`.

use serde_json::{Value, json};

use super::accounts::refuse_blocked;
use super::reply::{Call, Outcome, Reply};
use crate::books::{Entry, NewReceipt};
use crate::error::ApiError;
use crate::wire::{RECEIPT, REGISTER_CHECK_RESULT};

pub(super) fn get_by_id(call: &Call<'_>) -> Outcome {
    let id = call.input.number("id")?;
    let receipt = call.desk.receipt(id)?.ok_or_else(|| ApiError::missing("receipt").on("id"))?;
    let dishes = call.desk.dishes(&receipt)?.into_iter();
    let value = json!({
        "id": receipt.id,
        "number": receipt.external_check.clone().unwrap_or_else(|| receipt.id.to_string()),
        "date": receipt.at,
        "restCode": receipt.rest_code,
        "restName": receipt.rest_name,
        "dishes": dishes
            .map(|dish| {
                json!({"name": dish.name, "quantity": dish.thousandths, "price": dish.price, "sum": dish.sum})
            })
            .collect::<Value>(),
        "total": receipt.total,
        "discount": receipt.discount,
        "bonusSpent": receipt.bonus_spent,
        "bonusAccrued": receipt.bonus_accrued,
        "paid": receipt.paid,
    });
    Ok(Reply::one(&RECEIPT, value))
}

/// Takes a purchase made elsewhere. The vendor warns that `checkGuid` is not looked at: sent twice, it counts twice.
pub(super) fn register(call: &Call<'_>) -> Outcome {
    let (desk, input) = (call.desk, call.input);
    let account = desk.account_or_refuse(input.number("accountId")?, "accountId")?;
    refuse_blocked(&account)?;
    let sum = |name| input.number(name);
    let (spent, accrued) = (sum("bonusSpentSum")?, sum("bonusAccruedSum")?);
    let (discount, paid) = (sum("discountSum")?, sum("moneySpentSum")?);
    let (guid, external_check) = (input.text("checkGuid")?, input.text("externalCheck")?);
    let rest_code = input.number("restCode")?;
    let receipt_id = desk.insert_receipt(&NewReceipt {
        account_id: account.id,
        rest_code: Some(rest_code),
        rk_unit: Some(input.number("rkUnit")?),
        guid: Some(guid),
        external_check: Some(external_check),
        // Each of the three is bounded, so their sum is far from overflowing.
        total: paid + discount + spent,
        discount,
        bonus_spent: spent,
        bonus_accrued: accrued,
        paid,
        data: Some(input.text("checkData")?),
        ..NewReceipt::default()
    })?;
    let entry = |kind, sum| Entry {
        account_id: account.id,
        kind,
        sum,
        receipt_id: Some(receipt_id),
        guid: Some(guid),
        external_check: Some(external_check),
        rest_code: Some(rest_code),
        money_spent: Some(paid),
        comment: None,
    };
    let mut transaction_ids = Vec::new();
    if spent > 0 {
        let taken = desk.debit(&entry("spend", spent));
        transaction_ids.push(taken.map_err(|short| ApiError::from(short).on("bonusSpentSum"))?);
    }
    if accrued > 0 {
        let active_from = desk.now.saturating_add(desk.rules.activation_seconds);
        transaction_ids.push(desk.credit(&entry("accrual", accrued), account.lifetime_days, active_from)?);
    }
    desk.add_turnover(account.id, paid)?;
    let value = json!({"transactionIds": transaction_ids, "balance": desk.balance(account.id)?});
    Ok(Reply::one(&REGISTER_CHECK_RESULT, value))
}

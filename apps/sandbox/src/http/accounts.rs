//! `accounts/*`: finding, creating and changing accounts, and temporary identifiers.

use serde_json::{Value, json};

use super::input::Input;
use super::reply::{Call, Outcome, Reply};
use crate::books::{AccountChange, AccountRow, Desk, LevelNow, Profile};
use crate::error::{ApiError, BooksError};
use crate::wire::{ACCOUNT, ISSUED_IDENTIFIER};

pub(super) fn find_by_phone(call: &Call<'_>) -> Outcome {
    let account = call.desk.account_by_phone(call.input.text("phone")?)?;
    reply(call, &account.ok_or_else(|| ApiError::missing("account").on("phone"))?)
}

pub(super) fn get_by_id(call: &Call<'_>) -> Outcome {
    reply(call, &call.desk.account_or_refuse(call.input.number("id")?, "id")?)
}

pub(super) fn list(call: &Call<'_>) -> Outcome {
    let offset = call.input.maybe_number("offset").unwrap_or(0);
    let limit = call.input.maybe_number("limit").unwrap_or(100);
    let page = call.desk.accounts_page(offset, limit)?;
    let accounts: Vec<Value> =
        page.iter().map(|account| json(call.desk, account)).collect::<Result<_, _>>()?;
    Ok(Reply::many(&ACCOUNT, accounts))
}

pub(super) fn insert_by_template(call: &Call<'_>) -> Outcome {
    let profile = profile(call.input)?;
    if call.dialect.existing_returned
        && let Some(existing) = call.desk.account_by_phone(&profile.phone)?
    {
        return reply(call, &existing);
    }
    reply(call, &call.desk.insert_by_template(profile)?)
}

pub(super) fn insert(call: &Call<'_>) -> Outcome {
    let input = call.input;
    let profile = Profile {
        blocked: input.flag("blocked").unwrap_or(false),
        discount_id: input.maybe_number("discountId"),
        bonus_id: input.maybe_number("bonusId"),
        lifetime_days: input.maybe_number("bonusLifetimeDays"),
        ..profile(input)?
    };
    if call.desk.group(profile.group_id)?.is_none() {
        return Err(ApiError::missing("account group").on("accountGroupId"));
    }
    for (id, field) in [(profile.discount_id, "discountId"), (profile.bonus_id, "bonusId")] {
        if let Some(id) = id {
            call.desk.discount(id)?.ok_or_else(|| ApiError::missing("discount").on(field))?;
        }
    }
    reply(call, &call.desk.insert_account(&profile)?)
}

pub(super) fn update(call: &Call<'_>) -> Outcome {
    let input = call.input;
    let old = call.desk.account_or_refuse(input.number("id")?, "id")?;
    let full = call.dialect.full_update;
    let text = |name: &str, kept: &Option<String>| match input.owned_text(name) {
        None if !full => kept.clone(),
        given => given,
    };
    let number = |name: &str, kept: Option<i64>| input.maybe_number(name).or(kept.filter(|_| !full));
    let row = AccountRow {
        id: old.id,
        group_id: input.maybe_number("accountGroupId").unwrap_or(old.group_id),
        phone: input.owned_text("phone").unwrap_or_else(|| old.phone.clone()),
        email: text("email", &old.email),
        first_name: text("firstName", &old.first_name),
        last_name: text("lastName", &old.last_name),
        middle_name: text("middleName", &old.middle_name),
        birthday: text("birthday", &old.birthday),
        sex: text("sex", &old.sex),
        blocked: input.flag("blocked").unwrap_or(old.blocked && !full),
        discount_id: number("discountId", old.discount_id),
        bonus_id: number("bonusId", old.bonus_id),
        lifetime_days: number("bonusLifetimeDays", old.lifetime_days),
        turnover: old.turnover,
        created_at: old.created_at,
    };
    let identifiers = (full || input.has("identifiers")).then(|| identifiers(input));
    call.desk.update_account(&AccountChange { row, identifiers })?;
    reply(call, &call.desk.account_or_refuse(old.id, "id")?)
}

pub(super) fn issue_identifier(call: &Call<'_>) -> Outcome {
    let account = call.desk.account_or_refuse(call.input.number("accountId")?, "accountId")?;
    let type_id = call.input.number("typeId")?;
    call.desk.identifier_type(type_id)?.ok_or_else(|| ApiError::missing("identifier type").on("typeId"))?;
    refuse_blocked(&account)?;
    let (value, expires_at) = call.desk.issue_code(account.id, type_id)?;
    Ok(Reply::one(&ISSUED_IDENTIFIER, json!({"value": value, "expiresAt": expires_at})))
}

/// A blocked account may be looked at and changed by staff, and does nothing.
pub(super) fn refuse_blocked(account: &AccountRow) -> Result<(), ApiError> {
    if account.blocked {
        return Err(ApiError::rule("account_blocked", "The account is blocked."));
    }
    Ok(())
}

fn profile(input: &Input) -> Result<Profile, ApiError> {
    Ok(Profile {
        group_id: input.number("accountGroupId")?,
        phone: input.text("phone")?.to_owned(),
        email: input.owned_text("email"),
        first_name: Some(input.wording("firstName")?.to_owned()),
        last_name: input.owned_text("lastName"),
        middle_name: input.owned_text("middleName"),
        birthday: input.owned_text("birthday"),
        sex: input.owned_text("sex"),
        identifiers: identifiers(input),
        ..Profile::default()
    })
}

fn identifiers(input: &Input) -> Vec<(i64, String)> {
    let entries = input.list("identifiers");
    entries
        .iter()
        .filter_map(|entry| Some((entry.maybe_number("typeId")?, entry.owned_text("value")?)))
        .collect()
}

fn reply(call: &Call<'_>, account: &AccountRow) -> Outcome {
    Ok(Reply::one(&ACCOUNT, json(call.desk, account)?))
}

fn json(desk: &Desk<'_>, account: &AccountRow) -> Result<Value, BooksError> {
    let identifiers = desk.identifiers(account.id)?.into_iter();
    let coupons = desk.coupons(account.id)?.into_iter();
    let level = desk.level(account)?;
    Ok(json!({
        "id": account.id,
        "accountGroupId": account.group_id,
        "phone": account.phone,
        "email": account.email,
        "firstName": account.first_name,
        "lastName": account.last_name,
        "middleName": account.middle_name,
        "birthday": account.birthday,
        "sex": account.sex,
        "balance": desk.balance(account.id)?,
        "blocked": account.blocked,
        "level": level.map(|level| level_json(&level, account.turnover)),
        "identifiers": identifiers.map(|(id, value)| json!({"typeId": id, "value": value})).collect::<Value>(),
        "coupons": coupons
            .map(|(id, name, code, end)| json!({"id": id, "name": name, "code": code, "expiresAt": end}))
            .collect::<Value>(),
        "discountId": account.discount_id,
        "bonusId": account.bonus_id,
        "bonusLifetimeDays": account.lifetime_days,
    }))
}

pub(super) fn level_json(level: &LevelNow, turnover: i64) -> Value {
    let (next_name, next_from) = level.next.clone().unzip();
    json!({
        "id": level.id,
        "name": level.name,
        "discountPercent": level.discount_percent,
        "accrualPercent": level.accrual_percent,
        "turnover": turnover,
        "nextLevelName": next_name,
        "nextLevelFrom": next_from,
    })
}

//! `account_groups/*`.

use serde_json::{Value, json};

use super::input::Input;
use super::reply::{Call, Outcome, Reply};
use crate::books::GroupRow;
use crate::error::ApiError;
use crate::wire::GROUP;

pub(super) fn list(call: &Call<'_>) -> Outcome {
    Ok(Reply::many(&GROUP, call.desk.groups()?.iter().map(json)))
}

pub(super) fn get_by_id(call: &Call<'_>) -> Outcome {
    reply(call, call.input.number("id")?)
}

pub(super) fn insert(call: &Call<'_>) -> Outcome {
    let id = call.desk.save_group(&row(call.input, 0)?)?;
    reply(call, id)
}

pub(super) fn update(call: &Call<'_>) -> Outcome {
    let id = call.input.number("id")?;
    call.desk.group(id)?.ok_or_else(|| ApiError::missing("account group").on("id"))?;
    call.desk.save_group(&row(call.input, id)?)?;
    reply(call, id)
}

fn reply(call: &Call<'_>, id: i64) -> Outcome {
    let group = call.desk.group(id)?.ok_or_else(|| ApiError::missing("account group").on("id"))?;
    Ok(Reply::one(&GROUP, json(&group)))
}

fn row(input: &Input, id: i64) -> Result<GroupRow, ApiError> {
    let template = input.record("template");
    let of_template = |name| template.as_ref().and_then(|template| template.maybe_number(name));
    Ok(GroupRow {
        id,
        name: input.wording("name")?.to_owned(),
        have_template: input.flag("haveTemplate").unwrap_or(false),
        level_id: of_template("levelId"),
        welcome_bonus: of_template("welcomeBonus"),
        lifetime_days: of_template("bonusLifetimeDays"),
    })
}

fn json(group: &GroupRow) -> Value {
    let template = group.have_template.then(|| {
        json!({
            "levelId": group.level_id,
            "welcomeBonus": group.welcome_bonus,
            "bonusLifetimeDays": group.lifetime_days,
        })
    });
    json!({
        "id": group.id,
        "name": group.name,
        "haveTemplate": group.have_template,
        "template": template,
    })
}

//! `identifier_types/*` and `discounts/*`.

use serde_json::{Value, json};

use super::input::Input;
use super::reply::{Call, Outcome, Reply};
use crate::books::{DiscountRow, Step};
use crate::error::ApiError;
use crate::wire::{DISCOUNT, IDENTIFIER_TYPE, LADDER};

pub(super) fn identifier_types(call: &Call<'_>) -> Outcome {
    let types = call.desk.identifier_types()?.into_iter();
    Ok(Reply::many(
        &IDENTIFIER_TYPE,
        types.map(|(id, name, mask)| json!({"id": id, "name": name, "mask": mask})),
    ))
}

pub(super) fn insert_identifier_type(call: &Call<'_>) -> Outcome {
    save_identifier_type(call, None)
}

pub(super) fn update_identifier_type(call: &Call<'_>) -> Outcome {
    save_identifier_type(call, Some(call.input.number("id")?))
}

fn save_identifier_type(call: &Call<'_>, id: Option<i64>) -> Outcome {
    let (name, mask) = (call.input.wording("name")?, call.input.maybe_text("mask"));
    let id = call.desk.save_identifier_type(id, name, mask)?;
    Ok(Reply::one(&IDENTIFIER_TYPE, json!({"id": id, "name": name, "mask": mask})))
}

pub(super) fn discounts(call: &Call<'_>) -> Outcome {
    let entries = call.desk.discounts()?;
    Ok(Reply::many(
        &DISCOUNT,
        entries.iter().map(|entry| {
            json!({
                "id": entry.id,
                "name": entry.name,
                "kind": entry.kind,
                "percent": entry.percent,
                "composite": entry.composite,
                "steps": entry.composite.then(|| steps_json(entry)),
            })
        }),
    ))
}

pub(super) fn insert_ladder(call: &Call<'_>) -> Outcome {
    save_ladder(call, None)
}

pub(super) fn update_ladder(call: &Call<'_>) -> Outcome {
    save_ladder(call, Some(call.input.number("id")?))
}

fn save_ladder(call: &Call<'_>, id: Option<i64>) -> Outcome {
    let given = call.input.list("steps");
    let steps: Vec<Step> = given.iter().map(step).collect::<Result<_, _>>()?;
    if steps.is_empty() {
        return Err(ApiError::rule("invalid_step", "A ladder has at least one step.").on("steps"));
    }
    let id = call.desk.save_ladder(id, call.input.wording("name")?, &steps)?;
    let ladder = call.desk.discount(id)?.ok_or_else(|| ApiError::missing("discount"))?;
    Ok(Reply::one(&LADDER, json!({"id": id, "name": ladder.name, "steps": steps_json(&ladder)})))
}

fn step(given: &Input) -> Result<Step, ApiError> {
    Ok(Step { from_turnover: given.number("fromTurnover")?, discount_id: given.number("discountId")? })
}

fn steps_json(entry: &DiscountRow) -> Value {
    let steps = entry.steps.iter();
    steps.map(|step| json!({"fromTurnover": step.from_turnover, "discountId": step.discount_id})).collect()
}

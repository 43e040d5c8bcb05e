//! Decoding a long history.

use std::error::Error;

use jiff::{SignedDuration, Timestamp};
use loyalty_bare::transactions;
use loyalty_core::backend::BackendError;
use loyalty_core::backend::probonus::{ProBonusConfig, wire};
use loyalty_core::domain::Transaction;
use serde_json::{Value, json};

use crate::measure;
use crate::table::Row;

const ROWS: i64 = 10_000;

/// What ours does on top of bare: words of kinds, dates of other forms, sums as numbers or texts, wrapped lists, our
/// key cut out of comments.
pub(crate) fn decode_ten_thousand() -> Result<Row, Box<dyn Error>> {
    let body = serde_json::to_vec(&history(ROWS))?;
    let terms = ProBonusConfig::default().terms()?;
    let ours = || wire::list::<Transaction>(&terms, "accounts/transactions", &body);
    let bare = || transactions::decode(&body);
    same(ours, bare)?;
    Ok(Row::of("decode 10,000 transactions", &measure::interleaved(ours, bare), 1.3))
}

/// Makes sure that both do the job before it is measured.
fn same(
    ours: impl Fn() -> Result<Vec<Transaction>, BackendError>,
    bare: impl Fn() -> serde_json::Result<Vec<transactions::Transaction>>,
) -> Result<(), Box<dyn Error>> {
    let (ours, bare) = (ours()?, bare()?);
    let alike = ours.iter().zip(&bare).all(|(ours, bare)| {
        (ours.id.0, ours.at, ours.sum.hundredths()) == (bare.id, bare.date, bare.sum)
            && ours.kind.word() == bare.r#type
            && ours.venue == bare.rest_name
            && ours.check_guid == bare.check_guid
            && ours.money_spent.map(|money| money.hundredths()) == bare.money_spent
    });
    let count = usize::try_from(ROWS)?;
    if alike && ours.len() == count && bare.len() == count {
        Ok(())
    } else {
        Err("ours and bare do not decode the same history".into())
    }
}

fn history(rows: i64) -> Value {
    let first = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 365 * 50);
    (0..rows).map(|number| row(number, first + SignedDuration::from_secs(number * 7_919))).collect()
}

/// A row of a regular guest's history as the contract has it: mostly purchases, some of them registered from outside,
/// with bonuses spent, burnt and given in between.
pub(crate) fn row(number: i64, at: Timestamp) -> Value {
    let kind = match number % 10 {
        0..=5 => "accrual",
        6 | 7 => "spend",
        8 => "burn",
        _ => "refill",
    };
    let size = 1_000 + number * 37 % 25_000;
    let sum = if matches!(kind, "spend" | "burn") { -size } else { size };
    let at_till = matches!(kind, "accrual" | "spend");
    let outside = at_till && number % 7 == 0;
    let local = at + SignedDuration::from_hours(3);
    json!({
        "id": 100_000 + number,
        "date": format!("{}+03:00", local.strftime("%Y-%m-%dT%H:%M:%S")),
        "type": kind,
        "sum": sum,
        "balanceAfter": number * 400,
        "checkId": (at_till && !outside).then_some(500_000 + number),
        "checkGuid": outside.then(|| format!("018f2b6e-1c00-7000-8000-{number:012x}")),
        "externalCheck": outside.then(|| format!("D-{number}")),
        "restCode": at_till.then_some(1 + number % 4),
        "restName": at_till.then_some("Кафе на Пресне"),
        "moneySpent": at_till.then_some(size * 20),
        "comment": (kind == "refill").then_some("За отзыв #AY8rbhwAcACAAAAAAAAAKg"),
    })
}

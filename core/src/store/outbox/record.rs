//! How the columns of a write become values.

use jiff::Timestamp;
use rusqlite::Row;
use uuid::Uuid;

use crate::domain::{
    AccountId, Bonus, GroupId, OperationOutcome, Refusal, RefusalKind, TransactionId, WriteMethod,
    WriteRecord, WriteState, WriteTarget,
};
use crate::error_code::ErrorCode;
use crate::store::StoreError;

/// What [`record`] reads, in its order.
pub(super) const RECORD_COLUMNS: &str = "key, method, target_kind, target, effect, venue_code, external_check, \
     group_key, state, prepared_at, attempts, looks, seen, refusal_kind, refusal_code, refusal_field, \
     transaction_ids, balance, affected, settled_at, closed";

/// A write from a row of [`RECORD_COLUMNS`].
pub(super) fn record(row: &Row<'_>) -> Result<WriteRecord, StoreError> {
    let external_check: Option<String> = row.get("external_check")?;
    let purchase =
        external_check.map(|number| Ok::<_, StoreError>((row.get("venue_code")?, number))).transpose()?;
    Ok(WriteRecord {
        key: uuid(row.get("key")?),
        method: method(&row.get::<_, String>("method")?)?,
        target: target(&row.get::<_, String>("target_kind")?, row.get("target")?)?,
        effect: Bonus::from_hundredths(row.get("effect")?),
        purchase,
        group_key: row.get::<_, Option<[u8; 16]>>("group_key")?.map(uuid),
        state: state(&row.get::<_, String>("state")?)?,
        prepared_at: instant(row.get("prepared_at")?)?,
        attempts: row.get("attempts")?,
        looks: row.get("looks")?,
        seen: row.get("seen")?,
        refusal: refusal(row)?,
        outcome: OperationOutcome {
            transaction_ids: ids(row.get("transaction_ids")?)?,
            balance: row.get::<_, Option<i64>>("balance")?.map(Bonus::from_hundredths),
        },
        affected: row.get::<_, Option<i64>>("affected")?.and_then(|count| u64::try_from(count).ok()),
        settled_at: row.get::<_, Option<i64>>("settled_at")?.map(instant).transpose()?,
        closed: row.get("closed")?,
    })
}

/// A list of ids as it is kept.
pub(super) fn id_list(ids: &[TransactionId]) -> Result<String, StoreError> {
    serde_json::to_string(ids).map_err(|_| StoreError::Internal)
}

fn ids(text: Option<String>) -> Result<Vec<TransactionId>, StoreError> {
    text.map_or(Ok(Vec::new()), |text| serde_json::from_str(&text).map_err(|_| StoreError::Damaged))
}

fn refusal(row: &Row<'_>) -> Result<Option<Refusal>, StoreError> {
    let Some(kind) = row.get::<_, Option<String>>("refusal_kind")? else { return Ok(None) };
    let kind = named(RefusalKind::ALL, RefusalKind::as_str, &kind)?;
    let code: String = row.get("refusal_code")?;
    // A code that a newer version wrote says less here, and is still a no.
    let code = ErrorCode::ALL.iter().copied().find(|known| known.as_str() == code);
    Ok(Some(Refusal { kind, code: code.unwrap_or(ErrorCode::Rejected), field: row.get("refusal_field")? }))
}

/// A key from its bytes.
pub(super) fn uuid(bytes: [u8; 16]) -> Uuid {
    Uuid::from_bytes(bytes)
}

/// An instant from milliseconds.
pub(super) fn instant(millis: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(millis).map_err(|_| StoreError::Damaged)
}

/// A method from its text.
pub(super) fn method(text: &str) -> Result<WriteMethod, StoreError> {
    named(WriteMethod::ALL, WriteMethod::as_str, text)
}

/// A state from its text.
pub(super) fn state(text: &str) -> Result<WriteState, StoreError> {
    named(WriteState::ALL, WriteState::as_str, text)
}

/// A target from its two columns.
pub(super) fn target(kind: &str, number: i64) -> Result<WriteTarget, StoreError> {
    match kind {
        "a" => Ok(WriteTarget::Account(AccountId(number))),
        "g" => Ok(WriteTarget::Group(GroupId(number))),
        _ => Err(StoreError::Damaged),
    }
}

/// The two columns of a target.
pub(super) fn target_columns(target: WriteTarget) -> (&'static str, i64) {
    match target {
        WriteTarget::Account(account) => ("a", account.0),
        WriteTarget::Group(group) => ("g", group.0),
    }
}

fn named<T: Copy, const N: usize>(
    all: [T; N],
    name: impl Fn(T) -> &'static str,
    text: &str,
) -> Result<T, StoreError> {
    all.into_iter().find(|value| name(*value) == text).ok_or(StoreError::Damaged)
}

//! Domain values as columns and back. A column that holds no such value was not written by us: damage.

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::Row;
use rusqlite::types::FromSql;
use uuid::Uuid;

use crate::store::StoreError;

pub(super) fn column<T: FromSql>(row: &Row<'_>, name: &str) -> Result<T, StoreError> {
    Ok(row.get(name)?)
}

pub(super) fn instant(micros: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(micros).map_err(|_| StoreError::Damaged)
}

pub(super) fn optional_instant(micros: Option<i64>) -> Result<Option<Timestamp>, StoreError> {
    micros.map(instant).transpose()
}

/// What is left of an instant once it was kept: whole microseconds.
pub(super) fn kept(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}

pub(super) fn date(text: &str) -> Result<Date, StoreError> {
    text.parse().map_err(|_| StoreError::Damaged)
}

pub(super) fn uuid(bytes: Option<Vec<u8>>) -> Result<Option<Uuid>, StoreError> {
    bytes.map(|bytes| Uuid::from_slice(&bytes).map_err(|_| StoreError::Damaged)).transpose()
}

//! How far a cache reaches and how old it is.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::values::{column, optional_instant, uuid};
use crate::store::StoreError;

/// How far a cache reaches and how old it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct CacheState {
    /// The history is complete from here on; `None` before the first read.
    pub(crate) covered_from: Option<Timestamp>,
    /// Whether nothing lies before `covered_from`.
    pub(crate) from_start: bool,
    /// When the newest part of the history was last read.
    pub(crate) read_at: Option<Timestamp>,
    /// When all of the history was last read.
    pub(crate) full_read_at: Option<Timestamp>,
    /// What of the balance's changes the history does not explain, in hundredths of a bonus.
    pub(crate) unexplained: i64,
    /// By how much the server's clock is ahead of this device's, in whole milliseconds.
    pub(crate) skew: SignedDuration,
}

/// Makes the one row, unless it is there.
pub(super) fn found(connection: &Connection, owner: Uuid) -> Result<(), StoreError> {
    connection
        .execute("INSERT OR IGNORE INTO state (one, owner) VALUES (1, ?1)", [owner.as_bytes().as_slice()])?;
    Ok(())
}

/// Whose the file is; `None` when it is nobody's yet.
pub(super) fn owner(connection: &Connection) -> Result<Option<Uuid>, StoreError> {
    let mut statement = connection.prepare("SELECT owner FROM state")?;
    let mut rows = statement.query([])?;
    rows.next()?.map_or(Ok(None), |row| uuid(Some(column(row, "owner")?)))
}

pub(super) fn load(connection: &Connection) -> Result<CacheState, StoreError> {
    Ok(load_with_owner(connection)?.ok_or(StoreError::Damaged)?.1)
}

/// The state, and whose it is; `None` when the file is nobody's yet.
pub(super) fn load_with_owner(connection: &Connection) -> Result<Option<(Uuid, CacheState)>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT * FROM state")?;
    let mut rows = statement.query([])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let owner = uuid(Some(column(row, "owner")?))?.ok_or(StoreError::Damaged)?;
    let state = CacheState {
        covered_from: optional_instant(column(row, "covered_from")?)?,
        from_start: column(row, "from_start")?,
        read_at: optional_instant(column(row, "read_at")?)?,
        full_read_at: optional_instant(column(row, "full_read_at")?)?,
        unexplained: column(row, "unexplained")?,
        skew: SignedDuration::from_millis(column(row, "skew")?),
    };
    Ok(Some((owner, state)))
}

pub(super) fn save(connection: &Connection, state: &CacheState) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(
        "UPDATE state SET covered_from = ?1, from_start = ?2, read_at = ?3, full_read_at = ?4, unexplained = ?5,
         skew = ?6",
    )?;
    statement.execute(params![
        state.covered_from.map(Timestamp::as_microsecond),
        state.from_start,
        state.read_at.map(Timestamp::as_microsecond),
        state.full_read_at.map(Timestamp::as_microsecond),
        state.unexplained,
        i64::try_from(state.skew.as_millis()).unwrap_or(0),
    ])?;
    Ok(())
}

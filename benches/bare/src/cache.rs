//! Opening a cache file, showing what it holds first, and reading a page of its history, with rusqlite alone.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, OpenFlags, Row, params};
use uuid::Uuid;

use crate::transactions;

/// Whatever goes wrong ends the measurement.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// One row of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// Its id.
    pub id: i64,
    /// When it happened, UTC.
    pub at: Timestamp,
    /// What it was.
    pub kind: String,
    /// Hundredths.
    pub sum: i64,
    /// Hundredths.
    pub balance_after: Option<i64>,
    /// The receipt behind it.
    pub receipt: Option<String>,
    /// The key that an outside purchase was registered under.
    pub check_guid: Option<Uuid>,
    /// The outside system's number of the purchase.
    pub external_check: Option<String>,
    /// The restaurant's code.
    pub venue_code: Option<i64>,
    /// The restaurant's name.
    pub venue: Option<String>,
    /// Hundredths.
    pub money_spent: Option<i64>,
    /// The remark made with it.
    pub comment: Option<String>,
    /// The key of the operation.
    pub key: Option<Uuid>,
}

/// The level on the ladder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// Its id.
    pub id: Option<i64>,
    /// Its name.
    pub name: String,
    /// Hundredths of a percent.
    pub discount: Option<i32>,
    /// Hundredths of a percent.
    pub accrual: Option<i32>,
    /// Hundredths.
    pub turnover: Option<i64>,
    /// The name of the next one and from which turnover it holds, in hundredths.
    pub next: (Option<String>, Option<i64>),
}

/// What a first screen shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstScreen {
    /// The account's id and its group's.
    pub account: (i64, i64),
    /// Whether it is blocked.
    pub blocked: bool,
    /// What the account says of its balance, in hundredths.
    pub account_balance: i64,
    /// Given, family and middle name.
    pub names: [Option<String>; 3],
    /// The birthday.
    pub birthday: Option<Date>,
    /// `male` or `female`.
    pub sex: Option<String>,
    /// The address.
    pub email: Option<String>,
    /// The phone with its middle hidden.
    pub phone_masked: Option<String>,
    /// The level.
    pub level: Option<Level>,
    /// Hundredths.
    pub total: i64,
    /// What never burns, in hundredths.
    pub non_burning: i64,
    /// Day and hundredths, by day.
    pub burns: Vec<(Date, i64)>,
    /// Hundredths, and from when they count.
    pub pending: Vec<(i64, Option<Timestamp>)>,
    /// Type and number.
    pub identifiers: Vec<(i64, String)>,
    /// Id, name, code and end.
    pub coupons: Vec<(i64, String, Option<String>, Option<Timestamp>)>,
    /// The newest rows.
    pub newest: Vec<Movement>,
    /// When it was read.
    pub as_of: Timestamp,
    /// How far the history reaches back.
    pub covered_from: Option<Timestamp>,
    /// When the newest part and when all of it was read.
    pub read_at: [Option<Timestamp>; 2],
}

/// Opens a file that exists, with the settings that such a file needs.
///
/// # Errors
/// When it cannot be opened.
pub fn open(path: &Path) -> Outcome<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let connection = Connection::open_with_flags(path, flags)?;
    configure(&connection, 1)?;
    Ok(connection)
}

/// Creates a file that holds nothing yet, and leaves it open.
///
/// # Errors
/// When it cannot be created.
pub fn create(path: &Path) -> Outcome<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.execute_batch("PRAGMA auto_vacuum = INCREMENTAL")?;
    configure(&connection, 1)?;
    connection.execute_batch(include_str!("../../../core/src/store/sql/cache_001.sql"))?;
    Ok(connection)
}

/// The settings; `synchronous` is 1 for a cache and 2 for what must be on the disk at every commit.
pub(crate) fn configure(connection: &Connection, synchronous: u8) -> Outcome<()> {
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.query_row("PRAGMA journal_mode=WAL", [], |_| Ok(()))?;
    connection.execute_batch(&format!(
        "PRAGMA trusted_schema = 0; PRAGMA cell_size_check = 1; PRAGMA temp_store = 2;
         PRAGMA synchronous = {synchronous}; PRAGMA foreign_keys = 1; PRAGMA secure_delete = 1;
         PRAGMA wal_autocheckpoint = 200; PRAGMA journal_size_limit = 1048576;",
    ))?;
    Ok(())
}

/// Adds a part of a history in one transaction. Rows that are there already stay as they are.
///
/// # Errors
/// When they cannot be added.
pub fn insert(connection: &mut Connection, rows: &[transactions::Transaction]) -> Outcome<()> {
    let transaction = connection.transaction()?;
    {
        let mut statement = transaction.prepare_cached(
            "INSERT INTO history (id, at, kind, sum, balance_after, receipt, check_guid, external_check, venue_code, \
             venue, money_spent, comment, operation_key) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) ON CONFLICT (id) DO NOTHING",
        )?;
        for row in rows {
            statement.execute(params![
                row.id,
                row.date.as_microsecond(),
                row.r#type,
                row.sum,
                row.balance_after,
                row.check_id.map(|id| id.to_string()),
                row.check_guid.as_ref().map(|guid| guid.as_bytes().as_slice()),
                row.external_check,
                row.rest_code,
                row.rest_name,
                row.money_spent,
                row.comment,
                None::<&[u8]>,
            ])?;
        }
    }
    Ok(transaction.commit()?)
}

/// How many rows the history has.
///
/// # Errors
/// When the file does not tell.
pub fn count(connection: &Connection) -> Outcome<i64> {
    Ok(connection.query_row("SELECT count(*) FROM history", [], |row| row.get(0))?)
}

/// Reads what a first screen shows.
///
/// # Errors
/// When the file does not hold it.
pub fn first_screen(connection: &mut Connection) -> Outcome<FirstScreen> {
    let transaction = connection.transaction()?;
    let mut state = transaction.prepare_cached("SELECT * FROM state")?;
    let mut state = state.query([])?;
    let state = state.next()?.ok_or("there is no state")?;
    let mut snapshot = transaction.prepare_cached("SELECT * FROM snapshot")?;
    let mut snapshot = snapshot.query([])?;
    let row = snapshot.next()?.ok_or("there is no snapshot")?;
    let birthday: Option<String> = row.get("birthday")?;
    Ok(FirstScreen {
        account: (row.get("account_id")?, row.get("group_id")?),
        blocked: row.get("blocked")?,
        account_balance: row.get("account_balance")?,
        names: [row.get("first_name")?, row.get("last_name")?, row.get("middle_name")?],
        birthday: birthday.map(|day| day.parse()).transpose()?,
        sex: row.get("sex")?,
        email: row.get("email")?,
        phone_masked: row.get("phone_masked")?,
        level: level(row)?,
        total: row.get("total")?,
        non_burning: row.get("non_burning")?,
        burns: list(&transaction, "SELECT day, amount FROM burn ORDER BY day", |row| {
            Ok((row.get::<_, String>(0)?.parse()?, row.get(1)?))
        })?,
        pending: list(&transaction, "SELECT amount, active_from FROM pending ORDER BY place", |row| {
            Ok((row.get(0)?, instant(row.get(1)?)?))
        })?,
        identifiers: list(&transaction, "SELECT type_id, value FROM identifier ORDER BY place", |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?,
        coupons: list(&transaction, "SELECT id, name, code, expires_at FROM coupon ORDER BY place", |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, instant(row.get(3)?)?))
        })?,
        newest: page(&transaction, None, 5)?,
        as_of: Timestamp::from_microsecond(row.get("as_of")?)?,
        covered_from: instant(state.get("covered_from")?)?,
        read_at: [instant(state.get("read_at")?)?, instant(state.get("full_read_at")?)?],
    })
}

fn level(row: &Row<'_>) -> Outcome<Option<Level>> {
    let Some(name) = row.get("level_name")? else { return Ok(None) };
    Ok(Some(Level {
        id: row.get("level_id")?,
        name,
        discount: row.get("level_discount")?,
        accrual: row.get("level_accrual")?,
        turnover: row.get("level_turnover")?,
        next: (row.get("next_name")?, row.get("next_from")?),
    }))
}

fn list<T>(connection: &Connection, sql: &str, read: impl Fn(&Row<'_>) -> Outcome<T>) -> Outcome<Vec<T>> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row)?);
    }
    Ok(found)
}

/// Reads the rows behind a place, newest first.
///
/// # Errors
/// When a row does not hold what the schema says.
pub fn page(connection: &Connection, behind: Option<(Timestamp, i64)>, limit: u32) -> Outcome<Vec<Movement>> {
    let (at, id) = behind.map_or((i64::MAX, i64::MAX), |(at, id)| (at.as_microsecond(), id));
    let mut statement = connection.prepare_cached(
        "SELECT id, at, kind, sum, balance_after, receipt, check_guid, external_check, venue_code, venue, money_spent, \
         comment, operation_key FROM history WHERE at >= (SELECT covered_from FROM state) AND (at, id) < (?1, ?2) \
         ORDER BY at DESC, id DESC LIMIT ?3",
    )?;
    let mut rows = statement.query(params![at, id, limit])?;
    let mut page = Vec::new();
    while let Some(row) = rows.next()? {
        page.push(movement(row)?);
    }
    Ok(page)
}

fn movement(row: &Row<'_>) -> Outcome<Movement> {
    Ok(Movement {
        id: row.get(0)?,
        at: Timestamp::from_microsecond(row.get(1)?)?,
        kind: row.get(2)?,
        sum: row.get(3)?,
        balance_after: row.get(4)?,
        receipt: row.get(5)?,
        check_guid: key(row.get(6)?)?,
        external_check: row.get(7)?,
        venue_code: row.get(8)?,
        venue: row.get(9)?,
        money_spent: row.get(10)?,
        comment: row.get(11)?,
        key: key(row.get(12)?)?,
    })
}

fn key(bytes: Option<Vec<u8>>) -> Outcome<Option<Uuid>> {
    Ok(bytes.map(|bytes| Uuid::from_slice(&bytes)).transpose()?)
}

fn instant(micros: Option<i64>) -> Outcome<Option<Timestamp>> {
    Ok(micros.map(Timestamp::from_microsecond).transpose()?)
}

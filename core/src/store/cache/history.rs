//! Transactions: replaced by windows, read by pages, pruned from the old end.

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, params};

use super::values::{instant, kept, uuid};
use crate::domain::{Bonus, Money, ReceiptRef, Transaction, TransactionId, TransactionKind};
use crate::store::StoreError;

/// A part of the history as the server knows it: all of it, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HistoryWindow {
    /// The first instant; included.
    pub(crate) from: Timestamp,
    /// The instant after the last; excluded.
    pub(crate) to: Timestamp,
    /// The rows, in any order. Those outside of the window are not looked at.
    pub(crate) rows: Vec<Transaction>,
    /// Whether nothing lies before `from`.
    pub(crate) from_start: bool,
}

impl HistoryWindow {
    /// A window of no length: others are read before `at`.
    pub(crate) fn ending_at(at: Timestamp) -> Self {
        Self { from: at, to: at, rows: Vec::new(), from_start: false }
    }

    /// Lets it reach back over the window right before it.
    pub(crate) fn reach_back(&mut self, older: Self) {
        self.from = older.from;
        self.from_start = older.from_start;
        self.rows.extend(older.rows);
    }
}

/// A place in the history: pages go on behind it.
pub(crate) type Place = (Timestamp, TransactionId);

/// All columns, in the order that [`read`] expects.
macro_rules! columns {
    () => {
        "id, at, kind, sum, balance_after, receipt, check_guid, external_check, venue_code, venue, money_spent, \
         comment, operation_key"
    };
}

const INSERT: &str = concat!(
    "INSERT INTO history (",
    columns!(),
    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) ON CONFLICT (id) DO NOTHING"
);
const REPLACE: &str = concat!(
    "REPLACE INTO history (",
    columns!(),
    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
);
const BY_ID: &str = concat!("SELECT ", columns!(), " FROM history WHERE id = ?1");
const WINDOW: &str = concat!("SELECT ", columns!(), " FROM history WHERE at >= ?1 AND at < ?2");
const PAGE: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM history WHERE at >= (SELECT covered_from FROM state) AND (at, id) < (?1, ?2) \
     ORDER BY at DESC, id DESC LIMIT ?3"
);

/// Makes the window what the server says it is and answers by how much the sum of the rows at or after `counted_from`
/// has changed. Drops the receipts of rows that change or leave.
pub(super) fn replace_window(
    connection: &Connection,
    window: HistoryWindow,
    counted_from: Timestamp,
) -> Result<i128, StoreError> {
    let (from, to) = (kept(window.from), kept(window.to));
    let mut known = in_window(connection, from, to)?;
    let mut change = Change { counted_from, sum: 0 };
    // Most windows are read before there is any receipt: then no row has one to drop.
    let has_receipts: bool =
        connection.query_row("SELECT EXISTS (SELECT 1 FROM receipt)", [], |row| row.get(0))?;
    let drop_receipt = |row: &Transaction| match &row.receipt {
        Some(reference) if has_receipts => super::receipt::forget(connection, reference),
        _ => Ok(()),
    };
    let mut insert = connection.prepare_cached(INSERT)?;
    for mut row in window.rows {
        row.at = kept(row.at);
        if row.at < from || row.at >= to {
            continue;
        }
        let old = match known.remove(&row.id) {
            Some(old) => Some(old),
            None if write(&mut insert, &row)? == 1 => None,
            // Known under another time, outside of this window.
            None => by_id(connection, row.id)?,
        };
        if old.as_ref() == Some(&row) {
            continue;
        }
        drop_receipt(&row)?;
        if let Some(old) = old {
            drop_receipt(&old)?;
            change.minus(&old);
            write(&mut connection.prepare_cached(REPLACE)?, &row)?;
        }
        change.plus(&row);
    }
    let mut delete = connection.prepare_cached("DELETE FROM history WHERE id = ?1")?;
    for gone in known.values() {
        delete.execute([gone.id.0])?;
        drop_receipt(gone)?;
        change.minus(gone);
    }
    Ok(change.sum)
}

struct Change {
    counted_from: Timestamp,
    sum: i128,
}

impl Change {
    fn plus(&mut self, row: &Transaction) {
        if row.at >= self.counted_from {
            self.sum += i128::from(row.sum.hundredths());
        }
    }

    fn minus(&mut self, row: &Transaction) {
        if row.at >= self.counted_from {
            self.sum -= i128::from(row.sum.hundredths());
        }
    }
}

fn in_window(
    connection: &Connection,
    from: Timestamp,
    to: Timestamp,
) -> Result<HashMap<TransactionId, Transaction>, StoreError> {
    let mut known = HashMap::new();
    let mut statement = connection.prepare_cached(WINDOW)?;
    let mut rows = statement.query([from.as_microsecond(), to.as_microsecond()])?;
    while let Some(row) = rows.next()? {
        let row = read(row)?;
        known.insert(row.id, row);
    }
    Ok(known)
}

fn by_id(connection: &Connection, id: TransactionId) -> Result<Option<Transaction>, StoreError> {
    let mut statement = connection.prepare_cached(BY_ID)?;
    let mut rows = statement.query([id.0])?;
    rows.next()?.map(read).transpose()
}

/// The newest rows behind `place`, or the newest of all, as far as the history is complete.
pub(super) fn page(
    connection: &Connection,
    behind: Option<Place>,
    limit: u32,
) -> Result<Vec<Transaction>, StoreError> {
    let (at, id) = behind.map_or((i64::MAX, i64::MAX), |(at, id)| (at.as_microsecond(), id.0));
    let mut statement = connection.prepare_cached(PAGE)?;
    let mut rows = statement.query(params![at, id, limit])?;
    let mut page = Vec::new();
    while let Some(row) = rows.next()? {
        page.push(read(row)?);
    }
    Ok(page)
}

/// Deletes what is older than `cutoff` and, of the rest, the oldest beyond `most` rows. Answers from where on the
/// history is still complete, if anything was deleted.
pub(super) fn prune(
    connection: &Connection,
    cutoff: Timestamp,
    most: u32,
) -> Result<Option<Timestamp>, StoreError> {
    let mut kept_from = None;
    if connection.execute("DELETE FROM history WHERE at < ?1", [cutoff.as_microsecond()])? > 0 {
        kept_from = Some(cutoff);
    }
    let newest_of_the_rest: Option<i64> = connection
        .query_row("SELECT at FROM history ORDER BY at DESC, id DESC LIMIT 1 OFFSET ?1", [most], |row| {
            row.get(0)
        })
        .optional()?;
    if let Some(at) = newest_of_the_rest {
        // Rows of one instant stay or go together, so that the rest is complete from an instant on.
        connection.execute("DELETE FROM history WHERE at <= ?1", [at])?;
        kept_from = Some(instant(at.saturating_add(1))?);
    }
    Ok(kept_from)
}

fn write(statement: &mut CachedStatement<'_>, row: &Transaction) -> Result<usize, StoreError> {
    Ok(statement.execute(params![
        row.id.0,
        row.at.as_microsecond(),
        row.kind.word(),
        row.sum.hundredths(),
        row.balance_after.map(Bonus::hundredths),
        row.receipt.as_ref().map(|reference| reference.0.as_str()),
        row.check_guid.as_ref().map(|guid| guid.as_bytes().as_slice()),
        row.external_check,
        row.venue_code,
        row.venue,
        row.money_spent.map(Money::hundredths),
        row.comment,
        row.key.as_ref().map(|key| key.as_bytes().as_slice()),
    ])?)
}

/// By place rather than by name: a page is read at every scroll.
fn read(row: &Row<'_>) -> Result<Transaction, StoreError> {
    Ok(Transaction {
        id: TransactionId(row.get(0)?),
        at: instant(row.get(1)?)?,
        kind: TransactionKind::from_word(row.get_ref(2)?.as_str().map_err(|_| StoreError::Damaged)?),
        sum: Bonus::from_hundredths(row.get(3)?),
        balance_after: row.get::<_, Option<i64>>(4)?.map(Bonus::from_hundredths),
        receipt: row.get::<_, Option<String>>(5)?.map(ReceiptRef),
        check_guid: uuid(row.get(6)?)?,
        external_check: row.get(7)?,
        venue_code: row.get(8)?,
        venue: row.get(9)?,
        money_spent: row.get::<_, Option<i64>>(10)?.map(Money::from_hundredths),
        comment: row.get(11)?,
        key: uuid(row.get(12)?)?,
    })
}

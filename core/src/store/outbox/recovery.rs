//! What a person can still get out of an outbox that was damaged and set aside.
//!
//! Rows that can be read are kept. Those that were settled stay so. All others become unknown, even those that say
//! that they were never sent, because the damage may have taken what was written last. From then on a key that may
//! have stood in a lost row begins as unknown as well, so that it is looked for before it is sent.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, Row, Transaction, params_from_iter};

use uuid::Uuid;

use super::record::{record, uuid};
use super::{Moment, SCHEMA, SendLock, body};
use crate::domain::WriteRecord;
use crate::store::StoreError;
use crate::store::sqlite::{Database, beside, damaged_path, exists, remove, set_aside, sync_folder};

/// Between two parts of a table that can be read, so many single rows are tried.
const PROBES: i64 = 100_000;

/// What can be read of a damaged outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Salvage {
    /// How many writes whose end is known.
    pub settled: u64,
    /// Writes whose end is not: they are to be taken as unknown.
    pub unsettled: Vec<WriteRecord>,
    /// Rows that are there and make no sense any more. Rows that cannot be found at all are not counted.
    pub unreadable: u64,
    /// Group operations that lost some of their writes, which nobody will send or look for: a person decides.
    pub lost_parts: Vec<LostParts>,
}

/// A group operation that lost some of its writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LostParts {
    /// The operation's key.
    pub key: Uuid,
    /// How many accounts' writes are lost.
    pub lost: u64,
}

/// A row that made sense, with its columns by name.
struct Kept {
    record: WriteRecord,
    columns: Vec<(String, Value)>,
}

/// A group operation.
struct Group {
    key: [u8; 16],
    hash: Vec<u8>,
    prepared_at: i64,
    /// How many writes it had; a file of the first version does not say.
    parts: Option<i64>,
}

#[derive(Default)]
struct Scan {
    rows: BTreeMap<i64, Kept>,
    unreadable: BTreeSet<i64>,
    groups: Vec<Group>,
    server: Option<String>,
    /// Server: the latest time that it had told.
    server_reached: Option<i64>,
    /// This machine's clock: when the file was last written to.
    written: Option<Timestamp>,
}

/// What can be read of the damaged outbox that was set aside from `path`; `None` when there is none. Changes nothing.
///
/// Blocks on files.
///
/// # Errors
/// [`StoreError::Busy`] while another process sends, or recovers: both would read one copy.
pub(crate) fn examine(path: &Path) -> Result<Option<Salvage>, StoreError> {
    if !exists(&damaged_path(path))? {
        return Ok(None);
    }
    let Some(_lock) = SendLock::try_take(path)? else { return Err(StoreError::Busy) };
    // It may have been recovered until we got the lock.
    if !exists(&damaged_path(path))? {
        return Ok(None);
    }
    Ok(Some(scan_copy(path)?.salvage()))
}

/// Makes a new outbox of what can be read of the damaged one, which is kept beside under another name; `None` when
/// there is nothing to recover. It belongs to `server` from then on where it cannot be read any more whose it was.
///
/// # Errors
/// [`StoreError::Busy`] while another process sends; [`StoreError::Foreign`] when it is another server's.
pub(crate) async fn recover(
    path: &Path,
    server: &str,
    moment: Moment,
) -> Result<Option<Salvage>, StoreError> {
    let Some(_lock) = SendLock::try_take(path)? else { return Err(StoreError::Busy) };
    if !exists(&damaged_path(path))? {
        return Ok(None);
    }
    if !exists(path)? {
        // Setting aside may have been interrupted before the log was moved as well.
        set_aside(path)?;
    }
    let mut scan = scan_copy(path)?;
    // Without an owner, whoever opened it next would have its writes, and send them where they do not belong.
    if scan.server.get_or_insert_with(|| server.to_owned()) != server {
        return Err(StoreError::Foreign);
    }
    let salvage = scan.salvage();
    let draft = beside(path, ".recovering");
    remove(&draft)?;
    let database = Database::open(&draft, &SCHEMA).await?;
    database
        .write(move |connection| {
            let tx = connection.transaction()?;
            scan.write_to(&tx, moment)?;
            Ok(tx.commit()?)
        })
        .await?;
    database.pause().await?;
    drop(database);
    put_aside(path)?;
    fs::rename(&draft, path)?;
    // Afterwards, because as long as the damaged file has its name the outbox counts as lost.
    let (damaged, kept) = (damaged_path(path), beside(path, ".recovered"));
    remove(&kept)?;
    fs::rename(&damaged, &kept)?;
    let log = beside(&damaged, "-wal");
    if exists(&log)? {
        fs::rename(&log, beside(&kept, "-wal"))?;
    }
    sync_folder(path)?;
    Ok(Some(salvage))
}

/// Keeps what stands under the name: the remains of an interrupted recovery, or the outbox that was at work when somebody
/// put a copy beside it to recover from.
fn put_aside(path: &Path) -> Result<(), StoreError> {
    if !exists(path)? {
        return remove(path);
    }
    let mut kept = beside(path, ".before-recovery");
    for number in 2.. {
        if !exists(&kept)? {
            break;
        }
        kept = beside(path, &format!(".before-recovery-{number}"));
    }
    for suffix in ["-wal", ""] {
        if exists(&beside(path, suffix))? {
            fs::rename(beside(path, suffix), beside(&kept, suffix))?;
        }
    }
    remove(path)
}

/// Reads a copy, because opening a database writes to it.
fn scan_copy(path: &Path) -> Result<Scan, StoreError> {
    let damaged = damaged_path(path);
    let copy = beside(path, ".salvage");
    remove(&copy)?;
    fs::copy(&damaged, &copy)?;
    let log = beside(&damaged, "-wal");
    if exists(&log)? {
        fs::copy(&log, beside(&copy, "-wal"))?;
    }
    let mut scan = Scan { written: last_written(&damaged)?.max(last_written(&log)?), ..Scan::default() };
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if let Ok(connection) = Connection::open_with_flags(&copy, flags) {
        scan.read(&connection);
    }
    remove(&copy)?;
    Ok(scan)
}

impl Scan {
    /// Reads from both ends to where it breaks, then tries what lies between row by row.
    fn read(&mut self, connection: &Connection) {
        let low = self.run(connection, "ORDER BY seq").unwrap_or(0);
        let high = self.run(connection, "ORDER BY seq DESC").unwrap_or(0);
        for seq in (low.saturating_add(1)..high).take(usize::try_from(PROBES).unwrap_or(0)) {
            if !self.rows.contains_key(&seq) && !self.unreadable.contains(&seq) {
                let _ = self.run(connection, &format!("WHERE seq = {seq}"));
            }
        }
        let outbox =
            connection.query_row("SELECT server, server_reached FROM outbox WHERE id = 1", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            });
        (self.server, self.server_reached) = outbox.unwrap_or_default();
        let groups = connection.prepare("SELECT * FROM group_operations");
        if let Ok(mut statement) = groups
            && let Ok(rows) = statement.query_map([], group)
        {
            self.groups.extend(rows.map_while(Result::ok));
        }
    }

    /// Reads rows until the end or the first that cannot be read; the number of the last one.
    fn run(&mut self, connection: &Connection, which: &str) -> Option<i64> {
        let mut statement = connection.prepare(&format!("SELECT * FROM writes {which}")).ok()?;
        let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut rows = statement.query([]).ok()?;
        let mut last = None;
        while let Ok(Some(row)) = rows.next() {
            let Ok(seq) = row.get::<_, i64>("seq") else { continue };
            last = Some(seq);
            match kept(row, &names) {
                Ok(row) => {
                    self.rows.insert(seq, row);
                }
                Err(_) => {
                    self.unreadable.insert(seq);
                }
            }
        }
        last
    }

    fn salvage(&self) -> Salvage {
        let records = self.rows.values().map(|row| row.record.clone());
        let (settled, unsettled): (Vec<_>, Vec<_>) = records.partition(|record| record.state.is_settled());
        Salvage {
            settled: count(settled.len()),
            unsettled,
            unreadable: count(self.unreadable.len()),
            lost_parts: self.groups.iter().filter_map(|group| self.lost_parts(group)).collect(),
        }
    }

    fn lost_parts(&self, group: &Group) -> Option<LostParts> {
        let key = uuid(group.key);
        let found = self.rows.values().filter(|row| row.record.group_key == Some(key)).count();
        let lost = u64::try_from(group.parts?).ok()?.saturating_sub(count(found));
        (lost > 0).then_some(LostParts { key, lost })
    }

    fn write_to(&self, tx: &Transaction<'_>, moment: Moment) -> Result<(), StoreError> {
        for Group { key, hash, prepared_at, parts } in &self.groups {
            tx.execute(
                "INSERT OR IGNORE INTO group_operations (key, body_hash, prepared_at, parts)
                 VALUES (?1, ?2, ?3, ?4)",
                (key, hash, prepared_at, parts),
            )?;
        }
        let groups: BTreeSet<_> = self.groups.iter().map(|group| uuid(group.key)).collect();
        for row in self.rows.values() {
            let marks = vec!["?"; row.columns.len()].join(", ");
            let names: Vec<_> = row.columns.iter().map(|(name, _)| name.as_str()).collect();
            let values =
                row.columns.iter().map(|(name, value)| match (name.as_str(), row.record.group_key) {
                    ("group_key", Some(group)) if !groups.contains(&group) => &Value::Null,
                    _ => value,
                });
            // Two rows that damage has given one key: the first read stays.
            tx.prepare_cached(&format!(
                "INSERT OR IGNORE INTO writes ({}) VALUES ({marks})",
                names.join(", ")
            ))?
            .execute(params_from_iter(values))?;
        }
        tx.execute(
            // What the looks of before have shown may be of an attempt that the copy knows nothing of.
            "UPDATE writes SET state = 'unknown', in_doubt = 1, due = 0, after_attempt = NULL, first_look = NULL
             WHERE state IN ('prepared', 'sent', 'unknown')",
            [],
        )?;
        tx.execute(
            "UPDATE outbox SET server = ?1, server_reached = ?2, lost_at = ?3 WHERE id = 1",
            (&self.server, self.server_reached, self.lost_at(moment)),
        )?;
        Ok(())
    }

    /// A time after everything that may be lost. This machine's clock alone may have been set back since; the latest
    /// of all there is errs at worst by a look too many.
    fn lost_at(&self, moment: Moment) -> i64 {
        let newest = self.rows.values().map(|row| row.record.prepared_at).max();
        let known = [newest, self.written, Some(moment.here), moment.server];
        let known = known.into_iter().flatten().map(Timestamp::as_millisecond);
        known.chain(self.server_reached).max().unwrap_or(i64::MAX)
    }
}

/// When a file was last written to, by this machine's clock then; `None` when there is no such file.
fn last_written(path: &Path) -> Result<Option<Timestamp>, StoreError> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(Timestamp::try_from(metadata.modified()?).ok()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}

fn group(row: &Row<'_>) -> rusqlite::Result<Group> {
    Ok(Group {
        key: row.get("key")?,
        hash: row.get("body_hash")?,
        prepared_at: row.get("prepared_at")?,
        parts: row.get("parts").unwrap_or(None),
    })
}

/// A row that makes sense: its columns hold what they may, and a content that could still be sent has its hash.
fn kept(row: &Row<'_>, names: &[String]) -> Result<Kept, StoreError> {
    let record = record(row)?;
    if !record.state.is_settled() && !record.closed {
        let text: Option<String> = row.get("body")?;
        body::decode(record.key, &text.ok_or(StoreError::Damaged)?, row.get("body_hash")?)?;
    }
    let values = names.iter().map(|name| Ok((name.clone(), row.get::<_, Value>(name.as_str())?)));
    Ok(Kept { record, columns: values.collect::<Result<_, StoreError>>()? })
}

//! The outbox: every write of money is here, on the disk, before its first byte leaves, and stays until what became
//! of it is known and long after.
//!
//! This module keeps rows and moves them from state to state, each time only if the row still stands where the mover
//! believes it to. What counts as evidence is [`crate::domain::judge`]'s business, who is asked and when the
//! operator's. One connection writes, with the disk waited for at every commit.

mod body;
mod lock;
mod looking;
mod placing;
mod record;
mod recovery;
mod sending;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};
use uuid::Uuid;

use self::record::{RECORD_COLUMNS, record};
use super::StoreError;
use super::sqlite::{Database, Schema, Synchronous, damaged_path, exists, set_aside};
use crate::domain::{WriteRecord, WriteState};

pub(crate) use lock::SendLock;
pub(crate) use looking::{Look, Sought};
pub(crate) use placing::{Expansion, Placed, part_key};
pub use recovery::{LostParts, Salvage};
pub(crate) use recovery::{examine, recover};
pub(crate) use sending::{Answer, Attempted, Claimed};

/// How long a settled write keeps its key, its hash and its outcome.
const RETENTION: SignedDuration = SignedDuration::from_hours(400 * 24);

static SCHEMA: Schema = Schema {
    // "LyOb"
    application_id: 0x4c79_4f62,
    versions: &[include_str!("../sql/outbox_001.sql"), include_str!("../sql/outbox_002.sql")],
    tables: &["writes", "group_operations", "echoes", "outbox"],
    synchronous: Synchronous::Full,
};

/// Now, by the two clocks that matter.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    /// This machine's clock: good for ordering work and for showing, never for proof.
    pub(crate) here: Timestamp,
    /// The latest time that the server has told in this process.
    pub(crate) server: Option<Timestamp>,
}

impl Moment {
    /// When something became settled: by the server's clock, so that a jump of ours does not let rows expire.
    fn settled(self) -> i64 {
        self.server.unwrap_or(self.here).as_millisecond()
    }

    /// A server's time after an attempt that was answered just now; dates of replies are cut to the second.
    fn after(self) -> Option<i64> {
        self.server.map(|server| server.as_millisecond().saturating_add(1_000))
    }
}

/// Which writes to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WriteFilter {
    /// Those that a person has something to decide about or to wait for.
    #[default]
    Open,
    /// All of one state.
    State(WriteState),
    /// All parts of one group operation.
    Group(Uuid),
    /// All that are kept.
    All,
}

/// An open outbox. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Outbox {
    database: Database,
    place: Arc<Place>,
}

#[derive(Debug)]
struct Place {
    path: PathBuf,
    /// Which file we have opened, however it may be called by now.
    file: Option<FileId>,
    lost: AtomicBool,
}

impl Place {
    fn check(&self) -> Result<(), StoreError> {
        if exists(&damaged_path(&self.path))? {
            return Err(StoreError::OutboxLost);
        }
        if FileId::of(&self.path)? == self.file { Ok(()) } else { Err(StoreError::Closed) }
    }
}

impl Outbox {
    /// Opens the outbox of `server`, creating it where there is none.
    ///
    /// # Errors
    /// [`StoreError::OutboxLost`] when it is damaged, now or since an earlier time, until it is recovered;
    /// [`StoreError::Foreign`] when it is another server's.
    pub(crate) async fn open(path: &Path, server: &str) -> Result<Self, StoreError> {
        if exists(&damaged_path(path))? {
            return Err(StoreError::OutboxLost);
        }
        let mut named = FileId::of(path)?;
        loop {
            let database = match Database::open(path, &SCHEMA).await {
                Ok(database) => database,
                Err(StoreError::Damaged) => {
                    // Another process may have set it aside and recovered it meanwhile.
                    if FileId::of(path)? == named {
                        set_aside(path)?;
                    }
                    return Err(StoreError::OutboxLost);
                }
                Err(error) => return Err(error),
            };
            let file = FileId::of(path)?;
            if file == named {
                let place = Place { path: path.to_owned(), file, lost: AtomicBool::new(false) };
                let outbox = Self { database, place: Arc::new(place) };
                outbox.belong_to(server.to_owned()).await?;
                outbox.check_place()?;
                return Ok(outbox);
            }
            // It came into being just now, or another file got its name: only of one that was there before and after
            // is it certain which one is open.
            database.close().await?;
            named = file;
        }
    }

    async fn belong_to(&self, server: String) -> Result<(), StoreError> {
        let owner = |connection: &Connection| -> Result<Option<String>, StoreError> {
            Ok(connection.query_row("SELECT server FROM outbox WHERE id = 1", [], |row| row.get(0))?)
        };
        let found = match self.look_up(move |connection| owner(connection)).await? {
            Some(found) => found,
            None => {
                let own = server.clone();
                self.change(move |tx| {
                    // Another process may have been faster.
                    tx.execute("UPDATE outbox SET server = ?1 WHERE server IS NULL", [&own])?;
                    Ok(owner(tx)?.unwrap_or(own))
                })
                .await?
            }
        };
        if found == server { Ok(()) } else { Err(StoreError::Foreign) }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.place.path
    }

    /// Looks for damage in the whole file.
    pub(crate) async fn check(&self) -> Result<(), StoreError> {
        let checked = self.database.quick_check().await;
        self.unless_damaged(checked).await
    }

    /// Checks that the file that we have open is still the one that others open under its name: whoever takes the lock
    /// must not send from rows that were set aside or replaced.
    pub(crate) fn check_place(&self) -> Result<(), StoreError> {
        self.place.check()
    }

    /// Whether the server has ever told its time.
    pub(crate) async fn knows_the_time(&self) -> Result<bool, StoreError> {
        self.look_up(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT server_reached IS NOT NULL FROM outbox WHERE id = 1")?;
            Ok(statement.query_row([], |row| row.get(0))?)
        })
        .await
    }

    /// One write.
    pub(crate) async fn record(&self, key: Uuid) -> Result<Option<WriteRecord>, StoreError> {
        self.look_up(move |connection| {
            let mut statement =
                connection.prepare_cached(&format!("SELECT {RECORD_COLUMNS} FROM writes WHERE key = ?1"))?;
            let mut rows = statement.query([key.as_bytes()])?;
            rows.next()?.map(record).transpose()
        })
        .await
    }

    /// Writes in the order they were asked for.
    pub(crate) async fn records(
        &self,
        filter: WriteFilter,
        limit: u32,
    ) -> Result<Vec<WriteRecord>, StoreError> {
        self.browse(move |connection| {
            let (condition, value): (_, Option<rusqlite::types::Value>) = match filter {
                WriteFilter::Open => {
                    ("closed = 0 AND state IN ('prepared', 'sent', 'unknown', 'duplicate')", None)
                }
                WriteFilter::State(state) => ("state = ?2", Some(state.as_str().to_owned().into())),
                WriteFilter::Group(key) => ("group_key = ?2", Some(key.as_bytes().to_vec().into())),
                WriteFilter::All => ("1", None),
            };
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {RECORD_COLUMNS} FROM writes WHERE {condition} ORDER BY seq LIMIT ?1"
            ))?;
            let mut rows = match value {
                Some(value) => statement.query((limit, value))?,
                None => statement.query([limit])?,
            };
            let mut records = Vec::new();
            while let Some(row) = rows.next()? {
                records.push(record(row)?);
            }
            Ok(records)
        })
        .await
    }

    /// Lets a write be sent again though it may have been applied: a person's decision. `false` when its state does
    /// not leave that open.
    pub(crate) async fn resend(&self, key: Uuid) -> Result<bool, StoreError> {
        self.change(move |tx| {
            let changed = tx
                .prepare_cached(
                    "UPDATE writes SET state = 'prepared', in_doubt = 1, due = 0
                     WHERE key = ?1 AND state = 'unknown' AND closed = 0",
                )?
                .execute([key.as_bytes()])?;
            Ok(changed == 1)
        })
        .await
    }

    /// Takes a write off the list: a person's decision. One that was certainly not applied is removed, so that its key
    /// may be used for a corrected one; any other keeps its key and its state, and loses its content. `false` when it
    /// is on its way.
    pub(crate) async fn forget(&self, key: Uuid) -> Result<bool, StoreError> {
        self.change(move |tx| {
            let removed: Option<Option<[u8; 16]>> = tx
                .prepare_cached(
                    "DELETE FROM writes
                     WHERE key = ?1 AND in_doubt = 0 AND seen = 0 AND state IN ('prepared', 'rejected')
                     RETURNING group_key",
                )?
                .query_row([key.as_bytes()], |row| row.get(0))
                .optional()?;
            if let Some(group) = removed {
                tx.prepare_cached("UPDATE group_operations SET parts = parts - 1 WHERE key = ?1")?
                    .execute([group])?;
                return Ok(true);
            }
            let closed = tx
                .prepare_cached(
                    "UPDATE writes
                     SET closed = 1, watched = 1, body = NULL,
                         state = CASE state WHEN 'prepared' THEN 'unknown' ELSE state END,
                         settled_at = coalesce(settled_at, (SELECT server_reached FROM outbox), prepared_at)
                     WHERE key = ?1 AND state <> 'sent'",
                )?
                .execute([key.as_bytes()])?;
            Ok(closed == 1)
        })
        .await
    }

    /// Removes what has been settled for longer than rows are kept, by both clocks: one alone may be wrong. A duplicate
    /// stays until a person has dealt with it.
    pub(crate) async fn expire(&self, moment: Moment) -> Result<(), StoreError> {
        let Some(server) = moment.server else { return Ok(()) };
        self.change(move |tx| {
            let oldest = server.min(moment.here).as_millisecond().saturating_sub(millis(RETENTION));
            tx.prepare_cached(
                "UPDATE group_operations SET parts = NULL
                 WHERE key IN (SELECT group_key FROM writes WHERE settled_at < ?1)",
            )?
            .execute([oldest])?;
            tx.prepare_cached("DELETE FROM writes WHERE settled_at < ?1 AND state <> 'sent' AND (state <> 'duplicate' OR closed)")?
                .execute([oldest])?;
            tx.prepare_cached(
                "DELETE FROM group_operations
                 WHERE prepared_at < ?1 AND NOT EXISTS (
                     SELECT 1 FROM writes WHERE group_key = group_operations.key)",
            )?
            .execute([oldest])?;
            Ok(())
        })
        .await
    }

    /// Copies the log into the file and empties it: what a settled write has lost of its content is in no file then. As
    /// far as nobody else is at work in the file; else the next time.
    pub(crate) async fn empty_log(&self) -> Result<(), StoreError> {
        self.look_up(|connection| {
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
            Ok(())
        })
        .await
    }

    /// Closes the file, the log copied into it. Every later call answers [`StoreError::Closed`].
    pub(crate) async fn close(&self) -> Result<(), StoreError> {
        self.database.close().await
    }

    /// Runs `job` in a transaction that is on the disk when this returns, in the file that bears the outbox's name: in
    /// one that was set aside or replaced meanwhile nobody would look.
    async fn change<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.ready()?;
        let place = Arc::clone(&self.place);
        let done = self.database.write(move |connection| {
            let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let answer = job(&tx)?;
            // Before, so that nothing is kept that is refused; and after, because it may have gone just now.
            place.check()?;
            tx.commit()?;
            place.check()?;
            Ok(answer)
        });
        self.unless_damaged(done.await).await
    }

    /// Reads a little, on the connection that writes: it has the pages in memory, and most processes never open
    /// another.
    async fn look_up<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        self.ready()?;
        let done = self.database.write(move |connection| job(connection)).await;
        self.unless_damaged(done).await
    }

    /// Reads much, where it keeps no write waiting.
    async fn browse<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        self.ready()?;
        let done = self.database.read(move |connection| job(connection)).await;
        self.unless_damaged(done).await
    }

    fn ready(&self) -> Result<(), StoreError> {
        if self.place.lost.load(Ordering::Acquire) { Err(StoreError::OutboxLost) } else { Ok(()) }
    }

    /// Sets the file aside when an answer shows that it is damaged.
    async fn unless_damaged<T>(&self, answer: Result<T, StoreError>) -> Result<T, StoreError> {
        match answer {
            Err(StoreError::Damaged) => {}
            other => return other,
        }
        if !self.place.lost.swap(true, Ordering::AcqRel) {
            // Closing copies the log into the file, as far as that goes.
            let _ = self.database.pause().await;
            if FileId::of(&self.place.path)? == self.place.file {
                set_aside(&self.place.path)?;
            }
        }
        Err(StoreError::OutboxLost)
    }
}

/// A server's time before which nothing that begins now can have happened; `None` while it has told none.
fn not_before(tx: &Transaction<'_>, moment: Moment) -> Result<Option<i64>, StoreError> {
    let stored: Option<i64> = tx
        .prepare_cached("SELECT server_reached FROM outbox WHERE id = 1")?
        .query_row([], |row| row.get(0))?;
    let reached = stored.max(moment.server.map(Timestamp::as_millisecond));
    // The earlier of the two clocks: whichever is ahead of the truth must not hide a row from the looks.
    Ok(reached.map(|reached| reached.min(moment.here.as_millisecond())))
}

/// Remembers the latest time that the server has told.
fn note_server_time(tx: &Transaction<'_>, moment: Moment) -> Result<(), StoreError> {
    let Some(server) = moment.server else { return Ok(()) };
    // It tells whole seconds, and what has not changed need not be written again with every answer.
    tx.prepare_cached(
        "UPDATE outbox SET server_reached = ?1 WHERE id = 1 AND coalesce(server_reached < ?1, 1)",
    )?
    .execute([server.as_millisecond()])?;
    Ok(())
}

fn millis(span: SignedDuration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

/// Tells a file apart from another that has taken its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FileId(u64, u64);

impl FileId {
    #[cfg(unix)]
    fn of(path: &Path) -> Result<Option<Self>, StoreError> {
        use std::os::unix::fs::MetadataExt;
        match std::fs::metadata(path) {
            Ok(metadata) => Ok(Some(Self(metadata.dev(), metadata.ino()))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Elsewhere an open file cannot be renamed, so its name always means the same file.
    #[cfg(not(unix))]
    fn of(_path: &Path) -> Result<Option<Self>, StoreError> {
        Ok(None)
    }
}

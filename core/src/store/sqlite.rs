//! One way to open, migrate, use, pause and set aside a database file, for the cache and the outbox alike.
//!
//! Opening goes prepare (folder, file, permissions) → open (settings, each read back) → migrate → ready. A file comes
//! into being under another name and is renamed when its schema is complete, so a file under its own name that is
//! empty or has no schema is never a new one: it is damaged.

mod files;

use std::fmt;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::error::StoreError;
use super::worker::{Slot, Worker};
use files::{create_folder, restrict};

pub(super) use files::{
    beside, damaged_path, exists, private_file, remove, remove_if_there, set_aside, sync_folder,
};

/// How long a statement waits for another process that writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// What every connection needs. Nothing of a guest's is written to a temporary file.
const READING: &str = "PRAGMA trusted_schema = 0; PRAGMA cell_size_check = 1; PRAGMA temp_store = 2";
/// What a writing one needs as well.
const WRITING: &str = "PRAGMA foreign_keys = 1; PRAGMA secure_delete = 1";
/// The log is copied into the file after a few pages, because phones kill processes without notice, and cut back to a
/// mebibyte when it was larger.
const LOG: &str = "PRAGMA wal_autocheckpoint = 200; PRAGMA journal_size_limit = 1048576";
/// How many statements a connection keeps ready: more than either file has.
const STATEMENTS: usize = 64;
/// By how much a transaction makes a file longer, about.
const GROWTH_BYTES: u64 = 64 * 1024;
/// How many connections read at the same time.
const READERS: usize = 2;

/// What a file must be, and how it becomes that.
#[derive(Debug)]
pub(super) struct Schema {
    /// Marks the file as ours, in its header.
    pub(super) application_id: i32,
    /// SQL by version: the first entry makes version 1. Never edited once released; a change is a new entry.
    pub(super) versions: &'static [&'static str],
    /// The tables that stand when all versions are applied.
    pub(super) tables: &'static [&'static str],
    /// When SQLite waits for the disk.
    pub(super) synchronous: Synchronous,
}

impl Schema {
    fn newest(&self) -> i32 {
        i32::try_from(self.versions.len()).unwrap_or(i32::MAX)
    }
}

/// When SQLite waits for the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Synchronous {
    /// At checkpoints: a power cut may undo the last transactions, never tear one.
    Normal,
    /// At every commit: what was committed is on the disk. What the outbox needs, and devices have none.
    #[cfg_attr(not(feature = "operator"), allow(dead_code))]
    Full,
}

/// An open database. One thread writes; what was handed over to it is done even when the future that waits for it is
/// dropped. Reads are short (a page, a receipt) and done where they are asked for: handing them to a thread and back
/// would cost a third of them. Cheap to clone; the file closes when the last clone is dropped.
#[derive(Clone)]
pub(super) struct Database {
    inner: Arc<Inner>,
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database").field("in_memory", &self.inner.path.is_none()).finish_non_exhaustive()
    }
}

struct Inner {
    writer: Worker,
    /// Empty for a database in memory, which only its one connection can see.
    readers: Vec<Mutex<Slot>>,
    next_reader: AtomicUsize,
    /// `None` in memory.
    path: Option<PathBuf>,
    schema: &'static Schema,
}

impl Database {
    /// Opens the file, creating it with its folder where there is none, and brings its schema up to date.
    #[cfg(any(test, feature = "operator"))]
    pub(super) async fn open(path: &Path, schema: &'static Schema) -> Result<Self, StoreError> {
        let (database, ()) = Self::open_with(path, schema, |_| Ok(())).await?;
        Ok(database)
    }

    /// Opens, creates or updates the file and does a first job in the same step: an app's first screen waits for both.
    pub(super) async fn open_with<T, F>(
        path: &Path,
        schema: &'static Schema,
        job: F,
    ) -> Result<(Self, T), StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    {
        Self::open_and_do(path, schema, job).await.map_err(|error| or_full(error, path))
    }

    async fn open_and_do<T, F>(path: &Path, schema: &'static Schema, job: F) -> Result<(Self, T), StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let own = path.to_owned();
        let slot = move |connection| Slot::new(connection, move || open_for_writing(&own, schema));
        let (writer, first) = match open_if_current(path, schema)? {
            Some(mut connection) => {
                let first = job(&mut connection)?;
                (Worker::new(slot(Some(connection))), first)
            }
            None => {
                let writer = Worker::new(slot(None));
                match writer.run(job).await {
                    Ok(first) => (writer, first),
                    Err(error) => {
                        // Closed before anybody moves the file.
                        let _ = writer.pause().await;
                        return Err(error);
                    }
                }
            }
        };
        let reader = |_| {
            let own = path.to_owned();
            Mutex::new(Slot::new(None, move || open_for_reading(&own, schema)))
        };
        let readers = (0..READERS).map(reader).collect();
        Ok((Self::over(writer, readers, Some(path.to_owned()), schema), first))
    }

    /// A database that is in no file and ends with its last clone.
    pub(super) async fn in_memory(schema: &'static Schema) -> Result<Self, StoreError> {
        let writer = Worker::new(Slot::new(None, move || open_in_memory(schema)));
        writer.run(|_| Ok(())).await?;
        Ok(Self::over(writer, Vec::new(), None, schema))
    }

    fn over(
        writer: Worker,
        readers: Vec<Mutex<Slot>>,
        path: Option<PathBuf>,
        schema: &'static Schema,
    ) -> Self {
        Self { inner: Arc::new(Inner { writer, readers, next_reader: AtomicUsize::new(0), path, schema }) }
    }

    /// Runs `job` on the writing connection, after every write that was handed over before.
    pub(super) async fn write<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let outcome = self.inner.writer.run(job).await;
        match self.path() {
            Some(path) => outcome.map_err(|error| or_full(error, path)),
            None => outcome,
        }
    }

    /// Runs `job` on a connection that can only read. It sees every write that was answered before.
    pub(super) async fn read<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    {
        if let Some(mut reader) = self.reader() {
            return job(reader.opened()?);
        }
        self.inner.writer.run(job).await
    }

    /// The first reader that is free, so that none is opened before it is needed: opening one costs as much as reading
    /// many pages. When all are at work, whose turn it is; `None` in memory.
    fn reader(&self) -> Option<MutexGuard<'_, Slot>> {
        let readers = &self.inner.readers;
        if let Some(free) = readers.iter().find_map(free) {
            return Some(free);
        }
        let turn = self.inner.next_reader.fetch_add(1, Ordering::Relaxed);
        turn.checked_rem(readers.len()).and_then(|turn| readers.get(turn)).map(locked)
    }

    /// Looks for damage in the whole file, on a connection of its own so that nobody waits for it.
    pub(super) async fn quick_check(&self) -> Result<(), StoreError> {
        let Some(path) = self.inner.path.clone() else { return Ok(()) };
        let schema = self.inner.schema;
        let checker = Worker::new(Slot::new(None, move || open_for_reading(&path, schema)));
        checker
            .run(|connection| {
                let answer: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
                if answer == "ok" { Ok(()) } else { Err(StoreError::Damaged) }
            })
            .await
    }

    /// Closes the file after the work at hand, the log copied into it: iOS ends an app that is suspended while it
    /// holds a lock. Until [`Database::resume`], every call answers [`StoreError::Closed`].
    ///
    /// A database in memory has no lock and stays as it is.
    pub(super) async fn pause(&self) -> Result<(), StoreError> {
        if self.inner.path.is_none() { Ok(()) } else { self.close().await }
    }

    /// Closes the database; one in memory is gone.
    pub(super) async fn close(&self) -> Result<(), StoreError> {
        for reader in &self.inner.readers {
            locked(reader).pause()?;
        }
        // Last, because the last to close a file empties its log, and only the writer can.
        self.inner.writer.pause().await
    }

    /// Opens the file again.
    pub(super) async fn resume(&self) -> Result<(), StoreError> {
        // First, so that readers find what it has prepared.
        self.inner.writer.resume().await?;
        for reader in &self.inner.readers {
            locked(reader).resume();
        }
        Ok(())
    }

    /// The file; `None` in memory.
    pub(super) fn path(&self) -> Option<&Path> {
        self.inner.path.as_deref()
    }
}

fn locked(reader: &Mutex<Slot>) -> MutexGuard<'_, Slot> {
    // A job that panicked left its connection as sound as any other.
    reader.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The same without waiting; `None` while it is at work.
fn free(reader: &Mutex<Slot>) -> Option<MutexGuard<'_, Slot>> {
    match reader.try_lock() {
        Ok(reader) => Some(reader),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

/// Reads from a file without creating, migrating or locking it; `None` where there is none.
pub(super) fn look<T>(
    path: &Path,
    schema: &Schema,
    job: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    if !exists(path)? {
        return Ok(None);
    }
    job(&open_for_reading(path, schema)?).map(Some)
}

/// Tells a disk that a quota or a limit on the size of files has filled from one that fails: SQLite does not. What it
/// could not write is tried beside it, under another name.
fn or_full(error: StoreError, path: &Path) -> StoreError {
    if error != StoreError::Io {
        return error;
    }
    let length = |suffix| fs::metadata(beside(path, suffix)).map_or(0, |metadata| metadata.len());
    let needed = length("").max(length("-wal")).saturating_add(GROWTH_BYTES);
    let probe_path = beside(path, ".probe");
    let tried = private_file(&probe_path).and_then(|mut probe| {
        // As long as the file has to become, without taking the space.
        probe.set_len(needed)?;
        probe.write_all(&[0; 4096])?;
        Ok(probe.sync_all()?)
    });
    // Should it stay, it is removed with the cache, and overwritten by the next probe.
    let _ = remove_if_there(&probe_path);
    if tried == Err(StoreError::Full) { StoreError::Full } else { error }
}

fn open_for_writing(path: &Path, schema: &Schema) -> Result<Connection, StoreError> {
    prepare(path, schema)?;
    let mut connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    check_owner(&connection, schema)?;
    configure(&connection, schema)?;
    migrate(&mut connection, schema)?;
    check_tables(&connection, schema)?;
    Ok(connection)
}

/// Opens a file that is there and up to date, which takes no time worth a thread; `None` when there is more to do.
fn open_if_current(path: &Path, schema: &Schema) -> Result<Option<Connection>, StoreError> {
    match fs::metadata(path) {
        Ok(metadata) => check_file(path, &metadata)?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    }
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    if check_owner(&connection, schema)? < schema.newest() {
        return Ok(None);
    }
    configure(&connection, schema)?;
    check_tables(&connection, schema)?;
    Ok(Some(connection))
}

fn open_for_reading(path: &Path, schema: &Schema) -> Result<Connection, StoreError> {
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    check_owner(&connection, schema)?;
    harden(&connection)?;
    Ok(connection)
}

fn open_in_memory(schema: &Schema) -> Result<Connection, StoreError> {
    let mut connection = Connection::open_in_memory()?;
    harden(&connection)?;
    connection.execute_batch(WRITING)?;
    migrate(&mut connection, schema)?;
    Ok(connection)
}

fn connect(path: &Path, access: OpenFlags) -> Result<Connection, StoreError> {
    // Every connection belongs to one thread, so SQLite needs no mutex.
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

/// Sees to it that a file with our schema stands under `path`, readable to nobody else.
fn prepare(path: &Path, schema: &Schema) -> Result<(), StoreError> {
    if !exists(path)? {
        create(path, schema)?;
    }
    check_file(path, &fs::metadata(path)?)
}

/// Refuses an empty file and closes one to others.
fn check_file(path: &Path, metadata: &fs::Metadata) -> Result<(), StoreError> {
    if metadata.len() == 0 {
        return Err(StoreError::Damaged);
    }
    restrict(path, metadata)
}

/// Makes the file under another name and renames it. Two processes that do so at once take turns.
fn create(path: &Path, schema: &Schema) -> Result<(), StoreError> {
    create_folder(path)?;
    let turn_path = beside(path, ".creating");
    let turn = private_file(&turn_path)?;
    turn.lock()?;
    if !exists(path)? {
        let draft = beside(path, ".new");
        // Left over by a process that ended before it renamed.
        remove(&draft)?;
        drop(private_file(&draft)?);
        let mut connection = connect(&draft, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        // Cannot be changed once there are tables.
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
        connection.pragma_update(None, "application_id", schema.application_id)?;
        configure(&connection, schema)?;
        migrate(&mut connection, schema)?;
        connection.close().map_err(|(_, error)| error)?;
        fs::rename(&draft, path)?;
        sync_folder(path)?;
    }
    // Whoever waits on this name sees that the file is there.
    remove_if_there(&turn_path)
}

/// Reads the header: whose file it is, and its version, which must be one that we know.
fn check_owner(connection: &Connection, schema: &Schema) -> Result<i32, StoreError> {
    if pragma::<i32>(connection, "application_id")? != schema.application_id {
        return Err(StoreError::Foreign);
    }
    let found = pragma::<i32>(connection, "user_version")?;
    match found {
        found if found > schema.newest() => Err(StoreError::Newer { found, known: schema.newest() }),
        // A file without a version was never renamed to this name by us.
        found if found < 1 => Err(StoreError::Damaged),
        found => Ok(found),
    }
}

/// Sets what a writing connection needs. That the log is written ahead depends on the file system, so it is read back;
/// that the built-in SQLite knows the other settings is tested once rather than asked at every opening.
fn configure(connection: &Connection, schema: &Schema) -> Result<(), StoreError> {
    harden(connection)?;
    let mode: String = connection.query_row("PRAGMA journal_mode=WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(StoreError::Io);
    }
    connection.execute_batch(match schema.synchronous {
        Synchronous::Normal => "PRAGMA synchronous = 1",
        Synchronous::Full => "PRAGMA synchronous = 2",
    })?;
    connection.execute_batch(WRITING)?;
    Ok(connection.execute_batch(LOG)?)
}

/// Takes from a file the means to surprise us.
fn harden(connection: &Connection) -> Result<(), StoreError> {
    if !connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)? {
        return Err(StoreError::Internal);
    }
    Ok(connection.execute_batch(READING)?)
}

fn pragma<T: rusqlite::types::FromSql>(connection: &Connection, name: &str) -> Result<T, StoreError> {
    Ok(connection.pragma_query_value(None, name, |row| row.get(0))?)
}

/// Applies the versions that the file lacks, in one transaction.
fn migrate(connection: &mut Connection, schema: &Schema) -> Result<(), StoreError> {
    if pragma::<i32>(connection, "user_version")? >= schema.newest() {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Read under the lock: another process may have migrated in between.
    let found = pragma::<i32>(&transaction, "user_version")?;
    let applied = usize::try_from(found).map_err(|_| StoreError::Damaged)?;
    for sql in schema.versions.iter().skip(applied) {
        transaction.execute_batch(sql)?;
    }
    transaction.pragma_update(None, "user_version", schema.newest())?;
    Ok(transaction.commit()?)
}

/// Looks for the tables: a damaged first page shows here and not at a guest's first tap.
fn check_tables(connection: &Connection, schema: &Schema) -> Result<(), StoreError> {
    for table in schema.tables {
        if !connection.table_exists(Some("main"), *table)? {
            return Err(StoreError::Damaged);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;

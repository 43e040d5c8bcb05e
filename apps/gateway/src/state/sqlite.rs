//! SQLite: one writer, a few readers, one process.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ToSql, TransactionBehavior};
use tokio::sync::Semaphore;

use super::lock::Locks;
use super::row::Cell;
use super::{Company, Row, StateError, Transaction, Value};

/// The schema's steps; a step's number is its place, counted from one.
const STEPS: &[&str] = &[include_str!("schema/sqlite-1.sql")];

/// As many reads as run at once.
const READERS: usize = 4;
/// How long a caller waits for its turn before it is told that the state is not available.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many statements a connection keeps compiled: all there are.
const STATEMENTS: usize = 128;

pub(super) struct Sqlite {
    writer: Pool,
    readers: Pool,
    pub(super) locks: Locks,
    /// Held as long as we live.
    _exclusive: Option<File>,
}

impl std::fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sqlite")
    }
}

impl Sqlite {
    pub(super) async fn open(path: PathBuf, company: Company) -> Result<Self, StateError> {
        let opened = tokio::task::spawn_blocking(move || Self::open_blocking(&path, company)).await;
        opened.map_err(|_| StateError::Unavailable("it stopped while opening".to_owned()))?
    }

    fn open_blocking(path: &Path, company: Company) -> Result<Self, StateError> {
        let exclusive = match company {
            Company::Refused => Some(exclusive(path)?),
            Company::Welcome => None,
        };
        match company {
            Company::Refused => create(path)?,
            Company::Welcome if !path.is_file() => return Err(StateError::Absent),
            Company::Welcome => {}
        }
        let mut writer = connect(path)?;
        migrate(&mut writer, company)?;
        let readers = (0..READERS).map(|_| connect(path)).collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            writer: Pool::new(vec![writer]),
            readers: Pool::new(readers),
            locks: Locks::default(),
            _exclusive: exclusive,
        })
    }

    pub(super) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Transaction) -> Result<T, StateError> + Send + 'static,
    ) -> Result<T, StateError> {
        self.writer
            .with(move |connection| {
                let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate);
                let tx = tx.map_err(|error| failed(&error))?;
                let done = work(&mut Statements(&tx))?;
                tx.commit().map_err(|error| failed(&error))?;
                Ok(done)
            })
            .await
    }

    pub(super) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Transaction) -> Result<T, StateError> + Send + 'static,
    ) -> Result<T, StateError> {
        self.readers.with(move |connection| work(&mut Statements(connection))).await
    }
}

/// Connections that are lent to blocking threads, one caller each.
struct Pool {
    idle: Arc<Mutex<Vec<Connection>>>,
    turns: Arc<Semaphore>,
}

impl Pool {
    fn new(connections: Vec<Connection>) -> Self {
        let turns = Arc::new(Semaphore::new(connections.len()));
        Self { idle: Arc::new(Mutex::new(connections)), turns }
    }

    /// The caller waits for a connection before a thread is taken, so a flood does not pile up threads.
    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StateError> + Send + 'static,
    ) -> Result<T, StateError> {
        let unavailable = |what: &str| StateError::Unavailable(what.to_owned());
        let turn = match Arc::clone(&self.turns).try_acquire_owned() {
            Ok(turn) => turn,
            Err(_) => {
                let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned()).await;
                turn.ok().and_then(Result::ok).ok_or_else(|| unavailable("it is too busy"))?
            }
        };
        let idle = Arc::clone(&self.idle);
        let done = tokio::task::spawn_blocking(move || {
            let lent = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut lent = Lent { connection: lent, home: idle };
            let connection = lent.connection.as_mut().ok_or(StateError::Corrupt("the pool"))?;
            let done = work(connection);
            drop(lent);
            drop(turn);
            done
        });
        done.await.map_err(|_| unavailable("a statement stopped"))?
    }
}

/// Gives the connection back even if the work panics; its transaction has rolled back by then.
struct Lent {
    connection: Option<Connection>,
    home: Arc<Mutex<Vec<Connection>>>,
}

impl Drop for Lent {
    fn drop(&mut self) {
        self.home.lock().unwrap_or_else(PoisonError::into_inner).extend(self.connection.take());
    }
}

/// Takes the file for this process alone, with a lock that the kernel frees when we die.
fn exclusive(path: &Path) -> Result<File, StateError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    owner_only(&mut options);
    let file = options.open(PathBuf::from(name)).map_err(|error| unopened(&error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StateError::InUse),
        Err(TryLockError::Error(error)) => Err(unopened(&error)),
    }
}

/// Makes the file before SQLite does, which would let others read it.
fn create(path: &Path) -> Result<(), StateError> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    owner_only(&mut options);
    options.open(path).map(drop).map_err(|error| unopened(&error))
}

#[cfg(unix)]
fn owner_only(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600);
}

#[cfg(not(unix))]
fn owner_only(_options: &mut OpenOptions) {}

fn unopened(error: &std::io::Error) -> StateError {
    StateError::Unavailable(format!("its file does not open ({})", error.kind()))
}

fn connect(path: &Path) -> Result<Connection, StateError> {
    let open = || -> rusqlite::Result<Connection> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(PATIENCE)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        // Or a statement is compiled anew for each value that its plan could depend on, which is for every request.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // Losing the last second at a power cut would bring revoked tokens back to life.
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "secure_delete", "ON")?;
        Ok(connection)
    };
    let connection = open().map_err(|error| failed(&error))?;
    let mode: String = connection
        .pragma_query_value(None, "journal_mode", |row| row.get(0))
        .map_err(|error| failed(&error))?;
    if mode == "wal" { Ok(connection) } else { Err(StateError::Unavailable("it takes no WAL".to_owned())) }
}

fn migrate(connection: &mut Connection, company: Company) -> Result<(), StateError> {
    let tx = connection
        .transaction_with_behavior(TransactionBehavior::Exclusive)
        .map_err(|error| failed(&error))?;
    let version: i64 =
        tx.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(|error| failed(&error))?;
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    if !company.may_migrate(version, known)? {
        return Ok(());
    }
    let done = usize::try_from(version).map_err(|_| StateError::Corrupt("the schema's number"))?;
    for step in STEPS.iter().skip(done) {
        tx.execute_batch(step).map_err(|error| failed(&error))?;
    }
    tx.pragma_update(None, "user_version", known).map_err(|error| failed(&error))?;
    tx.commit().map_err(|error| failed(&error))
}

struct Statements<'c>(&'c Connection);

impl Transaction for Statements<'_> {
    fn rows(&mut self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>, StateError> {
        let run = || -> rusqlite::Result<Vec<Row>> {
            let mut statement = self.0.prepare_cached(&numbered(sql))?;
            let width = statement.column_count();
            let mut rows = statement.query(rusqlite::params_from_iter(values))?;
            let mut all = Vec::new();
            while let Some(row) = rows.next()? {
                let cells = (0..width).map(|place| Ok(cell(row.get_ref(place)?)));
                all.push(Row(cells.collect::<rusqlite::Result<_>>()?));
            }
            Ok(all)
        };
        run().map_err(|error| failed(&error))
    }

    fn run(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64, StateError> {
        let run = || -> rusqlite::Result<usize> {
            self.0.prepare_cached(&numbered(sql))?.execute(rusqlite::params_from_iter(values))
        };
        run().map(|count| count as u64).map_err(|error| failed(&error))
    }

    /// A transaction that writes is alone already.
    fn hold(&mut self, _name: &str) -> Result<(), StateError> {
        Ok(())
    }
}

/// `$1` would be a name to SQLite, numbered by its first appearance.
fn numbered(sql: &str) -> String {
    sql.replace('$', "?")
}

fn cell(value: ValueRef<'_>) -> Cell {
    match value {
        ValueRef::Null | ValueRef::Real(_) => Cell::Null,
        ValueRef::Integer(number) => Cell::Int(number),
        ValueRef::Text(text) => Cell::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Cell::Bytes(bytes.to_vec()),
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// Says which of SQLite's errors it was: its texts can quote what was being written.
fn failed(error: &rusqlite::Error) -> StateError {
    match error.sqlite_error_code() {
        Some(code) => StateError::Unavailable(format!("SQLite says {code:?}")),
        None => StateError::Unavailable("a statement does not fit the schema".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    #[test]
    fn a_statement_is_compiled_once_whatever_its_values() {
        let folder = tempfile::TempDir::new().unwrap();
        let mut connection = connect(&folder.path().join("gateway.db")).unwrap();
        migrate(&mut connection, Company::Refused).unwrap();
        let sql = numbered(crate::state::sessions::SESSION_WITH_SNAPSHOT);
        for now in 0..3_i64 {
            let mut statement = connection.prepare_cached(&sql).unwrap();
            assert!(!statement.exists((b"hash", now)).unwrap());
            assert_eq!(statement.get_status(StatementStatus::RePrepare), 0, "{now}");
        }
    }
}

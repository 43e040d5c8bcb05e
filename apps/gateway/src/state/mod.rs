//! Where the gateway remembers: SQLite in a file of its own, or PostgreSQL shared by several instances.
//!
//! What is done with the state is written once, in the modules beside this one, as functions over `Transaction`; the
//! two databases only differ in how they run a statement. Statements are those that both understand; schemas are
//! numbered files, one folder a database.
//!
//! Instants are milliseconds since 1970 in UTC. Tokens, codes and the keys of limits are stored as keyed hashes only.

mod budgets;
mod codes;
mod consents;
mod deletions;
mod devices;
mod limits;
mod lock;
mod master_key;
mod postgres;
mod pruning;
mod row;
mod sessions;
mod snapshots;
mod sqlite;
mod till_codes;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

pub(crate) use codes::{CodeHash, Tried};
pub(crate) use consents::ConsentRow;
pub(crate) use deletions::DeletionRow;
pub(crate) use devices::DeviceRow;
pub(crate) use limits::{LimitKey, Window};
pub(crate) use lock::Lock;
pub(crate) use row::{Row, Value};
#[cfg(test)]
pub(crate) use sessions::NewSession;
pub(crate) use sessions::{NewPair, Opening, Presented, Rotated, SessionRow, TokenHash};
pub(crate) use snapshots::{CachedSnapshot, NewSnapshot};
pub(crate) use till_codes::{IssuedTillCode, Resolved};

/// The state. Cheap to clone.
#[derive(Debug, Clone)]
pub struct State {
    engine: Arc<Engine>,
}

#[derive(Debug)]
enum Engine {
    Sqlite(sqlite::Sqlite),
    Postgres(Box<postgres::Postgres>),
}

/// Which database.
#[derive(Debug, Clone)]
pub enum Database {
    /// A file of this instance alone; no second process can open it.
    Sqlite(PathBuf),
    /// A server that any number of instances share.
    Postgres {
        /// `postgres://user:password@host/database`. Over a network the connection is always TLS.
        url: SecretString,
        /// A PEM file with certificates that are trusted beside the bundled ones.
        ca_file: Option<PathBuf>,
    },
}

impl Database {
    /// The database that an address names: `postgres://…` or `postgresql://…`, `sqlite:PATH`, or just a path.
    #[must_use]
    pub fn from_url(url: &SecretString, ca_file: Option<PathBuf>) -> Self {
        let text = url.expose_secret();
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Self::Postgres { url: url.clone(), ca_file };
        }
        Self::Sqlite(PathBuf::from(text.strip_prefix("sqlite:").unwrap_or(text)))
    }
}

/// Why the state did not answer. Holds neither addresses nor values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// The database cannot be reached, or not be written, now.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// Another process has the file open.
    #[error("another process uses this database file; several instances need PostgreSQL")]
    InUse,
    /// The database's address cannot be read.
    #[error("the database's address: {0}")]
    Address(&'static str),
    /// The database was written by a newer version.
    #[error("the database has schema {found}, this version knows {known}: start the newer version")]
    Newer {
        /// The schema's number in the database.
        found: i64,
        /// The newest that we know.
        known: i64,
    },
    /// An operator's command found no database.
    #[error("there is no database at that address: check it, or start the gateway on it once")]
    Absent,
    /// An operator's command found a database that is not of its version.
    #[error(
        "the database has schema {found}, this version needs {known}: start this version's gateway on it once"
    )]
    Older {
        /// The schema's number in the database; 0 without one.
        found: i64,
        /// The one that we need.
        known: i64,
    },
    /// The database was used with another master key.
    #[error(
        "the master key is not the one that this database is used with: give that one, or put this one in its place \
         with `loyalty gateway replace-key`"
    )]
    OtherKey,
    /// The database ended a transaction because it and another waited for each other. Nothing of it has happened.
    #[error("the database is not available: transactions were in each other's way")]
    Contended,
    /// A row is not what we write.
    #[error("the database holds something that was not written by this program: {0}")]
    Corrupt(&'static str),
}

/// Who else may have the database open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Company {
    /// For a gateway. Two of them on one file would not see each other's locks. The schema is brought up to date.
    Refused,
    /// For an operator's command beside a gateway: the database has to be there, as this version makes it.
    Welcome,
}

impl Company {
    /// Whether the schema's steps after `found` are still to be done.
    fn may_migrate(self, found: i64, known: i64) -> Result<bool, StateError> {
        match self {
            _ if found > known => Err(StateError::Newer { found, known }),
            Self::Welcome if found < known => Err(StateError::Older { found, known }),
            _ => Ok(found < known),
        }
    }
}

/// What both databases offer inside one transaction. Statements number their values `$1`, `$2`, ….
pub(crate) trait Transaction {
    /// Runs a statement that gives rows.
    fn rows(&mut self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>, StateError>;
    /// Runs a statement and counts the rows that it changed.
    fn run(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64, StateError>;
    /// Lets nobody else with the same name go on until this transaction ends. Whoever needs several takes them in this
    /// order, and those of one kind ascending: limits, a code, consents of a phone, a device, sessions of a phone,
    /// session, snapshot.
    fn hold(&mut self, name: &str) -> Result<(), StateError>;
}

/// The first row of a statement that gives one at most.
fn one_row(tx: &mut dyn Transaction, sql: &str, values: &[Value<'_>]) -> Result<Option<Row>, StateError> {
    Ok(tx.rows(sql, values)?.into_iter().next())
}

impl State {
    /// Opens a database and brings its schema up to date.
    ///
    /// # Errors
    /// When it cannot be reached, is in use, or was written by a newer version.
    pub async fn open(database: &Database) -> Result<Self, StateError> {
        Self::open_in(database, Company::Refused).await
    }

    /// Opens a database that a running gateway may have open as well, for the operator's commands. Makes and changes
    /// no tables: an empty list from a place where no gateway works would look like an answer.
    ///
    /// # Errors
    /// When it is not there, cannot be reached, or was written by another version.
    pub async fn open_beside(database: &Database) -> Result<Self, StateError> {
        Self::open_in(database, Company::Welcome).await
    }

    async fn open_in(database: &Database, company: Company) -> Result<Self, StateError> {
        let engine = match database {
            Database::Sqlite(path) => Engine::Sqlite(sqlite::Sqlite::open(path.clone(), company).await?),
            Database::Postgres { url, ca_file } => {
                Engine::Postgres(Box::new(postgres::Postgres::open(url, ca_file.as_deref(), company).await?))
            }
        };
        Ok(Self { engine: Arc::new(engine) })
    }

    /// Runs `work` as one transaction: all of it happens, or nothing. It may run a second time, after a first that was
    /// undone.
    async fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&mut dyn Transaction) -> Result<T, StateError> + Send + 'static,
    ) -> Result<T, StateError> {
        match &*self.engine {
            Engine::Sqlite(sqlite) => sqlite.write(work).await,
            Engine::Postgres(postgres) => postgres.write(work).await,
        }
    }

    /// Runs statements that only read. Each sees what was committed when it began.
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Transaction) -> Result<T, StateError> + Send + 'static,
    ) -> Result<T, StateError> {
        match &*self.engine {
            Engine::Sqlite(sqlite) => sqlite.read(work).await,
            Engine::Postgres(postgres) => postgres.read(work).await,
        }
    }

    /// Waits until this caller is the only one, among all instances on this database, to hold `name`. The lock ends
    /// with the guard, or with the process.
    pub(crate) async fn lock(&self, name: &str) -> Result<Lock, StateError> {
        match &*self.engine {
            Engine::Sqlite(sqlite) => Ok(sqlite.locks.lock(name).await),
            Engine::Postgres(postgres) => postgres.lock(name).await,
        }
    }

    /// Asks the database for nothing, to see whether it answers.
    pub(crate) async fn ping(&self) -> Result<(), StateError> {
        self.read(|tx| tx.rows("SELECT 1", &[]).map(drop)).await
    }
}

/// As it is stored. Rounded down, so that nothing outlives its time.
fn millis(at: Timestamp) -> i64 {
    at.as_millisecond()
}

fn timestamp(millis: i64) -> Result<Timestamp, StateError> {
    Timestamp::from_millisecond(millis).map_err(|_| StateError::Corrupt("an instant"))
}

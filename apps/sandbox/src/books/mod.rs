//! The sandbox's books: one SQLite database, opened at one moment of the sandbox's clock for each operation.

mod accounts;
mod dictionaries;
mod inspect;
mod ledger;
pub(crate) mod lots;
mod receipts;
mod rows;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, TransactionBehavior};

use crate::clock::{Clock, VenueCalendar};
use crate::error::BooksError;

pub(crate) use accounts::{AccountChange, LevelNow, Profile};
pub(crate) use dictionaries::{DiscountRow, GroupRow, Step};
pub use inspect::{Counts, RichestHistory};
pub(crate) use ledger::{Entry, Short};
pub use lots::Lot;
pub(crate) use receipts::NewReceipt;
pub use rows::{AccountRow, ReceiptRow, TransactionRow};

/// Version of `schema.sql`; books of another version are refused.
const SCHEMA_VERSION: i64 = 1;

/// The venue's rules that are not in the dictionaries.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    pub(crate) activation_seconds: i64,
    pub(crate) code_digits: u8,
    pub(crate) code_seconds: i64,
    pub(crate) seed: u64,
}

/// The books of a sandbox. Clones share them; they outlive the server.
#[derive(Debug, Clone)]
pub struct Books(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    connection: Mutex<Connection>,
    calendar: VenueCalendar,
    clock: Clock,
    rules: Rules,
}

impl Shared {
    fn desk<'a>(&'a self, db: &'a Connection, now: i64, hidden_for: i64) -> Desk<'a> {
        Desk { db, calendar: &self.calendar, rules: &self.rules, now, hidden_for }
    }
}

/// The books open at one moment, within one database transaction.
pub(crate) struct Desk<'a> {
    pub(crate) db: &'a Connection,
    pub(crate) calendar: &'a VenueCalendar,
    pub(crate) rules: &'a Rules,
    /// Seconds since the epoch.
    pub(crate) now: i64,
    /// Seconds that pass before history shows what is written now.
    pub(crate) hidden_for: i64,
}

/// Opens the database, or makes it. Tells whether it is new and so to be filled.
pub(crate) fn open(path: Option<&Path>) -> Result<(Connection, bool), BooksError> {
    let db = match path {
        Some(path) => Connection::open(path)?,
        None => Connection::open_in_memory()?,
    };
    // The sandbox may lose its last moments in a power cut: speed matters more to it.
    db.execute_batch("PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;")?;
    db.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    let found: i64 = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    match found {
        0 => Ok((db, true)),
        SCHEMA_VERSION => Ok((db, false)),
        found => Err(BooksError::Version { found, known: SCHEMA_VERSION }),
    }
}

/// Makes the tables; called inside the transaction that fills them, so that half-filled books never stay.
pub(crate) fn create_schema(db: &Connection) -> Result<(), BooksError> {
    db.execute_batch(include_str!("schema.sql"))?;
    db.pragma_update(None, "user_version", SCHEMA_VERSION)?;
    Ok(())
}

impl Books {
    pub(crate) fn new(connection: Connection, calendar: VenueCalendar, clock: Clock, rules: Rules) -> Self {
        connection.set_prepared_statement_cache_capacity(128);
        Self(Arc::new(Shared { connection: Mutex::new(connection), calendar, clock, rules }))
    }

    pub(crate) fn calendar(&self) -> &VenueCalendar {
        &self.0.calendar
    }

    /// Runs one operation at the clock's moment. Burnings that have come due are written first and stay;
    /// what the operation itself wrote stays only if it succeeds.
    pub(crate) fn operate<T, E: From<BooksError>>(
        &self,
        hidden_for: i64,
        work: impl FnOnce(&Desk<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let shared = &*self.0;
        let mut connection = shared.connection.lock().unwrap_or_else(PoisonError::into_inner);
        // Taken after the lock, so that operations are written in the order of their moments.
        let now = shared.clock.now().as_second();
        settle(&mut connection, shared, now)?;
        let operation = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|error| E::from(error.into()))?;
        let outcome = work(&shared.desk(&operation, now, hidden_for))?;
        operation.commit().map_err(|error| E::from(error.into()))?;
        Ok(outcome)
    }
}

fn settle(connection: &mut Connection, shared: &Shared, now: i64) -> Result<(), BooksError> {
    let settling = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    shared.desk(&settling, now, 0).settle_burns()?;
    Ok(settling.commit()?)
}

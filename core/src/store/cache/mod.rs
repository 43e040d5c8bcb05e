//! The cache of what one guest has read: one file a guest, or memory where nothing may be left behind.
//!
//! Every answer of the server replaces what it speaks about in one transaction, so that a reader sees either the old
//! or the new, never a mixture.

mod history;
mod receipt;
mod snapshot;
mod state;
mod values;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use uuid::Uuid;

pub(crate) use self::history::{HistoryWindow, Place};
pub(crate) use self::snapshot::KeptSnapshot;
pub(crate) use self::state::CacheState;
use super::StoreError;
use super::sqlite::{self, Database, Schema, Synchronous};
use crate::domain::{Account, AccountId, Balance, Receipt, ReceiptRef, Transaction};

/// How many of the newest transactions a snapshot carries.
const NEWEST: u32 = 5;

static SCHEMA: Schema = Schema {
    // "LYca"
    application_id: 0x4c59_6361,
    versions: &[include_str!("../sql/cache_001.sql")],
    tables: &["state", "snapshot", "burn", "pending", "identifier", "coupon", "history", "receipt", "dish"],
    synchronous: Synchronous::Normal,
};

/// What one guest has read.
#[derive(Debug)]
pub(crate) struct Cache {
    database: Database,
    owner: Uuid,
    /// How often the file was set aside and begun anew.
    rebuilt: AtomicU64,
    rebuilding: tokio::sync::Mutex<()>,
    /// Whether the file was looked through since it was opened, or came into being then.
    checked: AtomicBool,
    replacements: Arc<AtomicU64>,
}

/// One reading of the server, to be kept as a whole.
#[derive(Debug, Clone)]
pub(crate) struct Fresh {
    pub(crate) account: Account,
    pub(crate) balance: Balance,
    /// When it was read, by the server's clock.
    pub(crate) as_of: Timestamp,
    pub(crate) skew: SignedDuration,
    /// The newest part of the history: it has no end.
    pub(crate) window: HistoryWindow,
}

/// What a cache holds beside pages and receipts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) snapshot: Option<KeptSnapshot>,
    pub(crate) state: CacheState,
}

impl Cache {
    /// Opens or creates the file and reads what it holds for `owner`; nothing when it was made for another. A damaged
    /// one is set aside, and so is one of another program, which nobody must be kept out by; one of a newer version is
    /// removed: the server knows all that was in it.
    pub(crate) async fn open(path: &Path, owner: Uuid) -> Result<(Self, Option<Kept>), StoreError> {
        let open = || Database::open_with(path, &SCHEMA, move |connection| load_own(connection, owner));
        let (database, kept) = match open().await {
            Err(error) if is_useless(error) => {
                tracing::warn!(%error, "the cache is set aside and read anew");
                sqlite::set_aside(path)?;
                open().await?
            }
            Err(StoreError::Newer { .. }) => {
                sqlite::remove(path)?;
                open().await?
            }
            opened => opened?,
        };
        let is_new = kept.as_ref().is_some_and(|kept| kept.snapshot.is_none());
        Ok((Self::over(database, owner, is_new), kept))
    }

    /// Whether the file was made for `owner`. Changes nothing, whatever stands there.
    pub(crate) fn is_of(path: &Path, owner: Uuid) -> Result<bool, StoreError> {
        match sqlite::look(path, &SCHEMA, state::owner) {
            Ok(found) => Ok(found.flatten() == Some(owner)),
            // Whoever opens it begins anew.
            Err(StoreError::Newer { .. }) => Ok(false),
            Err(error) if is_useless(error) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// A cache in memory: no file, and gone when it is dropped.
    pub(crate) async fn in_memory() -> Result<(Self, Kept), StoreError> {
        let database = Database::in_memory(&SCHEMA).await?;
        let kept = database.write(|connection| load_own(connection, Uuid::nil())).await?;
        Ok((Self::over(database, Uuid::nil(), true), kept.ok_or(StoreError::Internal)?))
    }

    fn over(database: Database, owner: Uuid, is_new: bool) -> Self {
        Self {
            database,
            owner,
            rebuilt: AtomicU64::new(0),
            rebuilding: tokio::sync::Mutex::default(),
            checked: AtomicBool::new(is_new),
            replacements: Arc::default(),
        }
    }

    /// Reads the snapshot and how far the cache reaches.
    pub(crate) async fn load(&self) -> Result<Kept, StoreError> {
        self.read(load).await
    }

    /// Replaces the snapshot and the newest part of the history in one transaction.
    pub(crate) async fn replace(&self, fresh: Fresh) -> Result<Kept, StoreError> {
        let replacements = Arc::clone(&self.replacements);
        self.write(move |connection| {
            let transaction = connection.transaction()?;
            let state = replace(&transaction, fresh)?;
            let kept = load_in(&transaction, state)?;
            transaction.commit()?;
            replacements.fetch_add(1, Ordering::AcqRel);
            Ok(kept)
        })
        .await
    }

    /// Replaces an older part of the history of `account`: of whom the cache knew when the window was asked for. When
    /// the guest's phone leads to another account by now, nothing is replaced.
    pub(crate) async fn replace_history(
        &self,
        account: Option<AccountId>,
        window: HistoryWindow,
    ) -> Result<CacheState, StoreError> {
        let replacements = Arc::clone(&self.replacements);
        self.write(move |connection| {
            let transaction = connection.transaction()?;
            let mut state = state::load(&transaction)?;
            if snapshot::account(&transaction)? != account {
                return Ok(state);
            }
            let counted_from = state.covered_from.unwrap_or(Timestamp::MAX);
            extend(&mut state, &window);
            let change = history::replace_window(&transaction, window, counted_from)?;
            state.unexplained = add(state.unexplained, -change);
            state::save(&transaction, &state)?;
            transaction.commit()?;
            replacements.fetch_add(1, Ordering::AcqRel);
            Ok(state)
        })
        .await
    }

    /// Notes that all of the history was read again, at `at`: what it does not explain now, it never will. `read_at` is
    /// when the balance had been read before that began. If one was read meanwhile, the row that explains it may be in
    /// a part that had been read already: then that is left to the next time.
    pub(crate) async fn finish_full_read(
        &self,
        at: Timestamp,
        read_at: Timestamp,
    ) -> Result<CacheState, StoreError> {
        self.write(move |connection| {
            let transaction = connection.transaction()?;
            let mut state = state::load(&transaction)?;
            if state.read_at == Some(read_at) {
                state.unexplained = 0;
            }
            if state.unexplained == 0 {
                state.full_read_at = Some(at);
            }
            state::save(&transaction, &state)?;
            transaction.commit()?;
            Ok(state)
        })
        .await
    }

    /// Reads at most `limit` rows behind `behind`, newest first, as far as the history is complete; when they are
    /// fewer, also how far that is.
    pub(crate) async fn page(
        &self,
        behind: Option<Place>,
        limit: u32,
    ) -> Result<(Vec<Transaction>, Option<CacheState>), StoreError> {
        self.read(move |connection| {
            let rows = history::page(connection, behind, limit)?;
            if u32::try_from(rows.len()).is_ok_and(|rows| rows >= limit) {
                return Ok((rows, None));
            }
            // Once more in one transaction, so that rows and reach belong together.
            let transaction = connection.transaction()?;
            Ok((history::page(&transaction, behind, limit)?, Some(state::load(&transaction)?)))
        })
        .await
    }

    /// Reads a kept receipt.
    pub(crate) async fn receipt(&self, reference: &ReceiptRef) -> Result<Option<Receipt>, StoreError> {
        let reference = reference.clone();
        self.read(move |connection| {
            let transaction = connection.transaction()?;
            receipt::load(&transaction, &reference)
        })
        .await
    }

    /// How often history has been replaced: by refreshes, by scrolling, by reading all again.
    pub(crate) fn replacements(&self) -> u64 {
        self.replacements.load(Ordering::Acquire)
    }

    /// Keeps a receipt, unless history has been replaced since there were so many `replacements`: its transaction may
    /// have changed, and this may be the receipt of before.
    pub(crate) async fn keep_receipt(&self, receipt: Receipt, replacements: u64) -> Result<(), StoreError> {
        let current = Arc::clone(&self.replacements);
        self.write(move |connection| {
            if current.load(Ordering::Acquire) != replacements {
                return Ok(());
            }
            let transaction = connection.transaction()?;
            receipt::save(&transaction, &receipt)?;
            Ok(transaction.commit()?)
        })
        .await
    }

    /// Drops what is older than `cutoff`, what goes beyond `most` transactions, and gives the space back.
    pub(crate) async fn prune(&self, cutoff: Timestamp, most: u32) -> Result<(), StoreError> {
        self.write(move |connection| {
            let transaction = connection.transaction()?;
            if let Some(kept_from) = history::prune(&transaction, cutoff, most)? {
                let mut state = state::load(&transaction)?;
                state.covered_from = state.covered_from.map(|from| from.max(kept_from));
                state.from_start = false;
                state::save(&transaction, &state)?;
            }
            receipt::prune(&transaction)?;
            transaction.commit()?;
            let mut vacuum = connection.prepare("PRAGMA incremental_vacuum")?;
            let mut pages = vacuum.query([])?;
            // Each step frees a page.
            while pages.next()?.is_some() {}
            Ok(())
        })
        .await
    }

    /// Lets every later write meet a full disk.
    #[cfg(test)]
    pub(crate) async fn fill_the_disk(&self) {
        self.database.write(|c| Ok(c.pragma_update(None, "max_page_count", 1)?)).await.unwrap();
    }

    /// Looks for damage in the whole file, once an opening: it comes from before. A damaged file is set aside and begun
    /// anew.
    pub(crate) async fn quick_check(&self) -> Result<(), StoreError> {
        if self.checked.load(Ordering::Acquire) {
            return Ok(());
        }
        let before = self.rebuilt.load(Ordering::Acquire);
        let outcome = self.database.quick_check().await;
        self.mend(before, outcome).await?;
        self.checked.store(true, Ordering::Release);
        Ok(())
    }

    /// Closes the file until [`Cache::resume`].
    pub(crate) async fn pause(&self) -> Result<(), StoreError> {
        self.database.pause().await
    }

    /// Opens the file again. One that was damaged meanwhile is set aside and begun anew.
    pub(crate) async fn resume(&self) -> Result<(), StoreError> {
        let before = self.rebuilt.load(Ordering::Acquire);
        let outcome = self.database.resume().await;
        self.checked.store(false, Ordering::Release);
        match self.mend(before, outcome).await {
            // Nobody has asked for anything that is lost with it.
            Err(StoreError::Damaged) => Ok(()),
            resumed => resumed,
        }
    }

    /// Overwrites everything, closes the file and removes it. Even when overwriting fails, as it does in a damaged
    /// file, the file is removed.
    pub(crate) async fn wipe(&self) -> Result<(), StoreError> {
        if self.erase().await.is_err() {
            tracing::warn!("the cache could not be overwritten before it was removed");
        }
        let closed = self.database.close().await;
        match self.database.path() {
            Some(path) => remove_files(path),
            None => closed,
        }
    }

    /// Deletes every row and empties the log. Deleted bytes are overwritten, because `secure_delete` is on.
    async fn erase(&self) -> Result<(), StoreError> {
        self.database
            .write(|connection| {
                let transaction = connection.transaction()?;
                for table in SCHEMA.tables {
                    transaction.execute(&format!("DELETE FROM {table}"), [])?;
                }
                transaction.commit()?;
                connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
                Ok(())
            })
            .await
    }

    async fn read<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let before = self.rebuilt.load(Ordering::Acquire);
        let outcome = self.database.read(job).await;
        self.mend(before, outcome).await
    }

    async fn write<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let before = self.rebuilt.load(Ordering::Acquire);
        let outcome = self.database.write(job).await;
        self.mend(before, outcome).await
    }

    /// Passes an outcome on. When it is damage, the file is set aside and begun anew first, so that asking again finds
    /// an empty cache.
    async fn mend<T>(&self, before: u64, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
        let (Some(error), Some(path)) = (outcome.as_ref().err().copied(), self.database.path()) else {
            return outcome;
        };
        if !is_useless(error) {
            return outcome;
        }
        let _turn = self.rebuilding.lock().await;
        if self.rebuilt.load(Ordering::Acquire) == before {
            tracing::warn!(%error, "the cache is set aside and read anew");
            // A damaged file may refuse to be closed in order; it is closed all the same.
            let _ = self.database.pause().await;
            sqlite::set_aside(path)?;
            self.database.resume().await?;
            let owner = self.owner;
            self.database.write(move |connection| state::found(connection, owner)).await?;
            self.rebuilt.fetch_add(1, Ordering::Release);
        }
        // Whatever it was, it is gone as what is damaged is.
        Err(StoreError::Damaged)
    }
}

/// Whether the file will never be this cache again.
fn is_useless(error: StoreError) -> bool {
    matches!(error, StoreError::Damaged | StoreError::Foreign)
}

/// Removes a cache's file with everything beside it, the damaged one of an earlier time included.
fn remove_files(path: &Path) -> Result<(), StoreError> {
    sqlite::remove(path)?;
    sqlite::remove(&sqlite::damaged_path(path))
}

/// What is kept for `owner`, who becomes the owner of a file that has none; `None` when it is another's.
fn load_own(connection: &mut Connection, owner: Uuid) -> Result<Option<Kept>, StoreError> {
    for _ in 0..2 {
        let transaction = connection.transaction()?;
        match state::load_with_owner(&transaction)? {
            Some((found, state)) if found == owner => return Ok(Some(load_in(&transaction, state)?)),
            Some(_) => return Ok(None),
            None => drop(transaction),
        }
        // Another process may do so at the same time; the second round finds whoever came first.
        state::found(connection, owner)?;
    }
    Err(StoreError::Damaged)
}

fn load(connection: &mut Connection) -> Result<Kept, StoreError> {
    let transaction = connection.transaction()?;
    let state = state::load(&transaction)?;
    load_in(&transaction, state)
}

fn load_in(connection: &Connection, state: CacheState) -> Result<Kept, StoreError> {
    let mut snapshot = snapshot::load(connection)?;
    if let Some(snapshot) = &mut snapshot {
        snapshot.newest = history::page(connection, None, NEWEST)?;
    }
    Ok(Kept { snapshot, state })
}

fn replace(connection: &Connection, fresh: Fresh) -> Result<CacheState, StoreError> {
    let mut state = state::load(connection)?;
    let before = match snapshot::total(connection)? {
        Some((account, total)) if account == fresh.account.id => Some(total),
        Some(_) => {
            // The guest's phone leads to another account now: nothing of the old one may be shown beside it.
            connection.execute_batch("DELETE FROM history; DELETE FROM receipt;")?;
            state = CacheState::default();
            None
        }
        None => None,
    };
    let counted_from = state.covered_from.unwrap_or(Timestamp::MAX);
    extend(&mut state, &fresh.window);
    let explained = history::replace_window(connection, fresh.window, counted_from)?;
    snapshot::save(connection, &fresh.account, &fresh.balance, fresh.as_of)?;
    if let (Some(before), Some((_, after))) = (before, snapshot::total(connection)?) {
        state.unexplained = add(state.unexplained, after - before - explained);
    }
    state.read_at = Some(fresh.as_of);
    state.skew = fresh.skew;
    state::save(connection, &state)?;
    Ok(state)
}

/// Lets the covered part, which has no end, reach back to the window's beginning if the two touch.
fn extend(state: &mut CacheState, window: &HistoryWindow) {
    let covered = state.covered_from.unwrap_or(Timestamp::MAX);
    if window.to < covered {
        return;
    }
    if window.from < covered {
        state.covered_from = Some(window.from);
        state.from_start = window.from_start;
    } else if window.from == covered {
        state.from_start |= window.from_start;
    }
}

/// Adds as far as 64 bits reach. The result is only ever compared with zero.
fn add(sum: i64, change: i128) -> i64 {
    let exact = i128::from(sum).saturating_add(change);
    i64::try_from(exact).unwrap_or(if exact < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests;

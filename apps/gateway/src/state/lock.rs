//! Locks by name that outlast a transaction.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::OwnedMutexGuard;

/// A lock that is held. Ends when dropped.
pub(crate) struct Lock {
    /// Dropped first: closing the connection frees the lock on the server.
    pub(super) _server: Option<tokio_postgres::Client>,
    pub(super) _process: OwnedMutexGuard<()>,
}

impl fmt::Debug for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lock")
    }
}

/// The locks of this process.
#[derive(Debug, Default)]
pub(super) struct Locks {
    held: Mutex<HashMap<String, Weak<tokio::sync::Mutex<()>>>>,
}

impl Locks {
    fn of(&self, name: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lock) = held.get(name).and_then(Weak::upgrade) {
            return lock;
        }
        held.retain(|_, lock| lock.strong_count() > 0);
        let lock = Arc::new(tokio::sync::Mutex::new(()));
        held.insert(name.to_owned(), Arc::downgrade(&lock));
        lock
    }

    pub(super) async fn guard(&self, name: &str) -> OwnedMutexGuard<()> {
        self.of(name).lock_owned().await
    }

    pub(super) async fn lock(&self, name: &str) -> Lock {
        Lock { _server: None, _process: self.guard(name).await }
    }
}

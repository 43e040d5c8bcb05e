//! The right to send and to settle: one process has it at a time.

use std::fs::{File, TryLockError};
use std::path::Path;

use crate::store::StoreError;
use crate::store::sqlite::private_file;

/// Held by the process that sends. The kernel frees it when the process ends, however it ends, so there is no lease
/// to run out and no clock to trust.
#[derive(Debug)]
pub(crate) struct SendLock {
    // Closing the file frees the lock.
    _file: File,
}

impl SendLock {
    /// Takes the lock of the outbox at `path`; `None` while somebody else has it.
    pub(crate) fn try_take(path: &Path) -> Result<Option<Self>, StoreError> {
        // Never removed: a lock on a file without a name would keep nobody out.
        let file = private_file(&path.with_extension("lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_has_one_holder_and_is_free_when_the_holder_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("outbox.db");
        let held = SendLock::try_take(&path).unwrap();
        assert!(held.is_some());
        assert!(SendLock::try_take(&path).unwrap().is_none());
        drop(held);
        assert!(SendLock::try_take(&path).unwrap().is_some());
    }
}

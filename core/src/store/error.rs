//! The error of this room.

use std::io;

use rusqlite::ffi;

/// Why local storage failed. Holds no path and no content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// No space is left; what was there before is unharmed.
    #[error("the disk is full")]
    Full,
    /// The folder or the file cannot be written.
    #[error("storage cannot be written")]
    ReadOnly,
    /// The file is there and is not a sound database.
    #[error("the database is damaged")]
    Damaged,
    /// The file was written by a newer version of this program.
    #[error("the database has schema {found}, and this version knows {known}")]
    Newer {
        /// The version of the file's schema.
        found: i32,
        /// The newest version that this program knows.
        known: i32,
    },
    /// The file is another program's database, or the outbox of another server. An outbox leaves it as it is; a cache
    /// moves it beside and begins anew.
    #[error("the database belongs to another program or server")]
    Foreign,
    /// The outbox was damaged and set aside; it takes no writes until its rows are recovered.
    #[error("the outbox was lost")]
    OutboxLost,
    /// Another process held the file for longer than we wait.
    #[error("the database is in use")]
    Busy,
    /// Storage is closed, because the app was suspended or the guest has signed out, or its file was replaced.
    #[error("storage is closed")]
    Closed,
    /// Reading or writing failed in another way.
    #[error("input or output failed")]
    Io,
    /// A mistake of ours.
    #[error("internal storage error")]
    Internal,
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                Self::Full
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            _ => Self::Io,
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            rusqlite::Error::SqliteFailure(failure, _) => from_code(failure.extended_code),
            // A row that does not hold what the schema says was not written by us.
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::Utf8Error(..) => Self::Damaged,
            _ => Self::Internal,
        }
    }
}

/// Maps SQLite's extended code. A code that is not named here is judged by its primary part.
fn from_code(extended: i32) -> StoreError {
    match extended {
        // The shared-memory file could not grow: that is a full disk as well.
        ffi::SQLITE_IOERR_SHMSIZE => return StoreError::Full,
        ffi::SQLITE_IOERR_CORRUPTFS => return StoreError::Damaged,
        _ => {}
    }
    match extended & 0xff {
        ffi::SQLITE_FULL => StoreError::Full,
        ffi::SQLITE_READONLY | ffi::SQLITE_CANTOPEN | ffi::SQLITE_PERM | ffi::SQLITE_AUTH => {
            StoreError::ReadOnly
        }
        ffi::SQLITE_CORRUPT | ffi::SQLITE_NOTADB | ffi::SQLITE_FORMAT => StoreError::Damaged,
        ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => StoreError::Busy,
        ffi::SQLITE_IOERR | ffi::SQLITE_NOLFS => StoreError::Io,
        _ => StoreError::Internal,
    }
}

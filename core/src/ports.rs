//! What the core asks of the outside world. Implementations live in [`crate::system`], in the shells and in
//! tests; nothing else in the core reads a clock or draws a random number.

use std::fmt;

use jiff::Timestamp;
use secrecy::SecretSlice;
use uuid::Uuid;

/// Tells the time. Called from any thread.
pub trait Clock: Send + Sync + fmt::Debug {
    /// The current instant, UTC.
    fn now(&self) -> Timestamp;
}

/// Draws identifiers. Called from any thread.
pub trait Ids: Send + Sync + fmt::Debug {
    /// A new identifier that sorts by time (version 7) and that nobody else draws.
    fn new_id(&self) -> Uuid;
    /// A uniformly random number, for the jitter of retries; never for secrets.
    fn jitter(&self) -> u64;
}

/// Keeps small secrets (tokens) where the platform keeps secrets.
///
/// Synchronous, and called from threads that may block. A failure is reported, never swallowed: an app that could
/// not save its token must say so instead of signing the guest out at the next start.
pub trait SecretStore: Send + Sync + fmt::Debug {
    /// The secret under `key`, or `None` when there is none.
    fn get(&self, key: &str) -> Result<Option<SecretSlice<u8>>, SecretStoreError>;
    /// Stores `secret` under `key`, replacing what stood there.
    fn set(&self, key: &str, secret: &SecretSlice<u8>) -> Result<(), SecretStoreError>;
    /// Removes the secret under `key`; removing what is not there succeeds.
    fn delete(&self, key: &str) -> Result<(), SecretStoreError>;
}

/// Why a secret could not be kept or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretStoreError {
    /// The store is there, but locked or closed to us.
    #[error("the secret store refused access")]
    Refused,
    /// There is no such store on this machine, or it cannot be reached.
    #[error("the secret store is not available")]
    Unavailable,
    /// The store holds something that we did not write.
    #[error("the secret store holds a value that is not ours")]
    Damaged,
    /// The store is a file that somebody else owns or can read.
    #[error("the secret store is open to others")]
    Exposed,
    /// The store could not be read or written, for want of space for instance.
    #[error("the secret store failed")]
    Failed,
}

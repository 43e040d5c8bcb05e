//! What is kept on this device, in SQLite.
//!
//! Two files with two policies, opened by the same code:
//!
//! - the *cache* of what a guest has read: the server knows all of it, so a damaged or too new one is set aside
//!   and read again;
//! - the *outbox* of money writes: nobody else knows all of it, so a damaged one is set aside and every write is
//!   refused until a person has decided what becomes of its rows.

pub(crate) mod cache;
mod error;
pub(crate) mod folder;
#[cfg(feature = "operator")]
pub(crate) mod outbox;
mod sqlite;
mod worker;

pub use error::StoreError;

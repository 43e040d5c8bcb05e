//! What a guest does: register, see what they hold and what burns, read their history and receipts.
//!
//! [`GuestClient`] is the same over every [`GuestBackend`](crate::backend::GuestBackend); what a backend cannot do it
//! says through its capabilities.

mod client;
mod registration;
mod snapshot;

pub use client::GuestClient;
pub use registration::{PhoneLocks, Registered};
pub use snapshot::Snapshot;

//! What a guest does: register, see what they hold and what burns, read their history and receipts.
//!
//! [`GuestClient`] asks the server every time. [`GuestSession`] keeps what it has read, in a file for a guest's own
//! device or in memory for one that many guests share, and so has an answer where there is no signal. Both are the same
//! over every [`GuestBackend`](crate::backend::GuestBackend); what a backend cannot do it says through its
//! capabilities.

mod client;
#[cfg(test)]
mod fake;
mod history;
mod registration;
mod reminder;
mod session;
mod snapshot;
mod view;

pub use client::GuestClient;
pub use history::{HistoryCursor, HistoryPage, Upkeep};
pub use registration::{PhoneLocks, Registered};
pub use reminder::{Reminder, ReminderPolicy};
pub use session::{GuestSession, Retention, SessionSettings};
pub use snapshot::Snapshot;
pub use view::{Connectivity, Freshness, SessionState, View};

#[cfg(test)]
mod tests;

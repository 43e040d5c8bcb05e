//! What the same jobs cost without us: the plainest code that does them, with nothing of ours in it.
//!
//! Each does its job in the obvious way, with the same SQL text, settings and types where there are any, so that it is
//! nobody's straw man.

pub mod cache;
pub mod first_sync;
pub mod outbox;
pub mod snapshots;
pub mod transactions;

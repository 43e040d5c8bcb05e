//! What the gateway does behind its routes, with a sandbox for ProBonus and a clock that the tests move.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
// A test may stop at the first thing that is not as it should be.

mod delivery;
mod history;
mod kiosk;
mod registration;
mod sessions;
mod snapshots;
mod world;

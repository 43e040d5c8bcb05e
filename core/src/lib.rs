//! The headless heart of a restaurant's loyalty app.
//!
//! Rooms, from the inside out:
//!
//! - [`domain`]: values and rules. No input or output, no clock.
//! - [`ports`]: what the core asks of the outside: time, identifiers, a place for secrets. [`system`] answers
//!   with the operating system.
//! - [`backend`]: the two ports that a request leaves by, and the ProBonus adapter behind them.
//! - [`guest`]: what a guest does: register, see balance, burns, level, history and receipts.
//! - [`store`]: what is kept on this device: the cache of a guest, the outbox of an integrator.
//! - [`operator`]: what an integrator does: directory, accruals, external checks, ladders, reports.
//! - [`error`]: the one error that leaves this crate.
//!
//! Every sum is an integer number of hundredths (kopecks), every instant is UTC.

pub mod backend;
pub mod domain;
pub mod error;
mod error_code;
pub mod guest;
#[cfg(feature = "operator")]
pub mod operator;
mod outcome;
pub mod ports;
pub mod store;
pub mod system;

pub use error::{Category, ErrorCode, LoyaltyError};

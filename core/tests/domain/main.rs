//! The rules of the domain, through its public door: tables where the cases are known, properties where inputs are
//! open.

// A test may stop at the first thing that is not as it should be; helpers outside of `#[test]` may too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod amount;
mod burn_schedule;
mod calendar;
mod level;
mod phone;
mod privacy;
mod validation;
mod wire_date;
mod wording;

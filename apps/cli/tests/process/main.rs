//! The built program as a process, against a sandbox over real HTTP.

// A test may stop at the first thing that is not as it should be.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod account_reports;
mod cache;
mod configuration;
mod directory;
mod disk;
mod doctor;
mod failures;
mod gateway;
mod guest;
mod import;
mod login;
mod me;
mod money;
mod outbox;
#[cfg(unix)]
mod prompt;
mod streams;
mod world;

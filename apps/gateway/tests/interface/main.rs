//! The interface over real HTTP, with a sandbox behind: held to its own description, and to what it must not tell.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
// A test may stop at the first thing that is not as it should be.

mod behind_nginx;
mod certificate;
mod connections;
mod described;
mod description;
mod journey;
mod logs;
mod packaging;
mod replies;

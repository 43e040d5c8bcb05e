//! What somebody would try who wants another guest's data, free text messages or a restaurant's silence. Every case is
//! sent over real HTTP to a gateway that is configured as it comes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
// A test may stop at the first thing that is not as it should be.

mod addresses;
mod enumeration;
mod flood;
mod guessing;
mod kiosks;
mod replay;
mod requests;
mod theft;

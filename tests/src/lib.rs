//! What the tests of this folder share.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
// Tests stop at the first thing that is not as it should be.

pub mod caller;
pub mod gateway;
pub mod proxy;
pub mod raw;
pub mod relay;
pub mod scene;
pub mod stage;
pub mod witness;

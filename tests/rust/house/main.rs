//! The house's own rules: which room of the core may use which, and what no file of the project may hold.

// A test may stop at the first thing that is not as it should be, in its helpers too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod borders;
mod glossary;
mod mentions;
mod modules;
mod rooms;

use std::path::{Path, PathBuf};

/// The project's root folder.
fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

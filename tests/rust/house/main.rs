//! The house's own rules: which room of the core may use which, and what no file of the project may hold.

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

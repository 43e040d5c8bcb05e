//! What is kept of a guest on this machine.

use serde::Serialize;

/// `cache wipe`
#[derive(Debug, Serialize)]
pub(crate) struct WipeDocument {
    /// Whether anything was kept.
    pub(crate) wiped: bool,
}

//! Randomness fit for secrets.

use std::fmt;

/// Draws random bytes. Called from any thread.
pub trait Random: Send + Sync + fmt::Debug {
    /// Fills `bytes`; fails when the operating system's generator does.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness>;
}

/// The generator failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no randomness")]
pub struct NoRandomness;

//! The ports answered by the operating system. The only place that reads the clock or the random generator.
//!
//! Secrets have three homes, and none of them is ever taken in place of another: a keyring for a person's desktop, a
//! [`CredentialFile`] for a machine that nobody sits at, memory for what must not outlive the process.

mod credential_file;
#[cfg(all(feature = "desktop-keyring", target_os = "linux"))]
mod keyring;
mod memory;

use jiff::Timestamp;
use uuid::Uuid;

pub use self::credential_file::CredentialFile;
#[cfg(all(feature = "desktop-keyring", target_os = "linux"))]
pub use self::keyring::Keyring;
pub use self::memory::MemorySecretStore;
use crate::ports::{Clock, Ids};

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The machine's random generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemIds;

impl Ids for SystemIds {
    fn new_id(&self) -> Uuid {
        Uuid::now_v7()
    }

    fn jitter(&self) -> u64 {
        let (high, low) = Uuid::new_v4().as_u64_pair();
        // The six fixed bits of a UUID sit at different places of the two halves once one of them is turned.
        high.rotate_left(32) ^ low
    }
}

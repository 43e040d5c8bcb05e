//! The ports answered by the operating system. The only file that reads the clock or the random generator.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretSlice};
use uuid::Uuid;

use crate::ports::{Clock, Ids, SecretStore, SecretStoreError};

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

/// Secrets in this process's memory: gone when it ends.
#[derive(Default)]
pub struct MemorySecretStore {
    secrets: Mutex<HashMap<String, SecretSlice<u8>>>,
}

impl std::fmt::Debug for MemorySecretStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MemorySecretStore")
    }
}

impl SecretStore for MemorySecretStore {
    fn get(&self, key: &str) -> Result<Option<SecretSlice<u8>>, SecretStoreError> {
        let secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(secrets.get(key).cloned())
    }

    fn set(&self, key: &str, secret: &SecretSlice<u8>) -> Result<(), SecretStoreError> {
        let copy = SecretSlice::from(secret.expose_secret().to_vec());
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned(), copy);
        Ok(())
    }

    fn delete(&self, key: &str) -> Result<(), SecretStoreError> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
        Ok(())
    }
}

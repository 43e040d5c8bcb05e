//! Secrets that end with the process.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use secrecy::{ExposeSecret, SecretSlice};

use crate::ports::{SecretStore, SecretStoreError};

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

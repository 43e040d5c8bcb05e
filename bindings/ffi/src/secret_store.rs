//! The platform's own place for secrets, implemented on the other side.

use std::fmt;
use std::sync::Arc;

use loyalty_core::ports::{SecretStore as Port, SecretStoreError};
use secrecy::{ExposeSecret, SecretSlice};

use crate::alive::{Alive, Kind};

/// Why the other side could not keep or read a secret. Says nothing of the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum SecretStoreFailure {
    /// The store is there, but locked or closed to us.
    #[error("refused")]
    Refused,
    /// There is no such store, or it cannot be reached.
    #[error("unavailable")]
    Unavailable,
    /// The store holds something that we did not write.
    #[error("damaged")]
    Damaged,
    /// The store could not be read or written.
    #[error("failed")]
    Failed,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for SecretStoreFailure {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        // What was thrown may say anything, so nobody hears of it.
        Self::Failed
    }
}

impl From<SecretStoreFailure> for SecretStoreError {
    fn from(failure: SecretStoreFailure) -> Self {
        match failure {
            SecretStoreFailure::Refused => Self::Refused,
            SecretStoreFailure::Unavailable => Self::Unavailable,
            SecretStoreFailure::Damaged => Self::Damaged,
            SecretStoreFailure::Failed => Self::Failed,
        }
    }
}

/// Keeps small secrets where the platform keeps secrets: the Keychain, a key of the Android Keystore.
///
/// Called from threads of this library that may block.
#[uniffi::export(with_foreign)]
pub trait SecretStore: Send + Sync {
    /// The secret under `key`, or nothing when there is none.
    fn get(&self, key: String) -> Result<Option<Vec<u8>>, SecretStoreFailure>;
    /// Keeps `secret` under `key`, in place of what stood there.
    fn set(&self, key: String, secret: Vec<u8>) -> Result<(), SecretStoreFailure>;
    /// Removes the secret under `key`; removing what is not there succeeds.
    fn delete(&self, key: String) -> Result<(), SecretStoreFailure>;
}

/// The other side's store as the core knows one.
pub(crate) struct Foreign {
    store: Arc<dyn SecretStore>,
    _alive: Alive,
}

impl Foreign {
    pub(crate) fn new(store: Arc<dyn SecretStore>) -> Self {
        Self { store, _alive: Alive::new(Kind::Store) }
    }
}

impl fmt::Debug for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Foreign")
    }
}

impl Port for Foreign {
    fn get(&self, key: &str) -> Result<Option<SecretSlice<u8>>, SecretStoreError> {
        Ok(self.store.get(key.to_owned())?.map(SecretSlice::from))
    }

    fn set(&self, key: &str, secret: &SecretSlice<u8>) -> Result<(), SecretStoreError> {
        Ok(self.store.set(key.to_owned(), secret.expose_secret().to_vec())?)
    }

    fn delete(&self, key: &str) -> Result<(), SecretStoreError> {
        Ok(self.store.delete(key.to_owned())?)
    }
}

#[cfg(test)]
pub(crate) mod kept;

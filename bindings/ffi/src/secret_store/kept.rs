//! A platform's store as the tests have it.

#![allow(clippy::unwrap_used)]
// A test may stop at the first thing that is not as it should be.

use std::collections::HashMap;
use std::sync::Mutex;

use super::{SecretStore, SecretStoreFailure};

/// A platform's store that ends with the test.
#[derive(Default)]
pub(crate) struct Kept(Mutex<HashMap<String, Vec<u8>>>);

impl SecretStore for Kept {
    fn get(&self, key: String) -> Result<Option<Vec<u8>>, SecretStoreFailure> {
        Ok(self.0.lock().unwrap().get(&key).cloned())
    }

    fn set(&self, key: String, secret: Vec<u8>) -> Result<(), SecretStoreFailure> {
        self.0.lock().unwrap().insert(key, secret);
        Ok(())
    }

    fn delete(&self, key: String) -> Result<(), SecretStoreFailure> {
        self.0.lock().unwrap().remove(&key);
        Ok(())
    }
}

//! A login's tokens, and where they are kept between two runs.

use std::fmt;
use std::sync::Arc;

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::backend::BackendError;
use crate::backend::http::server_name;
use crate::ports::{SecretStore, SecretStoreError};

/// The tokens of a login.
pub(in crate::backend) struct Pair {
    access: SecretString,
    refresh: Option<SecretString>,
    headers: HeaderMap,
}

impl fmt::Debug for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pair")
    }
}

impl Pair {
    /// `None` when the token cannot stand in a header.
    pub(in crate::backend) fn new(access: SecretString, refresh: Option<SecretString>) -> Option<Self> {
        let headers = bearer(&access)?;
        Some(Self { access, refresh, headers })
    }

    /// This pair, with the old refresh token when no new one came with it.
    pub(in crate::backend) fn or_refresh(mut self, old: &SecretString) -> Self {
        self.refresh.get_or_insert_with(|| old.clone());
        self
    }

    pub(in crate::backend) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    pub(in crate::backend) fn refresh(&self) -> Option<&SecretString> {
        self.refresh.as_ref()
    }

    pub(in crate::backend) fn same(&self, other: &Self) -> bool {
        self.access.expose_secret() == other.access.expose_secret()
    }
}

/// The header of an access token; `None` when it cannot stand in a header.
fn bearer(access: &SecretString) -> Option<HeaderMap> {
    let mut value = HeaderValue::try_from(format!("Bearer {}", access.expose_secret())).ok()?;
    value.set_sensitive(true);
    Some(HeaderMap::from_iter([(AUTHORIZATION, value)]))
}

/// How a pair is written down.
#[derive(Serialize)]
struct Written<'a> {
    access: &'a str,
    refresh: Option<&'a str>,
}

/// A pair as it is read: in texts of its own, because a token may have been escaped.
#[derive(Deserialize)]
struct Stored {
    access: StoredToken,
    refresh: Option<StoredToken>,
}

/// A token that is wiped, wherever reading stops.
struct StoredToken(SecretString);

impl<'de> Deserialize<'de> for StoredToken {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|token| Self(token.into()))
    }
}

/// The place of one login's tokens in the secret store.
#[derive(Debug)]
pub(in crate::backend) struct Vault {
    store: Arc<dyn SecretStore>,
    key: String,
}

impl Vault {
    /// The place under `key`, which no other login has.
    pub(in crate::backend) fn new(store: Arc<dyn SecretStore>, key: String) -> Self {
        Self { store, key }
    }

    pub(in crate::backend) async fn read(&self) -> Result<Option<Pair>, BackendError> {
        let (store, key) = (Arc::clone(&self.store), self.key.clone());
        let secret = on_blocking_thread(move || store.get(&key)).await?;
        let Some(secret) = secret else { return Ok(None) };
        let stored: Result<Stored, _> = serde_json::from_slice(secret.expose_secret());
        let pair = stored.ok().and_then(|pair| Pair::new(pair.access.0, pair.refresh.map(|token| token.0)));
        if pair.is_none() {
            // A new pair will be written over it.
            tracing::warn!("the stored tokens are unreadable and are treated as absent");
        }
        Ok(pair)
    }

    pub(in crate::backend) async fn save(&self, pair: &Pair) -> Result<(), BackendError> {
        let written = Written {
            access: pair.access.expose_secret(),
            refresh: pair.refresh.as_ref().map(ExposeSecret::expose_secret),
        };
        let bytes = Zeroizing::new(serde_json::to_vec(&written).map_err(|_| BackendError::Internal)?);
        let secret = SecretSlice::from(bytes.to_vec());
        let (store, key) = (Arc::clone(&self.store), self.key.clone());
        on_blocking_thread(move || store.set(&key, &secret)).await
    }

    #[cfg(feature = "gateway")]
    pub(in crate::backend) async fn delete(&self) -> Result<(), BackendError> {
        let (store, key) = (Arc::clone(&self.store), self.key.clone());
        on_blocking_thread(move || store.delete(&key)).await
    }
}

/// A name that says neither where nor who.
pub(in crate::backend) fn named_place(kind: &str, url: &str, login: &str) -> String {
    let whose = format!("{}\n{login}", server_name(url));
    format!("{kind}-{}", Uuid::new_v5(&Uuid::NAMESPACE_URL, whose.as_bytes()))
}

/// Secret stores may ask the operating system, or a person.
pub(in crate::backend) async fn on_blocking_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SecretStoreError> + Send + 'static,
) -> Result<T, BackendError> {
    let done = tokio::task::spawn_blocking(work).await;
    Ok(done.map_err(|_| BackendError::Internal)??)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::MemorySecretStore;

    #[tokio::test]
    async fn tokens_of_any_characters_are_there_at_the_next_start() {
        for token in ["plain", r#"a"b\c/d"#, "\\", "токен\u{1F511}"] {
            let vault = Vault::new(
                Arc::new(MemorySecretStore::default()),
                named_place("tokens", "https://a", "demo"),
            );
            assert!(vault.read().await.unwrap().is_none());
            let pair = Pair::new(token.into(), Some(format!("{token}-refresh").into())).unwrap();
            vault.save(&pair).await.unwrap();
            let read = vault.read().await.unwrap().expect(token);
            assert!(read.same(&pair));
            assert_eq!(read.refresh().unwrap().expose_secret(), format!("{token}-refresh"));
        }
    }
}

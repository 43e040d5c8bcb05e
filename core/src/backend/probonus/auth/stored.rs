//! A token or password that a person gave once, kept for later runs.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretSlice, SecretString};

use super::tokens_place;
use crate::backend::BackendError;
use crate::backend::probonus::{Credentials, ProBonusConfig};
use crate::backend::tokens::{named_place, on_blocking_thread};
use crate::ports::SecretStore;

/// The place of one instance's credential in a secret store: of the permanent token where the configuration names no
/// login, else of that login's password and tokens. Two instances, or two logins, never share one.
#[derive(Debug)]
pub struct StoredCredentials {
    store: Arc<dyn SecretStore>,
    key: String,
    /// Where the login's tokens are, which its password must not outlive and which must not outlive it.
    tokens: Option<String>,
}

impl StoredCredentials {
    /// The place for the instance and login that `config` names.
    #[must_use]
    pub fn new(store: Arc<dyn SecretStore>, config: &ProBonusConfig) -> Self {
        let (kind, tokens) = match config.login.as_str() {
            "" => ("probonus-api-token", None),
            login => ("probonus-password", Some(tokens_place(&config.url, login))),
        };
        Self { store, key: named_place(kind, &config.url, &config.login), tokens }
    }

    /// What is kept; nothing in it when nothing is.
    ///
    /// # Errors
    /// [`BackendError::Secrets`].
    pub async fn load(&self) -> Result<Credentials, BackendError> {
        let (store, key) = (Arc::clone(&self.store), self.key.clone());
        let Some(secret) = on_blocking_thread(move || store.get(&key)).await? else {
            return Ok(Credentials::default());
        };
        let text = std::str::from_utf8(secret.expose_secret());
        let text = text.map_err(|_| crate::ports::SecretStoreError::Damaged)?;
        let secret = Some(SecretString::from(text));
        Ok(match self.tokens {
            None => Credentials { api_token: secret, password: None },
            Some(_) => Credentials { api_token: None, password: secret },
        })
    }

    /// Keeps `secret` in place of what was kept. Tokens that another password has brought are removed.
    ///
    /// # Errors
    /// [`BackendError::Secrets`]; nothing has changed then, or only the tokens are gone.
    pub async fn save(&self, secret: &SecretString) -> Result<(), BackendError> {
        self.forget_tokens().await?;
        let secret = SecretSlice::from(secret.expose_secret().as_bytes().to_vec());
        let (store, key) = (Arc::clone(&self.store), self.key.clone());
        on_blocking_thread(move || store.set(&key, &secret)).await
    }

    /// Removes all that is kept; succeeds when nothing is.
    ///
    /// # Errors
    /// [`BackendError::Secrets`].
    pub async fn forget(&self) -> Result<(), BackendError> {
        self.forget_tokens().await?;
        let (store, key) = (Arc::clone(&self.store), self.key.clone());
        on_blocking_thread(move || store.delete(&key)).await
    }

    async fn forget_tokens(&self) -> Result<(), BackendError> {
        let Some(key) = self.tokens.clone() else { return Ok(()) };
        let store = Arc::clone(&self.store);
        on_blocking_thread(move || store.delete(&key)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::MemorySecretStore;

    fn config(url: &str, login: &str) -> ProBonusConfig {
        ProBonusConfig { url: url.into(), login: login.into(), ..ProBonusConfig::default() }
    }

    fn told(credentials: &Credentials) -> (Option<&str>, Option<&str>) {
        let text =
            |secret: &'_ Option<SecretString>| secret.as_ref().map(|one| one.expose_secret().to_owned());
        let leak = |text: String| &*Box::leak(text.into_boxed_str());
        (text(&credentials.api_token).map(leak), text(&credentials.password).map(leak))
    }

    #[tokio::test]
    async fn an_instance_and_a_login_have_places_of_their_own() {
        let store: Arc<dyn SecretStore> = Arc::new(MemorySecretStore::default());
        let at = |url, login| StoredCredentials::new(Arc::clone(&store), &config(url, login));
        at("https://a", "").save(&"token".into()).await.unwrap();
        at("https://a", "anna").save(&"hers".into()).await.unwrap();
        at("https://a", "boris").save(&"his".into()).await.unwrap();
        assert_eq!(told(&at("https://a/", "").load().await.unwrap()), (Some("token"), None));
        assert_eq!(told(&at("https://a", "anna").load().await.unwrap()), (None, Some("hers")));
        assert_eq!(told(&at("https://b", "").load().await.unwrap()), (None, None));
        at("https://a", "anna").forget().await.unwrap();
        at("https://a", "anna").forget().await.unwrap();
        assert_eq!(told(&at("https://a", "anna").load().await.unwrap()), (None, None));
        assert_eq!(told(&at("https://a", "boris").load().await.unwrap()), (None, Some("his")));
    }

    #[tokio::test]
    async fn the_tokens_of_a_login_go_with_its_password() {
        let store: Arc<dyn SecretStore> = Arc::new(MemorySecretStore::default());
        let tokens = tokens_place("https://a", "anna");
        let place = StoredCredentials::new(Arc::clone(&store), &config("https://a", "anna"));
        for forget in [true, false] {
            store.set(&tokens, &SecretSlice::from(b"pair".to_vec())).unwrap();
            if forget {
                place.forget().await.unwrap()
            } else {
                place.save(&"new".into()).await.unwrap()
            }
            assert!(store.get(&tokens).unwrap().is_none(), "{forget}");
        }
    }
}

//! The client of one instance of ProBonus.

use std::sync::Arc;

use jiff::SignedDuration;

use super::auth::Auth;
use super::config::{Credentials, TillCodeConfig};
use super::guest::DirectGuest;
use super::link::{Link, Params, VOCABULARY};
use super::method::Method;
use super::wire::Terms;
use super::{ConfigError, ProBonusConfig};
use crate::backend::BackendError;
use crate::backend::http::{self, Effect, Http, Reply};
use crate::domain::{GroupId, Phone};
use crate::ports::{Clock, Ids, SecretStore};

/// One instance of ProBonus, with a credential for all of it. Never on a device that a guest can touch.
///
/// Cheap to clone; clones share connections and tokens. Every method may be called from any thread of a Tokio runtime.
#[derive(Debug, Clone)]
pub struct ProBonus {
    pub(super) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) link: Arc<Link>,
    auth: Auth,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) settings: Settings,
}

/// What the adapter itself has to know of the configuration.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) home_group: GroupId,
    pub(super) history_since: jiff::Timestamp,
    pub(super) comment_key: bool,
    pub(super) omit: Vec<String>,
    pub(super) till_code: TillCodeConfig,
}

impl ProBonus {
    /// A client of the instance that `config` describes. Reads `ca_file`; sends nothing.
    ///
    /// With an API token in `credentials` every request carries it. Otherwise the login is used: its tokens are kept
    /// in `store` and renewed when the server refuses them.
    ///
    /// # Errors
    /// Names the key of the configuration that is missing or wrong.
    pub fn new(
        config: &ProBonusConfig,
        credentials: Credentials,
        store: Arc<dyn SecretStore>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    ) -> Result<Self, ConfigError> {
        let http = Http::new(&config.http()?, &VOCABULARY, Arc::clone(&clock), ids)?;
        let link = Arc::new(Link::new(config, http)?);
        let settings = Settings {
            home_group: config.home_group(),
            history_since: link.terms.calendar.start_of(config.history_since),
            comment_key: config.comment_key,
            omit: config.omit.clone(),
            till_code: config.till_code,
        };
        let auth = Auth::new(config, credentials, &link, store)?;
        Ok(Self { inner: Arc::new(Inner { link, auth, clock, settings }) })
    }

    /// The guest with this phone, over this connection.
    #[must_use]
    pub fn guest(&self, phone: Phone) -> DirectGuest {
        DirectGuest::new(self.clone(), phone)
    }

    /// By how much the server's clock was ahead of ours at its last reply, to the second.
    #[must_use]
    pub fn skew(&self) -> Option<SignedDuration> {
        self.inner.link.http.skew()
    }

    /// What this instance's numbers, dates and words mean.
    #[must_use]
    pub fn terms(&self) -> &Terms {
        &self.inner.link.terms
    }

    /// The group that newcomers join, and that decides between several accounts with one phone.
    #[must_use]
    pub fn home_group(&self) -> GroupId {
        self.inner.settings.home_group
    }

    /// Sends a request and gives back the reply as it came.
    pub(super) async fn send(&self, method: &'static Method, params: Params) -> Result<Reply, BackendError> {
        let request = self.inner.link.prepare(method, params)?;
        // On the heap: a future that may log in, renew and send three times is too large to be carried by value.
        Box::pin(self.inner.auth.send(&self.inner.link, &request)).await
    }

    /// Sends a request whose body is ready.
    pub(super) async fn send_body(
        &self,
        method: &'static Method,
        body: Vec<u8>,
    ) -> Result<Reply, BackendError> {
        let request = self.inner.link.prepare_body(method, body)?;
        Box::pin(self.inner.auth.send(&self.inner.link, &request)).await
    }

    /// Sends a request and decodes its reply.
    pub(super) async fn call<T: Send + 'static>(
        &self,
        method: &'static Method,
        params: Params,
        decode: fn(&Terms, &str, &[u8]) -> Result<T, BackendError>,
    ) -> Result<T, BackendError> {
        let reply = self.send(method, params).await?;
        self.decode(method, reply, decode).await
    }

    pub(super) async fn decode<T: Send + 'static>(
        &self,
        method: &'static Method,
        reply: Reply,
        decode: fn(&Terms, &str, &[u8]) -> Result<T, BackendError>,
    ) -> Result<T, BackendError> {
        let link = Arc::clone(&self.inner.link);
        let run = move |body: &[u8]| decode(&link.terms, method.name, body);
        match http::decode(reply, method.effect, run).await {
            // A 2xx that cannot be read does not say that the write was taken: anybody on the way could have sent it.
            Err(BackendError::Reply { .. }) if method.effect == Effect::Once => {
                Err(BackendError::OutcomeUnknown)
            }
            decoded => decoded,
        }
    }
}

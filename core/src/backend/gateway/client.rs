//! The client of one gateway, for one guest.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use reqwest::header::HeaderMap;
use secrecy::SecretString;

use super::call::{Call, Link, VOCABULARY};
use super::held::{Held, HeldProgramme};
use super::session::Renewal;
use super::wire;
use crate::backend::BackendError;
use crate::backend::http::{self, Effect, Http, HttpOptions, HttpSetupError, Reply};
use crate::backend::tokens::{Pair, Tokens, Vault, named_place};
use crate::ports::{Clock, Ids, SecretStore};

/// How a gateway is reached.
#[derive(Clone)]
pub struct GatewayOptions {
    /// Its address, and how far it is trusted.
    pub http: HttpOptions,
    /// The credential of the kiosk that this device is; `None` on a guest's own device.
    pub device: Option<SecretString>,
}

impl fmt::Debug for GatewayOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GatewayOptions").field("kiosk", &self.device.is_some()).finish_non_exhaustive()
    }
}

/// One guest over a gateway. Signed in or not; the tokens say who it is.
///
/// Cheap to clone; clones share connections and tokens. Every method may be called from any thread of a Tokio runtime.
/// Two processes must not work on one [`SecretStore`] at the same time: they would renew against each other.
#[derive(Debug, Clone)]
pub struct GatewayClient {
    pub(super) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) link: Arc<Link>,
    pub(super) tokens: Arc<Tokens<Renewal>>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) held: Held,
    pub(super) programme: HeldProgramme,
    /// Whether the next snapshot has to come from ProBonus itself.
    anew: AtomicBool,
}

impl GatewayClient {
    /// A client of the gateway in `options`, with the session that `store` holds for it, if any. Sends nothing.
    ///
    /// # Errors
    /// When the address, the certificates or the kiosk's credential cannot be used.
    pub fn new(
        options: &GatewayOptions,
        store: Arc<dyn SecretStore>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    ) -> Result<Self, HttpSetupError> {
        let http = Http::new(&options.http, &VOCABULARY, Arc::clone(&clock), ids)?;
        let base = options.http.base.clone();
        // Two gateways never share a place.
        let vault = Vault::new(store, named_place("gateway-session", base.as_str(), ""));
        let link = Link::new(http, base, options.device.as_ref()).ok_or(HttpSetupError::Credential)?;
        let link = Arc::new(link);
        let tokens = Arc::new(Tokens::new(Renewal::new(Arc::clone(&link)), vault));
        let (held, programme, anew) = (Held::default(), HeldProgramme::default(), AtomicBool::new(false));
        Ok(Self { inner: Arc::new(Inner { link, tokens, clock, held, programme, anew }) })
    }

    /// Has the next snapshot read from ProBonus instead of the gateway's cache, because the guest asks for it. The
    /// gateway does so at most every five seconds.
    pub fn ask_anew(&self) {
        self.inner.anew.store(true, Ordering::Relaxed);
    }

    /// The guest's phone for screens that others may see, as the last snapshot told it. A kiosk is told no more.
    #[must_use]
    pub fn phone_masked(&self) -> Option<String> {
        self.inner.held.phone_masked()
    }

    pub(super) fn take_anew(&self) -> bool {
        self.inner.anew.swap(false, Ordering::Relaxed)
    }

    /// Sends a request that needs no session.
    pub(super) async fn open(&self, call: &Call) -> Result<Reply, BackendError> {
        self.inner.link.send(call, &HeaderMap::new(), self.inner.link.http.deadline()).await
    }

    /// Sends a request of the guest's.
    pub(super) async fn authorised(&self, call: &Call) -> Result<Reply, BackendError> {
        let link = &self.inner.link;
        let deadline = link.http.deadline();
        let send = |pair: Arc<Pair>| async move { link.send(call, pair.headers(), deadline).await };
        self.inner.tokens.authorised(deadline, send).await
    }

    /// Sends a request of the guest's and reads the document in its reply.
    pub(super) async fn ask<W>(&self, call: &Call) -> Result<W::Value, BackendError>
    where
        W: wire::Document,
    {
        decode::<W>(call, self.authorised(call).await?).await
    }
}

/// Reads the document in a reply.
pub(super) async fn decode<W>(call: &Call, reply: Reply) -> Result<W::Value, BackendError>
where
    W: wire::Document,
{
    let (name, effect) = (call.route.name, call.route.effect);
    match http::decode(reply, effect, move |body| wire::read::<W>(name, body)).await {
        // Not even a 2xx tells what happened when it cannot be read: anybody on the way could have sent it.
        Err(BackendError::Reply { .. }) if effect == Effect::Once => Err(BackendError::OutcomeUnknown),
        decoded => decoded,
    }
}

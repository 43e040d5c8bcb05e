//! The one HTTP layer: every request of the core leaves through [`Http`].
//!
//! It bounds time and size, repeats reads and nothing else, and turns whatever can go wrong on the way into a
//! [`BackendError`] that says whether a write may have happened. It never follows redirects, uses no proxy, and lets
//! nothing personal or secret into a log: a request is known by the name of its method.

mod classify;
mod reply;
mod retry;
mod tls;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, HeaderValue, IF_NONE_MATCH};
use tracing::Instrument;
use url::Url;

pub use classify::Vocabulary;
pub use reply::{MAX_REPLY, Reply, decode};
pub use tls::client as bare_client;

use super::BackendError;
use crate::error_code::ErrorCode;
use crate::ports::{Clock, Ids};

/// How long a connection may take to be established, unless configured.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a call may take with all its attempts, unless configured.
pub const TOTAL_TIMEOUT: Duration = Duration::from_secs(20);

/// How a server is reached.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// Where the paths of requests start; a path in it is kept.
    pub base: Url,
    /// Certificates (PEM) that are trusted beside the bundled ones.
    pub extra_roots: Option<Vec<u8>>,
    /// Whether `http` addresses are taken at all.
    pub allow_plain_http: bool,
    /// How long a connection may take to be established.
    pub connect_timeout: Duration,
    /// How long a call may take with all its attempts.
    pub timeout: Duration,
}

/// Why no client could be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HttpSetupError {
    /// The address is not `http` or `https`, has no host, or carries a credential, a query or a fragment.
    #[error("the address must be https://host, without user, query or fragment")]
    Address,
    /// The address is `http` and nobody allowed it.
    #[error("plain http is not allowed")]
    PlainHttp,
    /// The extra certificates cannot be read.
    #[error("the certificates are not PEM")]
    Certificates,
    /// The device's credential cannot stand in a header.
    #[error("the device's credential has characters that no credential has")]
    Credential,
    /// The TLS library did not start.
    #[error("TLS is not available")]
    Tls,
}

/// What a request does on the server, which decides what a missing answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Nothing: repeated by itself when it fails for a reason that may pass.
    Read,
    /// Something that a second time would do no more: never repeated by itself, but a missing answer is reported like
    /// a read's, because whoever asks again does no harm.
    Repeatable,
    /// Something that counts each time: a missing answer is [`BackendError::OutcomeUnknown`].
    Once,
}

/// The verb of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    /// `GET`
    Get,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
}

/// One request.
#[derive(Debug)]
pub struct Request<'a> {
    /// The method by our name: all that logs and errors say about the request.
    pub method: &'static str,
    /// What it does.
    pub effect: Effect,
    /// Its verb.
    pub verb: Verb,
    /// Where it goes.
    pub url: &'a Url,
    /// Its headers; secrets in them are marked as sensitive.
    pub headers: &'a HeaderMap,
    /// Its JSON body.
    pub body: Option<&'a [u8]>,
}

/// A client of one server. Shares its connections between all calls.
pub struct Http {
    client: reqwest::Client,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    vocabulary: &'static Vocabulary,
    timeout: Duration,
    /// Milliseconds by which the server's clock is ahead; [`NO_SKEW`] before the first reply.
    skew: AtomicI64,
}

/// Stands for "no reply has carried a date yet".
const NO_SKEW: i64 = i64::MIN;

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}

impl Http {
    /// A client for the server in `options`. `vocabulary` names what its refusals may speak of.
    ///
    /// # Errors
    /// When the address or the certificates cannot be used.
    pub fn new(
        options: &HttpOptions,
        vocabulary: &'static Vocabulary,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    ) -> Result<Self, HttpSetupError> {
        Ok(Self {
            client: tls::client(options)?,
            clock,
            ids,
            vocabulary,
            timeout: options.timeout,
            skew: AtomicI64::new(NO_SKEW),
        })
    }

    /// By how much the server's clock was ahead of ours at its last reply, to the second.
    pub fn skew(&self) -> Option<SignedDuration> {
        match self.skew.load(Ordering::Relaxed) {
            NO_SKEW => None,
            millis => Some(SignedDuration::from_millis(millis)),
        }
    }

    /// Sends a request and gives back a reply with a 2xx status, or with 304 where the request has a condition. Dropping
    /// the future gives up.
    ///
    /// # Errors
    /// For a [`Effect::Once`] request, every error but [`BackendError::OutcomeUnknown`] means that nothing happened.
    pub async fn send(&self, request: &Request<'_>) -> Result<Reply, BackendError> {
        let span = tracing::info_span!("request", method = request.method);
        async {
            let started = self.clock.now();
            let whole = tokio::time::timeout(self.timeout, self.attempts(request, started));
            let outcome = whole.await.unwrap_or_else(|_| Err(classify::timed_out(request.effect)));
            let millis = self.elapsed(started).as_millis();
            match &outcome {
                Ok(reply) => tracing::debug!(status = reply.status, millis, "answered"),
                Err(error) => tracing::debug!(%error, millis, "failed"),
            }
            outcome
        }
        .instrument(span)
        .await
    }

    async fn attempts(&self, request: &Request<'_>, started: Timestamp) -> Result<Reply, BackendError> {
        let mut attempt = 0;
        loop {
            let error = match self.attempt(request).await {
                Ok(reply) => return Ok(reply),
                Err(error) => error,
            };
            attempt += 1;
            let left = self.timeout.saturating_sub(self.elapsed(started));
            let Some(pause) = retry::pause(request.effect, &error, attempt, left, &*self.ids) else {
                return Err(error);
            };
            tracing::debug!(%error, attempt, pause_millis = pause.as_millis(), "trying again");
            tokio::time::sleep(pause).await;
        }
    }

    async fn attempt(&self, request: &Request<'_>) -> Result<Reply, BackendError> {
        let sent = self.build(request).send().await;
        let response = sent.map_err(|error| classify::transport(request, error))?;
        self.note_date(response.headers());
        let status = response.status();
        let unchanged = status == StatusCode::NOT_MODIFIED && request.headers.contains_key(IF_NONE_MATCH);
        if status.is_success() || unchanged {
            return Reply::read(request, response).await;
        }
        Err(classify::refusal(request, response, self.vocabulary, self.clock.now()).await)
    }

    fn build(&self, request: &Request<'_>) -> reqwest::RequestBuilder {
        let verb = match request.verb {
            Verb::Get => reqwest::Method::GET,
            Verb::Post => reqwest::Method::POST,
            Verb::Put => reqwest::Method::PUT,
            Verb::Patch => reqwest::Method::PATCH,
            Verb::Delete => reqwest::Method::DELETE,
        };
        let builder = self.client.request(verb, request.url.clone()).headers(request.headers.clone());
        match request.body {
            Some(body) => {
                builder.header(CONTENT_TYPE, HeaderValue::from_static("application/json")).body(body.to_vec())
            }
            None => builder,
        }
    }

    fn elapsed(&self, started: Timestamp) -> Duration {
        // A clock that was set back counts as no time at all: the outer timeout still ends the call.
        Duration::try_from(self.clock.now().duration_since(started)).unwrap_or_default()
    }

    fn note_date(&self, headers: &HeaderMap) {
        let date = headers.get(DATE).and_then(|value| value.to_str().ok()).and_then(retry::http_date);
        if let Some(theirs) = date {
            let skew = theirs.duration_since(self.clock.now());
            let millis = i64::try_from(skew.as_millis()).unwrap_or(NO_SKEW);
            self.skew.store(millis, Ordering::Relaxed);
        }
    }
}

/// An error about the whole answer to `request`; an unknown outcome where the request may have counted.
fn bad_reply(request: &Request<'_>, code: ErrorCode) -> BackendError {
    match request.effect {
        Effect::Once => BackendError::OutcomeUnknown,
        Effect::Read | Effect::Repeatable => {
            BackendError::Reply { code, path: request.method.to_owned(), field: String::new() }
        }
    }
}

#[cfg(test)]
mod tests;

//! The one HTTP layer: every request of the core leaves through [`Http`].
//!
//! It bounds time and size, repeats reads (and, where only a connection broke, what HTTP calls idempotent), and turns
//! whatever can go wrong on the way into a [`BackendError`] that says whether a write may have happened. It never follows
//! redirects, uses no proxy, and lets nothing personal or secret into a log: a request is known by the name of its
//! method.

mod address;
mod classify;
mod reply;
mod retry;
mod tls;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, HeaderValue, IF_NONE_MATCH};
use tracing::Instrument;
use url::Url;

#[cfg(feature = "probonus")]
pub(crate) use address::base;
pub use address::server_name;
pub use classify::Vocabulary;
pub use reply::{MAX_REPLY, Reply, decode};
pub use tls::client as bare_client;
pub use tls::is_loopback;

use super::BackendError;
use crate::error_code::ErrorCode;
use crate::ports::{Clock, Ids};

/// How long a connection may take to be established, unless configured; never more than three quarters of the whole.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a call may take with all its attempts, and with a login on the way, unless configured.
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
    /// How long a connection may take to be established. Capped at three quarters of `timeout`: a connection that is
    /// never established must be known as such before time runs out, or a write would be taken for sent.
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
    /// Something that a second time would do no more: a missing answer is reported like a read's, because whoever asks
    /// again does no harm. Repeated by itself only where its verb is idempotent and its connection broke.
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

/// When a call must have ended, whatever number of requests it takes.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    timer: tokio::time::Instant,
    /// The same by the clock that pauses are planned with.
    by_clock: Timestamp,
}

impl Deadline {
    /// What `work` comes to, or `None` when it is not done in time.
    pub async fn limit<T: Send>(&self, work: impl Future<Output = T> + Send) -> Option<T> {
        let mut came = None;
        let work: Pin<Box<dyn Future<Output = ()> + Send + '_>> = Box::pin(async { came = Some(work.await) });
        tokio::time::timeout_at(self.timer, work).await.ok()?;
        came
    }
}

/// One request.
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

impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The address may hold a phone, the headers a token, the body both.
        write!(f, "Request({})", self.method)
    }
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
    /// The latest date of a reply, in seconds; [`NO_DATE`] before the first.
    latest_date: AtomicI64,
}

/// Stands for "no reply has carried a date yet".
const NO_SKEW: i64 = i64::MIN;
/// The same for the latest date.
const NO_DATE: i64 = i64::MIN;

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
            latest_date: AtomicI64::new(NO_DATE),
        })
    }

    /// By how much the server's clock was ahead of ours at its last reply, to the second.
    pub fn skew(&self) -> Option<SignedDuration> {
        match self.skew.load(Ordering::Relaxed) {
            NO_SKEW => None,
            millis => Some(SignedDuration::from_millis(millis)),
        }
    }

    /// The latest date that a reply has carried: a time that the server's clock has reached, whatever ours says.
    pub fn latest_date(&self) -> Option<Timestamp> {
        match self.latest_date.load(Ordering::Relaxed) {
            NO_DATE => None,
            second => Timestamp::from_second(second).ok(),
        }
    }

    /// When a call that begins now must have ended.
    pub fn deadline(&self) -> Deadline {
        Deadline {
            timer: tokio::time::sleep(self.timeout).deadline(),
            by_clock: self.clock.now().saturating_add(self.timeout).unwrap_or(Timestamp::MAX),
        }
    }

    /// Sends a request and gives back a reply with a 2xx status, or with 304 where the request has a condition. Dropping
    /// the future gives up.
    ///
    /// # Errors
    /// For a [`Effect::Once`] request, every error but [`BackendError::OutcomeUnknown`] means that nothing happened.
    pub async fn send(&self, request: &Request<'_>) -> Result<Reply, BackendError> {
        self.send_by(request, self.deadline()).await
    }

    /// Sends a request that is part of a longer call.
    ///
    /// # Errors
    /// Those of [`Http::send`].
    pub async fn send_by(&self, request: &Request<'_>, deadline: Deadline) -> Result<Reply, BackendError> {
        let span = tracing::info_span!("request", method = request.method);
        async {
            let started = self.clock.now();
            let outcome = self.attempts(request, deadline).await;
            let millis = self.clock.now().duration_since(started).as_millis();
            match &outcome {
                Ok(reply) => tracing::debug!(status = reply.status, millis, "answered"),
                Err(error) => tracing::debug!(%error, millis, "failed"),
            }
            outcome
        }
        .instrument(span)
        .await
    }

    async fn attempts(&self, request: &Request<'_>, deadline: Deadline) -> Result<Reply, BackendError> {
        let mut attempt = 0;
        loop {
            let error = match self.attempt(request, deadline).await {
                Ok(reply) => return Ok(reply),
                Err(error) => error,
            };
            attempt += 1;
            // A clock that is set meanwhile plans a bad pause at worst: what follows it is still held to the timer.
            let left = Duration::try_from(deadline.by_clock.duration_since(self.clock.now()));
            let left = left.unwrap_or_default().min(self.timeout);
            let Some(pause) = retry::pause((request.effect, request.verb), &error, attempt, left, &*self.ids)
            else {
                return Err(error);
            };
            tracing::debug!(%error, attempt, pause_millis = pause.as_millis(), "trying again");
            tokio::time::sleep(pause).await;
        }
    }

    async fn attempt(&self, request: &Request<'_>, deadline: Deadline) -> Result<Reply, BackendError> {
        let timed_out = || classify::timed_out(request.effect);
        let sent = deadline.limit(self.build(request).send()).await.ok_or_else(timed_out)?;
        let response = sent.map_err(|error| classify::transport(request, error))?;
        let servers_now = self.note_date(response.headers());
        let status = response.status();
        let unchanged = status == StatusCode::NOT_MODIFIED && request.headers.contains_key(IF_NONE_MATCH);
        if status.is_success() || unchanged {
            return deadline.limit(Reply::read(request, response)).await.ok_or_else(timed_out)?;
        }
        Err(classify::refusal(request, response, self.vocabulary, servers_now, deadline).await)
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

    /// Notes by how much the server's clock is ahead, and gives its time: as this reply tells it, or an earlier one.
    fn note_date(&self, headers: &HeaderMap) -> Timestamp {
        let now = self.clock.now();
        let date = headers.get(DATE).and_then(|value| value.to_str().ok()).and_then(retry::http_date);
        let Some(theirs) = date else {
            return now.saturating_add(self.skew().unwrap_or_default()).unwrap_or(now);
        };
        let millis = i64::try_from(theirs.duration_since(now).as_millis()).unwrap_or(NO_SKEW);
        self.skew.store(millis, Ordering::Relaxed);
        self.latest_date.fetch_max(theirs.as_second(), Ordering::Relaxed);
        theirs
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

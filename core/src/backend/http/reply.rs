//! The body of a reply: bounded in size, decoded where it does not hold up other work.

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use super::{BackendError, Effect, Request, bad_reply, classify};
use crate::error_code::ErrorCode;
use crate::outcome::Outcome;

/// The most that is read of a reply, in bytes.
pub const MAX_REPLY: usize = 16 * 1024 * 1024;
/// Larger bodies are decoded on a thread that may block.
const DECODED_IN_PLACE: usize = 64 * 1024;

/// A reply with a 2xx status, or with 304.
pub struct Reply {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reply({}, {} bytes)", self.status, self.body.len())
    }
}

/// Why a body could not be read.
pub(super) enum BodyError {
    TooLarge,
    Transport(reqwest::Error),
}

impl Reply {
    pub(super) async fn read(
        request: &Request<'_>,
        mut response: reqwest::Response,
    ) -> Result<Self, BackendError> {
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        if status == StatusCode::NO_CONTENT {
            return Ok(Self { status: status.as_u16(), headers, body: Vec::new() });
        }
        match read_at_most(response, MAX_REPLY).await {
            Ok(body) => Ok(Self { status: status.as_u16(), headers, body }),
            Err(BodyError::TooLarge) => Err(bad_reply(request, ErrorCode::ReplyTooLarge)),
            Err(BodyError::Transport(error)) => Err(classify::transport(request, error)),
        }
    }
}

/// Reads a body up to `limit` bytes, without believing what it says about its own length.
pub(super) async fn read_at_most(
    mut response: reqwest::Response,
    limit: usize,
) -> Result<Vec<u8>, BodyError> {
    let announced = response.content_length().map(|length| usize::try_from(length).unwrap_or(usize::MAX));
    if announced.is_some_and(|length| length > limit) {
        return Err(BodyError::TooLarge);
    }
    let mut body = Vec::with_capacity(announced.unwrap_or_default());
    while let Some(chunk) = response.chunk().await.map_err(BodyError::Transport)? {
        if chunk.len() > limit - body.len() {
            return Err(BodyError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Runs `decode` over a body: here when it is small, on a thread that may block when it is large.
///
/// # Errors
/// What `decode` says; [`BackendError::Internal`] when it panics (an unknown outcome, where `effect` counts).
pub async fn decode<T, F>(reply: Reply, effect: Effect, decode: F) -> Result<T, BackendError>
where
    T: Send + 'static,
    F: FnOnce(&[u8]) -> Result<T, BackendError> + Send + 'static,
{
    if reply.body.len() <= DECODED_IN_PLACE {
        return decode(&reply.body);
    }
    let (outcome, told) = Outcome::new();
    aside(Box::new(move || told.set(decode(&reply.body)))).await;
    outcome.taken().unwrap_or(Err(match effect {
        Effect::Once => BackendError::OutcomeUnknown,
        Effect::Read | Effect::Repeatable => BackendError::Internal,
    }))
}

/// Runs `work` on a thread that may block, to its end or its panic.
async fn aside(work: Box<dyn FnOnce() + Send>) {
    // What is missing then tells of the panic.
    let _ = tokio::task::spawn_blocking(work).await;
}

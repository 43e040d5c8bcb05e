//! What went wrong, and whether a write may have happened all the same.

use std::error::Error as _;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::StatusCode;
use reqwest::header::RETRY_AFTER;
use serde::Deserialize;

use super::reply::read_at_most;
use super::{BackendError, Deadline, Effect, Request, bad_reply, retry};
use crate::error_code::ErrorCode;

/// How much of a refusal's body is looked at.
const MAX_REFUSAL: usize = 64 * 1024;
/// How long a refusal's body is waited for: the status has said the most important thing already.
const REFUSAL_WAIT: Duration = Duration::from_secs(2);

/// What a server's refusals may speak of. Anything else in them is dropped: it could be personal.
#[derive(Debug)]
pub struct Vocabulary {
    /// Whether this is the name of a field, which may be passed on.
    pub knows_field: fn(&str) -> bool,
    /// Our code for one of the server's.
    pub code_of: fn(&str) -> Option<ErrorCode>,
}

/// The body of a refusal, as far as it is understood.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct RefusalBody {
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    field: Option<String>,
    #[serde(default)]
    tries_left: Option<u32>,
}

/// What it means that time ran out.
pub(super) fn timed_out(effect: Effect) -> BackendError {
    match effect {
        Effect::Once => BackendError::OutcomeUnknown,
        Effect::Read | Effect::Repeatable => BackendError::Timeout,
    }
}

/// What it means that the connection failed.
pub(super) fn transport(request: &Request<'_>, error: reqwest::Error) -> BackendError {
    // The address may hold a phone.
    let error = error.without_url();
    if error.is_connect() {
        // Whoever cannot prove to be the server is told apart from nobody being there.
        return if has_cause::<rustls::Error>(&error) {
            BackendError::Untrusted
        } else {
            BackendError::Offline
        };
    }
    if error.is_builder() {
        return BackendError::Internal;
    }
    if error.is_timeout() {
        return timed_out(request.effect);
    }
    if cause::<hyper::Error>(&error).is_some_and(hyper::Error::is_parse) {
        return bad_reply(request, ErrorCode::ReplyMalformed);
    }
    match request.effect {
        Effect::Once => BackendError::OutcomeUnknown,
        Effect::Read | Effect::Repeatable => BackendError::Cut,
    }
}

fn cause<E: std::error::Error + 'static>(error: &reqwest::Error) -> Option<&E> {
    let mut next = error.source();
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        // The `source` of an I/O error skips what the error was made from, and they come nested.
        next = match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

fn has_cause<E: std::error::Error + 'static>(error: &reqwest::Error) -> bool {
    cause::<E>(error).is_some()
}

/// What a status other than 2xx means. `now` is the server's time: the date of a `Retry-After` is of its making.
pub(super) async fn refusal(
    request: &Request<'_>,
    response: reqwest::Response,
    vocabulary: &Vocabulary,
    now: Timestamp,
    deadline: Deadline,
) -> BackendError {
    let status = response.status();
    let retry_after = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| retry::retry_after(text, now));
    tracing::debug!(status = status.as_u16(), "refused");
    match status {
        // After a POST these two may also say "done, look there".
        StatusCode::FOUND | StatusCode::SEE_OTHER => bad_reply(request, ErrorCode::Redirected),
        status if status.is_redirection() => whole_reply(request, ErrorCode::Redirected),
        StatusCode::UNAUTHORIZED => BackendError::Unauthorized,
        StatusCode::NOT_FOUND | StatusCode::GONE => {
            let said = Said::read(response, vocabulary, deadline).await;
            match said.code {
                _ if said.leaves_in_doubt(request) => BackendError::OutcomeUnknown,
                Some(ErrorCode::GuestNotFound) => BackendError::GuestNotFound,
                _ => BackendError::NotFound,
            }
        }
        StatusCode::METHOD_NOT_ALLOWED => whole_reply(request, ErrorCode::ContractMismatch),
        StatusCode::REQUEST_TIMEOUT => timed_out(request.effect),
        StatusCode::UPGRADE_REQUIRED => BackendError::Outdated,
        StatusCode::TOO_MANY_REQUESTS => BackendError::RateLimited { retry_after },
        status if status.is_client_error() => {
            let said = Said::read(response, vocabulary, deadline).await;
            // A 403 of whomever is no final no: the write is kept until the right is there.
            if status != StatusCode::FORBIDDEN && said.leaves_in_doubt(request) {
                return BackendError::OutcomeUnknown;
            }
            explained(status, said)
        }
        _ => match (Said::read(response, vocabulary, deadline).await.code, request.effect) {
            // A server whose own word this is says that nothing happened; a proxy's 503 does not.
            (Some(ErrorCode::Unavailable), _) => BackendError::Unavailable { retry_after },
            (Some(ErrorCode::OutcomeUnknown), Effect::Repeatable) | (_, Effect::Once) => {
                BackendError::OutcomeUnknown
            }
            (_, Effect::Read | Effect::Repeatable) => BackendError::Unavailable { retry_after },
        },
    }
}

/// What a refusal's body says, as far as it may be passed on.
struct Said {
    /// Whether it is a refusal as the server writes them, and not what a proxy or a deployment under way answers.
    by_the_server: bool,
    code: Option<ErrorCode>,
    field: Option<String>,
    tries_left: Option<u32>,
}

impl Said {
    /// If it does not come, or not in time, the status stands alone.
    async fn read(response: reqwest::Response, vocabulary: &Vocabulary, deadline: Deadline) -> Self {
        let body = tokio::time::timeout(REFUSAL_WAIT, read_at_most(response, MAX_REFUSAL));
        let body = deadline.limit(body).await.and_then(Result::ok).and_then(Result::ok).unwrap_or_default();
        let body: RefusalBody = serde_json::from_slice(&body).unwrap_or_default();
        Self {
            by_the_server: body.code.as_ref().is_some_and(|word| !word.is_empty()),
            code: body.code.and_then(|word| (vocabulary.code_of)(&word)),
            field: body.field.filter(|field| (vocabulary.knows_field)(field)),
            tries_left: body.tries_left,
        }
    }

    /// Whether a no to a request that counts is not the server's own: who has never seen the write cannot refuse it for
    /// good, and who stands before the server does not know what became of it.
    fn leaves_in_doubt(&self, request: &Request<'_>) -> bool {
        request.effect == Effect::Once && !self.by_the_server
    }
}

/// A refusal of the content or for the state.
fn explained(status: StatusCode, said: Said) -> BackendError {
    match (status, said.code) {
        (StatusCode::FORBIDDEN, Some(ErrorCode::CodeWrong)) => {
            BackendError::CodeWrong { tries_left: said.tries_left }
        }
        (StatusCode::FORBIDDEN, None | Some(ErrorCode::Forbidden)) => BackendError::Forbidden,
        (StatusCode::FORBIDDEN | StatusCode::CONFLICT, Some(code)) => BackendError::Conflict(code),
        (StatusCode::CONFLICT, None) => BackendError::Conflict(ErrorCode::Conflict),
        (_, code) => BackendError::Rejected { code: code.unwrap_or(ErrorCode::Rejected), field: said.field },
    }
}

/// An error about the whole answer, which also says that nothing happened.
fn whole_reply(request: &Request<'_>, code: ErrorCode) -> BackendError {
    BackendError::Reply { code, path: request.method.to_owned(), field: String::new() }
}

//! Reading what a request carries, with a bound on size and time and without repeating any of it in an error.

use std::time::Duration;

use axum::body::{Bytes, HttpBody as _};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use loyalty_core::ErrorCode;
use serde::de::DeserializeOwned;

use super::problem::Problem;

/// No body is longer, in bytes: the longest form is a tenth of it.
pub(crate) const LONGEST_BODY: usize = 16 * 1024;
/// A body has to arrive within this time.
const BODY_TIME: Duration = Duration::from_secs(10);
/// A member's name is given back if it could be one of ours; what else stands in a request is not.
const LONGEST_NAME: usize = 40;

/// A JSON body that [has arrived](arrived).
#[derive(Debug)]
pub(crate) struct Body<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, ErrorCode::Rejected));
        }
        let bytes = Bytes::from_request(request, state).await;
        let bytes = bytes.map_err(|refusal| Problem::new(refusal.status(), ErrorCode::Rejected))?;
        let mut json = serde_json::Deserializer::from_slice(&bytes);
        let read = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let path = error.path().to_string();
            Problem::unreadable().about(member(&path, &error.inner().to_string()))
        })?;
        json.end().map_err(|_| Problem::unreadable())?;
        Ok(Self(read))
    }
}

/// The request with the whole of its body, so that nobody who only announces one takes up a place.
pub(super) async fn arrived(request: Request) -> Result<Request, Problem> {
    if request.body().is_end_stream() {
        return Ok(request);
    }
    if announced(request.headers()).is_some_and(|length| length > LONGEST_BODY) {
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::Rejected));
    }
    let (parts, body) = request.into_parts();
    let arriving = Bytes::from_request(Request::from_parts(parts.clone(), body), &());
    let bytes = tokio::time::timeout(BODY_TIME, arriving).await;
    let bytes = bytes
        .map_err(|_| Problem::new(StatusCode::REQUEST_TIMEOUT, ErrorCode::Timeout))?
        .map_err(|refusal| Problem::new(refusal.status(), ErrorCode::Rejected))?;
    Ok(Request::from_parts(parts, axum::body::Body::from(bytes)))
}

/// How long a body says that it is. Not waited for when that is too long.
fn announced(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(kind) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let essence = kind.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

/// The member that could not be read: where serde stopped, or the one that it missed or found twice.
fn member(path: &str, message: &str) -> String {
    let of_ours = ["missing field `", "duplicate field `"];
    let named = of_ours.iter().find_map(|start| message.strip_prefix(start)?.split('`').next());
    let name = named.unwrap_or(path);
    let could_be_ours = name.len() <= LONGEST_NAME && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if could_be_ours { name.to_owned() } else { String::new() }
}

/// The members of a query.
#[derive(Debug)]
pub(crate) struct Asked<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Query::from_request_parts(parts, state).await {
            Ok(Query(asked)) => Ok(Self(asked)),
            Err(_) => Err(Problem::unreadable()),
        }
    }
}

/// The last part of a path.
#[derive(Debug)]
pub(crate) struct Named(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(name)) => Ok(Self(name)),
            // Not UTF-8, so it names nothing that we have given out.
            Err(_) => Err(Problem::not_found()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_could_be_a_name_of_ours_is_given_back() {
        assert_eq!(member("firstName", "invalid type: integer `5`, expected a string"), "firstName");
        assert_eq!(member(".", "missing field `phone` at line 1 column 2"), "phone");
        assert_eq!(member("+79123451234", "unknown field"), "");
        assert_eq!(member("Иван", "unknown field"), "");
        assert_eq!(member(&"a".repeat(41), "unknown field"), "");
    }

    #[test]
    fn json_is_told_by_its_media_type() {
        let told =
            |kind: &str| is_json(&HeaderMap::from_iter([(header::CONTENT_TYPE, kind.parse().unwrap())]));
        assert!(told("application/json") && told("Application/JSON; charset=utf-8"));
        assert!(!told("text/plain") && !told("application/jsonp") && !is_json(&HeaderMap::new()));
    }
}

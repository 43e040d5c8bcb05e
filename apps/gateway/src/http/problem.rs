//! Errors as they leave: problem documents (RFC 9457) with our stable codes, and nothing that another system said.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use loyalty_core::ErrorCode;
use serde::Serialize;
use uuid::Uuid;

use crate::error::GatewayError;

/// An error on its way out. As a response it has no body yet: the request's id is only known where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    status: StatusCode,
    code: ErrorCode,
    field: Option<String>,
    retry_after: Option<Duration>,
    tries_left: Option<u32>,
}

/// The document.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    code: &'a str,
    detail: &'a str,
    field: Option<&'a str>,
    retry_after: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tries_left: Option<u32>,
    request_id: Uuid,
}

impl Problem {
    /// A problem with this status and code.
    pub(crate) fn new(status: StatusCode, code: ErrorCode) -> Self {
        Self { status, code, field: None, retry_after: None, tries_left: None }
    }

    /// 400: the request cannot be read.
    pub(crate) fn unreadable() -> Self {
        Self::new(StatusCode::BAD_REQUEST, ErrorCode::Rejected)
    }

    /// 401.
    pub(crate) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, ErrorCode::Unauthorized)
    }

    /// 403.
    pub(crate) fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, ErrorCode::Forbidden)
    }

    /// 404 for a path, or for a thing that is not this guest's.
    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, ErrorCode::NotFound)
    }

    /// 500.
    pub(crate) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::Internal)
    }

    /// 503.
    pub(crate) fn unavailable() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Unavailable)
    }

    /// About this member of the request.
    pub(crate) fn about(mut self, field: impl Into<String>) -> Self {
        let field = field.into();
        self.field = (!field.is_empty()).then_some(field);
        self
    }

    /// Worth another try after this time.
    pub(crate) fn after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// What it is, for logs and counters.
    pub(crate) fn code(&self) -> &'static str {
        self.code.as_str()
    }

    /// The reply with its document.
    pub(crate) fn render(&self, request_id: Uuid) -> Response {
        let retry_after = self.retry_after.map(whole_seconds);
        let code = self.code.as_str();
        let document = Document {
            r#type: format!("urn:loyalty:error:{code}"),
            title: self.code.meaning().trim(),
            status: self.status.as_u16(),
            code,
            detail: self.code.advice(),
            field: self.field.as_deref(),
            retry_after,
            tries_left: self.tries_left,
            request_id,
        };
        let mut response = (self.status, Json(document)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<GatewayError> for Problem {
    fn from(error: GatewayError) -> Self {
        let status = match &error {
            GatewayError::BadRequest { .. } => StatusCode::BAD_REQUEST,
            GatewayError::Unauthorized => StatusCode::UNAUTHORIZED,
            GatewayError::Forbidden | GatewayError::CodeWrong { .. } | GatewayError::CodeExpired => {
                StatusCode::FORBIDDEN
            }
            GatewayError::GuestNotFound | GatewayError::NotFound => StatusCode::NOT_FOUND,
            GatewayError::Conflict { .. } => StatusCode::CONFLICT,
            GatewayError::Invalid { .. } | GatewayError::Rejected { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            GatewayError::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
            GatewayError::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            GatewayError::Unavailable { .. } => StatusCode::SERVICE_UNAVAILABLE,
            GatewayError::OutcomeUnknown => StatusCode::GATEWAY_TIMEOUT,
        };
        let tries_left = match &error {
            GatewayError::CodeWrong { tries_left } => Some(*tries_left),
            _ => None,
        };
        Self {
            status,
            code: error.code(),
            field: error.field().map(str::to_owned),
            retry_after: error.retry_after(),
            tries_left,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Rounded up: a client that comes back a moment early is refused once more. At least one, so that no client spins.
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_rounded_up_and_never_nothing() {
        assert_eq!(whole_seconds(Duration::from_millis(1001)), 2);
        assert_eq!(whole_seconds(Duration::from_secs(60)), 60);
        assert_eq!(whole_seconds(Duration::ZERO), 1);
    }

    #[tokio::test]
    async fn a_problem_carries_its_code_its_wait_and_the_requests_id() {
        let id = Uuid::from_u128(7);
        let response =
            Problem::from(GatewayError::RateLimited { retry_after: Duration::from_secs(9) }).render(id);
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(response.headers()[header::RETRY_AFTER], "9");
        let body = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
        let document: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(
            document,
            serde_json::json!({
                "type": "urn:loyalty:error:rate_limited", "title": ErrorCode::RateLimited.meaning().trim(),
                "status": 429, "code": "rate_limited", "detail": ErrorCode::RateLimited.advice(),
                "field": null, "retryAfter": 9, "requestId": id,
            })
        );
    }
}

//! What stands around every handler: a number for the request, a bound on its time, and what is counted and logged.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use loyalty_core::ErrorCode;
use loyalty_core::ports::Ids;
use loyalty_core::system::SystemIds;
use tokio::time::Instant;
use tracing::Instrument;
use uuid::Uuid;

use super::App;
use super::input;
use super::problem::Problem;
use crate::metrics::Handled;

/// A request ends within this time: longer than ProBonus may take for a read with all attempts.
const REQUEST_TIME: Duration = Duration::from_secs(30);
/// When a full gateway is worth another try.
const FULL_FOR: Duration = Duration::from_secs(1);

static REQUEST_ID: HeaderName = HeaderName::from_static("loyalty-request-id");

/// Numbers, times, counts and logs a request, and gives every reply its headers. The log has the request's number,
/// its route and its session's number: no address, no path as it came, nothing of a guest.
pub(super) async fn observe(State(app): State<App>, request: Request, next: Next) -> Response {
    let id = SystemIds.new_id();
    let verb = verb(request.method());
    let matched = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str).unwrap_or_default();
    let route = super::PATHS.iter().find(|path| **path == matched).copied().unwrap_or("none");
    let session = tracing::field::Empty;
    let span = tracing::info_span!("request", %id, verb, route, session);
    let under_way = app.metrics.begin();
    let started = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    drop(under_way);

    let problem = response.extensions_mut().remove::<Problem>();
    if let Some(problem) = &problem {
        response = problem.render(id);
    }
    let handled = Handled {
        verb,
        route,
        status: response.status().as_u16(),
        code: problem.as_ref().map(Problem::code),
        took: started.elapsed(),
    };
    app.metrics.count(&handled);
    span.in_scope(|| log(&handled));
    dress(&mut response, id, app.gateway.now());
    response
}

fn log(handled: &Handled) {
    let Handled { status, code, .. } = *handled;
    let ms = u64::try_from(handled.took.as_millis()).unwrap_or(u64::MAX);
    if status >= 500 {
        tracing::warn!(status, code, ms, "answered");
    } else {
        tracing::info!(status, code, ms, "answered");
    }
}

fn verb(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}

fn dress(response: &mut Response, id: Uuid, now: Timestamp) {
    let headers = response.headers_mut();
    // Devices correct their clocks by it, so it has to be the clock that the documents' instants come from.
    let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&now);
    if let Some(date) = date.ok().and_then(|date| HeaderValue::try_from(date).ok()) {
        headers.insert(header::DATE, date);
    }
    if let Ok(id) = HeaderValue::try_from(id.to_string()) {
        headers.insert(&REQUEST_ID, id);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// Ends a request that takes too long, and keeps a mistake in one handler from cutting the connection.
pub(super) async fn guard(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let work = AssertUnwindSafe(next.run(request)).catch_unwind();
    match tokio::time::timeout(REQUEST_TIME, work).await {
        Ok(Ok(response)) => response,
        // The panic's own text could hold anything.
        Ok(Err(_)) => Problem::internal().into_response(),
        Err(_) if reads => Problem::unavailable().into_response(),
        Err(_) => Problem::new(StatusCode::GATEWAY_TIMEOUT, ErrorCode::OutcomeUnknown).into_response(),
    }
}

/// Refuses at once what would only wait: a queue would outlive the clients in it. A request has its place from when it
/// has arrived: until then it costs its connection only.
pub(super) async fn bound(State(app): State<App>, request: Request, next: Next) -> Response {
    let request = match input::arrived(request).await {
        Ok(request) => request,
        Err(problem) => return problem.into_response(),
    };
    match app.places.try_acquire() {
        Ok(_place) => next.run(request).await,
        Err(_) => Problem::unavailable().after(FULL_FOR).into_response(),
    }
}

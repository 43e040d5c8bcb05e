//! One request from its arrival to its answer: recorded, spoiled where a fault says so, checked, worked on, rendered.

use std::time::Duration;

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::{Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method as Verb, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde_json::{Map, Value, json};

use super::input::Input;
use super::methods::{self, Method, TILL, Work};
use super::reply::{Call, Outcome};
use super::{App, MOST_BODY_BYTES, auth};
use crate::connection::Switch;
use crate::dialect::coerce::Reader;
use crate::dialect::render::Renderer;
use crate::dialect::{Dialect, NotFound, names};
use crate::error::ApiError;
use crate::faults::{Answer, Instead, RetryAfterForm, Strike};
use crate::requests::RecordedRequest;
use crate::tokens::{Credentials, expired};

/// A body has to arrive within this time.
const BODY_TIME: Duration = Duration::from_secs(30);

/// A request taken in whole, and the method it is for.
struct Arrived {
    method: &'static Method,
    dialect: Dialect,
    parts: Parts,
    body: Bytes,
}

pub(super) async fn api(
    State(app): State<App>,
    Extension(switch): Extension<Switch>,
    request: Request,
) -> Response {
    let dialect = app.dialect();
    let (parts, body) = request.into_parts();
    if parts.uri.path() == dialect.swagger_path && parts.method == Verb::GET {
        return dated(&app, Ok((StatusCode::OK, crate::openapi::describe(&dialect, &app.base_url))));
    }
    let found = match parts.uri.path().strip_prefix("/api/v0/") {
        Some(path) => methods::find(&dialect, &parts.method, path),
        None => Err(ApiError::new(
            StatusCode::NOT_FOUND,
            "not_found",
            "The API is under /api/v0/; see the README.",
        )),
    };
    handle(app, switch, found, dialect, parts, body).await
}

pub(super) async fn till(
    State(app): State<App>,
    Extension(switch): Extension<Switch>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    handle(app, switch, Ok(&TILL), Dialect::default(), parts, body).await
}

async fn handle(
    app: App,
    switch: Switch,
    found: Result<&'static Method, ApiError>,
    dialect: Dialect,
    parts: Parts,
    body: Body,
) -> Response {
    let taken = take_in(body).await;
    app.requests.record(recorded(&found, &parts, taken.as_ref().ok()));
    let arrived = match (found, taken) {
        (Ok(method), Ok(body)) => Arrived { method, dialect, parts, body },
        (Err(error), _) | (_, Err(error)) => return dated(&app, Err(error)),
    };
    let strike = app.faults.strike(arrived.method.name);
    // A task of its own: what has arrived is worked on even if the client leaves.
    let work = tokio::spawn(work_on(app.clone(), switch, arrived, strike));
    match work.await {
        Ok(Some(response)) => response,
        // The client waits for as long as it likes.
        Ok(None) => std::future::pending().await,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn take_in(body: Body) -> Result<Bytes, ApiError> {
    let too_large =
        |_| ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "A body may have at most 1 MiB.");
    let slow =
        |_| ApiError::new(StatusCode::REQUEST_TIMEOUT, "body_too_slow", "The body did not arrive in time.");
    let whole = axum::body::to_bytes(body, MOST_BODY_BYTES);
    tokio::time::timeout(BODY_TIME, whole).await.map_err(slow)?.map_err(too_large)
}

fn recorded(
    found: &Result<&'static Method, ApiError>,
    parts: &Parts,
    body: Option<&Bytes>,
) -> RecordedRequest {
    let path = parts.uri.path().to_owned();
    RecordedRequest {
        method: found.as_ref().map_or_else(|_| path.clone(), |method| method.name.to_owned()),
        verb: parts.method.to_string(),
        path,
        query: parts.uri.query().map(str::to_owned),
        headers: parts
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect(),
        body: body.map(|body| String::from_utf8_lossy(body).into_owned()).unwrap_or_default(),
    }
}

/// `None`: there will be no answer.
async fn work_on(app: App, switch: Switch, arrived: Arrived, strike: Strike) -> Option<Response> {
    tokio::time::sleep(strike.delay).await;
    if let Some(instead) = strike.instead {
        return spoiled_before(&app, &switch, instead);
    }
    let on_books = app.clone();
    let outcome = tokio::task::spawn_blocking(move || {
        if strike.twice {
            // What the first of the two says is lost on the way.
            let _ = perform(&on_books, &arrived, strike);
        }
        perform(&on_books, &arrived, strike)
    })
    .await;
    let outcome = outcome.unwrap_or_else(|error| {
        tracing::error!(%error, "a handler panicked");
        Err(ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "The sandbox failed; see its log."))
    });
    let response = dated(&app, outcome);
    match strike.answer {
        None => Some(response),
        Some(answer) => spoiled_after(&switch, answer, response).await,
    }
}

/// Checks who asks and what, does the work, and puts the result into the dialect.
fn perform(app: &App, arrived: &Arrived, strike: Strike) -> Result<(StatusCode, Value), ApiError> {
    let Arrived { method, dialect, parts, body } = arrived;
    let now = app.clock.now().as_second();
    if method.needs_token() {
        app.tokens.check(credentials(&parts.headers, dialect), now)?;
    }
    let kopecks = method.kopecks();
    let calendar = app.books.calendar();
    let reader = Reader { dialect, calendar, kopecks, open: method.is_open() };
    let input = Input(reader.read(parameters(method, dialect, parts, body)?, method.params)?);
    let outcome = match method.work {
        Work::Books(handler) => app.books.operate(strike.hidden_seconds, |desk| {
            let call = Call { desk, input: &input, dialect };
            match strike.correct {
                Some(add) if method.name == "accounts/transactions" => corrected(&call, handler, add),
                _ => handler(&call),
            }
        }),
        Work::Login => auth::login(&app.tokens, &input, now),
        Work::Refresh => auth::refresh(&app.tokens, &input, dialect, now),
    };
    match outcome {
        Ok(reply) => {
            let renderer = Renderer { dialect, calendar, kopecks };
            Ok((StatusCode::OK, renderer.render(reply.value, reply.shape)))
        }
        Err(error) if error.status == StatusCode::NOT_FOUND && method.looks_for_a_guest() => {
            match dialect.not_found {
                NotFound::Status => Err(error),
                NotFound::Null => Ok((StatusCode::OK, Value::Null)),
                NotFound::EmptyObject => Ok((StatusCode::OK, json!({}))),
                NotFound::EmptyList => Ok((StatusCode::OK, json!([]))),
            }
        }
        Err(error) => Err(error),
    }
}

/// Changes the oldest accrual of the answer, and answers again.
fn corrected(call: &Call<'_>, handler: fn(&Call<'_>) -> Outcome, add: i64) -> Outcome {
    let reply = handler(call)?;
    let oldest = reply
        .value
        .as_array()
        .into_iter()
        .flatten()
        .rev()
        .find(|row| row.get("type").and_then(Value::as_str) == Some("accrual"));
    let Some((id, sum)) = oldest.and_then(|row| Some((row.get("id")?.as_i64()?, row.get("sum")?.as_i64()?)))
    else {
        return Ok(reply);
    };
    call.desk.correct(id, sum.saturating_add(add))?;
    handler(call)
}

/// The permanent token from its header, and the bearer token.
fn credentials<'a>(headers: &'a HeaderMap, dialect: &Dialect) -> Credentials<'a> {
    let value = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let after_scheme = |text: &'a str, scheme: &str| -> Option<&'a str> {
        let (word, token) = text.split_once(' ')?;
        word.eq_ignore_ascii_case(scheme).then_some(token)
    };
    let api_token = value(&dialect.token_header).and_then(|text| match dialect.token_scheme.as_str() {
        "" => Some(text),
        scheme => after_scheme(text, scheme),
    });
    Credentials { api_token, bearer: value("authorization").and_then(|text| after_scheme(text, "Bearer")) }
}

/// The parameters under the contract's names: from the query of a GET, from the body of anything else.
fn parameters(
    method: &Method,
    dialect: &Dialect,
    parts: &Parts,
    body: &Bytes,
) -> Result<Map<String, Value>, ApiError> {
    let mut given = if parts.method == Verb::GET {
        let bad = |_| ApiError::malformed("malformed_query", "The query cannot be read.");
        let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri).map_err(bad)?;
        pairs.into_iter().map(|(name, value)| (name, Value::String(value))).collect()
    } else if body.is_empty() && method.params.is_empty() {
        Map::new()
    } else {
        let bad = |_| ApiError::malformed("malformed_json", "The body is not a JSON object.");
        serde_json::from_slice::<Map<String, Value>>(body).map_err(bad)?
    };
    if dialect.renamed {
        if method.is_open() {
            names::to_ours("account", &mut given);
        }
        for (ours, theirs) in names::method(method.name).map_or(&[][..], |renamed| renamed.params) {
            if let Some(value) = given.remove(*theirs) {
                given.insert((*ours).to_owned(), value);
            }
        }
    }
    Ok(given)
}

fn spoiled_before(app: &App, switch: &Switch, instead: Instead) -> Option<Response> {
    let unavailable = |status| ApiError::new(status, "injected", "A fault was asked for; nothing was done.");
    Some(match instead {
        Instead::Status(status) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
            dated(app, Err(unavailable(status)))
        }
        Instead::RateLimit(seconds, form) => {
            let mut response = dated(app, Err(unavailable(StatusCode::TOO_MANY_REQUESTS)));
            let value = match form {
                RetryAfterForm::Seconds => seconds.to_string(),
                RetryAfterForm::Date => http_date(app, i64::from(seconds)),
            };
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().insert(header::RETRY_AFTER, value);
            }
            response
        }
        Instead::ExpiredToken => dated(app, Err(expired())),
        Instead::Cut => {
            switch.cut();
            // Never reaches the wire: it only makes the connection write, and so fail.
            StatusCode::OK.into_response()
        }
        Instead::Never => return None,
    })
}

async fn spoiled_after(switch: &Switch, answer: Answer, response: Response) -> Option<Response> {
    Some(match answer {
        Answer::Cut => {
            switch.cut();
            response
        }
        Answer::EndlessHeader => {
            switch.endless_header();
            response
        }
        Answer::Never => return None,
        Answer::Garbage => replace_body(response, Body::from("<html><body>It works!</body></html>\u{0}{{")),
        Answer::Truncated => {
            let (parts, body) = response.into_parts();
            let whole = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
            let half = whole.slice(..whole.len() / 2);
            replace_body(Response::from_parts(parts, Body::empty()), Body::from(half))
        }
        Answer::Oversize(bytes) => replace_body(response, oversize(bytes)),
    })
}

fn replace_body(response: Response, body: Body) -> Response {
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, body)
}

/// A JSON text of about that size, made as it is sent.
fn oversize(bytes: u64) -> Body {
    const CHUNK: u64 = 64 << 10;
    let start = std::iter::once(Bytes::from_static(b"{\"padding\":\""));
    let filler = Bytes::from(vec![b'x'; usize::try_from(CHUNK).unwrap_or(0)]);
    let middle = (0..bytes.div_ceil(CHUNK)).map(move |_| filler.clone());
    let end = std::iter::once(Bytes::from_static(b"\"}"));
    Body::from_stream(stream::iter(start.chain(middle).chain(end).map(Ok::<_, std::convert::Infallible>)))
}

/// An answer that carries the sandbox's own time.
fn dated(app: &App, outcome: Result<(StatusCode, Value), ApiError>) -> Response {
    let (status, body) = outcome.unwrap_or_else(|error| (error.status, error.body()));
    let mut response = (status, axum::Json(body)).into_response();
    if let Ok(value) = HeaderValue::from_str(&http_date(app, 0)) {
        response.headers_mut().insert(header::DATE, value);
    }
    response
}

fn http_date(app: &App, seconds_later: i64) -> String {
    let at = app.clock.now().as_second().saturating_add(seconds_later);
    let since = Duration::from_secs(u64::try_from(at).unwrap_or(0));
    httpdate::fmt_http_date(std::time::UNIX_EPOCH + since)
}

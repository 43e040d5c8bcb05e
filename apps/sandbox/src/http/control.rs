//! The sandbox's own switches over HTTP, under `/sandbox`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::App;
use crate::dialect::Dialect;
use crate::error::{ApiError, BooksError};
use crate::faults::Fault;

/// A failure told as the API tells its own.
pub(super) struct Refusal(ApiError);

impl From<BooksError> for Refusal {
    fn from(error: BooksError) -> Self {
        let message = error.to_string();
        let told = ApiError::from(error);
        Self(ApiError { message, ..told })
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0.status, Json(self.0.body())).into_response()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DialectWords {
    dialect: String,
}

pub(super) async fn dialect(State(app): State<App>) -> Json<Value> {
    Json(json!({"dialect": app.dialect().to_string()}))
}

pub(super) async fn set_dialect(
    State(app): State<App>,
    Json(words): Json<DialectWords>,
) -> Result<Json<Value>, Refusal> {
    let dialect: Dialect = words.dialect.parse().map_err(|error: crate::dialect::UnknownWord| {
        Refusal(ApiError::malformed("unknown_dialect", error.to_string()).on("dialect"))
    })?;
    let printed = dialect.to_string();
    app.set_dialect(dialect);
    Ok(Json(json!({"dialect": printed})))
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum OneOrMany {
    Many(Vec<Fault>),
    One(Fault),
}

pub(super) async fn faults(State(app): State<App>) -> Json<Vec<Fault>> {
    Json(app.faults.list())
}

pub(super) async fn add_faults(State(app): State<App>, Json(given): Json<OneOrMany>) -> Json<Vec<Fault>> {
    match given {
        OneOrMany::Many(faults) => faults.into_iter().for_each(|fault| app.faults.add(fault)),
        OneOrMany::One(fault) => app.faults.add(fault),
    }
    Json(app.faults.list())
}

pub(super) async fn clear_faults(State(app): State<App>) -> StatusCode {
    app.faults.clear();
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ClockMove {
    now: Option<jiff::Timestamp>,
    advance_minutes: Option<u32>,
    advance_days: Option<u32>,
}

pub(super) async fn clock(State(app): State<App>) -> Json<Value> {
    Json(json!({"now": app.clock.now().to_string()}))
}

pub(super) async fn move_clock(State(app): State<App>, Json(to): Json<ClockMove>) -> Json<Value> {
    if let Some(now) = to.now {
        app.clock.set(now);
    }
    app.clock.advance_days(to.advance_days.unwrap_or(0));
    app.clock.advance_minutes(to.advance_minutes.unwrap_or(0));
    clock(State(app)).await
}

pub(super) async fn requests(State(app): State<App>) -> Json<Value> {
    Json(json!(app.requests.all()))
}

pub(super) async fn clear_requests(State(app): State<App>) -> StatusCode {
    app.requests.clear();
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum TokenAction {
    ExpireAccess,
    RevokeLogins,
    RevokeApiToken,
    RestoreApiToken,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TokenOrder {
    action: TokenAction,
}

pub(super) async fn tokens(State(app): State<App>, Json(order): Json<TokenOrder>) -> StatusCode {
    match order.action {
        TokenAction::ExpireAccess => app.tokens.expire_access(),
        TokenAction::RevokeLogins => app.tokens.revoke_all(),
        TokenAction::RevokeApiToken => app.tokens.revoke_api_token(),
        TokenAction::RestoreApiToken => app.tokens.restore_api_token(),
    }
    StatusCode::NO_CONTENT
}

pub(super) async fn books(State(app): State<App>) -> Result<Json<Value>, Refusal> {
    let books = app.books;
    on_books(move || {
        Ok(json!({
            "counts": books.counts()?,
            "digest": books.digest()?,
            "richestHistory": books.richest_history()?,
        }))
    })
    .await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Correction {
    transaction_id: i64,
    sum: i64,
}

pub(super) async fn correct(
    State(app): State<App>,
    Json(order): Json<Correction>,
) -> Result<Json<Value>, Refusal> {
    on_books(move || {
        app.books.correct_transaction(order.transaction_id, order.sum)?;
        Ok(json!({"transactionId": order.transaction_id, "sum": order.sum}))
    })
    .await
}

/// Reads the books off the threads that serve connections.
async fn on_books(
    work: impl FnOnce() -> Result<Value, BooksError> + Send + 'static,
) -> Result<Json<Value>, Refusal> {
    let internal = |_| {
        let message = "The sandbox failed; see its log.";
        Refusal(ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", message))
    };
    Ok(Json(tokio::task::spawn_blocking(work).await.map_err(internal)??))
}

//! What anybody may ask.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value, json};

use super::App;
use super::caller::Caller;
use super::problem::Problem;

/// `GET /v1/programme`. Everybody may read it; a kiosk that shows its credential is told whether that is still good.
pub(super) async fn programme(State(app): State<App>, caller: Caller, headers: HeaderMap) -> Response {
    match caller.0.device {
        None => app.programme.reply(&headers),
        Some(_) => app.programme.reply_to_one(&headers),
    }
}

/// `GET /v1/openapi.json`
pub(super) async fn description(State(app): State<App>, headers: HeaderMap) -> Response {
    app.description.reply(&headers)
}

/// `GET /v1/health`
pub(super) async fn health() -> Json<Value> {
    Json(json!({"status": "up"}))
}

/// `GET /v1/ready`. A server that is shutting down says no, so that a balancer sends nobody else.
pub(super) async fn ready(State(app): State<App>) -> Result<Json<Value>, Problem> {
    if *app.stopping.borrow() {
        return Err(Problem::unavailable());
    }
    app.gateway.ready().await.map_err(|_| Problem::unavailable())?;
    Ok(Json(json!({"status": "ready"})))
}

//! What anybody may ask.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value, json};

use super::App;
use super::problem::Problem;

/// `GET /v1/programme`
pub(super) async fn programme(State(app): State<App>, headers: HeaderMap) -> Response {
    app.programme.reply(&headers)
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

//! The interface over HTTP: routes, who is asking, what is read, and how errors leave.

mod caller;
mod client_address;
mod entity_tag;
mod input;
mod me;
mod observe;
mod open;
mod problem;
mod sign_in;

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, delete, get, patch, post};
use loyalty_core::ErrorCode;
use tokio::sync::{Semaphore, watch};

pub(crate) use caller::Peer;
pub use client_address::{Network, NotANetwork, TrustedProxies};
use entity_tag::Tagged;
use problem::Problem;

use crate::gateway::Gateway;
use crate::metrics::Metrics;

/// What every handler can reach. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct App {
    pub(crate) gateway: Gateway,
    pub(crate) programme: Arc<Tagged>,
    pub(crate) description: Arc<Tagged>,
    pub(crate) trusted_proxies: Arc<TrustedProxies>,
    pub(crate) metrics: Arc<Metrics>,
    /// One permit for each request that may be under way.
    pub(crate) places: Arc<Semaphore>,
    /// Whether the server is shutting down.
    pub(crate) stopping: watch::Receiver<bool>,
}

impl App {
    /// A document that is the same for everybody until the next start.
    pub(crate) fn tagged(body: Vec<u8>) -> Arc<Tagged> {
        Arc::new(Tagged::new(body))
    }
}

/// Every route, as the README and the description list them.
fn routes() -> Vec<(&'static str, MethodRouter<App>)> {
    vec![
        ("/v1/programme", get(open::programme)),
        ("/v1/sign-in/code", post(sign_in::send_code)),
        ("/v1/sign-in/confirm", post(sign_in::confirm)),
        ("/v1/sessions/refresh", post(sign_in::refresh)),
        ("/v1/sessions/current", delete(sign_in::sign_out_here)),
        ("/v1/sessions", delete(sign_in::sign_out_everywhere)),
        ("/v1/me/registration", post(me::register)),
        ("/v1/me/snapshot", get(me::snapshot)),
        ("/v1/me/transactions", get(me::transactions)),
        ("/v1/me/receipts/{receipt}", get(me::receipt)),
        ("/v1/me/profile", patch(me::update_profile)),
        ("/v1/me/till-code", post(me::till_code)),
        ("/v1/me/consents", get(me::consents).post(me::give_consent)),
        ("/v1/me/consents/{kind}", delete(me::withdraw_consent)),
        ("/v1/me/export", get(me::export)),
        ("/v1/me/deletion", post(me::request_deletion)),
        ("/v1/kiosk/identify", post(sign_in::identify)),
    ]
}

/// Routes by which whoever runs the gateway looks after it; they answer also when it is full.
fn supervision() -> Vec<(&'static str, MethodRouter<App>)> {
    vec![
        ("/v1/health", get(open::health)),
        ("/v1/ready", get(open::ready)),
        ("/v1/openapi.json", get(open::description)),
    ]
}

/// The path of every route.
pub(crate) static PATHS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| routes().into_iter().chain(supervision()).map(|(path, _)| path).collect());

/// The whole interface.
pub(crate) fn router(app: App) -> Router {
    let with =
        |router: Router<App>, (path, verbs): (&'static str, MethodRouter<App>)| router.route(path, verbs);
    let limited =
        routes().into_iter().fold(Router::new(), with).layer(from_fn_with_state(app.clone(), observe::bound));
    supervision()
        .into_iter()
        .fold(limited, with)
        .fallback(|| async { Problem::not_found() })
        .method_not_allowed_fallback(|| async {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, ErrorCode::Rejected)
        })
        .layer(DefaultBodyLimit::max(input::LONGEST_BODY))
        .layer(from_fn(observe::guard))
        .layer(from_fn_with_state(app.clone(), observe::observe))
        .with_state(app)
}

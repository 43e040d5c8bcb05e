//! The doors: the API under `/api/v0`, the till, the description, and the sandbox's own controls.

mod account_groups;
mod accounts;
mod auth;
mod checks;
mod control;
mod dictionaries;
mod history;
mod input;
pub(crate) mod methods;
mod operations;
mod pipeline;
mod reply;
mod reports;
mod till;

use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::routing::{get, post};

use crate::books::Books;
use crate::clock::Clock;
use crate::dialect::Dialect;
use crate::faults::Faults;
use crate::requests::Requests;
use crate::tokens::Tokens;

/// A request's body may be this long.
const MOST_BODY_BYTES: usize = 1 << 20;

/// Everything the doors lead to. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct App {
    pub(crate) books: Books,
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    pub(crate) requests: Requests,
    pub(crate) tokens: Tokens,
    pub(crate) dialect: Arc<RwLock<Dialect>>,
    pub(crate) base_url: Arc<str>,
}

impl App {
    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_dialect(&self, dialect: Dialect) {
        *self.dialect.write().unwrap_or_else(PoisonError::into_inner) = dialect;
    }
}

/// Paths of the API and of its description follow the dialect, so they are resolved request by request.
pub(crate) fn router(app: App) -> Router {
    Router::new()
        .route("/till/check", post(pipeline::till))
        .route("/sandbox/dialect", get(control::dialect).post(control::set_dialect))
        .route(
            "/sandbox/faults",
            get(control::faults).post(control::add_faults).delete(control::clear_faults),
        )
        .route("/sandbox/clock", get(control::clock).post(control::move_clock))
        .route("/sandbox/requests", get(control::requests).delete(control::clear_requests))
        .route("/sandbox/tokens", post(control::tokens))
        .route("/sandbox/books", get(control::books))
        .route("/sandbox/correct", post(control::correct))
        .fallback(pipeline::api)
        .with_state(app)
}

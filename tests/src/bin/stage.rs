//! `loyalty-stage`: everything around a guest's device, for tests in other languages. Prints its address, and ends when its
//! input does.
//!
//! `POST /stages` with the settings sets a stage up: `{"id", "gateway", "now"}`. `POST /stages/ID` with an act answers
//! what came of it, with the device's time in `now` (microseconds since 1970). `DELETE /stages/ID` ends it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
// It serves tests, which see its end as their failure.

use std::collections::HashMap;
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::{Path, State};
use axum::routing::{delete, post};
use axum::{Json, Router};
use loyalty_tests::stage::{Act, Stage, StageSettings};
use serde_json::{Value, json};
use tokio::runtime::Handle;
use tokio::sync::Mutex;

#[derive(Clone, Default)]
struct Stages {
    all: Arc<Mutex<HashMap<u64, Arc<Mutex<Stage>>>>>,
    next: Arc<AtomicU64>,
}

#[tokio::main]
async fn main() {
    // Nobody else is there to have installed one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let routes = Router::new()
        .route("/stages", post(start))
        .route("/stages/{id}", post(act))
        .route("/stages/{id}", delete(end))
        .with_state(Stages::default());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    // Whoever started it holds the other end, and lets go of it even when they die.
    tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await.unwrap().unwrap();
    std::process::exit(0);
}

async fn start(State(stages): State<Stages>, Json(settings): Json<StageSettings>) -> Json<Value> {
    let stage = alone(move || async move { Stage::start(&settings).await }).await;
    let id = stages.next.fetch_add(1, Ordering::Relaxed);
    let (gateway, now) = (stage.gateway(), stage.device_time().as_microsecond());
    stages.all.lock().await.insert(id, Arc::new(Mutex::new(stage)));
    Json(json!({"id": id, "gateway": gateway, "now": now}))
}

async fn act(State(stages): State<Stages>, Path(id): Path<u64>, Json(act): Json<Act>) -> Json<Value> {
    let stage = Arc::clone(stages.all.lock().await.get(&id).expect("a stage that was set up"));
    let saw = alone(move || async move {
        let mut stage = stage.lock().await;
        let mut saw = stage.act(&act).await;
        saw["now"] = json!(stage.device_time().as_microsecond());
        saw
    });
    Json(saw.await)
}

/// Runs on a thread of its own what may not move between threads.
async fn alone<T, F>(work: impl FnOnce() -> F + Send + 'static) -> T
where
    T: Send + 'static,
    F: Future<Output = T>,
{
    let runtime = Handle::current();
    tokio::task::spawn_blocking(move || runtime.block_on(work())).await.unwrap()
}

async fn end(State(stages): State<Stages>, Path(id): Path<u64>) -> Json<Value> {
    stages.all.lock().await.remove(&id);
    Json(json!({"done": true}))
}

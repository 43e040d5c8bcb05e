//! Serving a document out of SQLite with axum and rusqlite alone.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rusqlite::{Connection, params};
use tokio::net::TcpListener;

/// The account whose document is served.
const ACCOUNT: i64 = 1;

/// Puts `document` into a database at `path` and serves it under `/` on the current Tokio runtime, for as long as that
/// lives. Answers where.
///
/// # Errors
/// When the database cannot be made or no port is to be had.
pub async fn serve(path: &Path, document: &[u8]) -> Result<SocketAddr, Box<dyn std::error::Error>> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.execute_batch("CREATE TABLE snapshots (account INTEGER PRIMARY KEY, body BLOB NOT NULL)")?;
    connection.execute("INSERT INTO snapshots VALUES (?1, ?2)", params![ACCOUNT, document])?;
    let router = Router::new().route("/", get(snapshot)).with_state(Arc::new(Mutex::new(connection)));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

async fn snapshot(State(database): State<Arc<Mutex<Connection>>>) -> Response {
    // SQLite blocks, and whoever blocks a worker of the runtime holds up others.
    let read = tokio::task::spawn_blocking(move || {
        let database = database.lock().unwrap_or_else(PoisonError::into_inner);
        let mut statement = database.prepare_cached("SELECT body FROM snapshots WHERE account = ?1")?;
        statement.query_row([ACCOUNT], |row| row.get::<_, Vec<u8>>(0))
    });
    match read.await {
        Ok(Ok(body)) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
        _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

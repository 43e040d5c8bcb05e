//! One call that uses every crate of a device's library once, the way anybody would: fetch a document over TLS, read it,
//! keep it in SQLite, say when. `cargo xtask size` holds the library that ships against this.

use std::sync::OnceLock;

use base64::Engine;
use serde::Deserialize;
use tokio::runtime::Runtime;
use tracing_subscriber::layer::SubscriberExt;

uniffi::setup_scaffolding!();

static RUNTIME: OnceLock<Option<Runtime>> = OnceLock::new();

/// Why it did not work.
#[derive(Debug, thiserror::Error, uniffi::Error)]
#[uniffi(flat_error)]
pub enum BareError {
    /// Something that this call uses failed.
    #[error("{0}")]
    Failed(String),
}

fn failed(error: impl std::fmt::Display) -> BareError {
    BareError::Failed(error.to_string())
}

#[derive(Deserialize)]
struct Document {
    id: i64,
    name: String,
    rest: Box<serde_json::value::RawValue>,
}

/// Fetches a document and keeps it.
///
/// # Errors
/// When anything fails.
#[uniffi::export]
pub async fn fetch_and_keep(address: String, secret: Vec<u8>, path: String) -> Result<String, BareError> {
    let start = || tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().ok();
    let runtime = RUNTIME.get_or_init(start).as_ref().ok_or_else(|| failed("no runtime"))?;
    runtime.spawn(work(address, secret, path)).await.map_err(failed)?
}

async fn work(address: String, secret: Vec<u8>, path: String) -> Result<String, BareError> {
    let subscriber = tracing_subscriber::registry();
    // An earlier call may have done so.
    let _ = tracing::subscriber::set_global_default(
        subscriber.with(tracing_subscriber::filter::LevelFilter::INFO),
    );
    // Whoever installed one first is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS;
    let roots: Result<Vec<_>, _> = roots.iter().map(|root| reqwest::Certificate::from_der(root)).collect();
    let client = reqwest::Client::builder().tls_certs_only(roots.map_err(failed)?).build().map_err(failed)?;
    let secret = secrecy::SecretSlice::from(secret);
    let token =
        base64::engine::general_purpose::STANDARD.encode(secrecy::ExposeSecret::expose_secret(&secret));
    let address = url::Url::parse(&address).map_err(failed)?;
    let reply = client.get(address).header("authorization", token).send().await.map_err(failed)?;
    let date = reply.headers().get("date").and_then(|date| date.to_str().ok());
    let date = date.and_then(|date| httpdate::parse_http_date(date).ok()).ok_or_else(|| failed("no date"))?;
    let body = reply.bytes().await.map_err(failed)?;
    let document: Document = serde_json::from_slice(&body).map_err(failed)?;
    let keep = move || -> Result<String, BareError> {
        let connection = rusqlite::Connection::open(path).map_err(failed)?;
        connection.execute_batch("CREATE TABLE IF NOT EXISTS kept (id, name, rest)").map_err(failed)?;
        let row = (document.id, &document.name, document.rest.get());
        connection
            .prepare_cached("INSERT INTO kept VALUES (?1, ?2, ?3)")
            .map_err(failed)?
            .execute(row)
            .map_err(failed)?;
        let count: i64 =
            connection.query_row("SELECT count(*) FROM kept", [], |row| row.get(0)).map_err(failed)?;
        let zone = jiff::tz::TimeZone::get("Europe/Moscow").map_err(failed)?;
        let at = zone.to_datetime(jiff::Timestamp::try_from(date).map_err(failed)?);
        tracing::info!(count, "kept");
        Ok(format!("{} {} {at}", uuid::Uuid::now_v7(), document.name))
    };
    tokio::task::spawn_blocking(keep).await.map_err(failed)?
}

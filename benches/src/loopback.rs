//! A server on loopback with one guest's history, as quick as can be: its answers are ready before they are asked for.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::serve::ListenerExt as _;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use tokio::net::TcpListener;

use crate::histories;

/// Between two rows: 20,000 are not quite two years.
const BETWEEN: SignedDuration = SignedDuration::from_secs(3_000);
/// The guest, as the contract has them.
pub(crate) const PHONE: &str = "+79123451234";
const ACCOUNTS: &str =
    r#"[{"id":7,"accountGroupId":3,"phone":"+79123451234","firstName":"Анна","balance":90000}]"#;
const BALANCE: &str = r#"{"accountId":7,"balance":90000,"nonBurning":80000,
    "items":[{"sum":10000,"burnDate":"2030-01-01"}],"pending":[]}"#;

/// The server; it ends with the program.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    book: Arc<Book>,
}

#[derive(Debug)]
struct Book {
    /// Rows as JSON with a comma behind each, newest first.
    text: String,
    /// When each row happened, and where it begins in the text.
    rows: Vec<(Timestamp, usize)>,
    asked: Mutex<Vec<String>>,
}

impl Server {
    /// A server with so many rows, the newest of now.
    pub(crate) fn start(rows: i64) -> io::Result<Self> {
        let newest = Timestamp::now();
        let mut book = Book { text: String::new(), rows: Vec::new(), asked: Mutex::default() };
        for number in 0..rows {
            let at = newest - BETWEEN * i32::try_from(number).unwrap_or(i32::MAX);
            book.rows.push((at, book.text.len()));
            book.text.push_str(&histories::row(rows - number, at).to_string());
            book.text.push(',');
        }
        let book = Arc::new(book);
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let router = Router::new()
            .route("/api/v0/accounts/find_by_phone", get(|state, uri| answer(state, uri, ACCOUNTS)))
            .route("/api/v0/accounts/get_balance_extended", get(|state, uri| answer(state, uri, BALANCE)))
            .route("/api/v0/accounts/transactions", get(transactions))
            .with_state(Arc::clone(&book));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        thread::spawn(move || {
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener)?.tap_io(|stream| {
                    // Or long replies would wait for acknowledgements, and what is compared would drown in that.
                    let _ = stream.set_nodelay(true);
                });
                axum::serve(listener, router).await
            })
        });
        Ok(Self { address, book })
    }

    /// Where it is.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it was asked for since the last call, as addresses.
    pub(crate) fn take_requests(&self) -> Vec<String> {
        let asked = std::mem::take(&mut *self.book.asked.lock().unwrap_or_else(PoisonError::into_inner));
        asked.into_iter().map(|path| self.url() + &path).collect()
    }
}

impl Book {
    fn note(&self, uri: &Uri) {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(uri.to_string());
    }

    /// The rows with these places, as a list.
    fn list(&self, first: usize, behind: usize) -> String {
        let place = |row: usize| self.rows.get(row).map_or(self.text.len(), |(_, place)| *place);
        let rows = self.text.get(place(first)..place(behind)).unwrap_or_default();
        format!("[{}]", rows.trim_end_matches(','))
    }
}

async fn answer(State(book): State<Arc<Book>>, uri: Uri, body: &'static str) -> Response {
    book.note(&uri);
    json(body.to_owned())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    date_from: Option<Timestamp>,
    date_to: Option<Timestamp>,
    count: Option<usize>,
}

async fn transactions(State(book): State<Arc<Book>>, uri: Uri, Query(asked): Query<Asked>) -> Response {
    book.note(&uri);
    match asked {
        Asked { count: Some(count), .. } => json(book.list(0, count)),
        Asked { date_from: Some(from), date_to: Some(to), .. } => {
            let first = book.rows.partition_point(|(at, _)| *at >= to);
            let behind = book.rows.partition_point(|(at, _)| *at >= from);
            json(book.list(first, behind))
        }
        _ => StatusCode::BAD_REQUEST.into_response(),
    }
}

fn json(body: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

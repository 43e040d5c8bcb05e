//! A proxy in front of one or more gateways: each request goes to the next of them, and it can lose a reply.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Method, Request, Response, StatusCode};

/// No body that goes through is longer.
const LONGEST_BODY: usize = 1 << 20;

/// A request that went through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// Its verb and path: `GET /v1/me/snapshot`.
    pub request: String,
    /// What the gateway answered.
    pub status: u16,
    /// Bytes of the answer's body.
    pub bytes: usize,
}

/// A running proxy; it ends with the runtime it was started on.
#[derive(Debug)]
pub struct Proxy {
    /// Where clients connect to.
    pub base_url: String,
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    targets: Mutex<Vec<String>>,
    next: AtomicUsize,
    client: reqwest::Client,
    passed: Mutex<Vec<Passed>>,
    /// The path whose next reply is lost.
    lost: Mutex<Option<String>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Proxy {
    /// Starts a proxy on loopback in front of `targets` (`http://host:port`).
    pub async fn start(targets: &[&str]) -> Self {
        // Whoever installs it first in this process is as good as any other.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let inner = Arc::new(Inner {
            targets: Mutex::new(targets.iter().map(|target| (*target).to_owned()).collect()),
            next: AtomicUsize::new(0),
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            passed: Mutex::default(),
            lost: Mutex::default(),
        });
        let app = Router::new().fallback(forward).with_state(Arc::clone(&inner));
        let listener = tokio::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { base_url, inner }
    }

    /// Loses the next reply to a request for this path: it is worked on, and nobody hears of it.
    pub fn lose(&self, path: &str) {
        *lock(&self.inner.lost) = Some(path.to_owned());
    }

    /// Takes the list of what went through.
    pub fn take(&self) -> Vec<Passed> {
        std::mem::take(&mut lock(&self.inner.passed))
    }

    /// Sends everything to these from now on.
    pub fn direct_to(&self, targets: &[&str]) {
        *lock(&self.inner.targets) = targets.iter().map(|target| (*target).to_owned()).collect();
    }
}

/// Passes a request on. Where nobody listens the next one is asked, and where the connection breaks in the middle of a
/// read as well, as every proxy does.
async fn forward(State(proxy): State<Arc<Inner>>, request: Request<Body>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, LONGEST_BODY).await.unwrap();
    let mut headers = parts.headers.clone();
    headers.remove("host");
    let targets = lock(&proxy.targets).clone();
    let first = proxy.next.fetch_add(1, Ordering::SeqCst);
    for tried in 0..targets.len() {
        let target = &targets[(first + tried) % targets.len()];
        let request = proxy.client.request(parts.method.clone(), format!("{target}{}", parts.uri));
        match request.headers(headers.clone()).body(body.clone()).send().await {
            Ok(answer) => {
                let passed = format!("{} {}", parts.method, parts.uri.path());
                return proxy.pass(&passed, parts.uri.path(), answer).await;
            }
            Err(error) if error.is_connect() || parts.method == Method::GET => {}
            Err(_) => break,
        }
    }
    Response::builder().status(StatusCode::BAD_GATEWAY).body(Body::empty()).unwrap()
}

impl Inner {
    async fn pass(&self, request: &str, path: &str, answer: reqwest::Response) -> Response<Body> {
        let (status, headers) = (answer.status(), answer.headers().clone());
        let Ok(reply) = answer.bytes().await else {
            return Response::builder().status(StatusCode::BAD_GATEWAY).body(Body::empty()).unwrap();
        };
        let passed = Passed { request: request.to_owned(), status: status.as_u16(), bytes: reply.len() };
        lock(&self.passed).push(passed);
        let is_lost = {
            let mut lost = lock(&self.lost);
            let is_lost = lost.as_deref() == Some(path);
            lost.take_if(|_| is_lost).is_some()
        };
        let mut response = Response::builder().status(status);
        for (name, value) in &headers {
            if name != "transfer-encoding" && (name != "content-length" || is_lost) {
                response = response.header(name, value);
            }
        }
        // Announced and never sent: the connection breaks in the middle of the answer.
        let body = if is_lost { broken() } else { Body::from(reply) };
        response.body(body).unwrap()
    }
}

/// A body that breaks at once.
fn broken() -> Body {
    let error = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    Body::from_stream(futures_util::stream::iter([Err::<Vec<u8>, _>(error)]))
}

//! Starting, serving and stopping.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::header;
use axum::routing::get;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::gateway::Gateway;
use crate::http::{self, App, Peer, TrustedProxies};
use crate::metrics::Metrics;
use crate::openapi;
use crate::patience::Patient;
use crate::tls::{self, TlsError, TlsFiles};

/// A request's head, in bytes.
const LONGEST_HEAD: usize = 16 * 1024;
/// How many headers a request may have.
const MOST_HEADERS: usize = 64;
/// A connection has to send its next head within this time; so an idle one is closed as well.
const HEAD_TIME: Duration = Duration::from_secs(20);
/// The keys of TLS have to be agreed upon within this time.
const HANDSHAKE_TIME: Duration = Duration::from_secs(10);
/// A client has to take some of its answer within this time.
const WRITE_TIME: Duration = Duration::from_secs(20);
/// Requests under way at a shutdown are waited for so long: as long as one may take.
const FAREWELL: Duration = Duration::from_secs(30);
/// Before connections are taken again when the machine has no descriptors left.
const OUT_OF_DESCRIPTORS: Duration = Duration::from_millis(50);
/// Whoever collects metrics needs few connections.
const METRICS_CONNECTIONS: u32 = 16;

/// How a gateway is reached.
#[derive(Debug, Clone)]
pub struct ServerOptions {
    /// Where guests' devices, or the proxy in front, connect; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where metrics are collected; port 0 takes a free one.
    pub metrics_listen: SocketAddr,
    /// The certificate to show; `None` for plain HTTP behind a proxy.
    pub tls: Option<TlsFiles>,
    /// Who is believed about a client's address.
    pub trusted_proxies: TrustedProxies,
    /// Connections at a time; the next ones wait in the system's queue.
    pub max_connections: u32,
    /// Requests at a time; the next one is told to come again.
    pub max_requests: u32,
    /// The document of `GET /v1/programme`.
    pub programme: Value,
}

/// Why a gateway does not serve.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Bind {
        /// Which one.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// TLS cannot be offered.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// The way to serve a gateway.
#[derive(Debug, Clone, Copy)]
pub struct GatewayServer;

impl GatewayServer {
    /// Serves on the current Tokio runtime; connections are taken when it returns.
    ///
    /// # Errors
    /// When an address is taken or not ours, or the certificate cannot be used.
    pub async fn start(gateway: Gateway, options: ServerOptions) -> Result<Running, StartError> {
        let acceptor = options.tls.as_ref().map(tls::acceptor).transpose()?;
        let scheme = if acceptor.is_some() { "https" } else { "http" };
        let listener = bind(options.listen).await?;
        let base_url = url(scheme, &listener, options.listen)?;
        let (stop, stopping) = watch::channel(false);
        let metrics = Arc::new(Metrics::default());
        let collected = bind(options.metrics_listen).await?;
        let metrics_url = url("http", &collected, options.metrics_listen)?;
        let metrics_router = metrics_router(gateway.clone(), Arc::clone(&metrics));
        let metrics_door =
            Door::new(collected, None, metrics_router, METRICS_CONNECTIONS, Arc::default(), &stopping);
        let app = App {
            gateway: gateway.clone(),
            programme: App::tagged(options.programme.to_string().into_bytes()),
            description: App::tagged(openapi::DESCRIPTION.as_bytes().to_vec()),
            trusted_proxies: Arc::new(options.trusted_proxies),
            metrics: Arc::clone(&metrics),
            places: Arc::new(Semaphore::new(places(options.max_requests))),
            stopping: stopping.clone(),
        };
        let router = http::router(app);
        let door = Door::new(listener, acceptor, router, options.max_connections, metrics, &stopping);
        let doors = vec![tokio::spawn(door.serve()), tokio::spawn(metrics_door.serve())];
        tracing::info!(url = %base_url, "the gateway is open");
        Ok(Running { base_url, metrics_url, gateway, stop, doors })
    }
}

/// A gateway that serves. Dropping it closes its doors without waiting for anybody.
#[derive(Debug)]
pub struct Running {
    base_url: String,
    metrics_url: String,
    gateway: Gateway,
    stop: watch::Sender<bool>,
    doors: Vec<JoinHandle<()>>,
}

impl Running {
    /// `http://ADDRESS:PORT` or `https://…`; the interface is under `/v1`.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// `http://ADDRESS:PORT`; the metrics are under `/metrics`.
    #[must_use]
    pub fn metrics_url(&self) -> &str {
        &self.metrics_url
    }

    /// The gateway behind the door.
    #[must_use]
    pub fn gateway(&self) -> &Gateway {
        &self.gateway
    }

    /// Takes no more connections, lets requests under way end, 30 seconds at most, and then the gateway itself.
    pub async fn shutdown(mut self) {
        // Nobody listening means that the doors are closed already.
        let _ = self.stop.send(true);
        for door in self.doors.drain(..) {
            let _ = door.await;
        }
        self.gateway.shut_down().await;
        tracing::info!("the gateway is closed");
    }

    /// Serves until Ctrl-C or, on Unix, SIGTERM; then shuts down.
    ///
    /// # Errors
    /// If signals cannot be waited for.
    pub async fn until_signal(self) -> io::Result<()> {
        signal().await?;
        self.shutdown().await;
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        for door in &self.doors {
            door.abort();
        }
    }
}

#[cfg(unix)]
async fn signal() -> io::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn signal() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}

async fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|source| StartError::Bind { address, source })
}

fn url(scheme: &str, listener: &TcpListener, asked: SocketAddr) -> Result<String, StartError> {
    let bound = listener.local_addr().map_err(|source| StartError::Bind { address: asked, source })?;
    Ok(format!("{scheme}://{bound}"))
}

fn places(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX).clamp(1, Semaphore::MAX_PERMITS)
}

fn metrics_router(gateway: Gateway, metrics: Arc<Metrics>) -> Router {
    let text = move || {
        let text = metrics.render(&gateway.counters());
        async move { ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text) }
    };
    Router::new().route("/metrics", get(text))
}

type Handler = TowerToHyperService<Router>;

/// A listener and what stands behind it.
struct Door {
    listener: TcpListener,
    acceptor: Option<TlsAcceptor>,
    handler: Handler,
    metrics: Arc<Metrics>,
    places: Arc<Semaphore>,
    all: u32,
    stopping: watch::Receiver<bool>,
}

impl Door {
    fn new(
        listener: TcpListener,
        acceptor: Option<TlsAcceptor>,
        router: Router,
        connections: u32,
        metrics: Arc<Metrics>,
        stopping: &watch::Receiver<bool>,
    ) -> Self {
        let all = connections.max(1);
        Self {
            listener,
            acceptor,
            handler: TowerToHyperService::new(router),
            metrics,
            places: Arc::new(Semaphore::new(places(all))),
            all,
            stopping: stopping.clone(),
        }
    }

    /// Takes connections until told to stop, then waits for those there are.
    async fn serve(mut self) {
        while let Some((stream, peer, place)) = self.next().await {
            let connection = Connection {
                acceptor: self.acceptor.clone(),
                handler: self.handler.clone(),
                metrics: Arc::clone(&self.metrics),
                stopping: self.stopping.clone(),
            };
            tokio::spawn(async move {
                connection.serve(stream, peer).await;
                drop(place);
            });
        }
        drop(self.listener);
        let everybody_gone = self.places.acquire_many(self.all);
        if tokio::time::timeout(FAREWELL, everybody_gone).await.is_err() {
            tracing::warn!("some connections did not end in time");
        }
    }

    async fn next(&mut self) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
        loop {
            let next = async {
                let place = Arc::clone(&self.places).acquire_owned().await.map_err(io::Error::other)?;
                let (stream, peer) = self.listener.accept().await?;
                Ok::<_, io::Error>((stream, peer, place))
            };
            let taken = tokio::select! {
                taken = next => taken,
                _ = self.stopping.changed() => return None,
            };
            match taken {
                Ok(taken) => return Some(taken),
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be taken");
                    tokio::time::sleep(OUT_OF_DESCRIPTORS).await;
                }
            }
        }
    }
}

/// A connection that has been taken.
struct Connection {
    acceptor: Option<TlsAcceptor>,
    handler: Handler,
    metrics: Arc<Metrics>,
    stopping: watch::Receiver<bool>,
}

impl Connection {
    async fn serve(self, stream: TcpStream, peer: SocketAddr) {
        let metrics = Arc::clone(&self.metrics);
        let _open = metrics.connection();
        // Replies are written whole: waiting for more would only delay them.
        let _ = stream.set_nodelay(true);
        match self.acceptor.clone() {
            None => self.speak(stream, peer).await,
            Some(acceptor) => match tokio::time::timeout(HANDSHAKE_TIME, acceptor.accept(stream)).await {
                Ok(Ok(stream)) => self.speak(stream, peer).await,
                Ok(Err(error)) => tracing::debug!(%error, "no keys were agreed upon"),
                Err(_) => tracing::debug!("no keys were agreed upon in time"),
            },
        }
    }

    async fn speak<S: AsyncRead + AsyncWrite + Unpin + Send>(mut self, stream: S, peer: SocketAddr) {
        let peer = Peer(peer.ip());
        let handler = self.handler;
        let service = service_fn(move |mut request: hyper::Request<Incoming>| {
            request.extensions_mut().insert(peer);
            handler.call(request)
        });
        let serving = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIME)
            .max_headers(MOST_HEADERS)
            .max_header_size(LONGEST_HEAD)
            .serve_connection(TokioIo::new(Patient::new(stream, WRITE_TIME)), service);
        let mut serving = std::pin::pin!(serving);
        let ended = tokio::select! {
            ended = &mut serving => ended,
            _ = self.stopping.changed() => {
                serving.as_mut().graceful_shutdown();
                serving.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection ended early");
        }
    }
}

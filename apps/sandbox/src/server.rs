//! Starting, steering and stopping a sandbox.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use jiff::tz::TimeZone;
use rusqlite::TransactionBehavior;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::{oneshot, watch};

use crate::books::{self, Books, Rules};
use crate::clock::{Clock, VenueCalendar, machine_time};
use crate::connection::{Connection, Switch};
use crate::dialect::Dialect;
use crate::error::{BooksError, StartError};
use crate::faults::Faults;
use crate::http::{App, router};
use crate::options::{Options, Store};
use crate::requests::Requests;
use crate::seed_data::{self, Plan};
use crate::tokens::Tokens;

/// A connection has to send its header within this time.
const HEADER_TIME: Duration = Duration::from_secs(30);

/// The way to start a sandbox.
#[derive(Debug, Clone, Copy)]
pub struct Sandbox;

impl Sandbox {
    /// Opens or fills the books and serves them on `127.0.0.1:port`; port 0 takes any free one. Returns once
    /// connections are taken.
    ///
    /// # Errors
    /// [`StartError`] if the port is taken, the zone unknown, or the books cannot be opened.
    pub fn start(options: Options, port: u16) -> Result<RunningSandbox, StartError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("sandbox")
            .enable_all()
            .build()?;
        let bind = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
        // In a thread of its own, so that it may be called from inside another runtime.
        let bound = std::thread::scope(|scope| {
            let waiting = scope.spawn(|| runtime.block_on(bind));
            waiting.join().unwrap_or_else(|_| Err(std::io::Error::other("binding panicked")))
        });
        let prepared = bound
            .map_err(|source| StartError::Bind { port, source })
            .and_then(|listener| Ok((prepare(options, &listener)?, listener)));
        let (app, listener) = match prepared {
            Ok(prepared) => prepared,
            Err(error) => {
                // Dropping a runtime is forbidden inside another one; this way of ending it is not.
                runtime.shutdown_background();
                return Err(error);
            }
        };
        let (stop, stopped) = watch::channel(());
        let (closed, listener_closed) = std::sync::mpsc::channel();
        let service = router(app.clone());
        runtime.spawn(async move {
            serve(listener, service, stopped).await;
            // The receiver is gone if nobody waits.
            let _ = closed.send(());
        });
        tracing::info!(url = %app.base_url, "the sandbox is open");
        Ok(RunningSandbox { app, running: Some(Running { runtime, stop, listener_closed }) })
    }
}

fn prepare(options: Options, listener: &TcpListener) -> Result<App, StartError> {
    let zone = TimeZone::get(&options.time_zone)
        .map_err(|_| StartError::TimeZone { name: options.time_zone.clone() })?;
    let calendar = VenueCalendar { zone, day_change: options.day_change };
    let base = match options.today {
        Some(date) => {
            let noon = calendar.at(date, jiff::civil::Time::constant(12, 0, 0, 0))?;
            jiff::Timestamp::from_second(noon).map_err(|_| BooksError::OutOfRange)?
        }
        None => machine_time(),
    };
    let tokens = Tokens::new(&options);
    let (books, clock) = open_books(&options, calendar, base)?;
    Ok(App {
        books,
        clock,
        faults: Faults::new(options.faults),
        requests: Requests::default(),
        tokens,
        dialect: Arc::new(RwLock::new(options.dialect)),
        base_url: format!("http://{}", listener.local_addr()?).into(),
    })
}

fn open_books(
    options: &Options,
    calendar: VenueCalendar,
    base: jiff::Timestamp,
) -> Result<(Books, Clock), BooksError> {
    let path: Option<&Path> = match &options.store {
        Store::Memory => None,
        Store::File(path) => Some(path),
    };
    let (mut connection, new) = books::open(path)?;
    let activation_seconds = i64::from(options.activation_hours) * 3_600;
    let mut start = base;
    if new {
        let filling = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        books::create_schema(&filling)?;
        let plan = Plan {
            data: options.data,
            seed: options.seed,
            now: base.as_second(),
            calendar: &calendar,
            activation_seconds,
        };
        seed_data::fill(&filling, &plan)?;
        filling.commit()?;
    } else {
        // Kept books may have come further than the clock is asked to start.
        let newest: i64 =
            connection.query_row("SELECT coalesce(max(at), 0) FROM txn", [], |row| row.get(0))?;
        let newest = jiff::Timestamp::from_second(newest).map_err(|_| BooksError::OutOfRange)?;
        start = base.max(newest);
    }
    let clock = Clock::new(start, options.time);
    let rules = Rules {
        activation_seconds,
        code_digits: options.code_digits.clamp(4, 12),
        code_seconds: i64::from(options.code_minutes) * 60,
        seed: options.seed,
    };
    Ok((Books::new(connection, calendar, clock.clone(), rules), clock))
}

async fn serve(listener: TcpListener, service: Router, mut stopped: watch::Receiver<()>) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.changed() => return,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Out of file descriptors, most likely: others may close theirs meanwhile.
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        // A reply's end would otherwise wait until its beginning is acknowledged: forty milliseconds of nothing.
        let _ = stream.set_nodelay(true);
        let switch = Switch::default();
        let service = TowerToHyperService::new(service.clone().layer(Extension(switch.clone())));
        let io = TokioIo::new(Connection::new(stream, switch));
        tokio::spawn(async move {
            let serving = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEADER_TIME)
                .serve_connection(io, service);
            if let Err(error) = serving.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
}

/// A sandbox that serves. Dropping it shuts it down.
#[derive(Debug)]
pub struct RunningSandbox {
    app: App,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    runtime: Runtime,
    stop: watch::Sender<()>,
    listener_closed: std::sync::mpsc::Receiver<()>,
}

impl RunningSandbox {
    /// `http://127.0.0.1:PORT`; the API is under `/api/v0`.
    pub fn base_url(&self) -> &str {
        &self.app.base_url
    }

    /// The books, past dialects and faults.
    pub fn books(&self) -> &Books {
        &self.app.books
    }

    /// What arrived so far.
    pub fn requests(&self) -> &Requests {
        &self.app.requests
    }

    /// The faults in force.
    pub fn faults(&self) -> &Faults {
        &self.app.faults
    }

    /// The sandbox's time.
    pub fn clock(&self) -> &Clock {
        &self.app.clock
    }

    /// The tokens given out.
    pub fn tokens(&self) -> &Tokens {
        &self.app.tokens
    }

    /// The active dialect.
    pub fn dialect(&self) -> Dialect {
        self.app.dialect()
    }

    /// Speaks another dialect from the next request on.
    pub fn set_dialect(&self, dialect: Dialect) {
        self.app.set_dialect(dialect);
    }

    /// Serves until Ctrl-C or, on Unix, SIGTERM; then shuts down.
    ///
    /// # Errors
    /// [`StartError::Runtime`] if signals cannot be waited for.
    pub async fn until_signal(self) -> Result<(), StartError> {
        if let Some(running) = &self.running {
            let (sender, receiver) = oneshot::channel();
            running.runtime.spawn(async move {
                // The receiver is gone if the caller stopped waiting.
                let _ = sender.send(signal().await);
            });
            receiver.await.map_err(std::io::Error::other)??;
        }
        self.shutdown();
        Ok(())
    }

    /// Stops taking connections, ends those there are, and frees the port.
    pub fn shutdown(mut self) {
        self.stop();
    }

    fn stop(&mut self) {
        let Some(Running { runtime, stop, listener_closed }) = self.running.take() else { return };
        drop(stop);
        // The port is free again once the listener is gone; a second is far more than it takes.
        let _ = listener_closed.recv_timeout(Duration::from_secs(1));
        runtime.shutdown_background();
    }
}

impl Drop for RunningSandbox {
    fn drop(&mut self) {
        self.stop();
    }
}

#[cfg(unix)]
async fn signal() -> std::io::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn signal() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}

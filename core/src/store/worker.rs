//! A connection that is opened when it is needed, and a thread that owns one and does one job after the other.

use std::sync::{Mutex, OnceLock, PoisonError, mpsc};
use std::thread;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::error::StoreError;
use crate::outcome::Outcome;

/// A job sees the connection's place, because opening and closing are jobs as well.
type Job = Box<dyn FnOnce(&mut Slot) + Send>;
/// A job, and who is told that it is done.
type Queued = (Job, oneshot::Sender<()>);
type Opener = Box<dyn FnMut() -> Result<Connection, StoreError> + Send>;

/// A connection's place, with the means to fill it.
pub(super) struct Slot {
    open: Opener,
    connection: Place,
}

/// What stands in the connection's place.
enum Place {
    /// Nothing yet: whoever needs it opens it.
    Unopened,
    Open(Connection),
    /// Nothing, until somebody resumes.
    Closed,
}

impl Slot {
    /// A place for what `open` opens, filled already when `connection` is given.
    pub(super) fn new(
        connection: Option<Connection>,
        open: impl FnMut() -> Result<Connection, StoreError> + Send + 'static,
    ) -> Self {
        Self { open: Box::new(open), connection: connection.map_or(Place::Unopened, Place::Open) }
    }

    /// The connection, opened if it was not; [`StoreError::Closed`] while it is closed.
    pub(super) fn opened(&mut self) -> Result<&mut Connection, StoreError> {
        if matches!(self.connection, Place::Unopened) {
            self.connection = Place::Open((self.open)()?);
        }
        match &mut self.connection {
            Place::Open(connection) => Ok(connection),
            Place::Unopened | Place::Closed => Err(StoreError::Closed),
        }
    }

    /// Closes the connection if it is open. Nobody opens it until [`Slot::resume`].
    pub(super) fn pause(&mut self) -> Result<(), StoreError> {
        match std::mem::replace(&mut self.connection, Place::Closed) {
            Place::Open(connection) => Ok(connection.close().map_err(|(_, error)| error)?),
            Place::Unopened | Place::Closed => Ok(()),
        }
    }

    /// Lets the connection be opened again.
    pub(super) fn resume(&mut self) {
        if matches!(self.connection, Place::Closed) {
            self.connection = Place::Unopened;
        }
    }
}

/// A thread with a connection. The first job starts the thread; both end when this value is dropped.
pub(super) struct Worker {
    jobs: OnceLock<mpsc::Sender<Queued>>,
    /// Until the thread takes it.
    slot: Mutex<Option<Slot>>,
}

impl Worker {
    pub(super) fn new(slot: Slot) -> Self {
        Self { jobs: OnceLock::new(), slot: Mutex::new(Some(slot)) }
    }

    fn jobs(&self) -> Result<&mpsc::Sender<Queued>, StoreError> {
        if let Some(jobs) = self.jobs.get() {
            return Ok(jobs);
        }
        let mut waiting = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mut slot) = waiting.take() {
            let (jobs, queue) = mpsc::channel::<Queued>();
            thread::Builder::new().name("loyalty-store".to_owned()).spawn(move || {
                for (job, done) in queue {
                    job(&mut slot);
                    // Whoever gave up does not wait.
                    let _ = done.send(());
                }
            })?;
            // Nobody else sets it: whoever took the slot does.
            let _ = self.jobs.set(jobs);
        }
        self.jobs.get().ok_or(StoreError::Closed)
    }

    /// Runs `job` on the connection; [`StoreError::Closed`] while it is closed.
    pub(super) async fn run<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    {
        self.hand_over(move |slot| job(slot.opened()?)).await
    }

    /// Closes the connection, after the jobs that were handed over before.
    pub(super) async fn pause(&self) -> Result<(), StoreError> {
        self.hand_over(Slot::pause).await
    }

    /// Opens the connection again, if it was closed.
    pub(super) async fn resume(&self) -> Result<(), StoreError> {
        self.hand_over(|slot| {
            slot.resume();
            slot.opened().map(|_| ())
        })
        .await
    }

    async fn hand_over<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Slot) -> Result<T, StoreError> + Send + 'static,
    {
        let (outcome, told) = Outcome::new();
        self.done(Box::new(move |slot| told.set(job(slot)))).await?;
        outcome.taken().unwrap_or(Err(StoreError::Closed))
    }

    /// Waits until a job is done. It is done all the same when nobody waits any more.
    async fn done(&self, job: Job) -> Result<(), StoreError> {
        let (done, waiting) = oneshot::channel();
        self.jobs()?.send((job, done)).map_err(|_| StoreError::Closed)?;
        waiting.await.map_err(|_| StoreError::Closed)
    }
}

//! A thread that owns one connection and does one job after the other.

use std::fmt;
use std::sync::mpsc;
use std::thread;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::error::StoreError;

/// A job sees the connection's place, because opening and closing are jobs as well.
type Job = Box<dyn FnOnce(&mut Slot) + Send>;
type Opener = Box<dyn FnMut() -> Result<Connection, StoreError> + Send>;

struct Slot {
    open: Opener,
    connection: Place,
}

/// What stands in the connection's place.
enum Place {
    /// Nothing yet: the first job opens it.
    Unopened,
    Open(Connection),
    /// Nothing, until somebody resumes.
    Closed,
}

impl Slot {
    fn opened(&mut self) -> Result<&mut Connection, StoreError> {
        if matches!(self.connection, Place::Unopened) {
            self.connection = Place::Open((self.open)()?);
        }
        match &mut self.connection {
            Place::Open(connection) => Ok(connection),
            Place::Unopened | Place::Closed => Err(StoreError::Closed),
        }
    }
}

/// A thread with a connection. It ends, and closes the connection, when this value is dropped.
pub(super) struct Worker {
    jobs: mpsc::Sender<Job>,
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Worker")
    }
}

impl Worker {
    /// Starts the thread. The first job opens the connection.
    pub(super) fn start(
        open: impl FnMut() -> Result<Connection, StoreError> + Send + 'static,
    ) -> Result<Self, StoreError> {
        let (jobs, queue) = mpsc::channel::<Job>();
        let mut slot = Slot { open: Box::new(open), connection: Place::Unopened };
        thread::Builder::new().name("loyalty-store".to_owned()).spawn(move || {
            for job in queue {
                job(&mut slot);
            }
        })?;
        Ok(Self { jobs })
    }

    /// Runs `job` on the connection; [`StoreError::Closed`] while it is closed.
    pub(super) async fn run<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    {
        self.hand_over(move |slot| job(slot.opened()?)).await
    }

    /// Closes the connection if it is open. No job opens it until [`Worker::resume`].
    pub(super) async fn pause(&self) -> Result<(), StoreError> {
        self.hand_over(|slot| match std::mem::replace(&mut slot.connection, Place::Closed) {
            Place::Open(connection) => Ok(connection.close().map_err(|(_, error)| error)?),
            Place::Unopened | Place::Closed => Ok(()),
        })
        .await
    }

    /// Lets the next job open the connection again.
    pub(super) async fn resume(&self) -> Result<(), StoreError> {
        self.hand_over(|slot| {
            if matches!(slot.connection, Place::Closed) {
                slot.connection = Place::Unopened;
            }
            Ok(())
        })
        .await
    }

    async fn hand_over<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Slot) -> Result<T, StoreError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |slot| {
            // Nobody waits any more when the caller gave up; the work is done all the same.
            let _ = answer.send(job(slot));
        });
        self.jobs.send(job).map_err(|_| StoreError::Closed)?;
        answered.await.map_err(|_| StoreError::Closed)?
    }
}

//! One run's connection to the server, and how its results are shown.

use std::future::Future;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use jiff::civil::Date;
use loyalty_core::backend::GuestBackend;
use loyalty_core::backend::probonus::ProBonus;
use loyalty_core::domain::{GroupId, Phone};
use loyalty_core::guest::{GuestClient, PhoneLocks};
use loyalty_core::operator::Operator;
use loyalty_core::ports::Clock;
use serde::Serialize;
use uuid::Uuid;

use crate::failure::Failure;
use crate::output::Out;
use crate::output::view::View;

/// After so long a wait, a person is shown that something is being done.
const PATIENCE: Duration = Duration::from_millis(400);

/// What commands work with.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) operator: Operator<ProBonus>,
    /// Whether there is a place for the outbox.
    pub(crate) has_outbox: bool,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) locks: Arc<PhoneLocks>,
    /// The group that newcomers join unless another is asked for.
    pub(crate) home_group: GroupId,
    /// The business day at which reading back ends.
    pub(crate) history_since: Date,
    pub(crate) view: View,
    /// The server's address, which tells the guests of one from those of another.
    pub(crate) server: String,
    /// Where reads are kept unless the command says otherwise.
    pub(crate) cache: Option<PathBuf>,
    pub(crate) json: bool,
    /// Whether a new key is told before anything is sent with it.
    pub(crate) tell_keys: bool,
    pub(crate) in_flight: InFlight,
}

impl Session {
    /// The door of the guest with this phone.
    pub(crate) fn guest(&self, phone: Phone) -> GuestClient<impl GuestBackend> {
        let backend = self.operator.directory().guest(phone);
        GuestClient::new(backend, Arc::clone(&self.clock), Arc::clone(&self.locks))
    }

    /// Prints a result: the document for programs, or the text for people.
    pub(crate) fn show<D: Serialize>(
        &self,
        out: &mut Out,
        document: &D,
        text: impl FnOnce(&View) -> String,
    ) -> Result<(), Failure> {
        if self.json {
            return Ok(out.document(document)?);
        }
        Ok(out.text(&text(&View { now: self.now(), ..self.view.clone() }))?)
    }

    /// Now. A server whose clock differs decides what day it is: it is the one that burns.
    pub(crate) fn now(&self) -> Timestamp {
        let skew = self.operator.directory().skew().unwrap_or_default();
        let now = self.clock.now();
        now.saturating_add(skew).unwrap_or(now)
    }

    /// Waits for a read, and says so on a terminal when it takes long.
    pub(crate) async fn read<T, E>(&self, work: impl Future<Output = Result<T, E>>) -> Result<T, Failure>
    where
        Failure: From<E>,
    {
        Ok(patiently(work).await?)
    }

    /// Waits for a write that carries no key of ours. Interrupting it leaves its outcome unknown.
    pub(crate) async fn write<T, E>(&self, work: impl Future<Output = Result<T, E>>) -> Result<T, Failure>
    where
        Failure: From<E>,
    {
        Ok(self.in_flight.during(None, patiently(work)).await?)
    }

    /// Says where the outbox could be, if it has no place.
    pub(crate) fn needs_outbox(&self) -> Result<(), Failure> {
        if self.has_outbox {
            return Ok(());
        }
        let detail = "there is no HOME to keep the writes of money in: give --outbox or LOYALTY_OUTBOX";
        Err(Failure::config("outbox", detail))
    }

    /// Waits for writes that show their own progress. Interrupting it leaves the outcome of some unknown.
    pub(crate) async fn sending<T, E>(&self, work: impl Future<Output = Result<T, E>>) -> Result<T, Failure>
    where
        Failure: From<E>,
    {
        Ok(self.in_flight.during(None, work).await?)
    }

    /// Waits for a write of money. Interrupting it leaves its outcome unknown; whatever goes wrong tells the key.
    pub(crate) async fn write_keyed<T, E>(
        &self,
        key: Uuid,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, Failure>
    where
        Failure: From<E>,
    {
        self.needs_outbox()?;
        if self.tell_keys {
            // Before the first byte leaves: not even a power cut may leave a write whose key nobody knows.
            anstream::eprintln!("key {key}");
        }
        let done = self.in_flight.during(Some(key), patiently(work)).await;
        done.map_err(|error| Failure::from(error).of_write(key))
    }
}

/// Runs to the end; a spinner turns on a terminal's stderr when that takes long.
pub(crate) async fn patiently<T>(work: impl Future<Output = T>) -> T {
    let mut work = std::pin::pin!(work);
    tokio::select! {
        done = &mut work => return done,
        () = tokio::time::sleep(PATIENCE) => {}
    }
    let spinner = spinner("");
    let done = work.await;
    spinner.finish_and_clear();
    done
}

/// A turning mark on stderr, drawn only on a terminal, and only until it is cleared.
pub(crate) fn spinner(message: &str) -> ProgressBar {
    let spinner = ProgressBar::new_spinner().with_message(message.to_owned());
    if let Ok(style) = ProgressStyle::with_template("  {spinner} {msg} {elapsed}") {
        spinner.set_style(style);
    }
    spinner.enable_steady_tick(Duration::from_millis(100));
    spinner
}

/// How far this run's write has come, with its key where it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Write {
    /// Nothing was sent, or what was sent is known to have changed nothing.
    #[default]
    None,
    /// Sent, and not answered yet.
    UnderWay(Option<Uuid>),
    /// The server has accepted it: whatever goes wrong from here on does not undo it.
    Accepted(Option<Uuid>),
}

/// The write of this run; known to whoever has to say what an interruption or a full disk means.
#[derive(Debug, Clone, Default)]
pub(crate) struct InFlight(Arc<Mutex<Write>>);

impl InFlight {
    /// How far it is.
    pub(crate) fn now(&self) -> Write {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn during<T, E>(
        &self,
        key: Option<Uuid>,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        self.set(Write::UnderWay(key));
        let done = work.await;
        self.set(if done.is_ok() { Write::Accepted(key) } else { Write::None });
        done
    }

    fn set(&self, write: Write) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = write;
    }
}

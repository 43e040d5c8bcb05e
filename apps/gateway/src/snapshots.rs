//! The guest's snapshot: read from ProBonus once for all who ask at the same time, kept for a while, and shown with its
//! age when ProBonus cannot be asked.
//!
//! The single flight is one per instance: a lock across instances would hold a database connection for as long as
//! ProBonus takes, and would save one read.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use loyalty_core::domain::{AccountId, Phone};
use loyalty_core::guest::{GuestClient, Snapshot};
use serde::Serialize;
use tokio::sync::watch;

use crate::error::GatewayError;
use crate::gateway::{Gateway, Inner, TRY_AGAIN, Tally};
use crate::projection::{AccountDocument, Audience, BalanceDocument, SnapshotDocument, TransactionDocument};
use crate::sign_in::Guest;
use crate::state::{CachedSnapshot, NewSnapshot};

/// A snapshot is answered from the cache for so long.
const FRESH: SignedDuration = SignedDuration::from_secs(15);
/// ProBonus is asked again about a guest after so long at the earliest.
const REVALIDATE: SignedDuration = SignedDuration::from_secs(5);
/// A snapshot is shown for so long when ProBonus cannot be asked.
const STALE: SignedDuration = SignedDuration::from_hours(24);
/// How long a guest waits who has something older to look at.
const PATIENCE: Duration = Duration::from_secs(2);

/// How old a snapshot may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wanted {
    /// Up to 15 seconds.
    #[default]
    Recent,
    /// Read anew, if the last reading is 5 seconds old.
    Revalidated,
}

/// A snapshot, ready to be sent. Its `Debug` does not show what is in it.
#[derive(Clone)]
pub struct SnapshotReply {
    /// The JSON of a [`crate::projection::SnapshotDocument`].
    pub body: Arc<[u8]>,
    /// The entity tag with its quotes: the same as long as nothing but `asOf` differs.
    pub etag: String,
    /// When ProBonus was read.
    pub as_of: Timestamp,
    /// Whether ProBonus could not be asked just now.
    pub stale: bool,
}

impl fmt::Debug for SnapshotReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SnapshotReply(as of {}, stale: {})", self.as_of, self.stale)
    }
}

impl SnapshotReply {
    fn cached(cached: CachedSnapshot, stale: bool) -> Self {
        Self { body: cached.body.into(), etag: cached.etag, as_of: cached.as_of, stale }
    }
}

impl Gateway {
    /// What the guest holds.
    ///
    /// # Errors
    /// [`GatewayError::GuestNotFound`] for a phone without an account; [`GatewayError::Unauthorized`] when the phone has
    /// come to belong to another account; [`GatewayError::Unavailable`] when ProBonus cannot be asked and there is
    /// nothing of the last day to show.
    pub async fn snapshot(&self, guest: &Guest, wanted: Wanted) -> Result<SnapshotReply, GatewayError> {
        let cached = match guest.account {
            Some(account) => self.inner.state.snapshot(account, guest.audience()).await?,
            None => None,
        };
        self.snapshot_after(guest, cached, wanted).await
    }

    /// The same for the session with this access token, for one read of the state instead of two. `signed_in` hears who
    /// it is before anything else is done.
    ///
    /// # Errors
    /// [`GatewayError::Unauthorized`] when there is no such session; else those of [`Self::snapshot`].
    pub async fn snapshot_by_token(
        &self,
        access_token: &str,
        wanted: Wanted,
        signed_in: impl FnOnce(&Guest),
    ) -> Result<SnapshotReply, GatewayError> {
        let token = self.inner.keys.token(access_token).ok_or(GatewayError::Unauthorized)?;
        let found = self.inner.state.session_with_snapshot(token, self.now()).await?;
        let (session, cached) = found.ok_or(GatewayError::Unauthorized)?;
        let guest = Guest::from(session);
        signed_in(&guest);
        self.snapshot_after(&guest, cached, wanted).await
    }

    async fn snapshot_after(
        &self,
        guest: &Guest,
        cached: Option<CachedSnapshot>,
        wanted: Wanted,
    ) -> Result<SnapshotReply, GatewayError> {
        let inner = &self.inner;
        let now = self.now();
        let limit = match wanted {
            Wanted::Recent => FRESH,
            Wanted::Revalidated => REVALIDATE,
        };
        let cached = match cached {
            Some(cached) if is_within(cached.as_of, now, limit) => {
                Tally::count(&inner.tally.snapshots_cached);
                return Ok(SnapshotReply::cached(cached, false));
            }
            cached => cached.filter(|cached| is_within(cached.as_of, now, STALE)),
        };
        let flight = inner.flights.join(inner, guest, now);
        let outcome = match &cached {
            Some(_) => tokio::time::timeout(PATIENCE, landing(flight)).await.unwrap_or(Err(not_now())),
            // The flight has a limit of its own.
            None => landing(flight).await,
        };
        match (outcome, cached) {
            (Ok(reading), _) => self.deliver(guest, &reading).await,
            (Err(GatewayError::Unavailable { .. }), Some(cached)) => {
                Tally::count(&inner.tally.snapshots_stale);
                Ok(SnapshotReply::cached(cached, true))
            }
            (Err(GatewayError::Unauthorized), _) => Err(inner.phone_moved_on(guest).await?),
            (Err(error), _) => Err(error),
        }
    }

    async fn deliver(&self, guest: &Guest, reading: &Reading) -> Result<SnapshotReply, GatewayError> {
        self.inner.same_account(guest, reading.account).await?;
        if guest.account.is_none() {
            // When it landed nobody was known to be signed in to this account.
            self.inner.state.keep_snapshot(reading.to_row(), self.now()).await?;
        }
        let (body, etag) = match guest.audience() {
            Audience::Guest => &reading.guest,
            Audience::Kiosk => &reading.kiosk,
        };
        Ok(SnapshotReply { body: Arc::clone(body), etag: etag.clone(), as_of: reading.as_of, stale: false })
    }
}

impl Inner {
    /// Lets the next look at a guest go to ProBonus, because something has changed there. What was done there is done,
    /// whether or not it succeeds.
    pub(crate) async fn snapshot_is_outdated(&self, phone: Phone, account: AccountId) {
        self.flights.forget(phone);
        if let Err(error) = self.state.erase_snapshot(account).await {
            tracing::warn!(%error, "a snapshot that is not true any more could not be erased");
        }
    }

    /// [`GatewayError::Unauthorized`] when the phone has moved on from the account that it is known to have.
    async fn read_snapshot(&self, phone: Phone, known: Option<AccountId>) -> Outcome {
        let client = GuestClient::new(
            self.probonus.guest(phone),
            Arc::clone(&self.clock),
            Arc::clone(&self.phone_locks),
        );
        let snapshot = match (self.reading(client.refresh()).await, known) {
            (Err(GatewayError::GuestNotFound), Some(known)) => return Err(self.missing(phone, known).await),
            (read, _) => read?,
        };
        Ok(Arc::new(Reading::new(self, &snapshot)?))
    }
}

fn is_within(as_of: Timestamp, now: Timestamp, limit: SignedDuration) -> bool {
    now.duration_since(as_of) < limit
}

fn not_now() -> GatewayError {
    GatewayError::Unavailable { retry_after: Some(TRY_AGAIN) }
}

/// A snapshot as both audiences may see it.
struct Reading {
    account: AccountId,
    as_of: Timestamp,
    guest: (Arc<[u8]>, String),
    kiosk: (Arc<[u8]>, String),
}

impl Reading {
    fn new(inner: &Inner, snapshot: &Snapshot) -> Result<Self, GatewayError> {
        let account = snapshot.account.id;
        let newest = inner.project(account, &snapshot.newest)?;
        let made = |audience| document(snapshot, newest.clone(), audience);
        Ok(Self {
            account,
            as_of: snapshot.as_of,
            guest: made(Audience::Guest)?,
            kiosk: made(Audience::Kiosk)?,
        })
    }

    fn to_row(&self) -> NewSnapshot {
        NewSnapshot {
            account: self.account,
            as_of: self.as_of,
            guest_body: self.guest.0.to_vec(),
            guest_etag: self.guest.1.clone(),
            kiosk_body: self.kiosk.0.to_vec(),
            kiosk_etag: self.kiosk.1.clone(),
        }
    }
}

fn document(
    snapshot: &Snapshot,
    newest: Vec<TransactionDocument>,
    audience: Audience,
) -> Result<(Arc<[u8]>, String), GatewayError> {
    let document = SnapshotDocument {
        account: AccountDocument::new(&snapshot.account, audience),
        balance: BalanceDocument::from(&snapshot.balance),
        newest,
        as_of: snapshot.as_of,
    };
    let SnapshotDocument { account, balance, newest, as_of: _ } = &document;
    let timeless = json(&(account, balance, newest))?;
    let digest = ring::digest::digest(&ring::digest::SHA256, &timeless);
    let etag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(digest));
    Ok((json(&document)?.into(), etag))
}

fn json(document: &impl Serialize) -> Result<Vec<u8>, GatewayError> {
    serde_json::to_vec(document).map_err(|_| GatewayError::Internal)
}

type Outcome = Result<Arc<Reading>, GatewayError>;

/// The readings that are under way, and the outcome of those that have just landed.
#[derive(Default)]
pub(crate) struct Flights {
    board: Mutex<Board>,
}

impl fmt::Debug for Flights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Flights")
    }
}

#[derive(Default)]
struct Board {
    flights: HashMap<Phone, Flight>,
    next_number: u64,
    /// The board is swept when it holds so many.
    sweep_at: usize,
}

struct Flight {
    number: u64,
    /// The account that the guest is known to have: without one, nobody found is an answer, and with one a question.
    known: Option<AccountId>,
    started: Timestamp,
    outcome: watch::Receiver<Option<Outcome>>,
}

impl Flight {
    /// Whether whoever comes now and knows as much need not start another.
    fn serves_guest(&self, guest: &Guest, now: Timestamp) -> bool {
        self.known == guest.account && self.serves(now)
    }

    /// Whether it is of use to anybody.
    fn serves(&self, now: Timestamp) -> bool {
        match &*self.outcome.borrow() {
            // Without a sender it never lands: its task is gone.
            None => self.outcome.has_changed().is_ok(),
            // ProBonus is asked about a guest every five seconds at most, also when it fails.
            Some(_) => is_within(self.started, now, REVALIDATE),
        }
    }
}

impl Flights {
    /// Joins the reading of this guest that is under way, or starts one. It lands even if everybody stops waiting.
    fn join(&self, inner: &Arc<Inner>, guest: &Guest, now: Timestamp) -> watch::Receiver<Option<Outcome>> {
        let (phone, known) = (guest.phone, guest.account);
        let mut board = self.board.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = board.flights.get(&phone).filter(|flight| flight.serves_guest(guest, now)) {
            return flight.outcome.clone();
        }
        board.sweep(now);
        let (sender, outcome) = watch::channel(None);
        board.next_number += 1;
        let number = board.next_number;
        board.flights.insert(phone, Flight { number, known, started: now, outcome: outcome.clone() });
        tokio::spawn(fly(Arc::clone(inner), phone, known, number, sender));
        outcome
    }

    /// Lets the next one start a reading, and lets the one under way not be kept.
    pub(crate) fn forget(&self, phone: Phone) {
        self.board.lock().unwrap_or_else(PoisonError::into_inner).flights.remove(&phone);
    }

    fn is_listed(&self, phone: Phone, number: u64) -> bool {
        let board = self.board.lock().unwrap_or_else(PoisonError::into_inner);
        board.flights.get(&phone).is_some_and(|flight| flight.number == number)
    }
}

impl Board {
    /// Forgets what has landed a while ago. Done when the board has doubled, so that it costs little each time.
    fn sweep(&mut self, now: Timestamp) {
        if self.flights.len() < self.sweep_at {
            return;
        }
        self.flights.retain(|_, flight| flight.serves(now));
        self.sweep_at = (self.flights.len() * 2).max(64);
    }
}

async fn fly(
    inner: Arc<Inner>,
    phone: Phone,
    known: Option<AccountId>,
    number: u64,
    sender: watch::Sender<Option<Outcome>>,
) {
    let outcome = inner.read_snapshot(phone, known).await;
    match &outcome {
        Ok(reading) => {
            Tally::count(&inner.tally.snapshots_read);
            if inner.flights.is_listed(phone, number) {
                let kept = inner.state.keep_snapshot(reading.to_row(), inner.clock.now()).await;
                if let Err(error) = kept {
                    tracing::warn!(%error, "a snapshot could not be kept");
                }
            }
        }
        Err(error) => {
            Tally::count(&inner.tally.snapshots_failed);
            tracing::debug!(%error, "a snapshot could not be read");
        }
    }
    // Nobody may be waiting any more.
    let _ = sender.send(Some(outcome));
}

/// Waits for a flight to land.
async fn landing(mut flight: watch::Receiver<Option<Outcome>>) -> Outcome {
    match flight.wait_for(Option::is_some).await {
        Ok(outcome) => outcome.clone().unwrap_or(Err(GatewayError::Internal)),
        Err(_) => Err(GatewayError::Internal),
    }
}

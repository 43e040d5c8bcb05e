//! The gateway without its HTTP side. What a route does stands in the module named for it; this one puts them together.

use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use jiff::Timestamp;
use loyalty_core::LoyaltyError;
use loyalty_core::backend::probonus::{DirectGuest, ProBonus};
use loyalty_core::backend::{GuestBackend, OperatorBackend};
use loyalty_core::domain::{Account, AccountId, Phone};
use loyalty_core::guest::PhoneLocks;
use loyalty_core::ports::Clock;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

pub use crate::consents::ConsentGiven;
pub use crate::history::HistoryQuery;
pub use crate::sign_in::{Device, Guest, Origin, RefreshToken, SessionKind, SessionTokens, SignOut};
pub use crate::snapshots::{SnapshotReply, Wanted};

use crate::delivery::{Courier, Delivery};
use crate::error::GatewayError;
use crate::keys::Keys;
use crate::options::{GatewayOptions, MasterKey};
use crate::random::Random;
use crate::snapshots::Flights;
use crate::state::State;

/// Calls to ProBonus at a time. More would wait there, each holding a request here.
const UPSTREAM_CALLS: usize = 64;
/// How long a call waits for its turn.
const UPSTREAM_TURN: Duration = Duration::from_secs(2);
/// How long a guest waits for a read.
const UPSTREAM_READ: Duration = Duration::from_secs(10);
/// When to try again, where ProBonus did not say.
pub(crate) const TRY_AGAIN: Duration = Duration::from_secs(5);
/// How long a shutdown waits for what is under way.
pub(crate) const FAREWELL: Duration = Duration::from_secs(10);
/// How often the state is tidied.
const PRUNING: Duration = Duration::from_secs(60);

/// What a gateway is made of.
pub struct Parts {
    /// The direct connection to ProBonus, which sees every guest.
    pub probonus: ProBonus,
    /// Where the gateway remembers.
    pub state: State,
    /// How a code reaches a phone.
    pub delivery: Arc<dyn Delivery>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness fit for secrets.
    pub random: Arc<dyn Random>,
    /// The gateway's own secret.
    pub master_key: MasterKey,
    /// What the operator has set.
    pub options: GatewayOptions,
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Parts")
    }
}

/// The guest gateway. Cheap to clone; every method may be called from any task of a Tokio runtime.
#[derive(Clone)]
pub struct Gateway {
    pub(crate) inner: Arc<Inner>,
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gateway")
    }
}

pub(crate) struct Inner {
    pub(crate) probonus: ProBonus,
    pub(crate) state: State,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) keys: Keys,
    pub(crate) options: GatewayOptions,
    pub(crate) courier: Courier,
    pub(crate) flights: Flights,
    pub(crate) phone_locks: Arc<PhoneLocks>,
    pub(crate) tally: Arc<Tally>,
    /// What is being carried through at ProBonus.
    pub(crate) writes: TaskTracker,
    upstream: Semaphore,
}

/// What a gateway has counted since it started, for metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Codes handed to a provider that took them.
    pub codes_delivered: u64,
    /// Codes that no provider took, or for which the day's budget was spent.
    pub codes_failed: u64,
    /// Codes waiting to be delivered.
    pub codes_waiting: u64,
    /// Snapshots answered from the cache.
    pub snapshots_cached: u64,
    /// Snapshots read from ProBonus.
    pub snapshots_read: u64,
    /// Snapshots answered although ProBonus could not be asked.
    pub snapshots_stale: u64,
    /// Readings of snapshots that failed.
    pub snapshots_failed: u64,
    /// Sessions ended because a spent refresh token came back.
    pub families_revoked: u64,
}

/// The counters while they count.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) codes_delivered: AtomicU64,
    pub(crate) codes_failed: AtomicU64,
    pub(crate) snapshots_cached: AtomicU64,
    pub(crate) snapshots_read: AtomicU64,
    pub(crate) snapshots_stale: AtomicU64,
    pub(crate) snapshots_failed: AtomicU64,
    pub(crate) families_revoked: AtomicU64,
}

impl Tally {
    pub(crate) fn count(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

impl Gateway {
    /// Starts the gateway's background work on the current Tokio runtime.
    #[must_use]
    pub fn start(parts: Parts) -> Self {
        let Parts { probonus, state, delivery, clock, random, master_key, options } = parts;
        let tally = Arc::new(Tally::default());
        let courier = Courier::start(
            delivery,
            probonus.clone(),
            state.clone(),
            Arc::clone(&clock),
            Arc::clone(&tally),
            &options,
        );
        let inner = Arc::new(Inner {
            probonus,
            state,
            clock,
            random,
            keys: Keys::new(&master_key),
            options,
            courier,
            flights: Flights::default(),
            phone_locks: Arc::default(),
            tally,
            writes: TaskTracker::new(),
            upstream: Semaphore::new(UPSTREAM_CALLS),
        });
        tokio::spawn(tidy(Arc::downgrade(&inner)));
        Self { inner }
    }

    /// Whether the state can be read.
    ///
    /// # Errors
    /// [`GatewayError::Unavailable`] when it cannot.
    pub async fn ready(&self) -> Result<(), GatewayError> {
        Ok(self.inner.state.ping().await?)
    }

    /// Takes no more codes, and waits until those that wait are delivered and the writes that are under way at ProBonus
    /// are through, 10 seconds at most.
    pub async fn shut_down(&self) {
        self.inner.writes.close();
        let written = tokio::time::timeout(FAREWELL, self.inner.writes.wait());
        let ((), written) = tokio::join!(self.inner.courier.close(), written);
        if written.is_err() {
            tracing::warn!("writes were still under way at ProBonus when the gateway stopped");
        }
    }

    /// What has been counted since the start.
    #[must_use]
    pub fn counters(&self) -> Counters {
        let tally = &self.inner.tally;
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counters {
            codes_delivered: read(&tally.codes_delivered),
            codes_failed: read(&tally.codes_failed),
            codes_waiting: self.inner.courier.waiting(),
            snapshots_cached: read(&tally.snapshots_cached),
            snapshots_read: read(&tally.snapshots_read),
            snapshots_stale: read(&tally.snapshots_stale),
            snapshots_failed: read(&tally.snapshots_failed),
            families_revoked: read(&tally.families_revoked),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }
}

impl Inner {
    /// Asks ProBonus for something, when there is a turn, and not for longer than a guest waits.
    pub(crate) async fn reading<T, E: Into<LoyaltyError>>(
        &self,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, GatewayError> {
        let in_time = tokio::time::timeout(UPSTREAM_READ, self.calling(call)).await;
        match in_time {
            // A guest who only reads has sent nothing that could be mended, and asks for nothing of which ProBonus could
            // not know: it is ProBonus that is not itself.
            Err(_)
            | Ok(Err(
                GatewayError::Rejected { .. } | GatewayError::Invalid { .. } | GatewayError::NotFound,
            )) => Err(GatewayError::Unavailable { retry_after: Some(TRY_AGAIN) }),
            Ok(answer) => answer,
        }
    }

    /// Has ProBonus do something, when there is a turn, and waits for the outcome as long as the connection does.
    pub(crate) async fn calling<T, E: Into<LoyaltyError>>(
        &self,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, GatewayError> {
        let busy = GatewayError::Unavailable { retry_after: Some(TRY_AGAIN) };
        let turn = tokio::time::timeout(UPSTREAM_TURN, self.upstream.acquire()).await;
        let Ok(Ok(_turn)) = turn else { return Err(busy) };
        call.await.map_err(|error| GatewayError::from(error.into()))
    }

    /// The account of a guest whose session may not know it yet.
    pub(crate) async fn account_of(&self, guest: &Guest) -> Result<AccountId, GatewayError> {
        if let Some(account) = guest.account {
            return Ok(account);
        }
        Ok(self.checked(guest, &self.probonus.guest(guest.phone)).await?.id)
    }

    /// Holds what ProBonus now says about the session's phone against what the session knows. Numbers are given to
    /// other people after a while, so a session whose phone leads to another account is over.
    pub(crate) async fn same_account(
        &self,
        guest: &Guest,
        found: AccountId,
    ) -> Result<AccountId, GatewayError> {
        match guest.account {
            None => self.state.bind(guest.session, guest.phone, found, self.clock.now()).await?,
            Some(known) if known == found => {}
            Some(_) => return Err(self.phone_moved_on(guest).await?),
        }
        Ok(found)
    }

    /// Ends a session whose phone does not lead to its account any more.
    pub(crate) async fn phone_moved_on(&self, guest: &Guest) -> Result<GatewayError, GatewayError> {
        tracing::warn!(session = %guest.session, "the phone belongs to another account now; the session is over");
        self.state.end_session(guest.session).await?;
        Ok(GatewayError::Unauthorized)
    }

    /// Has a connection find the account of its phone, and holds that against what the session knows.
    pub(crate) async fn checked(&self, guest: &Guest, direct: &DirectGuest) -> Result<Account, GatewayError> {
        match (self.reading(direct.account()).await, guest.account) {
            (Ok(account), _) => {
                self.same_account(guest, account.id).await?;
                Ok(account)
            }
            (Err(GatewayError::GuestNotFound), Some(known)) => match self.missing(guest.phone, known).await {
                GatewayError::Unauthorized => Err(self.phone_moved_on(guest).await?),
                error => Err(error),
            },
            (Err(error), _) => Err(error),
        }
    }

    /// What it means that no account is found by a phone that is known to have one. Whatever stands in for ProBonus
    /// while it is being mended says the same, so only the account itself, seen without that phone, tells that the
    /// phone has moved on: [`GatewayError::Unauthorized`]. Otherwise it is [`GatewayError::Unavailable`].
    pub(crate) async fn missing(&self, phone: Phone, known: AccountId) -> GatewayError {
        match self.reading(OperatorBackend::account(&self.probonus, known)).await {
            Ok(account) if account.phone != Some(phone) => GatewayError::Unauthorized,
            Ok(_) | Err(_) => GatewayError::Unavailable { retry_after: Some(TRY_AGAIN) },
        }
    }
}

/// Tidies the state from time to time, for as long as there is a gateway.
async fn tidy(gateway: Weak<Inner>) {
    let mut due = tokio::time::interval(PRUNING);
    due.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        due.tick().await;
        let Some(inner) = gateway.upgrade() else { return };
        if let Err(error) = inner.state.prune(inner.clock.now()).await {
            tracing::warn!(%error, "the state could not be tidied");
        }
    }
}

//! What tests and benches of the bindings need and no app gets: the feature `rehearsal` is off in everything that ships.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use loyalty_core::LoyaltyError;
use loyalty_core::ports::Clock;
use secrecy::SecretString;

use crate::alive::{Kind, count};
use crate::error::CallError;
use crate::loyalty::{Desk, Loyalty, Place, open};
use crate::records::history::TransactionPage;
use crate::records::snapshot::SnapshotView;
use crate::runtime::run;
use crate::secret_store::SecretStore;
use crate::settings::Settings;

/// A device's clock that stands until it is set.
#[derive(Debug, uniffi::Object)]
pub struct RehearsalClock(Mutex<Timestamp>);

#[uniffi::export]
impl RehearsalClock {
    /// A clock that stands at `at`.
    #[uniffi::constructor]
    #[must_use]
    pub fn new(at: Timestamp) -> Arc<Self> {
        Arc::new(Self(Mutex::new(at)))
    }

    /// Sets it.
    pub fn set(&self, at: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }
}

impl Clock for RehearsalClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A guest's own device whose clock the caller holds.
///
/// # Errors
/// Those of opening a guest.
#[uniffi::export]
pub async fn rehearse_guest(
    settings: Settings,
    secrets: Arc<dyn SecretStore>,
    clock: Arc<RehearsalClock>,
) -> Result<Arc<Loyalty>, CallError> {
    open(settings, secrets, clock).await
}

/// A kiosk whose clock the caller holds.
///
/// # Errors
/// Those of opening a kiosk.
#[uniffi::export]
pub fn rehearse_kiosk(
    settings: Settings,
    credential: String,
    clock: Arc<RehearsalClock>,
) -> Result<Arc<Loyalty>, CallError> {
    let understood = settings.understood(Some(SecretString::from(credential)))?;
    Ok(Loyalty::new(Arc::new(Desk::new(understood, Place::Shared, clock, None)?)))
}

/// Panics where the work of every call runs.
///
/// # Errors
/// Always.
#[uniffi::export]
#[allow(clippy::panic, reason = "so that tests see what becomes of a panic")]
pub async fn provoke_panic() -> Result<(), CallError> {
    run(None, async { panic!("provoked with +79161112233") }).await
}

/// Panics in a call that answers at once.
///
/// # Errors
/// Always.
#[uniffi::export]
#[allow(clippy::panic, reason = "so that tests see what becomes of a panic")]
pub fn provoke_panic_at_once() -> Result<(), CallError> {
    panic!("provoked with +79161112233")
}

/// Waits until it is given up.
///
/// # Errors
/// `Cancelled`.
#[uniffi::export]
pub async fn wait_for_ever(guard: Arc<Waiting>) -> Result<(), CallError> {
    let counted = Counted::new(&guard);
    run(None, async move {
        let _counted = counted;
        std::future::pending().await
    })
    .await
}

/// Counts calls that wait.
#[derive(Debug, Default, uniffi::Object)]
pub struct Waiting(Arc<Mutex<u32>>);

#[uniffi::export]
impl Waiting {
    /// Nobody waits yet.
    #[uniffi::constructor]
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::new(Self::default())
    }

    /// How many wait now.
    pub fn count(&self) -> u32 {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Counted(Arc<Mutex<u32>>);

impl Counted {
    fn new(waiting: &Waiting) -> Self {
        let count = Arc::clone(&waiting.0);
        *count.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        Self(count)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
    }
}

/// How many of this library's objects are alive, and how much of its work has not ended.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Living {
    /// What an app has opened.
    pub devices: u32,
    /// What the calls to one share.
    pub desks: u32,
    /// Guests who are signed in, each with their file.
    pub guests: u32,
    /// Observers of the state.
    pub subscriptions: u32,
    /// Tokens that give up calls.
    pub tokens: u32,
    /// Stores of the other side's.
    pub stores: u32,
    /// Calls whose work has not ended.
    pub work: u32,
}

/// Counts them.
#[uniffi::export]
#[must_use]
pub fn living() -> Living {
    Living {
        devices: count(Kind::Device),
        desks: count(Kind::Desk),
        guests: count(Kind::Guest),
        subscriptions: count(Kind::Subscription),
        tokens: count(Kind::Token),
        stores: count(Kind::Store),
        work: count(Kind::Work),
    }
}

/// Gives what was read once again and again from memory: what a call costs before anything is read.
#[derive(Debug, uniffi::Object)]
pub struct Echo {
    snapshot: SnapshotView,
    page: TransactionPage,
}

#[uniffi::export]
impl Echo {
    /// The snapshot.
    ///
    /// # Errors
    /// None.
    pub async fn snapshot(&self) -> Result<SnapshotView, CallError> {
        let snapshot = self.snapshot.clone();
        run(None, async move { Ok(snapshot) }).await
    }

    /// The page.
    ///
    /// # Errors
    /// None.
    pub async fn page(&self) -> Result<TransactionPage, CallError> {
        let page = self.page.clone();
        run(None, async move { Ok(page) }).await
    }
}

#[uniffi::export]
impl Loyalty {
    /// Remembers the snapshot and the page behind `after`.
    ///
    /// # Errors
    /// Those of a page; `NotFound` before the first reading.
    pub async fn echo(&self, after: Option<String>, limit: u32) -> Result<Arc<Echo>, CallError> {
        let page = self.history(after, limit, None).await?;
        let nothing = || LoyaltyError::NotFound { code: loyalty_core::ErrorCode::NotFound };
        let snapshot = self.state().snapshot.ok_or_else(nothing)?;
        Ok(Arc::new(Echo { snapshot, page }))
    }

    /// Words the snapshot `times` times without leaving this library.
    pub fn snapshots_inside(&self, times: u32) -> u32 {
        (0..times).filter(|_| self.state().snapshot.is_some()).map(|_| 1).sum()
    }

    /// Reads the page behind `after` `times` times without leaving this library.
    ///
    /// # Errors
    /// Those of a page.
    pub async fn pages_inside(
        &self,
        times: u32,
        after: Option<String>,
        limit: u32,
    ) -> Result<u32, CallError> {
        let mut rows = 0;
        for _ in 0..times {
            let page = self.history(after.clone(), limit, None).await?;
            rows = u32::try_from(page.rows.len()).unwrap_or(u32::MAX);
        }
        Ok(rows)
    }
}

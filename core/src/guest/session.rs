//! A guest's session: what was read is kept, shown at once, and replaced as a whole.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Mutex, watch};

use super::client::GuestClient;
use super::registration::Registered;
use super::reminder::{self, Reminder, ReminderPolicy};
use super::snapshot::{self, NEWEST, Snapshot};
use super::view::{Connectivity, SessionState, View};
use crate::backend::windows::Windows;
use crate::backend::{BackendError, Capabilities, GuestBackend};
use crate::domain::{
    AccountUpdate, BusinessCalendar, Consent, ConsentKind, Phone, ProfileChange, Receipt, ReceiptRef,
    Registration, TillCode,
};
use crate::error::LoyaltyError;
use crate::error_code::ErrorCode;
use crate::ports::Ids;
use crate::store::StoreError;
use crate::store::cache::{Cache, Fresh, Kept};
use crate::store::folder;

/// What a session has to be told about the venue and the device.
#[derive(Debug, Clone)]
pub struct SessionSettings {
    /// What "today" means at the venue.
    pub calendar: BusinessCalendar,
    /// Nothing older than this is asked for, UTC.
    pub history_since: Timestamp,
    /// How much history is kept; `None` keeps all of it.
    pub retention: Option<Retention>,
}

/// How much history is kept on this device. The rest is read again when a guest scrolls to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// For how many months.
    pub months: u32,
    /// How many transactions at most.
    pub transactions: u32,
}

impl Default for Retention {
    /// Two years and 20,000 transactions.
    fn default() -> Self {
        Self { months: 24, transactions: 20_000 }
    }
}

/// One guest's session. Cheap to clone; every method may be called from any thread and is cancelled by dropping its
/// future.
///
/// It reads the network only in the methods that say so, and never holds a lock while an observer runs.
pub struct GuestSession<B> {
    inner: Arc<Inner<B>>,
}

struct Inner<B> {
    client: GuestClient<B>,
    cache: Cache,
    /// `None` in memory.
    folder: Option<PathBuf>,
    settings: SessionSettings,
    state: watch::Sender<SessionState>,
    /// The server's clock as it was known when the session began.
    kept_skew: SignedDuration,
    /// The outcome of the last refresh; whoever holds the lock refreshes.
    refresh: Mutex<Option<Result<(), LoyaltyError>>>,
    /// How many refreshes have ended.
    refreshes: AtomicU64,
    /// How the history behind what is kept is read. Whoever holds the lock reads, or two screens would read the same.
    reading_back: Mutex<Windows>,
}

impl<B> Clone for GuestSession<B> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

impl<B> fmt::Debug for GuestSession<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuestSession")
            .field("in_memory", &self.inner.folder.is_none())
            .finish_non_exhaustive()
    }
}

impl<B: GuestBackend> GuestSession<B> {
    /// Opens what `folder` keeps for this guest, or begins with nothing. `owner` is any text that tells guests apart;
    /// what another guest has left in the folder is removed. The folder is created, closed to other users, and holds
    /// nothing else.
    ///
    /// # Errors
    /// `Storage` when the folder cannot be used; a session in memory can.
    pub async fn open(
        client: GuestClient<B>,
        folder: &Path,
        owner: &str,
        settings: SessionSettings,
        ids: &dyn Ids,
    ) -> Result<Self, LoyaltyError> {
        let (cache, kept) = folder::open(folder, owner, ids).await?;
        Ok(Self::over(client, cache, kept, Some(folder.to_owned()), settings))
    }

    /// Whether `folder` keeps a session that was not signed out.
    ///
    /// # Errors
    /// `Storage` when the folder cannot be read.
    pub fn is_kept_in(folder: &Path) -> Result<bool, LoyaltyError> {
        Ok(folder::is_in_use(folder)?)
    }

    /// Whether the session that `folder` keeps is this guest's: [`GuestSession::open`] would go on with it instead of
    /// removing it. Changes nothing; a file that cannot be read as a cache is nobody's.
    ///
    /// # Errors
    /// `Storage` when the folder cannot be read.
    pub fn is_kept_for(folder: &Path, owner: &str) -> Result<bool, LoyaltyError> {
        Ok(folder::is_of(folder, owner)?)
    }

    /// Overwrites and removes all that `folder` keeps, without knowing whose it is: `false` when it keeps nothing. What
    /// else lies in the folder stays. No session may be open on it.
    ///
    /// # Errors
    /// `Storage` when a file cannot be removed.
    pub async fn wipe(folder: &Path) -> Result<bool, LoyaltyError> {
        Ok(folder::wipe(folder).await?)
    }

    /// A session for a device that many guests share: no file at all, and gone when its last clone is dropped.
    ///
    /// # Errors
    /// `Internal` when SQLite cannot be started.
    pub async fn in_memory(client: GuestClient<B>, settings: SessionSettings) -> Result<Self, LoyaltyError> {
        let (cache, kept) = Cache::in_memory().await?;
        Ok(Self::over(client, cache, kept, None, settings))
    }

    fn over(
        client: GuestClient<B>,
        cache: Cache,
        kept: Kept,
        folder: Option<PathBuf>,
        settings: SessionSettings,
    ) -> Self {
        let (state, _) = watch::channel(SessionState {
            snapshot: kept.snapshot.map(Snapshot::from).map(Arc::new),
            connectivity: Connectivity::Unknown,
            unsaved: None,
            signed_in: true,
        });
        let reading_back = Windows::back_to(settings.history_since, settings.calendar.clone());
        let inner = Inner {
            client,
            cache,
            folder,
            settings,
            state,
            kept_skew: kept.state.skew,
            refresh: Mutex::default(),
            refreshes: AtomicU64::new(0),
            reading_back: Mutex::new(reading_back),
        };
        Self { inner: Arc::new(inner) }
    }

    /// What the backend can do.
    #[must_use]
    pub fn capabilities(&self) -> Capabilities {
        self.inner.client.capabilities()
    }

    /// What was last read, at once and without the network; `None` before the first reading and after signing out.
    #[must_use]
    pub fn snapshot(&self) -> Option<View> {
        let state = self.inner.state.borrow().clone();
        let snapshot = state.snapshot.as_ref()?;
        Some(View::new(&state, snapshot, self.server_now(), &self.inner.settings.calendar))
    }

    /// Follows the session. The receiver sees the newest state, wakes at every change, and ends with the session.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<SessionState> {
        self.inner.state.subscribe()
    }

    /// Reads account, balance and the newest history, and replaces what was kept with them in one transaction. Calls
    /// that come while one is under way wait for that one and share its outcome.
    ///
    /// When what was read cannot be kept, because the disk is full or cannot be written, it is shown all the same:
    /// [`View::unsaved`] says so.
    ///
    /// # Errors
    /// Those of a read; what was kept stays as it was. `Unauthorized` after signing out.
    pub async fn refresh(&self) -> Result<View, LoyaltyError> {
        let ended_before = self.inner.refreshes.load(Ordering::Acquire);
        let mut last = self.inner.refresh.lock().await;
        let shared = last.clone().filter(|_| self.inner.refreshes.load(Ordering::Acquire) > ended_before);
        let outcome = match shared {
            Some(outcome) => outcome,
            None => self.refresh_now(&mut last).await,
        };
        drop(last);
        outcome?;
        self.snapshot().ok_or(LoyaltyError::Unauthorized)
    }

    async fn refresh_now(&self, last: &mut Option<Result<(), LoyaltyError>>) -> Result<(), LoyaltyError> {
        let damaged = LoyaltyError::from(StoreError::Damaged);
        let outcome = match self.read_and_keep().await {
            // Begun anew by the call that met it, so the second attempt fills it.
            Err(error) if error == damaged => self.read_and_keep().await,
            outcome => outcome,
        };
        *last = Some(outcome.clone());
        self.inner.refreshes.fetch_add(1, Ordering::Release);
        outcome
    }

    async fn read_and_keep(&self) -> Result<(), LoyaltyError> {
        self.check_signed_in()?;
        let state = self.inner.cache.load().await?.state;
        let (account, balance) = self.heard(snapshot::read_holdings(self.backend()).await)?;
        let window = self.newest_window(&state).await?;
        // What the backend remembers is as old as it says.
        let as_of = self.backend().as_of().unwrap_or_else(|| self.server_now());
        let fresh = Fresh { account, balance, as_of, skew: self.skew(), window };
        let unkept = self.unkept(&fresh);
        match self.inner.cache.replace(fresh).await {
            Ok(kept) => {
                let snapshot = kept.snapshot.map(Snapshot::from).map(Arc::new);
                self.update(|state| {
                    state.snapshot = snapshot;
                    state.unsaved = None;
                });
                Ok(())
            }
            Err(error @ (StoreError::Full | StoreError::ReadOnly | StoreError::Busy | StoreError::Io)) => {
                let code = LoyaltyError::from(error).code();
                self.update(|state| {
                    state.snapshot = Some(Arc::new(unkept));
                    state.unsaved = Some(code);
                });
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// What is shown when it cannot be kept.
    fn unkept(&self, fresh: &Fresh) -> Snapshot {
        let before = self.inner.state.borrow().snapshot.clone();
        let older =
            before.iter().flat_map(|snapshot| &snapshot.newest).filter(|row| row.at < fresh.window.from);
        let mut newest: Vec<_> = fresh.window.rows.iter().chain(older).collect();
        newest.sort_by_key(|row| std::cmp::Reverse((row.at, row.id)));
        newest.truncate(usize::try_from(NEWEST).unwrap_or(usize::MAX));
        Snapshot {
            phone_masked: fresh.account.phone.as_ref().map(Phone::masked),
            account: crate::domain::Account { phone: None, ..fresh.account.clone() },
            balance: fresh.balance.clone(),
            newest: newest.into_iter().cloned().collect(),
            as_of: fresh.as_of,
        }
    }

    /// Reads a receipt by the reference that its transaction carries: from what is kept, else from the server.
    ///
    /// # Errors
    /// `NotFound` when there is no such receipt; those of a read when it is not kept.
    pub async fn receipt(&self, reference: &ReceiptRef) -> Result<Receipt, LoyaltyError> {
        self.check_signed_in()?;
        let cache = &self.inner.cache;
        match cache.receipt(reference).await {
            Ok(Some(receipt)) => return Ok(receipt),
            Ok(None) | Err(StoreError::Damaged) => {}
            Err(error) => return Err(error.into()),
        }
        let before = cache.replacements();
        let receipt = self.heard(self.backend().receipt(reference).await)?;
        // Shown even where it cannot be kept.
        if let Err(error) = cache.keep_receipt(receipt.clone(), before).await {
            tracing::warn!(%error, "a receipt was not kept");
        }
        Ok(receipt)
    }

    /// Records the consents, then finds the guest's account or creates it, then refreshes.
    ///
    /// # Errors
    /// `Unsupported` where nobody keeps consents; `InvalidInput` about `consents` without one to the processing of
    /// personal data; else those of [`GuestClient::register`].
    pub async fn register(
        &self,
        newcomer: &Registration,
        consents: &[Consent],
    ) -> Result<Registered, LoyaltyError> {
        self.check_signed_in()?;
        if !self.capabilities().keeps_consents {
            return Err(LoyaltyError::Unsupported);
        }
        let agreed = |consent: &Consent| consent.kind == ConsentKind::PersonalData && consent.in_force();
        if !consents.iter().any(agreed) {
            return Err(LoyaltyError::invalid("consents", ErrorCode::FieldEmpty));
        }
        newcomer.validate()?;
        self.inner.client.refuse_unborn(newcomer.profile.birthday)?;
        // First the consent, then the data that it is about.
        self.heard(self.backend().record_consents(consents).await)?;
        let registered = self.heard(self.inner.client.registered(newcomer).await)?;
        self.refresh_after_a_change().await;
        Ok(registered)
    }

    /// Changes the guest's form and refreshes.
    ///
    /// # Errors
    /// `InvalidInput` or `Rejected` with the field's name.
    pub async fn update_profile(&self, change: &ProfileChange) -> Result<AccountUpdate, LoyaltyError> {
        self.check_signed_in()?;
        self.inner.client.refuse_unborn(change.birthday.flatten())?;
        let update = self.heard(self.backend().update_profile(change).await)?;
        self.refresh_after_a_change().await;
        Ok(update)
    }

    /// A refresh that begins after the change; one under way may have read what was before. When it fails, the change
    /// has been made all the same, and the next refresh shows it.
    async fn refresh_after_a_change(&self) {
        let mut last = self.inner.refresh.lock().await;
        if let Err(error) = self.refresh_now(&mut last).await {
            tracing::debug!(code = error.code().as_str(), "not refreshed after a change");
        }
    }

    /// Gets a code to show at the till. Never kept: it lives for minutes.
    ///
    /// # Errors
    /// `Unsupported` where the venue has none.
    pub async fn till_code(&self) -> Result<TillCode, LoyaltyError> {
        self.check_signed_in()?;
        Ok(self.heard(self.backend().till_code().await)?)
    }

    /// What to remind the guest of, from what was last read, soonest first.
    #[must_use]
    pub fn reminders(&self, policy: &ReminderPolicy) -> Vec<Reminder> {
        let view = self.snapshot();
        let calendar = &self.inner.settings.calendar;
        view.map(|view| reminder::reminders(&view.snapshot, policy, calendar, view.now)).unwrap_or_default()
    }

    /// Closes the file before the platform suspends the app. Until [`GuestSession::resume`], what would read or write
    /// it answers `Storage`; the snapshot stays.
    ///
    /// # Errors
    /// `Storage` when the file cannot be closed in order.
    pub async fn pause(&self) -> Result<(), LoyaltyError> {
        Ok(self.inner.cache.pause().await?)
    }

    /// Opens the file again.
    ///
    /// # Errors
    /// `Unauthorized` after signing out; `Storage` when the file cannot be opened.
    pub async fn resume(&self) -> Result<(), LoyaltyError> {
        self.check_signed_in()?;
        Ok(self.inner.cache.resume().await?)
    }

    /// Ends the session: observers are told, what was kept is overwritten and removed, the guest's secrets are, and
    /// whatever is still under way keeps nothing.
    ///
    /// # Errors
    /// `Storage` when a file cannot be removed; the next [`GuestSession::open`] on the folder removes it. `SecretStore`
    /// when a secret cannot be; signing out again tries again.
    pub async fn sign_out(&self) -> Result<(), LoyaltyError> {
        // Neither waits for the other to succeed.
        let removed = self.forget().await;
        self.backend().sign_out().await?;
        removed
    }

    /// Ends the session as [`GuestSession::sign_out`] does, but for the guest's secrets: whoever has the backend ends it
    /// there.
    ///
    /// # Errors
    /// `Storage` when a file cannot be removed; the next [`GuestSession::open`] on the folder removes it.
    pub async fn forget(&self) -> Result<(), LoyaltyError> {
        self.inner.state.send_modify(|state| {
            *state = SessionState {
                snapshot: None,
                connectivity: state.connectivity,
                unsaved: None,
                signed_in: false,
            };
        });
        match &self.inner.folder {
            Some(folder) => folder::remove(folder, &self.inner.cache).await?,
            None => self.inner.cache.wipe().await?,
        }
        Ok(())
    }

    /// The device's clock, corrected by what is known of the server's.
    pub(super) fn server_now(&self) -> Timestamp {
        let now = self.inner.client.clock.now();
        now.checked_add(self.skew()).unwrap_or(now)
    }

    fn skew(&self) -> SignedDuration {
        self.backend().skew().unwrap_or(self.inner.kept_skew)
    }

    pub(super) fn backend(&self) -> &B {
        &self.inner.client.backend
    }

    pub(super) fn cache(&self) -> &Cache {
        &self.inner.cache
    }

    pub(super) fn settings(&self) -> &SessionSettings {
        &self.inner.settings
    }

    pub(super) fn reading_back(&self) -> &Mutex<Windows> {
        &self.inner.reading_back
    }

    pub(super) fn check_signed_in(&self) -> Result<(), LoyaltyError> {
        if self.inner.state.borrow().signed_in { Ok(()) } else { Err(LoyaltyError::Unauthorized) }
    }

    /// Learns from an answer whether the server can be reached, and passes it on.
    pub(super) fn heard<T>(&self, answer: Result<T, BackendError>) -> Result<T, BackendError> {
        match &answer {
            Ok(_) => self.update(|state| state.connectivity = Connectivity::Online),
            Err(BackendError::Offline) => self.update(|state| state.connectivity = Connectivity::Offline),
            Err(_) => {}
        }
        answer
    }

    /// Changes the state and tells observers, unless nothing changes or the session has ended.
    fn update(&self, change: impl FnOnce(&mut SessionState)) {
        self.inner.state.send_if_modified(|state| {
            let before = state.clone();
            if state.signed_in {
                change(state);
            }
            *state != before
        });
    }
}

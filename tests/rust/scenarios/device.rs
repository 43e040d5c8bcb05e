//! The guest's device: a folder, a clock that may be wrong, and at most one session.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use loyalty_core::LoyaltyError;
use loyalty_core::backend::gateway::{Devices, GatewayClient};
use loyalty_core::backend::probonus::ProBonus;
use loyalty_core::domain::{BusinessCalendar, Consent, ConsentKind, ProfileChange, ReceiptRef, Registration};
use loyalty_core::guest::{
    GuestClient, GuestSession, HistoryCursor, PhoneLocks, ReminderPolicy, Retention, SessionSettings,
};
use loyalty_core::ports::Clock;
use loyalty_core::system::{MemorySecretStore, SystemIds};
use loyalty_tests::scene::{newcomer, phone};
use serde_json::{Value, json};

use super::damage::NoSpace;
use super::observation;
use super::way::{self, Guest, Way};

/// The server's clock and by how many minutes the device's is ahead of it.
#[derive(Debug)]
pub(super) struct DeviceClock {
    pub(super) server: loyalty_sandbox::Clock,
    pub(super) ahead_minutes: AtomicI64,
}

impl Clock for DeviceClock {
    fn now(&self) -> Timestamp {
        self.server.now() + SignedDuration::from_mins(self.ahead_minutes.load(Ordering::Relaxed))
    }
}

/// The device, and the staff's program at the counter.
pub(super) struct Device {
    pub(super) folder: PathBuf,
    pub(super) clock: Arc<DeviceClock>,
    pub(super) calendar: BusinessCalendar,
    way: Way,
    /// Where the way begins.
    base_url: String,
    /// The guest's tokens, on the way that has any.
    store: Arc<MemorySecretStore>,
    staff: ProBonus,
    phone: String,
    session: Option<GuestSession<Guest>>,
    behind: Option<HistoryCursor>,
}

impl Device {
    pub(super) fn new(
        folder: PathBuf,
        clock: Arc<DeviceClock>,
        calendar: BusinessCalendar,
        (way, base_url): (Way, String),
        staff: ProBonus,
        phone: &str,
    ) -> Self {
        Self {
            folder,
            clock,
            calendar,
            way,
            base_url,
            store: Arc::default(),
            staff,
            phone: phone.to_owned(),
            session: None,
            behind: None,
        }
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock) as Arc<dyn Clock>
    }

    /// A client of the gateway as the app makes one at its start.
    pub(super) fn gateway(&self) -> GatewayClient {
        way::gateway(&self.base_url, Arc::clone(&self.store), self.clock())
    }

    fn client(&self) -> GuestClient<Guest> {
        let guest = match self.way {
            Way::Direct => {
                Guest::Direct(way::probonus(&self.base_url, self.clock()).guest(phone(&self.phone)))
            }
            Way::Gateway => Guest::Gateway(self.gateway()),
        };
        GuestClient::new(guest, self.clock(), Arc::new(PhoneLocks::default()))
    }

    fn settings(&self) -> SessionSettings {
        SessionSettings {
            calendar: self.calendar.clone(),
            history_since: "2015-01-01T00:00:00Z".parse().unwrap(),
            retention: Some(Retention::default()),
        }
    }

    fn session(&self) -> &GuestSession<Guest> {
        self.session.as_ref().expect("a session is open")
    }

    fn form(&self, name: &str) -> Registration {
        let mut form = newcomer(&self.phone);
        form.profile.first_name = Some(name.to_owned());
        form
    }

    /// At the counter: the staff's program creates the account.
    pub(super) async fn register(&self, name: &str) -> Value {
        let counter = self.staff.guest(phone(&self.phone));
        let counter = GuestClient::new(counter, self.clock(), Arc::new(PhoneLocks::default()));
        let registered = counter.register(&self.form(name)).await;
        observation::of(
            registered,
            |registered| json!({"created": registered.created, "balance": registered.account.balance.hundredths()}),
        )
    }

    pub(super) async fn register_oneself(&self, name: &str) -> Value {
        let consent = Consent {
            kind: ConsentKind::PersonalData,
            text_version: "1".to_owned(),
            given_at: self.clock.now(),
            withdrawn_at: None,
        };
        let registered = self.session().register(&self.form(name), &[consent]).await;
        observation::of(registered, |registered| json!({"created": registered.created}))
    }

    pub(super) async fn open(&mut self, zone: Option<&str>, phone: Option<&str>) -> Value {
        if let Some(zone) = zone {
            let change = self.calendar.day_change.strftime("%H:%M").to_string();
            self.calendar = BusinessCalendar::from_names(zone, &change).unwrap();
        }
        if let Some(phone) = phone {
            phone.clone_into(&mut self.phone);
        }
        let opened =
            GuestSession::open(self.client(), &self.folder, &self.phone, self.settings(), &SystemIds).await;
        self.begin(opened)
    }

    pub(super) async fn open_in_memory(&mut self) -> Value {
        let opened = GuestSession::in_memory(self.client(), self.settings()).await;
        self.begin(opened)
    }

    fn begin(&mut self, opened: Result<GuestSession<Guest>, LoyaltyError>) -> Value {
        self.behind = None;
        observation::of(opened, |session| {
            self.session = Some(session);
            self.snapshot()
        })
    }

    /// The app ends as a platform ends it: suspended first.
    pub(super) async fn close(&mut self) -> Value {
        let paused = self.session().pause().await;
        self.session = None;
        observation::of(paused, |()| observation::done())
    }

    pub(super) fn snapshot(&self) -> Value {
        observation::view(self.session().snapshot(), &self.calendar)
    }

    pub(super) async fn refresh(&self) -> Value {
        let refreshed = self.session().refresh().await;
        observation::of(refreshed, |view| observation::view(Some(view), &self.calendar))
    }

    /// Several screens want a refresh at the same moment.
    pub(super) async fn refresh_at_once(&self, times: u32) -> Value {
        let mut answers = join_all((0..times).map(|_| self.refresh())).await;
        let first = answers.swap_remove(0);
        assert!(answers.iter().all(|answer| *answer == first), "they share one outcome");
        first
    }

    pub(super) async fn refresh_without_space(&self) -> Value {
        let _no_space = NoSpace::begin();
        self.refresh().await
    }

    pub(super) async fn history(&mut self, limit: u32, further: bool) -> Value {
        let behind = self.behind.take().filter(|_| further);
        let page = self.session().history(behind, limit).await;
        observation::of(page, |page| {
            self.behind = page.next;
            observation::page(&page)
        })
    }

    /// The receipt of the snapshot's `row`-th transaction.
    pub(super) async fn receipt(&self, row: usize) -> Value {
        let view = self.session().snapshot().expect("something was read");
        let reference: &ReceiptRef = view.snapshot.newest[row].receipt.as_ref().expect("it has a receipt");
        observation::of(self.session().receipt(reference).await, |receipt| observation::receipt(&receipt))
    }

    pub(super) async fn upkeep(&self) -> Value {
        observation::of(self.session().upkeep().await, |done| json!({"history_read": done.history_read}))
    }

    pub(super) fn reminders(&self, policy: &ReminderPolicy) -> Value {
        observation::reminders(&self.session().reminders(policy), &self.calendar)
    }

    pub(super) async fn till_code(&self) -> Value {
        observation::of(self.session().till_code().await, |code| observation::till_code(&code))
    }

    pub(super) async fn rename(&self, name: &str) -> Value {
        let change = ProfileChange { first_name: Some(name.to_owned()), ..ProfileChange::default() };
        let updated = self.session().update_profile(&change).await;
        observation::of(updated, |update| json!({"name": update.account.profile.first_name}))
    }

    pub(super) async fn pause(&self) -> Value {
        observation::of(self.session().pause().await, |()| observation::done())
    }

    pub(super) async fn resume(&self) -> Value {
        observation::of(self.session().resume().await, |()| observation::done())
    }

    pub(super) async fn sign_out(&self) -> Value {
        let signed_out = self.session().sign_out().await;
        if self.way == Way::Gateway {
            // Without a signal the gateway does not hear of it, and the tokens are gone all the same.
            self.gateway().sign_out(Devices::This).await.unwrap();
        }
        observation::of(signed_out, |()| observation::done())
    }
}

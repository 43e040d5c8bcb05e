//! The guest's device: a folder, a clock that may be wrong, and at most one session.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use loyalty_core::LoyaltyError;
use loyalty_core::backend::probonus::{Credentials, DirectGuest, ProBonus, ProBonusConfig};
use loyalty_core::domain::{BusinessCalendar, Consent, ConsentKind, ProfileChange, ReceiptRef, Registration};
use loyalty_core::guest::{
    GuestClient, GuestSession, HistoryCursor, PhoneLocks, ReminderPolicy, Retention, SessionSettings,
};
use loyalty_core::ports::Clock;
use loyalty_core::system::{MemorySecretStore, SystemIds};
use loyalty_tests::scene::{TOKEN, newcomer, phone};
use serde_json::{Value, json};

use super::damage::NoSpace;
use super::observation;

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

/// The device.
pub(super) struct Device {
    pub(super) folder: PathBuf,
    pub(super) clock: Arc<DeviceClock>,
    pub(super) calendar: BusinessCalendar,
    config: ProBonusConfig,
    phone: String,
    session: Option<GuestSession<DirectGuest>>,
    behind: Option<HistoryCursor>,
}

fn configuration(base_url: &str) -> String {
    format!(
        "[probonus]\nurl = \"{base_url}\"\nallow_plain_http = true\ntimeout = 5\n\
         [probonus.till_code]\nsource = \"temporary\"\ntype_id = 2\n"
    )
}

impl Device {
    pub(super) fn new(
        folder: PathBuf,
        clock: Arc<DeviceClock>,
        calendar: BusinessCalendar,
        base_url: &str,
        phone: &str,
    ) -> Self {
        let config = ProBonusConfig::from_toml(&configuration(base_url)).unwrap();
        Self { folder, clock, calendar, config, phone: phone.to_owned(), session: None, behind: None }
    }

    fn client(&self) -> GuestClient<DirectGuest> {
        let credentials = Credentials { api_token: Some(TOKEN.into()), password: None };
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        let store = Arc::new(MemorySecretStore::default());
        let client =
            ProBonus::new(&self.config, credentials, store, Arc::clone(&clock), Arc::new(SystemIds)).unwrap();
        GuestClient::new(client.guest(phone(&self.phone)), clock, Arc::new(PhoneLocks::default()))
    }

    fn settings(&self) -> SessionSettings {
        SessionSettings {
            calendar: self.calendar.clone(),
            history_since: "2015-01-01T00:00:00Z".parse().unwrap(),
            retention: Some(Retention::default()),
        }
    }

    fn session(&self) -> &GuestSession<DirectGuest> {
        self.session.as_ref().expect("a session is open")
    }

    fn form(&self, name: &str) -> Registration {
        let mut form = newcomer(&self.phone);
        form.profile.first_name = Some(name.to_owned());
        form
    }

    /// At the counter: the staff's program creates the account.
    pub(super) async fn register(&self, name: &str) -> Value {
        let registered = self.client().register(&self.form(name)).await;
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

    fn begin(&mut self, opened: Result<GuestSession<DirectGuest>, LoyaltyError>) -> Value {
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
        observation::of(self.session().sign_out().await, |()| observation::done())
    }
}

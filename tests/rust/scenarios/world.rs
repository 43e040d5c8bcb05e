//! A device, a server, and the way between them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use loyalty_core::domain::BusinessCalendar;
use loyalty_core::guest::ReminderPolicy;
use loyalty_core::ports::Clock;
use loyalty_sandbox::{Data, Options, RunningSandbox, Sandbox};
use loyalty_tests::gateway::GatewayScene;
use loyalty_tests::relay::Relay;
use loyalty_tests::scene::{SandboxClock, Scene};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::damage;
use super::device::{Device, DeviceClock};
use super::observation::done;
use super::scenario::{Action, Scenario};
use super::way::{self, PROBONUS, Way};

/// What a scenario's gateway is configured with beside what every gateway of the tests has: months pass in a scenario,
/// and its guest does not wait between two looks.
const GATEWAY: &str = r#"
[gateway.lifetimes]
refresh_token = 315360000
[gateway.limits]
reads_per_minute = 1000
[[gateway.programme.consents]]
kind = "personal_data"
version = "1"
text = { ru = "Согласие на обработку", en = "Consent to processing" }
"#;

/// What stands at the end of the way.
enum Server {
    Direct(Scene),
    Gateway(Box<GatewayScene>),
}

impl Server {
    async fn start(way: Way, sandbox: RunningSandbox) -> Self {
        let scene = Scene { sandbox };
        match way {
            Way::Direct => Self::Direct(scene),
            Way::Gateway => Self::Gateway(Box::new(GatewayScene::over(scene, GATEWAY, PROBONUS).await)),
        }
    }

    fn sandbox(&self) -> &RunningSandbox {
        match self {
            Self::Direct(scene) => &scene.sandbox,
            Self::Gateway(gateway) => &gateway.scene.sandbox,
        }
    }

    fn base_url(&self) -> &str {
        match self {
            Self::Direct(scene) => scene.sandbox.base_url(),
            Self::Gateway(gateway) => gateway.running.base_url(),
        }
    }
}

/// Everything a scenario takes place in.
pub(super) struct World {
    server: Server,
    relay: Relay,
    device: Device,
    phone: String,
    /// The transactions of each visit, by number.
    visits: Vec<Vec<i64>>,
    staff: reqwest::Client,
    /// Holds the device's folder, and is removed with the world.
    _place: TempDir,
}

impl World {
    pub(super) async fn start(scenario: &Scenario, way: Way) -> Self {
        // Whoever installs it first in this process is as good as any other.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let settings = &scenario.sandbox;
        let data = if settings.guests == 0 { Data::Empty } else { Data::Small(settings.guests) };
        let options = Options::at(settings.today)
            .data(data)
            .dialect(settings.dialect.parse().unwrap())
            .activation_hours(settings.activation_hours)
            .day_change(settings.day_change)
            .time_zone(&settings.time_zone);
        let server = Server::start(way, Sandbox::start(options, 0).unwrap()).await;
        let relay = Relay::open(server.base_url().strip_prefix("http://").unwrap().parse().unwrap());
        let place = tempfile::tempdir().unwrap();
        let sandbox = server.sandbox();
        let clock =
            Arc::new(DeviceClock { server: sandbox.clock().clone(), ahead_minutes: AtomicI64::new(0) });
        let change = settings.day_change.strftime("%H:%M").to_string();
        let calendar = BusinessCalendar::from_names(&settings.time_zone, &change).unwrap();
        let staff = way::probonus(sandbox.base_url(), Arc::new(SandboxClock(sandbox.clock().clone())));
        let from = (way, relay.base_url());
        let device = Device::new(place.path().join("guest"), clock, calendar, from, staff, &scenario.phone);
        let world = Self {
            server,
            relay,
            device,
            phone: scenario.phone.clone(),
            visits: Vec::new(),
            staff: reqwest::Client::new(),
            _place: place,
        };
        world.sign_in(&scenario.phone).await;
        world
    }

    fn sandbox(&self) -> &RunningSandbox {
        self.server.sandbox()
    }

    /// Whoever holds the device signs in, where one signs in; what that asks of the server is no step of a scenario.
    async fn sign_in(&self, phone: &str) {
        if let Server::Gateway(gateway) = &self.server {
            gateway.sign_in(&self.device.gateway(), phone).await;
            self.sandbox().requests().clear();
        }
    }

    /// Takes a step and tells what it shows.
    pub(super) async fn take(&mut self, action: &Action) -> Value {
        match action {
            Action::Register { name } => self.device.register(name).await,
            Action::Open { time_zone, phone } => {
                if let Some(next) = phone {
                    self.sign_in(next).await;
                }
                self.device.open(time_zone.as_deref(), phone.as_deref()).await
            }
            Action::OpenInMemory {} => self.device.open_in_memory().await,
            Action::Close {} => self.device.close().await,
            Action::Snapshot {} => self.device.snapshot(),
            Action::Refresh {} => self.device.refresh().await,
            Action::RefreshAtOnce { times } => self.device.refresh_at_once(*times).await,
            Action::RefreshWithoutSpace {} => self.device.refresh_without_space().await,
            Action::History { limit } => self.device.history(*limit, false).await,
            Action::MoreHistory { limit } => self.device.history(*limit, true).await,
            Action::Receipt { row } => self.device.receipt(*row).await,
            Action::Upkeep {} => self.device.upkeep().await,
            Action::Reminders { days_before, at, limit } => {
                let policy = ReminderPolicy { days_before: days_before.clone(), at: *at, limit: *limit };
                self.device.reminders(&policy)
            }
            Action::TillCode {} => self.device.till_code().await,
            Action::RegisterOneself { name } => self.device.register_oneself(name).await,
            Action::Rename { name } => self.device.rename(name).await,
            Action::Pause {} => self.device.pause().await,
            Action::Resume {} => self.device.resume().await,
            Action::SignOut {} => self.device.sign_out().await,
            around => self.take_around(around).await,
        }
    }

    /// Takes a step in which the guest has no hand.
    async fn take_around(&mut self, action: &Action) -> Value {
        match action {
            Action::DeviceClock { ahead_minutes } => {
                self.device.clock.ahead_minutes.store(*ahead_minutes, Ordering::Relaxed);
                return json!({"now": self.device.clock.now().to_string()});
            }
            Action::Files {} => return json!({"files": damage::kinds(&self.device.folder)}),
            Action::Search { texts } => return damage::search(&self.device.folder, texts),
            Action::Clock { to } => {
                self.sandbox().clock().set(*to);
                return json!({"now": self.sandbox().clock().now().to_string()});
            }
            Action::Visit { sum, spend } => return self.visit(*sum, *spend).await,
            Action::Requests {} => return self.requests(),
            Action::Damage { how } => damage::damage(&self.device.folder, *how),
            Action::Offline {} => self.relay.cut().await,
            Action::Online {} => self.relay.mend(),
            Action::Fault { fault } => self.sandbox().faults().add(fault.clone()),
            Action::ClearFaults {} => self.sandbox().faults().clear(),
            Action::RevokeToken {} => self.sandbox().tokens().revoke_api_token(),
            Action::RestoreToken {} => self.sandbox().tokens().restore_api_token(),
            Action::Correct { visit, sum } => {
                let last = *self.visits[*visit].last().expect("the visit moved bonuses");
                self.sandbox().books().correct_transaction(last, *sum).unwrap();
            }
            other => unreachable!("{other:?} is the guest's"),
        }
        done()
    }

    /// The guest pays at the till.
    async fn visit(&mut self, sum: u64, spend: Option<u64>) -> Value {
        let mut bill = json!({"phone": self.phone, "sum": sum});
        if let Some(spend) = spend {
            bill["spendBonus"] = json!(spend);
        }
        let url = format!("{}/till/check", self.sandbox().base_url());
        let sent = self.staff.post(url).header("content-type", "application/json").body(bill.to_string());
        let answer = sent.send().await.unwrap().bytes().await.unwrap();
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        let moved: Vec<i64> = serde_json::from_value(answer["transactionIds"].clone()).unwrap();
        self.visits.push(moved);
        json!({
            "paid": answer["paid"],
            "spent": answer["bonusSpent"],
            "accrued": answer["bonusAccrued"],
            "balance": answer["balance"],
        })
    }

    /// How many requests of each method the server has had since it was last asked for.
    fn requests(&self) -> Value {
        let mut counts = BTreeMap::new();
        for request in self.sandbox().requests().all() {
            if request.method != "till/check" {
                *counts.entry(request.method).or_insert(0_u64) += 1;
            }
        }
        self.sandbox().requests().clear();
        let counts = counts.into_iter().map(|(method, count)| json!({"method": method, "count": count}));
        json!({"requests": counts.collect::<Value>()})
    }
}

//! Everything around a guest's device: a loyalty server, a gateway over it, the way to that, the venue's staff, and the
//! guest's other devices. Told what to do by data, so that tests in every language have the same.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp};
use loyalty_core::backend::GuestBackend;
use loyalty_core::backend::gateway::{Devices, GatewayClient};
use loyalty_core::guest::{GuestClient, PhoneLocks};
use loyalty_sandbox::{Data, Fault, Options, Sandbox};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::caller::Caller;
use crate::gateway::{GatewayScene, master_key};
use crate::relay::Relay;
use crate::scene::{Scene, newcomer, phone};

/// What the gateway is configured with beside what every gateway of the tests has: months pass on a stage, and its guest
/// does not wait between two looks.
const GATEWAY: &str = r#"
[gateway.lifetimes]
refresh_token = 315360000
[gateway.limits]
reads_per_minute = 1000
phone_per_hour = 100000
phone_per_day = 100000
address_per_hour = 100000
address_per_day = 100000
device_per_hour = 100000
confirm_per_hour = 100000
"#;

/// How everything is set up.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StageSettings {
    /// All clocks stand at noon of this day, in the venue's zone.
    pub today: Date,
    /// The venue's zone.
    pub time_zone: String,
    /// When the venue's business day begins.
    pub day_change: Time,
    /// How many guests with real purchases there are.
    pub guests: u32,
    /// How long a purchase's bonuses are pending.
    pub activation_hours: u32,
    /// Whether tills read codes from phones.
    pub till_codes: bool,
    /// More of the gateway's configuration, as TOML.
    pub gateway: String,
}

impl Default for StageSettings {
    fn default() -> Self {
        Self {
            today: jiff::civil::date(2026, 6, 15),
            time_zone: "Europe/Moscow".to_owned(),
            day_change: Time::midnight(),
            guests: 0,
            activation_hours: 0,
            till_codes: false,
            gateway: String::new(),
        }
    }
}

/// What happens around the device.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Act {
    /// The staff registers a guest at the counter.
    RegisterAtCounter {
        /// Whose account.
        phone: String,
        /// Their first name.
        name: String,
    },
    /// The guest pays at a till.
    Visit {
        /// Whose account.
        phone: String,
        /// The bill in kopecks.
        sum: u64,
        /// How many hundredths of bonuses they want to pay with.
        spend: Option<u64>,
    },
    /// A till corrects the last movement of a visit.
    Correct {
        /// Which visit, from 0.
        visit: usize,
        /// The new sum.
        sum: i64,
    },
    /// The restaurant blocks an account, or unblocks it.
    Block {
        /// Whose account.
        phone: String,
        /// Which of the two.
        blocked: bool,
    },
    /// The newest sign-in code that was sent to a phone.
    Code {
        /// The phone.
        phone: String,
    },
    /// The operator gives a kiosk its credential.
    AddKiosk {},
    /// The operator takes it back from all kiosks.
    RevokeKiosks {},
    /// The guest shows the till code of another device of theirs.
    TillCodeElsewhere {
        /// Whose device.
        phone: String,
    },
    /// The guest ends all their sessions from another device.
    SignOutElsewhere {
        /// Whose sessions.
        phone: String,
    },
    /// The gateway cannot be reached any more.
    Offline {},
    /// It can again.
    Online {},
    /// The gateway hears what it is asked, and its answers stay on the way.
    HoldAnswers {},
    /// An answer has come as far as that. Waits for it.
    HeldAnswer {},
    /// The answers arrive.
    ReleaseAnswers {},
    /// The loyalty server behind the gateway goes wrong.
    Fault {
        /// In which way.
        fault: Fault,
    },
    /// It is as it should be again.
    ClearFaults {},
    /// All clocks are set.
    Clock {
        /// To what.
        to: Timestamp,
    },
    /// All clocks go on.
    Pass {
        /// By how much.
        seconds: i64,
    },
    /// The device's clock is wrong from now on.
    DeviceClock {
        /// By how much.
        ahead_minutes: i64,
    },
    /// A long history: all clocks go on by half an hour before each movement.
    Movements {
        /// Whose account.
        phone: String,
        /// How many.
        count: u32,
    },
    /// What the guest asked the operator for.
    Deletions {},
}

/// Everything around a device.
#[derive(Debug)]
pub struct Stage {
    /// The server, the gateway and their clock.
    pub scene: GatewayScene,
    relay: Relay,
    /// The transactions of each visit, by number.
    visits: Vec<Vec<i64>>,
    ahead_minutes: AtomicI64,
}

impl Stage {
    /// Sets everything up.
    pub async fn start(settings: &StageSettings) -> Self {
        let data = if settings.guests == 0 { Data::Empty } else { Data::Small(settings.guests) };
        let options = Options::at(settings.today)
            .data(data)
            .activation_hours(settings.activation_hours)
            .day_change(settings.day_change)
            .time_zone(&settings.time_zone);
        let scene = Scene { sandbox: Sandbox::start(options, 0).unwrap() };
        let (zone, change) = (&settings.time_zone, settings.day_change.strftime("%H:%M"));
        let codes = if settings.till_codes {
            "[probonus.till_code]\nsource = \"temporary\"\ntype_id = 2\n"
        } else {
            ""
        };
        let probonus = format!("time_zone = \"{zone}\"\nday_change = \"{change}\"\n{codes}");
        let gateway = format!("{GATEWAY}{}", settings.gateway);
        let scene = GatewayScene::over(scene, &gateway, &probonus).await;
        let relay = Relay::open(scene.address());
        Self { scene, relay, visits: Vec::new(), ahead_minutes: AtomicI64::new(0) }
    }

    /// Where devices find the gateway.
    pub fn gateway(&self) -> String {
        self.relay.base_url()
    }

    /// What the device's clock shows.
    pub fn device_time(&self) -> Timestamp {
        let ahead = SignedDuration::from_mins(self.ahead_minutes.load(Ordering::Relaxed));
        self.scene.scene.sandbox.clock().now() + ahead
    }

    /// Does it, and tells what came of it.
    pub async fn act(&mut self, act: &Act) -> Value {
        match act {
            Act::RegisterAtCounter { phone, name } => return self.register(phone, name).await,
            Act::Visit { phone, sum, spend } => return self.visit(phone, *sum, *spend).await,
            Act::Correct { visit, sum } => {
                let last = *self.visits[*visit].last().expect("the visit moved bonuses");
                self.scene.scene.sandbox.books().correct_transaction(last, *sum).unwrap();
            }
            Act::Block { phone, blocked } => {
                let books = self.scene.scene.sandbox.books();
                let account = books.account_by_phone(phone).unwrap().unwrap();
                books.set_blocked(account.id, *blocked).unwrap();
            }
            Act::Code { phone } => return json!({"code": self.scene.letterbox.code(phone).await}),
            Act::AddKiosk {} => {
                let device = self.scene.operator().add_device("Зал", &master_key()).await.unwrap();
                return json!({"credential": device.credential.expose_secret()});
            }
            Act::RevokeKiosks {} => {
                for device in self.scene.operator().devices().await.unwrap() {
                    self.scene.operator().revoke_device(device.id).await.unwrap();
                }
            }
            Act::TillCodeElsewhere { phone } => {
                let other = self.other_device(phone).await;
                return json!({"code": other.till_code().await.unwrap().value});
            }
            Act::SignOutElsewhere { phone } => {
                self.other_device(phone).await.sign_out(Devices::All).await.unwrap();
            }
            Act::Offline {} => self.relay.cut().await,
            Act::Online {} => self.relay.mend(),
            Act::HoldAnswers {} => self.relay.hold_answers(),
            Act::HeldAnswer {} => self.relay.held_answer().await,
            Act::ReleaseAnswers {} => self.relay.release_answers(),
            Act::Fault { fault } => self.scene.scene.sandbox.faults().add(fault.clone()),
            Act::ClearFaults {} => self.scene.scene.sandbox.faults().clear(),
            Act::Clock { to } => self.scene.scene.sandbox.clock().set(*to),
            Act::Pass { seconds } => self.scene.pass(*seconds),
            Act::DeviceClock { ahead_minutes } => self.ahead_minutes.store(*ahead_minutes, Ordering::Relaxed),
            Act::Movements { phone, count } => self.movements(phone, *count),
            Act::Deletions {} => {
                let deletions = self.scene.operator().deletions().await.unwrap();
                return json!({"deletions": deletions.len()});
            }
        }
        json!({"done": true})
    }

    fn movements(&self, number: &str, count: u32) {
        let sandbox = &self.scene.scene.sandbox;
        let account = sandbox.books().account_by_phone(number).unwrap().unwrap();
        for movement in 0..count {
            sandbox.clock().advance_minutes(30);
            // Now up, now down, so that the balance stays where it is.
            let sum = if movement % 2 == 0 { 500 } else { -500 };
            sandbox.books().adjust(account.id, sum, "Правка").unwrap();
        }
    }

    async fn register(&self, number: &str, name: &str) -> Value {
        let mut form = newcomer(number);
        form.profile.first_name = Some(name.to_owned());
        let client = self.scene.scene.client().guest(phone(number));
        let clock = self.scene.scene.clock();
        let client = GuestClient::new(client, clock, Arc::new(PhoneLocks::default()));
        json!({"created": client.register(&form).await.unwrap().created})
    }

    async fn visit(&mut self, number: &str, sum: u64, spend: Option<u64>) -> Value {
        let mut bill = json!({"phone": number, "sum": sum});
        if let Some(spend) = spend {
            bill["spendBonus"] = json!(spend);
        }
        let answer = Caller::new(self.scene.scene.sandbox.base_url()).post("/till/check", &bill).await;
        let moved: BTreeMap<String, Value> = serde_json::from_value(answer.json.clone()).unwrap();
        self.visits.push(serde_json::from_value(moved["transactionIds"].clone()).unwrap());
        json!({"paid": moved["paid"], "spent": moved["bonusSpent"], "accrued": moved["bonusAccrued"]})
    }

    /// The guest, signed in on another device.
    async fn other_device(&self, number: &str) -> GatewayClient {
        // A code may have been sent a moment ago, and the next is not to be had before a minute is over.
        self.scene.pass(61);
        self.scene.signed_in(number).await
    }
}

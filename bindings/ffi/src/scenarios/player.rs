//! A guest's device or a kiosk, and how it takes a step.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::{Date, Time};
use loyalty_core::backend::gateway::{Devices, SignOut};
use loyalty_core::domain::wording::Lang;
use loyalty_core::domain::{Bonus, ConsentKind, Money};
use loyalty_tests::stage::{Act, Stage};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::observation::{self, done, of};
use crate::loyalty::{Loyalty, format_phone};
use crate::me::{DayChange, ProfileEdit, RegistrationForm, ReminderWish, SexChange, TextChange};
use crate::rehearsal::{RehearsalClock, rehearse_guest, rehearse_kiosk};
use crate::secret_store::kept::Kept;
use crate::settings::{Settings, UnitForms};

pub(super) struct Player {
    stage: Stage,
    clock: Arc<RehearsalClock>,
    secrets: Arc<Kept>,
    folder: TempDir,
    device: Option<Arc<Loyalty>>,
    /// What the stage said last of what nobody may write down.
    code: String,
    credential: String,
    behind: Option<String>,
    phone: String,
}

fn text<'a>(step: &'a Value, name: &str) -> &'a str {
    step[name].as_str().unwrap_or_else(|| panic!("{step} has no {name}"))
}

fn number(step: &Value, name: &str) -> u32 {
    step[name]
        .as_u64()
        .and_then(|number| number.try_into().ok())
        .unwrap_or_else(|| panic!("{step} has no {name}"))
}

impl Player {
    pub(super) async fn start(scenario: &Value) -> Self {
        let settings = scenario.get("stage").cloned().unwrap_or_else(|| json!({}));
        let stage = Stage::start(&serde_json::from_value(settings).unwrap()).await;
        let clock = RehearsalClock::new(stage.device_time());
        Self {
            stage,
            clock,
            secrets: Arc::default(),
            folder: tempfile::tempdir().unwrap(),
            device: None,
            code: String::new(),
            credential: String::new(),
            behind: None,
            phone: scenario["phone"].as_str().unwrap_or("+79161112233").to_owned(),
        }
    }

    fn device(&self) -> Arc<Loyalty> {
        Arc::clone(self.device.as_ref().expect("a device is open"))
    }

    fn phone(&self, step: &Value) -> String {
        step["phone"].as_str().unwrap_or(&self.phone).to_owned()
    }

    /// Takes a step and tells what it shows.
    pub(super) async fn take(&mut self, step: &Value) -> Value {
        match text(step, "do") {
            "open" | "open_kiosk" | "close" => self.open_or_close(step).await,
            "programme" | "known_programme" | "language" | "format_phone" | "word_bonus" | "word_money"
            | "word_date" | "state" | "reminders" => self.ask(step).await,
            "request_code" | "confirm" | "identify" | "register" | "sign_out" | "request_deletion" => {
                self.come_and_go(step).await
            }
            "refresh" | "history" | "more_history" | "receipt" | "till_code" => self.read(step).await,
            "rename" | "consents" | "give_consent" | "withdraw_consent" | "export" => self.manage(step).await,
            "pause" => of(self.device().pause().await, |()| done()),
            "resume" => of(self.device().resume().await, |()| done()),
            "upkeep" => of(self.device().upkeep(None).await, |()| done()),
            _ => self.around(step).await,
        }
    }

    fn settings(&self, step: &Value) -> Settings {
        Settings {
            gateway: self.stage.gateway(),
            folder: self.folder.path().join("data").to_str().unwrap().to_owned(),
            lang: language(step["language"].as_str().unwrap_or("ru")),
            unit: UnitForms {
                russian_one: "бонус".into(),
                russian_few: "бонуса".into(),
                russian_many: "бонусов".into(),
                russian_fraction: "бонуса".into(),
                english_one: "bonus".into(),
                english_other: "bonuses".into(),
            },
            time_zone: "Europe/Moscow".into(),
            day_change: Time::midnight(),
            extra_roots: None,
            allow_plain_http: true,
            timeout: Duration::from_secs(10),
        }
    }

    async fn open_or_close(&mut self, step: &Value) -> Value {
        let clock = Arc::clone(&self.clock);
        let opened = match text(step, "do") {
            "open" => rehearse_guest(self.settings(step), Arc::clone(&self.secrets) as _, clock).await,
            "open_kiosk" => rehearse_kiosk(self.settings(step), self.credential.clone(), clock),
            _ => {
                let device = self.device.take().expect("a device is open");
                // As a platform ends an app: suspended first.
                let paused = device.pause().await;
                device.end();
                return of(paused, |()| done());
            }
        };
        of(opened, |device| {
            let state = observation::state(&device.state());
            self.device = Some(device);
            state
        })
    }

    async fn ask(&self, step: &Value) -> Value {
        let device = self.device();
        match text(step, "do") {
            "programme" => of(device.programme(None).await, |programme| observation::programme(&programme)),
            "known_programme" => {
                json!({"programme": device.known_programme().as_ref().map(observation::programme)})
            }
            "language" => {
                device.set_lang(language(text(step, "to")));
                observation::state(&device.state())
            }
            "format_phone" => {
                let shown = format_phone(text(step, "typed"));
                json!({"text": shown.text, "complete": shown.complete})
            }
            "word_bonus" => {
                let amount = Bonus::from_hundredths(step["hundredths"].as_i64().unwrap());
                let said = device.word_bonus(amount, step["plus"].as_bool().unwrap_or(false));
                json!({"text": said.text, "number": said.number, "unit": said.unit})
            }
            "word_money" => {
                let amount = Money::from_hundredths(step["kopecks"].as_i64().unwrap());
                json!({"text": device.word_money(amount, step["plus"].as_bool().unwrap_or(false)).text})
            }
            "word_date" => json!({"text": device.word_date(text(step, "date").parse::<Date>().unwrap())}),
            "reminders" => {
                let days_before = step["days_before"].as_array().unwrap().iter();
                let wish = ReminderWish {
                    days_before: days_before.map(|days| days.as_u64().unwrap().try_into().unwrap()).collect(),
                    at: text(step, "at").parse().unwrap(),
                    limit: number(step, "limit"),
                };
                observation::reminders(&device.reminders(wish))
            }
            _ => observation::state(&device.state()),
        }
    }

    async fn come_and_go(&mut self, step: &Value) -> Value {
        let (device, phone) = (self.device(), self.phone(step));
        let code = step["code"].as_str().unwrap_or(&self.code).to_owned();
        match text(step, "do") {
            "request_code" => of(device.request_code(phone, None).await, |sent| {
                json!({
                    "resend_after": sent.resend_after.as_secs(),
                    "expires_in": sent.expires_in.as_secs(),
                    "digits": sent.digits,
                })
            }),
            "confirm" => {
                of(device.confirm(phone, code, None).await, |()| observation::state(&device.state()))
            }
            "identify" => of(device.identify(code, None).await, |()| observation::state(&device.state())),
            "register" => {
                let form = RegistrationForm {
                    first_name: text(step, "name").to_owned(),
                    last_name: None,
                    middle_name: None,
                    birthday: step["birthday"].as_str().map(|day| day.parse().unwrap()),
                    sex: None,
                    email: step["email"].as_str().map(str::to_owned),
                };
                let consents = step["consents"].as_array().unwrap().iter().map(consent).collect();
                of(device.register(form, consents, None).await, |created| json!({"created": created}))
            }
            "sign_out" => {
                let devices = if step["devices"] == "all" { Devices::All } else { Devices::This };
                of(
                    device.sign_out(devices, None).await,
                    |told| json!({"told": told == SignOut::Complete, "state": observation::state(&device.state())}),
                )
            }
            _ => of(
                device.request_deletion(None).await,
                |at| json!({"requested_at": at.as_second(), "state": observation::state(&device.state())}),
            ),
        }
    }

    async fn read(&mut self, step: &Value) -> Value {
        let device = self.device();
        match text(step, "do") {
            "refresh" => of(
                device.refresh(None).await,
                |snapshot| json!({"snapshot": observation::snapshot(&snapshot)}),
            ),
            "receipt" => {
                let row = usize::try_from(number(step, "row")).unwrap();
                let rows = device.state().snapshot.expect("something was read").newest;
                let reference = rows[row].receipt.clone().expect("it has a receipt");
                of(device.receipt(reference, None).await, |receipt| observation::receipt(&receipt))
            }
            "till_code" => of(
                device.till_code(None).await,
                |code| json!({"digits": code.value.len(), "lives_for": code.lives_for.map(|left| left.as_secs())}),
            ),
            further => {
                let behind = self.behind.take().filter(|_| further == "more_history");
                let page = device.history(behind, number(step, "limit"), None).await;
                of(page, |page| {
                    self.behind = page.next.clone();
                    observation::page(&page)
                })
            }
        }
    }

    async fn manage(&self, step: &Value) -> Value {
        let device = self.device();
        match text(step, "do") {
            "rename" => {
                let edit = ProfileEdit {
                    first_name: Some(text(step, "name").to_owned()),
                    last_name: TextChange::Keep,
                    middle_name: TextChange::Keep,
                    birthday: DayChange::Keep,
                    sex: SexChange::Keep,
                    email: TextChange::Keep,
                };
                of(device.update_profile(edit, None).await, |guest| json!({"name": guest.first_name}))
            }
            "consents" => of(
                device.consents(None).await,
                |consents| json!({"consents": consents.iter().map(observation::consent).collect::<Vec<_>>()}),
            ),
            "give_consent" => of(device.give_consent(consent(&step["kind"]), None).await, |given| {
                observation::consent(&given)
            }),
            "withdraw_consent" => {
                of(device.withdraw_consent(consent(&step["kind"]), None).await, |()| done())
            }
            _ => of(device.export_data(None).await, |copy| {
                let texts = step["texts"].as_array().unwrap().iter();
                let found = texts.map(|wanted| copy.contains(wanted.as_str().unwrap()));
                json!({"found": found.collect::<Vec<_>>()})
            }),
        }
    }

    /// What the device has no hand in.
    async fn around(&mut self, step: &Value) -> Value {
        let mut act = step.clone();
        let act_fields = act.as_object_mut().unwrap();
        act_fields.remove("expect");
        let with_phone =
            ["register_at_counter", "visit", "block", "code", "till_code_elsewhere", "sign_out_elsewhere"];
        if with_phone.contains(&text(step, "do")) {
            act_fields.entry("phone").or_insert_with(|| json!(self.phone));
        }
        let act: Act = serde_json::from_value(act).unwrap_or_else(|error| panic!("{step}: {error}"));
        let mut saw = self.stage.act(&act).await;
        self.clock.set(self.stage.device_time());
        for (name, place) in [("code", &mut self.code), ("credential", &mut self.credential)] {
            if let Some(secret) = saw.as_object_mut().unwrap().remove(name) {
                *place = secret.as_str().unwrap().to_owned();
                saw = done();
            }
        }
        saw
    }
}

fn language(code: &str) -> Lang {
    Lang::parse(code).unwrap()
}

fn consent(word: &Value) -> ConsentKind {
    match word.as_str().unwrap() {
        "personal_data" => ConsentKind::PersonalData,
        "advertising" => ConsentKind::Advertising,
        other => panic!("{other} is no consent"),
    }
}

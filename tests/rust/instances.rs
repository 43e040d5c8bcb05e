//! Two gateways on one PostgreSQL behind a proxy that sends each request to the other one in turn.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
// A test may stop at the first thing that is not as it should be.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use loyalty_core::backend::GuestBackend;
use loyalty_core::backend::gateway::{Devices, GatewayClient, SignOut};
use loyalty_core::domain::{ConsentKind, Registration, TransactionsQuery};
use loyalty_core::guest::{GuestClient, PhoneLocks};
use loyalty_core::system::MemorySecretStore;
use loyalty_gateway::Running;
use loyalty_gateway::state::{Database, State};
use loyalty_postgres::Cluster;
use loyalty_sandbox::FaultKind;
use loyalty_tests::caller::Caller;
use loyalty_tests::gateway::{self, Letterbox, client, consent, tokens};
use loyalty_tests::proxy::Proxy;
use loyalty_tests::scene::{RICHEST, SandboxClock, Scene, newcomer, phone};
use serde_json::json;
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::task::JoinSet;

const NOBODY: &str = "+79161112233";

/// A gateway with a runtime of its own, so that it can die without a farewell.
struct Instance {
    base_url: String,
    running: Option<Running>,
    runtime: Option<Runtime>,
}

impl Instance {
    async fn start(scene: &Scene, letterbox: &Arc<Letterbox>, database: &str) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let database = Database::from_url(&database.to_owned().into(), None);
        // The sandbox outlives the instance, and is asked only through what is cloned here.
        let running = tokio::task::block_in_place(|| {
            runtime.block_on(async {
                let state = State::open(&database).await.unwrap();
                gateway::open(scene, letterbox, &state, "", "").await
            })
        });
        Self { base_url: running.base_url().to_owned(), running: Some(running), runtime: Some(runtime) }
    }

    /// Ends it where it stands: nothing is finished, nobody is told.
    fn kill(&mut self) {
        self.runtime.take().unwrap().shutdown_background();
        self.running = None;
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

struct Pair {
    scene: Scene,
    letterbox: Arc<Letterbox>,
    proxy: Proxy,
    one: Instance,
    other: Instance,
}

impl Pair {
    async fn start() -> Self {
        let scene = Scene::start("");
        let letterbox = Arc::new(Letterbox::default());
        let database = tokio::task::spawn_blocking(|| Cluster::shared().database()).await.unwrap();
        let one = Instance::start(&scene, &letterbox, &database).await;
        let other = Instance::start(&scene, &letterbox, &database).await;
        let proxy = Proxy::start(&[&one.base_url, &other.base_url]).await;
        Self { scene, letterbox, proxy, one, other }
    }

    fn device(&self) -> GatewayClient {
        client(&self.proxy.base_url, &self.scene, Arc::new(MemorySecretStore::default()), None)
    }

    fn callers(&self) -> [Caller; 2] {
        [Caller::new(&self.one.base_url), Caller::new(&self.other.base_url)]
    }

    fn pass(&self, seconds: i64) {
        let clock = self.scene.sandbox.clock();
        clock.set(clock.now() + jiff::SignedDuration::from_secs(seconds));
    }

    async fn sign_in(&self, device: &GatewayClient, number: &str) {
        let phone = phone(number);
        device.request_code(&phone).await.unwrap();
        let code = self.letterbox.code(number).await;
        device.confirm(&phone, &code.into()).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guests_whole_journey_does_not_notice_which_of_them_answers() {
    let pair = Pair::start().await;
    let device = pair.device();
    pair.sign_in(&device, NOBODY).await;
    consent(&device).await;
    let form = Registration { identifiers: Vec::new(), ..newcomer(NOBODY) };
    let clock = Arc::new(SandboxClock(pair.scene.sandbox.clock().clone()));
    let door = GuestClient::new(device.clone(), clock, Arc::new(PhoneLocks::default()));
    assert!(door.register(&form).await.unwrap().created);
    pair.pass(16);
    assert_eq!(door.refresh().await.unwrap().balance.total.hundredths(), 30_000);
    for round in 0..4 {
        pair.pass(16 * 60);
        assert_eq!(door.history(TransactionsQuery::Last(10)).await.unwrap().len(), 1, "{round}");
    }
    assert_eq!(device.sign_out(Devices::This).await, Ok(SignOut::Complete));

    pair.sign_in(&device, RICHEST).await;
    let rows = door.history(TransactionsQuery::Last(230)).await.unwrap();
    assert_eq!(rows.len(), 230);
    for row in rows.iter().filter(|row| row.receipt.is_some()).take(6) {
        door.receipt(row.receipt.as_ref().unwrap()).await.unwrap();
    }
    let seen = pair.proxy.take();
    assert!(seen.iter().all(|passed| passed.status < 500), "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_are_shared() {
    let pair = Pair::start().await;
    let mut granted = 0;
    for index in 0..80_u32 {
        let caller = &pair.callers()[usize::try_from(index % 2).unwrap()];
        let answer = caller.send_code(&format!("+7916{index:07}")).await;
        assert!(matches!(answer.status, 202 | 429), "{answer:?}");
        granted += u32::from(answer.status == 202);
    }
    assert_eq!(granted, 60);
    pair.pass(3601);
    let [one, other] = pair.callers();
    assert_eq!(one.send_code(RICHEST).await.status, 202);
    assert_eq!(other.send_code(RICHEST).await.code(), "rate_limited");
    let code = pair.letterbox.code(RICHEST).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let mut guesses = JoinSet::new();
    for index in 0..40 {
        let caller = if index % 2 == 0 { one.clone() } else { other.clone() };
        guesses.spawn(async move { caller.confirm(RICHEST, wrong).await.code().to_owned() });
    }
    let answers = guesses.join_all().await;
    assert_eq!(answers.iter().filter(|code| *code == "code_wrong").count(), 5, "{answers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_of_them_ends_is_over_at_the_other_at_once() {
    let pair = Pair::start().await;
    let [one, other] = pair.callers();
    let (access, refresh) = tokens(&one, &pair.letterbox, RICHEST).await;
    assert_eq!(other.with_token(&access).get("/v1/me/snapshot").await.status, 200);
    assert_eq!(one.with_token(&access).call("DELETE", "/v1/sessions/current").await.status, 204);
    assert_eq!(other.with_token(&access).get("/v1/me/snapshot").await.status, 401);
    assert_eq!(other.refresh(&refresh).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_happen_once_happens_once_among_the_two() {
    let pair = Pair::start().await;
    let [one, other] = pair.callers();
    assert_eq!(one.send_code(NOBODY).await.status, 202);
    let code = pair.letterbox.code(NOBODY).await;
    let mut tries = JoinSet::new();
    for index in 0..20 {
        let (caller, code) = (if index % 2 == 0 { one.clone() } else { other.clone() }, code.clone());
        tries.spawn(async move { caller.confirm(NOBODY, &code).await });
    }
    let mut opened: Vec<_> =
        tries.join_all().await.into_iter().filter(|answer| answer.status == 200).collect();
    assert_eq!(opened.len(), 1);
    let session = opened.remove(0).json;
    let access = session["accessToken"].as_str().unwrap();
    let given = json!({"kind": "personal_data", "textVersion": gateway::CONSENT});
    assert_eq!(one.with_token(access).post("/v1/me/consents", &given).await.status, 201);
    let mut forms = JoinSet::new();
    for index in 0..10 {
        let caller = if index % 2 == 0 { one.with_token(access) } else { other.with_token(access) };
        forms.spawn(async move { caller.post("/v1/me/registration", &json!({"firstName": "Анна"})).await });
    }
    let answers = forms.join_all().await;
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 201)), "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1, "{answers:?}");
    assert_eq!(pair.scene.count("accounts/insert_by_template"), 1);

    let refresh = session["refreshToken"].as_str().unwrap().to_owned();
    let mut renewals = JoinSet::new();
    for index in 0..20 {
        let (caller, refresh) = (if index % 2 == 0 { one.clone() } else { other.clone() }, refresh.clone());
        renewals.spawn(async move { caller.refresh(&refresh).await });
    }
    let mut good = 0;
    for answer in renewals.join_all().await.into_iter().filter(|answer| answer.status == 200) {
        let access = answer.json["accessToken"].as_str().unwrap();
        good += u32::from(other.with_token(access).get("/v1/me/snapshot").await.status == 200);
    }
    assert_eq!(good, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_when_one_of_them_is_killed() {
    let mut pair = Pair::start().await;
    let device = pair.device();
    pair.sign_in(&device, RICHEST).await;
    consent(&device).await;
    device.account().await.unwrap();
    // A code that the one that dies has asked for, and requests in the middle of which it dies.
    let half_way = Caller::new(&pair.one.base_url);
    assert_eq!(half_way.send_code(NOBODY).await.status, 202);
    let code = pair.letterbox.code(NOBODY).await;
    let mut asking = JoinSet::new();
    for _ in 0..60 {
        let device = device.clone();
        asking.spawn(async move { device.consents().await.map(|consents| consents.len()) });
    }
    pair.one.kill();
    let answers = asking.join_all().await;
    let answered = answers.iter().filter(|answer| **answer == Ok(1)).count();
    // The client asks again, and there is one left to answer.
    assert_eq!(answered, 60, "{answers:?}");

    let survivor = Caller::new(&pair.other.base_url);
    assert_eq!(survivor.confirm(NOBODY, &code).await.status, 200);
    let kept = device.consents().await.unwrap();
    assert_eq!((kept.len(), kept[0].kind), (1, ConsentKind::PersonalData));
    for _ in 0..3 {
        pair.pass(16 * 60);
        device.account().await.unwrap();
    }
    assert_eq!(device.sign_out(Devices::All).await, Ok(SignOut::Complete));
}

/// What a guest knows for sure, who renews, agrees and withdraws for as long as they are let.
struct Known {
    refresh: String,
    /// Whether the consent is in force; `None` after a request of which nobody has heard.
    agreed: Option<bool>,
}

async fn write_over_and_over(
    caller: Caller,
    refresh: String,
    rounds: Arc<AtomicU32>,
    stop: watch::Receiver<bool>,
) -> Known {
    let mut known = Known { refresh, agreed: Some(false) };
    let advertising = json!({"kind": "advertising", "textVersion": "2025-03"});
    let mut agree = true;
    while !*stop.borrow() {
        let renewed = caller.refresh(&known.refresh).await;
        if matches!(renewed.status, 502 | 503) {
            continue;
        }
        assert_eq!(renewed.status, 200, "{renewed:?}");
        known.refresh = renewed.json["refreshToken"].as_str().unwrap().to_owned();
        let guest = caller.with_token(renewed.json["accessToken"].as_str().unwrap());
        let answer = match agree {
            true => guest.post("/v1/me/consents", &advertising).await,
            false => guest.call("DELETE", "/v1/me/consents/advertising").await,
        };
        known.agreed = match answer.status {
            200 | 201 | 204 => Some(agree),
            502 | 503 => None,
            _ => panic!("{answer:?}"),
        };
        agree = !agree;
        rounds.fetch_add(1, Ordering::SeqCst);
        // The hour's limit of changes leaves room for so many.
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    known
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_outlives_the_one_that_is_killed_in_the_middle_of_writing() {
    let mut pair = Pair::start().await;
    let caller = Caller::new(&pair.proxy.base_url);
    let (stop, stopped) = watch::channel(false);
    let mut writing = JoinSet::new();
    let rounds = Arc::new(AtomicU32::new(0));
    let so_many_more = async |more: u32| {
        let goal = rounds.load(Ordering::SeqCst) + more;
        while rounds.load(Ordering::SeqCst) < goal {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    for index in 0..6 {
        let (_, refresh) = tokens(&caller, &pair.letterbox, &format!("+7916000000{index}")).await;
        writing.spawn(write_over_and_over(caller.clone(), refresh, Arc::clone(&rounds), stopped.clone()));
    }
    // A registration that ProBonus has carried out, while the one that dies waits for the answer with the lock held.
    let (access, _) = tokens(&caller, &pair.letterbox, NOBODY).await;
    let guest = caller.with_token(&access);
    let consent = json!({"kind": "personal_data", "textVersion": gateway::CONSENT});
    assert_eq!(guest.post("/v1/me/consents", &consent).await.status, 201);
    let insert = "accounts/insert_by_template";
    pair.scene.once(insert, FaultKind::Never { effect: true });
    let form = json!({"firstName": "Анна"});
    let by_one = Proxy::start(&[&pair.one.base_url]).await;
    let by_one = Caller::new(&by_one.base_url).with_token(&access);
    let registering = {
        let form = form.clone();
        tokio::spawn(async move { by_one.post("/v1/me/registration", &form).await })
    };
    let created = || pair.scene.sandbox.books().account_by_phone(NOBODY).unwrap();
    while created().is_none() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    so_many_more(12).await;
    pair.one.kill();
    assert_eq!(registering.await.unwrap().status, 502);
    let again = guest.post("/v1/me/registration", &form).await;
    assert_eq!((again.status, again.json["created"].as_bool()), (200, Some(false)), "{again:?}");
    assert_eq!(pair.scene.count(insert), 1);
    assert_eq!(pair.scene.sandbox.books().balance(created().unwrap().id).unwrap(), 30_000);
    so_many_more(12).await;
    stop.send(true).unwrap();

    let survivor = Caller::new(&pair.other.base_url);
    for known in writing.join_all().await {
        let renewed = survivor.refresh(&known.refresh).await;
        assert_eq!(renewed.status, 200, "{renewed:?}");
        let guest = survivor.with_token(renewed.json["accessToken"].as_str().unwrap());
        let listed = guest.get("/v1/me/consents").await;
        let listed = listed.json["consents"].as_array().unwrap();
        let in_force = listed.iter().filter(|consent| consent["withdrawnAt"].is_null()).count();
        assert!(in_force <= 1, "{listed:?}");
        assert!(
            known.agreed.is_none_or(|agreed| agreed == (in_force == 1)),
            "{:?}: {listed:?}",
            known.agreed
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_on_one_phone_does_not_take_the_databases_connections_from_everybody_else() {
    let pair = Pair::start().await;
    let guest = Caller::from_address(&pair.one.base_url, 250);
    let access = tokens(&guest, &pair.letterbox, RICHEST).await.0;
    let guest = guest.with_token(&access);
    assert_eq!(guest.get("/v1/me/snapshot").await.status, 200);
    let mut flood = JoinSet::new();
    for last in 2..52 {
        let flooder = Caller::from_address(&pair.one.base_url, last);
        flood.spawn(async move {
            let mut tally = [0_u32; 2];
            for _ in 0..20 {
                match flooder.send_code(NOBODY).await.status {
                    202 => tally[0] += 1,
                    429 => tally[1] += 1,
                    other => panic!("{other}"),
                }
            }
            tally
        });
    }
    for _ in 0..20 {
        let answer = guest.get("/v1/me/snapshot").await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(answer.took < Duration::from_secs(5), "{answer:?}");
    }
    let tallies = flood.join_all().await;
    let sent: u32 = tallies.iter().map(|tally| tally[0]).sum();
    let refused: u32 = tallies.iter().map(|tally| tally[1]).sum();
    assert_eq!((sent, refused), (1, 999));
}

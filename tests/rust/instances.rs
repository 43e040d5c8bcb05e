//! Two gateways on one PostgreSQL behind a proxy that sends each request to the other one in turn.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
// A test may stop at the first thing that is not as it should be.

use std::sync::Arc;

use loyalty_core::backend::gateway::{Devices, GatewayClient, SignOut};
use loyalty_core::backend::{BackendError, GuestBackend};
use loyalty_core::domain::{ConsentKind, Registration, TransactionsQuery};
use loyalty_core::guest::{GuestClient, PhoneLocks};
use loyalty_core::system::MemorySecretStore;
use loyalty_gateway::Running;
use loyalty_gateway::state::{Database, State};
use loyalty_postgres::Cluster;
use loyalty_tests::caller::Caller;
use loyalty_tests::gateway::{self, Letterbox, client, consent, tokens};
use loyalty_tests::proxy::Proxy;
use loyalty_tests::scene::{RICHEST, SandboxClock, Scene, newcomer, phone};
use serde_json::json;
use tokio::runtime::Runtime;
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
    // Reads are tried again by the client; only a refusal would be a loss.
    assert!(answered >= 40, "{answered} of 60: {answers:?}");
    assert!(!answers.contains(&Err(BackendError::Unauthorized)), "{answers:?}");

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

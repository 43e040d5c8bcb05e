//! A ProBonus that is slow, fails or is gone, seen through the gateway.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
// A test may stop at the first thing that is not as it should be.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use loyalty_sandbox::{Data, Fault, FaultKind, Options, RetryAfterForm, Sandbox, Times};
use loyalty_tests::caller::{Answer, Caller};
use loyalty_tests::gateway::GatewayScene;
use loyalty_tests::scene::{RICHEST, TODAY};
use tokio::task::JoinSet;

/// A server that hangs for longer than anybody waits.
const HANGS: FaultKind = FaultKind::Never { effect: false };

async fn guest(scene: &GatewayScene, number: &str) -> Caller {
    scene.caller().with_token(&scene.tokens(number).await.0)
}

fn assert_unavailable(answer: &Answer) {
    assert_eq!((answer.status, answer.code()), (503, "unavailable"), "{answer:?}");
    assert_eq!(answer.header("content-type"), "application/problem+json");
    // Nothing of what ProBonus said, and no word of what stands behind.
    for word in ["sandbox", "probonus", "ProBonus", "find_by_phone", "127.0.0.1"] {
        assert!(!answer.text.contains(word), "{word}: {answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_seen_is_shown_with_its_age_and_what_was_not_is_unavailable() {
    let failures = [
        FaultKind::Status { status: 500 },
        FaultKind::Status { status: 401 },
        // What stands before a server says while it is being mended, or when it no longer likes our requests.
        FaultKind::Status { status: 404 },
        FaultKind::Status { status: 400 },
        FaultKind::Status { status: 422 },
        FaultKind::RateLimit { retry_after: 30, form: RetryAfterForm::Seconds },
        FaultKind::CutBefore,
        FaultKind::Garbage,
        FaultKind::Oversize { bytes: 17 << 20 },
    ];
    for failure in failures {
        only_what_was_seen_is_shown_during(failure).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hanging_probonus_hides_nothing_that_was_seen_and_holds_nobody_for_long() {
    only_what_was_seen_is_shown_during(HANGS).await;
}

async fn only_what_was_seen_is_shown_during(failure: FaultKind) {
    let scene = GatewayScene::start().await;
    let (access, refresh) = scene.tokens(RICHEST).await;
    let known = scene.caller().with_token(&access);
    let unknown = guest(&scene, &scene.scene.second_guest().await).await;
    let seen = known.get("/v1/me/snapshot").await;
    assert_eq!((seen.status, seen.header("loyalty-freshness")), (200, "fresh"));
    let read = scene.scene.sandbox.clock().now().to_string();
    scene.scene.always("*", failure);
    scene.pass(600);
    let stale = known.get("/v1/me/snapshot").await;
    assert_eq!((stale.status, stale.header("loyalty-freshness")), (200, "stale"), "{failure:?}: {stale:?}");
    assert_eq!((stale.header("loyalty-as-of"), &stale.text), (read.as_str(), &seen.text), "{failure:?}");
    assert!(stale.took < Duration::from_secs(6), "{failure:?} held a guest for {:?}", stale.took);
    let same = known.with("if-none-match", seen.header("etag")).get("/v1/me/snapshot").await;
    assert_eq!((same.status, same.header("loyalty-freshness")), (304, "stale"), "{failure:?}");
    // At once, because each of them may wait until the gateway gives up.
    let (first_look, history) =
        tokio::join!(unknown.get("/v1/me/snapshot"), known.get("/v1/me/transactions"));
    if failure == (FaultKind::Status { status: 404 }) {
        // Of a phone that has never shown an account this cannot be told from having none.
        assert_eq!((first_look.status, first_look.code()), (404, "guest_not_found"), "{first_look:?}");
    } else {
        assert_unavailable(&first_look);
    }
    assert_unavailable(&history);
    // Older than a day is nothing that a guest should rely on at a till; but nobody is signed out for that.
    scene.pass(25 * 3600);
    let renewed = scene.caller().refresh(&refresh).await;
    assert_eq!(renewed.status, 200, "{failure:?}: {renewed:?}");
    let known = scene.caller().with_token(renewed.json["accessToken"].as_str().unwrap());
    assert_unavailable(&known.get("/v1/me/snapshot").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gateway_itself_goes_on_without_probonus() {
    let scene = GatewayScene::start().await;
    let (access, refresh) = scene.tokens(RICHEST).await;
    let caller = scene.caller();
    assert_eq!(caller.with_token(&access).get("/v1/me/snapshot").await.status, 200);
    scene.scene.always("*", FaultKind::Status { status: 503 });
    assert_eq!(caller.get("/v1/health").await.status, 200);
    assert_eq!(caller.get("/v1/ready").await.status, 200);
    assert_eq!(caller.get("/v1/programme").await.status, 200);
    assert_eq!(caller.with_token(&access).get("/v1/me/consents").await.status, 200);
    scene.pass(2 * 24 * 3600);
    // The day's look at the phone cannot be made, which is no reason to sign anybody out.
    let renewed = caller.refresh(&refresh).await;
    assert_eq!(renewed.status, 200, "{renewed:?}");
    let other = scene.tokens(&scene_phone()).await;
    let signed_out = caller.with_token(&other.0).call("DELETE", "/v1/sessions/current").await;
    assert_eq!(signed_out.status, 204);
}

fn scene_phone() -> String {
    "+79161112233".to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_probonus_that_went_away_and_came_back_needs_no_restart() {
    let scene = GatewayScene::start().await;
    let known = guest(&scene, RICHEST).await;
    assert_eq!(known.get("/v1/me/snapshot").await.status, 200);
    let port = scene.scene.sandbox.base_url().rsplit(':').next().unwrap().parse().unwrap();
    let clock = scene.scene.sandbox.clock().clone();
    let GatewayScene { scene: probonus, running, letterbox: _keep, .. } = scene;
    probonus.sandbox.shutdown();
    clock.set(clock.now() + jiff::SignedDuration::from_secs(60));
    let stale = known.get("/v1/me/snapshot").await;
    assert_eq!((stale.status, stale.header("loyalty-freshness")), (200, "stale"), "{stale:?}");
    assert_unavailable(&known.get("/v1/me/transactions").await);
    let options = Options::at(TODAY.parse().unwrap()).data(Data::Small(5));
    let _back = Sandbox::start(options, port).unwrap();
    clock.set(clock.now() + jiff::SignedDuration::from_secs(60));
    let fresh = known.get("/v1/me/snapshot").await;
    assert_eq!((fresh.status, fresh.header("loyalty-freshness")), (200, "fresh"), "{fresh:?}");
    assert_eq!(known.get("/v1/me/transactions").await.status, 200);
    running.shutdown().await;
}

/// How many threads this process has.
fn threads() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("Threads:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// How many sockets this process has open.
fn sockets() -> usize {
    let open = std::fs::read_dir("/proc/self/fd").unwrap();
    open.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok())
        .filter(|target| target.to_string_lossy().starts_with("socket:"))
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_before_a_hanging_probonus_piles_up_nothing() {
    let scene = GatewayScene::start().await;
    let crowd = crowd(&scene, 40).await;
    let before = (threads(), sockets());
    scene.scene.always("*", HANGS);
    let reached = scene.scene.count("accounts/find_by_phone");
    let started = Instant::now();
    let mut asking = JoinSet::new();
    for round in 0..8_u32 {
        for caller in &crowd {
            let caller = caller.clone();
            let path = if round % 2 == 0 { "/v1/me/snapshot" } else { "/v1/me/transactions" };
            asking.spawn(async move { caller.get(path).await });
        }
    }
    // In the middle of it, what needs no ProBonus is answered at once.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let health = scene.caller().get("/v1/health").await;
    assert!(health.status == 200 && health.took < Duration::from_secs(2), "{health:?}");
    let programme = scene.caller().get("/v1/programme").await;
    assert!(programme.status == 200 && programme.took < Duration::from_secs(2), "{programme:?}");
    let during = (threads(), sockets());
    let mut tally: BTreeMap<u16, u32> = BTreeMap::new();
    for answer in asking.join_all().await {
        *tally.entry(answer.status).or_default() += 1;
    }
    assert_eq!(tally.keys().copied().collect::<Vec<_>>(), [503], "{tally:?}");
    assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
    // 320 requests were waiting at once, each on a connection that has two ends in this process; to ProBonus there are
    // far fewer.
    let upstream = scene.scene.count("accounts/find_by_phone") - reached;
    assert!(upstream <= 200, "{upstream} requests reached ProBonus");
    assert!(during.0 < before.0 + 60, "threads: {before:?} → {during:?}");
    scene.scene.sandbox.faults().clear();
    scene.pass(60);
    for caller in &crowd {
        let answer = caller.get("/v1/me/snapshot").await;
        assert_eq!(answer.status, 404, "nobody of them is registered: {answer:?}");
    }
}

/// Sign-ins of as many phones.
async fn crowd(scene: &GatewayScene, size: u32) -> Vec<Caller> {
    let mut crowd = Vec::new();
    for index in 0..size {
        crowd.push(guest(scene, &format!("+7916{index:07}")).await);
    }
    crowd
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_who_ask_for_one_guest_are_one_question_to_probonus() {
    let scene = GatewayScene::start().await;
    let known = guest(&scene, RICHEST).await;
    scene.scene.sandbox.faults().add(Fault::new(
        "accounts/find_by_phone",
        FaultKind::Delay { ms: 1500 },
        Times::Forever,
    ));
    let before = scene.scene.count("accounts/find_by_phone");
    let mut asking = JoinSet::new();
    for _ in 0..100 {
        let known = known.clone();
        asking.spawn(async move { known.get("/v1/me/snapshot").await.status });
    }
    assert!(asking.join_all().await.into_iter().all(|status| status == 200));
    assert_eq!(scene.scene.count("accounts/find_by_phone") - before, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registration_whose_outcome_is_unknown_says_so_and_makes_no_second_account() {
    let scene = GatewayScene::start().await;
    let number = scene_phone();
    let newcomer = guest(&scene, &number).await;
    let consent =
        serde_json::json!({"kind": "personal_data", "textVersion": loyalty_tests::gateway::CONSENT});
    assert_eq!(newcomer.post("/v1/me/consents", &consent).await.status, 201);
    let insert = "accounts/insert_by_template";
    scene.scene.once(insert, FaultKind::Delay { ms: 800 });
    scene.scene.once(insert, FaultKind::CutAfter);
    let form = serde_json::json!({"firstName": "Анна"});
    let (registering, its_form) = (newcomer.clone(), form.clone());
    let registering = tokio::spawn(async move { registering.post("/v1/me/registration", &its_form).await });
    // From when it is on its way nobody can look whether it has arrived.
    while scene.scene.count(insert) == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    scene.scene.always("accounts/find_by_phone", FaultKind::Status { status: 503 });
    let answer = registering.await.unwrap();
    assert_eq!((answer.status, answer.code()), (504, "outcome_unknown"), "{answer:?}");
    scene.scene.sandbox.faults().clear();
    let again = newcomer.post("/v1/me/registration", &form).await;
    assert_eq!(again.status, 200, "{again:?}");
    let account = scene.scene.sandbox.books().account_by_phone(&number).unwrap().unwrap();
    assert_eq!(scene.scene.sandbox.books().balance(account.id).unwrap(), 30_000);
    assert_eq!(scene.scene.count(insert), 1);
}

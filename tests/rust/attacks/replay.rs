//! Using again what was used, or what is over.

use loyalty_tests::caller::{Answer, Caller};
use loyalty_tests::gateway::GatewayScene;
use loyalty_tests::scene::RICHEST;
use tokio::task::JoinSet;

/// The tokens in an answer.
fn pair(answer: &Answer) -> (String, String) {
    assert_eq!(answer.status, 200, "{answer:?}");
    let text = |name: &str| answer.json[name].as_str().unwrap().to_owned();
    (text("accessToken"), text("refreshToken"))
}

/// Whether an access token opens the snapshot.
async fn is_good(caller: &Caller, access: &str) -> bool {
    let answer = caller.with_token(access).get("/v1/me/snapshot").await;
    match answer.status {
        200 => true,
        401 => {
            assert_eq!((answer.code(), answer.header("www-authenticate")), ("unauthorized", "Bearer"));
            false
        }
        _ => panic!("{answer:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_opens_one_session() {
    let scene = GatewayScene::start().await;
    let caller = scene.caller();
    assert_eq!(caller.send_code(RICHEST).await.status, 202);
    let code = scene.letterbox.code(RICHEST).await;
    assert_eq!(caller.confirm(RICHEST, &code).await.status, 200);
    for _ in 0..3 {
        let again = caller.confirm(RICHEST, &code).await;
        assert_eq!((again.status, again.code()), (403, "code_expired"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stolen_refresh_token_that_was_spent_ends_the_whole_family() {
    let scene = GatewayScene::start().await;
    let caller = scene.caller();
    let (_, first) = scene.tokens(RICHEST).await;
    let (second_access, second) = pair(&caller.refresh(&first).await);
    // The guest goes on with the new pair: from here on the spent token is somebody else's.
    assert!(is_good(&caller, &second_access).await);
    let replay = caller.refresh(&first).await;
    assert_eq!((replay.status, replay.code()), (401, "unauthorized"), "{replay:?}");
    assert!(!is_good(&caller, &second_access).await);
    assert_eq!(caller.refresh(&second).await.status, 401);
    assert_eq!(scene.running.gateway().counters().families_revoked, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thief_who_is_faster_than_the_guest_is_noticed_when_the_guest_comes() {
    let scene = GatewayScene::start().await;
    let caller = scene.caller();
    let (_, stolen) = scene.tokens(RICHEST).await;
    let (thiefs_access, thiefs) = pair(&caller.refresh(&stolen).await);
    assert!(is_good(&caller, &thiefs_access).await);
    assert_eq!(caller.refresh(&stolen).await.status, 401);
    assert!(!is_good(&caller, &thiefs_access).await);
    assert_eq!(caller.refresh(&thiefs).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_was_lost_signs_nobody_out_however_late_it_is_asked_for_again() {
    let scene = GatewayScene::start().await;
    let caller = scene.caller();
    let (bound, first) = scene.tokens(RICHEST).await;
    assert!(is_good(&caller, &bound).await);
    let (lost_access, lost) = pair(&caller.refresh(&first).await);
    scene.pass(30 * 24 * 3600);
    let (access, _) = pair(&caller.refresh(&first).await);
    assert!(is_good(&caller, &access).await);
    // What was lost has been replaced: whoever found it has found nothing.
    assert!(!is_good(&caller, &lost_access).await);
    assert_eq!(caller.refresh(&lost).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_token_spent_at_twenty_places_at_once_leaves_at_most_one_good_pair() {
    let scene = GatewayScene::start().await;
    let caller = scene.caller();
    let (_, first) = scene.tokens(RICHEST).await;
    let mut renewals = JoinSet::new();
    for last in 10..30 {
        let caller = Caller::from_address(scene.running.base_url(), last);
        let first = first.clone();
        renewals.spawn(async move { caller.refresh(&first).await });
    }
    let mut good = 0;
    for answer in renewals.join_all().await {
        if answer.status == 200 && is_good(&caller, &pair(&answer).0).await {
            good += 1;
        }
    }
    assert_eq!(good, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tokens_of_a_signed_out_device_are_dead_at_once() {
    let scene = GatewayScene::start().await;
    let caller = scene.caller();
    let (access, refresh) = scene.tokens(RICHEST).await;
    scene.pass(61);
    let (other_access, _) = scene.tokens(RICHEST).await;
    // Warm, so that nothing is answered from a cache of sessions either.
    assert!(is_good(&caller, &access).await && is_good(&caller, &other_access).await);
    assert_eq!(caller.with_token(&access).call("DELETE", "/v1/sessions/current").await.status, 204);
    assert!(!is_good(&caller, &access).await);
    assert_eq!(caller.refresh(&refresh).await.status, 401);
    let again = caller.with_token(&access).call("DELETE", "/v1/sessions/current").await;
    assert_eq!(again.status, 401);
    // The other device is none of its business.
    assert!(is_good(&caller, &other_access).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_everywhere_ends_every_device() {
    let scene = GatewayScene::start().await;
    let caller = scene.caller();
    let mut pairs = Vec::new();
    for _ in 0..3 {
        pairs.push(scene.tokens(RICHEST).await);
        scene.pass(61);
    }
    let last = &pairs[2].0;
    assert_eq!(caller.with_token(last).call("DELETE", "/v1/sessions").await.status, 204);
    for (access, refresh) in &pairs {
        assert!(!is_good(&caller, access).await);
        assert_eq!(caller.refresh(refresh).await.status, 401);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_for_deletion_ends_every_device() {
    let scene = GatewayScene::start().await;
    let caller = scene.caller();
    let first = scene.tokens(RICHEST).await;
    scene.pass(61);
    let second = scene.tokens(RICHEST).await;
    let asked = caller.with_token(&second.0).call("POST", "/v1/me/deletion").await;
    assert_eq!(asked.status, 202, "{asked:?}");
    for (access, refresh) in [first, second] {
        assert!(!is_good(&caller, &access).await);
        assert_eq!(caller.refresh(&refresh).await.status, 401);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_token_is_over_after_fifteen_minutes_and_a_refresh_token_after_ninety_days() {
    let scene = GatewayScene::start().await;
    let caller = scene.caller();
    let (access, refresh) = scene.tokens(RICHEST).await;
    scene.pass(15 * 60 - 1);
    assert!(is_good(&caller, &access).await);
    scene.pass(2);
    assert!(!is_good(&caller, &access).await);
    scene.pass(89 * 24 * 3600);
    let (_, renewed) = pair(&caller.refresh(&refresh).await);
    scene.pass(90 * 24 * 3600 + 1);
    assert_eq!(caller.refresh(&renewed).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_kind_of_token_is_not_another() {
    let scene = GatewayScene::start().await;
    let caller = scene.caller();
    let (access, refresh) = scene.tokens(RICHEST).await;
    assert!(!is_good(&caller, &refresh).await);
    assert_eq!(caller.refresh(&access).await.status, 401);
    for made_up in ["", " ", "null", "undefined", "0", &"A".repeat(43), &"A".repeat(8000)] {
        assert!(!is_good(&caller, made_up).await, "{made_up:?}");
        assert_eq!(caller.refresh(made_up).await.status, 401, "{made_up:?}");
    }
    for scheme in ["Basic", "Token", "bearer bearer", "Bearer,"] {
        let answer = caller.with("authorization", &format!("{scheme} {access}")).get("/v1/me/snapshot").await;
        assert_eq!(answer.status, 401, "{scheme}");
    }
    for path in ["access_token", "token", "accessToken"] {
        let answer = caller.get(&format!("/v1/me/snapshot?{path}={access}")).await;
        assert_eq!(answer.status, 401, "a token does not belong into an address");
    }
    assert!(is_good(&caller, &access).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recycled_number_ends_the_last_owners_session_within_a_day() {
    let scene = GatewayScene::start().await;
    let caller = scene.caller();
    let (access, refresh) = scene.tokens(RICHEST).await;
    assert!(is_good(&caller, &access).await);
    let account = scene.scene.richest();
    scene.scene.move_phone(account, "+79167654321").await;
    scene.pass(24 * 3600 + 1);
    let renewed = caller.refresh(&refresh).await;
    assert_eq!((renewed.status, renewed.code()), (401, "unauthorized"), "{renewed:?}");
}

//! Headers, errors and metrics.

use std::time::Duration;

use loyalty_gateway::openapi::DESCRIPTION;
use loyalty_sandbox::FaultKind;
use loyalty_tests::caller::Caller;
use loyalty_tests::gateway::GatewayScene;
use loyalty_tests::scene::RICHEST;
use serde_json::json;

use crate::journey::{self, TILL_CODES};

#[tokio::test(flavor = "multi_thread")]
async fn the_committed_description_is_the_one_that_is_served() {
    let scene = GatewayScene::start().await;
    let served = scene.caller().get("/v1/openapi.json").await;
    assert_eq!(served.text, DESCRIPTION);
    assert_eq!(served.header("cache-control"), "public, max-age=300");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_reply_is_numbered_and_closed_to_browsers() {
    let scene = GatewayScene::start().await;
    let caller = scene.caller();
    let mut numbers = std::collections::BTreeSet::new();
    for path in ["/v1/programme", "/v1/me/snapshot", "/v1/nothing"] {
        let answer = caller.with("origin", "https://evil.example").get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert!(answer.header("content-security-policy").contains("default-src 'none'"), "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
        assert!(!answer.header("cache-control").is_empty(), "{path}");
        // The clock that the documents' instants come from, which stands at noon in Moscow.
        assert_eq!(answer.header("date"), "Mon, 15 Jun 2026 09:00:00 GMT", "{path}");
        if answer.status >= 400 {
            assert_eq!(answer.json["requestId"], answer.header("loyalty-request-id"), "{path}");
            assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        }
        numbers.insert(answer.header("loyalty-request-id").to_owned());
    }
    assert_eq!(numbers.len(), 3, "two requests share a number");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_tells_how_long_to_wait() {
    let scene = GatewayScene::start().await;
    let caller = scene.caller();
    assert_eq!(caller.send_code(RICHEST).await.status, 202);
    let refused = caller.send_code(RICHEST).await;
    assert_eq!((refused.status, refused.code()), (429, "rate_limited"));
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(refused.json["retryAfter"], json!(wait));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_probonus_says_about_an_error_is_passed_on() {
    let scene = GatewayScene::start().await;
    let (access, _) = scene.tokens(RICHEST).await;
    let guest = scene.caller().with_token(&access);
    let history = "/v1/me/transactions";
    for (method, kind) in [
        ("accounts/transactions", FaultKind::Status { status: 500 }),
        ("accounts/transactions", FaultKind::Status { status: 403 }),
        ("accounts/transactions", FaultKind::Garbage),
        ("accounts/transactions", FaultKind::CutAfter),
    ] {
        scene.scene.always(method, kind);
        let answer = guest.get(history).await;
        assert_eq!((answer.status, answer.code()), (503, "unavailable"), "{kind:?}: {answer:?}");
        scene.scene.sandbox.faults().clear();
    }
    scene.scene.sandbox.tokens().revoke_api_token();
    let answer = guest.get(history).await;
    assert_eq!((answer.status, answer.code()), (503, "unavailable"), "our token is no guest's matter");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kiosk_shows_no_more_than_a_screen_in_public_may() {
    let scene = GatewayScene::with("", TILL_CODES).await;
    let (own_access, _) = scene.tokens(RICHEST).await;
    let own = scene.caller().with_token(&own_access).get("/v1/me/snapshot").await;
    // Another guest, because a second code to the same phone has to wait.
    let at_kiosk = journey::kiosk(&scene, &scene.scene.second_guest().await).await;
    let shown = &at_kiosk.iter().find(|(operation, _)| *operation == "snapshot").unwrap().1.json;
    assert_eq!(own.json["account"]["phone"], RICHEST);
    for member in ["phone", "lastName", "middleName", "birthday", "sex", "email"] {
        assert_eq!(shown["account"][member], json!(null), "{member}");
    }
    assert!(shown["account"]["phoneMasked"].as_str().unwrap().contains('•'));
    assert!(shown["balance"]["total"].is_i64());
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_have_a_door_of_their_own_and_tell_no_paths() {
    let scene = GatewayScene::start().await;
    let caller = scene.caller();
    caller.get("/v1/programme").await;
    caller.get("/v1/me/receipts/secret-reference").await;
    caller.get("/v1/+79161112233").await;
    let metrics = Caller::new(scene.running.metrics_url()).get("/metrics").await;
    assert_eq!(metrics.status, 200);
    assert!(metrics.header("content-type").starts_with("text/plain; version=0.0.4"));
    for line in [
        r#"loyalty_gateway_requests_total{route="/v1/programme",verb="GET",status="200"} 1"#,
        r#"loyalty_gateway_requests_total{route="/v1/me/receipts/{receipt}",verb="GET",status="401"} 1"#,
        r#"loyalty_gateway_requests_total{route="none",verb="GET",status="404"} 1"#,
        r#"loyalty_gateway_problems_total{code="unauthorized"} 1"#,
        r#"loyalty_gateway_request_seconds_count{route="/v1/programme"} 1"#,
    ] {
        assert!(metrics.text.lines().any(|one| one == line), "{line}\n{}", metrics.text);
    }
    assert!(!metrics.text.contains("secret-reference") && !metrics.text.contains("79161112233"));
    let answer = Caller::new(scene.running.metrics_url()).get("/v1/programme").await;
    assert_eq!(answer.status, 404, "the interface is behind the other door");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_gateway_says_so_at_once_and_still_answers_for_its_health() {
    let scene = GatewayScene::with("[gateway]\nmax_requests = 1", "").await;
    let (access, _) = scene.tokens(RICHEST).await;
    let guest = scene.caller().with_token(&access);
    scene.scene.always("accounts/transactions", FaultKind::Delay { ms: 3_000 });
    let slow = tokio::spawn({
        let guest = guest.clone();
        async move { guest.get("/v1/me/transactions").await }
    });
    tokio::time::sleep(Duration::from_millis(500)).await;
    let full = guest.get("/v1/programme").await;
    assert_eq!((full.status, full.code(), full.header("retry-after")), (503, "unavailable", "1"));
    assert!(full.took < Duration::from_secs(1), "{full:?}");
    assert_eq!(guest.get("/v1/health").await.status, 200);
    assert_eq!(slow.await.unwrap().status, 200);
    assert_eq!(guest.get("/v1/programme").await.status, 200);
}

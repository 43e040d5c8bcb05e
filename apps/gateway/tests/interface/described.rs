//! Routes and answers against the description.

use std::collections::BTreeSet;

use loyalty_tests::gateway::GatewayScene;
use loyalty_tests::scene::RICHEST;
use serde_json::json;

use crate::description::Description;
use crate::journey::{self, TILL_CODES};

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_one_that_the_description_allows() {
    let scene = GatewayScene::with("", TILL_CODES).await;
    let mut description = Description::load();
    let mut answers = journey::newcomer(&scene).await;
    answers.extend(journey::veteran(&scene, RICHEST).await);
    answers.extend(journey::kiosk(&scene, &scene.scene.second_guest().await).await);
    for (operation, answer) in &answers {
        description.holds(operation, answer);
    }

    let called: BTreeSet<&String> = description.seen().iter().map(|(operation, _)| operation).collect();
    let operations = description.operations();
    assert_eq!(called, operations.keys().collect(), "an operation was never called");
    let statuses: BTreeSet<u16> = description.seen().iter().map(|(_, status)| *status).collect();
    for status in [200, 201, 202, 204, 304, 400, 401, 403, 404, 409, 422] {
        assert!(statuses.contains(&status), "{status} was not seen in {statuses:?}");
    }
    for operation in operations.keys() {
        let succeeded = description.seen().iter().any(|(one, status)| one == operation && *status < 300);
        assert!(succeeded, "{operation} never succeeded");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn verbs_and_paths_that_are_not_described_are_refused() {
    let scene = GatewayScene::start().await;
    let caller = scene.caller();
    let operations = Description::load().operations();
    let paths: BTreeSet<&String> = operations.values().map(|(_, path)| path).collect();
    for path in paths {
        let concrete = path.replace("{receipt}", "x").replace("{kind}", "advertising");
        for verb in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"] {
            let is_described = operations.values().any(|one| *one == (verb.to_owned(), path.clone()));
            let answer = caller.call(verb, &concrete).await;
            assert_eq!(answer.status != 405, is_described, "{verb} {path}: {answer:?}");
            assert!(is_described || answer.code() == "rejected", "{verb} {path}: {answer:?}");
        }
    }
    for path in ["/", "/v1", "/v1/", "/v2/programme", "/v1/me", "/v1/programme/", "/metrics", "/v1/metrics"] {
        let answer = caller.get(path).await;
        assert_eq!((answer.status, answer.code()), (404, "not_found"), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_cannot_be_read_are_told_apart() {
    let scene = GatewayScene::start().await;
    let caller = scene.caller();
    let mut description = Description::load();
    let path = "/v1/sign-in/code";
    let json =
        |body: String| caller.request("POST", path).header("content-type", "application/json").body(body);
    for (body, status, field) in [
        ("", 400, json!(null)),
        ("{", 400, json!(null)),
        ("[]", 400, json!(null)),
        ("{}", 400, json!("phone")),
        (r#"{"phone": 7}"#, 400, json!("phone")),
        (r#"{"phone": "+79161112233", "admin": true}"#, 400, json!("admin")),
        (r#"{"phone": "+79161112233", "phone": "+79161112234"}"#, 400, json!("phone")),
        (r#"{"phone": "+79161112233"} {}"#, 400, json!(null)),
        (r#"{"phone": "12"}"#, 422, json!("phone")),
    ] {
        let answer = caller.send(json(body.to_owned())).await;
        description.holds("sendCode", &answer);
        assert_eq!((answer.status, &answer.json["field"]), (status, &field), "{body}: {answer:?}");
    }
    let long = caller.send(json(format!("{{\"phone\": \"{}\"}}", "1".repeat(17_000)))).await;
    description.holds("sendCode", &long);
    assert_eq!(long.status, 413);
    let form = caller.send(caller.request("POST", path).body("phone=79161112233")).await;
    description.holds("sendCode", &form);
    assert_eq!(form.status, 415);
}

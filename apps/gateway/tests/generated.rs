//! Calls that Schemathesis makes up from the description: whatever it sends, no answer is a 5xx, and every answer is one
//! that the description allows.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
// A test may stop at the first thing that is not as it should be.

use std::path::{Path, PathBuf};
use std::process::Command;

use loyalty_tests::gateway::GatewayScene;
use loyalty_tests::scene::RICHEST;
use secrecy::ExposeSecret;
use serde_json::json;

/// Limits would end every run after a few calls: here they are out of the way, and tested elsewhere.
const UNLIMITED: &str = "
[gateway.limits]
resend_after = 1
phone_per_hour = 1000000
phone_per_day = 1000000
address_per_hour = 1000000
address_per_day = 1000000
device_per_hour = 1000000
confirm_per_hour = 1000000
reads_per_minute = 1000000
till_codes_per_hour = 1000000
writes_per_hour = 1000000
exports_per_day = 1000000
[gateway.delivery]
daily_budget = 1000000
";
const TILL_CODES: &str = "[probonus.till_code]\nsource = \"temporary\"\ntype_id = 2\n";

/// What ends the session that a run lives on; called without one, and in the tests of the interface.
const GOODBYES: [&str; 3] = ["signOutHere", "signOutEverywhere", "requestDeletion"];

/// The program: where set-up puts it, or where the variable says.
fn schemathesis() -> PathBuf {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let installed = project.join("target/python/bin/schemathesis");
    let program = std::env::var_os("SCHEMATHESIS").map_or(installed, PathBuf::from);
    assert!(program.is_file(), "Schemathesis is not installed: `cargo xtask setup` does it");
    program
}

/// Runs it over every operation but the left out ones, with these headers on every call.
async fn generate(base_url: &str, headers: &[String], left_out: &[&str]) {
    let mut command = Command::new(schemathesis());
    command.args(["--no-color", "run", &format!("{base_url}/v1/openapi.json")]);
    // A seed makes a failure repeatable. A request of the right shape can still break a rule (a phone that is none), so
    // being refused is no fault.
    // One worker: CPython 3.11 counts the depth of `ast.parse` for all threads together and fails now and then.
    command.args(["--seed", "1", "--max-examples", "25", "--workers", "1", "--checks", "all"]);
    command.args(["--exclude-checks", "positive_data_acceptance", "--suppress-health-check", "all"]);
    for header in headers {
        command.args(["--header", header]);
    }
    for operation in left_out {
        command.args(["--exclude-operation-id", operation]);
    }
    // Its report and its examples stay out of the sources.
    let folder = tempfile::TempDir::new().unwrap();
    command.current_dir(folder.path());
    let run = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let told = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{told}\n{}", String::from_utf8_lossy(&run.stderr));
    let selected = format!("{} selected / 20 total", 20 - left_out.len());
    assert!(told.contains(&selected), "it did not see every operation: {told}");
}

async fn scene() -> GatewayScene {
    GatewayScene::with(UNLIMITED, TILL_CODES).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_may_send_anything() {
    let scene = scene().await;
    let (access, _) = scene.tokens(RICHEST).await;
    generate(scene.running.base_url(), &[format!("Authorization: Bearer {access}")], &GOODBYES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kiosk_may_send_anything() {
    let scene = scene().await;
    let (access, _) = scene.tokens(RICHEST).await;
    let till_code = scene.caller().with_token(&access).call("POST", "/v1/me/till-code").await;
    let device = scene.operator().add_device("Hall", &loyalty_tests::gateway::master_key()).await.unwrap();
    let credential = device.credential.expose_secret();
    let kiosk = scene.caller().with("loyalty-device", credential);
    let session = kiosk.post("/v1/kiosk/identify", &json!({"tillCode": till_code.json["value"]})).await;
    let access = session.json["accessToken"].as_str().unwrap();
    let headers = [format!("Authorization: Bearer {access}"), format!("Loyalty-Device: {credential}")];
    generate(scene.running.base_url(), &headers, &GOODBYES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_may_send_anything() {
    let scene = scene().await;
    generate(scene.running.base_url(), &[], &[]).await;
}

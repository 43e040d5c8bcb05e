//! Everything that a guest and a kiosk do, answer by answer.

use loyalty_tests::caller::{Answer, Caller};
use loyalty_tests::gateway::{CONSENT, GatewayScene};
use secrecy::ExposeSecret;
use serde_json::json;

/// A phone without an account.
pub(crate) const NEWCOMER: &str = "+79161112233";
/// What the newcomer is called, and nobody else.
pub(crate) const NAME: &str = "Аделаида";
/// The newcomer's mail.
pub(crate) const EMAIL: &str = "adelaida@example.org";
/// ProBonus's settings with codes for the till.
pub(crate) const TILL_CODES: &str = "[probonus.till_code]\nsource = \"temporary\"\ntype_id = 2\n";

/// Answers in the order in which they came, each with the operation's id.
pub(crate) type Answers = Vec<(&'static str, Answer)>;

/// A newcomer's way from the first screen to the last.
pub(crate) async fn newcomer(scene: &GatewayScene) -> Answers {
    let caller = scene.caller();
    let mut answers = open_doors(&caller).await;
    answers.push(("sendCode", caller.send_code(NEWCOMER).await));
    let code = scene.letterbox.code(NEWCOMER).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    answers.push(("confirm", caller.confirm(NEWCOMER, wrong).await));
    let session = caller.confirm(NEWCOMER, &code).await;
    let refresh = session.json["refreshToken"].as_str().unwrap().to_owned();
    answers.push(("confirm", session));
    let renewed = caller.refresh(&refresh).await;
    let guest = caller.with_token(renewed.json["accessToken"].as_str().unwrap());
    answers.push(("refresh", renewed));
    answers.extend(register(&guest).await);
    answers.extend(look_around(&guest).await);
    answers.extend(leave(&guest).await);
    answers
}

async fn open_doors(caller: &Caller) -> Answers {
    let programme = caller.get("/v1/programme").await;
    let again = caller.with("if-none-match", programme.header("etag")).get("/v1/programme").await;
    let description = caller.get("/v1/openapi.json").await;
    let same = caller.with("if-none-match", description.header("etag")).get("/v1/openapi.json").await;
    vec![
        ("programme", programme),
        ("programme", again),
        ("openapi", description),
        ("openapi", same),
        ("health", caller.get("/v1/health").await),
        ("ready", caller.get("/v1/ready").await),
    ]
}

async fn register(guest: &Caller) -> Answers {
    let form = json!({
        "firstName": NAME, "lastName": "Ким", "birthday": "1990-02-28", "sex": "female", "email": EMAIL,
    });
    let consent = json!({"kind": "personal_data", "textVersion": CONSENT});
    let other = json!({"kind": "personal_data", "textVersion": "0"});
    vec![
        ("snapshot", guest.get("/v1/me/snapshot").await),
        ("register", guest.post("/v1/me/registration", &form).await),
        ("giveConsent", guest.post("/v1/me/consents", &other).await),
        ("giveConsent", guest.post("/v1/me/consents", &consent).await),
        ("giveConsent", guest.post("/v1/me/consents", &consent).await),
        ("register", guest.post("/v1/me/registration", &json!({"firstName": " "})).await),
        ("register", guest.post("/v1/me/registration", &form).await),
        ("register", guest.post("/v1/me/registration", &form).await),
    ]
}

async fn look_around(guest: &Caller) -> Answers {
    let snapshot = guest.get("/v1/me/snapshot").await;
    let known = guest.with("if-none-match", snapshot.header("etag")).get("/v1/me/snapshot").await;
    let change = guest.request("PATCH", "/v1/me/profile").header("content-type", "application/json");
    let change = change.body(json!({"lastName": null, "email": "ada@example.org"}).to_string());
    vec![
        ("snapshot", snapshot),
        ("snapshot", known),
        ("transactions", guest.get("/v1/me/transactions").await),
        ("receipt", guest.get("/v1/me/receipts/nothing-of-ours").await),
        ("updateProfile", guest.send(change).await),
        ("tillCode", guest.call("POST", "/v1/me/till-code").await),
        ("consents", guest.get("/v1/me/consents").await),
        ("withdrawConsent", guest.call("DELETE", "/v1/me/consents/advertising").await),
        ("export", guest.get("/v1/me/export").await),
    ]
}

async fn leave(guest: &Caller) -> Answers {
    vec![
        ("requestDeletion", guest.call("POST", "/v1/me/deletion").await),
        ("signOutHere", guest.call("DELETE", "/v1/sessions/current").await),
    ]
}

/// The history since a day, which is answered from its newest rows on, and without a search through the future.
async fn recent(scene: &GatewayScene, guest: &Caller) -> Answer {
    let asked = scene.scene.count("accounts/transactions");
    let recent = guest.get("/v1/me/transactions?from=2026-01-01T00:00:00Z").await;
    assert!(!recent.json["transactions"].as_array().unwrap().is_empty(), "{recent:?}");
    assert!(scene.scene.count("accounts/transactions") - asked <= 6);
    recent
}

/// A guest with a history: pages and receipts, and the ways out.
pub(crate) async fn veteran(scene: &GatewayScene, phone: &str) -> Answers {
    let (access, _) = scene.tokens(phone).await;
    let guest = scene.caller().with_token(&access);
    let first = guest.get("/v1/me/transactions?limit=3").await;
    let cursor = first.json["next"].as_str().unwrap().to_owned();
    let rows = guest.get("/v1/me/transactions?limit=100").await;
    let sealed = rows.json["transactions"].as_array().unwrap().iter();
    let sealed = sealed.filter_map(|row| row["receipt"].as_str()).next().unwrap().to_owned();
    let both = format!("/v1/me/transactions?cursor={cursor}&from=2026-01-01T00:00:00Z");
    let backwards = "/v1/me/transactions?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z";
    vec![
        ("transactions", first),
        ("transactions", rows),
        ("transactions", guest.get(&format!("/v1/me/transactions?limit=3&cursor={cursor}")).await),
        ("transactions", guest.get("/v1/me/transactions?limit=101").await),
        ("transactions", guest.get(&both).await),
        ("transactions", guest.get(backwards).await),
        ("transactions", recent(scene, &guest).await),
        ("receipt", guest.get(&format!("/v1/me/receipts/{sealed}")).await),
        ("snapshot", guest.with("cache-control", "no-cache").get("/v1/me/snapshot").await),
        ("signOutEverywhere", guest.call("DELETE", "/v1/sessions").await),
        ("snapshot", guest.get("/v1/me/snapshot").await),
    ]
}

/// A guest at a kiosk, identified by a till code.
pub(crate) async fn kiosk(scene: &GatewayScene, phone: &str) -> Answers {
    let (access, _) = scene.tokens(phone).await;
    let own = scene.caller().with_token(&access);
    let till_code = own.call("POST", "/v1/me/till-code").await;
    let form = json!({"tillCode": till_code.json["value"]});
    let device = scene.operator().add_device("Hall", &loyalty_tests::gateway::master_key()).await.unwrap();
    let kiosk = scene.caller().with("loyalty-device", device.credential.expose_secret());
    let session = kiosk.post("/v1/kiosk/identify", &form).await;
    let guest = scene.caller().with_token(session.json["accessToken"].as_str().unwrap());
    vec![
        ("tillCode", till_code),
        ("identify", scene.caller().post("/v1/kiosk/identify", &form).await),
        ("identify", session),
        ("identify", kiosk.post("/v1/kiosk/identify", &form).await),
        ("snapshot", guest.get("/v1/me/snapshot").await),
        ("export", guest.get("/v1/me/export").await),
        ("tillCode", guest.call("POST", "/v1/me/till-code").await),
        ("signOutEverywhere", guest.call("DELETE", "/v1/sessions").await),
        ("signOutHere", guest.call("DELETE", "/v1/sessions/current").await),
    ]
}

//! A kiosk stands where anybody can reach it.

use std::sync::Arc;

use loyalty_core::backend::gateway::SessionKind;
use loyalty_core::backend::{BackendError, GuestBackend, OperatorBackend};
use loyalty_core::domain::IdentifierTypeId;
use loyalty_core::system::MemorySecretStore;
use loyalty_tests::caller::Caller;
use loyalty_tests::gateway::GatewayScene;
use loyalty_tests::scene::RICHEST;
use secrecy::ExposeSecret;
use serde_json::json;

const TILL_CODES: &str = "[probonus.till_code]\nsource = \"temporary\"\ntype_id = 2";

/// A gateway with a kiosk, and a guest with a phone.
struct Hall {
    scene: GatewayScene,
    kiosk: Caller,
    credential: String,
    phone: Caller,
}

impl Hall {
    async fn start() -> Self {
        let scene = GatewayScene::with("", TILL_CODES).await;
        let device = scene.operator().add_device("Зал", &loyalty_tests::gateway::master_key()).await.unwrap();
        let credential = device.credential.expose_secret().to_owned();
        let kiosk = scene.caller().with("loyalty-device", &credential);
        let phone = scene.caller().with_token(&scene.tokens(RICHEST).await.0);
        Self { scene, kiosk, credential, phone }
    }

    async fn till_code(&self) -> String {
        let answer = self.phone.call("POST", "/v1/me/till-code").await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.json["value"].as_str().unwrap().to_owned()
    }

    /// A guest's session at the kiosk, opened by a till code.
    async fn session(&self) -> Caller {
        let answer =
            self.kiosk.post("/v1/kiosk/identify", &json!({"tillCode": self.till_code().await})).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        self.scene.caller().with_token(answer.json["accessToken"].as_str().unwrap())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_till_code_opens_one_session_of_minutes_that_cannot_be_renewed() {
    let hall = Hall::start().await;
    let code = hall.till_code().await;
    let opened = hall.kiosk.post("/v1/kiosk/identify", &json!({"tillCode": code})).await;
    assert_eq!((opened.status, opened.json["kind"].as_str()), (200, Some("kiosk")));
    assert!(opened.json["refreshToken"].is_null() && opened.json["expiresIn"].as_u64().unwrap() <= 15 * 60);
    let again = hall.kiosk.post("/v1/kiosk/identify", &json!({"tillCode": code})).await;
    assert_eq!((again.status, again.code()), (403, "code_expired"), "{again:?}");
    let access = opened.json["accessToken"].as_str().unwrap();
    assert_eq!(hall.scene.caller().refresh(access).await.status, 401);
    let session = hall.scene.caller().with_token(access);
    assert_eq!(session.get("/v1/me/snapshot").await.status, 200);
    hall.scene.pass(15 * 60);
    assert_eq!(session.get("/v1/me/snapshot").await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_stands_behind_reads_nothing_personal_and_can_change_nothing() {
    let hall = Hall::start().await;
    let session = hall.session().await;
    let snapshot = session.get("/v1/me/snapshot").await;
    for name in ["phone", "lastName", "middleName", "birthday", "sex", "email"] {
        assert!(snapshot.json["account"][name].is_null(), "{name}: {snapshot:?}");
    }
    assert!(!snapshot.text.contains(RICHEST) && snapshot.text.contains("•••"));
    let page = hall.phone.get("/v1/me/transactions?limit=20").await;
    let rows = page.json["transactions"].as_array().unwrap();
    let receipt = rows.iter().find_map(|row| row["receipt"].as_str()).unwrap().to_owned();
    for (method, path) in [
        ("GET", format!("/v1/me/receipts/{receipt}")),
        ("GET", "/v1/me/export".to_owned()),
        ("POST", "/v1/me/till-code".to_owned()),
        ("POST", "/v1/me/deletion".to_owned()),
        ("DELETE", "/v1/sessions".to_owned()),
        ("DELETE", "/v1/me/consents/advertising".to_owned()),
    ] {
        let answer = session.call(method, &path).await;
        assert_eq!((answer.status, answer.code()), (403, "forbidden"), "{method} {path}: {answer:?}");
    }
    let request = session.request("PATCH", "/v1/me/profile").header("content-type", "application/json");
    let answer = session.send(request.body("{\"email\":\"thief@example.org\"}")).await;
    assert_eq!((answer.status, answer.code()), (403, "forbidden"), "{answer:?}");
    // A cursor of the phone's is bound to the guest, and the page at a kiosk shows no more than the phone's.
    let page = session.get("/v1/me/transactions?limit=5").await;
    assert_eq!(page.status, 200, "{page:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_good_credential_there_is_no_kiosk() {
    let hall = Hall::start().await;
    let code = hall.till_code().await;
    let body = json!({"tillCode": code});
    let phone = hall.scene.caller();
    for credential in ["", "x", &"A".repeat(43), &hall.credential[1..], &format!("{}A", hall.credential)] {
        let answer = phone.with("loyalty-device", credential).post("/v1/kiosk/identify", &body).await;
        assert_eq!((answer.status, answer.code()), (401, "unauthorized"), "{credential}: {answer:?}");
    }
    assert_eq!(phone.post("/v1/kiosk/identify", &body).await.status, 401);
    assert_eq!(hall.phone.post("/v1/kiosk/identify", &body).await.status, 401);
    // A bad credential on the way in is not passed over as if the caller were a phone.
    let asked = phone.with("loyalty-device", "x").send_code("+79161112233").await;
    assert_eq!(asked.status, 401, "{asked:?}");
    assert_eq!(phone.with("loyalty-device", "x").get("/v1/programme").await.status, 401);
    let id = hall.scene.operator().devices().await.unwrap()[0].id;
    let session = hall.session().await;
    hall.scene.operator().revoke_device(id).await.unwrap();
    assert_eq!(hall.kiosk.post("/v1/kiosk/identify", &body).await.status, 401);
    assert_eq!(session.get("/v1/me/snapshot").await.status, 401, "its sessions end with it");
    assert_eq!(hall.phone.get("/v1/me/snapshot").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kiosk_at_rest_learns_that_it_was_revoked_from_nobody_but_the_gateway() {
    let hall = Hall::start().await;
    let store = Arc::new(MemorySecretStore::default());
    let client = hall.scene.client_with(store, Some(hall.credential.clone().into()));
    client.programme().await.unwrap();
    let read = hall.kiosk.get("/v1/programme").await;
    // What a proxy kept would go on to say yes.
    assert_eq!(read.header("cache-control"), "private, no-cache");
    assert_eq!(hall.scene.caller().get("/v1/programme").await.header("cache-control"), "public, max-age=300");
    let id = hall.scene.operator().devices().await.unwrap()[0].id;
    hall.scene.operator().revoke_device(id).await.unwrap();
    let known = hall.kiosk.with("if-none-match", read.header("etag")).get("/v1/programme").await;
    assert_eq!((known.status, known.code()), (401, "unauthorized"), "also for what it has already");
    assert_eq!(client.programme().await.unwrap_err(), BackendError::Unauthorized);
    assert_eq!(hall.scene.caller().get("/v1/programme").await.status, 200, "guests read it as before");
}

#[tokio::test(flavor = "multi_thread")]
async fn till_codes_cannot_be_guessed_and_foreign_ones_open_nothing() {
    let hall = Hall::start().await;
    let code = hall.till_code().await;
    let right: u32 = code.parse().unwrap();
    let mut answers = std::collections::BTreeMap::new();
    for index in 1..=60_u32 {
        let guess = format!(
            "{:0width$}",
            (right + index) % 10_u32.pow(u32::try_from(code.len()).unwrap()),
            width = code.len()
        );
        let answer = hall.kiosk.post("/v1/kiosk/identify", &json!({"tillCode": guess})).await;
        *answers.entry(answer.code().to_owned()).or_insert(0) += 1;
    }
    assert_eq!(answers.get("code_expired"), Some(&30), "{answers:?}");
    assert_eq!(answers.get("rate_limited"), Some(&30), "{answers:?}");
    // One that ProBonus issued to an operator, and not this gateway to a guest.
    let other = Hall::start().await;
    let account = other.scene.scene.richest();
    let operator = other.scene.scene.client();
    let foreign = operator.issue_identifier(account, IdentifierTypeId(2)).await.unwrap().value;
    let answer = other.kiosk.post("/v1/kiosk/identify", &json!({"tillCode": foreign})).await;
    assert_eq!((answer.status, answer.code()), (403, "code_expired"), "{answer:?}");
    // And one that is too old.
    let old = other.till_code().await;
    other.scene.pass(3600);
    let answer = other.kiosk.post("/v1/kiosk/identify", &json!({"tillCode": old})).await;
    assert_eq!((answer.status, answer.code()), (403, "code_expired"), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_was_asked_for_at_a_kiosk_opens_no_session_of_months() {
    let hall = Hall::start().await;
    let number = hall.scene.scene.second_guest().await;
    assert_eq!(hall.kiosk.send_code(&number).await.status, 202);
    let code = hall.scene.letterbox.code(&number).await;
    // Somebody has read it over the guest's shoulder and types it into a phone.
    let stolen = hall.scene.caller().confirm(&number, &code).await;
    assert_eq!((stolen.status, stolen.code()), (403, "code_expired"), "{stolen:?}");
    let opened = hall.kiosk.confirm(&number, &code).await;
    assert_eq!((opened.status, opened.json["kind"].as_str()), (200, Some("kiosk")), "{opened:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cores_client_at_a_kiosk_is_the_guest_for_minutes() {
    let hall = Hall::start().await;
    let store = Arc::new(MemorySecretStore::default());
    let client = hall.scene.client_with(store, Some(hall.credential.clone().into()));
    let kind = client.identify(&hall.till_code().await).await.unwrap();
    assert_eq!(kind, SessionKind::Kiosk);
    let account = client.account().await.unwrap();
    assert_eq!((account.phone, account.profile.email), (None, None));
    assert_eq!(client.till_code().await.unwrap_err(), BackendError::Forbidden);
    hall.scene.pass(15 * 60);
    assert_eq!(client.account().await.unwrap_err(), BackendError::Unauthorized);
}

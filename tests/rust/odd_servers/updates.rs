//! Accounts that are changed where the server keeps them in its own way.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use loyalty_core::backend::{BackendError, OperatorBackend};
use loyalty_core::domain::{AccountChange, AccountId, ProfileChange};
use serde_json::{Value, json};

use super::client;

/// An account as the server has it, and what it was last sent.
#[derive(Clone)]
struct Kept {
    account: Arc<Mutex<Value>>,
    sent: Arc<Mutex<String>>,
}

#[tokio::test(flavor = "multi_thread")]
async fn members_that_nobody_has_heard_of_are_sent_back_digit_for_digit() {
    let account = r#"{"id": 1, "accountGroupId": 3, "balance": 500, "level": {"id": 1, "name": "x"}, "coupons": [],
        "firstName": "Анна", "rate": 1.10, "serial": 12345678901234567890123, "deep": {"a": [0.30, null]}, "photo": "p"}"#;
    let kept =
        Kept { account: Arc::new(Mutex::new(serde_json::from_str(account).unwrap())), sent: Arc::default() };
    let read = move || async move { account };
    let take = async |State(kept): State<Kept>, body: String| {
        *kept.sent.lock().unwrap() = body;
        Json(kept.account.lock().unwrap().clone())
    };
    let doors = Router::new()
        .route("/accounts/get_by_id", get(read))
        .route("/accounts/update", post(take))
        .with_state(kept.clone());
    let client = client(doors, "omit = [\"photo\"]").await;
    let change = AccountChange {
        profile: ProfileChange { last_name: Some(Some("Ким".into())), ..Default::default() },
        bonus_lifetime_days: Some(90),
        ..Default::default()
    };
    let update = client.update_account(AccountId(1), &change).await.unwrap();
    assert_eq!(update.unasked, Vec::<String>::new());
    assert_eq!(
        kept.sent.lock().unwrap().as_str(),
        r#"{"accountGroupId":3,"bonusLifetimeDays":90,"deep":{"a": [0.30, null]},"firstName":"Анна","id":1,"lastName":"Ким","rate":1.10,"serial":12345678901234567890123}"#
    );
}

fn first_name(name: &str) -> AccountChange {
    let profile = ProfileChange { first_name: Some(name.into()), ..Default::default() };
    AccountChange { profile, ..Default::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_update_calls_otherwise_than_the_account_is_sent_under_the_updates_names() {
    let account =
        r#"{"id":1,"accountGroupId":3,"balance":0,"firstName":"Анна","person":{"surname":"Ким","rest":1}}"#;
    let kept =
        Kept { account: Arc::new(Mutex::new(serde_json::from_str(account).unwrap())), sent: Arc::default() };
    let read = async |State(kept): State<Kept>| Json(kept.account.lock().unwrap().clone());
    let take = async |State(kept): State<Kept>, Json(body): Json<Value>| {
        let mut account = kept.account.lock().unwrap();
        account["firstName"] = body["name"].clone();
        account["person"]["surname"] = body["surname"].clone();
        *kept.sent.lock().unwrap() = body.to_string();
        Json(account.clone())
    };
    let doors = Router::new()
        .route("/accounts/get_by_id", get(read))
        .route("/accounts/update", post(take))
        .with_state(kept.clone());
    let config = "[probonus.wire.\"accounts/update\"]\nparams = { firstName = \"name\", lastName = \"surname\" }\n\
        [probonus.wire.fields.account]\nlastName = \"person.surname\"";
    let client = client(doors, config).await;
    let update = client.update_account(AccountId(1), &first_name("Нина")).await.unwrap();
    let sent: Value = serde_json::from_str(&kept.sent.lock().unwrap()).unwrap();
    assert_eq!(
        sent,
        json!({"id": 1, "accountGroupId": 3, "name": "Нина", "surname": "Ким", "person": {"rest": 1}})
    );
    assert_eq!(update.unasked, Vec::<String>::new());
    let profile = update.account.profile;
    assert_eq!((profile.first_name.as_deref(), profile.last_name.as_deref()), (Some("Нина"), Some("Ким")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_whose_second_reading_fails_was_sent_and_says_so() {
    for (status, body) in [(404, ""), (401, ""), (503, ""), (200, "<html>"), (200, r#"{"id":2}"#)] {
        let sent = Arc::new(AtomicBool::new(false));
        let (reader, writer) = (Arc::clone(&sent), Arc::clone(&sent));
        let read = move || async move {
            match reader.load(Ordering::SeqCst) {
                false => (StatusCode::OK, r#"{"id":1,"accountGroupId":3,"balance":0}"#),
                true => (StatusCode::from_u16(status).unwrap(), body),
            }
        };
        let take = move || async move {
            writer.store(true, Ordering::SeqCst);
            "{}"
        };
        let doors =
            Router::new().route("/accounts/get_by_id", get(read)).route("/accounts/update", post(take));
        let client = client(doors, "").await;
        let answer = client.update_account(AccountId(1), &first_name("Нина")).await.map(|_| ());
        assert_eq!(answer, Err(BackendError::OutcomeUnknown), "{status} {body}");
        assert!(sent.load(Ordering::SeqCst));
    }
}

//! Codes for the till from servers that have none, or have no time for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use loyalty_core::backend::probonus::ProBonus;
use loyalty_core::backend::{BackendError, GuestBackend};
use loyalty_core::domain::TillCode;
use loyalty_tests::scene::{RICHEST, phone};
use serde_json::json;

use super::client;

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_no_till_can_read_is_none() {
    let answer = async || Json(json!({"value": "AB-12", "expiresAt": null}));
    let account = async || Json(json!({"id": 1, "accountGroupId": 3, "balance": 0}));
    let doors = Router::new()
        .route("/accounts/find_by_phone", get(account))
        .route("/accounts/issue_identifier", post(answer));
    let client = client(doors, "[probonus.till_code]\nsource = \"temporary\"\ntype_id = 2").await;
    assert_eq!(client.guest(phone(RICHEST)).till_code().await, Err(BackendError::Unsupported));
}

/// A server that refuses codes with a status, and knows a guest with a card.
async fn refusing(status: u16) -> (ProBonus, Arc<AtomicU16>) {
    let account = json!({"id": 1, "accountGroupId": 3, "balance": 0,
        "identifiers": [{"typeId": 1, "value": "9001"}]});
    let found = Arc::new(AtomicU16::new(200));
    let lookup = Arc::clone(&found);
    let find =
        move || async move { (StatusCode::from_u16(lookup.load(Ordering::SeqCst)).unwrap(), Json(account)) };
    let refuse = move || async move { StatusCode::from_u16(status).unwrap() };
    let doors = Router::new()
        .route("/accounts/find_by_phone", get(find))
        .route("/accounts/issue_identifier", post(refuse));
    let config = "[probonus.till_code]\nsource = \"temporary\"\ntype_id = 2\noffline_type_id = 1";
    (client(doors, config).await, found)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_card_stands_in_while_there_are_no_codes_and_never_for_a_guest_who_is_refused() {
    let card = || Ok(TillCode { value: "9001".into(), expires_at: None });
    for (status, expected) in [
        (503, card()),
        // No such path: this instance issues none.
        (404, card()),
        (401, Err(BackendError::Unauthorized)),
        (403, Err(BackendError::Forbidden)),
        (429, Err(BackendError::RateLimited { retry_after: None })),
    ] {
        let (client, _) = refusing(status).await;
        assert_eq!(client.guest(phone(RICHEST)).till_code().await, expected, "{status}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_whom_the_server_has_forgotten_gets_no_code() {
    let (client, found) = refusing(404).await;
    let guest = client.guest(phone(RICHEST));
    guest.account().await.unwrap();
    found.store(404, Ordering::SeqCst);
    assert_eq!(guest.till_code().await, Err(BackendError::GuestNotFound));
}

//! Servers that the sandbox is not: they cut histories off, answer about somebody else, keep members nobody has heard
//! of.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
// A test may stop at the first thing that is not as it should be.

mod groups;
mod history;
mod identity;
mod till_codes;
mod updates;

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use loyalty_core::ErrorCode;
use loyalty_core::backend::probonus::{Credentials, ProBonus, ProBonusConfig};
use loyalty_core::backend::{BackendError, GuestBackend, OperatorBackend};
use loyalty_core::domain::AccountId;
use loyalty_core::system::{MemorySecretStore, SystemClock, SystemIds};
use loyalty_tests::scene::{RICHEST, check, phone};
use tokio::net::TcpListener;

/// A client of a server with these doors.
async fn client(doors: Router, more: &str) -> ProBonus {
    let credentials = Credentials { api_token: Some("token".into()), password: None };
    client_as(credentials, doors, more).await
}

async fn client_as(credentials: Credentials, doors: Router, more: &str) -> ProBonus {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().nest("/api/v0", doors)).await });
    let file = format!("[probonus]\nurl = \"{url}\"\nallow_plain_http = true\n{more}");
    let store = Arc::new(MemorySecretStore::default());
    let config = ProBonusConfig::from_toml(&file).unwrap();
    ProBonus::new(&config, credentials, store, Arc::new(SystemClock), Arc::new(SystemIds)).unwrap()
}

/// A server that gives the same answer to a method, whatever it is asked.
async fn answering(method: &str, status: StatusCode, body: &'static str, more: &str) -> ProBonus {
    let answer = move || async move { (status, body) };
    client(Router::new().route(&format!("/{method}"), get(answer).post(answer)), more).await
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_accounts_with_one_phone_the_one_in_the_configured_group_is_the_guest() {
    let body = r#"[{"id":1,"accountGroupId":2,"balance":0},{"id":2,"accountGroupId":3,"balance":0}]"#;
    for (group, expected) in [
        (3, Ok(AccountId(2))),
        (2, Ok(AccountId(1))),
        (9, Err(BackendError::Conflict(ErrorCode::AccountAmbiguous))),
    ] {
        let more = format!("account_group_id = {group}");
        let client = answering("accounts/find_by_phone", StatusCode::OK, body, &more).await;
        let found = client.guest(phone(RICHEST)).account().await.map(|account| account.id);
        assert_eq!(found, expected, "group {group}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accepted_check_may_be_answered_with_nothing_but_not_with_anything() {
    for (status, body, expected) in [
        (StatusCode::OK, "", Ok(())),
        (StatusCode::NO_CONTENT, "", Ok(())),
        (StatusCode::OK, "{}", Ok(())),
        (StatusCode::OK, r#"{"transactionIds":["7"],"balance":"100"}"#, Ok(())),
        // A page of whoever stands in between says nothing about the check.
        (StatusCode::OK, "<html>Sign in to the hotel's network</html>", Err(BackendError::OutcomeUnknown)),
        (StatusCode::OK, r#"{"transactionIds":"none"}"#, Err(BackendError::OutcomeUnknown)),
    ] {
        let client = answering("external/register_check", status, body, "").await;
        let answer = client.register_check(&check(AccountId(1), "WEB-1")).await.map(|_| ());
        assert_eq!(answer, expected, "{status} {body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_that_is_not_there_is_a_contract_mismatch_where_nothing_was_named() {
    let client = client(Router::new(), "").await;
    let mismatch = |path: &str| {
        Err(BackendError::Reply {
            code: ErrorCode::ContractMismatch,
            path: path.into(),
            field: String::new(),
        })
    };
    assert_eq!(client.groups().await.map(|_| ()), mismatch("account_groups/list"));
    assert_eq!(client.accounts(0, 10).await.map(|_| ()), mismatch("accounts/list"));
    assert_eq!(client.account(AccountId(1)).await.map(|_| ()), Err(BackendError::NotFound));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_verb_is_a_contract_mismatch_and_did_not_happen() {
    let doors = Router::new().route("/accounts/refill", get(async || "never asked"));
    let client = client(doors, "").await;
    let error = client.refill(&loyalty_tests::scene::refill(AccountId(1), 100, 1)).await.unwrap_err();
    assert!(matches!(error, BackendError::Reply { code: ErrorCode::ContractMismatch, .. }), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_to_a_login_is_small() {
    let padding = " ".repeat(64 * 1024);
    let answer = move || async move { format!(r#"{{"accessToken":"a","refreshToken":"r"}}{padding}"#) };
    let doors = Router::new()
        .route("/auth/login", axum::routing::post(answer))
        .route("/account_groups/list", get(async || "[]"));
    let credentials = Credentials { api_token: None, password: Some("password".into()) };
    let client = client_as(credentials, doors, "login = \"demo\"").await;
    let error = client.groups().await.unwrap_err();
    assert!(
        matches!(&error, BackendError::Reply { code: ErrorCode::ReplyTooLarge, path, .. } if path == "auth/login"),
        "{error:?}"
    );
}

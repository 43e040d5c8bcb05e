//! Servers that the sandbox is not: they cut histories off, know a phone twice, keep members nobody has heard of.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
// A test may stop at the first thing that is not as it should be.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::{SignedDuration, Timestamp};
use loyalty_core::ErrorCode;
use loyalty_core::backend::probonus::{Credentials, ProBonus, ProBonusConfig, all_transactions};
use loyalty_core::backend::{BackendError, GuestBackend, OperatorBackend};
use loyalty_core::domain::{AccountChange, AccountId, ProfileChange};
use loyalty_core::system::{MemorySecretStore, SystemClock, SystemIds};
use loyalty_tests::scene::{RICHEST, check, phone};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// A client of a server with these doors.
async fn client(doors: Router, more: &str) -> ProBonus {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().nest("/api/v0", doors)).await });
    let file = format!("[probonus]\nurl = \"{url}\"\nallow_plain_http = true\n{more}");
    let credentials = Credentials { api_token: Some("token".into()), password: None };
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
async fn a_history_that_is_cut_off_at_five_thousand_rows_loses_none() {
    // A row each half hour, and a burst of rows within one minute.
    let now = Timestamp::now();
    let regular = (0..11_000).map(|number| now - SignedDuration::from_mins(30 * number));
    let burst = (0..6_000)
        .map(|number| now - SignedDuration::from_hours(5_000) - SignedDuration::from_millis(number));
    let mut rows: Vec<Timestamp> = regular.chain(burst).collect();
    rows.sort_unstable_by(|a, b| b.cmp(a));
    let rows = Arc::new(rows);
    let booked = rows.len();

    let answer = async |State(rows): State<Arc<Vec<Timestamp>>>,
                        Query(asked): Query<HashMap<String, String>>| {
        let instant = |name: &str| asked[name].parse::<Timestamp>().unwrap();
        let (from, to) = (instant("dateFrom"), instant("dateTo"));
        let row = |(id, at): (usize, &Timestamp)| json!({"id": id, "date": at, "type": "accrual", "sum": 1});
        let inside = rows.iter().enumerate().filter(|(_, at)| from <= **at && **at < to);
        Json(inside.take(5_000).map(row).collect::<Vec<_>>())
    };
    let doors = Router::new().route("/accounts/transactions", get(answer)).with_state(rows);
    let client = client(doors, "").await;
    let mut pages = all_transactions(&client, AccountId(1));
    let mut ids = Vec::new();
    while let Some(page) = pages.next_page().await.unwrap() {
        assert!(page.rows.len() < 5_000);
        ids.extend(page.rows.iter().map(|row| row.id.0));
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), booked);
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
async fn a_code_that_no_till_can_read_is_none() {
    let answer = async || Json(json!({"value": "AB-12", "expiresAt": null}));
    let account = async || Json(json!({"id": 1, "accountGroupId": 3, "balance": 0}));
    let doors = Router::new()
        .route("/accounts/find_by_phone", get(account))
        .route("/accounts/issue_identifier", post(answer));
    let client = client(doors, "[probonus.till_code]\nsource = \"temporary\"\ntype_id = 2").await;
    assert_eq!(client.guest(phone(RICHEST)).till_code().await, Err(BackendError::Unsupported));
}

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

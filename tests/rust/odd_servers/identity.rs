//! Answers about somebody or something else than was asked for.

use axum::http::StatusCode;
use loyalty_core::ErrorCode;
use loyalty_core::backend::{BackendError, GuestBackend, OperatorBackend};
use loyalty_core::domain::{AccountId, GroupId, ReceiptRef};
use loyalty_tests::scene::{RICHEST, newcomer, phone};

use super::answering;

fn mismatch<T>(path: &str, field: &str) -> Result<T, BackendError> {
    let code = ErrorCode::ContractMismatch;
    Err(BackendError::Reply { code, path: path.into(), field: field.into() })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_with_another_phone_is_nobodys_guest() {
    for (body, expected) in [
        // Read in every form, and not told at all where the server keeps phones to itself.
        (r#"{"id":1,"accountGroupId":3,"balance":0,"phone":"8 (900) 000-00-01"}"#, Ok(AccountId(1))),
        (r#"{"id":1,"accountGroupId":3,"balance":0}"#, Ok(AccountId(1))),
        (
            r#"{"id":1,"accountGroupId":3,"balance":0,"phone":"+79161112233"}"#,
            mismatch("accounts/find_by_phone", "phone"),
        ),
        (
            r#"[{"id":1,"accountGroupId":3,"balance":0,"phone":"+79161112233"},
                {"id":2,"accountGroupId":3,"balance":0,"phone":"79000000001"}]"#,
            Ok(AccountId(2)),
        ),
        ("[]", Err(BackendError::GuestNotFound)),
    ] {
        let client = answering("accounts/find_by_phone", StatusCode::OK, body, "").await;
        let found = client.guest(phone(RICHEST)).account().await.map(|account| account.id);
        assert_eq!(found, expected, "{body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_who_comes_back_with_another_phone_was_registered_for_all_we_know() {
    let body = r#"{"id":1,"accountGroupId":3,"balance":0,"phone":"+79161112233"}"#;
    let client = answering("accounts/insert_by_template", StatusCode::OK, body, "").await;
    let answer = client.insert_by_template(&newcomer(RICHEST)).await.map(|_| ());
    assert_eq!(answer, Err(BackendError::OutcomeUnknown));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_with_another_number_is_not_believed() {
    let body = r#"{"id":77,"accountGroupId":3,"balance":0}"#;
    let method = "accounts/get_by_id";
    let client = answering(method, StatusCode::OK, body, "").await;
    assert_eq!(client.account(AccountId(77)).await.map(|account| account.id), Ok(AccountId(77)));
    assert_eq!(client.account(AccountId(5)).await, mismatch(method, "id"));
    // What an update starts from.
    let change = Default::default();
    assert_eq!(client.update_account(AccountId(5), &change).await.map(|_| ()), mismatch(method, "id"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_balance_of_another_account_is_not_believed() {
    let body = r#"{"accountId":999,"balance":0,"items":[]}"#;
    let method = "accounts/get_balance_extended";
    let client = answering(method, StatusCode::OK, body, "").await;
    assert!(client.balance(AccountId(999)).await.is_ok());
    assert_eq!(client.balance(AccountId(5)).await, mismatch(method, "accountId"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_with_another_number_is_not_believed() {
    let body = r#"{"id":"31","date":"2026-06-15T12:00:00+03:00","dishes":[],"total":0,"discount":0,"bonusSpent":0,
        "bonusAccrued":0,"paid":0}"#;
    let method = "checks/get_by_id";
    let client = answering(method, StatusCode::OK, body, "").await;
    for same in ["31", "031"] {
        assert!(client.receipt(&ReceiptRef(same.into())).await.is_ok(), "{same}");
    }
    assert_eq!(client.receipt(&ReceiptRef("32".into())).await, mismatch(method, "id"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_with_another_number_is_not_believed() {
    let body = r#"{"id":3,"name":"Гости","haveTemplate":true}"#;
    let method = "account_groups/get_by_id";
    let client = answering(method, StatusCode::OK, body, "").await;
    assert!(client.group(GroupId(3)).await.is_ok());
    assert_eq!(client.group(GroupId(4)).await, mismatch(method, "id"));
}

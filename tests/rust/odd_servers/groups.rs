//! Lists of accounts as servers page them.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::extract::Query;
use axum::routing::{get, post};
use axum::{Json, Router};
use loyalty_core::domain::{Bonus, GroupId, GroupOperation};
use loyalty_core::operator::{Operator, OutboxOptions};
use loyalty_core::system::{SystemClock, SystemIds};
use serde_json::json;
use uuid::Uuid;

use super::client;

const ACCOUNTS: usize = 620;

#[tokio::test(flavor = "multi_thread")]
async fn a_group_operation_reaches_every_account_however_the_server_pages() {
    for (limit, counts) in [(100, true), (ACCOUNTS, false)] {
        let refills = Arc::new(AtomicUsize::new(0));
        let list = async move |Query(asked): Query<HashMap<String, usize>>| {
            let (offset, limit) =
                if counts { (asked["offset"], limit.min(asked["limit"])) } else { (0, limit) };
            let row = |id| json!({"id": id, "accountGroupId": 3, "balance": 0});
            Json((0..ACCOUNTS).skip(offset).take(limit).map(row).collect::<Vec<_>>())
        };
        let counted = Arc::clone(&refills);
        let refill = async move || {
            let id = counted.fetch_add(1, Ordering::Relaxed);
            Json(json!({"transactionId": id, "balance": 0}))
        };
        let doors = Router::new()
            .route("/accounts/list", get(list))
            .route("/account_groups/list", get(async || "[]"))
            .route("/accounts/refill", post(refill));
        let folder = tempfile::tempdir().unwrap();
        let options = OutboxOptions::at(folder.path().join("outbox.db"), "odd");
        let ids = Arc::new(SystemIds);
        let operator =
            Operator::new(client(doors, "").await, Arc::new(SystemClock), ids, GroupId(3), options);
        let sum = Bonus::from_hundredths(100);
        let operation = GroupOperation { group_id: GroupId(3), sum, comment: None, key: Uuid::from_u128(1) };
        let report = operator.refill_group(&operation).await.unwrap();
        let reached = (report.accepted, refills.load(Ordering::Relaxed));
        assert_eq!(reached, (620, ACCOUNTS), "pages of {limit}, counted: {counts}: {report:?}");
    }
}

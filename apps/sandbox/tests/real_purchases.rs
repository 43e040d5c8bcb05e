//! The books made of real purchases: complete, consistent, and the same for a seed and a day.
// A test stops at the first thing that is not as it should be, and so do its steps.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use loyalty_sandbox::{Data, RunningSandbox};
use serde_json::{Value, json};
use support::{Client, options, start};

/// Every account: the lots hold what the movements brought, and each movement tells the balance after it.
fn assert_consistent(sandbox: &RunningSandbox, accounts: impl Iterator<Item = i64>) {
    let books = sandbox.books();
    for id in accounts {
        let movements = books.transactions(id).unwrap();
        let sum: i64 = movements.iter().map(|row| row.sum).sum();
        assert_eq!(books.balance(id).unwrap(), sum, "account {id}");
        let mut running = 0;
        for row in movements.iter().rev() {
            running += row.sum;
            assert_eq!(row.balance_after, running, "transaction {} of account {id}", row.id);
        }
        assert!(movements.windows(2).all(|pair| pair[0].at >= pair[1].at));
    }
}

#[test]
fn all_real_purchases_become_guests_and_receipts() {
    let began = std::time::Instant::now();
    let sandbox = start(options().data(Data::Full));
    println!("loaded in {:?}", began.elapsed());
    let counts = sandbox.books().counts().unwrap();
    assert_eq!((counts.guests, counts.receipts), (23_570, 69_659));

    let richest = sandbox.books().richest_history().unwrap().unwrap();
    assert_eq!((richest.phone.as_str(), richest.purchases), ("+79000000001", 217));
    let newest = sandbox.books().checks(24_149).unwrap();
    let yesterday = "2026-06-14T00:00:00+03:00".parse::<jiff::Timestamp>().unwrap().as_second();
    assert!(
        newest[0].at >= yesterday && newest[0].at < yesterday + 86_400,
        "customer 23149 bought on the last day"
    );
    assert_consistent(&sandbox, (1_001..=24_570).step_by(97).chain([richest.account_id]));

    let client = Client::of(&sandbox);
    let account = client.get("accounts/find_by_phone?phone=%2B79000000001").ok();
    assert_eq!(account["id"], richest.account_id);
    assert_eq!(account["level"]["name"], "Платина");
    assert_eq!(client.get("accounts/list?offset=23500&limit=1000").ok().as_array().unwrap().len(), 70);
    let report = "reports/get?id=3&dateFrom=2024-01-01&dateTo=2026-06-15";
    assert_eq!(client.get(report).ok()["rows"].as_array().unwrap().len(), 69_659);
}

#[test]
fn a_long_history_has_every_kind_of_movement_and_exact_receipts() {
    let sandbox = start(options());
    let client = Client::of(&sandbox);
    let richest = sandbox.books().richest_history().unwrap().unwrap();
    let id = richest.account_id;
    assert_consistent(&sandbox, std::iter::once(id));
    let path = format!("accounts/transactions?accountId={id}&dateFrom=2024-01-01&dateTo=2026-06-16");
    let history = client.get(&path).ok();
    let history = history.as_array().unwrap();
    for kind in ["welcome", "accrual", "spend", "burn"] {
        assert!(history.iter().any(|row| row["type"] == kind), "{kind}");
    }
    for row in history.iter().filter(|row| row["checkId"].is_i64()) {
        let receipt = client.get(&format!("checks/get_by_id?id={}", row["checkId"])).ok();
        let sum = |name: &str| receipt[name].as_i64().unwrap();
        let dishes: i64 =
            receipt["dishes"].as_array().unwrap().iter().map(|dish| dish["sum"].as_i64().unwrap()).sum();
        assert_eq!(dishes, sum("total"));
        assert_eq!(sum("total"), sum("discount") + sum("bonusSpent") + sum("paid"));
    }
    let balance = client.get(&format!("accounts/get_balance_extended?accountId={id}")).ok();
    let items: i64 =
        balance["items"].as_array().unwrap().iter().map(|item| item["sum"].as_i64().unwrap()).sum();
    assert!(items > 0);
    assert_eq!(balance["balance"], items + balance["nonBurning"].as_i64().unwrap());
}

#[test]
fn books_follow_from_the_seed_and_the_day_alone() {
    let digest = |seed, day: &str| {
        let sandbox = start(options().seed(seed).today(Some(day.parse().unwrap())));
        visit(&sandbox);
        sandbox.books().digest().unwrap()
    };
    let first = digest(7, "2026-06-15");
    assert_eq!(first, digest(7, "2026-06-15"));
    assert_ne!(first, digest(8, "2026-06-15"));
    assert_ne!(first, digest(7, "2026-06-16"));
}

fn visit(sandbox: &RunningSandbox) -> Value {
    Client::of(sandbox).till(&json!({"phone": "+79000000001", "sum": 123_456})).ok()
}

#[test]
fn a_file_keeps_the_books_and_is_not_seeded_again() {
    let folder = tempfile::tempdir().unwrap();
    let in_file = || options().store(loyalty_sandbox::Store::File(folder.path().join("books.db")));
    let sandbox = start(in_file());
    let after = visit(&sandbox)["balance"].clone();
    let digest = sandbox.books().digest().unwrap();
    sandbox.shutdown();
    let sandbox = start(in_file());
    assert_eq!(sandbox.books().digest().unwrap(), digest);
    let account = Client::of(&sandbox).get("accounts/find_by_phone?phone=%2B79000000001").ok();
    assert_eq!(account["balance"], after);
}

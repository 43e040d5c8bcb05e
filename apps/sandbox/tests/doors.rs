//! Tokens, bad input, the dictionaries' doors, the controls and the log.

// A test stops at the first thing that is not as it should be, and so do its steps.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use std::io::Read;

use loyalty_sandbox::{Data, RunningSandbox};
use proptest::prelude::*;
use serde_json::{Value, json};
use support::{Answer, Client, options, start};

const PHONE: &str = "accounts/find_by_phone?phone=%2B79000000001";

fn bearer(sandbox: &RunningSandbox, pair: &Value) -> Client {
    let token = pair["accessToken"].as_str().unwrap();
    Client::with_header(sandbox, "Authorization", &format!("Bearer {token}"))
}

fn log_in(sandbox: &RunningSandbox) -> Value {
    let anyone = Client::with_header(sandbox, "X-Nothing", "");
    anyone.post("auth/login", &json!({"login": "demo", "password": "password"})).ok()
}

fn refresh(sandbox: &RunningSandbox, pair: &Value) -> Answer {
    let anyone = Client::with_header(sandbox, "X-Nothing", "");
    anyone.post("auth/refresh_token", &json!({"refreshToken": pair["refreshToken"]}))
}

#[test]
fn a_login_lasts_until_its_time_and_is_renewed() {
    let sandbox = start(options().access_token_seconds(600));
    let first = log_in(&sandbox);
    assert_eq!(first["expiresIn"], 600);
    bearer(&sandbox, &first).get(PHONE).ok();
    sandbox.clock().advance_minutes(10);
    assert_eq!(bearer(&sandbox, &first).get(PHONE).refusal(), (401, "token_expired".into()));
    let second = refresh(&sandbox, &first).ok();
    bearer(&sandbox, &second).get(PHONE).ok();
    // The old refresh token was good once.
    assert_eq!(refresh(&sandbox, &first).refusal(), (401, "refresh_token_invalid".into()));
    sandbox.set_dialect("fixed-refresh".parse().unwrap());
    let third = refresh(&sandbox, &second).ok();
    assert_eq!(third["refreshToken"], second["refreshToken"]);
    refresh(&sandbox, &second).ok();
}

#[test]
fn tokens_can_be_ended_and_given_back() {
    let sandbox = start(options());
    let pair = log_in(&sandbox);
    sandbox.tokens().expire_access();
    assert_eq!(bearer(&sandbox, &pair).get(PHONE).refusal(), (401, "token_expired".into()));
    let pair = refresh(&sandbox, &pair).ok();
    sandbox.tokens().revoke_all();
    assert_eq!(bearer(&sandbox, &pair).get(PHONE).refusal(), (401, "unauthorized".into()));
    assert_eq!(refresh(&sandbox, &pair).status, 401);
    let client = Client::of(&sandbox);
    sandbox.tokens().revoke_api_token();
    assert_eq!(client.get(PHONE).refusal(), (401, "token_revoked".into()));
    sandbox.tokens().restore_api_token();
    client.get(PHONE).ok();
    let wrong = json!({"login": "demo", "password": "passwort"});
    assert_eq!(client.post("auth/login", &wrong).refusal(), (401, "wrong_credentials".into()));
}

#[test]
fn a_bad_field_is_refused_by_name_and_changes_nothing() {
    let sandbox = start(options());
    let client = Client::of(&sandbox);
    let id = sandbox.books().richest_history().unwrap().unwrap().account_id;
    let digest = sandbox.books().digest().unwrap();
    let profile = |field: &str, value: Value| {
        let mut profile = json!({"accountGroupId": 3, "phone": "+79161234567", "firstName": "Анна"});
        profile[field] = value;
        profile
    };
    let refill = |sum: &str| {
        serde_json::from_str::<Value>(&format!(r#"{{"accountId": {id}, "sum": {sum}}}"#)).unwrap()
    };
    for (method, body, refusal, field) in [
        ("accounts/insert_by_template", profile("phone", json!("123")), (400, "invalid_phone"), "phone"),
        (
            "accounts/insert_by_template",
            profile("firstName", json!("  ")),
            (400, "invalid_field"),
            "firstName",
        ),
        (
            "accounts/insert_by_template",
            profile("birthday", json!("1990-02-30")),
            (400, "invalid_field"),
            "birthday",
        ),
        ("accounts/insert_by_template", profile("sex", json!("yes")), (400, "invalid_field"), "sex"),
        ("accounts/insert_by_template", profile("balance", json!(1)), (400, "unknown_field"), "balance"),
        (
            "accounts/insert_by_template",
            profile("accountGroupId", json!(77)),
            (404, "not_found"),
            "accountGroupId",
        ),
        (
            "accounts/insert_by_template",
            profile("identifiers", json!([{"typeId": 99, "value": "1"}])),
            (404, "not_found"),
            "identifiers.typeId",
        ),
        ("accounts/refill", refill("0"), (422, "sum_out_of_range"), "sum"),
        ("accounts/refill", refill("-5"), (422, "sum_out_of_range"), "sum"),
        ("accounts/refill", refill("1.5"), (400, "invalid_sum"), "sum"),
        ("accounts/refill", refill("99999999999999999999"), (400, "invalid_sum"), "sum"),
        ("accounts/refill", refill("9000000000000000000"), (422, "sum_out_of_range"), "sum"),
        ("accounts/refill", json!({"sum": 1}), (400, "missing_field"), "accountId"),
        ("accounts/refill", json!({"accountId": 5, "sum": 1}), (404, "not_found"), "accountId"),
        (
            "discounts/update_composite",
            json!({"id": 1, "name": "x", "steps": [{"fromTurnover": 0, "discountId": 1}]}),
            (422, "not_composite"),
            "id",
        ),
    ] {
        let answer = client.post(method, &body);
        assert_eq!(answer.refusal(), (refusal.0, refusal.1.into()), "{method} {body}");
        assert_eq!(answer.json()["field"], field, "{method} {body}");
    }
    assert_eq!(sandbox.books().digest().unwrap(), digest);
}

#[test]
fn what_cannot_be_read_is_refused_before_anything_is_done() {
    let sandbox = start(options());
    let client = Client::of(&sandbox);
    let id = sandbox.books().richest_history().unwrap().unwrap().account_id;
    let digest = sandbox.books().digest().unwrap();
    for body in [&br#"{"accountId": 1, "sum": 1e400}"#[..], b"", b"[]", b"{\"accountId\":", &[0xff, 0xfe]] {
        let answer = client.send("POST", "/api/v0/accounts/refill", Some(body)).unwrap();
        assert_eq!(answer.refusal(), (400, "malformed_json".into()));
    }
    let mixed = format!("accounts/transactions?accountId={id}&count=1&dateFrom=2026-01-01");
    assert_eq!(client.get(&mixed).refusal(), (400, "ambiguous_period".into()));
    assert_eq!(client.get("accounts/list?limit=1001").status, 400);
    assert_eq!(client.get("nothing/here").refusal(), (404, "unknown_method".into()));
    let large = vec![b' '; (1 << 20) + 1];
    let answer = client.send("POST", "/api/v0/accounts/refill", Some(&large)).unwrap();
    assert_eq!(answer.refusal(), (413, "body_too_large".into()));
    assert_eq!(sandbox.books().digest().unwrap(), digest);
}

#[test]
fn a_blocked_account_does_nothing() {
    let sandbox = start(options());
    let client = Client::of(&sandbox);
    let id = sandbox.books().richest_history().unwrap().unwrap().account_id;
    sandbox.books().set_blocked(id, true).unwrap();
    assert_eq!(client.get(PHONE).ok()["blocked"], true);
    let refill = json!({"accountId": id, "sum": 1});
    assert_eq!(client.post("accounts/refill", &refill).refusal(), (422, "account_blocked".into()));
    assert_eq!(client.till(&json!({"phone": "+79000000001", "sum": 1})).status, 422);
}

#[test]
fn groups_ladders_and_identifier_types_are_created_changed_and_used() {
    let sandbox = start(options());
    let client = Client::of(&sandbox);
    let steps = json!([{"fromTurnover": 0, "discountId": 2}, {"fromTurnover": 5_000, "discountId": 4}]);
    let ladder = client.post("discounts/insert_composite", &json!({"name": "Летняя", "steps": steps})).ok();
    assert_eq!(ladder["steps"], steps);
    let group = json!({
        "name": "Лето", "haveTemplate": true,
        "template": {"levelId": ladder["id"], "welcomeBonus": 1_000, "bonusLifetimeDays": 10},
    });
    let group = client.post("account_groups/insert", &group).ok();
    let kind = client.post("identifier_types/insert", &json!({"name": "Браслет"})).ok();
    let profile = json!({
        "accountGroupId": group["id"], "phone": "+79161234567", "firstName": "Анна",
        "identifiers": [{"typeId": kind["id"], "value": "B-1"}],
    });
    let account = client.post("accounts/insert_by_template", &profile).ok();
    assert_eq!((&account["level"]["accrualPercent"], &account["balance"]), (&json!(5), &json!(1_000)));
    let visit = client.till(&json!({"code": "B-1", "sum": 5_000})).ok();
    assert_eq!((&visit["bonusAccrued"], &visit["level"]["accrualPercent"]), (&json!(250), &json!(10)));

    let all = json!({"accountGroupId": group["id"], "sum": 2_000});
    assert_eq!(client.post("operations/refill_group", &all).ok(), json!({"affected": 1}));
    let more = json!({"accountGroupId": group["id"], "sum": 9_000});
    assert_eq!(client.post("operations/withdraw_group", &more).ok(), json!({"affected": 1}));
    assert_eq!(sandbox.books().balance(account["id"].as_i64().unwrap()).unwrap(), 0);
    assert_eq!(client.post("operations/withdraw_group", &more).ok(), json!({"affected": 0}));

    let closed = json!({"id": group["id"], "name": "Лето", "haveTemplate": false});
    assert_eq!(client.post("account_groups/update", &closed).ok()["haveTemplate"], false);
    let next = json!({"accountGroupId": group["id"], "phone": "+79161234568", "firstName": "Яна"});
    assert_eq!(client.post("accounts/insert_by_template", &next).status, 422);
    let by_hand =
        json!({"accountGroupId": group["id"], "phone": "+79161234568", "firstName": "Яна", "discountId": 5});
    assert_eq!(client.post("accounts/insert", &by_hand).ok()["level"]["discountPercent"], 5);
}

#[test]
fn reports_are_tables_over_the_books() {
    let sandbox = start(options());
    let client = Client::of(&sandbox);
    for report in client.get("reports/list").ok().as_array().unwrap() {
        let path = format!("reports/get?id={}&dateFrom=2026-01-01&dateTo=2026-06-15", report["id"]);
        let table = client.get(&path).ok();
        let columns = table["columns"].as_array().unwrap().len();
        let rows = table["rows"].as_array().unwrap();
        assert!(!rows.is_empty() && rows.iter().all(|row| row.as_array().unwrap().len() == columns));
    }
    assert_eq!(client.get("reports/get?id=9&dateFrom=2026-01-01&dateTo=2026-06-15").status, 404);
}

#[test]
fn the_log_shows_what_was_really_sent() {
    let sandbox = start(options());
    let client = Client::of(&sandbox);
    client.get(PHONE).ok();
    client.post("accounts/refill", &json!({"accountId": 1, "sum": 1}));
    let found = sandbox.requests().of("accounts/find_by_phone").remove(0);
    assert_eq!((found.verb.as_str(), found.query.as_deref()), ("GET", Some("phone=%2B79000000001")));
    assert_eq!(found.header("x-api-key"), Some("sandbox-token"));
    let refill = sandbox.requests().of("accounts/refill").remove(0);
    assert_eq!(refill.json(), Some(json!({"accountId": 1, "sum": 1})));
    assert_eq!(client.send("DELETE", "/sandbox/requests", None).unwrap().status, 204);
    assert_eq!((sandbox.requests().all().len(), sandbox.requests().count("accounts/refill")), (0, 0));
}

#[test]
fn clock_tokens_and_books_are_steered_over_http() {
    let sandbox = start(options());
    let client = Client::of(&sandbox);
    let post =
        |path: &str, body: Value| client.send("POST", path, Some(body.to_string().as_bytes())).unwrap();
    assert_eq!(
        post("/sandbox/clock", json!({"advanceDays": 1, "advanceMinutes": 5})).ok()["now"],
        "2026-06-16T09:05:00Z"
    );
    assert_eq!(post("/sandbox/tokens", json!({"action": "revoke-api-token"})).status, 204);
    assert_eq!(client.get(PHONE).status, 401);
    let books = client.send("GET", "/sandbox/books", None).unwrap().ok();
    assert_eq!(books["richestHistory"]["phone"], "+79000000001");
    assert_eq!(books["digest"], sandbox.books().digest().unwrap());
    let id = sandbox
        .books()
        .transactions(books["richestHistory"]["accountId"].as_i64().unwrap())
        .unwrap()
        .pop()
        .unwrap()
        .id;
    post("/sandbox/correct", json!({"transactionId": id, "sum": 40_000})).ok();
    assert_eq!(sandbox.books().transaction(id).unwrap().unwrap().sum, 40_000);
    assert_eq!(post("/sandbox/correct", json!({"transactionId": 0, "sum": 1})).status, 404);
}

#[test]
fn a_port_is_free_again_after_shutdown() {
    let sandbox = start(options().data(Data::Empty));
    let client = Client::of(&sandbox);
    let mut open = client.connect();
    let port = sandbox.base_url().rsplit(':').next().unwrap().parse().unwrap();
    sandbox.shutdown();
    assert!(matches!(open.read(&mut [0; 1]), Ok(0) | Err(_)), "an open connection ends too");
    let again = loyalty_sandbox::Sandbox::start(options().data(Data::Empty), port).unwrap();
    assert!(loyalty_sandbox::Sandbox::start(options().data(Data::Empty), port).is_err());
    Client::of(&again).get("account_groups/list").ok();
}

#[derive(Debug, Clone)]
enum Act {
    Refill(i64),
    Withdraw(i64),
    Visit { sum: i64, spend: i64 },
    Outside { accrued: i64, spent: i64 },
    Correct { newest: bool, add: i64 },
    Days(u32),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (1..50_000i64).prop_map(Act::Refill),
        (1..50_000i64).prop_map(Act::Withdraw),
        (0..500_000i64, 0..20_000i64).prop_map(|(sum, spend)| Act::Visit { sum, spend }),
        (0..20_000i64, 0..20_000i64).prop_map(|(accrued, spent)| Act::Outside { accrued, spent }),
        (any::<bool>(), -20_000..20_000i64).prop_map(|(newest, add)| Act::Correct { newest, add }),
        (0..120u32).prop_map(Act::Days),
    ]
}

fn perform(sandbox: &RunningSandbox, client: &Client, id: i64, act: &Act) {
    match act {
        Act::Refill(sum) => drop(client.post("accounts/refill", &json!({"accountId": id, "sum": sum})).ok()),
        Act::Withdraw(sum) => drop(client.post("operations/withdraw", &json!({"accountId": id, "sum": sum}))),
        Act::Visit { sum, spend } => {
            drop(client.till(&json!({"phone": "+79161234567", "sum": sum, "spendBonus": spend})));
        }
        Act::Outside { accrued, spent } => drop(client.post(
            "external/register_check",
            &json!({
                "restCode": 1, "checkGuid": "2f1c8a52-4a55-4f0c-9a39-0b5a1d3c7e11", "accountId": id, "rkUnit": 1,
                "externalCheck": "1", "bonusSpentSum": spent, "discountSum": 0, "bonusAccruedSum": accrued,
                "moneySpentSum": 10_000, "checkData": "",
            }),
        )),
        Act::Correct { newest, add } => {
            let rows = sandbox.books().transactions(id).unwrap();
            let row = if *newest { rows.first() } else { rows.last() }.unwrap();
            // Refused if it would turn the sign.
            let _ = sandbox.books().correct_transaction(row.id, row.sum + add);
        }
        Act::Days(days) => sandbox.clock().advance_days(*days),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_balance_is_the_sum_of_movements_and_of_its_parts(
        acts in prop::collection::vec(act(), 1..25), hours in prop_oneof![Just(0u32), Just(48)]
    ) {
        let sandbox = start(options().data(Data::Empty).activation_hours(hours));
        let client = Client::of(&sandbox);
        let profile = json!({"accountGroupId": 3, "phone": "+79161234567", "firstName": "Анна"});
        let id = client.post("accounts/insert_by_template", &profile).ok()["id"].as_i64().unwrap();
        for act in &acts {
            perform(&sandbox, &client, id, act);
            let parts = client.get(&format!("accounts/get_balance_extended?accountId={id}")).ok();
            let sum = |list: &str| -> i64 {
                parts[list].as_array().unwrap().iter().map(|part| part["sum"].as_i64().unwrap()).sum()
            };
            let balance = parts["balance"].as_i64().unwrap();
            prop_assert_eq!(balance, sum("items") + parts["nonBurning"].as_i64().unwrap());
            let moved: i64 = sandbox.books().transactions(id).unwrap().iter().map(|row| row.sum).sum();
            prop_assert_eq!(balance + sum("pending"), moved, "after {:?}", act);
        }
    }
}

//! Every switch of a dialect, seen from outside.

// A test stops at the first thing that is not as it should be, and so do its steps.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use loyalty_sandbox::RunningSandbox;
use serde_json::{Value, json};
use support::{Client, options, start};

const PHONE: &str = "accounts/find_by_phone?phone=%2B79000000001";

fn speaking(words: &str) -> (RunningSandbox, Client) {
    let sandbox = start(options().dialect(words.parse().unwrap()));
    let client = Client::of(&sandbox);
    (sandbox, client)
}

fn rich(sandbox: &RunningSandbox) -> i64 {
    sandbox.books().richest_history().unwrap().unwrap().account_id
}

#[test]
fn the_permanent_token_is_taken_from_its_header_and_after_its_scheme() {
    let (sandbox, plain) = speaking("header=X-Pro-Token,scheme=Token");
    assert_eq!(plain.get(PHONE).refusal(), (401, "unauthorized".into()));
    let without_scheme = Client::with_header(&sandbox, "X-Pro-Token", "sandbox-token");
    assert_eq!(without_scheme.get(PHONE).status, 401);
    Client::with_header(&sandbox, "X-Pro-Token", "Token sandbox-token").get(PHONE).ok();
    sandbox.set_dialect("header=Authorization,scheme=Bearer".parse().unwrap());
    Client::with_header(&sandbox, "Authorization", "Bearer sandbox-token").get(PHONE).ok();
}

#[test]
fn phones_have_one_form_in_and_out() {
    for (word, own, foreign) in [
        ("e164", "%2B79000000001", "79000000001"),
        ("digits", "79000000001", "%2B79000000001"),
        ("national", "89000000001", "9000000001"),
        ("subscriber", "9000000001", "89000000001"),
    ] {
        let (_sandbox, client) = speaking(word);
        let account = client.get(&format!("accounts/find_by_phone?phone={own}")).ok();
        assert_eq!(account["phone"], own.replace("%2B", "+"), "{word}");
        let refused = client.get(&format!("accounts/find_by_phone?phone={foreign}"));
        assert_eq!(refused.refusal(), (400, "invalid_phone".into()), "{word}");
    }
}

#[test]
fn sums_are_rubles_everywhere_but_in_register_check() {
    for (word, fifty, balance) in
        [("ruble", json!("50.05"), json!("50.05")), ("ruble-number", json!(50.05), json!(50.05))]
    {
        let (sandbox, client) = speaking(word);
        let profile = json!({"accountGroupId": 3, "phone": "+79161234567", "firstName": "Анна"});
        let id = client.post("accounts/insert_by_template", &profile).ok()["id"].clone();
        client.post("operations/withdraw", &json!({"accountId": id, "sum": 300})).ok();
        let refill = json!({"accountId": id, "sum": fifty});
        assert_eq!(client.post("accounts/refill", &refill).ok()["balance"], balance);
        assert_eq!(sandbox.books().balance(id.as_i64().unwrap()).unwrap(), 5_005);
        let history = client.get(&format!("accounts/transactions?accountId={id}&count=1")).ok();
        assert_eq!(history[0]["sum"], fifty);
        let check = json!({
            "restCode": 1, "checkGuid": "2f1c8a52-4a55-4f0c-9a39-0b5a1d3c7e11", "accountId": id, "rkUnit": 1,
            "externalCheck": "1", "bonusSpentSum": 0, "discountSum": 0, "bonusAccruedSum": 1_000,
            "moneySpentSum": 10_000, "checkData": "",
        });
        assert_eq!(client.post("external/register_check", &check).ok()["balance"], 6_005);
        let half = client.post("accounts/refill", &json!({"accountId": id, "sum": 1.005}));
        assert_eq!(half.refusal(), (400, "invalid_sum".into()));
    }
}

#[test]
fn lists_are_bare_or_wrapped() {
    for (word, name) in [("data", "data"), ("items", "items"), ("result", "result")] {
        let (_sandbox, client) = speaking(word);
        assert_eq!(client.get("account_groups/list").ok()[name].as_array().unwrap().len(), 4);
        // Lists inside of a record stay as they are.
        assert!(client.get(PHONE).ok()["identifiers"].is_array());
    }
}

#[test]
fn a_missing_guest_is_told_in_four_ways() {
    let path = "accounts/find_by_phone?phone=%2B79990000000";
    for (word, body) in [("null", Value::Null), ("empty-object", json!({})), ("empty-list", json!([]))] {
        let (_sandbox, client) = speaking(word);
        assert_eq!(client.get(path).ok(), body, "{word}");
        assert_eq!(client.get("accounts/get_by_id?id=1").ok(), body, "{word}");
        assert_eq!(client.get("checks/get_by_id?id=999999999").status, 404, "{word}");
    }
    let (_sandbox, client) = speaking("404");
    assert_eq!(client.get(path).refusal(), (404, "not_found".into()));
}

#[test]
fn ids_and_sums_can_be_texts() {
    let (sandbox, client) = speaking("strings");
    let account = client.get(PHONE).ok();
    assert_eq!(account["id"], rich(&sandbox).to_string());
    assert!(account["balance"].as_str().unwrap().parse::<i64>().is_ok());
    assert!(account["level"]["accrualPercent"].is_i64());
    let refill = json!({"accountId": account["id"], "sum": "100"});
    assert!(client.post("accounts/refill", &refill).ok()["transactionId"].is_string());
}

#[test]
fn dates_have_five_forms_and_none_may_be_zeros() {
    for (word, moment, birthday) in [
        ("date-rfc3339", "2026-06-15T12:00:00+03:00", "1990-05-01"),
        ("date-offset", "2026-06-15 12:00:00+03", "1990-05-01"),
        ("date-day-first", "15.06.2026", "01.05.1990"),
        ("date-millis", "2026-06-15 12:00:00.000", "1990-05-01"),
        ("date-local", "2026-06-15T12:00:00", "1990-05-01"),
    ] {
        let (_sandbox, client) = speaking(word);
        let profile = json!({
            "accountGroupId": 3, "phone": "+79161234567", "firstName": "Анна", "birthday": birthday,
        });
        let account = client.post("accounts/insert_by_template", &profile).ok();
        assert_eq!(account["birthday"], birthday, "{word}");
        let path = format!("accounts/transactions?accountId={}&count=1", account["id"]);
        assert_eq!(client.get(&path).ok()[0]["date"], moment, "{word}");
    }
    let (_sandbox, client) = speaking("zero-dates");
    let profile =
        json!({"accountGroupId": 3, "phone": "+79161234567", "firstName": "Анна", "birthday": "0000-00-00"});
    assert_eq!(client.post("accounts/insert_by_template", &profile).ok()["birthday"], "0000-00-00");
}

#[test]
fn a_renamed_instance_answers_only_to_its_own_names() {
    let (sandbox, client) = speaking("renamed");
    assert_eq!(client.get(PHONE).refusal(), (404, "unknown_method".into()));
    let wrong_verb = client.get("accounts/findByPhone?phoneNumber=%2B79000000001");
    assert_eq!(wrong_verb.refusal(), (405, "wrong_verb".into()));
    let account = client.post("accounts/findByPhone", &json!({"phoneNumber": "+79000000001"})).ok();
    let id = rich(&sandbox);
    assert_eq!((&account["id"], &account["phoneNumber"]), (&json!(id), &json!("+79000000001")));
    assert_eq!(account["currentBalance"], sandbox.books().balance(id).unwrap());
    assert_eq!(account["discount"]["level"]["name"], "Платина");
    assert!(account["discount"]["level"]["progress"]["spent"].is_i64());
    assert!(account["balance"].is_null() && account["level"].is_null());

    let rows = client.post("accounts/getTransactions", &json!({"accountId": id, "last": 50})).ok();
    let accrual = rows.as_array().unwrap().iter().find(|row| row["operationType"] == "Начисление").unwrap();
    let receipt = client.get(&format!("checks/getById?checkId={}", accrual["check"]["id"])).ok();
    assert!(!receipt["lines"].as_array().unwrap().is_empty());
    assert!(receipt["totals"]["sum"].is_i64());

    // The record as it was read, sent back with one change.
    let mut changed = account.clone();
    changed["lastName"] = "Новикова-Белых".into();
    let body = changed.to_string();
    let updated = client.send("PUT", "/api/v0/accounts/update", Some(body.as_bytes())).unwrap().ok();
    assert_eq!(updated, changed);
    let refill = json!({"accountId": id, "amount": 100, "remark": "подарок"});
    assert_eq!(client.post("accounts/refill", &refill).ok()["id"].as_i64().map(|id| id > 0), Some(true));
    assert_eq!(sandbox.requests().of("accounts/find_by_phone").len(), 1);
}

#[test]
fn history_may_hide_the_callers_keys() {
    let (sandbox, client) = speaking("no-echo");
    let id = rich(&sandbox);
    client.post("accounts/refill", &json!({"accountId": id, "sum": 100, "comment": "ключ"})).ok();
    let row = client.get(&format!("accounts/transactions?accountId={id}&count=1")).ok()[0].clone();
    assert_eq!((&row["type"], &row["comment"]), (&json!("refill"), &Value::Null));
    assert!(!row.as_object().unwrap().contains_key("checkGuid"));
    assert_eq!(sandbox.books().transactions_by_comment("ключ").unwrap().len(), 1);
}

#[test]
fn temporary_codes_may_not_exist() {
    let (sandbox, client) = speaking("no-temporary-codes");
    let order = json!({"accountId": rich(&sandbox), "typeId": 2});
    assert_eq!(client.post("accounts/issue_identifier", &order).refusal(), (404, "unknown_method".into()));
    let description = client.send("GET", "/swagger/v1/swagger.json", None).unwrap().ok();
    assert!(description["paths"]["/accounts/issue_identifier"].is_null());
}

#[test]
fn optional_fields_may_be_null_or_never_sent() {
    let (_sandbox, client) = speaking("nulls");
    let account = client.get(PHONE).ok();
    assert!(account.as_object().unwrap().contains_key("middleName") && account["middleName"].is_null());
    let (_sandbox, client) = speaking("sparse");
    let account = client.get(PHONE).ok();
    for name in ["firstName", "level", "email"] {
        assert!(!account.as_object().unwrap().contains_key(name), "{name}");
    }
    assert!(account["balance"].is_i64());
}

#[test]
fn an_update_keeps_or_clears_what_is_not_sent() {
    for (word, kept) in [("partial-update", true), ("full-update", false)] {
        let (_sandbox, client) = speaking(word);
        let before = client.get(PHONE).ok();
        let change = json!({"id": before["id"], "phone": "+79000000001", "firstName": "Ева"});
        let after = client.post("accounts/update", &change).ok();
        assert_eq!(after["firstName"], "Ева");
        assert_eq!(after["lastName"] == before["lastName"], kept, "{word}");
        assert_eq!(after["level"].is_object(), kept, "{word}");
        assert_eq!(after["balance"], before["balance"]);
    }
}

#[test]
fn the_description_moves_and_changes_its_format() {
    let (sandbox, client) = speaking("swagger2,swagger-path=/docs/api.json");
    assert_eq!(client.send("GET", "/docs/api.json", None).unwrap().ok()["swagger"], "2.0");
    assert_eq!(client.send("GET", "/swagger/v1/swagger.json", None).unwrap().status, 404);
    sandbox.set_dialect("contract".parse().unwrap());
    let description = client.send("GET", "/swagger/v1/swagger.json", None).unwrap().ok();
    assert_eq!(description["openapi"], "3.1.0");
    assert_eq!(description["servers"][0]["url"], format!("{}/api/v0", sandbox.base_url()));
}

#[test]
fn a_dialect_is_set_over_http_and_a_wrong_word_is_refused() {
    let (sandbox, client) = speaking("contract");
    let set = |words: &str| {
        let body = json!({"dialect": words}).to_string();
        client.send("POST", "/sandbox/dialect", Some(body.as_bytes())).unwrap()
    };
    assert_eq!(set("renamed, ruble").ok()["dialect"], "ruble,renamed");
    assert!(sandbox.dialect().renamed);
    assert_eq!(set("klingon").refusal(), (400, "unknown_dialect".into()));
    assert!(sandbox.dialect().renamed);
}

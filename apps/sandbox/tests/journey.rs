//! A guest's story through the API and the till, flaws included.
// A test stops at the first thing that is not as it should be, and so do its steps.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use serde_json::{Value, json};
use support::{Client, options, start};

const GUID: &str = "2f1c8a52-4a55-4f0c-9a39-0b5a1d3c7e11";

fn register(client: &Client, phone: &str) -> Value {
    client
        .post(
            "accounts/insert_by_template",
            &json!({"accountGroupId": 3, "phone": phone, "firstName": "Анна", "birthday": "1990-05-01"}),
        )
        .ok()
}

fn outside_purchase(account_id: i64, accrued: i64, spent: i64) -> Value {
    json!({
        "restCode": 4, "checkGuid": GUID, "accountId": account_id, "rkUnit": 1, "externalCheck": "D-17",
        "bonusSpentSum": spent, "discountSum": 0, "bonusAccruedSum": accrued, "moneySpentSum": 100_000,
        "checkData": "Пицца",
    })
}

#[test]
fn a_guest_registers_by_template_and_gets_level_welcome_bonus_and_burn_rule() {
    let sandbox = start(options());
    let client = Client::of(&sandbox);
    let groups = client.get("account_groups/list").ok();
    let group = groups.as_array().unwrap().iter().find(|group| group["id"] == 3).unwrap().clone();
    assert_eq!(group["name"], "Самостоятельно зарегистрировавшиеся");
    assert_eq!(group["haveTemplate"], true);

    let account = register(&client, "+79161234567");
    assert_eq!(account["balance"], 30_000);
    assert_eq!(account["level"]["name"], "Бронза");
    assert_eq!(account["level"]["nextLevelFrom"], 1_000_000);
    assert_eq!(client.get("accounts/find_by_phone?phone=%2B79161234567").ok(), account);

    let id = account["id"].as_i64().unwrap();
    let balance = client.get(&format!("accounts/get_balance_extended?accountId={id}")).ok();
    assert_eq!(balance["items"], json!([{"sum": 30_000, "burnDate": "2026-12-12"}]));
    assert_eq!((&balance["balance"], &balance["nonBurning"]), (&json!(30_000), &json!(0)));
    let history = client.get(&format!("accounts/transactions?accountId={id}&count=5")).ok();
    assert_eq!(history.as_array().unwrap().len(), 1);
    assert_eq!(history[0]["type"], "welcome");
    assert_eq!(history[0]["date"], "2026-06-15T12:00:00+03:00");
}

#[test]
fn a_group_without_template_is_refused_and_a_known_phone_is_a_conflict() {
    let sandbox = start(options());
    let client = Client::of(&sandbox);
    let profile = json!({"accountGroupId": 1, "phone": "+79161234567", "firstName": "Анна"});
    let refused = client.post("accounts/insert_by_template", &profile);
    assert_eq!(refused.refusal(), (422, "group_without_template".into()));
    assert_eq!(refused.json()["field"], "accountGroupId");
    let counts = sandbox.books().counts().unwrap();
    register(&client, "+79161234567");
    let again = json!({"accountGroupId": 3, "phone": "+79161234567", "firstName": "Анна"});
    assert_eq!(client.post("accounts/insert_by_template", &again).refusal(), (409, "phone_taken".into()));
    assert_eq!(sandbox.books().counts().unwrap().guests, counts.guests + 1);
    sandbox.set_dialect("existing-returned".parse().unwrap());
    assert_eq!(client.post("accounts/insert_by_template", &again).ok()["balance"], 30_000);
}

#[test]
fn a_repeated_guid_is_accrued_twice() {
    let sandbox = start(options());
    let client = Client::of(&sandbox);
    let id = register(&client, "+79161234567")["id"].as_i64().unwrap();
    let first = client.post("external/register_check", &outside_purchase(id, 5_000, 1_000)).ok();
    let second = client.post("external/register_check", &outside_purchase(id, 5_000, 1_000)).ok();
    assert_eq!(first["balance"], 34_000);
    assert_eq!(second["balance"], 38_000);
    assert_ne!(first["transactionIds"], second["transactionIds"]);
    assert_eq!(sandbox.books().accruals_by_guid(GUID).unwrap().len(), 2);
    assert_eq!(sandbox.books().account(id).unwrap().unwrap().turnover, 200_000);
    let history = client.get(&format!("accounts/transactions?accountId={id}&count=1")).ok();
    assert_eq!(history[0]["checkGuid"], GUID);
    assert_eq!(history[0]["externalCheck"], "D-17");
    assert_eq!(history[0]["restName"], "Доставка");
    assert_eq!(history[0]["moneySpent"], 100_000);
}

#[test]
fn a_second_refill_is_a_second_accrual_and_a_withdrawal_stops_at_the_balance() {
    let sandbox = start(options());
    let client = Client::of(&sandbox);
    let id = register(&client, "+79161234567")["id"].as_i64().unwrap();
    let refill = json!({"accountId": id, "sum": 700, "comment": "за отзыв"});
    client.post("accounts/refill", &refill).ok();
    assert_eq!(client.post("accounts/refill", &refill).ok()["balance"], 31_400);
    assert_eq!(sandbox.books().transactions_by_comment("за отзыв").unwrap().len(), 2);
    let too_much = json!({"accountId": id, "sum": 31_401});
    assert_eq!(client.post("operations/withdraw", &too_much).refusal(), (422, "insufficient_balance".into()));
    let all = json!({"accountId": id, "sum": 31_400});
    assert_eq!(client.post("operations/withdraw", &all).ok()["balance"], 0);
    assert_eq!(sandbox.books().lots(id).unwrap(), []);
}

#[test]
fn a_visit_makes_a_receipt_spends_accrues_and_moves_the_guest_up_the_ladder() {
    let sandbox = start(options());
    let client = Client::of(&sandbox);
    let id = register(&client, "+79161234567")["id"].as_i64().unwrap();
    let code = client.post("accounts/issue_identifier", &json!({"accountId": id, "typeId": 2})).ok();
    let digits = code["value"].as_str().unwrap();
    assert!(digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit()));
    assert_eq!(code["expiresAt"], "2026-06-15T12:10:00+03:00");

    let visit = client.till(&json!({"code": digits, "sum": 1_030_000, "spendBonus": 30_000})).ok();
    // 3 % of the 10,000 roubles that were paid with money.
    assert_eq!((&visit["paid"], &visit["bonusAccrued"]), (&json!(1_000_000), &json!(30_000)));
    assert_eq!((&visit["balance"], &visit["level"]["name"]), (&json!(30_000), &json!("Серебро")));
    let receipt = client.get(&format!("checks/get_by_id?id={}", visit["checkId"])).ok();
    let dishes = receipt["dishes"].as_array().unwrap();
    assert_eq!(dishes.iter().map(|dish| dish["sum"].as_i64().unwrap()).sum::<i64>(), 1_030_000);
    assert_eq!(receipt["bonusSpent"], 30_000);

    sandbox.clock().advance_minutes(11);
    let late = client.till(&json!({"code": digits, "sum": 100}));
    assert_eq!(late.refusal(), (404, "not_found".into()));
    // Now 5 %.
    assert_eq!(client.till(&json!({"phone": "+79161234567", "sum": 10_000})).ok()["bonusAccrued"], 500);
}

#[test]
fn given_dishes_are_kept_and_must_add_up() {
    let sandbox = start(options());
    let client = Client::of(&sandbox);
    let dish = json!({"name": "Стейк", "quantity": 0.35, "price": 200_000, "sum": 70_000});
    let visit = json!({"phone": "+79000000001", "sum": 70_000, "dishes": [dish]});
    let id = client.till(&visit).ok()["checkId"].clone();
    assert_eq!(client.get(&format!("checks/get_by_id?id={id}")).ok()["dishes"], json!([dish]));
    let wrong = json!({"phone": "+79000000001", "sum": 70_001, "dishes": [dish]});
    assert_eq!(client.till(&wrong).refusal(), (422, "dishes_do_not_add_up".into()));
}

#[test]
fn bonuses_burn_when_their_business_day_begins() {
    let sandbox = start(options().day_change("06:00".parse().unwrap()));
    let client = Client::of(&sandbox);
    let id = register(&client, "+79161234567")["id"].as_i64().unwrap();
    sandbox.clock().set("2026-12-12T05:59:59+03:00".parse().unwrap());
    assert_eq!(client.get(&format!("accounts/get_by_id?id={id}")).ok()["balance"], 30_000);
    sandbox.clock().set("2026-12-12T06:00:00+03:00".parse().unwrap());
    assert_eq!(client.get(&format!("accounts/get_by_id?id={id}")).ok()["balance"], 0);
    let history = client.get(&format!("accounts/transactions?accountId={id}&count=1")).ok();
    assert_eq!(history[0]["type"], "burn");
    assert_eq!(history[0]["sum"], -30_000);
    assert_eq!(history[0]["date"], "2026-12-12T06:00:00+03:00");
    assert_eq!(history[0]["balanceAfter"], 0);
}

#[test]
fn bonuses_of_a_purchase_can_be_held_back() {
    let sandbox = start(options().activation_hours(48));
    let client = Client::of(&sandbox);
    let id = register(&client, "+79161234567")["id"].as_i64().unwrap();
    client.post("external/register_check", &outside_purchase(id, 5_000, 0)).ok();
    let path = format!("accounts/get_balance_extended?accountId={id}");
    let balance = client.get(&path).ok();
    assert_eq!(balance["balance"], 30_000);
    assert_eq!(balance["pending"], json!([{"sum": 5_000, "activeFrom": "2026-06-17T12:00:00+03:00"}]));
    sandbox.clock().advance_days(2);
    let balance = client.get(&path).ok();
    assert_eq!((&balance["balance"], &balance["pending"]), (&json!(35_000), &json!([])));
}

#[test]
fn a_negative_balance_comes_only_of_a_correction_and_the_parts_still_add_up() {
    let sandbox = start(options());
    let client = Client::of(&sandbox);
    let id = register(&client, "+79161234567")["id"].as_i64().unwrap();
    client.post("operations/withdraw", &json!({"accountId": id, "sum": 20_000})).ok();
    let welcome = sandbox.books().transactions(id).unwrap().pop().unwrap();
    sandbox.books().correct_transaction(welcome.id, 5_000).unwrap();
    let balance = client.get(&format!("accounts/get_balance_extended?accountId={id}")).ok();
    assert_eq!(balance["balance"], -15_000);
    assert_eq!((&balance["items"], &balance["nonBurning"]), (&json!([]), &json!(-15_000)));
    let rows = client.get(&format!("accounts/transactions?accountId={id}&count=9")).ok();
    assert_eq!((&rows[0]["balanceAfter"], &rows[1]["balanceAfter"]), (&json!(-15_000), &json!(5_000)));
    client.post("accounts/refill", &json!({"accountId": id, "sum": 20_000})).ok();
    let balance = client.get(&format!("accounts/get_balance_extended?accountId={id}")).ok();
    assert_eq!(balance["items"][0]["sum"], 5_000);
}

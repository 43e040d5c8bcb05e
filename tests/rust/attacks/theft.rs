//! One guest after another guest's data.

use std::collections::BTreeSet;

use loyalty_core::domain::AccountId;
use loyalty_tests::caller::{Answer, Caller};
use loyalty_tests::gateway::GatewayScene;
use loyalty_tests::scene::RICHEST;
use serde_json::{Value, json};

/// Two guests of one gateway, signed in.
struct Two {
    scene: GatewayScene,
    victim: Caller,
    thief: Caller,
    /// The thief's account.
    own: AccountId,
}

impl Two {
    async fn start() -> Self {
        let scene = GatewayScene::start().await;
        let number = scene.scene.second_guest().await;
        let own = scene.scene.sandbox.books().account_by_phone(&number).unwrap().unwrap().id;
        let victim = scene.caller().with_token(&scene.tokens(RICHEST).await.0);
        let thief = scene.caller().with_token(&scene.tokens(&number).await.0);
        // So that each session knows its account: one that does not opens nothing at all.
        for guest in [&victim, &thief] {
            assert_eq!(guest.get("/v1/me/snapshot").await.status, 200);
        }
        Self { scene, victim, thief, own: AccountId(own) }
    }

    /// Every reference to a receipt in the victim's first page.
    async fn references(&self) -> Vec<String> {
        let page = self.victim.get("/v1/me/transactions?limit=100").await;
        let rows = page.json["transactions"].as_array().unwrap();
        rows.iter().filter_map(|row| Some(row["receipt"].as_str()?.to_owned())).collect()
    }
}

/// An answer of "there is no such thing", with nothing else in it.
fn assert_nothing(answer: &Answer, what: &str) {
    assert_eq!((answer.status, answer.code()), (404, "not_found"), "{what}: {answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_guests_receipts_are_as_if_they_did_not_exist() {
    let two = Two::start().await;
    let references = two.references().await;
    assert!(references.len() > 10);
    let nowhere = two.thief.get("/v1/me/receipts/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").await;
    for reference in references.iter().take(12) {
        let path = format!("/v1/me/receipts/{reference}");
        assert_eq!(two.victim.get(&path).await.status, 200);
        let stolen = two.thief.get(&path).await;
        assert_nothing(&stolen, reference);
        assert_eq!(stolen.problem(), nowhere.problem());
    }
    // Not even ProBonus was asked for the thief.
    assert_eq!(two.scene.scene.count("checks/get_by_id"), 12);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_books_own_numbers_open_no_receipt() {
    let two = Two::start().await;
    let books = two.scene.scene.sandbox.books();
    let mine: Vec<i64> = books.checks(two.own.0).unwrap().iter().map(|check| check.id).take(5).collect();
    assert!(!mine.is_empty());
    for id in mine.into_iter().chain([0, 1, 2, 3, -1]) {
        assert_nothing(&two.thief.get(&format!("/v1/me/receipts/{id}")).await, &id.to_string());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_reference_opens_nothing() {
    let two = Two::start().await;
    let reference = two.references().await.remove(0);
    let before = two.scene.scene.count("checks/get_by_id");
    for position in (0..reference.len()).step_by(reference.len() / 12) {
        let mut changed = reference.clone().into_bytes();
        changed[position] = if changed[position] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert_nothing(&two.victim.get(&format!("/v1/me/receipts/{changed}")).await, &changed);
    }
    for cut in [reference.len() - 1, reference.len() / 2, 1] {
        assert_nothing(&two.victim.get(&format!("/v1/me/receipts/{}", &reference[..cut])).await, "cut");
    }
    let doubled = format!("{reference}{reference}");
    assert_nothing(&two.victim.get(&format!("/v1/me/receipts/{doubled}")).await, "doubled");
    assert_eq!(two.scene.scene.count("checks/get_by_id"), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_guests_cursor_is_refused_and_so_is_a_changed_one() {
    let two = Two::start().await;
    let page = two.victim.get("/v1/me/transactions?limit=10").await;
    let cursor = page.json["next"].as_str().unwrap().to_owned();
    let second = two.victim.get(&format!("/v1/me/transactions?cursor={cursor}")).await;
    assert_eq!(second.status, 200, "{second:?}");
    let asked = two.scene.scene.count("accounts/transactions");
    let stolen = two.thief.get(&format!("/v1/me/transactions?cursor={cursor}")).await;
    assert_eq!((stolen.status, stolen.code()), (400, "rejected"), "{stolen:?}");
    assert_eq!(stolen.json["field"], "cursor");
    for position in (0..cursor.len()).step_by(cursor.len() / 8) {
        let mut changed = cursor.clone().into_bytes();
        changed[position] = if changed[position] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        let answer = two.victim.get(&format!("/v1/me/transactions?cursor={changed}")).await;
        assert_eq!((answer.status, answer.code()), (400, "rejected"), "{position}: {answer:?}");
    }
    // A receipt's reference is sealed with the same key, and is no cursor all the same.
    let reference = &two.references().await[0];
    let crossed = two.victim.get(&format!("/v1/me/transactions?cursor={reference}")).await;
    assert_eq!(crossed.status, 400, "{crossed:?}");
    let crossed = two.victim.get(&format!("/v1/me/receipts/{cursor}")).await;
    assert_nothing(&crossed, "a cursor");
    assert!(two.scene.scene.count("accounts/transactions") <= asked + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn naming_another_guest_in_a_request_gives_nothing_of_theirs() {
    let two = Two::start().await;
    let victim = two.scene.scene.richest().0;
    let number = RICHEST.replace('+', "%2B");
    for query in [
        format!("accountId={victim}"),
        format!("account_id={victim}"),
        format!("id={victim}"),
        format!("phone={number}"),
        format!("guest={victim}&session=1"),
    ] {
        for path in ["snapshot", "transactions", "consents", "export"] {
            let answer = two.thief.get(&format!("/v1/me/{path}?{query}")).await;
            assert!(answer.status == 200 || answer.status == 400, "{answer:?}");
            assert!(!answer.text.contains(RICHEST), "{path}?{query}");
            if let Some(id) = answer.json["account"]["id"].as_i64() {
                assert_eq!(id, two.own.0, "{path}?{query}");
            }
        }
    }
    for name in ["X-Account-Id", "X-Phone", "X-User-Id", "X-Original-URL", "X-Forwarded-User"] {
        let answer = two.thief.with(name, RICHEST).get("/v1/me/snapshot").await;
        assert_eq!(answer.json["account"]["id"].as_i64(), Some(two.own.0), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_that_names_another_guest_is_refused_and_changes_nobody() {
    let two = Two::start().await;
    let victim = two.scene.scene.richest().0;
    let digest = two.scene.scene.sandbox.books().digest().unwrap();
    for body in [
        json!({"firstName": "Вор", "accountId": victim}),
        json!({"firstName": "Вор", "id": victim}),
        json!({"firstName": "Вор", "phone": RICHEST}),
        json!({"firstName": "Вор", "balance": 1_000_000}),
        json!({"firstName": "Вор", "accountGroupId": 2}),
        json!({"firstName": "Вор", "discountId": 4}),
    ] {
        let request = two.thief.request("PATCH", "/v1/me/profile").header("content-type", "application/json");
        let answer = two.thief.send(request.body(body.to_string())).await;
        assert_eq!((answer.status, answer.code()), (400, "rejected"), "{body}: {answer:?}");
        let answer = two.thief.post("/v1/me/registration", &body).await;
        assert_eq!(answer.status, 400, "{body}: {answer:?}");
    }
    assert_eq!(two.scene.scene.sandbox.books().digest().unwrap(), digest);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_guests_entity_tag_gets_ones_own_snapshot() {
    let two = Two::start().await;
    let theirs = two.victim.get("/v1/me/snapshot").await;
    let tag = theirs.header("etag").to_owned();
    assert_eq!(two.victim.with("if-none-match", &tag).get("/v1/me/snapshot").await.status, 304);
    let own = two.thief.with("if-none-match", &tag).get("/v1/me/snapshot").await;
    assert_eq!((own.status, own.json["account"]["id"].as_i64()), (200, Some(two.own.0)));
    assert_ne!(own.header("etag"), tag);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_route_of_a_guests_moves_bonuses() {
    let two = Two::start().await;
    let digest = two.scene.scene.sandbox.books().digest().unwrap();
    for path in [
        "/v1/me/refill",
        "/v1/refill",
        "/v1/accounts/refill",
        "/api/v0/accounts/refill",
        "/v1/me/transactions",
        "/v1/me/balance",
        "/v1/external/register_check",
        "/api/v0/external/register_check",
        "/api/v0/accounts/find_by_phone?phone=%2B79000000001",
        "/v1/devices",
        "/v1/me/deletions",
        "/v1/consents",
        "/metrics",
        "/v1/metrics",
        "/v1/me",
        "/",
    ] {
        for method in ["POST", "PUT", "GET"] {
            let answer = two.thief.call(method, path).await;
            let reads = method == "GET" && path == "/v1/me/transactions";
            assert!(reads || matches!(answer.status, 404 | 405), "{method} {path}: {answer:?}");
        }
    }
    assert_eq!(two.scene.scene.sandbox.books().digest().unwrap(), digest);
}

/// Every name of a member, at any depth.
fn members(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                found.insert(name.clone());
                members(value, found);
            }
        }
        Value::Array(list) => list.iter().for_each(|value| members(value, found)),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_staff_write_for_staff_and_no_card_leaves() {
    let two = Two::start().await;
    let secret = "Грубил официанту";
    let account = two.scene.scene.richest();
    two.scene.scene.sandbox.books().adjust(account.0, 700, secret).unwrap();
    let mut names = BTreeSet::new();
    for path in ["snapshot", "transactions?limit=100", "export"] {
        let answer = two.victim.with("cache-control", "no-cache").get(&format!("/v1/me/{path}")).await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        assert!(!answer.text.contains(secret), "{path}");
        members(&answer.json, &mut names);
    }
    for name in ["comment", "key", "checkGuid", "externalCheck", "identifiers", "checkId", "token"] {
        assert!(!names.contains(name), "{name} left");
    }
}

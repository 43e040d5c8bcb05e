//! What a guest is shown.

use loyalty_sandbox::{Data, Options};
use serde_json::json;

use crate::world::{NEWCOMER, VETERAN, World, document, shape};

const REGISTER: [&str; 6] = ["guest", "register", "--phone", NEWCOMER, "--first-name", "Анна"];

const ACCOUNT: &str = "{balance: int, birthday: text, blocked: bool, coupons: [], email: text, firstName: text, \
    groupId: int, id: int, identifiers: [], lastName: text, level: {accrualBasisPoints: int, \
    discountBasisPoints: null, id: int, name: text, next: {from: int, name: text}, turnover: int}, \
    middleName: null, phone: text, sex: text}";

#[test]
fn a_newcomer_is_registered_once_and_welcomed_again() {
    let world = World::new();
    let form = [
        "--last-name",
        "Смирнова",
        "--birthday",
        "1991-04-12",
        "--email",
        "a@example.org",
        "--sex",
        "female",
    ];
    let first = world.json(&[&REGISTER[..], &form].concat());
    assert_eq!(shape(&first), format!("{{account: {ACCOUNT}, created: bool}}"));
    assert_eq!(first["created"], true);
    assert_eq!(first["account"]["phone"], "+79123456789");
    assert_eq!(first["account"]["balance"], 30_000);
    assert_eq!(first["account"]["groupId"], 3);

    let again = world.json(&REGISTER);
    assert_eq!(again["created"], false);
    assert_eq!(again["account"]["id"], first["account"]["id"]);
    assert_eq!(world.sandbox.requests().count("accounts/insert_by_template"), 1);
    assert!(world.text(&REGISTER).contains("Welcome back, Анна!"));
}

#[test]
fn a_guest_is_found_by_any_form_of_the_phone() {
    let world = World::new();
    let id = world.account_id(VETERAN);
    for form in ["8 (900) 000-00-01", "79000000001", "9000000001", "+7 900 000 00 01"] {
        assert_eq!(world.account_id(form), id, "{form}");
    }
    let text = world.text(&["guest", "find", VETERAN, "--lang", "ru"]);
    assert!(text.contains("Телефон") && text.contains("+7 900 000-00-01"), "{text}");
}

#[test]
fn an_update_changes_what_is_named_and_nothing_else() {
    let world = World::new();
    world.sandbox.set_dialect("full-update".parse().unwrap());
    let before = world.json(&["guest", "find", VETERAN]);
    let line = ["guest", "update", VETERAN, "--last-name", "Иванов", "--clear-birthday"];
    let changed = world.json(&line);
    let mut expected = before;
    expected["lastName"] = json!("Иванов");
    expected["birthday"] = json!(null);
    assert_eq!(changed, json!({"account": expected, "unasked": [], "ignored": []}));
    assert_eq!(world.error(2, &["guest", "update", VETERAN])["field"], "change");
    let both = ["guest", "update", VETERAN, "--email", "a@example.org", "--clear-email"];
    assert_eq!(world.error(2, &both)["field"], "email");
    assert!(world.text(&["guest", "update", VETERAN, "--sex", "male", "--lang", "ru"]).contains("Сохранено"));
}

#[test]
fn a_server_that_ignores_a_change_is_not_believed() {
    let world = World::new();
    // This one takes null for "leave it as it is".
    world.sandbox.set_dialect("partial-update".parse().unwrap());
    let line = ["guest", "update", VETERAN, "--last-name", "Иванов", "--clear-birthday"];
    let run = world.run(&[&line[..], &["--json"]].concat());
    assert_eq!(run.status, Some(1), "{run:?}");
    let told = document(&run);
    assert_eq!((&told["ignored"], &told["account"]["lastName"]), (&json!(["birthday"]), &json!("Иванов")));
    assert!(world.run(&line).stdout.contains("The server did not change: birthday"));
}

#[test]
fn the_balance_document_is_the_promised_one_and_adds_up() {
    let world = World::new();
    let balance = world.json(&["balance", VETERAN]);
    assert_eq!(
        shape(&balance),
        "{accountId: int, asOf: text, balance: int, burns: [{amount: int, on: text}], consistent: bool, freshness: text, \
         nonBurning: int, pending: []}"
    );
    let id = balance["accountId"].as_i64().unwrap();
    assert_eq!(balance["balance"], world.sandbox.books().balance(id).unwrap());
    let burns: i64 =
        balance["burns"].as_array().unwrap().iter().map(|burn| burn["amount"].as_i64().unwrap()).sum();
    assert_eq!(burns + balance["nonBurning"].as_i64().unwrap(), balance["balance"].as_i64().unwrap());
    assert_eq!(balance["consistent"], true);
}

#[test]
fn pending_bonuses_stand_beside_the_balance() {
    let options = Options::at("2026-06-15".parse().unwrap()).data(Data::Small(5)).activation_hours(24);
    let world = World::with(options);
    let id = world.account_id(VETERAN).to_string();
    let check = ["check", "register", "--account", &id, "--rest-code", "2", "--rk-unit", "1"];
    let sums = ["--external-check", "D-1", "--money-spent", "100000", "--bonus-accrued", "5000"];
    world.json(&[&check[..], &sums].concat());
    let balance = world.json(&["balance", VETERAN]);
    let pending = balance["pending"].as_array().unwrap();
    assert!(pending.contains(&json!({"amount": 5000, "activeFrom": "2026-06-16T09:00:00Z"})), "{balance}");
    assert!(world.text(&["balance", VETERAN]).contains("Available soon"));
}

#[test]
fn a_balance_is_told_in_the_asked_language() {
    let world = World::new();
    let russian = world.text(&["balance", VETERAN, "--lang", "ru"]);
    assert!(russian.contains("Когда сгорают") && russian.contains("+7 ••• •••-00-01"), "{russian}");
    assert!(russian.contains('█') && russian.contains("начисляем 10\u{a0}%"), "{russian}");
    let mut command = world.command(&["balance", VETERAN]);
    let by_locale = crate::world::run(command.env("LANG", "ru_RU.UTF-8"));
    assert_eq!(by_locale.stdout, russian);
    assert!(world.text(&["balance", VETERAN]).contains("When they expire"));
}

const ROW: &str = "{at: text, balanceAfter: int, checkGuid: null, comment: null, externalCheck: null, id: int, \
    key: null, kind: text, kindText: null, moneySpent: int, receiptId: text, sum: int, venue: text, venueCode: int}";

#[test]
fn the_newest_operations_say_how_to_go_on() {
    let world = World::new();
    let page = world.json(&["history", VETERAN, "--last", "5"]);
    assert_eq!(
        shape(&page),
        format!("{{asOf: text, cutShort: null, freshness: text, next: text, transactions: [{ROW}]}}")
    );
    let rows = page["transactions"].as_array().unwrap();
    assert_eq!(rows.len(), 5);
    let next = page["next"].as_str().unwrap();
    let rest = world.json(&["history", VETERAN, "--from", "2026-01-01", "--to", next]);
    let seen = rest["transactions"].as_array().unwrap().iter().any(|row| row["id"] == rows[4]["id"]);
    assert!(seen, "the rest begins with the day of the oldest row seen");
    assert_eq!(rest["next"], json!(null));
}

#[test]
fn the_last_business_day_of_a_period_belongs_to_it() {
    let world = World::new();
    let row = &world.json(&["history", VETERAN, "--last", "1"])["transactions"][0];
    let at: jiff::Timestamp = row["at"].as_str().unwrap().parse().unwrap();
    let day = at.in_tz("Europe/Moscow").unwrap().date();
    let rows = |from: String, to: String| {
        let document = world.json(&["history", VETERAN, "--from", &from, "--to", &to]);
        document["transactions"].as_array().unwrap().iter().filter(|one| one["id"] == row["id"]).count()
    };
    assert_eq!(rows(day.to_string(), day.to_string()), 1);
    let before = day.yesterday().unwrap().to_string();
    assert_eq!(rows(before.clone(), before), 0);
    // After five in the morning begins a business day of its own.
    let late = format!("{:02}:59", at.in_tz("Europe/Moscow").unwrap().hour());
    let shifted =
        ["history", VETERAN, "--from", &day.to_string(), "--to", &day.to_string(), "--day-change", &late];
    assert_eq!(world.json(&shifted)["transactions"], json!([]));
}

#[test]
fn a_whole_history_is_read_window_by_window() {
    let world = World::new();
    let id = world.account_id(VETERAN);
    let all = world.json(&["history", VETERAN, "--from", "2015-01-01"]);
    let booked = world.sandbox.books().transactions(id).unwrap();
    assert_eq!(all["transactions"].as_array().unwrap().len(), booked.len());
    assert!(world.sandbox.requests().count("accounts/transactions") > 3);
}

#[test]
fn history_stands_under_its_days() {
    let world = World::new();
    let text = world.text(&["history", VETERAN, "--last", "3", "--lang", "ru"]);
    assert!(text.starts_with("\n  Вчера\n    21:27  Начисление за покупку  +"), "{text}");
}

#[test]
fn a_receipt_goes_down_to_its_dishes() {
    let world = World::new();
    let history = world.json(&["history", VETERAN, "--last", "1"]);
    let id = history["transactions"][0]["receiptId"].as_str().unwrap().to_owned();
    let receipt = world.json(&["receipt", &id]);
    assert_eq!(
        shape(&receipt),
        "{at: text, bonusAccrued: int, bonusSpent: int, discount: int, dishes: [{name: text, price: int, \
         quantityThousandths: int, sum: int}], id: text, number: text, paid: int, total: int, venue: text, \
         venueCode: int}"
    );
    let sum: i64 =
        receipt["dishes"].as_array().unwrap().iter().map(|dish| dish["sum"].as_i64().unwrap()).sum();
    assert_eq!(receipt["total"], sum);
    let text = world.text(&["receipt", &id, "--lang", "ru"]);
    assert!(text.contains("┌─") && text.contains("Оплачено") && text.contains("└─"), "{text}");
}

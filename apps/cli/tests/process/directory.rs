//! What a restaurant sets up, read and changed.

use serde_json::json;

use crate::world::{NEWCOMER, VETERAN, World, shape};

const GROUP: &str = "{hasTemplate: bool, id: int, name: text, template: {bonusLifetimeDays: int, levelId: int, \
    welcomeBonus: int}}";

#[test]
fn groups_are_listed_shown_created_and_changed() {
    let world = World::new();
    let groups = world.json(&["groups"]);
    assert_eq!(groups, world.json(&["group", "list"]));
    let third = groups["groups"].as_array().unwrap().iter().find(|group| group["id"] == 3).unwrap();
    assert_eq!(shape(third), GROUP);
    assert_eq!(&world.json(&["group", "show", "3"]), third);

    let terms = ["--template", "--level", "10", "--welcome-bonus", "15000", "--bonus-lifetime", "30"];
    let created = world.json(&[&["group", "create", "--name", "Летняя"][..], &terms].concat());
    assert_eq!(shape(&created), GROUP);
    let id = created["id"].as_i64().unwrap().to_string();
    let changed = world.json(&["group", "update", &id, "--welcome-bonus", "20000"]);
    let mut expected = created;
    expected["template"]["welcomeBonus"] = json!(20_000);
    assert_eq!(changed, expected);
    let closed = world.json(&["group", "update", &id, "--no-template", "--name", "Зимняя"]);
    assert_eq!((&closed["hasTemplate"], &closed["name"]), (&json!(false), &json!("Зимняя")));
    assert_eq!(world.error(2, &["group", "update", &id])["field"], "change");
    assert!(world.text(&["groups"]).starts_with("ID  NAME"));
}

#[test]
fn accounts_are_paged_shown_created_and_changed() {
    let world = World::new();
    let page = world.json(&["account", "list", "--limit", "15"]);
    let accounts = page["accounts"].as_array().unwrap();
    assert_eq!((accounts.len(), &page["next"]), (15, &json!(15)));
    let rest = world.json(&["account", "list", "--limit", "15", "--offset", "15"]);
    assert_eq!((rest["accounts"].as_array().unwrap().len(), &rest["next"]), (5, &json!(null)));
    let id = accounts[0]["id"].as_i64().unwrap().to_string();
    assert_eq!(world.json(&["account", "show", &id]), accounts[0]);

    let form = ["account", "create", "--phone", NEWCOMER, "--first-name", "Анна", "--group", "1"];
    let terms = ["--identifier", "1:7000000000000001", "--bonus", "10", "--bonus-lifetime", "60"];
    let created = world.json(&[&form[..], &terms].concat());
    assert_eq!(created["identifiers"], json!([{"typeId": 1, "value": "7000000000000001"}]));
    assert_eq!(created["groupId"], 1);
    let id = created["id"].as_i64().unwrap().to_string();
    let update = world.json(&["account", "update", &id, "--group", "4", "--first-name", "Яна"]);
    assert_eq!((&update["account"]["groupId"], &update["account"]["firstName"]), (&json!(4), &json!("Яна")));
    let update = world.json(&[
        "account",
        "update",
        &id,
        "--phone",
        "8 916 555-44-33",
        "--block",
        "--identifier",
        "1:7000000000000002",
    ]);
    let account = &update["account"];
    assert_eq!((&account["phone"], &account["blocked"]), (&json!("+79165554433"), &json!(true)));
    assert_eq!(account["identifiers"], json!([{"typeId": 1, "value": "7000000000000002"}]));
    assert_eq!(update["unasked"], json!([]));
    let update = world.json(&["account", "update", &id, "--unblock"]);
    assert_eq!(update["account"]["blocked"], json!(false));
    assert!(world.text(&["account", "list", "--limit", "2"]).starts_with("ID"));
    assert!(world.text(&["account", "show", &id]).contains("Яна"));
}

#[test]
fn a_code_for_the_till_is_issued() {
    let world = World::new();
    let id = world.account_id(VETERAN).to_string();
    let code = world.json(&["account", "issue-code", &id, "--type", "2"]);
    assert_eq!(shape(&code), "{expiresAt: text, value: text}");
    assert_eq!(code["value"].as_str().unwrap().len(), 6);
    assert!(world.text(&["account", "issue-code", &id, "--type", "2"]).contains("until 12:10"));
}

#[test]
fn identifier_types_are_listed_created_and_changed() {
    let world = World::new();
    let created = world.json(&["identifier-type", "create", "--name", "Кольцо", "--mask", "9#####"]);
    assert_eq!(shape(&created), "{id: int, mask: text, name: text}");
    let id = created["id"].as_i64().unwrap().to_string();
    let changed = world.json(&["identifier-type", "update", &id, "--name", "Браслет"]);
    assert_eq!(changed, json!({"id": created["id"], "mask": "9#####", "name": "Браслет"}));
    let listed = world.json(&["identifier-type", "list"]);
    assert!(listed["identifierTypes"].as_array().unwrap().contains(&changed));
    assert_eq!(world.error(1, &["identifier-type", "update", "999", "--name", "x"])["code"], "not_found");
    assert!(world.text(&["identifier-type", "list"]).contains("Браслет"));
}

#[test]
fn ladders_are_listed_created_and_changed() {
    let world = World::new();
    let line = ["discount", "create-ladder", "--name", "Лето", "--step", "0:1", "--step", "1000000:2"];
    let created = world.json(&line);
    assert_eq!(shape(&created), "{id: int, name: text, steps: [{discountId: int, fromTurnover: int}]}");
    let id = created["id"].as_i64().unwrap().to_string();
    let changed = world.json(&["discount", "update-ladder", &id, "--name", "Зима"]);
    assert_eq!((&changed["name"], &changed["steps"]), (&json!("Зима"), &created["steps"]));
    let discounts = world.json(&["discount", "list"]);
    let listed =
        discounts["discounts"].as_array().unwrap().iter().find(|one| one["id"] == created["id"]).unwrap();
    assert_eq!(
        shape(listed),
        "{basisPoints: null, id: int, kind: null, name: text, steps: [{discountId: int, fromTurnover: int}]}"
    );
    assert_eq!(
        world.error(2, &["discount", "create-ladder", "--name", "x", "--step", "nought"])["field"],
        "step"
    );
    assert_eq!(world.error(2, &["discount", "update-ladder", "1", "--name", "x"])["field"], "id");
    assert!(world.text(&["discount", "list"]).contains("₽10,000 → 2"));
}

#[test]
fn a_report_goes_out_as_csv_as_json_and_into_a_file() {
    let world = World::new();
    let reports = world.json(&["report", "list"]);
    assert_eq!(shape(&reports), "{reports: [{description: text, id: text, name: text}]}");
    assert!(world.text(&["report", "list"]).starts_with("ID"));

    let period = ["--from", "2026-06-01", "--to", "2026-06-15"];
    let get = [&["report", "get", "1"][..], &period].concat();
    let csv = world.text(&get);
    let json = world.json(&get);
    assert_eq!(shape(&json["columns"]), "[text]");
    let mut table = csv::Reader::from_reader(csv.as_bytes());
    assert_eq!(json!(table.headers().unwrap().iter().collect::<Vec<_>>()), json["columns"]);
    let rows: Vec<_> = table.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), json["rows"].as_array().unwrap().len());
    assert!(!rows.is_empty());

    let path = world.path("report.csv");
    let to_file = [&get[..], &["--output", path.to_str().unwrap()]].concat();
    assert_eq!(world.text(&to_file), "");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), csv);

    let folder = world.path("");
    let to_folder = [&get[..], &["--output", folder.to_str().unwrap()]].concat();
    assert_eq!(world.error(2, &to_folder)["code"], "storage");
    let backwards = ["report", "get", "1", "--from", "2026-06-15", "--to", "2026-06-01"];
    assert_eq!(world.error(2, &backwards)["code"], "period_invalid");
}

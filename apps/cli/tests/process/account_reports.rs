//! Reports over all accounts, against the sandbox's books.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::{Date, date};
use loyalty_sandbox::{Fault, FaultKind, Times};
use serde_json::{Value, json};

use crate::world::{VETERAN, World, document, shape};

const TODAY: Date = date(2026, 6, 15);
const ALL: [&str; 4] = ["--from", "2015-01-01", "--to", "2026-06-16"];

fn accounts(world: &World) -> Vec<i64> {
    let page = world.json(&["account", "list", "--limit", "100"]);
    page["accounts"].as_array().unwrap().iter().map(|account| account["id"].as_i64().unwrap()).collect()
}

fn rows(document: &Value) -> &Vec<Value> {
    document["rows"].as_array().unwrap()
}

#[test]
fn burning_names_who_loses_what_and_when() {
    let world = World::new();
    let report = world.json(&["report", "burning", "--within", "60d"]);
    assert_eq!((&report["failures"], &report["error"]), (&json!([]), &json!(null)));
    let mut expected = BTreeSet::new();
    for id in accounts(&world) {
        let phone = world.json(&["account", "show", &id.to_string()])["phone"].as_str().unwrap().to_owned();
        for burn in world.json(&["balance", &phone])["burns"].as_array().unwrap() {
            let on: Date = burn["on"].as_str().unwrap().parse().unwrap();
            if on >= TODAY && on <= TODAY.saturating_add(60.days()) {
                expected.insert((id, phone.clone(), on.to_string(), burn["amount"].as_i64().unwrap()));
            }
        }
    }
    let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    let told: BTreeSet<_> = rows(&report)
        .iter()
        .map(|row| {
            (
                row["accountId"].as_i64().unwrap(),
                text(row, "phone"),
                text(row, "on"),
                row["amount"].as_i64().unwrap(),
            )
        })
        .collect();
    assert!(!expected.is_empty());
    assert_eq!(told, expected);
    assert_eq!(rows(&report).len(), expected.len());
    let csv = world.text(&["report", "burning", "--within", "60d"]);
    assert!(csv.starts_with("accountId,phone,firstName,lastName,on,amount,balance\n"), "{csv}");
    assert_eq!(csv.lines().count(), expected.len() + 1);
}

#[test]
fn every_transaction_is_told_and_turnover_adds_them_up() {
    let world = World::new();
    let report = world.json(&[&["report", "transactions"][..], &ALL].concat());
    let mut booked = BTreeSet::new();
    for id in accounts(&world) {
        booked.extend(
            world.sandbox.books().transactions(id).unwrap().into_iter().map(|row| (id, row.id, row.sum)),
        );
    }
    let number = |row: &Value, key: &str| row[key].as_i64().unwrap();
    let told: BTreeSet<_> = rows(&report)
        .iter()
        .map(|row| (number(row, "accountId"), number(row, "id"), number(row, "sum")))
        .collect();
    assert_eq!(told, booked);

    let mut sums: BTreeMap<i64, i64> = BTreeMap::new();
    for (account, _, sum) in &booked {
        *sums.entry(*account).or_default() += sum;
    }
    let turnover = world.json(&[&["report", "turnover"][..], &ALL].concat());
    assert_eq!(
        shape(&turnover),
        "{error: null, failures: [], rows: [{accountId: int, accrued: int, burned: int, groupId: int, \
         moneySpent: int, other: int, phone: text, purchases: int, spent: int}]}"
    );
    let told: BTreeMap<_, _> = rows(&turnover)
        .iter()
        .map(|row| {
            let sum = ["accrued", "spent", "burned", "other"].iter().map(|key| number(row, key)).sum();
            (number(row, "accountId"), sum)
        })
        .collect();
    assert_eq!(told, sums);
    let veteran = world.account_id(VETERAN);
    let row = rows(&turnover).iter().find(|row| row["accountId"] == veteran).unwrap();
    let checks = world.sandbox.books().checks(veteran).unwrap();
    assert_eq!(number(row, "purchases"), i64::try_from(checks.len()).unwrap());
    assert!(number(row, "moneySpent") > 0);
}

#[test]
fn a_period_cuts_at_business_days() {
    let world = World::new();
    let newest = &world.json(&["history", VETERAN, "--last", "1"])["transactions"][0];
    let at: jiff::Timestamp = newest["at"].as_str().unwrap().parse().unwrap();
    let day = at.in_tz("Europe/Moscow").unwrap().date();
    let told = |from: Date, to: Date| {
        let (from, to) = (from.to_string(), to.to_string());
        let report = world.json(&["report", "transactions", "--from", &from, "--to", &to]);
        rows(&report).iter().filter(|row| row["id"] == newest["id"]).count()
    };
    assert_eq!(told(day, day), 1);
    let before = day.yesterday().unwrap();
    assert_eq!(told(before, before), 0);
    assert_eq!(
        world.error(2, &["report", "turnover", "--from", "2026-02-02", "--to", "2026-02-01"])["field"],
        "period"
    );
    assert_eq!(world.error(2, &["report", "burning", "--within", "2w"])["field"], "within");
}

#[test]
fn an_account_that_cannot_be_read_costs_only_its_own_rows() {
    let world = World::new();
    let whole = world.json(&[&["report", "turnover"][..], &ALL].concat());
    let fault = Fault::new("accounts/transactions", FaultKind::Status { status: 400 }, Times::Next(1));
    world.sandbox.faults().add(fault);
    let run = world.run(&[&["report", "turnover", "--json"][..], &ALL].concat());
    assert_eq!(run.status, Some(1), "{run:?}");
    let report = document(&run);
    let failures = report["failures"].as_array().unwrap();
    assert_eq!(
        (failures.len(), &failures[0]["code"], &report["error"]),
        (1, &json!("rejected"), &json!(null))
    );
    let missing = &failures[0]["accountId"];
    let expected: Vec<_> = rows(&whole).iter().filter(|row| row["accountId"] != *missing).collect();
    assert_eq!(rows(&report).iter().collect::<Vec<_>>(), expected);
    assert!(run.stderr.contains(&format!("account {missing}: ")), "{run:?}");
    assert!(run.stderr.contains("accounts missing in the report: 1"), "{run:?}");
}

#[test]
fn what_would_meet_every_account_ends_the_report() {
    let world = World::new();
    let fault =
        Fault::new("accounts/get_balance_extended", FaultKind::Status { status: 403 }, Times::Forever);
    world.sandbox.faults().add(fault);
    let run = world.run(&["report", "burning", "--json"]);
    assert_eq!(run.status, Some(1), "{run:?}");
    assert_eq!(document(&run), json!({"rows": [], "failures": [], "error": "forbidden"}));
    let asked = world.sandbox.requests().count("accounts/get_balance_extended");
    assert!(asked <= 8, "{asked} accounts were asked for");
}

#[test]
fn a_report_goes_into_a_file() {
    let world = World::new();
    let file = world.path("report.csv");
    let line = ["report", "turnover", "--output", file.to_str().unwrap()];
    assert_eq!(world.text(&[&line[..], &ALL].concat()), "");
    let told = world.text(&[&["report", "turnover"][..], &ALL].concat());
    assert_eq!(std::fs::read_to_string(&file).unwrap(), told);
}

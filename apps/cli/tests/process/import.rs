//! `check register --file`: imports that are checked first, kept before they are sent, and gone on with.

use std::fmt::Write as _;
use std::path::Path;

use loyalty_sandbox::{Fault, FaultKind, Times};
use serde_json::{Value, json};

use crate::world::{VETERAN, World, document, shape};

const CHECK: &str = "external/register_check";
const IMPORT: &str = "{accepted: int, bonusAccrued: int, bonusSpent: int, dryRun: bool, duplicate: int, known: int, \
                      moneySpent: int, problems: [], rejected: int, rows: int, stopped: null, unknown: int, waiting: int}";

/// A file of purchases of the guest with the longest history.
fn purchases(world: &World, count: u32) -> String {
    let id = world.account_id(VETERAN);
    let mut text = "account;rest-code;rk-unit;external-check;money-spent;bonus-accrued;data\n".to_owned();
    for number in 1..=count {
        writeln!(text, "{id};2;1;N-{number};10000;500;доставка").unwrap();
    }
    text
}

fn import(world: &World, file: &Path) -> Value {
    world.json(&["check", "register", "--file", file.to_str().unwrap()])
}

#[test]
fn an_import_registers_each_purchase_once_however_often_it_is_run() {
    let world = World::new();
    let file = world.file("purchases.csv", &purchases(&world, 120));
    let path = file.to_str().unwrap();
    let dry = world.json(&["check", "register", "--file", path, "--dry-run"]);
    assert_eq!(
        (&dry["rows"], &dry["bonusAccrued"], &dry["accepted"]),
        (&json!(120), &json!(60_000), &json!(0))
    );
    assert_eq!(world.sandbox.requests().count(CHECK), 0);
    let first = import(&world, &file);
    assert_eq!(shape(&first), IMPORT);
    assert_eq!((&first["accepted"], &first["known"]), (&json!(120), &json!(0)));
    let again = import(&world, &file);
    assert_eq!((&again["accepted"], &again["known"]), (&json!(120), &json!(120)));
    assert_eq!(world.sandbox.requests().count(CHECK), 120);
}

#[test]
fn a_second_import_over_a_damaged_outbox_books_no_purchase_twice() {
    let world = World::new();
    let file = world.file("purchases.csv", &purchases(&world, 30));
    let outbox = world.path("outbox.db");
    let run = |line: &[&str]| {
        let mut command = world.command(&[line, &["--json"]].concat());
        crate::world::run(command.env("LOYALTY_OUTBOX", &outbox))
    };
    let import = ["check", "register", "--file", file.to_str().unwrap()];
    assert_eq!(document(&run(&import))["accepted"], 30);
    // Every page is damaged, so that nothing at all is known of the first import.
    let length = std::fs::metadata(&outbox).unwrap().len();
    std::fs::write(&outbox, vec![0xff; usize::try_from(length).unwrap()]).unwrap();
    let refused = run(&import);
    assert_eq!(document(&refused)["error"]["code"], "outbox_lost", "{refused:?}");
    assert_eq!(run(&["outbox", "recover", "--accept"]).status, Some(0));
    let second = run(&import);
    assert!(matches!(second.status, Some(0 | 5)), "{second:?}");
    assert_eq!(run(&["outbox", "settle"]).status, Some(0));
    assert_eq!(document(&run(&import))["accepted"], 30, "found in the server's history");
    assert_eq!(world.sandbox.requests().count(CHECK), 30, "and not sent again");
}

#[test]
fn purchases_of_one_guest_arrive_in_the_order_of_the_file() {
    let world = World::new();
    let file = world.file("purchases.csv", &purchases(&world, 40));
    world.sandbox.faults().add(Fault::new(CHECK, FaultKind::Delay { ms: 3 }, Times::Forever));
    import(&world, &file);
    let sent = world.sandbox.requests().of(CHECK);
    let numbers: Vec<_> = sent
        .iter()
        .map(|request| serde_json::from_str::<Value>(&request.body).unwrap()["externalCheck"].clone())
        .collect();
    let expected: Vec<_> = (1..=40).map(|number| json!(format!("N-{number}"))).collect();
    assert_eq!(numbers, expected);
}

#[test]
fn a_wrong_line_anywhere_means_that_nothing_is_kept_or_sent() {
    let world = World::new();
    let text = purchases(&world, 3) + "Каренина;2;1;N-4;1;1;x\n";
    let file = world.file("purchases.csv", &text);
    let run = world.run(&["check", "register", "--file", file.to_str().unwrap(), "--json"]);
    assert_eq!(run.status, Some(2), "{run:?}");
    assert_eq!(document(&run)["error"]["field"], "account");
    assert!(run.stderr.contains("line 5: account") && !run.stderr.contains("Каренина"), "{run:?}");
    assert_eq!(world.json(&["outbox", "list", "--all"]), json!({"writes": [], "more": false}));
    assert_eq!(world.sandbox.requests().count(CHECK), 0);
}

#[test]
fn what_was_refused_or_lost_is_told_by_its_line() {
    let world = World::new();
    let id = world.account_id(VETERAN);
    let heading = "account,rest-code,rk-unit,external-check,money-spent,bonus-accrued\n";
    let lines = format!("{id},2,1,A,1,500\n999999,2,1,B,1,500\n{id},2,2,A,1,500\n{id},2,1,C,1,500\n");
    let file = world.file("purchases.csv", &(heading.to_owned() + &lines));
    let run = world.run(&["check", "register", "--file", file.to_str().unwrap(), "--json"]);
    assert_eq!(run.status, Some(1), "{run:?}");
    let told: Vec<_> = document(&run)["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| (problem["line"].clone(), problem["state"].clone(), problem["code"].clone()))
        .collect();
    let expected =
        [(json!(3), json!("rejected"), json!("not_found")), (json!(4), json!(null), json!("purchase_known"))];
    assert_eq!(told, expected);
    world.sandbox.faults().add(Fault::new(CHECK, FaultKind::CutBefore, Times::Next(1)));
    let file = world.file("more.csv", &format!("{heading}{id},2,1,D,1,500\n{id},2,1,E,1,500\n"));
    let run = world.run(&["check", "register", "--file", file.to_str().unwrap(), "--json"]);
    assert_eq!(run.status, Some(5), "{run:?}");
    let document = document(&run);
    assert_eq!((&document["accepted"], &document["unknown"]), (&json!(1), &json!(1)));
    assert_eq!(document["problems"][0]["line"], 2);
}

#[test]
fn an_import_that_a_failing_token_stopped_goes_on() {
    let world = World::new();
    let file = world.file("purchases.csv", &purchases(&world, 30));
    world.sandbox.faults().add(Fault::new(CHECK, FaultKind::ExpiredToken, Times::Every(11)));
    let path = file.to_str().unwrap();
    let stopped = world.run(&["check", "register", "--file", path, "--json"]);
    assert_eq!(stopped.status, Some(1), "{stopped:?}");
    let told = document(&stopped);
    assert_eq!((&told["stopped"], &told["accepted"]), (&json!("unauthorized"), &json!(10)));
    world.sandbox.faults().clear();
    let rest = import(&world, &file);
    assert_eq!((&rest["accepted"], &rest["known"]), (&json!(30), &json!(30)));
    assert_eq!(world.sandbox.requests().count(CHECK), 31);
}

//! Writes of money: their keys, their outcomes, and what is said when the outcome is not known.

use std::process::Stdio;
use std::time::{Duration, Instant};

use loyalty_sandbox::{Fault, FaultKind, Times};
use serde_json::json;

use crate::world::{Run, VETERAN, World, document, shape};

const WRITE: &str = "{balance: int, key: text, transactionIds: [int]}";

fn check(account: &str, number: &str) -> Vec<String> {
    let line = ["check", "register", "--account", account, "--rest-code", "2", "--rk-unit", "1"];
    let sums =
        ["--external-check", number, "--money-spent", "189000", "--bonus-accrued", "9450", "--data", "{}"];
    line.iter().chain(&sums).map(|word| (*word).to_owned()).collect()
}

#[test]
fn a_refill_tells_its_key_before_and_after() {
    let world = World::new();
    let id = world.account_id(VETERAN).to_string();
    let before = world.sandbox.books().balance(id.parse().unwrap()).unwrap();
    let run = world.run(&["refill", &id, "5000", "--comment", "За отзыв", "--json"]);
    let done = document(&run);
    assert_eq!(shape(&done), WRITE);
    assert_eq!(done["balance"], before + 5000);
    let key = done["key"].as_str().unwrap();
    assert!(run.stderr.contains(key), "{run:?}");
    let row = &world.json(&["history", VETERAN, "--last", "1"])["transactions"][0];
    assert_eq!((&row["key"], &row["comment"], &row["sum"]), (&json!(key), &json!("За отзыв"), &json!(5000)));
}

#[test]
fn a_given_key_is_used_as_it_is() {
    let world = World::new();
    let id = world.account_id(VETERAN).to_string();
    let keys = ["a", "b", "c"].map(|end| format!("01890a5d-ac96-774b-bcce-b302099a805{end}"));
    let [refill, withdrawal, told] = keys.each_ref().map(String::as_str);
    for (key, line) in
        [(refill, &["refill", &id, "100"][..]), (withdrawal, &["operation", "withdraw", &id, "100"])]
    {
        let done = world.json(&[line, &["--key", key]].concat());
        assert_eq!((shape(&done).as_str(), &done["key"]), (WRITE, &json!(key)));
    }
    let text = world.text(&["refill", &id, "12345", "--lang", "ru", "--key", told]);
    assert!(text.contains("Начислено 123,45\u{a0}бонуса") && text.contains(told), "{text}");
}

#[test]
fn the_same_purchase_has_the_same_key_every_time() {
    let world = World::new();
    let id = world.account_id(VETERAN).to_string();
    let register = |number: &str| {
        let line = check(&id, number);
        world.json(&line.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let (first, again, other) = (register("D-1"), register("D-1"), register("D-2"));
    assert_eq!(shape(&first), WRITE);
    assert_eq!(first, again, "what came of it is told again");
    assert_ne!(first["key"], other["key"]);
    let key = first["key"].as_str().unwrap();
    assert_eq!(world.sandbox.books().accruals_by_guid(key).unwrap().len(), 1, "and it is not sent again");
}

#[test]
fn a_group_operation_says_how_many_it_reached() {
    let world = World::new();
    let native = world.json(&["operation", "refill-group", "3", "100", "--native"]);
    assert_eq!(shape(&native), "{affected: int, key: text}");
    let affected = native["affected"].as_u64().unwrap();
    assert!(affected > 1);
    let withdrawn = world.json(&["operation", "withdraw-group", "3", "100", "--comment", "Ошибка"]);
    assert_eq!(
        shape(&withdrawn),
        "{accepted: int, accounts: int, duplicate: int, key: text, lost: int, rejected: int, unknown: int, waiting: int}"
    );
    assert_eq!((&withdrawn["accepted"], &withdrawn["accounts"]), (&native["affected"], &native["affected"]));
    assert_eq!(world.sandbox.requests().count("operations/withdraw"), affected);
}

#[test]
fn a_write_without_an_answer_exits_with_5_and_its_key() {
    let world = World::new();
    let id = world.account_id(VETERAN).to_string();
    let booked = |sandbox: &World| sandbox.sandbox.books().transactions(id.parse().unwrap()).unwrap().len();
    let before = booked(&world);
    world.sandbox.faults().add(Fault::new("accounts/refill", FaultKind::CutBefore, Times::Next(1)));
    let run = world.run(&["refill", &id, "5000", "--json"]);
    assert_eq!(run.status, Some(5), "{run:?}");
    let told = document(&run);
    assert_eq!(
        shape(&told),
        "{error: {advice: text, category: text, code: text, field: null, retryAfter: null, retryable: bool}, key: text}"
    );
    assert_eq!(
        (&told["error"]["code"], &told["error"]["retryable"]),
        (&json!("outcome_unknown"), &json!(false))
    );
    assert!(run.stderr.matches(told["key"].as_str().unwrap()).count() == 2, "{run:?}");
    assert_eq!((booked(&world), world.sandbox.requests().count("accounts/refill")), (before, 1));
}

#[test]
fn a_write_whose_answer_alone_was_lost_is_found_in_the_history() {
    let world = World::new();
    let id = world.account_id(VETERAN).to_string();
    world.sandbox.faults().add(Fault::new("accounts/refill", FaultKind::CutAfter, Times::Next(1)));
    let done = world.json(&["refill", &id, "5000"]);
    let kept = world.json(&["outbox", "show", done["key"].as_str().unwrap()]);
    assert_eq!((&kept["state"], &kept["seen"]), (&json!("accepted"), &json!(1)));
}

#[test]
fn nothing_is_sent_for_a_sum_that_cannot_be() {
    let world = World::new();
    for (sum, code) in [
        ("0", "sum_not_positive"),
        ("-5", "sum_not_positive"),
        ("1.5", "sum_fraction"),
        ("ten", "sum_invalid"),
        ("9223372036854775808", "sum_too_large"),
    ] {
        for line in [&["refill", "1", sum][..], &["operation", "withdraw-group", "3", sum]] {
            let error = world.error(2, line);
            assert_eq!((&error["field"], &error["code"]), (&json!("sum"), &json!(code)), "{line:?}");
        }
    }
    let mut line = check("1", "D-1");
    line[11] = "-1".into();
    let error = world.error(2, &line.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(error["field"], "moneySpent");
    assert_eq!(world.sandbox.requests().all().len(), 0);
}

/// Starts the program, sends it a signal as soon as `method` has arrived, and waits for its end.
#[cfg(unix)]
fn stopped_at(world: &World, method: &str, line: &[&str], signal: &str) -> Run {
    let mut command = world.command(line);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(10);
    while world.sandbox.requests().count(method) == 0 {
        assert!(Instant::now() < deadline, "{method} never arrived");
        std::thread::sleep(Duration::from_millis(10));
    }
    let sent = std::process::Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    Run::from(child.wait_with_output().unwrap())
}

#[cfg(unix)]
#[test]
fn interrupting_a_write_leaves_its_outcome_unknown_and_its_key_told() {
    let world = World::new();
    let id = world.account_id(VETERAN).to_string();
    for signal in ["-INT", "-TERM"] {
        let never = FaultKind::Never { effect: true };
        world.sandbox.faults().add(Fault::new("accounts/refill", never, Times::Next(1)));
        let run = stopped_at(&world, "accounts/refill", &["refill", &id, "5000", "--json"], signal);
        assert_eq!(run.status, Some(5), "{run:?}");
        assert_eq!(document(&run)["error"]["code"], "outcome_unknown");
        let key = document(&run)["key"].as_str().unwrap().to_owned();
        let settled = world.json(&["outbox", "settle"]);
        assert_eq!(settled["open"], json!({"prepared": 0, "unknown": 0, "duplicate": 0}), "{settled}");
        assert_eq!(world.json(&["outbox", "show", &key])["state"], "accepted");
        world.sandbox.requests().clear();
    }
}

#[cfg(unix)]
#[test]
fn interrupting_a_read_changes_nothing_and_says_so() {
    let world = World::new();
    let never = FaultKind::Never { effect: false };
    world.sandbox.faults().add(Fault::new("account_groups/list", never, Times::Next(1)));
    let run = stopped_at(&world, "account_groups/list", &["groups", "--json"], "-INT");
    assert_eq!(run.status, Some(130), "{run:?}");
    assert_eq!(document(&run)["error"]["code"], "cancelled");
}

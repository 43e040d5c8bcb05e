//! `outbox …`: what a person sees of the writes and can do about them.

use loyalty_sandbox::{Fault, FaultKind, Times};
use serde_json::json;

use crate::world::{NEWCOMER, VETERAN, World, document, run, shape};

const KEY: &str = "01890a5d-ac96-774b-bcce-b302099a8057";
const RECORD: &str = "{accountId: int, attempts: int, balance: null, closed: bool, effect: int, externalCheck: null, \
                      groupId: null, groupKey: null, key: text, looks: int, method: text, preparedAt: text, refusal: null, \
                      restCode: null, seen: int, settledAt: null, state: text, takeBack: null, transactionIds: []}";

/// A refill of which nobody knows whether it arrived.
fn unknown(world: &World) -> String {
    let id = world.account_id(VETERAN).to_string();
    world.sandbox.faults().add(Fault::new("accounts/refill", FaultKind::CutBefore, Times::Next(1)));
    world.error(5, &["refill", &id, "5000", "--key", KEY]);
    id
}

#[test]
fn an_unknown_write_is_listed_shown_and_sent_again_when_a_person_says_so() {
    let world = World::new();
    let id = unknown(&world);
    let listed = world.json(&["outbox", "list"]);
    assert_eq!(shape(&listed), format!("{{more: bool, writes: [{RECORD}]}}"));
    let shown = world.json(&["outbox", "show", KEY]);
    assert_eq!(listed["writes"][0], shown);
    assert_eq!(
        (&shown["state"], &shown["effect"], &shown["method"]),
        (&json!("unknown"), &json!(5000), &json!("refill"))
    );
    let text = world.text(&["outbox", "list"]);
    assert!(
        text.contains(KEY) && text.contains("unknown") && text.contains(&format!("account {id}")),
        "{text}"
    );
    world.error(5, &["refill", &id, "5000", "--key", KEY]);
    assert_eq!(world.sandbox.requests().count("accounts/refill"), 1, "asking again is not sending again");
    assert_eq!(world.json(&["outbox", "resend", KEY])["state"], "accepted");
    assert_eq!(world.json(&["outbox", "list"]), json!({"more": false, "writes": []}));
    assert_eq!(world.json(&["outbox", "list", "--all"])["writes"].as_array().unwrap().len(), 1);
    assert_eq!(world.error(1, &["outbox", "resend", KEY])["code"], "conflict");
}

#[test]
fn a_key_is_good_for_one_write() {
    let world = World::new();
    let id = world.account_id(VETERAN).to_string();
    world.json(&["refill", &id, "5000", "--key", KEY]);
    world.json(&["refill", &id, "5000", "--key", KEY]);
    assert_eq!(world.error(1, &["refill", &id, "5001", "--key", KEY])["code"], "key_reused");
    assert_eq!(world.sandbox.requests().count("accounts/refill"), 1);
}

#[test]
fn a_server_has_one_outbox_however_its_address_is_spelled() {
    let world = World::new();
    let id = world.account_id(VETERAN).to_string();
    let url = world.sandbox.base_url();
    let spellings = [url.to_owned(), format!("{url}/"), format!("{url}/."), url.replace("http", "HTTP")];
    for spelling in &spellings {
        world.json(&["refill", &id, "5000", "--key", KEY, "--url", spelling]);
    }
    assert_eq!(world.sandbox.requests().count("accounts/refill"), 1);
}

#[test]
fn a_run_leaves_nothing_of_what_its_accepted_writes_said() {
    let world = World::new();
    let id = world.account_id(VETERAN).to_string();
    let folder = world.path("kept");
    let file = folder.join("outbox.db");
    let line = ["--outbox", file.to_str().unwrap(), "refill", &id, "5000", "--comment", "birthday of Anna"];
    world.json(&line);
    let names: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
    assert!(names.contains(&file), "{names:?}");
    for name in names {
        let bytes = std::fs::read(&name).unwrap();
        assert!(!bytes.windows(16).any(|window| window == b"birthday of Anna"), "{name:?}");
    }
}

#[test]
fn what_could_not_be_sent_is_kept_and_settled_later_or_forgotten() {
    let world = World::new();
    let id = world.account_id(VETERAN).to_string();
    world.json(&["guest", "register", "--phone", NEWCOMER, "--first-name", "Анна"]);
    let other = world.account_id(NEWCOMER).to_string();
    for (method, line) in [
        ("accounts/refill", &["refill", &id, "5000", "--key", KEY][..]),
        ("operations/withdraw", &["operation", "withdraw", &other, "100"]),
    ] {
        world.sandbox.faults().add(Fault::new(method, FaultKind::ExpiredToken, Times::Next(1)));
        let failed = world.run(line);
        assert_eq!(failed.status, Some(1), "{failed:?}");
        assert!(failed.stderr.contains("loyalty outbox settle"), "{failed:?}");
    }
    let waiting = world.json(&["outbox", "list", "--state", "prepared"]);
    let first = world.json(&["outbox", "list", "--limit", "1"]);
    assert_eq!((first["writes"].as_array().unwrap().len(), &first["more"]), (1, &json!(true)));
    assert!(world.text(&["outbox", "list", "--limit", "1"]).contains("There are more"));
    assert_eq!(waiting["more"], false);
    let other = waiting["writes"][1]["key"].as_str().unwrap();
    assert_eq!(world.json(&["outbox", "forget", other])["key"], other);
    assert_eq!(world.error(1, &["outbox", "show", other])["code"], "not_found");
    let settled = world.json(&["outbox", "settle"]);
    assert_eq!((&settled["sent"], &settled["open"]["prepared"]), (&json!(1), &json!(0)));
    assert_eq!(world.json(&["outbox", "show", KEY])["state"], "accepted");
    assert_eq!(world.sandbox.requests().count("operations/withdraw"), 1);
}

#[test]
fn a_damaged_outbox_is_recovered_only_with_a_persons_word() {
    let world = World::new();
    let id = unknown(&world);
    let file = world.path("outbox.db");
    let with_file = |line: &[&str]| {
        let mut command = world.command(&[line, &["--json"]].concat());
        run(command.env("LOYALTY_OUTBOX", &file))
    };
    assert_eq!(with_file(&["refill", &id, "700"]).status, Some(0));
    assert_eq!(document(&with_file(&["outbox", "recover"]))["damaged"], false);
    std::fs::write(&file, b"something else altogether").unwrap();
    for _ in 0..2 {
        let refused = with_file(&["refill", &id, "700"]);
        assert_eq!((refused.status, &document(&refused)["error"]["code"]), (Some(2), &json!("outbox_lost")));
    }
    let look = document(&with_file(&["outbox", "recover"]));
    assert_eq!(
        shape(&look),
        "{accepted: bool, damaged: bool, lostParts: [], settled: int, unknown: [], unreadable: int}"
    );
    assert_eq!((&look["damaged"], &look["accepted"]), (&json!(true), &json!(false)));
    assert_eq!(with_file(&["outbox", "list"]).status, Some(2), "looking decides nothing");
    assert_eq!(document(&with_file(&["outbox", "recover", "--accept"]))["accepted"], true);
    assert_eq!(with_file(&["refill", &id, "700"]).status, Some(0));
    assert!(world.path("outbox.db.recovered").exists());
    assert_eq!(world.sandbox.requests().count("accounts/refill"), 3);
}

#[test]
fn without_a_place_for_the_outbox_one_can_read_and_not_write() {
    let world = World::new();
    let mut read = world.command(&["balance", VETERAN]);
    assert_eq!(run(read.env_remove("HOME")).status, Some(0));
    let mut write = world.command(&["refill", "1", "700", "--json"]);
    let refused = run(write.env_remove("HOME"));
    assert_eq!((refused.status, &document(&refused)["error"]["field"]), (Some(2), &json!("outbox")));
    assert_eq!(world.sandbox.requests().count("accounts/refill"), 0);
}

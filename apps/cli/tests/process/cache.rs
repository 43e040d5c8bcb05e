//! What is kept of a guest, and shown when there is no server.

use std::path::Path;

use loyalty_sandbox::{Fault, FaultKind, Times};
use serde_json::{Value, json};

use crate::world::{Run, VETERAN, World, document, run};

/// A run without a server and without a credential.
fn alone(world: &World, line: &[&str]) -> Run {
    let mut command = world.unconnected(line);
    command.env("PROBONUS_URL", world.sandbox.base_url()).env("PROBONUS_ALLOW_PLAIN_HTTP", "true");
    run(&mut command)
}

/// The same document without what tells when and from where.
fn content(mut document: Value) -> Value {
    let map = document.as_object_mut().unwrap();
    for key in ["asOf", "freshness", "cutShort"] {
        map.remove(key).unwrap();
    }
    document
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn what_was_read_once_is_shown_without_server_and_credential() {
    let world = World::new();
    let folder = world.path("cache");
    let cached = |line: &[&str]| world.json(&[line, &["--cache", text(&folder)]].concat());
    let balance = cached(&["balance", VETERAN]);
    assert_eq!(balance["freshness"], "live");
    let history = cached(&["history", VETERAN, "--last", "30"]);
    assert_eq!((&history["freshness"], &history["cutShort"]), (&json!("live"), &json!(null)));
    let receipt_id = history["transactions"][0]["receiptId"].as_str().unwrap().to_owned();
    let of_veteran = ["receipt", &receipt_id, "--phone", VETERAN];
    let receipt = cached(&of_veteran);
    let asked = world.sandbox.requests().all().len();

    let offline = |line: &[&str]| {
        let run = alone(&world, &[line, &["--json", "--offline", "--cache", text(&folder)]].concat());
        assert_eq!(run.status, Some(0), "{run:?}");
        document(&run)
    };
    let kept = offline(&["balance", VETERAN]);
    assert_eq!(kept["freshness"], "fresh");
    // The history's run refreshed it once more. The server's clock is known to the second.
    let at = |document: &Value| document["asOf"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    assert!(at(&balance).duration_since(at(&kept)).as_secs() <= 1, "{balance} {kept}");
    let consistent = |balance: &Value| (balance["balance"].clone(), balance["burns"].clone());
    assert_eq!(consistent(&kept), consistent(&balance));
    assert_eq!(content(offline(&["history", VETERAN, "--last", "30"])), content(history));
    assert_eq!(offline(&of_veteran), receipt);
    assert_eq!(world.sandbox.requests().all().len(), asked, "nobody was asked");
}

#[test]
fn a_kept_balance_is_told_as_such_in_both_languages() {
    let world = World::new();
    let folder = world.path("cache");
    let cache = ["--cache", text(&folder)];
    world.text(&[&["balance", VETERAN][..], &cache].concat());
    for (lang, told) in [("ru", "из кэша, без связи"), ("en", "from the cache, offline")] {
        for command in ["balance", "history"] {
            let line = [&[command, VETERAN, "--lang", lang, "--offline"][..], &cache].concat();
            let run = alone(&world, &line);
            assert_eq!(run.status, Some(0), "{run:?}");
            assert!(run.stdout.contains(told), "{run:?}");
        }
    }
    assert!(!world.text(&["history", VETERAN]).contains("cache"));
    assert!(world.text(&["history", VETERAN]).contains("as of"));
}

#[test]
fn a_server_that_fails_leaves_what_is_kept() {
    let world = World::new();
    let folder = world.path("cache");
    let line = ["balance", VETERAN, "--cache", text(&folder)];
    let before = world.json(&line);
    let nowhere = [&line[..], &["--url", "http://127.0.0.1:1"]].concat();
    // Another server's guest is another guest.
    assert_eq!(world.error(3, &nowhere)["code"], "offline");
    let before_again = world.json(&line);
    assert_eq!(before_again["balance"], before["balance"]);
    let down = FaultKind::Status { status: 503 };
    world.sandbox.faults().add(Fault::new("*", down, Times::Forever));
    let kept = world.json(&[&line[..], &["--timeout", "1"]].concat());
    assert_eq!((&kept["freshness"], &kept["asOf"]), (&json!("fresh"), &before_again["asOf"]));
    let told = world.text(&[&line[..], &["--timeout", "1"]].concat());
    assert!(told.contains("the server could not be read"), "{told}");
    // A refusal is no failure of the server.
    world.sandbox.faults().clear();
    world.sandbox.tokens().revoke_api_token();
    assert_eq!(world.error(1, &line)["code"], "unauthorized");
}

#[test]
fn an_older_part_that_is_not_kept_is_named_as_missing() {
    let world = World::new();
    let folder = world.path("cache");
    let cache = ["--cache", text(&folder), "--json"];
    // Enough for a balance, which needs the newest rows only; what follows it finds the server gone.
    let fault = Fault::new("accounts/transactions", FaultKind::Status { status: 400 }, Times::Every(2));
    world.sandbox.faults().add(fault);
    let first = world.run(&[&["balance", VETERAN][..], &cache].concat());
    assert_eq!(first.status, Some(0), "{first:?}");
    world.sandbox.faults().clear();
    let run = alone(&world, &[&["history", VETERAN, "--last", "5000", "--offline"][..], &cache].concat());
    assert_eq!(run.status, Some(0), "{run:?}");
    let kept = document(&run);
    let rows = kept["transactions"].as_array().unwrap().len();
    let id = world.account_id(VETERAN);
    assert!(0 < rows && rows < world.sandbox.books().transactions(id).unwrap().len(), "{rows}");
    assert_eq!((&kept["cutShort"], &kept["next"]), (&json!("offline"), &json!(null)));
}

#[test]
fn nothing_is_kept_unless_a_folder_is_named() {
    let world = World::new();
    world.text(&["balance", VETERAN]);
    assert_eq!(std::fs::read_dir(world.path("")).unwrap().count(), 0);
    let folder = world.path("usual");
    let balance = |line: &[&str]| {
        let mut command = world.command(&[&["balance", VETERAN][..], line].concat());
        run(command.env("LOYALTY_CACHE", &folder)).status
    };
    assert_eq!(balance(&["--no-cache"]), Some(0));
    assert!(!folder.exists());
    assert_eq!(balance(&[]), Some(0));
    assert!(folder.exists());
    assert_eq!(balance(&["--offline"]), Some(0));
    assert_eq!(balance(&["--offline", "--no-cache"]), Some(2));
    assert_eq!(world.error(2, &["balance", VETERAN, "--offline"])["field"], "cache");
    let of_nobody = ["receipt", "1", "--cache", text(&folder)];
    assert_eq!(world.error(2, &of_nobody)["field"], "phone");
}

#[test]
fn another_guest_who_asks_offline_takes_nothing_away() {
    let world = World::new();
    let folder = world.path("cache");
    let cache = ["--cache", text(&folder), "--json"];
    world.json(&["balance", VETERAN, "--cache", text(&folder)]);
    let other = alone(&world, &[&["balance", "+79120000000", "--offline"][..], &cache].concat());
    assert_eq!((other.status, &document(&other)["error"]["code"]), (Some(3), &json!("offline")));
    let nowhere = world.path("nowhere");
    let empty = ["balance", VETERAN, "--offline", "--cache", text(&nowhere)];
    assert_eq!(alone(&world, &empty).status, Some(3));
    assert!(!nowhere.exists());
    let kept = alone(&world, &[&["balance", VETERAN, "--offline"][..], &cache].concat());
    assert_eq!(kept.status, Some(0), "{kept:?}");
}

#[test]
fn a_wiped_folder_shows_nothing_any_more_and_holds_nothing() {
    let world = World::new();
    let folder = world.path("cache");
    let wipe = ["cache", "wipe", "--cache", text(&folder)];
    assert_eq!(world.json(&wipe), json!({"wiped": false}));
    world.json(&["history", VETERAN, "--cache", text(&folder)]);
    assert!(std::fs::read_dir(&folder).unwrap().count() > 0);
    // Neither server nor credential is needed.
    let wiped = run(&mut world.unconnected(&[&wipe[..], &["--lang", "ru"]].concat()));
    assert_eq!((wiped.status, wiped.stdout.trim()), (Some(0), "Сохранённое о госте стёрто"), "{wiped:?}");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
    let run = alone(&world, &["balance", VETERAN, "--offline", "--cache", text(&folder)]);
    assert_eq!(run.status, Some(3), "{run:?}");
    assert_eq!(world.error(2, &["cache", "wipe"])["field"], "cache");
}

//! The doctor, and that what it prints heals.

use loyalty_sandbox::{Data, Options};
use serde_json::json;

use crate::world::{VETERAN, World, document, run, shape};

/// A sandbox whose clock is this machine's: the doctor looks at it.
fn world(dialect: &str) -> World {
    World::with(Options::default().data(Data::Small(5)).dialect(dialect.parse().unwrap()))
}

#[test]
fn a_healthy_instance_has_nothing_to_mend() {
    let world = world("contract");
    let mut command = world.command(&["doctor", "--json", "--login", "demo"]);
    let examination = document(&run(command.env("PROBONUS_PASSWORD", "password")));
    assert_eq!(
        shape(&examination),
        "{checks: [{code: text, outcome: text, subject: text, text: text}], differences: [], outcome: text, \
         overrides: text, replaces: bool}"
    );
    assert_eq!((&examination["outcome"], &examination["overrides"]), (&json!("ok"), &json!("")));
    let text = world.text(&["doctor"]);
    assert!(text.contains("✓ api_token") && text.lines().all(|line| line.starts_with('#')), "{text}");
}

#[test]
fn what_the_doctor_prints_can_be_appended_to_the_configuration_and_heals() {
    for dialect in ["renamed", "renamed,swagger2"] {
        let world = world(dialect);
        let config = world.file("loyalty.toml", "[probonus]\naccount_group_id = 3\n\n");
        let config = config.to_str().unwrap().to_owned();
        assert_ne!(world.run(&["balance", VETERAN, "--config", &config]).status, Some(0));
        let sick = world.run(&["doctor", "--config", &config]);
        assert_eq!(sick.status, Some(4), "{sick:?}");
        assert!(sick.stdout.contains("[probonus.wire."), "{sick:?}");

        let mended = std::fs::read_to_string(&config).unwrap() + &sick.stdout;
        std::fs::write(&config, mended).unwrap();
        world.json(&["balance", VETERAN, "--config", &config]);
        let history = world.json(&["history", VETERAN, "--last", "3", "--config", &config]);
        assert_eq!(history["transactions"].as_array().unwrap().len(), 3);
        let healed = world.run(&["doctor", "--json", "--config", &config]);
        assert_eq!(document(&healed)["overrides"], "", "{healed:?}");
        assert_eq!(healed.status, Some(0), "{healed:?}");
    }
}

#[test]
fn overrides_that_the_configuration_has_in_part_are_printed_whole_and_spoil_nothing_when_appended() {
    let world = world("renamed");
    let plain = "[probonus]\naccount_group_id = 3\n\n";
    // A table that the doctor has more entries for, and a remark of the restaurant's own.
    let own = "[probonus.wire.fields.account]\nphone = \"phoneNumber\"\n\n[probonus.wire.values.account.sex]\n\"ж\" = \"female\"\n";
    let config = world.file("loyalty.toml", &format!("{plain}{own}"));
    let config = config.to_str().unwrap().to_owned();
    let sick = world.run(&["doctor", "--config", &config]);
    assert_eq!(sick.status, Some(4), "{sick:?}");
    assert!(sick.stdout.contains("in place of\n# all [probonus.wire] tables"), "{sick:?}");

    std::fs::write(&config, format!("{plain}{own}{}", sick.stdout)).unwrap();
    let document = document(&world.run(&["doctor", "--json", "--config", &config]));
    assert_eq!(document["replaces"], true, "{document}");
    let overrides = document["overrides"].as_str().unwrap();
    assert!(overrides.contains("[probonus.wire.values.account.sex]\n\"ж\" = \"female\"\n"), "{overrides}");

    // Put in place as the comment says.
    let printed: Vec<_> =
        sick.stdout.lines().skip_while(|line| !line.starts_with("# [probonus.wire.")).collect();
    let printed: Vec<_> = printed.iter().map(|line| line.trim_start_matches(['#', ' '])).collect();
    assert_eq!(printed.join("\n"), overrides.trim_end());
    std::fs::write(&config, format!("{plain}{}\n", printed.join("\n"))).unwrap();
    world.json(&["balance", VETERAN, "--config", &config]);
    let healed = world.json(&["doctor", "--config", &config]);
    assert_eq!((&healed["overrides"], &healed["replaces"]), (&json!(""), &json!(false)));
}

#[test]
fn a_server_that_was_never_asked_is_not_certified() {
    let world = world("contract");
    let without_token = |line: &[&str]| {
        let mut command = world.command(line);
        run(command.env_remove("PROBONUS_API_TOKEN").env("PROBONUS_LOGIN", "crm"))
    };
    let nowhere = without_token(&["doctor", "--url", "https://127.0.0.1:1"]);
    assert_eq!(nowhere.status, Some(3), "{nowhere:?}");
    assert!(nowhere.stdout.contains("✗ reach") && !nowhere.stdout.contains('✓'), "{nowhere:?}");
    let there = without_token(&["doctor"]);
    assert_eq!(there.status, Some(2), "{there:?}");
    assert!(
        there.stdout.contains("✓ reach") && there.stdout.contains("No password is configured"),
        "{there:?}"
    );
}

#[test]
fn a_difference_is_told_with_the_override_that_mends_it() {
    let world = world("renamed");
    let run = world.run(&["doctor", "--json"]);
    let examination = document(&run);
    assert_eq!(run.status, Some(4));
    assert_eq!(
        shape(&examination["differences"]),
        "[{kind: text, mended: bool, ours: text, place: text, severity: text, theirs: text}]"
    );
    assert!(run.stderr.is_empty(), "the document tells everything: {run:?}");
}

#[test]
fn the_doctor_changes_nothing() {
    let world = world("contract");
    let before = world.sandbox.books().digest().unwrap();
    world.json(&["doctor"]);
    assert_eq!(world.sandbox.books().digest().unwrap(), before);
}

#[test]
fn an_instance_that_cannot_be_examined_exits_by_its_reason() {
    let world = world("contract");
    assert_eq!(world.run(&["doctor", "--url", "http://127.0.0.1:1"]).status, Some(3));
    world.sandbox.tokens().revoke_api_token();
    assert_eq!(world.run(&["doctor"]).status, Some(1));
    let elsewhere = self::world("swagger2,swagger-path=/docs/api.json,renamed");
    assert_eq!(elsewhere.run(&["doctor"]).status, Some(4), "nothing could be confirmed");
    let rubles = self::world("ruble");
    let sick = rubles.run(&["doctor"]);
    assert_eq!(sick.status, Some(4), "{sick:?}");
    assert!(sick.stdout.contains("Set amount_unit = \"ruble\""), "{sick:?}");
    assert_eq!(rubles.run(&["doctor", "--amount-unit", "ruble"]).status, Some(0));
    let group = self::world("contract");
    assert_eq!(group.run(&["doctor", "--account-group-id", "1"]).status, Some(1));
}

#[test]
fn the_description_is_looked_for_where_it_is_said_to_be() {
    let world = world("swagger-path=/docs/api.json");
    let described = |examination: &serde_json::Value| {
        let checks = examination["checks"].as_array().unwrap();
        checks.iter().find(|check| check["subject"] == "description").unwrap()["outcome"].clone()
    };
    let at = document(&world.run(&["doctor", "--json", "--swagger-path", "/docs/api.json"]));
    assert_eq!(described(&at), "ok");
    let nowhere = document(&world.run(&["doctor", "--json", "--swagger-path", "/nowhere.json"]));
    assert_ne!(described(&nowhere), "ok");
}

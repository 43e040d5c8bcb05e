//! Where settings and secrets come from.

use loyalty_core::backend::probonus::ProBonusConfig;
use serde_json::json;

use crate::world::{World, document, run};

fn connected(world: &World) -> String {
    format!("[probonus]\nurl = \"{}\"\nallow_plain_http = true\n", world.sandbox.base_url())
}

#[test]
fn a_flag_beats_the_environment_beats_the_file() {
    let world = World::new();
    let file = world.file("here.toml", "[probonus]\nurl = \"http://127.0.0.1:1\"\nallow_plain_http = true\n");
    let file = file.to_str().unwrap();
    let status = |environment: Option<&str>, flag: Option<&str>| {
        let mut line = vec!["groups", "--config", file];
        line.extend(flag.map(|url| ["--url", url]).into_iter().flatten());
        let mut command = world.unconnected(&line);
        command.env("PROBONUS_API_TOKEN", "sandbox-token");
        command.envs(environment.map(|url| ("PROBONUS_URL", url)));
        run(&mut command).status
    };
    let (here, nowhere) = (world.sandbox.base_url(), "http://127.0.0.1:2");
    assert_eq!(status(None, None), Some(3));
    assert_eq!(status(Some(here), None), Some(0));
    assert_eq!(status(Some(here), Some(nowhere)), Some(3));
    assert_eq!(status(Some(nowhere), Some(here)), Some(0));
}

#[test]
fn the_users_configuration_folder_is_looked_into() {
    let world = World::new();
    world.file("config/loyalty/loyalty.toml", &connected(&world));
    let mut command = world.unconnected(&["groups"]);
    assert_eq!(run(command.env("PROBONUS_API_TOKEN", "sandbox-token")).status, Some(0));
    let mut command = world.unconnected(&["groups"]);
    let by_home = command.env_remove("XDG_CONFIG_HOME").env("HOME", world.path("elsewhere"));
    assert_eq!(run(by_home).status, Some(2));
    world.file("elsewhere/.config/loyalty/loyalty.toml", &connected(&world));
    assert_eq!(run(by_home.env("PROBONUS_API_TOKEN", "sandbox-token")).status, Some(0));
}

#[test]
fn secrets_come_from_files_too() {
    let world = World::new();
    let token = world.file("token", "sandbox-token\n");
    let wrong = world.file("wrong", "nonsense");
    let status = |line: &[&str], variables: &[(&str, &str)]| {
        let mut command = world.command(line);
        command.env_remove("PROBONUS_API_TOKEN").envs(variables.iter().copied());
        run(&mut command).status
    };
    let (token, wrong) = (token.to_str().unwrap(), wrong.to_str().unwrap());
    assert_eq!(status(&["groups", "--api-token-file", token], &[]), Some(0));
    assert_eq!(status(&["groups"], &[("PROBONUS_API_TOKEN_FILE", token)]), Some(0));
    assert_eq!(
        status(&["groups", "--api-token-file", wrong], &[("PROBONUS_API_TOKEN", "sandbox-token")]),
        Some(1)
    );
    assert_eq!(
        status(&["groups"], &[("PROBONUS_API_TOKEN", "x"), ("PROBONUS_API_TOKEN_FILE", token)]),
        Some(2)
    );
    assert_eq!(
        status(&["groups"], &[("PROBONUS_LOGIN", "demo"), ("PROBONUS_PASSWORD", "password")]),
        Some(0)
    );
    assert_eq!(status(&["groups"], &[("PROBONUS_LOGIN", "demo"), ("PROBONUS_PASSWORD", "wrong")]), Some(1));
    assert_eq!(status(&["groups"], &[]), Some(2));
}

#[test]
fn a_wrong_configuration_is_named_and_its_values_are_not_repeated() {
    let world = World::new();
    for (content, field, told) in [
        ("[probonus]\nurll = \"hunter2\"", json!("probonus.urll"), "account_group_id"),
        ("[probonus]\napi_token = \"hunter2\"", json!("probonus.api_token"), "PROBONUS_API_TOKEN_FILE"),
        ("[probonus]\nphone_format = \"hunter2\"", json!("probonus.phone_format"), "subscriber"),
        ("[probonus]\naccount_group_id = \"hunter2\"", json!("probonus.account_group_id"), "must be"),
        ("[probonus]\ntime_zone = \"hunter2\"", json!("probonus.time_zone"), "Europe/Moscow"),
        ("[probonus.wire.\"accounts/hunter2\"]\nverb = \"POST\"", json!(null), "accounts/find_by_phone"),
        ("[probonus\nhunter2", json!(null), "line 1"),
    ] {
        let file = world.file("wrong.toml", content);
        let run = world.run(&["groups", "--json", "--config", file.to_str().unwrap()]);
        assert_eq!(run.status, Some(2), "{run:?}");
        let error = &document(&run)["error"];
        assert_eq!(error["code"], "config_invalid", "{run:?}");
        if field != json!(null) {
            assert_eq!(error["field"], field);
            assert!(!run.stdout.contains("hunter2") && !run.stderr.contains("hunter2"), "{run:?}");
        }
        assert!(run.stderr.contains(told), "{run:?}");
    }
    let absent = world.path("absent.toml");
    assert_eq!(world.error(2, &["groups", "--config", absent.to_str().unwrap()])["field"], "config");
}

#[test]
fn plain_http_has_to_be_allowed() {
    let world = World::new();
    let mut command = world.command(&["groups", "--json"]);
    let refused = run(command.env_remove("PROBONUS_ALLOW_PLAIN_HTTP"));
    assert_eq!((refused.status, &document(&refused)["error"]["field"]), (Some(2), &json!("probonus.url")));
    let mut command = world.command(&["groups", "--allow-plain-http"]);
    assert_eq!(run(command.env_remove("PROBONUS_ALLOW_PLAIN_HTTP")).status, Some(0));
}

#[test]
fn the_readme_tells_every_key_of_the_configuration_with_its_default() {
    let readme = include_str!("../../README.md");
    let block =
        |text: &str| text.split_once("\n```toml\n").unwrap().1.split_once("\n```").unwrap().0.to_owned();
    let told = block(readme.split_once("All keys,").unwrap().1);
    let read = ProBonusConfig::from_toml(&told).unwrap();
    let url = "https://probonus.example:6896".to_owned();
    let wire = read.wire.clone();
    assert_eq!(read, ProBonusConfig { url, wire: wire.clone(), ..ProBonusConfig::default() });
    assert!(!wire.methods.is_empty() && !wire.fields.is_empty());
    // A newer key has to be told as well.
    let known = format!("{:?}", ProBonusConfig::default());
    for key in known.split(['{', ',']).filter_map(|member| member.split_once(": ")).map(|(key, _)| key.trim())
    {
        let as_key = told.contains(&format!("{key} = ")) || told.contains(&format!("[probonus.{key}"));
        assert!(as_key || ["methods", "fields", "values"].contains(&key), "{key} is not in the README");
    }
}

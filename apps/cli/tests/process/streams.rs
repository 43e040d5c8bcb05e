//! Terminals, pipes, help, the demo and the sandbox as a command.

use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use serde_json::Value;

use crate::world::{Run, VETERAN, World, document, run, shape};

#[test]
fn no_colour_goes_into_a_pipe() {
    let world = World::new();
    for line in [&["balance", VETERAN][..], &["history", VETERAN], &["groups"]] {
        assert!(!world.text(line).contains('\u{1b}'), "{line:?}");
    }
    assert!(!world.run(&["balance", "0"]).stderr.contains('\u{1b}'));
    let mut command = world.command(&["balance", VETERAN]);
    assert!(
        run(command.env("CLICOLOR_FORCE", "1")).stdout.contains('\u{1b}'),
        "colour is there to be dropped"
    );
    let mut command = world.command(&["balance", VETERAN]);
    let asked = run(command.env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1"));
    assert_eq!(asked.stdout, world.text(&["balance", VETERAN]));
}

#[test]
fn a_reader_that_leaves_ends_the_output_quietly() {
    let world = World::new();
    for line in [
        &["history", VETERAN, "--from", "2015-01-01"][..],
        &["history", VETERAN, "--from", "2015-01-01", "--json"],
        &["report", "get", "3", "--from", "2020-01-01", "--to", "2026-06-15"],
        &["completions", "zsh"],
        &["--help"],
    ] {
        let mut child = world.command(line).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // Closed before the program writes: it asks the server first, or has just begun to run.
        drop(child.stdout.take());
        let run = Run::from(child.wait_with_output().unwrap());
        assert_eq!((run.status, run.stderr.as_str()), (Some(0), ""), "{line:?}");
    }
}

#[test]
fn a_write_that_was_done_is_never_reported_as_failed_because_the_disk_is_full() {
    let world = World::new();
    let id = world.account_id(VETERAN).to_string();
    for line in [&["refill", &id, "100"][..], &["--json", "refill", &id, "100"]] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let child = world.command(line).stdout(full).stderr(Stdio::piped()).spawn().unwrap();
        let run = Run::from(child.wait_with_output().unwrap());
        assert_eq!(run.status, Some(0), "{}", run.stderr);
        assert!(run.stderr.contains("the server has done it"), "{}", run.stderr);
        assert!(run.stderr.matches("key ").count() >= 1, "{}", run.stderr);
    }
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut read = world.command(&["balance", VETERAN]).stdout(full).stderr(Stdio::piped()).spawn().unwrap();
    assert_eq!(read.wait().unwrap().code(), Some(2), "nothing was done, and nothing was shown");
}

#[test]
fn the_exit_code_of_a_failure_survives_readers_that_leave() {
    let world = World::new();
    for line in [&["balance", "+79120000000", "--json"][..], &["balance", "+79120000000", "-vvv"]] {
        let mut child = world.command(line).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop((child.stdout.take(), child.stderr.take()));
        assert_eq!(child.wait().unwrap().code(), Some(1), "{line:?}");
    }
    let mut child = world.unconnected(&["nonsense"]).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(2));
}

#[test]
fn every_help_page_tells_the_exit_codes_of_the_readme() {
    let world = World::new();
    let help = run(&mut world.unconnected(&["--help"]));
    assert_eq!(help.status, Some(0));
    let readme = include_str!("../../README.md");
    for status in ["0", "1", "2", "3", "4", "5", "70", "130"] {
        let in_help = help.stdout.lines().any(|line| line.starts_with(&format!("  {status} ")));
        assert!(in_help && readme.contains(&format!("| `{status}` |")), "{status}");
    }
    for command in ["demo", "doctor", "refill", "identifier-type", "report", "completions"] {
        assert!(help.stdout.contains(&format!("\n  {command} ")) && readme.contains(command), "{command}");
    }
    assert_eq!(run(&mut world.unconnected(&[])).status, Some(2));
    assert!(run(&mut world.unconnected(&["--version"])).stdout.starts_with("loyalty 0."));
}

#[test]
fn completions_are_printed_for_every_shell() {
    let world = World::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let run = run(&mut world.unconnected(&["completions", shell]));
        assert_eq!(run.status, Some(0));
        assert!(run.stdout.contains("identifier-type"), "{shell}");
    }
}

#[test]
fn the_demo_tells_the_whole_story_in_both_languages() {
    let world = World::new();
    for (lang, welcome, expires) in
        [("ru", "Добро пожаловать, Анна!", "Когда сгорают"), ("en", "Welcome, Anna!", "When they expire")]
    {
        let run = run(&mut world.unconnected(&["demo", "--lang", lang]));
        assert_eq!(run.status, Some(0), "{run:?}");
        for part in
            [welcome, expires, "$ loyalty refill", "POST /till/check", "$ loyalty me sign-in", "13. ", "┌──"]
        {
            assert!(run.stdout.contains(part), "{part}: {}", run.stdout);
        }
        assert_eq!(run.stdout.matches("$ loyalty receipt").count(), 2);
        let widest = run.stdout.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(widest <= 100, "{widest} columns");
        assert!(!run.stdout.contains('\u{1b}') && run.stderr.is_empty(), "{run:?}");
    }
}

#[test]
fn the_demo_prints_nothing_but_documents_when_asked_for_them() {
    let world = World::new();
    let run = run(&mut world.unconnected(&["demo", "--json"]));
    assert_eq!(run.status, Some(0), "{run:?}");
    let documents: Vec<Value> =
        serde_json::Deserializer::from_str(&run.stdout).into_iter().collect::<Result<_, _>>().unwrap();
    assert_eq!(documents.len(), 13);
    assert_eq!(documents[6], serde_json::json!({"signedIn": true}));
    assert_eq!(documents[0]["created"], true);
    assert!(documents[5]["dishes"].is_array());
}

#[cfg(unix)]
#[test]
fn a_sandbox_serves_until_it_is_interrupted_and_keeps_its_books() {
    let world = World::new();
    let books = world.path("books.db");
    let line = ["sandbox", "--port", "0", "--today", "2026-06-15", "--guests", "small", "--json", "--data"];
    let line = [&line[..], &[books.to_str().unwrap()]].concat();
    for balance in [30_000, 30_000] {
        let mut child =
            world.unconnected(&line).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut text = String::new();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        while !text.ends_with("}\n") {
            assert!(lines.read_line(&mut text).unwrap() > 0, "{text}");
        }
        let told: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            shape(&told),
            "{apiToken: text, apiTokenHeader: text, longestHistory: text, now: text, url: text}"
        );
        assert!(told["now"].as_str().unwrap().starts_with("2026-06-15T09:"), "{told}");
        let register = ["guest", "register", "--phone", "+79123456789", "--first-name", "Анна", "--json"];
        let mut command = world.command(&register);
        let registered = run(command.env("PROBONUS_URL", told["url"].as_str().unwrap()));
        assert_eq!(document(&registered)["account"]["balance"], balance, "{registered:?}");

        std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        let mut rest = String::new();
        lines.read_to_string(&mut rest).unwrap();
        assert_eq!((rest.as_str(), Run::from(child.wait_with_output().unwrap()).status), ("", Some(0)));
    }
}

#[test]
fn a_taken_port_is_told_as_such() {
    let world = World::new();
    let port = world.sandbox.base_url().rsplit(':').next().unwrap().to_owned();
    let run = run(&mut world.unconnected(&["sandbox", "--port", &port, "--guests", "empty", "--json"]));
    assert_eq!((run.status, &document(&run)["error"]["field"]), (Some(2), &Value::from("port")));
    assert!(run.stderr.contains("another port"), "{run:?}");
}

//! A guest through a gateway: sign in with a code, see what is theirs, sign out. Both ends are processes.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

use crate::gateway;
use crate::world::{Run, VETERAN, World, document, run, shape};

/// A gateway in development, whose codes arrive on its standard error. Killed when dropped.
struct Gateway {
    process: Child,
    url: String,
    codes: Receiver<String>,
}

impl Gateway {
    fn start(world: &World) -> Self {
        let mut command = gateway::command(world, &["run", "--development", "--json"]);
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut text = String::new();
        while !text.ends_with('}') {
            text += &lines.next().unwrap().unwrap();
        }
        let told: Value = serde_json::from_str(&text).unwrap();
        let (sender, codes) = channel();
        let log = BufReader::new(process.stderr.take().unwrap());
        std::thread::spawn(move || {
            for line in log.lines().map_while(Result::ok) {
                if let Some(code) = line.strip_prefix(&format!("code for {VETERAN}: ")) {
                    let _ = sender.send(code.to_owned());
                }
            }
        });
        Self { process, url: told["url"].as_str().unwrap().to_owned(), codes }
    }

    /// The program as the guest would run it: it knows the gateway and nothing of ProBonus.
    fn guest(&self, world: &World, line: &[&str]) -> Command {
        let mut command = world.unconnected(&[line, &["--allow-plain-http"]].concat());
        command.env("LOYALTY_GATEWAY_URL", &self.url).env("XDG_STATE_HOME", world.path("state"));
        command
    }

    fn run(&self, world: &World, line: &[&str]) -> Run {
        run(&mut self.guest(world, &[&["me"], line].concat()))
    }

    fn json(&self, world: &World, line: &[&str]) -> Value {
        let run = self.run(world, &[line, &["--json"]].concat());
        assert_eq!(run.status, Some(0), "{line:?}: {run:?}");
        document(&run)
    }

    /// Runs `me sign-in` and types what `code` makes of the code that was sent.
    fn sign_in(&self, world: &World, code: impl FnOnce(String) -> String) -> Run {
        let mut command = self.guest(world, &["me", "sign-in", VETERAN, "--json"]);
        let mut typing =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let sent = self.codes.recv_timeout(Duration::from_secs(20)).unwrap();
        writeln!(typing.stdin.take().unwrap(), " {} ", code(sent)).unwrap();
        Run::from(typing.wait_with_output().unwrap())
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_guest_signs_in_sees_what_is_theirs_and_signs_out() {
    let world = World::new();
    let gateway = Gateway::start(&world);
    let before = gateway.run(&world, &["balance", "--json"]);
    assert_eq!((before.status, &document(&before)["error"]["code"]), (Some(1), &json!("unauthorized")));

    let signed = gateway.sign_in(&world, |code| code);
    assert_eq!((signed.status, document(&signed)), (Some(0), json!({"signedIn": true})), "{signed:?}");
    let (mut mine, mut direct) = (gateway.json(&world, &["balance"]), world.json(&["balance", VETERAN]));
    // The gateway's clock is this machine's, the sandbox's stands in June.
    for document in [&mut mine, &mut direct] {
        assert_eq!(shape(&document["asOf"].take()), "text");
    }
    assert_eq!(mine, direct, "the same document as over the direct connection");

    let history = gateway.json(&world, &["history", "--last", "200"]);
    let rows = history["transactions"].as_array().unwrap();
    assert_eq!(rows.len(), 200, "more than a page");
    let row = rows.iter().find(|row| row["receiptId"].is_string()).unwrap();
    let receipt = gateway.json(&world, &["receipt", row["receiptId"].as_str().unwrap()]);
    let number = row["id"].as_i64().unwrap().to_string();
    assert_eq!(gateway.json(&world, &["receipt", &number]), receipt);
    assert_eq!(gateway.json(&world, &["receipt"]), receipt, "the newest");
    assert!(receipt["dishes"].as_array().is_some_and(|dishes| !dishes.is_empty()));
    let text = gateway.run(&world, &["history", "--last", "200", "--lang", "ru"]).stdout;
    assert!(text.contains(&format!("чек {number}")), "{text}");

    let none = gateway.run(&world, &["card", "--json"]);
    assert_eq!((none.status, &document(&none)["error"]["code"]), (Some(2), &json!("unsupported")));
    assert_eq!(gateway.json(&world, &["sign-out"]), json!({"signedIn": false}));
    assert_eq!(gateway.run(&world, &["history"]).status, Some(1));
}

#[test]
fn a_wrong_code_tells_how_often_it_may_be_tried_and_signs_nobody_in() {
    let world = World::new();
    let gateway = Gateway::start(&world);
    let wrong =
        gateway.sign_in(&world, |code| if code == "000000" { "000001".into() } else { "000000".into() });
    assert_eq!(wrong.status, Some(1), "{wrong:?}");
    assert_eq!(document(&wrong)["error"]["code"], "code_wrong");
    assert!(wrong.stderr.contains("tries left: 4"), "{wrong:?}");
    assert_eq!(gateway.run(&world, &["balance"]).status, Some(1));
    let soon = gateway.run(&world, &["sign-in", VETERAN, "--json"]);
    let error = &document(&soon)["error"];
    assert_eq!((soon.status, &error["code"]), (Some(1), &json!("rate_limited")));
    assert!(error["retryAfter"].as_i64().is_some_and(|wait| (1..=60).contains(&wait)), "{error}");
}

#[cfg(unix)]
#[test]
fn the_session_is_in_a_file_that_only_its_owner_can_read() {
    use std::os::unix::fs::PermissionsExt;

    let world = World::new();
    let gateway = Gateway::start(&world);
    assert_eq!(gateway.sign_in(&world, |code| code).status, Some(0));
    let folder = world.path("state/loyalty");
    let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    let session = &folder.join("session.json");
    assert!(files.contains(session), "{files:?}");
    for file in &files {
        assert_eq!(
            std::fs::metadata(file).unwrap().permissions().mode() & 0o777,
            0o600,
            "{}",
            file.display()
        );
    }
    std::fs::set_permissions(session, std::fs::Permissions::from_mode(0o644)).unwrap();
    let opened = gateway.run(&world, &["balance", "--json"]);
    assert_eq!(
        (opened.status, &document(&opened)["error"]["code"]),
        (Some(2), &json!("secret_store_exposed"))
    );
    std::fs::set_permissions(session, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(shape(&gateway.json(&world, &["balance"])["balance"]), "int");
    gateway.json(&world, &["sign-out"]);
    assert_eq!(std::fs::read_to_string(session).unwrap(), "{}", "no token stays behind");
}

#[test]
fn without_a_gateway_the_program_says_where_one_is_named() {
    let world = World::new();
    let run = run(&mut world.unconnected(&["me", "balance", "--json"]));
    assert_eq!((run.status, &document(&run)["error"]["field"]), (Some(2), &json!("gateway")));
    assert!(run.stderr.contains("LOYALTY_GATEWAY_URL"), "{run:?}");
    let file = world.file("loyalty.toml", "[me]\ngateway = \"http://127.0.0.1:1\"\n");
    let plain = crate::world::run(&mut world.unconnected(&[
        "me",
        "balance",
        "--json",
        "--config",
        file.to_str().unwrap(),
    ]));
    assert_eq!(
        (plain.status, &document(&plain)["error"]["field"]),
        (Some(2), &json!("gateway")),
        "{plain:?}"
    );
}

//! The gateway as a command: serving, and what its operator does beside it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::world::{Run, VETERAN, World, document, run, shape};

const CONFIG: &str = r#"
[gateway]
listen = "127.0.0.1:0"
metrics_listen = "127.0.0.1:0"
[gateway.programme]
name = "Печка"
registration = false
"#;
const KEY: &str = "a master key of at least 32 characters";

/// A command of the gateway on this world's configuration, database and key.
pub(crate) fn command(world: &World, line: &[&str]) -> Command {
    let config = world.file("gateway.toml", CONFIG);
    let mut command = world.command(&[&["--config", config.to_str().unwrap(), "gateway"], line].concat());
    command
        .env("GATEWAY_DATABASE_URL", format!("sqlite:{}", world.path("gateway.db").display()))
        .env("GATEWAY_MASTER_KEY_FILE", world.file("key", &format!("{KEY}\n")));
    command
}

fn told(world: &World, line: &[&str]) -> Run {
    run(&mut command(world, line))
}

/// A gateway that serves. Killed when dropped.
struct Served {
    process: Child,
    document: Value,
}

impl Served {
    fn start(world: &World) -> Self {
        let mut command = command(world, &["run", "--development", "--json"]);
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut text = String::new();
        while !text.ends_with('}') {
            text += &lines.next().unwrap().unwrap();
        }
        Self { process, document: serde_json::from_str(&text).unwrap() }
    }

    /// Sends a request and reads the whole answer.
    fn ask(&self, head: &str, body: &str) -> String {
        let address = self.document["url"].as_str().unwrap().trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).unwrap();
        let length = body.len();
        write!(
            stream,
            "{head}\r\nhost: g\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Asks it to end, and reads what it wrote to stderr.
    fn end(mut self) -> (Option<i32>, String) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        let mut log = String::new();
        self.process.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        (self.process.wait().unwrap().code(), log)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It has ended already where the test went well.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_guest_signs_in_with_the_code_from_the_terminal_and_the_log_tells_no_phone_elsewhere() {
    let world = World::new();
    let served = Served::start(&world);
    assert_eq!(shape(&served.document), "{metricsUrl: text, url: text}");
    assert!(served.ask("GET /v1/programme HTTP/1.1", "").contains("Печка"));
    let sent = served.ask("POST /v1/sign-in/code HTTP/1.1", &format!("{{\"phone\": \"{VETERAN}\"}}"));
    assert!(sent.starts_with("HTTP/1.1 202"), "{sent}");
    let (status, log) = served.end();
    assert_eq!(status, Some(0), "{log}");
    let code = log.lines().find(|line| line.contains("code for")).unwrap();
    assert!(code.contains(VETERAN), "{code}");
    assert!(log.contains("route=\"/v1/sign-in/code\"") && log.contains("the gateway is closed"), "{log}");
    let rest = log.replace(code, "");
    assert!(!rest.contains(VETERAN.trim_start_matches("+7")), "{rest}");
}

#[test]
fn a_kiosk_is_added_listed_and_revoked_beside_a_running_gateway() {
    let world = World::new();
    let served = Served::start(&world);
    let added = document(&told(&world, &["device", "add", "Зал, слева", "--json"]));
    assert_eq!(shape(&added), "{credential: text, id: text}");
    let ask = |credential: &str| {
        let head = format!("POST /v1/kiosk/identify HTTP/1.1\r\nloyalty-device: {credential}");
        served.ask(&head, "{\"tillCode\": \"000000\"}")
    };
    let credential = added["credential"].as_str().unwrap();
    assert!(ask(credential).contains("\"code_expired\""), "a good credential, and a code that nobody issued");
    assert!(ask("nonsense").contains("\"unauthorized\""));

    let listed = told(&world, &["device", "list"]);
    assert!(listed.stdout.contains("Зал, слева") && !listed.stdout.contains(credential), "{listed:?}");
    let id = added["id"].as_str().unwrap();
    assert_eq!(told(&world, &["device", "revoke", id]).status, Some(0));
    assert!(ask(credential).contains("\"unauthorized\""), "it was revoked");
    let devices = document(&told(&world, &["device", "list", "--json"]));
    assert_eq!(shape(&devices), "{devices: [{addedAt: text, id: text, name: text, revokedAt: text}]}");
    let nobody = uuid::Uuid::nil().to_string();
    assert_eq!(told(&world, &["device", "revoke", &nobody]).status, Some(1));
}

#[test]
fn consents_and_deletions_are_exported_with_their_columns_named() {
    let world = World::new();
    let _served = Served::start(&world);
    let consents = told(&world, &["consents"]);
    let columns = "phone,accountId,kind,textVersion,givenAt,withdrawnAt,address,withdrawnAddress\n";
    assert_eq!((consents.status, consents.stdout.as_str()), (Some(0), columns));
    assert_eq!(told(&world, &["deletions"]).stdout, "phone,accountId,requestedAt,lastRequestedAt\n");
    assert_eq!(shape(&document(&told(&world, &["consents", "--json"]))), "{consents: []}");
    assert_eq!(shape(&document(&told(&world, &["deletions", "--json"]))), "{deletions: []}");
}

#[test]
fn production_starts_with_nothing_that_only_development_may_do() {
    let world = World::new();
    let console = told(&world, &["run"]);
    assert_eq!(console.status, Some(2));
    assert!(console.stderr.contains("gateway.delivery.providers"), "{console:?}");
    let provider = "[[gateway.delivery.providers]]\nname = \"sms\"\nurl = \"https://sms.example/send\"\n";
    let config = world.file("production.toml", &format!("{CONFIG}{provider}"));
    let mut keyless = world.command(&["--config", config.to_str().unwrap(), "gateway", "run"]);
    let keyless =
        run(keyless.env("GATEWAY_DATABASE_URL", format!("sqlite:{}", world.path("g.db").display())));
    assert_eq!(keyless.status, Some(2));
    assert!(keyless.stderr.contains("GATEWAY_MASTER_KEY_FILE"), "{keyless:?}");
    let mut short = command(&world, &["device", "add", "Зал"]);
    let short = run(short.env("GATEWAY_MASTER_KEY_FILE", world.file("short", "hunter2")));
    assert_eq!(short.status, Some(2));
    assert!(short.stderr.contains("32 characters") && !short.stderr.contains("hunter2"), "{short:?}");
}

#[test]
fn an_operator_in_the_wrong_place_or_with_the_wrong_key_is_told_so() {
    let world = World::new();
    for line in
        [&["deletions"][..], &["consents"], &["device", "list"], &["device", "add", "Зал"], &["replace-key"]]
    {
        let nowhere = told(&world, line);
        assert_eq!(nowhere.status, Some(2), "{line:?}");
        assert!(nowhere.stderr.contains("no database"), "{nowhere:?}");
    }
    assert!(!world.path("gateway.db").exists());
    Served::start(&world).end();
    let other = world.file("other", "another master key, of more than 32 characters");
    let with_other = |line: &[&str]| run(command(&world, line).env("GATEWAY_MASTER_KEY_FILE", &other));
    for line in [&["device", "add", "Зал"][..], &["run", "--development"]] {
        let refused = with_other(line);
        assert_eq!(refused.status, Some(2), "{line:?}");
        assert!(refused.stderr.contains("replace-key"), "{refused:?}");
    }
    assert_eq!(with_other(&["replace-key"]).status, Some(0));
    assert_eq!(with_other(&["device", "add", "Зал"]).status, Some(0));
    assert_eq!(told(&world, &["device", "add", "Зал"]).status, Some(2), "the old key is the wrong one now");
    let shown = told(&world, &["consents", "--database-url", "postgres://loyalty:hunter2@db/loyalty"]);
    assert_eq!(shown.status, Some(2));
    assert!(
        shown.stderr.contains("GATEWAY_DATABASE_URL_FILE") && !shown.stderr.contains("hunter2"),
        "{shown:?}"
    );
}

#[test]
fn two_gateways_do_not_share_a_file() {
    let world = World::new();
    let served = Served::start(&world);
    let second = told(&world, &["run", "--development"]);
    assert_eq!(second.status, Some(2));
    assert!(second.stderr.contains("PostgreSQL"), "{second:?}");
    assert_eq!(served.end().0, Some(0));
}

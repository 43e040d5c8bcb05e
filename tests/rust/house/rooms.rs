//! Which room of the core may use which other room and which crates.

use crate::mentions::{Mention, Source, Target};
use crate::modules::modules;
use crate::project;

/// One row of the table. A room may always use itself and the standard library.
struct Room {
    name: &'static str,
    /// The other rooms it may use.
    rooms: &'static [&'static str],
    /// The crates it may use; `None` where the room is the place for such things.
    crates: Option<&'static [&'static str]>,
}

const ROOMS: &[Room] = &[
    Room { name: "error_code", rooms: &[], crates: Some(&[]) },
    Room { name: "domain", rooms: &["error_code"], crates: Some(&["jiff", "serde", "thiserror", "uuid"]) },
    Room { name: "ports", rooms: &["domain"], crates: Some(&["jiff", "secrecy", "thiserror", "uuid"]) },
    Room { name: "system", rooms: &["ports"], crates: Some(SYSTEM_CRATES) },
    Room { name: "outcome", rooms: &[], crates: Some(&[]) },
    Room { name: "backend", rooms: &["domain", "error_code", "outcome", "ports"], crates: None },
    Room { name: "store", rooms: &["domain", "error_code", "outcome", "ports"], crates: Some(STORE_CRATES) },
    Room {
        name: "error",
        rooms: &["backend", "domain", "error_code", "ports", "store"],
        crates: Some(&["thiserror"]),
    },
    Room { name: "guest", rooms: SESSION_ROOMS, crates: Some(SESSION_CRATES) },
    Room { name: "operator", rooms: SESSION_ROOMS, crates: Some(SESSION_CRATES) },
];

/// What keeps secrets, beside clock and chance.
const SYSTEM_CRATES: &[&str] = &[
    "base64",
    "jiff",
    "keyring_core",
    "rustix",
    "secrecy",
    "serde_json",
    "uuid",
    "zbus_secret_service_keyring_store",
    "zeroize",
];
/// No HTTP.
const STORE_CRATES: &[&str] =
    &["jiff", "ring", "rusqlite", "serde", "serde_json", "thiserror", "tokio", "tracing", "uuid"];
const SESSION_ROOMS: &[&str] = &["backend", "domain", "error", "error_code", "ports", "store"];
/// Neither HTTP nor JSON nor SQL.
const SESSION_CRATES: &[&str] = &["futures_util", "jiff", "secrecy", "thiserror", "tokio", "tracing", "uuid"];

/// The sessions see the ports of `backend`, not what is behind them.
const SESSIONS: &[&str] = &["guest", "operator"];
const BEHIND_THE_PORTS: &[&str] = &["gateway", "http", "probonus", "tokens"];

/// What reads the machine's clock or its random generator, by the last name of a path.
const CLOCK_AND_CHANCE: &[&str] =
    &["now", "now_utc", "now_local", "now_v1", "now_v6", "now_v7", "new_v1", "new_v4", "new_v6", "new_v7"];
/// The room that may.
const CLOCK_ROOM: &str = "system";

/// What the crate's root offers under a name of its own, and whence: `LoyaltyError` from `error`.
type Exports = Vec<(String, String)>;

fn exports(root: &Source) -> Exports {
    root.mentions
        .iter()
        .filter_map(|mention| match &mention.target {
            Target::Inside(path) | Target::Outside(path) => path.last().cloned().zip(path.first().cloned()),
        })
        .collect()
}

/// Everything in a module that breaks the table.
fn violations(module: &[String], source: &Source, crates: &[String], exports: &Exports) -> Vec<String> {
    let Some(name) = module.first() else { return Vec::new() };
    let Some(room) = ROOMS.iter().find(|room| room.name == name) else {
        return vec![format!("`{name}` has no row in the table of rooms")];
    };
    let floats = source.floats.iter().map(|line| format!("{line}: a float"));
    let mentions = source.mentions.iter().filter_map(|mention| {
        let breach = breach(room, mention, crates, exports)?;
        Some(format!("{}: {} {breach}", mention.line, room.name))
    });
    floats.chain(mentions).collect()
}

fn breach(room: &Room, mention: &Mention, crates: &[String], exports: &Exports) -> Option<String> {
    match &mention.target {
        Target::Inside(path) => {
            let first = path.first()?;
            let exported = exports.iter().find(|(name, _)| name == first).map(|(_, whence)| whence);
            let other =
                if ROOMS.iter().any(|room| room.name == first) { first } else { exported.unwrap_or(first) };
            let is_hidden = SESSIONS.contains(&room.name)
                && other == "backend"
                && path.get(1).is_some_and(|part| BEHIND_THE_PORTS.contains(&part.as_str()));
            let may = room.name == other || (room.rooms.contains(&other.as_str()) && !is_hidden);
            (!may).then(|| format!("uses crate::{}", path.join("::")))
        }
        Target::Outside(path) => {
            let reads_clock = path.last().is_some_and(|last| CLOCK_AND_CHANCE.contains(&last.as_str()));
            if reads_clock && room.name != CLOCK_ROOM {
                return Some(format!("calls {} instead of a port", path.join("::")));
            }
            let first = path.first()?;
            let is_foreign =
                crates.contains(first) && room.crates.is_some_and(|may| !may.contains(&first.as_str()));
            is_foreign.then(|| format!("uses the crate {first}"))
        }
    }
}

/// The crates that the core depends on, as they are called in code.
fn dependencies() -> Vec<String> {
    let text = std::fs::read_to_string(project().join("core/Cargo.toml")).unwrap();
    let manifest: toml::Table = text.parse().unwrap();
    manifest["dependencies"].as_table().unwrap().keys().map(|name| name.replace('-', "_")).collect()
}

#[test]
fn every_room_uses_only_what_the_table_allows() {
    let modules = modules(&project().join("core/src"));
    let root = modules.iter().find(|module| module.path.is_empty()).unwrap();
    let exports = exports(&root.source);
    let dependencies = dependencies();
    let found: Vec<String> = modules
        .iter()
        .flat_map(|module| {
            let file = module.file.strip_prefix(project()).unwrap().display().to_string();
            let broken = violations(&module.path, &module.source, &dependencies, &exports);
            broken.into_iter().map(move |breach| format!("{file}:{breach}"))
        })
        .collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn every_row_of_the_table_is_a_room() {
    let modules = modules(&project().join("core/src"));
    for room in ROOMS {
        let names = [room.name].into_iter().chain(room.rooms.iter().copied());
        for name in names {
            assert!(modules.iter().any(|module| module.path == [name]), "there is no room `{name}`");
        }
    }
}

/// What the checker finds in a text planted into `room`.
fn planted(room: &str, text: &str) -> Vec<String> {
    let module = [room.to_owned(), "planted".to_owned()];
    let source = Source::read(&module, text).unwrap();
    let crates = ["jiff", "reqwest", "serde_json", "uuid"].map(str::to_owned);
    let exports = vec![("LoyaltyError".to_owned(), "error".to_owned())];
    violations(&module, &source, &crates, &exports)
}

#[test]
fn a_planted_breach_is_found() {
    for (room, text, expected) in [
        (
            "domain",
            "use crate::{error_code::ErrorCode, backend::BackendError};",
            "uses crate::backend::BackendError",
        ),
        ("domain", "fn f() -> Result<(), crate::LoyaltyError> { Ok(()) }", "uses crate::LoyaltyError"),
        ("domain", "use super::super::ports;", "uses crate::ports"),
        ("domain", "use reqwest as web;", "uses the crate reqwest"),
        ("domain", "fn f() { reqwest::get(); }", "uses the crate reqwest"),
        ("domain", "\nconst SHARE: i64 = (100 as f64 * 0.5) as i64;", "2: a float"),
        ("backend", "pub use crate::guest::Snapshot;", "uses crate::guest::Snapshot"),
        ("backend", "use crate::*;", "uses crate::*"),
        ("guest", "use crate::backend::probonus::wire;", "uses crate::backend::probonus::wire"),
        ("guest", "use serde_json::Value;", "uses the crate serde_json"),
        ("guest", "fn f() { std::time::Instant::now(); }", "calls std::time::Instant::now instead of a port"),
        ("ports", "fn f() { uuid::Uuid::new_v4(); }", "calls uuid::Uuid::new_v4 instead of a port"),
        ("cellar", "use std::fmt;", "`cellar` has no row"),
    ] {
        let found = planted(room, text);
        assert!(found.iter().any(|breach| breach.contains(expected)), "{room}: {text}: {found:?}");
    }
}

#[test]
fn what_the_table_allows_is_let_through() {
    for (room, text) in [
        ("domain", "use super::Phone; use jiff::civil::Date; use std::fmt;"),
        ("backend", "use crate::domain::{Phone, wording}; use crate::ports::Clock; use reqwest::Client;"),
        ("backend", "use super::http::Reply; fn f(c: &dyn Clock) { c.now(); }"),
        ("guest", "use crate::backend::GuestBackend; use crate::LoyaltyError;"),
        ("system", "fn f() { jiff::Timestamp::now(); }"),
    ] {
        assert_eq!(planted(room, text), Vec::<String>::new(), "{room}: {text}");
    }
}

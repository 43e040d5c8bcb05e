//! The program is killed at random moments while it writes money, again and again. Then it is run to the end, settled,
//! and the server's books are compared with what was asked for.
//!
//! `LOYALTY_KILLS` sets how often.

// A test may stop at the first thing that is not as it should be.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../process/world.rs"]
#[allow(dead_code)] // Shared with tests that look at documents more closely.
mod world;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use loyalty_sandbox::{Fault, FaultKind, Times, TransactionRow};
use serde_json::Value;
use uuid::Uuid;

use world::{VETERAN, World};

/// Kills of an ordinary run.
const KILLS: u64 = 200;
/// Purchases in a file.
const ROWS: u32 = 10;
/// The program is killed after so many milliseconds at most; by then an undisturbed one has often ended.
const LATEST: u64 = 100;
/// What each write accrues, in kopecks.
const SUM: i64 = 500;

/// What one run of the program was asked to do.
enum Intent {
    Import { file: PathBuf, round: u64 },
    Refill { account: i64, key: Uuid },
}

struct Torture {
    world: World,
    accounts: Vec<i64>,
    intents: Vec<Intent>,
    /// Rows in the books before the first write.
    rows_before: usize,
    random: u64,
    /// How many runs were alive when they were killed.
    hit: u64,
    /// How many were killed while a request of theirs was without an answer.
    cut: u64,
}

impl Torture {
    fn new() -> Self {
        let world = World::new();
        let mut accounts = vec![world.account_id(VETERAN)];
        for number in 1..=4 {
            let phone = format!("+7912345670{number}");
            let registered = world.json(&["guest", "register", "--phone", &phone, "--first-name", "Анна"]);
            accounts.push(registered["account"]["id"].as_i64().unwrap());
        }
        // Answers take a moment, so that many kills fall between a request and its answer.
        for method in ["external/register_check", "accounts/refill"] {
            world.sandbox.faults().add(Fault::new(method, FaultKind::Delay { ms: 10 }, Times::Forever));
        }
        let mut torture =
            Self { world, accounts, intents: Vec::new(), rows_before: 0, random: 0x5eed, hit: 0, cut: 0 };
        torture.rows_before = torture.books().len();
        torture
    }

    /// What the books show of the accounts.
    fn books(&self) -> Vec<TransactionRow> {
        let books = self.world.sandbox.books();
        self.accounts.iter().flat_map(|id| books.transactions(*id).unwrap()).collect()
    }

    fn random(&mut self, below: u64) -> u64 {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.random >> 33) % below
    }

    /// Runs something new, or something old again, or settles; and kills it.
    fn round(&mut self, round: u64) {
        let line = match self.random(10) {
            0 => vec!["outbox".to_owned(), "settle".to_owned()],
            1..5 if !self.intents.is_empty() => {
                let old = usize::try_from(self.random(self.intents.len() as u64)).unwrap();
                self.line(&self.intents[old])
            }
            5 | 6 => {
                let which = usize::try_from(self.random(5)).unwrap();
                let account = self.accounts[which];
                self.begin(Intent::Refill { account, key: Uuid::from_u64_pair(round + 1, 0x4000_8000) })
            }
            _ => {
                let file = self.world.file(&format!("{round}.csv"), &self.purchases(round));
                self.begin(Intent::Import { file, round })
            }
        };
        let line: Vec<_> = line.iter().map(String::as_str).collect();
        let mut command = self.world.command(&line);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(self.random(LATEST)));
        let alive = child.try_wait().unwrap().is_none();
        child.kill().unwrap();
        child.wait().unwrap();
        self.hit += u64::from(alive);
        self.cut += u64::from(alive && self.listed(&[]).iter().any(|write| write["state"] == "sent"));
    }

    /// Writes as the outbox lists them, which sends and settles nothing.
    fn listed(&self, more: &[&str]) -> Vec<Value> {
        let list = self.world.json(&[&["outbox", "list", "--limit", "1000000"], more].concat());
        list["writes"].as_array().unwrap().clone()
    }

    fn begin(&mut self, intent: Intent) -> Vec<String> {
        let line = self.line(&intent);
        self.intents.push(intent);
        line
    }

    fn line(&self, intent: &Intent) -> Vec<String> {
        let words = match intent {
            Intent::Import { file, .. } => vec!["check", "register", "--file", file.to_str().unwrap()],
            Intent::Refill { account, key } => {
                let words = ["refill", &account.to_string(), &SUM.to_string(), "--key", &key.to_string()];
                return words.map(str::to_owned).into();
            }
        };
        words.into_iter().map(str::to_owned).collect()
    }

    fn purchases(&self, round: u64) -> String {
        let mut text = "account,rest-code,rk-unit,external-check,money-spent,bonus-accrued\n".to_owned();
        for row in 0..ROWS {
            let account = self.accounts[usize::try_from(row).unwrap() % self.accounts.len()];
            writeln!(text, "{account},2,1,{round}-{row},10000,{SUM}").unwrap();
        }
        text
    }

    /// Asks for everything once more, and settles until nothing is left to wait for.
    fn finish(&self) {
        self.world.json(&["outbox", "settle"]);
        for intent in &self.intents {
            let line = self.line(intent);
            let run = self.world.run(&line.iter().map(String::as_str).collect::<Vec<_>>());
            assert!(matches!(run.status, Some(0 | 5)), "{line:?}: {run:?}");
        }
        for minutes in [16, 6, 6, 6] {
            self.world.sandbox.clock().advance_minutes(minutes);
            let settled = self.world.json(&["outbox", "settle"]);
            assert_eq!(settled["stopped"], Value::Null, "{settled}");
        }
        assert_eq!(self.listed(&[]), Vec::<Value>::new());
    }

    /// Each write of each intent stands in the books once, and nothing else does.
    fn compare(&self) {
        let rows = self.books();
        let states: HashMap<_, _> = self
            .listed(&["--all"])
            .into_iter()
            .map(|write| (write["key"].as_str().unwrap().to_owned(), write["state"].clone()))
            .collect();
        let mut writes = 0;
        for intent in &self.intents {
            match intent {
                Intent::Import { round, .. } => {
                    for row in 0..ROWS {
                        let number = format!("{round}-{row}");
                        let booked = rows.iter().filter(|row| row.external_check.as_deref() == Some(&number));
                        assert_eq!(booked.map(|row| row.sum).collect::<Vec<_>>(), [SUM], "{number}");
                        writes += 1;
                    }
                }
                Intent::Refill { key, .. } => {
                    assert_eq!(states[&key.to_string()], "accepted", "{key}");
                    let suffix = base64(*key);
                    let booked = rows.iter().filter(|row| {
                        row.comment.as_deref().is_some_and(|comment| comment.ends_with(&suffix))
                    });
                    assert_eq!(booked.map(|row| row.sum).collect::<Vec<_>>(), [SUM], "{key}");
                    writes += 1;
                }
            }
        }
        assert_eq!(rows.len(), self.rows_before + writes, "rows that nobody asked for");
    }
}

/// How a key stands in a comment.
fn base64(key: Uuid) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let bits = key.as_u128();
    let digit = |index: u32| if index < 21 { bits >> (122 - 6 * index) } else { bits << 4 };
    (0..22).map(|index| char::from(DIGITS[usize::try_from(digit(index) & 63).unwrap()])).collect()
}

#[test]
fn every_write_is_booked_once_however_often_its_process_was_killed() {
    let kills = std::env::var("LOYALTY_KILLS").map_or(KILLS, |text| text.parse().unwrap());
    let mut torture = Torture::new();
    let mut rounds = 0;
    while torture.hit < kills {
        torture.round(rounds);
        rounds += 1;
        assert!(rounds < 3 * kills, "most runs ended before they were killed");
    }
    torture.finish();
    torture.compare();
    println!(
        "{kills} kills, {} of them in mid-request, and {} runs that ended first",
        torture.cut,
        rounds - kills
    );
    assert!(torture.cut * 5 > kills, "hardly a request was interrupted");
}

//! Random histories of writes of money over a network that fails in every way there is, on real files, against a model
//! of the server that knows how often each write was applied.
//!
//! Each history follows from its seed. `LOYALTY_SIMULATION_SEED=n` replays one and tells it; `LOYALTY_SIMULATION_COUNT`
//! sets how many are run.

// A test stops at the first thing that is not as it should be.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod backend;
mod deed;
mod history;
mod plan;
mod random;
mod server;
mod verdict;
mod world;

use std::path::{Path, PathBuf};
use std::thread;

use plan::Bug;
use verdict::Tally;

/// Histories of an ordinary run.
const COUNT: u64 = 10_000;
/// So many are enough to notice each planted bug.
const ENOUGH: u64 = 1_000;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().unwrap())
}

/// A folder in memory where the machine has one: that the disk is waited for is tested elsewhere.
fn folder() -> tempfile::TempDir {
    let memory = PathBuf::from("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

/// Runs histories one after the other, each on a fresh copy of one empty outbox.
struct Runner {
    folder: tempfile::TempDir,
    runtime: tokio::runtime::Runtime,
    empty: PathBuf,
}

impl Runner {
    fn new(root: &Path) -> Self {
        let folder = tempfile::tempdir_in(root).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let empty = folder.path().join("empty.db");
        runtime.block_on(history::make_outbox(&empty));
        Self { folder, runtime, empty }
    }

    fn run(&self, seed: u64, bug: Option<Bug>, logging: bool) -> Result<Tally, String> {
        let folder = tempfile::tempdir_in(self.folder.path()).unwrap();
        let outbox = folder.path().join("outbox.db");
        std::fs::copy(&self.empty, &outbox).unwrap();
        self.runtime.block_on(history::run(seed, &outbox, bug, logging))
    }
}

/// Runs histories on all processors; the first seed that fails, with what it violated.
fn run(seeds: std::ops::Range<u64>, bug: Option<Bug>) -> Result<Tally, (u64, String)> {
    let root = folder();
    let workers = thread::available_parallelism().map_or(1, usize::from) as u64;
    let results = thread::scope(|scope| {
        let run_share = |worker| {
            let (root, seeds) = (root.path(), seeds.clone());
            scope.spawn(move || {
                let runner = Runner::new(root);
                let mut total = Tally::default();
                for seed in seeds.filter(|seed| seed % workers == worker) {
                    total.add(runner.run(seed, bug, false).map_err(|what| (seed, what))?);
                }
                Ok(total)
            })
        };
        let running: Vec<_> = (0..workers).map(run_share).collect();
        running.into_iter().map(|worker| worker.join().unwrap()).collect::<Vec<_>>()
    });
    let mut total = Tally::default();
    for result in results {
        total.add(result?);
    }
    Ok(total)
}

#[test]
fn every_intent_is_applied_once_or_listed_in_ten_thousand_histories() {
    if let Some(seed) = number("LOYALTY_SIMULATION_SEED") {
        println!("{:?}", Runner::new(folder().path()).run(seed, None, true).unwrap());
        return;
    }
    let count = number("LOYALTY_SIMULATION_COUNT").unwrap_or(COUNT);
    match run(0..count, None) {
        Err((seed, what)) => panic!("{what}\nreplay with LOYALTY_SIMULATION_SEED={seed}"),
        Ok(tally) => {
            println!("{count} histories: {tally:?}");
            // A simulation that never gets where it can go wrong shows nothing.
            let Tally { unknown, duplicate, rejected, sent_again, found, forgotten, recovered, .. } = tally;
            for reached in [unknown, duplicate, rejected, sent_again, found, forgotten, recovered] {
                assert!(reached * 50 >= count, "too rarely reached: {tally:?}");
            }
        }
    }
}

#[test]
fn planted_bugs_are_noticed() {
    for bug in [Bug::SendBeforeWrite, Bug::AbsenceIsProof, Bug::NoPatience] {
        let noticed = run(0..ENOUGH, Some(bug));
        println!("{bug:?}: {noticed:?}");
        assert!(noticed.is_err(), "{bug:?} was not noticed");
    }
}

#[test]
fn a_history_follows_from_its_seed() {
    let root = folder();
    let runner = Runner::new(root.path());
    for seed in 0..20 {
        let runs = [(); 2].map(|()| format!("{:?}", runner.run(seed, None, false)));
        assert_eq!(runs[0], runs[1], "seed {seed}");
    }
}

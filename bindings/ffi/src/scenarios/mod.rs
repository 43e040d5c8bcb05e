//! Plays `tests/scenarios/devices` through this crate's own surface. What it sees goes to
//! `target/scenarios/devices-rust.json`, which the players in other languages have to write to the byte.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
// A test may stop at the first thing that is not as it should be.

#[path = "../../../../tests/rust/scenarios/expectation.rs"]
mod expectation;
mod observation;
mod player;
#[path = "../../../../tests/rust/scenarios/report.rs"]
mod report;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use self::player::Player;
use self::report::Report;

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every scenario, by name.
fn scenarios() -> Vec<(String, Value)> {
    let entries = fs::read_dir(project().join("tests/scenarios/devices")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let files = paths.filter(|path| path.extension().is_some_and(|end| end == "json"));
    let mut scenarios: Vec<_> = files
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap())
        })
        .collect();
    scenarios.sort_by(|one, other| one.0.cmp(&other.0));
    scenarios
}

#[test]
fn every_scenario_goes_as_it_says() {
    let scenarios = scenarios();
    assert!(scenarios.len() >= 40, "{} scenarios", scenarios.len());
    let mut report = Report::default();
    let mut differences = Vec::new();
    // Not this library's runtime: the surroundings are a world of their own.
    let surroundings = tokio::runtime::Runtime::new().unwrap();
    for (name, scenario) in &scenarios {
        let mut player = surroundings.block_on(Player::start(scenario));
        let mut expectations = 0;
        for (number, step) in scenario["steps"].as_array().unwrap().iter().enumerate() {
            // Shown when the surroundings fail.
            println!("{name} {number} {step}");
            let seen = surroundings.block_on(player.take(step));
            if let Some(expected) = step.get("expect") {
                assert!(!expectation::is_void(expected), "{name} {number} expects nothing");
                expectations += 1;
                let found = expectation::differences(expected, &seen);
                differences.extend(found.into_iter().map(|one| format!("{name} {number} {one}")));
            }
            report.add(name, number, &seen);
        }
        assert!(expectations > 0, "{name} expects nothing");
    }
    report.write(&project().join("target/scenarios/devices-rust.json"));
    assert!(differences.is_empty(), "not as expected:\n{}", differences.join("\n"));
}

//! The scenarios of `tests/scenarios`: a guest's device and a server, step by step, as data that every language runs,
//! over a direct connection and over a gateway.
//!
//! The format stands in `tests/scenarios/README.md`. What was observed goes to `target/scenarios/rust-WAY.json`, which
//! the runners of other languages have to write to the byte.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
// A test may stop at the first thing that is not as it should be.

mod damage;
mod device;
mod expectation;
mod observation;
mod report;
mod scenario;
mod way;
mod world;

use std::fs;
use std::path::Path;

use serde_json::json;

use report::Report;
use scenario::Scenario;
use way::Way;
use world::World;

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// One scenario at a time: one of them bounds what this whole process may write.
static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// Every scenario of a way by name: those of both ways, and those of a folder of its own.
fn scenarios(way: Way) -> Vec<Scenario> {
    let folder = project().join("tests/scenarios");
    let folders = [folder.join(way.word()), folder];
    let entries = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    let mut scenarios: Vec<_> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .map(|path| read(&path))
        .collect();
    scenarios.sort_by(|one, other| one.name.cmp(&other.name));
    scenarios
}

fn read(path: &Path) -> Scenario {
    let scenario = Scenario::parse(&fs::read_to_string(path).unwrap())
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert_eq!(path.file_stem().unwrap(), scenario.name.as_str(), "a file is named for its scenario");
    scenario
}

/// Runs a scenario and answers what was not as expected.
async fn run(scenario: &Scenario, way: Way, report: &mut Report) -> Vec<String> {
    let mut world = World::start(scenario, way).await;
    let mut differences = Vec::new();
    for (number, step) in scenario.steps.iter().enumerate() {
        let observed = world.take(&step.action).await;
        let found = expectation::differences(&step.expect, &observed);
        differences.extend(found.into_iter().map(|one| format!("{} {number} {one}", scenario.name)));
        report.add(&scenario.name, number, &observed);
    }
    differences
}

async fn run_all(way: Way) {
    let _turn = TURN.lock().await;
    let scenarios = scenarios(way);
    assert!(scenarios.len() >= 20, "{} scenarios", scenarios.len());
    let mut report = Report::default();
    let mut differences = Vec::new();
    for scenario in &scenarios {
        differences.extend(run(scenario, way, &mut report).await);
    }
    report.write(&project().join(format!("target/scenarios/rust-{}.json", way.word())));
    assert!(differences.is_empty(), "not as expected:\n{}", differences.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_scenario_goes_as_it_says_over_a_direct_connection() {
    run_all(Way::Direct).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_scenario_goes_as_it_says_over_a_gateway() {
    run_all(Way::Gateway).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_goes_otherwise_is_told_with_its_place() {
    let _turn = TURN.lock().await;
    let text = json!({
        "name": "otherwise", "description": "A test of the test.",
        "steps": [
            {"do": "open", "expect": {"snapshot": null}},
            {"do": "refresh", "expect": {"error": {"code": "offline"}}},
        ],
    });
    let scenario = Scenario::parse(&text.to_string()).unwrap();
    for way in [Way::Direct, Way::Gateway] {
        let found = run(&scenario, way, &mut Report::default()).await;
        assert_eq!(found, [r#"otherwise 1 /error/code is "guest_not_found" instead of "offline""#]);
    }
}

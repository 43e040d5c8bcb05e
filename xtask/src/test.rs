//! Every check there is, each run even if an earlier one failed, and one table of how they went.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::process::{cargo, program};
use crate::setup;
use crate::surefire::Counts;

/// One line of the closing table.
struct Stage {
    name: &'static str,
    command: Command,
    /// Whether it runs test binaries, whose results are then counted instead of the stage itself.
    runs_tests: bool,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Tally {
    passed: u32,
    failed: u32,
    ignored: u32,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.passed = self.passed.saturating_add(other.passed);
        self.failed = self.failed.saturating_add(other.failed);
        self.ignored = self.ignored.saturating_add(other.ignored);
    }
}

/// Every check in every language.
pub(crate) fn everything() -> Result<(), Failure> {
    let rust = rust_stages()?;
    run(rust.into_iter().chain(other_languages()?))
}

/// Every check of what is written in Rust.
pub(crate) fn rust() -> Result<(), Failure> {
    run(rust_stages()?)
}

fn run(stages: impl IntoIterator<Item = Stage>) -> Result<(), Failure> {
    let started = Instant::now();
    let mut sum = Tally::default();
    let mut lines = Vec::new();
    for mut stage in stages {
        println!("\n── {}", stage.name);
        let stage_started = Instant::now();
        let tally = run_stage(&mut stage)?;
        lines.push(line(stage.name, tally, stage_started.elapsed()));
        sum.add(tally);
    }
    println!("\n{}", lines.join("\n"));
    let skipped = if sum.ignored == 0 { String::new() } else { format!(", {} skipped", sum.ignored) };
    println!(
        "{} passed, {} failed{skipped}, in {:.0} s",
        sum.passed,
        sum.failed,
        started.elapsed().as_secs_f64()
    );
    if sum.failed == 0 { Ok(()) } else { Err(Failure::Checks) }
}

/// The stages, what answers quickest and fails most often first.
///
/// Every build takes the whole workspace: selecting packages would select other features of the dependencies, and
/// they would be built once more.
fn rust_stages() -> Result<Vec<Stage>, Failure> {
    setup::compilers_and_zones()?;
    setup::postgresql()?;
    setup::packaging()?;
    setup::schemathesis()?;
    setup::keyring()?;
    setup::components()?;
    let check = |name, command| Stage { name, command, runs_tests: false };
    let tests = |name, command| Stage { name, command, runs_tests: true };

    let mut integration = cargo(["test", "--locked", "--workspace", "--no-fail-fast", "--test", "*"])?;
    // Half of these wait for a server's patience rather than for a processor.
    if std::env::var_os("RUST_TEST_THREADS").is_none() {
        let at_once = std::thread::available_parallelism().map_or(2, |processors| processors.get() * 2);
        integration.env("RUST_TEST_THREADS", at_once.to_string());
    }
    let mut deny = program(setup::deny()?)?;
    deny.args(["--locked", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"]);
    let mut documentation = cargo(["doc", "--locked", "--workspace", "--no-deps"])?;
    documentation.env("RUSTDOCFLAGS", "-D warnings");
    let mut fuzz_targets = cargo(["clippy", "--locked", "--manifest-path", "fuzz/Cargo.toml"])?;
    // In the shared folder the dependencies that were checked for the workspace are not checked again.
    fuzz_targets.args(["--target-dir", "target", "--", "-D", "warnings"]);

    Ok(vec![
        check("format", cargo(["fmt", "--all", "--check"])?),
        check("format of the fuzz targets", cargo(["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"])?),
        check("bans, licences, sources", deny),
        tests("unit tests", cargo(["test", "--locked", "--workspace", "--no-fail-fast", "--lib", "--bins"])?),
        tests("integration tests, fuzz corpora", integration),
        tests(
            "examples in documentation",
            cargo(["test", "--locked", "--workspace", "--no-fail-fast", "--doc"])?,
        ),
        check(
            "lints",
            cargo(["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"])?,
        ),
        check(
            "lints of the core for devices",
            cargo([
                "clippy",
                "--locked",
                "--package",
                "loyalty-core",
                "--no-default-features",
                "--all-targets",
                "--",
                "-D",
                "warnings",
            ])?,
        ),
        check("lints of the fuzz targets", fuzz_targets),
        check("documentation", documentation),
        check("what devices carry", cargo(["run", "--quiet", "--package", "xtask", "--", "bindings"])?),
    ])
}

/// The packages and apps in other languages, each a command of this program that sets up what it needs.
fn other_languages() -> Result<Vec<Stage>, Failure> {
    Ok(vec![
        Stage { name: "Kotlin", command: cargo(["xtask", "test", "kotlin"])?, runs_tests: true },
        Stage { name: "screens", command: cargo(["xtask", "test", "screens"])?, runs_tests: true },
        Stage { name: "Android", command: cargo(["xtask", "test", "android"])?, runs_tests: true },
        Stage { name: "Swift", command: cargo(["xtask", "test", "swift"])?, runs_tests: true },
    ])
}

fn run_stage(stage: &mut Stage) -> Result<Tally, Failure> {
    let not_started = |error| Failure::System(format!("{} could not start: {error}", stage.name));
    if !stage.runs_tests {
        let status = stage.command.status().map_err(not_started)?;
        return Ok(Tally { passed: status.success().into(), failed: (!status.success()).into(), ignored: 0 });
    }
    let mut child = stage.command.stdout(Stdio::piped()).spawn().map_err(not_started)?;
    let mut tally = Tally::default();
    if let Some(output) = child.stdout.take() {
        let mut screen = std::io::stdout().lock();
        for bytes in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            // A closed screen is no reason to stop testing.
            let _ = screen.write_all(&bytes).and_then(|()| screen.write_all(b"\n"));
            if let Some(result) = std::str::from_utf8(&bytes).ok().and_then(result) {
                tally.add(result);
            }
        }
    }
    let status = child.wait().map_err(|error| Failure::System(format!("{}: {error}", stage.name)))?;
    if !status.success() && tally.failed == 0 {
        // It did not compile, or a test binary died: that is a failure though no test reported one.
        tally.failed = 1;
    }
    Ok(tally)
}

fn result(line: &str) -> Option<Tally> {
    test_result(line).or_else(|| swift_result(line)).or_else(|| maven_result(line))
}

/// What the stages that run Maven close with.
fn maven_result(line: &str) -> Option<Tally> {
    let Counts { passed, failed, skipped } = Counts::read(line)?;
    Some(Tally { passed, failed, ignored: skipped })
}

/// Reads `✔ Test name() passed after 0.1 seconds.`, what Swift says at the end of every test.
fn swift_result(line: &str) -> Option<Tally> {
    let (mark, rest) = line.split_once(" Test ")?;
    match mark {
        _ if rest.starts_with("run with ") || rest.contains(" recorded an issue at ") => None,
        "✔" if rest.contains(" passed after ") => Some(Tally { passed: 1, ..Tally::default() }),
        "✘" if rest.contains(" failed after ") => Some(Tally { failed: 1, ..Tally::default() }),
        "➜" if rest.contains(" skipped") => Some(Tally { ignored: 1, ..Tally::default() }),
        _ => None,
    }
}

/// Reads `test result: ok. 12 passed; 0 failed; 1 ignored; …`, the last line of every test binary.
fn test_result(line: &str) -> Option<Tally> {
    let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let count = |word: &str| {
        counts.split("; ").find_map(|part| part.strip_suffix(word)).and_then(|number| number.parse().ok())
    };
    Some(Tally { passed: count(" passed")?, failed: count(" failed")?, ignored: count(" ignored")? })
}

fn line(name: &str, tally: Tally, took: Duration) -> String {
    let result = if tally.failed == 0 { "ok" } else { "FAILED" };
    let Tally { passed, failed, .. } = tally;
    let seconds = took.as_secs_f64();
    format!("{name:<34} {result:<7} {passed:>5} passed {failed:>4} failed {seconds:>7.1} s")
}

#[cfg(test)]
mod tests {
    use super::{Tally, swift_result, test_result};

    #[test]
    fn the_result_line_of_a_test_binary_is_counted() {
        let line = "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 7 filtered out; finished in 0.1s";
        assert_eq!(test_result(line), Some(Tally { passed: 12, failed: 3, ignored: 1 }));
    }

    #[test]
    fn every_test_in_swift_is_counted_once() {
        let one = |passed, failed| Some(Tally { passed, failed, ignored: 0 });
        assert_eq!(swift_result("✔ Test aDay() passed after 0.021 seconds."), one(1, 0));
        assert_eq!(swift_result("✘ Test aDay() failed after 0.021 seconds with 2 issues."), one(0, 1));
        for line in [
            "✘ Test aDay() recorded an issue at A.swift:1:2: it failed after all",
            "✔ Test run with 2 tests passed after 0.5 seconds.",
            "✔ Suite Days passed after 0.5 seconds.",
            "◇ Test aDay() started.",
        ] {
            assert_eq!(swift_result(line), None, "{line}");
        }
    }

    #[test]
    fn other_lines_are_not_counted() {
        for line in ["running 3 tests", "test result: strange", "test a_passed; 0 failed ... ok", ""] {
            assert_eq!(test_result(line), None, "{line}");
        }
    }
}

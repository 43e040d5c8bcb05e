//! Fuzzing for a bounded time, with one table of how it went.

use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::PoisonError;

use crate::failure::Failure;
use crate::process::{self, program, root};
use crate::setup;

struct Plan {
    minutes: u32,
    targets: Vec<String>,
}

/// How one target went.
struct Report {
    target: String,
    runs: Option<u64>,
    per_second: Option<u64>,
    new_inputs: Option<u64>,
    clean: bool,
}

/// Fuzzes as the arguments say, as many targets at a time as the machine has cores.
pub(crate) fn run(arguments: &[&str]) -> Result<(), Failure> {
    let root = root()?;
    let plan = plan(arguments, targets(&root.join("fuzz").join("fuzz_targets"))?)?;
    setup::compilers_and_zones()?;
    let cargo_fuzz = setup::fuzz()?;
    process::run("building the fuzz targets", &mut fuzz_command(&cargo_fuzz, "build")?)?;
    println!("{} × {} min; logs are in target/fuzz", plan.targets.len(), plan.minutes);

    let queue = Mutex::new(plan.targets.into_iter());
    let reports = Mutex::new(Vec::new());
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let Some(target) = queue.lock().unwrap_or_else(PoisonError::into_inner).next() else {
                        break;
                    };
                    let report = fuzz_one(&cargo_fuzz, &root, target, plan.minutes);
                    reports.lock().unwrap_or_else(PoisonError::into_inner).push(report);
                }
            });
        }
    });

    let mut reports: Vec<Report> =
        reports.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().collect::<Result<_, _>>()?;
    reports.sort_by(|one, other| one.target.cmp(&other.target));
    print(&reports);
    if reports.iter().all(|report| report.clean) { Ok(()) } else { Err(Failure::Checks) }
}

/// The targets there are, in alphabetical order.
fn targets(folder: &Path) -> Result<Vec<String>, Failure> {
    let unreadable = |error| Failure::System(format!("{} cannot be read: {error}", folder.display()));
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if let Some(name) = path.file_stem().and_then(|name| name.to_str()) {
            names.push(name.to_owned());
        }
    }
    names.sort();
    Ok(names)
}

fn plan(arguments: &[&str], known: Vec<String>) -> Result<Plan, Failure> {
    let mut plan = Plan { minutes: 1, targets: Vec::new() };
    let mut rest = arguments.iter();
    while let Some(&argument) = rest.next() {
        if argument == "--minutes" {
            plan.minutes = rest
                .next()
                .and_then(|number| number.parse().ok())
                .filter(|minutes| (1..=24 * 60).contains(minutes))
                .ok_or_else(|| Failure::Usage("--minutes takes a number from 1 to 1440".to_owned()))?;
        } else if known.iter().any(|name| name == argument) {
            plan.targets.push(argument.to_owned());
        } else {
            return Err(Failure::Usage(format!(
                "`{argument}` is not a fuzz target; there are {}",
                known.join(", ")
            )));
        }
    }
    if plan.targets.is_empty() {
        plan.targets = known;
    }
    Ok(plan)
}

/// cargo-fuzz without a sanitizer: it would look for misuse of memory, of which safe code has none, and cost most of
/// the speed. Release code keeps its debug assertions and overflow checks here.
fn fuzz_command(cargo_fuzz: &Path, verb: &str) -> Result<Command, Failure> {
    let mut command = program(cargo_fuzz)?;
    command.args([verb, "--fuzz-dir", "fuzz", "--sanitizer", "none"]);
    Ok(command)
}

fn fuzz_one(cargo_fuzz: &Path, root: &Path, target: String, minutes: u32) -> Result<Report, Failure> {
    let folder = root.join("target").join("fuzz").join(&target);
    let log = folder.with_extension("log");
    let failed = |error| Failure::System(format!("{} cannot be written: {error}", log.display()));
    // What is found goes here, so that the committed corpus stays small; libFuzzer only reads that one.
    std::fs::create_dir_all(&folder).map_err(failed)?;
    let output = File::create(&log).map_err(failed)?;
    let errors = output.try_clone().map_err(failed)?;
    let status = fuzz_command(cargo_fuzz, "run")?
        .arg(&target)
        .arg(&folder)
        .arg(root.join("fuzz").join("corpus").join(&target))
        .args(["--", &format!("-max_total_time={}", u64::from(minutes).saturating_mul(60))])
        .args(["-print_final_stats=1", "-timeout=10", "-rss_limit_mb=2048", "-max_len=16384"])
        .stdout(output)
        .stderr(errors)
        .status()
        .map_err(|error| Failure::System(format!("cargo-fuzz could not start: {error}")))?;
    let text = String::from_utf8_lossy(&std::fs::read(&log).map_err(failed)?).into_owned();
    Ok(Report {
        runs: statistic(&text, "number_of_executed_units"),
        per_second: statistic(&text, "average_exec_per_sec"),
        new_inputs: statistic(&text, "new_units_added"),
        clean: status.success(),
        target,
    })
}

/// Reads a line like `stat::new_units_added: 12`.
fn statistic(log: &str, name: &str) -> Option<u64> {
    log.lines().rev().find_map(|line| {
        let number = line.strip_prefix("stat::")?.strip_prefix(name)?.strip_prefix(':')?;
        number.trim().parse().ok()
    })
}

fn print(reports: &[Report]) {
    let number = |value: Option<u64>| value.map_or_else(|| "?".to_owned(), |value| value.to_string());
    println!("{:<12} {:>12} {:>10} {:>11}  result", "target", "runs", "runs/s", "new inputs");
    for report in reports {
        let result = if report.clean {
            "clean".to_owned()
        } else {
            format!("FOUND: see target/fuzz/{}.log and fuzz/artifacts/{}", report.target, report.target)
        };
        println!(
            "{:<12} {:>12} {:>10} {:>11}  {result}",
            report.target,
            number(report.runs),
            number(report.per_second),
            number(report.new_inputs)
        );
    }
}

#[cfg(test)]
mod tests {
    use super::{plan, statistic};

    fn known() -> Vec<String> {
        vec!["dates".to_owned(), "phones".to_owned()]
    }

    #[test]
    fn without_names_all_targets_are_fuzzed_for_a_minute() {
        let plan = plan(&[], known()).unwrap();
        assert_eq!((plan.minutes, plan.targets), (1, known()));
    }

    #[test]
    fn a_target_can_be_named_and_time_given() {
        let plan = plan(&["phones", "--minutes", "10"], known()).unwrap();
        assert_eq!((plan.minutes, plan.targets), (10, vec!["phones".to_owned()]));
    }

    #[test]
    fn a_wrong_time_and_an_unknown_target_are_refused() {
        for wrong in [&["--minutes"][..], &["--minutes", "0"], &["--minutes", "1441"], &["sums"]] {
            assert_eq!(plan(wrong, known()).err().map(|failure| failure.exit_code()), Some(2), "{wrong:?}");
        }
    }

    #[test]
    fn the_last_statistic_of_a_log_is_read() {
        let log = "stat::new_units_added: 1\nDone\nstat::new_units_added:         12\n";
        assert_eq!(statistic(log, "new_units_added"), Some(12));
        assert_eq!(statistic(log, "peak_rss_mb"), None);
    }
}

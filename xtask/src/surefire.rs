//! What Surefire wrote of the tests that Maven ran. Run quietly, Maven itself says nothing of those that pass.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::bindings::unusable;
use crate::failure::Failure;
use crate::process::{root, run};

/// How the tests of a reactor went; its `Display` is the line that test runners close with.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u32,
    pub(crate) failed: u32,
    pub(crate) skipped: u32,
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.passed = self.passed.saturating_add(other.passed);
        self.failed = self.failed.saturating_add(other.failed);
        self.skipped = self.skipped.saturating_add(other.skipped);
    }

    /// Reads such a line.
    pub(crate) fn read(line: &str) -> Option<Self> {
        let counts: Vec<u32> = line
            .split(", ")
            .zip([" passed", " failed", " skipped"])
            .map_while(|(part, word)| part.strip_suffix(word)?.parse().ok())
            .collect();
        let [passed, failed, skipped] = *counts else { return None };
        let counts = Self { passed, failed, skipped };
        // Not the beginning of a longer line.
        (counts.to_string() == line).then_some(counts)
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

/// Runs Maven over the tests of the reactor in this folder, and closes with how many there were, whatever came of them.
pub(crate) fn test(doing: &str, reactor: &str, maven: &mut Command) -> Result<(), Failure> {
    let reactor = root()?.join(reactor);
    // What an earlier run has left would be counted as well.
    for folder in reports_below(&reactor)? {
        std::fs::remove_dir_all(&folder).map_err(|error| unusable(&folder, &error))?;
    }
    let ran = run(doing, maven);
    let counts = sum(&reports_below(&reactor)?)?;
    // Maven resets the colours when it ends, without ending the line.
    println!("\n{counts}");
    ran?;
    if counts.failed == 0 && counts.passed > 0 { Ok(()) } else { Err(Failure::Checks) }
}

/// The folders of reports of every module.
fn reports_below(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    let entries = std::fs::read_dir(folder).map_err(|error| unusable(folder, &error))?;
    for entry in entries {
        let path = entry.map_err(|error| unusable(folder, &error))?.path();
        if path.ends_with("target") {
            found.extend(Some(path.join("surefire-reports")).filter(|reports| reports.is_dir()));
        } else if path.is_dir() && !path.ends_with("src") {
            found.extend(reports_below(&path)?);
        }
    }
    Ok(found)
}

fn sum(folders: &[PathBuf]) -> Result<Counts, Failure> {
    let mut sum = Counts::default();
    for folder in folders {
        for entry in std::fs::read_dir(folder).map_err(|error| unusable(folder, &error))? {
            let path = entry.map_err(|error| unusable(folder, &error))?.path();
            if path.extension().is_some_and(|extension| extension == "xml") {
                let report = std::fs::read_to_string(&path).map_err(|error| unusable(&path, &error))?;
                let no_report = || Failure::System(format!("{} is no report of tests", path.display()));
                sum.add(suite(&report).ok_or_else(no_report)?);
            }
        }
    }
    Ok(sum)
}

/// The counts of one test class, which stand in the report's first element.
fn suite(report: &str) -> Option<Counts> {
    let (_, suite) = report.split_once("<testsuite ")?;
    let (attributes, _) = suite.split_once('>')?;
    let count = |name: &str| {
        let (_, rest) = attributes.split_once(&format!(" {name}=\""))?;
        rest.split_once('"')?.0.parse::<u32>().ok()
    };
    let skipped = count("skipped")?;
    let failed = count("failures")?.checked_add(count("errors")?)?;
    let passed = count("tests")?.checked_sub(failed)?.checked_sub(skipped)?;
    Some(Counts { passed, failed, skipped })
}

#[cfg(test)]
mod tests {
    use super::{Counts, reports_below, suite, sum};

    const REPORT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="3.0.2" name="app.loyalty.A" time="0.5" tests="7" errors="1" skipped="2" failures="1">
  <properties><property name="tests" value="70"/></properties>
  <testcase name="a" classname="app.loyalty.A" time="0.1"/>
</testsuite>"#;

    #[test]
    fn a_test_that_died_has_failed_and_one_that_was_skipped_has_not_passed() {
        assert_eq!(suite(REPORT), Some(Counts { passed: 3, failed: 2, skipped: 2 }));
        assert_eq!(suite("<testsuite tests=\"7\">"), None);
        assert_eq!(suite("<properties/>"), None);
    }

    #[test]
    fn every_report_of_every_module_is_counted() {
        let reactor = std::env::temp_dir().join(format!("loyalty-surefire-{}", std::process::id()));
        for place in
            ["a/target/surefire-reports", "b/c/target/surefire-reports", "src/target/surefire-reports"]
        {
            std::fs::create_dir_all(reactor.join(place)).unwrap();
            std::fs::write(reactor.join(place).join("TEST-A.xml"), REPORT).unwrap();
            std::fs::write(reactor.join(place).join("A.txt"), "not a report").unwrap();
        }
        let folders = reports_below(&reactor).unwrap();
        let counts = sum(&folders);
        std::fs::remove_dir_all(&reactor).unwrap();
        assert_eq!(folders.len(), 2, "{folders:?}");
        assert_eq!(counts.unwrap(), Counts { passed: 6, failed: 4, skipped: 4 });
    }

    #[test]
    fn the_closing_line_is_read_as_it_is_written() {
        let counts = Counts { passed: 12, failed: 3, skipped: 1 };
        assert_eq!(counts.to_string(), "12 passed, 3 failed, 1 skipped");
        assert_eq!(Counts::read(&counts.to_string()), Some(counts));
        for line in [
            "12 passed, 3 failed",
            "12 passed, 3 failed, 1 skipped, in 3 s",
            " 1 passed, 2 failed, 3 skipped",
            "",
        ] {
            assert_eq!(Counts::read(line), None, "{line}");
        }
    }
}

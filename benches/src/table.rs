//! The rows of the table, as text and as JSON.

use std::borrow::Cow;
use std::error::Error;
use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::measure::Medians;

/// One job, done by ours and by bare code.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    row: Cow<'static, str>,
    ours: f64,
    bare: f64,
    unit: &'static str,
    ratio: f64,
    goal: f64,
    met: bool,
}

impl Row {
    /// A row in milliseconds. Its goal is the ratio that ours may cost at most.
    pub(crate) fn of(row: impl Into<Cow<'static, str>>, medians: &Medians, goal: f64) -> Self {
        let milliseconds = |duration: Duration| rounded(duration.as_secs_f64() * 1000.0);
        let ratio = medians.ours.as_secs_f64() / medians.bare.as_secs_f64();
        Self {
            row: row.into(),
            ours: milliseconds(medians.ours),
            bare: milliseconds(medians.bare),
            unit: "ms",
            ratio: rounded(ratio),
            goal,
            // Held against the exact ratio: rounding must not turn a miss into a hit.
            met: ratio <= goal,
        }
    }

    /// A row in mebibytes: by how much something of ours grew, beside how much it may grow.
    pub(crate) fn growth(row: &'static str, grown_bytes: u64, allowed_bytes: u64) -> Self {
        let mebibytes = |bytes: u64| bytes as f64 / (1 << 20) as f64;
        let (ours, bare) = (mebibytes(grown_bytes), mebibytes(allowed_bytes));
        Self {
            row: row.into(),
            ours: rounded(ours),
            bare: rounded(bare),
            unit: "MiB",
            ratio: rounded(ours / bare),
            goal: 1.0,
            met: grown_bytes < allowed_bytes,
        }
    }
}

/// A row that a bench in another language has measured: medians in nanoseconds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Measured {
    row: String,
    ours: f64,
    bare: f64,
    goal: f64,
}

/// Reads the rows that a bench in another language has left in a file.
pub(crate) fn measured_elsewhere(file: &Path) -> Result<Vec<Row>, Box<dyn Error>> {
    rows_of(&std::fs::read(file)?).map_err(|error| format!("{}: {error}", file.display()).into())
}

fn rows_of(json: &[u8]) -> Result<Vec<Row>, Box<dyn Error>> {
    let rows: Vec<Measured> = serde_json::from_slice(json)?;
    let duration = |nanoseconds: f64| Duration::try_from_secs_f64(nanoseconds / 1e9);
    let row = |Measured { row, ours, bare, goal }| {
        Ok(Row::of(row, &Medians { ours: duration(ours)?, bare: duration(bare)? }, goal))
    };
    rows.into_iter().map(row).collect()
}

/// To three decimals; the machine's noise is larger.
fn rounded(figure: f64) -> f64 {
    (figure * 1000.0).round() / 1000.0
}

/// An aligned table for people.
pub(crate) fn text(rows: &[Row]) -> String {
    let width = rows.iter().map(|row| row.row.chars().count()).max().unwrap_or_default();
    let mut text = format!(
        "{:<width$} {:>10} {:>10} {:<4} {:>6} {:>6}\n",
        "row", "ours", "bare", "unit", "ratio", "goal"
    );
    for Row { row, ours, bare, unit, ratio, goal, met } in rows {
        let verdict = if *met { "met" } else { "MISSED" };
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{row:<width$} {ours:>10.3} {bare:>10.3} {unit:<4} {ratio:>6.3} {goal:>6.2}  {verdict}"
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(ours: u64, bare: u64) -> Row {
        let medians = Medians { ours: Duration::from_micros(ours), bare: Duration::from_micros(bare) };
        Row::of("a job", &medians, 1.3)
    }

    #[test]
    fn a_miss_stands_in_the_table_as_a_miss() {
        assert!(row(1300, 1000).met);
        // 1.3001 is shown as 1.3 and is a miss all the same.
        let miss = row(13_001, 10_000);
        assert!(!miss.met);
        assert!(text(&[miss]).lines().last().unwrap().ends_with("1.300   1.30  MISSED"));
    }

    #[test]
    fn what_was_measured_elsewhere_stands_in_the_same_table() {
        let json = br#"[{"row":"Kotlin: a job","ours":1500000,"bare":1e6,"goal":1.3}]"#;
        let rows = rows_of(json).unwrap();
        let line = text(&rows).lines().last().map(str::to_owned).unwrap();
        assert_eq!(line, "Kotlin: a job      1.500      1.000 ms    1.500   1.30  MISSED");
        for wrong in [r#"[{"row":"a","ours":-1,"bare":1,"goal":1}]"#, r#"[{"row":"a"}]"#, ""] {
            assert!(rows_of(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn growing_by_all_that_is_allowed_is_a_miss() {
        assert!(Row::growth("memory", (32 << 20) - 1, 32 << 20).met);
        assert!(!Row::growth("memory", 32 << 20, 32 << 20).met);
    }

    #[test]
    fn the_json_has_the_fields_that_others_read() {
        let json = serde_json::to_value(row(1500, 1000)).unwrap();
        let expected = serde_json::json!({
            "row": "a job", "ours": 1.5, "bare": 1.0, "unit": "ms", "ratio": 1.5, "goal": 1.3, "met": false
        });
        assert_eq!(json, expected);
    }
}

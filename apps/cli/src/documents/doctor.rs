//! What the doctor found.

use loyalty_core::backend::probonus::doctor::{Check, Difference, Examination};
use serde::Serialize;

/// `doctor`
#[derive(Debug, Serialize)]
pub(crate) struct DoctorDocument {
    outcome: &'static str,
    checks: Vec<CheckDocument>,
    differences: Vec<DifferenceDocument>,
    /// What to put into the configuration, as TOML; empty when there is nothing to put there.
    overrides: String,
    /// Whether `overrides` stand in place of all `[probonus.wire]` tables, or are added.
    replaces: bool,
}

#[derive(Debug, Serialize)]
struct CheckDocument {
    subject: &'static str,
    outcome: &'static str,
    code: &'static str,
    text: String,
}

#[derive(Debug, Serialize)]
struct DifferenceDocument {
    place: String,
    kind: &'static str,
    severity: &'static str,
    ours: String,
    theirs: String,
    /// Whether the overrides mend it.
    mended: bool,
}

impl From<&Examination> for DoctorDocument {
    fn from(examination: &Examination) -> Self {
        Self {
            outcome: examination.outcome().as_str(),
            checks: examination.checks.iter().map(CheckDocument::from).collect(),
            differences: examination.differences.iter().map(DifferenceDocument::from).collect(),
            overrides: examination.overrides.clone(),
            replaces: examination.replaces,
        }
    }
}

impl From<&Check> for CheckDocument {
    fn from(check: &Check) -> Self {
        Self {
            subject: check.subject.as_str(),
            outcome: check.outcome.as_str(),
            code: check.code,
            text: check.text.clone(),
        }
    }
}

impl From<&Difference> for DifferenceDocument {
    fn from(difference: &Difference) -> Self {
        Self {
            place: difference.place.clone(),
            kind: difference.kind.as_str(),
            severity: difference.severity.as_str(),
            ours: difference.ours.clone(),
            theirs: difference.theirs.clone(),
            mended: difference.mend.is_some(),
        }
    }
}

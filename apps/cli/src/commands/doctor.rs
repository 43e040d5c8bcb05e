//! `doctor`: what is wrong with the connection, and what to put into the configuration.

use std::sync::Arc;

use loyalty_core::backend::probonus::ProBonus;
use loyalty_core::backend::probonus::doctor::{
    Check, Difference, DoctorOptions, Examination, Outcome, Severity, Subject, examine,
};
use loyalty_core::system::{SystemClock, SystemIds};
use loyalty_core::{ErrorCode, LoyaltyError};

use crate::args::{Cli, DoctorArgs};
use crate::documents::DoctorDocument;
use crate::failure::Failure;
use crate::output::Out;
use crate::output::paint::{Tone, clean};
use crate::session::patiently;
use crate::{connection, credentials};

pub(super) async fn run(cli: &Cli, args: &DoctorArgs, out: &mut Out) -> Result<(), Failure> {
    let config = connection::configuration(cli)?;
    let access = credentials::access(cli, &config).await?;
    let options = DoctorOptions {
        credentials: access.credentials,
        store: access.store,
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        swagger_path: args.swagger_path.clone(),
        config,
    };
    let client = ProBonus::new(
        &options.config,
        options.credentials.clone(),
        Arc::clone(&options.store),
        Arc::clone(&options.clock),
        Arc::clone(&options.ids),
    );
    let client = client.map_err(connection::refusal)?;
    let examination = patiently(examine(&client, &options)).await;
    if cli.global.json {
        out.document(&DoctorDocument::from(&examination))?;
    } else {
        out.text(&text(&examination))?;
    }
    match worst(&examination.checks) {
        // The examination itself has told everything.
        Some(error) => Err(Failure::from(error).told()),
        None => Ok(()),
    }
}

/// The error that the first failed check stands for: the later ones usually follow from it.
fn worst(checks: &[Check]) -> Option<LoyaltyError> {
    let failed = checks.iter().find(|check| check.outcome == Outcome::Failed)?;
    if let Some(error) = &failed.error {
        return Some(error.clone().into());
    }
    Some(match failed.subject {
        Subject::Reach => LoyaltyError::Offline,
        Subject::Encryption => LoyaltyError::Untrusted,
        // Whatever the server says of a credential is an error; without one it was not asked, for want of a password.
        Subject::ApiToken | Subject::StaffLogin => {
            LoyaltyError::invalid("PROBONUS_PASSWORD", ErrorCode::ConfigInvalid)
        }
        Subject::Group => LoyaltyError::Rejected { code: ErrorCode::GroupWithoutTemplate, field: None },
        Subject::Clock => LoyaltyError::Conflict { code: ErrorCode::Conflict },
        Subject::Description | Subject::Contract => {
            let (path, field) = (String::new(), String::new());
            LoyaltyError::Contract { code: ErrorCode::ContractMismatch, path, field }
        }
    })
}

/// Everything but overrides to add is a TOML comment, so that the whole output can be appended to any configuration.
/// Overrides that replace others are comments too: appended, they would be tables that stand twice, which is no TOML.
fn text(examination: &Examination) -> String {
    let mut text = String::new();
    for check in &examination.checks {
        text += &check_line(check);
    }
    if !examination.differences.is_empty() {
        text += "#\n# Differences from the contract:\n";
        for difference in &examination.differences {
            text += &difference_line(difference);
        }
    }
    match examination.overrides.as_str() {
        "" => {}
        overrides if examination.replaces => {
            text += "#\n# The configuration has overrides already. Read these, then put them, without the \"# \", in place of\n\
                     # all [probonus.wire] tables in loyalty.toml:\n#\n";
            for line in overrides.lines() {
                text += format!("# {line}").trim_end();
                text.push('\n');
            }
        }
        overrides => text += &format!("#\n# Read them, then add them to loyalty.toml:\n\n{overrides}"),
    }
    text
}

fn check_line(check: &Check) -> String {
    let (mark, tone) = match check.outcome {
        Outcome::Ok => ("✓", Tone::Gain),
        Outcome::Skipped => ("–", Tone::Faint),
        Outcome::Warning => ("!", Tone::Warning),
        Outcome::Failed => ("✗", Tone::Loss),
    };
    format!("# {} {:<12} {}\n", tone.paint(mark), check.subject.as_str(), clean(&check.text))
}

fn difference_line(difference: &Difference) -> String {
    let tone = match difference.severity {
        Severity::Breaks => Tone::Loss,
        Severity::Unknown => Tone::Warning,
        Severity::Tolerated => Tone::Faint,
    };
    let severity = format!("{:<9}", difference.severity.as_str());
    format!("#   {} {}\n", tone.paint(&severity), clean(&difference.to_string()))
}

//! `report …`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// `report …`
#[derive(Debug, Subcommand)]
pub(crate) enum ReportCommand {
    /// List the reports that the server makes
    List,
    /// Get a report of the server over a period
    Get(ReportArgs),
    /// Who is about to lose bonuses: a row for each account and day
    Burning(BurningArgs),
    /// What guests spent, earned and lost: a row for each account on which anything moved
    Turnover(PeriodReportArgs),
    /// Every transaction of every account
    Transactions(PeriodReportArgs),
}

/// `report get`
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// The report's id, as the list shows it
    pub(crate) id: String,
    /// From this business day of the venue on, YYYY-MM-DD
    #[arg(long, value_name = "DATE")]
    pub(crate) from: String,
    /// Up to and including this business day, YYYY-MM-DD
    #[arg(long, value_name = "DATE")]
    pub(crate) to: String,
    #[command(flatten)]
    pub(crate) output: ReportOutputArgs,
}

/// `report burning`
#[derive(Debug, Args)]
pub(crate) struct BurningArgs {
    /// From today until so many days later, such as 14d
    #[arg(long, value_name = "DAYS", default_value = "14d")]
    pub(crate) within: String,
    #[command(flatten)]
    pub(crate) output: ReportOutputArgs,
}

/// `report turnover`, `report transactions`
#[derive(Debug, Args)]
pub(crate) struct PeriodReportArgs {
    /// From this business day of the venue on, YYYY-MM-DD
    #[arg(long, value_name = "DATE")]
    pub(crate) from: String,
    /// Up to and including this business day, YYYY-MM-DD
    #[arg(long, value_name = "DATE")]
    pub(crate) to: String,
    #[command(flatten)]
    pub(crate) output: ReportOutputArgs,
}

/// Where the rows of a report go.
#[derive(Debug, Args)]
pub(crate) struct ReportOutputArgs {
    /// The form of the rows [default: csv, or json with --json]
    #[arg(long, value_enum)]
    pub(crate) format: Option<ReportFormat>,
    /// Write to this file instead of stdout
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

impl ReportOutputArgs {
    /// The form that is asked for.
    pub(crate) fn format(&self, json: bool) -> ReportFormat {
        self.format.unwrap_or(if json { ReportFormat::Json } else { ReportFormat::Csv })
    }
}

/// The form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// A header line, then a line per row
    Csv,
    /// One document, as the README describes it
    Json,
}

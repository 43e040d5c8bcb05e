//! `sandbox`, `doctor`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// `sandbox`
#[derive(Debug, Args)]
pub(crate) struct SandboxArgs {
    /// The port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 6896)]
    pub(crate) port: u16,
    /// The day on which its clock starts, YYYY-MM-DD [default: the machine's date and time]
    #[arg(long, value_name = "DATE")]
    pub(crate) today: Option<String>,
    /// Keep the books in this file [default: in memory]
    #[arg(long, value_name = "FILE")]
    pub(crate) data: Option<PathBuf>,
    /// All invented data follow from it
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Which guests the books begin with
    #[arg(long, value_enum, default_value_t = GuestsPreset::Small)]
    pub(crate) guests: GuestsPreset,
    /// How the API speaks: comma-separated words of the sandbox's README
    #[arg(long, value_name = "WORDS", default_value = "contract")]
    pub(crate) dialect: String,
}

/// Which guests a sandbox begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum GuestsPreset {
    /// All 23,570, with all their real purchases
    Full,
    /// The 200 with most purchases
    Small,
    /// None: groups, levels and restaurants only
    Empty,
}

/// `doctor`
#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Where the instance serves its API description [default: the usual places]
    #[arg(long, value_name = "PATH")]
    pub(crate) swagger_path: Option<String>,
}

//! Commands that move bonuses: `refill`, `check register`, `operation …`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use uuid::Uuid;

/// What every write of money takes beside its content.
#[derive(Debug, Args)]
pub(crate) struct WriteArgs {
    /// Why, for the books
    #[arg(long, value_name = "TEXT")]
    pub(crate) comment: Option<String>,
    /// The key of this write, a UUID [default: a new one, printed before anything is sent]
    #[arg(long, value_name = "UUID")]
    pub(crate) key: Option<Uuid>,
}

/// `refill`, and `operation withdraw`
#[derive(Debug, Args)]
pub(crate) struct RefillArgs {
    /// The account's number
    pub(crate) account_id: i64,
    /// How much, in whole kopecks of bonuses
    #[arg(value_name = "KOPECKS", allow_negative_numbers = true)]
    pub(crate) sum: String,
    #[command(flatten)]
    pub(crate) write: WriteArgs,
}

/// `operation …-group`
#[derive(Debug, Args)]
pub(crate) struct GroupOperationArgs {
    /// The group's number
    pub(crate) group_id: i64,
    /// How much on each account, in whole kopecks of bonuses
    #[arg(value_name = "KOPECKS", allow_negative_numbers = true)]
    pub(crate) sum: String,
    #[command(flatten)]
    pub(crate) write: WriteArgs,
    /// Leave it to the server, in one request, instead of one write an account: without an answer nobody can find out
    /// what became of it
    #[arg(long)]
    pub(crate) native: bool,
}

/// `operation …`
#[derive(Debug, Subcommand)]
pub(crate) enum OperationCommand {
    /// Take bonuses from an account
    Withdraw(RefillArgs),
    /// Accrue bonuses on every account of a group
    RefillGroup(GroupOperationArgs),
    /// Take bonuses from every account of a group
    WithdrawGroup(GroupOperationArgs),
}

/// `check …`
#[derive(Debug, Subcommand)]
pub(crate) enum CheckCommand {
    /// Register purchases made outside the tills: a delivery, a site
    Register(RegisterCheckArgs),
}

/// `check register`: one purchase, or a file of them.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["account", "file"]))]
pub(crate) struct RegisterCheckArgs {
    /// Register all purchases of a CSV file: UTF-8, comma or semicolon, and a heading of these flags' names; a file that
    /// was interrupted or is given twice goes on where it stopped
    #[arg(long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// Only read the file and add it up
    #[arg(long, requires = "file")]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) one: Option<CheckArgs>,
}

/// One purchase; all sums in whole kopecks.
#[derive(Debug, Args)]
#[group(conflicts_with = "file")]
pub(crate) struct CheckArgs {
    /// Whose account
    #[arg(long, value_name = "ACCOUNT_ID")]
    pub(crate) account: i64,
    /// The restaurant's code
    #[arg(long = "rest-code", value_name = "CODE")]
    pub(crate) venue_code: i64,
    /// The workplace's code
    #[arg(long = "rk-unit", value_name = "UNIT")]
    pub(crate) workplace: i64,
    /// The purchase's number in the other system
    #[arg(long, value_name = "NUMBER")]
    pub(crate) external_check: String,
    /// What the guest paid
    #[arg(long, value_name = "KOPECKS", allow_negative_numbers = true)]
    pub(crate) money_spent: String,
    /// Bonuses taken in payment
    #[arg(long, value_name = "KOPECKS", allow_negative_numbers = true, default_value = "0")]
    pub(crate) bonus_spent: String,
    /// Bonuses to accrue
    #[arg(long, value_name = "KOPECKS", allow_negative_numbers = true, default_value = "0")]
    pub(crate) bonus_accrued: String,
    /// The discount given
    #[arg(long, value_name = "KOPECKS", allow_negative_numbers = true, default_value = "0")]
    pub(crate) discount: String,
    /// Anything about the content
    #[arg(long, value_name = "TEXT")]
    pub(crate) data: Option<String>,
    /// The purchase's key, a UUID [default: made from restaurant, unit and number, so that the same purchase has the
    /// same key everywhere]
    #[arg(long, value_name = "UUID")]
    pub(crate) key: Option<Uuid>,
}

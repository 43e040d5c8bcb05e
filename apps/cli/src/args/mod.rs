//! What can be written on the command line. One file per family of commands.
//!
//! Phones, dates, sums and names arrive as text and are read by the domain's own rules when the command runs: so a
//! wrong one gets the same code as everywhere else, and no message repeats what may be personal.

mod account;
mod cache;
mod connection;
mod directory;
mod gateway;
mod guest;
mod me;
mod money;
mod outbox;
mod report;
mod service;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use account::{AccountCommand, AccountCreateArgs, AccountUpdateArgs};
pub(crate) use cache::{CacheArgs, CacheCommand, usual_cache};
pub(crate) use connection::ConnectionArgs;
pub(crate) use directory::{
    DiscountCommand, GroupCommand, GroupUpdateArgs, IdentifierTypeCommand, TemplateArgs,
};
pub(crate) use gateway::{DatabaseArgs, DeviceCommand, GatewayCommand, RunArgs};
pub(crate) use guest::{
    BalanceArgs, GuestCommand, HistoryArgs, ProfileArgs, ProfileChangeArgs, ReceiptArgs, RegisterArgs,
};
pub(crate) use me::{MeArgs, MeCommand};
pub(crate) use money::{
    CheckArgs, CheckCommand, GroupOperationArgs, OperationCommand, RefillArgs, RegisterCheckArgs,
};
pub(crate) use outbox::{OutboxCommand, StateArg};
pub(crate) use report::{
    BurningArgs, PeriodReportArgs, ReportArgs, ReportCommand, ReportFormat, ReportOutputArgs,
};
pub(crate) use service::{DoctorArgs, GuestsPreset, SandboxArgs};

/// The exit codes, as every help page shows them. The README says the same; a test compares them.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0    done
  1    the server or a rule said no (unauthorised, not found, rejected, conflict, rate limited)
  2    bad arguments, input, configuration or local file; nothing was changed
  3    the server is unreachable, not trusted, too slow or failing
  4    the server speaks differently from the contract: run `loyalty doctor`
  5    a write was sent and its outcome is unknown: do not repeat it with another key
  70   a mistake of this program
  130  interrupted before anything was changed";

/// Guests, bonuses and integrations of a restaurant's loyalty programme on ProBonus.
#[derive(Debug, Parser)]
#[command(name = "loyalty", version, after_help = EXIT_CODES, max_term_width = 100)]
#[command(disable_help_subcommand = true, subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct GlobalArgs {
    /// Print one stable JSON document on stdout, all sums in integer kopecks
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Language of the output [default: from LC_ALL, LC_MESSAGES or LANG, else en]
    #[arg(long, global = true, value_name = "LANG")]
    pub(crate) lang: Option<LangArg>,
    /// Say on stderr what is being done; twice or three times says more
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// The configuration [default: loyalty.toml in the program's folder, else loyalty/loyalty.toml in ~/.config]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// File that keeps the writes of money [env: LOYALTY_OUTBOX] [default: one a server, in the user's data folder]
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub(crate) outbox: Option<PathBuf>,
}

/// A language of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LangArg {
    /// Russian
    Ru,
    /// English
    En,
}

/// All commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show a guest's whole story on an embedded sandbox: needs no configuration
    Demo,
    /// Serve a ProBonus stand-in on this machine until Ctrl-C
    Sandbox(SandboxArgs),
    /// Keep a credential for later runs: the token, or with --login the password, from stdin or a hidden prompt
    Login,
    /// Remove what `login` has kept
    Logout,
    /// List the account groups and whether guests can be registered into them
    Groups,
    /// Find, register or change a guest
    #[command(subcommand)]
    Guest(GuestCommand),
    /// Show what a guest holds, what burns when, and the way to the next level
    Balance(BalanceArgs),
    /// Show a guest's history, newest first
    History(HistoryArgs),
    /// Show a receipt down to its dishes
    Receipt(ReceiptArgs),
    /// What this machine keeps of guests
    #[command(subcommand)]
    Cache(CacheCommand),
    /// Be a guest of a gateway: sign in with a code, see what is yours
    Me(MeArgs),
    /// Accrue bonuses on an account
    Refill(RefillArgs),
    /// Purchases made outside the tills
    #[command(subcommand)]
    Check(CheckCommand),
    /// Writes of money that were handed in: what became of them, and what is left to decide
    #[command(subcommand)]
    Outbox(OutboxCommand),
    /// Account groups
    #[command(subcommand)]
    Group(GroupCommand),
    /// Accounts, with all their properties
    #[command(subcommand)]
    Account(AccountCommand),
    /// Types of identifiers: cards, rings, temporary codes
    #[command(subcommand)]
    IdentifierType(IdentifierTypeCommand),
    /// Discounts of the till, and ladders made of them
    #[command(subcommand)]
    Discount(DiscountCommand),
    /// Withdrawals and operations on whole groups
    #[command(subcommand)]
    Operation(OperationCommand),
    /// Reports over all accounts, and those that the server makes
    #[command(subcommand)]
    Report(ReportCommand),
    /// Serve guests' phones and kiosks, and look after that
    #[command(subcommand)]
    Gateway(GatewayCommand),
    /// Check the connection and compare the instance's own API description with the assumed contract; changes nothing
    Doctor(DoctorArgs),
    /// Print the completion script of a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

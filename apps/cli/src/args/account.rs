//! `account …`

use clap::{Args, Subcommand};

use super::guest::{ProfileArgs, ProfileChangeArgs};

/// `account …`
#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// List accounts, a page at a time
    List {
        /// How many accounts to skip
        #[arg(long, default_value_t = 0)]
        offset: u64,
        /// How many accounts to list at most
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=5000))]
        limit: u32,
    },
    /// Show an account
    Show {
        /// The account's number
        id: i64,
    },
    /// Create an account without a template, with all its properties
    Create(AccountCreateArgs),
    /// Change an account; what is not named stays
    Update(AccountUpdateArgs),
    /// Issue a temporary code for the till
    IssueCode {
        /// The account's number
        id: i64,
        /// The identifier type; it must be a temporary one
        #[arg(long = "type", value_name = "TYPE_ID")]
        type_id: i64,
    },
}

/// `account create`
#[derive(Debug, Args)]
pub(crate) struct AccountCreateArgs {
    /// The guest's phone, in any usual form
    #[arg(long)]
    pub(crate) phone: String,
    /// First name
    #[arg(long, value_name = "NAME")]
    pub(crate) first_name: String,
    #[command(flatten)]
    pub(crate) profile: ProfileArgs,
    /// The group [default: the configured one]
    #[arg(long, value_name = "GROUP_ID")]
    pub(crate) group: Option<i64>,
    /// A card or other identifier; may be given several times
    #[arg(long = "identifier", value_name = "TYPE_ID:VALUE")]
    pub(crate) identifiers: Vec<String>,
    /// Block it from the start
    #[arg(long)]
    pub(crate) blocked: bool,
    #[command(flatten)]
    pub(crate) terms: TermsArgs,
}

/// `account update`
#[derive(Debug, Args)]
pub(crate) struct AccountUpdateArgs {
    /// The account's number
    pub(crate) id: i64,
    #[command(flatten)]
    pub(crate) profile: ProfileChangeArgs,
    /// Another phone; the guest is found by it from then on
    #[arg(long)]
    pub(crate) phone: Option<String>,
    /// Block the account
    #[arg(long, conflicts_with = "unblock")]
    pub(crate) block: bool,
    /// Unblock the account
    #[arg(long)]
    pub(crate) unblock: bool,
    /// A card or other identifier, in place of all that are there; may be given several times
    #[arg(long = "identifier", value_name = "TYPE_ID:VALUE")]
    pub(crate) identifiers: Vec<String>,
    /// Move to another group
    #[arg(long, value_name = "GROUP_ID")]
    pub(crate) group: Option<i64>,
    #[command(flatten)]
    pub(crate) terms: TermsArgs,
}

/// The terms of an account.
#[derive(Debug, Args)]
pub(crate) struct TermsArgs {
    /// The discount
    #[arg(long, value_name = "DISCOUNT_ID")]
    pub(crate) discount: Option<i64>,
    /// The bonus rule
    #[arg(long, value_name = "DISCOUNT_ID")]
    pub(crate) bonus: Option<i64>,
    /// After how many days an accrual burns
    #[arg(long, value_name = "DAYS")]
    pub(crate) bonus_lifetime: Option<u32>,
}

//! `guest …`, `balance`, `history`, `receipt`.

use clap::{Args, Subcommand, ValueEnum};
use loyalty_core::domain::Sex;

use super::CacheArgs;

/// `guest …`
#[derive(Debug, Subcommand)]
pub(crate) enum GuestCommand {
    /// Find a guest by phone
    Find {
        /// The guest's phone, in any usual form
        phone: String,
    },
    /// Register a guest, or welcome one who is registered already
    Register(RegisterArgs),
    /// Change a guest's form; what is not named stays
    Update {
        /// The guest's phone, in any usual form
        phone: String,
        #[command(flatten)]
        change: ProfileChangeArgs,
    },
}

/// `guest register`
#[derive(Debug, Args)]
pub(crate) struct RegisterArgs {
    /// The guest's phone, confirmed, in any usual form
    #[arg(long)]
    pub(crate) phone: String,
    /// First name
    #[arg(long, value_name = "NAME")]
    pub(crate) first_name: String,
    #[command(flatten)]
    pub(crate) profile: ProfileArgs,
    /// The group to join; it must have a template [default: the configured one]
    #[arg(long, value_name = "GROUP_ID")]
    pub(crate) group: Option<i64>,
}

/// The optional part of a guest's form.
#[derive(Debug, Args)]
pub(crate) struct ProfileArgs {
    /// Last name
    #[arg(long, value_name = "NAME")]
    pub(crate) last_name: Option<String>,
    /// Patronymic
    #[arg(long, value_name = "NAME")]
    pub(crate) middle_name: Option<String>,
    /// Birthday, YYYY-MM-DD
    #[arg(long, value_name = "DATE")]
    pub(crate) birthday: Option<String>,
    /// Sex
    #[arg(long)]
    pub(crate) sex: Option<SexArg>,
    /// E-mail
    #[arg(long)]
    pub(crate) email: Option<String>,
}

/// A change of a guest's form.
#[derive(Debug, Args)]
pub(crate) struct ProfileChangeArgs {
    /// First name
    #[arg(long, value_name = "NAME")]
    pub(crate) first_name: Option<String>,
    #[command(flatten)]
    pub(crate) set: ProfileArgs,
    /// Empty the last name
    #[arg(long, conflicts_with = "last_name")]
    pub(crate) clear_last_name: bool,
    /// Empty the patronymic
    #[arg(long, conflicts_with = "middle_name")]
    pub(crate) clear_middle_name: bool,
    /// Empty the birthday
    #[arg(long, conflicts_with = "birthday")]
    pub(crate) clear_birthday: bool,
    /// Empty the sex
    #[arg(long, conflicts_with = "sex")]
    pub(crate) clear_sex: bool,
    /// Empty the e-mail
    #[arg(long, conflicts_with = "email")]
    pub(crate) clear_email: bool,
}

/// Sex, as the form asks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SexArg {
    /// Male
    Male,
    /// Female
    Female,
}

impl From<SexArg> for Sex {
    fn from(sex: SexArg) -> Self {
        match sex {
            SexArg::Male => Self::Male,
            SexArg::Female => Self::Female,
        }
    }
}

/// `balance`
#[derive(Debug, Args)]
pub(crate) struct BalanceArgs {
    /// The guest's phone, in any usual form
    pub(crate) phone: String,
    #[command(flatten)]
    pub(crate) cache: CacheArgs,
}

/// `receipt`
#[derive(Debug, Args)]
pub(crate) struct ReceiptArgs {
    /// The receipt's id, as the history shows it
    pub(crate) id: String,
    /// Whose receipt it is, in any usual form; needed with a cache, which is one guest's
    #[arg(long)]
    pub(crate) phone: Option<String>,
    #[command(flatten)]
    pub(crate) cache: CacheArgs,
}

/// `history`
#[derive(Debug, Args)]
pub(crate) struct HistoryArgs {
    /// The guest's phone, in any usual form
    pub(crate) phone: String,
    /// The newest N operations [default: 20]
    #[arg(long, value_name = "N", conflicts_with_all = ["from", "to"], value_parser = clap::value_parser!(u32).range(1..=5000))]
    pub(crate) last: Option<u32>,
    /// From this business day of the venue on, YYYY-MM-DD [default: where reading back ends]
    #[arg(long, value_name = "DATE")]
    pub(crate) from: Option<String>,
    /// Up to and including this business day, YYYY-MM-DD [default: today]
    #[arg(long, value_name = "DATE")]
    pub(crate) to: Option<String>,
    #[command(flatten)]
    pub(crate) cache: CacheArgs,
}

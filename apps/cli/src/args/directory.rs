//! What a restaurant sets up: `group …`, `identifier-type …`, `discount …`.

use clap::{Args, Subcommand};

/// `group …`
#[derive(Debug, Subcommand)]
pub(crate) enum GroupCommand {
    /// List the groups
    List,
    /// Show a group
    Show {
        /// The group's number
        id: i64,
    },
    /// Create a group
    Create {
        /// Its name
        #[arg(long)]
        name: String,
        /// Let guests be registered into it through the API
        #[arg(long)]
        template: bool,
        #[command(flatten)]
        terms: TemplateArgs,
    },
    /// Change a group; what is not named stays
    Update(GroupUpdateArgs),
}

/// `group update`
#[derive(Debug, Args)]
pub(crate) struct GroupUpdateArgs {
    /// The group's number
    pub(crate) id: i64,
    /// Its name
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Let guests be registered into it through the API
    #[arg(long, conflicts_with = "no_template")]
    pub(crate) template: bool,
    /// Let no guest be registered into it through the API
    #[arg(long)]
    pub(crate) no_template: bool,
    #[command(flatten)]
    pub(crate) terms: TemplateArgs,
}

/// What a newcomer to a group gets.
#[derive(Debug, Args)]
pub(crate) struct TemplateArgs {
    /// The level a newcomer starts on
    #[arg(long, value_name = "LEVEL_ID")]
    pub(crate) level: Option<i64>,
    /// A newcomer's welcome bonus, in whole kopecks
    #[arg(long, value_name = "KOPECKS", allow_negative_numbers = true)]
    pub(crate) welcome_bonus: Option<String>,
    /// After how many days an accrual burns
    #[arg(long, value_name = "DAYS")]
    pub(crate) bonus_lifetime: Option<u32>,
}

/// `identifier-type …`
#[derive(Debug, Subcommand)]
pub(crate) enum IdentifierTypeCommand {
    /// List the types
    List,
    /// Create a type
    Create {
        /// Its name
        #[arg(long)]
        name: String,
        /// The mask by which a till recognises its values
        #[arg(long)]
        mask: Option<String>,
    },
    /// Change a type; what is not named stays
    Update {
        /// The type's number
        id: i64,
        /// Its name
        #[arg(long)]
        name: Option<String>,
        /// The mask by which a till recognises its values
        #[arg(long)]
        mask: Option<String>,
    },
}

/// `discount …`
#[derive(Debug, Subcommand)]
pub(crate) enum DiscountCommand {
    /// List the discounts of the till and the ladders
    List,
    /// Create a ladder
    CreateLadder {
        /// Its name
        #[arg(long)]
        name: String,
        /// From this turnover in kopecks on, this discount; once per step
        #[arg(long = "step", value_name = "KOPECKS:DISCOUNT_ID", required = true)]
        steps: Vec<String>,
    },
    /// Change a ladder; what is not named stays
    UpdateLadder {
        /// The ladder's number
        id: i64,
        /// Its name
        #[arg(long)]
        name: Option<String>,
        /// The new steps, all of them; once per step
        #[arg(long = "step", value_name = "KOPECKS:DISCOUNT_ID")]
        steps: Vec<String>,
    },
}

//! What an account holds, and what of it burns when.

use jiff::Timestamp;
use jiff::civil::Date;

use super::{AccountId, Bonus};

/// The balance taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// Whose balance.
    pub account_id: AccountId,
    /// All bonuses that can be spent now. May be negative.
    pub total: Bonus,
    /// What of it burns when.
    pub schedule: BurnSchedule,
    /// Accrued but not yet spendable; outside the total.
    pub pending: Vec<Pending>,
}

/// What burns when, if the parts explain the total.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BurnSchedule {
    /// The parts, which sum to the total.
    Parts {
        /// By business day, ascending; one entry a day.
        burns: Vec<Burn>,
        /// What never burns.
        non_burning: Bonus,
    },
    /// Only the total can be shown.
    TotalOnly {
        /// Why the parts cannot.
        because: Inconsistency,
    },
}

/// An amount that burns on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Burn {
    /// The venue's business day on which it burns.
    pub on: Date,
    /// How much; above zero.
    pub amount: Bonus,
}

/// Why a schedule cannot be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Inconsistency {
    /// The parts do not sum to the total.
    PartsDoNotSum,
    /// A part is negative, or larger than can be added up.
    ImpossiblePart,
    /// The account and the balance disagree on the total even when read twice.
    TotalsDiffer,
}

/// Bonuses that were accrued and will be spendable later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pending {
    /// How much.
    pub amount: Bonus,
    /// From when they can be spent, UTC.
    pub active_from: Option<Timestamp>,
}

//! What an account holds, and what of it burns when.

use jiff::civil::Date;
use jiff::{Span, Timestamp};

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

impl BurnSchedule {
    /// Orders the parts of `total` by day, merges those of one day and drops empty ones, or says why they cannot be
    /// shown.
    ///
    /// Without `non_burning`, what the burns leave of the total never burns. A negative total has nothing that could
    /// burn: it is consistent only when there are no burns, and is then its own non-burning part.
    #[must_use]
    pub fn new(total: Bonus, burns: Vec<Burn>, non_burning: Option<Bonus>) -> Self {
        match Self::parts(total, burns, non_burning) {
            Ok((burns, non_burning)) => Self::Parts { burns, non_burning },
            Err(because) => Self::TotalOnly { because },
        }
    }

    /// The same where some parts of the list have no day on which they burn: they belong to what never burns. Where
    /// `non_burning` is told as well, they come on top of it.
    #[must_use]
    pub fn with_undated(
        total: Bonus,
        burns: Vec<Burn>,
        undated: &[Bonus],
        non_burning: Option<Bonus>,
    ) -> Self {
        if undated.iter().any(|part| part.is_negative()) {
            return Self::TotalOnly { because: Inconsistency::ImpossiblePart };
        }
        let Some(listed) = Bonus::checked_sum(undated.iter().copied()) else {
            return Self::TotalOnly { because: Inconsistency::ImpossiblePart };
        };
        let given = match non_burning.map(|given| given.checked_add(listed)) {
            Some(None) => return Self::TotalOnly { because: Inconsistency::ImpossiblePart },
            given => given.flatten(),
        };
        match Self::new(total, burns, given) {
            // Parts that are listed are there: the rest of the total cannot be less.
            Self::Parts { non_burning, .. } if listed.is_positive() && non_burning < listed => {
                Self::TotalOnly { because: Inconsistency::PartsDoNotSum }
            }
            schedule => schedule,
        }
    }

    fn parts(
        total: Bonus,
        mut burns: Vec<Burn>,
        non_burning: Option<Bonus>,
    ) -> Result<(Vec<Burn>, Bonus), Inconsistency> {
        if burns.iter().any(|burn| burn.amount.is_negative()) {
            return Err(Inconsistency::ImpossiblePart);
        }
        burns.retain(|burn| burn.amount.is_positive());
        burns.sort_by_key(|burn| burn.on);
        let burning =
            Bonus::checked_sum(burns.iter().map(|burn| burn.amount)).ok_or(Inconsistency::ImpossiblePart)?;
        let rest = total.checked_sub(burning).ok_or(Inconsistency::PartsDoNotSum)?;
        if non_burning.is_some_and(|given| given.is_negative()) && !burns.is_empty() {
            return Err(Inconsistency::ImpossiblePart);
        }
        if non_burning.is_some_and(|given| given != rest) || (rest.is_negative() && !burns.is_empty()) {
            return Err(Inconsistency::PartsDoNotSum);
        }
        Ok((merge_days(&burns)?, rest))
    }

    /// What burns when, by ascending day, one entry a day; empty when only the total can be shown.
    #[must_use]
    pub fn burns(&self) -> &[Burn] {
        match self {
            Self::Parts { burns, .. } => burns,
            Self::TotalOnly { .. } => &[],
        }
    }

    /// The first burn on `from` or later.
    #[must_use]
    pub fn next_burn(&self, from: Date) -> Option<Burn> {
        self.burns().iter().find(|burn| burn.on >= from).copied()
    }

    /// How much burns from `today` on, until and with the day `days` later. `None` when only the total can be shown:
    /// unknown is not nothing.
    #[must_use]
    pub fn burning_within(&self, today: Date, days: u32) -> Option<Bonus> {
        let Self::Parts { burns, .. } = self else { return None };
        let span = Span::new().try_days(days);
        let last = span.and_then(|span| today.checked_add(span)).unwrap_or(Date::MAX);
        Bonus::checked_sum(
            burns.iter().filter(|burn| (today..=last).contains(&burn.on)).map(|burn| burn.amount),
        )
    }

    /// Whether the parts explain the total.
    #[must_use]
    pub fn is_consistent(&self) -> bool {
        matches!(self, Self::Parts { .. })
    }
}

/// Sums up neighbours of the same day.
fn merge_days(burns: &[Burn]) -> Result<Vec<Burn>, Inconsistency> {
    burns
        .chunk_by(|one, next| one.on == next.on)
        .filter_map(|day| Some((day.first()?.on, day)))
        .map(|(on, day)| {
            let amount = Bonus::checked_sum(day.iter().map(|burn| burn.amount));
            amount.map(|amount| Burn { on, amount }).ok_or(Inconsistency::ImpossiblePart)
        })
        .collect()
}

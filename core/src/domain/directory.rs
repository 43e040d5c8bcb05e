//! What a restaurant sets up: groups, identifier types, discounts and ladders.

use serde::{Deserialize, Serialize};

use super::validation::{self, CODE, NAME};
use super::{Bonus, InvalidInput, Money, Percent};
use crate::error_code::ErrorCode;

/// An account group's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GroupId(pub i64);

/// An identifier type's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IdentifierTypeId(pub i64);

/// A discount's or bonus rule's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DiscountId(pub i64);

/// A group of accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountGroup {
    /// Its number.
    pub id: GroupId,
    /// Its name.
    pub name: String,
    /// Whether guests can be registered into it through the API (`seed`: `haveTemplate`).
    pub has_template: bool,
    /// What its template gives, where the server says so.
    pub template: Option<GroupTemplate>,
}

/// What a newcomer to a group gets (`assumed`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GroupTemplate {
    /// The level to start on.
    pub level_id: Option<i64>,
    /// The welcome bonus.
    pub welcome_bonus: Option<Bonus>,
    /// After how many days an accrual burns.
    pub bonus_lifetime_days: Option<u32>,
}

/// A group to create or change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupDraft {
    /// Its name.
    pub name: String,
    /// Whether guests can be registered into it.
    pub has_template: bool,
    /// What its template gives.
    pub template: Option<GroupTemplate>,
}

/// A type of identifier: a plastic card, a ring, a temporary code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentifierType {
    /// Its number.
    pub id: IdentifierTypeId,
    /// Its name.
    pub name: String,
    /// The mask by which a till recognises its values.
    pub mask: Option<String>,
}

/// An identifier type to create or change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentifierTypeDraft {
    /// Its name.
    pub name: String,
    /// The mask by which a till recognises its values.
    pub mask: Option<String>,
}

/// A discount or bonus rule of the till, or a composite one (a ladder).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discount {
    /// Its number.
    pub id: DiscountId,
    /// Its name.
    pub name: String,
    /// Its kind in the server's word, where it says so.
    pub kind: Option<String>,
    /// How much, where it is a single rate.
    pub percent: Option<Percent>,
    /// Its steps, when it is composite.
    pub ladder: Option<Vec<LadderStep>>,
}

/// A composite discount with its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ladder {
    /// Its number.
    pub id: DiscountId,
    /// Its name.
    pub name: String,
    /// Its steps, by ascending turnover.
    pub steps: Vec<LadderStep>,
}

/// A ladder to create or change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LadderDraft {
    /// Its name.
    pub name: String,
    /// Its steps, by ascending turnover.
    pub steps: Vec<LadderStep>,
}

/// A step of a ladder: from this turnover on, this discount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LadderStep {
    /// From which turnover.
    pub from_turnover: Money,
    /// Which discount.
    pub discount_id: DiscountId,
}

impl GroupDraft {
    /// Checks the rules of the fields.
    ///
    /// # Errors
    ///
    /// About `name` when it is empty or too long, about `welcome_bonus` when it is below zero.
    pub fn validate(&self) -> Result<(), InvalidInput> {
        validation::required_line("name", &self.name, NAME)?;
        let welcome_bonus = self.template.and_then(|template| template.welcome_bonus).unwrap_or_default();
        validation::not_negative("welcome_bonus", welcome_bonus.hundredths())
    }
}

impl IdentifierTypeDraft {
    /// Checks the rules of the fields.
    ///
    /// # Errors
    ///
    /// About `name` when it is empty or too long, about `mask` when it is too long.
    pub fn validate(&self) -> Result<(), InvalidInput> {
        validation::required_line("name", &self.name, NAME)?;
        validation::optional_line("mask", self.mask.as_deref(), CODE)
    }
}

impl LadderDraft {
    /// The most steps that a ladder may have.
    const LONGEST: usize = 100;

    /// Checks the rules of the fields.
    ///
    /// # Errors
    ///
    /// About `name` when it is empty or too long; about `steps` when there are none or too many of them, when one
    /// begins below zero, or when each does not begin above the one before.
    pub fn validate(&self) -> Result<(), InvalidInput> {
        validation::required_line("name", &self.name, NAME)?;
        if self.steps.is_empty() {
            return Err(InvalidInput::new("steps", ErrorCode::FieldEmpty));
        }
        if self.steps.len() > Self::LONGEST {
            return Err(InvalidInput::new("steps", ErrorCode::FieldTooLong));
        }
        let ascending = self.steps.is_sorted_by(|step, next| step.from_turnover < next.from_turnover);
        if !ascending || self.steps.iter().any(|step| step.from_turnover.is_negative()) {
            return Err(InvalidInput::new("steps", ErrorCode::FieldInvalid));
        }
        Ok(())
    }
}

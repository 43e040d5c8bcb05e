//! Writes of money: what an integrator asks for, and what came of it.

use std::fmt;

use uuid::Uuid;

use super::validation::{self, CHECK_DATA, CODE, COMMENT};
use super::{AccountId, Bonus, GroupId, InvalidInput, Money, TransactionId};

/// Bonuses to accrue on one account.
#[derive(Clone, PartialEq, Eq)]
pub struct Refill {
    /// Whose account.
    pub account_id: AccountId,
    /// How much; above zero.
    pub sum: Bonus,
    /// Why, for the books. Personal: may name a guest.
    pub comment: Option<String>,
    /// Our key for this write.
    pub key: Uuid,
}

impl Refill {
    /// Checks the rules of the fields.
    ///
    /// # Errors
    ///
    /// About `sum` when it is not above zero, about `comment` when it is too long.
    pub fn validate(&self) -> Result<(), InvalidInput> {
        validation::positive("sum", self.sum.hundredths())?;
        validation::optional_text("comment", self.comment.as_deref(), COMMENT)
    }
}

impl fmt::Debug for Refill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refill")
            .field("account_id", &self.account_id)
            .field("sum", &self.sum)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

/// Bonuses to take from one account.
#[derive(Clone, PartialEq, Eq)]
pub struct Withdrawal {
    /// Whose account.
    pub account_id: AccountId,
    /// How much; above zero.
    pub sum: Bonus,
    /// Why, for the books. Personal: may name a guest.
    pub comment: Option<String>,
    /// Our key for this write.
    pub key: Uuid,
}

impl Withdrawal {
    /// Checks the rules of the fields.
    ///
    /// # Errors
    ///
    /// About `sum` when it is not above zero, about `comment` when it is too long.
    pub fn validate(&self) -> Result<(), InvalidInput> {
        validation::positive("sum", self.sum.hundredths())?;
        validation::optional_text("comment", self.comment.as_deref(), COMMENT)
    }
}

impl fmt::Debug for Withdrawal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Withdrawal")
            .field("account_id", &self.account_id)
            .field("sum", &self.sum)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

/// The same for every account of a group.
#[derive(Clone, PartialEq, Eq)]
pub struct GroupOperation {
    /// Which group.
    pub group_id: GroupId,
    /// How much on each account; above zero.
    pub sum: Bonus,
    /// Why, for the books.
    pub comment: Option<String>,
    /// Our key for this write.
    pub key: Uuid,
}

impl GroupOperation {
    /// Checks the rules of the fields.
    ///
    /// # Errors
    ///
    /// About `sum` when it is not above zero, about `comment` when it is too long.
    pub fn validate(&self) -> Result<(), InvalidInput> {
        validation::positive("sum", self.sum.hundredths())?;
        validation::optional_text("comment", self.comment.as_deref(), COMMENT)
    }
}

impl fmt::Debug for GroupOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GroupOperation")
            .field("group_id", &self.group_id)
            .field("sum", &self.sum)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

/// A purchase made outside the tills (`seed`: `external/register_check`).
#[derive(Clone, PartialEq, Eq)]
pub struct ExternalCheck {
    /// The venue's code in the server's directory.
    pub venue_code: i64,
    /// The code of the workplace in the venue.
    pub workplace: i64,
    /// The purchase's number in the other system.
    pub external_check: String,
    /// Whose account.
    pub account_id: AccountId,
    /// Bonuses to take in payment; not negative.
    pub bonus_spent: Bonus,
    /// The discount given; not negative.
    pub discount: Money,
    /// Bonuses to accrue; not negative.
    pub bonus_accrued: Bonus,
    /// What the guest paid; not negative.
    pub money_spent: Money,
    /// Anything about the content. May be personal.
    pub data: Option<String>,
    /// The `checkGuid`: the server does not check that it is unique (`seed`), so the caller must.
    pub key: CheckKey,
}

impl ExternalCheck {
    /// Checks the rules of the fields.
    ///
    /// # Errors
    ///
    /// About the field that is empty, too long or, for a sum, below zero.
    pub fn validate(&self) -> Result<(), InvalidInput> {
        validation::required_line("external_check", &self.external_check, CODE)?;
        validation::not_negative("bonus_spent", self.bonus_spent.hundredths())?;
        validation::not_negative("discount", self.discount.hundredths())?;
        validation::not_negative("bonus_accrued", self.bonus_accrued.hundredths())?;
        validation::not_negative("money_spent", self.money_spent.hundredths())?;
        validation::optional_text("data", self.data.as_deref(), CHECK_DATA)
    }
}

impl fmt::Debug for ExternalCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExternalCheck")
            .field("venue_code", &self.venue_code)
            .field("workplace", &self.workplace)
            .field("external_check", &self.external_check)
            .field("account_id", &self.account_id)
            .field("bonus_spent", &self.bonus_spent)
            .field("discount", &self.discount)
            .field("bonus_accrued", &self.bonus_accrued)
            .field("money_spent", &self.money_spent)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

/// The key of an external check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CheckKey(pub Uuid);

impl CheckKey {
    /// The namespace of keys made from a check's coordinates.
    const NAMESPACE: Uuid = Uuid::from_u128(0x6c1f_6c4f_9d0b_5a5e_8a41_0d1f_7e2b_9c33);

    /// The key of a purchase by its coordinates, so that the same purchase gets the same key on any machine and in
    /// any run (UUID version 5).
    #[must_use]
    pub fn of(venue_code: i64, workplace: i64, external_check: &str) -> Self {
        // The numbers have a fixed width and stand first, so no two triples run together into the same bytes.
        let mut name = Vec::with_capacity(16 + external_check.len());
        name.extend_from_slice(&venue_code.to_be_bytes());
        name.extend_from_slice(&workplace.to_be_bytes());
        name.extend_from_slice(external_check.as_bytes());
        Self(Uuid::new_v5(&Self::NAMESPACE, &name))
    }
}

/// What came of an accepted write.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OperationOutcome {
    /// The rows that the write made in the history, where the server says so.
    pub transaction_ids: Vec<TransactionId>,
    /// The balance afterwards, where the server says so.
    pub balance: Option<Bonus>,
}

/// What came of an accepted group operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GroupOutcome {
    /// How many accounts it reached, where the server says so.
    pub affected: Option<u64>,
}

//! Numbers with their words.

use loyalty_core::domain::{Bonus, Money, Percent};

/// Money with its words.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct MoneyAmount {
    /// The sum.
    pub value: Money,
    /// As a guest reads it: «1 234,50 ₽».
    pub text: String,
}

/// Bonuses with their words.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct BonusAmount {
    /// How many.
    pub value: Bonus,
    /// Number and unit: «1 234,50 бонуса»; with a sign where it is a movement.
    pub text: String,
    /// The number alone, without a plus.
    pub number: String,
    /// The unit's word in the form that goes with the number.
    pub unit: String,
}

/// A percentage with its words.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PercentAmount {
    /// The percentage.
    pub value: Percent,
    /// As a guest reads it: «7,5 %».
    pub text: String,
}

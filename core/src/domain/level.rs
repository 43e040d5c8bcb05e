//! The level on the programme's ladder.

use super::Money;

/// A percentage in hundredths of a percent: `Percent(750)` is 7.5 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Percent(pub i32);

/// Where an account stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// Its number, where the server gives one.
    pub id: Option<i64>,
    /// Its name, in the restaurant's words.
    pub name: String,
    /// The discount it gives.
    pub discount: Option<Percent>,
    /// What part of a bill it gives back as bonuses.
    pub accrual: Option<Percent>,
    /// The turnover that counts.
    pub turnover: Option<Money>,
    /// The next one up.
    pub next: Option<NextLevel>,
}

/// The next level up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextLevel {
    /// Its name.
    pub name: String,
    /// From which turnover.
    pub from: Money,
}

/// How far it is to the next level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Whole thousandths of the way, 0 to 1000; 1000 only when the threshold is reached.
    pub permille: u16,
    /// What is left to spend; never negative.
    pub remaining: Money,
}

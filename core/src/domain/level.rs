//! The level on the programme's ladder.

use super::decimal;
use super::{InvalidInput, Money};
use crate::error_code::ErrorCode;

/// A percentage in hundredths of a percent: `Percent(750)` is 7.5 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Percent(pub i32);

impl Percent {
    /// Reads a percentage with at most two decimals, exactly.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::FieldInvalid`] about `percent` for everything else.
    pub fn parse(text: &str) -> Result<Self, InvalidInput> {
        decimal::parse(text, 2)
            .ok()
            .and_then(|hundredths| i32::try_from(hundredths).ok())
            .map(Self)
            .ok_or_else(|| InvalidInput::new("percent", ErrorCode::FieldInvalid))
    }

    /// Writes it with a point and no zeros at the end: `7.5`.
    #[must_use]
    pub fn to_wire(self) -> String {
        decimal::shortest(i64::from(self.0), 2)
    }
}

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

impl Level {
    /// How far it is to the next level, counted from nothing: the server does not say where this one began. `None`
    /// at the top, or when the turnover is not known.
    #[must_use]
    pub fn progress(&self) -> Option<Progress> {
        let turnover = self.turnover?;
        let threshold = self.next.as_ref()?.from;
        if turnover >= threshold {
            return Some(Progress { permille: 1000, remaining: Money::ZERO });
        }
        let remaining = threshold.checked_sub(turnover)?;
        // Rounded down, so that the last kopeck still shows. Whoever has spent nothing is at the beginning, even of a
        // way without length.
        let spent = i128::from(turnover.hundredths().max(0));
        let permille = spent * 1000 / i128::from(threshold.hundredths().max(1));
        Some(Progress { permille: u16::try_from(permille).ok()?, remaining })
    }
}

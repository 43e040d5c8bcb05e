//! Sums of roubles and of bonuses: two types, both whole hundredths, and no way from one to the other.

use super::InvalidInput;
use super::decimal::{self, DecimalError};
use crate::error_code::ErrorCode;

/// How a sum is written on the wire or on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum AmountUnit {
    /// Whole kopecks: `12345` is 123.45.
    #[default]
    Kopeck,
    /// Roubles with at most two decimals: `123.45`.
    Ruble,
}

impl AmountUnit {
    /// How many decimals of this unit make a hundredth of a rouble.
    fn places(self) -> u8 {
        match self {
            Self::Kopeck => 0,
            Self::Ruble => 2,
        }
    }
}

impl From<DecimalError> for ErrorCode {
    fn from(error: DecimalError) -> Self {
        match error {
            DecimalError::NotANumber => Self::SumInvalid,
            DecimalError::TooPrecise => Self::SumFraction,
            DecimalError::TooLarge => Self::SumTooLarge,
        }
    }
}

macro_rules! amount {
    ($(#[doc = $doc:literal])+ $name:ident) => {
        $(#[doc = $doc])+
        ///
        /// Arithmetic is checked: `None` means that the result does not fit into 64 bits.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
        pub struct $name(i64);

        impl $name {
            /// Nothing.
            pub const ZERO: Self = Self(0);

            /// From hundredths.
            #[must_use]
            pub const fn from_hundredths(hundredths: i64) -> Self {
                Self(hundredths)
            }

            /// In hundredths.
            #[must_use]
            pub const fn hundredths(self) -> i64 {
                self.0
            }

            /// The sum of two.
            #[must_use]
            pub fn checked_add(self, other: Self) -> Option<Self> {
                self.0.checked_add(other.0).map(Self)
            }

            /// This without the other.
            #[must_use]
            pub fn checked_sub(self, other: Self) -> Option<Self> {
                self.0.checked_sub(other.0).map(Self)
            }

            /// The same with the other sign.
            #[must_use]
            pub fn checked_neg(self) -> Option<Self> {
                self.0.checked_neg().map(Self)
            }

            /// The same without a sign.
            #[must_use]
            pub fn checked_abs(self) -> Option<Self> {
                self.0.checked_abs().map(Self)
            }

            /// The sum of all; [`Self::ZERO`] of none. Added up in 128 bits, so only the result has to fit.
            #[must_use]
            pub fn checked_sum(parts: impl IntoIterator<Item = Self>) -> Option<Self> {
                let sum = parts.into_iter().try_fold(0_i128, |sum, part| sum.checked_add(i128::from(part.0)))?;
                i64::try_from(sum).ok().map(Self)
            }

            /// Whether it is below zero.
            #[must_use]
            pub const fn is_negative(self) -> bool {
                self.0 < 0
            }

            /// Whether it is above zero.
            #[must_use]
            pub const fn is_positive(self) -> bool {
                self.0 > 0
            }

            /// Whether it is nothing.
            #[must_use]
            pub const fn is_zero(self) -> bool {
                self.0 == 0
            }

            /// Reads a sum exactly, or refuses it: integers, decimals with a point, exponents as JSON writes them,
            /// and a decimal comma with at most two digits, as people type it.
            ///
            /// # Errors
            ///
            /// About the field `sum`: [`ErrorCode::SumInvalid`] for what is not a number,
            /// [`ErrorCode::SumFraction`] for a part of a kopeck, [`ErrorCode::SumTooLarge`] for what does not fit.
            pub fn parse(text: &str, unit: AmountUnit) -> Result<Self, InvalidInput> {
                decimal::parse(text, unit.places())
                    .map(Self)
                    .map_err(|error| InvalidInput::new("sum", ErrorCode::from(error)))
            }

            /// Writes it with a point and no grouping: `12345` in kopecks, `123.45` in roubles. [`Self::parse`]
            /// reads it back.
            #[must_use]
            pub fn to_wire(self, unit: AmountUnit) -> String {
                decimal::fixed(self.0, unit.places())
            }
        }
    };
}

amount! {
    /// Money in kopecks.
    Money
}

amount! {
    /// Bonuses in hundredths of a bonus.
    Bonus
}

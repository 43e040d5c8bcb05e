//! CLDR's plural rules for the languages we speak.

use super::Lang;

/// Which form of a word goes with a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PluralCategory {
    /// 1 бонус, 21 бонус; 1 bonus.
    One,
    /// 2 бонуса. Russian only.
    Few,
    /// 5 бонусов, 11 бонусов. Russian only.
    Many,
    /// 1,5 бонуса; 2 bonuses.
    Other,
}

impl Lang {
    /// The form that goes with a number of which `whole` stands before the point (CLDR's operand *i*) and
    /// `decimals` digits are shown behind it (*v*). The sign does not matter.
    #[must_use]
    pub fn plural(self, whole: u64, decimals: u8) -> PluralCategory {
        match self {
            Self::Ru => russian(whole, decimals),
            Self::En if whole == 1 && decimals == 0 => PluralCategory::One,
            Self::En => PluralCategory::Other,
        }
    }
}

fn russian(whole: u64, decimals: u8) -> PluralCategory {
    if decimals > 0 {
        return PluralCategory::Other;
    }
    match (whole % 10, whole % 100) {
        (_, 11..=14) => PluralCategory::Many,
        (1, _) => PluralCategory::One,
        (2..=4, _) => PluralCategory::Few,
        _ => PluralCategory::Many,
    }
}

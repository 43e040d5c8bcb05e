//! Numbers in digits: grouping, decimal sign, and the plural that goes with what is shown.

use super::{Lang, NO_BREAK, PluralCategory};

/// How many decimals are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Decimals {
    /// All of them, or none when all are zero.
    NoneOrAll,
    /// None at the end that are zero.
    Shortest,
}

/// A number without its sign, as it is shown.
pub(super) struct Number {
    whole: u64,
    /// The digits behind the decimal sign; empty when there is none.
    decimals: String,
}

impl Number {
    /// `magnitude` times `10^-places`.
    pub(super) fn new(magnitude: u64, places: u8, shown: Decimals) -> Self {
        let unit = 10_u64.pow(u32::from(places));
        let rest = magnitude % unit;
        let width = usize::from(places);
        let mut decimals = if rest == 0 { String::new() } else { format!("{rest:0width$}") };
        if shown == Decimals::Shortest {
            decimals.truncate(decimals.trim_end_matches('0').len());
        }
        Self { whole: magnitude / unit, decimals }
    }

    pub(super) fn plural(&self, lang: Lang) -> PluralCategory {
        lang.plural(self.whole, u8::try_from(self.decimals.len()).unwrap_or(u8::MAX))
    }

    pub(super) fn text(&self, lang: Lang) -> String {
        let (group, point) = match lang {
            Lang::Ru => (NO_BREAK, ','),
            Lang::En => (',', '.'),
        };
        let mut text = grouped(self.whole, group);
        if !self.decimals.is_empty() {
            text.push(point);
            text.push_str(&self.decimals);
        }
        text
    }
}

/// An integer with `separator` before every third digit from the right.
fn grouped(whole: u64, separator: char) -> String {
    let digits = whole.to_string();
    let mut text = String::with_capacity(digits.len() * 2);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

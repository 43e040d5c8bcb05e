//! Settings that a description gives away. No override holds them, but without them every sum or every phone is wrong.

use std::collections::BTreeSet;

use super::difference::{Difference, DifferenceKind, Severity};
use super::schema::{Kind, Shape};
use crate::backend::probonus::ProBonusConfig;
use crate::domain::{AmountUnit, PhoneFormat};

/// What the compared methods told of the settings.
#[derive(Debug, Default)]
pub(super) struct Settings {
    /// The differences of type of sums with a fraction, each by itself.
    fractions: BTreeSet<Difference>,
    /// Whether any sum is a whole number.
    whole: bool,
    /// The forms of phones in requests.
    phones: BTreeSet<&'static str>,
}

impl Settings {
    /// Looks at a sum whose unit the instance chooses; gives its difference of type back unless the unit explains it.
    pub(super) fn sum(&mut self, theirs: &Shape<'_>, difference: Option<Difference>) -> Option<Difference> {
        self.whole |= is_whole(theirs);
        if !has_fraction(theirs) {
            return difference;
        }
        self.fractions.extend(difference);
        None
    }

    /// Looks at a phone of a request.
    pub(super) fn phone(&mut self, theirs: &Shape<'_>) {
        self.phones.extend(theirs.pattern.and_then(phone_form));
    }

    /// What follows for the configuration, as far as all sums and all phones agree.
    pub(super) fn differences(self) -> BTreeSet<Difference> {
        let differs = |key: &str, kind, contract: &str, theirs: &str| {
            Difference::new(&format!("probonus.{key}"), kind, Severity::Breaks, contract, theirs)
        };
        // A description that disagrees with itself leaves the unit open.
        let mut found = self.fractions;
        if !self.whole && !found.is_empty() {
            let unit = differs("amount_unit", DifferenceKind::AmountUnit, "kopeck", "ruble");
            found = BTreeSet::from([unit]);
        }
        let contract = form_word(PhoneFormat::E164);
        if let (1, Some(form)) = (self.phones.len(), self.phones.first())
            && *form != contract
        {
            found.insert(differs("phone_format", DifferenceKind::PhoneFormat, contract, form));
        }
        found
    }
}

/// Whether the configuration has the setting that a difference asks for; `None` for differences in anything else.
pub(super) fn is_set(difference: &Difference, config: &ProBonusConfig) -> Option<bool> {
    match difference.kind {
        DifferenceKind::AmountUnit => Some(config.amount_unit == AmountUnit::Ruble),
        DifferenceKind::PhoneFormat => Some(form_word(config.phone_format) == difference.theirs),
        _ => None,
    }
}

/// What to set for a difference; `None` where no setting helps.
pub(super) fn advice(difference: &Difference) -> Option<String> {
    let setting = difference.place.strip_prefix("probonus.")?;
    let why = match difference.kind {
        DifferenceKind::AmountUnit => "sums have a fraction, so they are no kopecks",
        DifferenceKind::PhoneFormat => "requests take phones in no other form",
        _ => return None,
    };
    Some(format!("Set {setting} = \"{}\" in [probonus]: {why}.", difference.theirs))
}

/// Whether a number of this shape can have a fraction, be it written as a number or as a text.
pub(super) fn has_fraction(shape: &Shape<'_>) -> bool {
    match shape.format {
        Some("int32" | "int64") => false,
        Some("decimal" | "double" | "float") => !shape.kinds.contains(&Kind::Integer),
        _ => shape.is_only(Kind::Number),
    }
}

fn is_whole(shape: &Shape<'_>) -> bool {
    shape.kinds.contains(&Kind::Integer) || matches!(shape.format, Some("int32" | "int64"))
}

/// The form that a pattern demands, if it demands one and nothing else.
fn phone_form(pattern: &str) -> Option<&'static str> {
    let whole = pattern.strip_prefix('^')?.strip_suffix('$')?.replace(r"\d", "[0-9]");
    let form = match whole.strip_suffix("[0-9]{10}")? {
        r"\+7" | "[+]7" => PhoneFormat::E164,
        "7" => PhoneFormat::Digits,
        "8" => PhoneFormat::National,
        "" => PhoneFormat::Subscriber,
        _ => return None,
    };
    Some(form_word(form))
}

/// The form's name in the configuration.
fn form_word(form: PhoneFormat) -> &'static str {
    match form {
        PhoneFormat::E164 => "e164",
        PhoneFormat::Digits => "digits",
        PhoneFormat::National => "national",
        PhoneFormat::Subscriber => "subscriber",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_pattern_that_leaves_no_choice_tells_the_form_of_phones() {
        for (pattern, form) in [
            (r"^\+7[0-9]{10}$", Some("e164")),
            (r"^[+]7\d{10}$", Some("e164")),
            (r"^7\d{10}$", Some("digits")),
            ("^8[0-9]{10}$", Some("national")),
            ("^[0-9]{10}$", Some("subscriber")),
            ("[0-9]{10}", None),
            (r"^\+?7[0-9]{10}$", None),
            (r"^[78]\d{10}$", None),
            (r"^\d{10,11}$", None),
        ] {
            assert_eq!(phone_form(pattern), form, "{pattern}");
        }
    }
}

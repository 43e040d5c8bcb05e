//! Values as the wire carries them, in every form that is tolerated.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::Terms;
use crate::domain::{AmountUnit, Bonus, Money, Percent, Phone, Quantity, WireDate};

/// A value that is there but cannot be what it must be.
#[derive(Debug)]
pub(super) struct Unreadable;

/// A number or a text: ids, sums and codes come as either.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Scalar<'a> {
    Whole(i64),
    /// A text, or a number that is not a 64-bit integer, in its own digits.
    Text(Cow<'a, str>),
}

impl<'de: 'a, 'a> Deserialize<'de> for Scalar<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ScalarVisitor;
        impl<'de> Visitor<'de> for ScalarVisitor {
            type Value = Scalar<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number or a text")
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
                Ok(Scalar::Whole(number))
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
                // What does not fit is met again, with all its digits, in the exact reading.
                i64::try_from(number).map(Scalar::Whole).map_err(|_| E::custom("number too large"))
            }
            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Scalar::Text(Cow::Borrowed(text)))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Scalar::Text(Cow::Owned(text.to_owned())))
            }
            fn visit_bytes<E: Error>(self, digits: &[u8]) -> Result<Self::Value, E> {
                Ok(Scalar::Text(Cow::Owned(in_digits(digits)?)))
            }
        }
        deserializer.deserialize_any(ScalarVisitor)
    }
}

impl Scalar<'_> {
    /// As an id or a count.
    pub(super) fn whole(&self) -> Result<i64, Unreadable> {
        match self {
            Self::Whole(number) => Ok(*number),
            Self::Text(text) => text.parse().map_err(|_| Unreadable),
        }
    }

    /// As a count of days or accounts.
    pub(super) fn count<N: TryFrom<i64>>(&self) -> Result<N, Unreadable> {
        N::try_from(self.whole()?).map_err(|_| Unreadable)
    }

    pub(super) fn bonus(&self, unit: AmountUnit) -> Result<Bonus, Unreadable> {
        match (self, unit) {
            (Self::Whole(kopecks), AmountUnit::Kopeck) => Ok(Bonus::from_hundredths(*kopecks)),
            _ => Bonus::parse(&self.text(), unit).map_err(|_| Unreadable),
        }
    }

    pub(super) fn money(&self, unit: AmountUnit) -> Result<Money, Unreadable> {
        match (self, unit) {
            (Self::Whole(kopecks), AmountUnit::Kopeck) => Ok(Money::from_hundredths(*kopecks)),
            _ => Money::parse(&self.text(), unit).map_err(|_| Unreadable),
        }
    }

    pub(super) fn percent(&self) -> Result<Percent, Unreadable> {
        Percent::parse(&self.text()).map_err(|_| Unreadable)
    }

    pub(super) fn quantity(&self) -> Result<Quantity, Unreadable> {
        Quantity::parse(&self.text()).map_err(|_| Unreadable)
    }

    /// As a phone; `None` when it is none that we can read, which is no reason to refuse the guest's account.
    pub(super) fn phone(&self) -> Option<Phone> {
        Phone::parse(&self.text()).ok()
    }

    pub(super) fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Whole(number) => Cow::Owned(number.to_string()),
            Self::Text(text) => Cow::Borrowed(text),
        }
    }

    pub(super) fn into_text(self) -> String {
        match self {
            Self::Whole(number) => number.to_string(),
            Self::Text(text) => text.into_owned(),
        }
    }
}

/// A text, borrowed where it has no escapes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Text<'a>(pub(super) Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }
            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(TextVisitor)
    }
}

/// A number in the digits that it kept.
pub(super) fn in_digits<E: Error>(digits: &[u8]) -> Result<String, E> {
    std::str::from_utf8(digits).map(str::to_owned).map_err(|_| E::custom("not digits"))
}

impl Text<'_> {
    /// The text, unless it is empty: servers write an absent text as an empty one.
    pub(super) fn filled(self) -> Option<String> {
        if self.0.is_empty() { None } else { Some(self.0.into_owned()) }
    }

    /// As an instant; `None` for the wire's "no date".
    pub(super) fn instant(&self, terms: &Terms) -> Result<Option<Timestamp>, Unreadable> {
        Ok(self.date()?.map(|date| terms.calendar.instant(date)))
    }

    /// As a day of the calendar on a wall; `None` for the wire's "no date".
    pub(super) fn day(&self, terms: &Terms) -> Result<Option<Date>, Unreadable> {
        Ok(self.date()?.map(|date| match date {
            WireDate::Day(day) => day,
            WireDate::Local(local) => local.date(),
            WireDate::Instant(instant) => instant.to_zoned_datetime(terms.calendar.zone.clone()).date(),
        }))
    }

    /// As a date in any of its forms; `None` for the wire's "no date", which may be an empty text.
    pub(super) fn date(&self) -> Result<Option<WireDate>, Unreadable> {
        if self.0.trim().is_empty() { Ok(None) } else { WireDate::parse(&self.0).map_err(|_| Unreadable) }
    }
}

/// A word out of a list of words, where an unknown one is no reason to refuse the record: a text, a number, a flag, or
/// `None` for anything else.
pub(super) struct Word<'a>(pub(super) Option<Cow<'a, str>>);

impl<'de: 'a, 'a> Deserialize<'de> for Word<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WordVisitor;
        impl<'de> Visitor<'de> for WordVisitor {
            type Value = Word<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a word")
            }
            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Word(Some(Cow::Borrowed(text))))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Word(Some(Cow::Owned(text.to_owned()))))
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
                Ok(Word(Some(Cow::Owned(number.to_string()))))
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
                Ok(Word(Some(Cow::Owned(number.to_string()))))
            }
            fn visit_bytes<E: Error>(self, digits: &[u8]) -> Result<Self::Value, E> {
                Ok(Word(Some(Cow::Owned(in_digits(digits)?))))
            }
            fn visit_bool<E: Error>(self, flag: bool) -> Result<Self::Value, E> {
                Ok(Word(Some(Cow::Borrowed(if flag { "true" } else { "false" }))))
            }
            fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
                Ok(Word(None))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Word(None))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
                while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Word(None))
            }
        }
        deserializer.deserialize_any(WordVisitor)
    }
}

/// A flag: true or false, 1 or 0, as it is or as a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flag(pub(super) bool);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FlagVisitor;
        impl Visitor<'_> for FlagVisitor {
            type Value = Flag;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a flag")
            }
            fn visit_bool<E: Error>(self, flag: bool) -> Result<Flag, E> {
                Ok(Flag(flag))
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<Flag, E> {
                self.visit_str(&number.to_string())
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<Flag, E> {
                self.visit_str(&number.to_string())
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Flag, E> {
                match text {
                    "1" | "true" => Ok(Flag(true)),
                    "0" | "false" => Ok(Flag(false)),
                    _ => Err(E::custom("neither yes nor no")),
                }
            }
        }
        deserializer.deserialize_any(FlagVisitor)
    }
}

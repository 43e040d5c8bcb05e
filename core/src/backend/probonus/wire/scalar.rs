//! Values as the wire carries them, in every form that is tolerated.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::de::{Deserialize, Deserializer, Error, Visitor};

use super::Terms;
use super::exact::MARK;
use crate::domain::{AmountUnit, Bonus, Money, Percent, Phone, Quantity, ReportCell, WireDate};

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
                Ok(Scalar::Text(Cow::Borrowed(text.strip_prefix(MARK).unwrap_or(text))))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Scalar::Text(Cow::Owned(text.strip_prefix(MARK).unwrap_or(text).to_owned())))
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
                refuse_number(text)?;
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                refuse_number(text)?;
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(TextVisitor)
    }
}

fn refuse_number<E: Error>(text: &str) -> Result<(), E> {
    if text.starts_with(MARK) { Err(E::custom("a number")) } else { Ok(()) }
}

impl Text<'_> {
    /// The text, unless it is empty: servers write an absent text as an empty one.
    pub(super) fn filled(self) -> Option<String> {
        if self.0.is_empty() { None } else { Some(self.0.into_owned()) }
    }

    /// As an instant; `None` for the wire's "no date".
    pub(super) fn instant(&self, terms: &Terms) -> Result<Option<Timestamp>, Unreadable> {
        let date = WireDate::parse(&self.0).map_err(|_| Unreadable)?;
        Ok(date.map(|date| terms.calendar.instant(date)))
    }

    /// As a day of the calendar on a wall; `None` for the wire's "no date".
    pub(super) fn day(&self, terms: &Terms) -> Result<Option<Date>, Unreadable> {
        Ok(WireDate::parse(&self.0).map_err(|_| Unreadable)?.map(|date| match date {
            WireDate::Day(day) => day,
            WireDate::Local(local) => local.date(),
            WireDate::Instant(instant) => instant.to_zoned_datetime(terms.calendar.zone.clone()).date(),
        }))
    }
}

/// A cell of a report.
pub(super) struct Cell(pub(super) ReportCell);

impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct CellVisitor;
        impl Visitor<'_> for CellVisitor {
            type Value = Cell;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, a number, a flag or null")
            }
            fn visit_unit<E: Error>(self) -> Result<Cell, E> {
                Ok(Cell(ReportCell::Empty))
            }
            fn visit_bool<E: Error>(self, flag: bool) -> Result<Cell, E> {
                Ok(Cell(ReportCell::Flag(flag)))
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<Cell, E> {
                Ok(Cell(ReportCell::Number(number.to_string())))
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<Cell, E> {
                Ok(Cell(ReportCell::Number(number.to_string())))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Cell, E> {
                Ok(Cell(match text.strip_prefix(MARK) {
                    Some(digits) => ReportCell::Number(digits.to_owned()),
                    None => ReportCell::Text(text.to_owned()),
                }))
            }
        }
        deserializer.deserialize_any(CellVisitor)
    }
}

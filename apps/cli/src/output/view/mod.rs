//! What people see: one file per thing that is shown. Text only; who prints it decides about colours.

mod account;
mod balance;
mod directory;
mod history;
mod outbox;
mod receipt;

use jiff::Timestamp;
use jiff::civil::Date;
use loyalty_core::domain::wording::Lang;
use loyalty_core::domain::wording::{UnitWords, Wording};
use loyalty_core::domain::{Bonus, BusinessCalendar};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::words::Words;

/// How to show things to one reader: in which language, and on which calendar.
#[derive(Debug, Clone)]
pub(crate) struct View {
    pub(crate) wording: Wording,
    pub(crate) words: &'static Words,
    pub(crate) calendar: BusinessCalendar,
    /// What is now to this reader, UTC.
    pub(crate) now: Timestamp,
}

impl View {
    pub(crate) fn new(lang: Lang, calendar: BusinessCalendar, now: Timestamp) -> Self {
        Self { wording: Wording::new(lang, UnitWords::default()), words: Words::of(lang), calendar, now }
    }

    /// The venue's business day.
    pub(crate) fn today(&self) -> Date {
        self.calendar.business_day(self.now)
    }

    /// A number of bonuses with its sign and without its unit, for columns.
    fn signed_number(&self, bonus: Bonus) -> String {
        let plus = if bonus.is_positive() { "+" } else { "" };
        format!("{plus}{}", self.wording.bonus_number(bonus))
    }

    /// A date, with its year only where it is another one.
    fn near_date(&self, date: Date) -> String {
        if date.year() == self.today().year() {
            self.wording.date_short(date)
        } else {
            self.wording.date(date)
        }
    }
}

/// At most `width` columns of a text.
fn shorten(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 1;
    for letter in text.chars() {
        used += letter.width().unwrap_or(0);
        if used > width {
            break;
        }
        kept.push(letter);
    }
    kept.truncate(kept.trim_end().len());
    kept + "…"
}

#[cfg(test)]
mod tests;

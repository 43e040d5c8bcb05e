//! Says numbers and dates in the session's language, with the venue's own words.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use loyalty_core::backend::gateway::{LocalText, Programme};
use loyalty_core::domain::wording::{Lang, Wording};
use loyalty_core::domain::{Bonus, BusinessCalendar, Money, Percent};

use crate::amounts::{BonusAmount, MoneyAmount, PercentAmount};

/// What it takes to word what a session has read.
pub(crate) struct Words {
    pub(crate) wording: Wording,
    pub(crate) calendar: BusinessCalendar,
    /// Names the restaurants, where it is known.
    pub(crate) programme: Option<Arc<Programme>>,
}

impl Words {
    pub(crate) fn bonus(&self, value: Bonus) -> BonusAmount {
        self.bonus_said(value, self.wording.bonus(value))
    }

    pub(crate) fn signed_bonus(&self, value: Bonus) -> BonusAmount {
        self.bonus_said(value, self.wording.signed_bonus(value))
    }

    fn bonus_said(&self, value: Bonus, text: String) -> BonusAmount {
        let number = self.wording.bonus_number(value);
        BonusAmount { value, text, number, unit: self.wording.unit(value).to_owned() }
    }

    pub(crate) fn money(&self, value: Money) -> MoneyAmount {
        MoneyAmount { value, text: self.wording.money(value) }
    }

    pub(crate) fn signed_money(&self, value: Money) -> MoneyAmount {
        MoneyAmount { value, text: self.wording.signed_money(value) }
    }

    pub(crate) fn percent(&self, value: Percent) -> PercentAmount {
        PercentAmount { value, text: self.wording.percent(value) }
    }

    /// The date at the venue.
    pub(crate) fn date_of(&self, at: Timestamp) -> Date {
        self.calendar.local(at).date()
    }

    /// Date and time at the venue.
    pub(crate) fn date_time(&self, at: Timestamp) -> String {
        self.wording.date_time(self.calendar.local(at))
    }

    /// A date, its year only when it is not this one.
    pub(crate) fn near_date(&self, day: Date, today: Date) -> String {
        if day.year() == today.year() { self.wording.date_short(day) } else { self.wording.date(day) }
    }

    /// A text in the session's language.
    pub(crate) fn local(&self, text: &LocalText) -> String {
        match self.wording.lang() {
            Lang::Ru => text.ru.clone(),
            Lang::En => text.en.clone(),
        }
    }

    /// A restaurant's name: the programme's in the session's language, else the one that the server wrote.
    pub(crate) fn venue(&self, code: Option<i64>, name: Option<&str>) -> Option<String> {
        let venues = self.programme.iter().flat_map(|programme| &programme.venues);
        let known =
            venues.filter(|venue| Some(venue.code) == code).map(|venue| self.local(&venue.name)).next();
        known.or_else(|| name.map(str::to_owned))
    }
}

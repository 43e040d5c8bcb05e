//! The venue's business day: what "today" means to a restaurant that closes after midnight.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use super::{InvalidInput, Period, WireDate};
use crate::error_code::ErrorCode;

/// A venue's zone and the time at which its business day begins.
///
/// Business day D is the time from [`Self::start_of`] D until `start_of` D + 1. No method panics: where the zone's
/// clock skips the asked time, the time after the gap is meant; where it shows it twice, the first; what lies outside
/// of the years that [`Timestamp`] holds becomes the nearest one that it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusinessCalendar {
    /// The venue's zone.
    pub zone: TimeZone,
    /// When the business day changes; `05:00` means that 04:59 still belongs to the day before (`wiki`).
    pub day_change: Time,
}

impl BusinessCalendar {
    /// From the name of a zone (`Europe/Moscow`) and a time of day (`05:00`).
    ///
    /// # Errors
    ///
    /// [`ErrorCode::ConfigInvalid`] about `time_zone` or `day_change`.
    pub fn from_names(zone: &str, day_change: &str) -> Result<Self, InvalidInput> {
        let zone =
            TimeZone::get(zone).map_err(|_| InvalidInput::new("time_zone", ErrorCode::ConfigInvalid))?;
        let day_change = parse_time_of_day(day_change)
            .ok_or_else(|| InvalidInput::new("day_change", ErrorCode::ConfigInvalid))?;
        Ok(Self { zone, day_change })
    }

    /// What the clocks at the venue show.
    #[must_use]
    pub fn local(&self, at: Timestamp) -> DateTime {
        self.zone.to_datetime(at)
    }

    /// The first instant of a business day.
    #[must_use]
    pub fn start_of(&self, day: Date) -> Timestamp {
        self.resolve(day.to_datetime(self.day_change))
    }

    /// The business day in which an instant falls.
    #[must_use]
    pub fn business_day(&self, at: Timestamp) -> Date {
        // From the day after the one that the clocks show: a clock that was set back over the change shows the old
        // date again, but the new day has begun. Two steps back at most, but for a zone that left out a day.
        let date = self.local(at).date();
        let mut day = date.tomorrow().unwrap_or(date);
        while self.start_of(day) > at
            && let Ok(earlier) = day.yesterday()
        {
            day = earlier;
        }
        day
    }

    /// How many business days lie between `now` and `day`: 0 for today, 1 for tomorrow, negative for the past.
    #[must_use]
    pub fn days_until(&self, day: Date, now: Timestamp) -> i32 {
        let days = day.duration_since(self.business_day(now)).as_hours() / 24;
        // Eight million days at most: the calendar holds twenty thousand years.
        i32::try_from(days).unwrap_or(if days < 0 { i32::MIN } else { i32::MAX })
    }

    /// The instant that a server's date means. A local time is the venue's; a bare day means its beginning, so that
    /// [`Self::business_day`] gives that day back.
    #[must_use]
    pub fn instant(&self, date: WireDate) -> Timestamp {
        match date {
            WireDate::Instant(at) => at,
            WireDate::Local(local) => self.resolve(local),
            WireDate::Day(day) => self.start_of(day),
        }
    }

    /// The business day on which something burns, from a server's date.
    ///
    /// A server that has no type for a bare day writes it as midnight. With a day change at 05:00 midnight would
    /// belong to the day before, and a guest would be told the wrong day; so exact midnight at the venue is read as
    /// the day it begins, and every other time as the business day it falls in.
    #[must_use]
    pub fn burn_day(&self, date: WireDate) -> Date {
        let local = match date {
            WireDate::Day(day) => return day,
            WireDate::Local(local) => local,
            WireDate::Instant(at) => self.local(at),
        };
        if local.time() == Time::midnight() { local.date() } else { self.business_day(self.instant(date)) }
    }

    /// The span of time from business day `from` until and with business day `through`.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::PeriodInvalid`] about `period` when it would end before it begins.
    pub fn period(&self, from: Date, through: Date) -> Result<Period, InvalidInput> {
        if through < from {
            return Err(InvalidInput::new("period", ErrorCode::PeriodInvalid));
        }
        let to = through.tomorrow().map_or(Timestamp::MAX, |next| self.start_of(next));
        Ok(Period { from: self.start_of(from), to })
    }

    fn resolve(&self, local: DateTime) -> Timestamp {
        self.zone.to_ambiguous_timestamp(local).compatible().unwrap_or(if local.year() < 0 {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        })
    }
}

/// Reads `HH:MM`.
fn parse_time_of_day(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let two_digits =
        |part: &str| (part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit())).then_some(());
    two_digits(hour)?;
    two_digits(minute)?;
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

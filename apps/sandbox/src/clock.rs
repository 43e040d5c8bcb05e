//! The sandbox's own time, and the venue's calendar.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};

use crate::error::BooksError;

/// Whether the sandbox's time passes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TimeFlow {
    /// It passes as real time does.
    #[default]
    Running,
    /// It stands until [`Clock`] is moved: the choice for tests.
    Frozen,
}

/// The sandbox's time. Clones share it. It never goes back.
#[derive(Debug, Clone)]
pub struct Clock(Arc<Mutex<ClockState>>);

#[derive(Debug)]
struct ClockState {
    base: Timestamp,
    since: Option<Instant>,
}

impl ClockState {
    fn now(&self) -> Timestamp {
        let passed =
            self.since.and_then(|since| SignedDuration::try_from(since.elapsed()).ok()).unwrap_or_default();
        self.base.checked_add(passed).unwrap_or(Timestamp::MAX)
    }

    fn set(&mut self, at: Timestamp) {
        self.base = at.max(self.now());
        self.since = self.since.map(|_| Instant::now());
    }
}

impl Clock {
    pub(crate) fn new(base: Timestamp, flow: TimeFlow) -> Self {
        let since = matches!(flow, TimeFlow::Running).then(Instant::now);
        Self(Arc::new(Mutex::new(ClockState { base, since })))
    }

    fn state(&self) -> MutexGuard<'_, ClockState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The sandbox's present moment.
    pub fn now(&self) -> Timestamp {
        self.state().now()
    }

    /// Jumps to `at`; an earlier moment than now changes nothing.
    pub fn set(&self, at: Timestamp) {
        self.state().set(at);
    }

    /// Jumps ahead.
    pub fn advance_minutes(&self, minutes: u32) {
        self.advance(SignedDuration::from_mins(i64::from(minutes)));
    }

    /// Jumps ahead by days of 24 hours.
    pub fn advance_days(&self, days: u32) {
        self.advance(SignedDuration::from_hours(i64::from(days).saturating_mul(24)));
    }

    fn advance(&self, by: SignedDuration) {
        let mut state = self.state();
        let at = state.now().checked_add(by).unwrap_or(Timestamp::MAX);
        state.set(at);
    }
}

/// The machine's present moment: the only place where the sandbox asks for it.
pub(crate) fn machine_time() -> Timestamp {
    Timestamp::now()
}

/// Zone and change of day of the venue. A business day begins at `day_change` of its date.
#[derive(Debug, Clone)]
pub(crate) struct VenueCalendar {
    pub(crate) zone: TimeZone,
    pub(crate) day_change: Time,
}

impl VenueCalendar {
    /// Seconds since the epoch at which business day `date` begins.
    pub(crate) fn day_begins(&self, date: Date) -> Result<i64, BooksError> {
        self.at(date, self.day_change)
    }

    /// Seconds since the epoch of a wall-clock time at the venue.
    pub(crate) fn at(&self, date: Date, time: Time) -> Result<i64, BooksError> {
        let zoned = date
            .to_datetime(time)
            .to_zoned_datetime(self.zone.clone())
            .map_err(|_| BooksError::OutOfRange)?;
        Ok(zoned.timestamp().as_second())
    }

    /// The business day that moment `at` (seconds since the epoch) belongs to.
    pub(crate) fn business_day(&self, at: i64) -> Result<Date, BooksError> {
        let local = self.local(at)?;
        if local.time() >= self.day_change {
            return Ok(local.date());
        }
        local.date().yesterday().map_err(|_| BooksError::OutOfRange)
    }

    /// When bonuses that begin to live at `from` burn, if they live for `days` business days.
    pub(crate) fn burns_at(&self, from: i64, days: i64) -> Result<i64, BooksError> {
        let span = Span::new().try_days(days).map_err(|_| BooksError::OutOfRange)?;
        let day = self.business_day(from)?.checked_add(span).map_err(|_| BooksError::OutOfRange)?;
        self.day_begins(day)
    }

    /// The wall clock at the venue.
    pub(crate) fn local(&self, at: i64) -> Result<jiff::civil::DateTime, BooksError> {
        let instant = Timestamp::from_second(at).map_err(|_| BooksError::OutOfRange)?;
        Ok(self.zone.to_datetime(instant))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moscow(change: &str) -> VenueCalendar {
        VenueCalendar { zone: TimeZone::get("Europe/Moscow").unwrap(), day_change: change.parse().unwrap() }
    }

    #[test]
    fn a_night_before_the_day_change_belongs_to_yesterday() {
        let calendar = moscow("06:00");
        let night = calendar.at("2026-06-15".parse().unwrap(), "03:00".parse().unwrap()).unwrap();
        assert_eq!(calendar.business_day(night).unwrap(), "2026-06-14".parse().unwrap());
        assert_eq!(calendar.business_day(night + 3 * 3600).unwrap(), "2026-06-15".parse().unwrap());
    }

    #[test]
    fn bonuses_of_one_business_day_burn_together_at_the_change_of_day() {
        let calendar = moscow("06:00");
        let evening = calendar.at("2026-06-14".parse().unwrap(), "22:00".parse().unwrap()).unwrap();
        let night = calendar.at("2026-06-15".parse().unwrap(), "03:00".parse().unwrap()).unwrap();
        let burn = calendar.at("2026-06-24".parse().unwrap(), "06:00".parse().unwrap()).unwrap();
        assert_eq!(calendar.burns_at(evening, 10).unwrap(), burn);
        assert_eq!(calendar.burns_at(night, 10).unwrap(), burn);
    }

    #[test]
    fn the_clock_moves_only_forward() {
        let clock = Clock::new("2026-06-15T09:00:00Z".parse().unwrap(), TimeFlow::Frozen);
        clock.set("2026-06-14T09:00:00Z".parse().unwrap());
        assert_eq!(clock.now(), "2026-06-15T09:00:00Z".parse().unwrap());
        clock.advance_days(1);
        clock.advance_minutes(5);
        assert_eq!(clock.now(), "2026-06-16T09:05:00Z".parse().unwrap());
    }
}

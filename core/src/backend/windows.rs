//! A history read in windows that go back in time: servers cut off long replies, and say so or do not.
//!
//! Some compare days where they are asked for instants, without the last day or with it, and some tell the day of a
//! row and not the time. So a window begins where a business day does, is asked for with a day more at its end, and
//! only what lies within is believed to be all.

use std::future::Future;

use jiff::{SignedDuration, Timestamp, ToSpan};

use super::BackendError;
use crate::domain::{BusinessCalendar, Period, Transaction};
use crate::error_code::ErrorCode;

/// How far the first window reaches.
const FIRST_SPAN: SignedDuration = SignedDuration::from_hours(90 * 24);
/// How far a window reaches at most: two years.
const LONGEST_SPAN: SignedDuration = SignedDuration::from_hours(2 * 365 * 24);
/// A window is not halved below this.
const SHORTEST_SPAN: SignedDuration = SignedDuration::from_secs(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// A window with this many rows is asked for again in halves: the server may have cut it off there.
pub(crate) const FULL: usize = 5_000;
/// After a window with fewer rows the next one reaches twice as far, and will hardly have to be halved.
const SPARSE: usize = FULL / 4;

/// How the windows of one history are cut.
#[derive(Debug)]
pub(crate) struct Windows {
    calendar: BusinessCalendar,
    floor: Timestamp,
    span: SignedDuration,
}

/// A part of a history: all of it, and nothing else.
#[derive(Debug)]
pub(crate) struct Window {
    /// The first instant; included.
    pub(crate) from: Timestamp,
    /// The rows, in the order in which they came.
    pub(crate) rows: Vec<Transaction>,
}

impl Windows {
    /// Windows back to `floor`, the first of three months.
    pub(crate) fn back_to(floor: Timestamp, calendar: BusinessCalendar) -> Self {
        Self { calendar, floor, span: FIRST_SPAN }
    }

    /// Windows over a time that is expected to fit into one.
    pub(crate) fn recent(floor: Timestamp, calendar: BusinessCalendar) -> Self {
        Self { calendar, floor, span: LONGEST_SPAN }
    }

    /// The same, with a first window of about this length: what is known to hold as many rows as are wanted.
    #[cfg(feature = "probonus")]
    pub(crate) fn beginning_with(self, span: SignedDuration) -> Self {
        Self { span: span.clamp(DAY, LONGEST_SPAN), ..self }
    }

    /// Nothing older than this is read.
    #[cfg(feature = "probonus")]
    pub(crate) fn floor(&self) -> Timestamp {
        self.floor
    }

    /// Reads the window before `to`, in halves as long as it is too large. `ask` reads a period, in whole seconds.
    ///
    /// # Errors
    /// Those of `ask`; [`ErrorCode::ReplyTooLarge`] when even the window of a single second is too large, or so full
    /// that the server may have cut it off.
    pub(crate) async fn read<A, R>(&mut self, to: Timestamp, ask: A) -> Result<Window, BackendError>
    where
        A: Fn(Period) -> R,
        R: Future<Output = Result<Vec<Transaction>, BackendError>>,
    {
        loop {
            let from = self.start(to);
            let divisible = self.span > SHORTEST_SPAN;
            match ask(Period { from, to: self.asked_end(to) }).await {
                Ok(rows) if rows.len() >= FULL && divisible => self.halve(to),
                Ok(rows) if rows.len() >= FULL => return Err(too_large()),
                Err(BackendError::Reply { code: ErrorCode::ReplyTooLarge, .. }) if divisible => {
                    self.halve(to);
                }
                Ok(mut rows) => {
                    if rows.len() < SPARSE {
                        self.span = self.span.saturating_add(self.span).min(LONGEST_SPAN);
                    }
                    rows.retain(|row| from <= row.at && row.at < to);
                    return Ok(Window { from, rows });
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn start(&self, to: Timestamp) -> Timestamp {
        let from = to.saturating_sub(self.span).unwrap_or(Timestamp::MIN);
        let from = if self.span < DAY {
            whole_second(from)
        } else {
            self.calendar.start_of(self.calendar.business_day(from))
        };
        from.max(self.floor)
    }

    /// What is asked for: a day more, unless the window is a part of one.
    fn asked_end(&self, to: Timestamp) -> Timestamp {
        if self.span < DAY {
            let down = whole_second(to);
            return if down == to { to } else { down.saturating_add(SHORTEST_SPAN).unwrap_or(to) };
        }
        self.calendar.start_of(self.calendar.business_day(to).saturating_add(2.days()))
    }

    fn halve(&mut self, to: Timestamp) {
        // Not more than there is left, or halving would do nothing near the end.
        let left = to.duration_since(self.floor).min(self.span);
        self.span = SignedDuration::from_secs(left.as_secs() / 2).max(SHORTEST_SPAN);
    }
}

fn whole_second(at: Timestamp) -> Timestamp {
    let second = i64::try_from(at.as_nanosecond().div_euclid(1_000_000_000));
    second.ok().and_then(|second| Timestamp::from_second(second).ok()).unwrap_or(at)
}

/// What it means that a server may have cut a window off.
pub(crate) fn too_large() -> BackendError {
    let path = "accounts/transactions".to_owned();
    BackendError::Reply { code: ErrorCode::ReplyTooLarge, path, field: String::new() }
}

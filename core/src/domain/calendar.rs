//! The venue's business day: what "today" means to a restaurant that closes after midnight.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

/// A venue's zone and the time at which its business day begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusinessCalendar {
    /// The venue's zone.
    pub zone: TimeZone,
    /// When the business day changes; `05:00` means that 04:59 still belongs to the day before (`wiki`).
    pub day_change: Time,
}

/// A date as a server wrote it: how much it said decides what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WireDate {
    /// An instant, with an offset.
    Instant(Timestamp),
    /// A local time without a zone: the venue's.
    Local(DateTime),
    /// A day without a time.
    Day(Date),
}

//! Dates as servers and people write them. What a text does not say (zone, time) is kept unsaid.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

use super::InvalidInput;
use crate::error_code::ErrorCode;

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

impl WireDate {
    /// Reads every form of date that loyalty servers are known to write:
    ///
    /// - RFC 3339, and the same with a space or a short offset: `2026-11-23T19:05:00+03:00`, `2026-11-23 16:05:00+00`;
    /// - without an offset: `2026-11-23 19:05:00.123`, `2026-11-23T19:05:00`, `23.11.2026 19:05`;
    /// - a day alone: `2026-11-23`, `23.11.2026`;
    /// - nothing, as databases write it: `0000-00-00` and the first midnight of year 1, with or without a time, are
    ///   `None`.
    ///
    /// A leap second is read as the second before it. An instant in the last days of year 9999, which servers use for
    /// "never", becomes [`Timestamp::MAX`], the last instant there is.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::DateInvalid`] about `date` for every other form and for days and times that do not exist.
    pub fn parse(text: &str) -> Result<Option<Self>, InvalidInput> {
        Written::read(text.as_bytes()).and_then(Written::meaning).ok_or_else(invalid)
    }
}

/// Reads a day as people give it on a command line, `2026-11-23`.
///
/// # Errors
///
/// [`ErrorCode::DateInvalid`] about `date` for everything else.
pub fn parse_day(text: &str) -> Result<Date, InvalidInput> {
    match Written::read(text.as_bytes()) {
        Some(Written { dotted: false, day, time: None }) => day.date().ok_or_else(invalid),
        _ => Err(invalid()),
    }
}

fn invalid() -> InvalidInput {
    InvalidInput::new("date", ErrorCode::DateInvalid)
}

/// A date's text taken apart, not yet checked against the calendar.
struct Written {
    dotted: bool,
    day: WrittenDay,
    time: Option<(WrittenTime, Option<i32>)>,
}

#[derive(Clone, Copy)]
struct WrittenDay {
    year: u16,
    month: u8,
    day: u8,
}

#[derive(Clone, Copy)]
struct WrittenTime {
    hour: u8,
    minute: u8,
    second: u8,
    nanosecond: u32,
}

impl Written {
    fn read(text: &[u8]) -> Option<Self> {
        let mut cursor = Cursor(text);
        let dotted = text.get(2) == Some(&b'.');
        let day = if dotted { cursor.dotted_day()? } else { cursor.iso_day()? };
        if cursor.is_at_end() {
            return Some(Self { dotted, day, time: None });
        }
        if !(cursor.skip(b' ') || (!dotted && (cursor.skip(b'T') || cursor.skip(b't')))) {
            return None;
        }
        let time = cursor.time(dotted)?;
        let offset = if cursor.is_at_end() || dotted { None } else { Some(cursor.offset()?) };
        cursor.is_at_end().then_some(Self { dotted, day, time: Some((time, offset)) })
    }

    fn meaning(self) -> Option<Option<WireDate>> {
        if self.is_none() {
            return Some(None);
        }
        let date = self.day.date()?;
        let Some((time, offset)) = self.time else { return Some(Some(WireDate::Day(date))) };
        let local = date.to_datetime(time.time()?);
        let Some(offset) = offset else { return Some(Some(WireDate::Local(local))) };
        // Only the far end of the calendar does not fit: the year is never negative here.
        let at = Offset::from_seconds(offset).ok()?.to_timestamp(local).unwrap_or(Timestamp::MAX);
        Some(Some(WireDate::Instant(at)))
    }

    /// Whether it is one of the two zeros: a database's `0000-00-00`, or the default of a date type that begins with
    /// year 1.
    fn is_none(&self) -> bool {
        let WrittenDay { year, month, day } = self.day;
        let midnight = self.time.is_none_or(|(time, _)| {
            time.hour == 0 && time.minute == 0 && time.second == 0 && time.nanosecond == 0
        });
        midnight && matches!((year, month, day), (0, 0, 0) | (1, 1, 1))
    }
}

impl WrittenDay {
    fn date(self) -> Option<Date> {
        let year = i16::try_from(self.year).ok()?;
        Date::new(year, i8::try_from(self.month).ok()?, i8::try_from(self.day).ok()?).ok()
    }
}

impl WrittenTime {
    fn time(self) -> Option<Time> {
        let small = |value: u8| i8::try_from(value).ok();
        let second = self.second.min(59);
        let nanosecond = i32::try_from(self.nanosecond).ok()?;
        if self.second > 60 {
            return None;
        }
        Time::new(small(self.hour)?, small(self.minute)?, small(second)?, nanosecond).ok()
    }
}

/// What is left to read.
struct Cursor<'t>(&'t [u8]);

impl Cursor<'_> {
    fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }

    fn skip(&mut self, byte: u8) -> bool {
        match self.0.split_first() {
            Some((first, rest)) if *first == byte => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        self.skip(byte).then_some(())
    }

    fn digit(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        let digit = first.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        self.0 = rest;
        Some(digit)
    }

    fn two(&mut self) -> Option<u8> {
        Some(self.digit()? * 10 + self.digit()?)
    }

    fn four(&mut self) -> Option<u16> {
        Some(u16::from(self.two()?) * 100 + u16::from(self.two()?))
    }

    fn iso_day(&mut self) -> Option<WrittenDay> {
        let year = self.four()?;
        self.expect(b'-')?;
        let month = self.two()?;
        self.expect(b'-')?;
        Some(WrittenDay { year, month, day: self.two()? })
    }

    fn dotted_day(&mut self) -> Option<WrittenDay> {
        let day = self.two()?;
        self.expect(b'.')?;
        let month = self.two()?;
        self.expect(b'.')?;
        Some(WrittenDay { year: self.four()?, month, day })
    }

    /// A time; only next to a dotted date may the seconds be missing.
    fn time(&mut self, dotted: bool) -> Option<WrittenTime> {
        let hour = self.two()?;
        self.expect(b':')?;
        let minute = self.two()?;
        if dotted && self.is_at_end() {
            return Some(WrittenTime { hour, minute, second: 0, nanosecond: 0 });
        }
        self.expect(b':')?;
        let second = self.two()?;
        let nanosecond = if !dotted && self.skip(b'.') { self.fraction()? } else { 0 };
        Some(WrittenTime { hour, minute, second, nanosecond })
    }

    /// One to nine digits behind the point, as nanoseconds.
    fn fraction(&mut self) -> Option<u32> {
        let mut nanosecond = u32::from(self.digit()?);
        let mut missing = 8_u32;
        while let Some(digit) = self.digit() {
            missing = missing.checked_sub(1)?;
            nanosecond = nanosecond * 10 + u32::from(digit);
        }
        Some(nanosecond * 10_u32.pow(missing))
    }

    /// `Z`, `+03`, `+0300` or `+03:00`, in seconds.
    fn offset(&mut self) -> Option<i32> {
        if self.skip(b'Z') || self.skip(b'z') {
            return Some(0);
        }
        let sign = if self.skip(b'+') {
            1
        } else {
            self.expect(b'-')?;
            -1
        };
        let hours = self.two()?;
        let minutes = if self.is_at_end() {
            0
        } else {
            self.skip(b':');
            self.two()?
        };
        (hours < 24 && minutes < 60).then(|| sign * (i32::from(hours) * 3600 + i32::from(minutes) * 60))
    }
}

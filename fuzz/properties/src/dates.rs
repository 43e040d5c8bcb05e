//! Promises about dates and business days.

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use loyalty_core::domain::{BusinessCalendar, WireDate, parse_day};

use crate::assert_tells_nothing;

/// Moscow moved between winter and summer time and between zones, New York still does, and Apia once left out a day.
const ZONES: [&str; 3] = ["Europe/Moscow", "America/New_York", "Pacific/Apia"];

/// A date that was read is read back from what is written, and every instant lies in exactly one business day.
///
/// The first byte chooses the venue's zone and day change, the rest is the date.
pub fn dates(data: &[u8]) {
    let Some((choice, text)) = data.split_first() else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let calendar = calendar(*choice);
    match WireDate::parse(text) {
        Ok(Some(date)) => {
            if let Some(written) = written(date) {
                assert_eq!(WireDate::parse(&written), Ok(Some(date)), "{text} is not read back");
            }
            means_what_the_library_reads(text, date);
            lies_in_one_business_day(&calendar, calendar.instant(date));
        }
        Ok(None) => {}
        Err(error) => {
            assert_tells_nothing(&error);
            assert!(parse_day(text).is_err(), "{text} is a day, but not a date");
        }
    }
    if let Ok(day) = parse_day(text) {
        assert_eq!(parse_day(&day.to_string()), Ok(day), "{text} is not read back");
        assert_eq!(calendar.burn_day(WireDate::Day(day)), day, "a bare day burns on another");
    }
}

/// Most forms that servers write, jiff reads as well: it is the second opinion.
fn means_what_the_library_reads(text: &str, date: WireDate) {
    match date {
        WireDate::Instant(at) => assert_eq!(text.parse().unwrap_or(at), at, "{text}"),
        WireDate::Local(local) => assert_eq!(text.parse().unwrap_or(local), local, "{text}"),
        WireDate::Day(day) => assert_eq!(text.parse().unwrap_or(day), day, "{text}"),
    }
}

fn calendar(choice: u8) -> BusinessCalendar {
    let zone = ZONES.get(usize::from(choice) % ZONES.len()).expect("one of the three");
    let hour = i8::try_from(choice / 11).expect("at most 23");
    BusinessCalendar {
        zone: TimeZone::get(zone).expect("the system's zone data"),
        day_change: Time::new(hour, 30, 0, 0).expect("an hour of the day"),
    }
}

/// The date in the form that the standard gives it. `None` before year 2, where a form means "no date" or does not
/// exist.
fn written(date: WireDate) -> Option<String> {
    let (year, text) = match date {
        WireDate::Instant(at) => (TimeZone::UTC.to_datetime(at).year(), at.to_string()),
        WireDate::Local(local) => (local.year(), local.to_string()),
        WireDate::Day(day) => (day.year(), day.to_string()),
    };
    (year >= 2).then_some(text)
}

fn lies_in_one_business_day(calendar: &BusinessCalendar, at: Timestamp) {
    let day = calendar.business_day(at);
    assert_eq!(calendar.days_until(day, at), 0, "today is not today");
    // The calendar's own ends are documented to be cut off.
    if (2..9999).contains(&day.year()) {
        let next = day.tomorrow().expect("not the last day");
        assert!(calendar.start_of(day) <= at, "{at} lies before its day {day}");
        assert!(at < calendar.start_of(next), "{at} lies behind its day {day}");
    }
}

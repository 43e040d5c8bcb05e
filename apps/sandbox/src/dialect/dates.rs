//! Dates in every form seen in the field: written in one of them, read in all.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use super::DateForm;
use crate::clock::VenueCalendar;

pub(super) const NO_DATE: &str = "0000-00-00";

/// A moment in seconds since the epoch, in the venue's zone.
pub(super) fn write_moment(at: i64, form: DateForm, calendar: &VenueCalendar) -> Option<String> {
    let zoned = Timestamp::from_second(at).ok()?.to_zoned_datetime(calendar.zone.clone());
    let pattern = match form {
        DateForm::Rfc3339 => "%Y-%m-%dT%H:%M:%S%:z",
        DateForm::Offset => "%Y-%m-%d %H:%M:%S",
        DateForm::DayFirst => "%d.%m.%Y",
        DateForm::Millis => "%Y-%m-%d %H:%M:%S%.3f",
        DateForm::Local => "%Y-%m-%dT%H:%M:%S",
    };
    let text = zoned.strftime(pattern).to_string();
    if form != DateForm::Offset {
        return Some(text);
    }
    // `+03`, or `+05:30` where the hour is not enough.
    let offset = zoned.strftime("%:z").to_string();
    Some(text + offset.strip_suffix(":00").unwrap_or(&offset))
}

/// A day given as `yyyy-MM-dd`.
pub(super) fn write_day(day: &str, form: DateForm) -> Option<String> {
    let date: Date = day.parse().ok()?;
    Some(match form {
        DateForm::DayFirst => date.strftime("%d.%m.%Y").to_string(),
        _ => date.to_string(),
    })
}

/// A moment in any form; without an offset it is the venue's.
pub(super) fn read_moment(text: &str, calendar: &VenueCalendar) -> Option<i64> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant.as_second());
    }
    // `2026-06-15 12:00:00+03`
    if let Ok(zoned) = jiff::fmt::strtime::parse("%Y-%m-%d %H:%M:%S%z", widen_offset(text))
        && let Ok(instant) = zoned.to_timestamp()
    {
        return Some(instant.as_second());
    }
    if let Some(date) = read_date(text) {
        return calendar.at(date, jiff::civil::Time::midnight()).ok();
    }
    let local: DateTime = text.parse().ok()?;
    calendar.at(local.date(), local.time()).ok()
}

/// A day in any form, given back as `yyyy-MM-dd`.
pub(super) fn read_day(text: &str) -> Option<String> {
    let date = read_date(text).or_else(|| Some(text.parse::<DateTime>().ok()?.date()))?;
    Some(date.to_string())
}

fn read_date(text: &str) -> Option<Date> {
    if text.len() == 10 && text.as_bytes().get(2) == Some(&b'.') {
        return Date::strptime("%d.%m.%Y", text).ok();
    }
    if text.len() == 10 { text.parse().ok() } else { None }
}

fn widen_offset(text: &str) -> String {
    let hour_only =
        text.len() >= 3 && text.get(text.len() - 3..).is_some_and(|end| end.starts_with(['+', '-']));
    if hour_only { format!("{text}00") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar() -> VenueCalendar {
        VenueCalendar {
            zone: jiff::tz::TimeZone::get("Europe/Moscow").unwrap(),
            day_change: jiff::civil::Time::midnight(),
        }
    }

    #[test]
    fn every_form_of_a_moment_is_written_and_read_back() {
        let at = "2026-06-15T12:30:05+03:00".parse::<Timestamp>().unwrap().as_second();
        for (form, text) in [
            (DateForm::Rfc3339, "2026-06-15T12:30:05+03:00"),
            (DateForm::Offset, "2026-06-15 12:30:05+03"),
            (DateForm::Millis, "2026-06-15 12:30:05.000"),
            (DateForm::Local, "2026-06-15T12:30:05"),
        ] {
            assert_eq!(write_moment(at, form, &calendar()).unwrap(), text);
            assert_eq!(read_moment(text, &calendar()), Some(at), "{text}");
        }
        assert_eq!(write_moment(at, DateForm::DayFirst, &calendar()).unwrap(), "15.06.2026");
        let midnight = "2026-06-15T00:00:00+03:00".parse::<Timestamp>().unwrap().as_second();
        assert_eq!(read_moment("15.06.2026", &calendar()), Some(midnight));
        assert_eq!(read_moment("2026-06-15", &calendar()), Some(midnight));
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in ["", "0000-00-00", "2026-13-01", "31.02.2026", "yesterday", "2026-06-15 25:00:00"] {
            assert_eq!(read_moment(text, &calendar()), None, "{text}");
        }
        assert_eq!(read_day("2026-02-30"), None);
        assert_eq!(read_day("15.06.2026").as_deref(), Some("2026-06-15"));
    }
}

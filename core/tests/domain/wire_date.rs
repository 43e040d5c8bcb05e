//! Dates on the wire: every known form is read for what it says, everything else is refused.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, date};
use jiff::tz::Offset;
use loyalty_core::ErrorCode;
use loyalty_core::domain::{WireDate, parse_day};
use proptest::prelude::*;

fn read(text: &str) -> Option<WireDate> {
    WireDate::parse(text).expect(text)
}

fn instant(text: &str) -> Option<WireDate> {
    Some(WireDate::Instant(text.parse().unwrap()))
}

#[test]
fn every_form_seen_in_the_field_is_read() {
    let day = date(2026, 11, 23);
    let local = day.at(19, 5, 7, 0);
    for (text, meaning) in [
        ("2026-11-23T19:05:07+03:00", instant("2026-11-23T16:05:07Z")),
        ("2026-11-23T16:05:07Z", instant("2026-11-23T16:05:07Z")),
        ("2026-11-23t16:05:07z", instant("2026-11-23T16:05:07Z")),
        ("2026-11-23T19:05:07.123456789+0300", instant("2026-11-23T16:05:07.123456789Z")),
        ("2026-11-23 16:05:07+00", instant("2026-11-23T16:05:07Z")),
        ("2026-11-23 16:05:07.5-03:30", instant("2026-11-23T19:35:07.5Z")),
        ("2026-12-31T23:59:60Z", instant("2026-12-31T23:59:59Z")),
        ("2026-11-23 19:05:07", Some(WireDate::Local(local))),
        ("2026-11-23T19:05:07", Some(WireDate::Local(local))),
        ("2026-11-23 19:05:07.123", Some(WireDate::Local(day.at(19, 5, 7, 123_000_000)))),
        ("2026-11-23T19:05:07.1234567", Some(WireDate::Local(day.at(19, 5, 7, 123_456_700)))),
        ("23.11.2026 19:05:07", Some(WireDate::Local(local))),
        ("23.11.2026 19:05", Some(WireDate::Local(day.at(19, 5, 0, 0)))),
        ("23.11.2026", Some(WireDate::Day(day))),
        ("2026-11-23", Some(WireDate::Day(day))),
        ("2024-02-29", Some(WireDate::Day(date(2024, 2, 29)))),
    ] {
        assert_eq!(read(text), meaning, "{text}");
    }
}

#[test]
fn the_zeros_of_databases_are_no_date() {
    for text in [
        "0000-00-00",
        "0000-00-00 00:00:00",
        "0000-00-00T00:00:00Z",
        "0000-00-00 00:00:00+00",
        "00.00.0000",
        "0001-01-01T00:00:00",
        "0001-01-01T00:00:00Z",
        "0001-01-01",
        "01.01.0001 00:00",
    ] {
        assert_eq!(read(text), None, "{text}");
    }
}

#[test]
fn never_is_the_last_instant_there_is() {
    assert_eq!(read("9999-12-31T23:59:59.9999999Z"), Some(WireDate::Instant(Timestamp::MAX)));
    assert_eq!(read("9999-12-31"), Some(WireDate::Day(Date::MAX)));
}

#[test]
fn other_forms_and_days_that_do_not_exist_are_refused() {
    for text in [
        "",
        " ",
        "2026-02-29",
        "2026-13-01",
        "2026-00-10",
        "31.04.2026",
        "2026-11-23T24:00:00Z",
        "2026-11-23T19:60:00Z",
        "2026-11-23T19:05:61Z",
        "2026-11-23T19:05Z",
        "2026-11-23T19:05",
        "2026-11-23 19",
        "2026-11-23T",
        "2026-11-23T19:05:07.",
        "2026-11-23T19:05:07.1234567890Z",
        "2026-11-23T19:05:07+",
        "2026-11-23T19:05:07+3",
        "2026-11-23T19:05:07+24:00",
        "2026-11-23T19:05:07+03:60",
        "2026-11-23T19:05:07Z ",
        " 2026-11-23",
        "2026-11-23T19:05:07 +03:00",
        "23.11.2026T19:05:07",
        "23.11.2026 19:05:07+03:00",
        "23.11.26",
        "23/11/2026",
        "11/23/2026",
        "20261123",
        "2026-11-2３",
        "1795622707",
        "/Date(1795622707000)/",
        "0000-00-00 01:00:00",
        "0000-00-01",
        "now",
    ] {
        let error = WireDate::parse(text).expect_err(text);
        assert_eq!((error.field.as_ref(), error.code), ("date", ErrorCode::DateInvalid), "{text}");
    }
}

#[test]
fn a_day_on_the_command_line_is_year_month_day() {
    assert_eq!(parse_day("2026-11-23"), Ok(date(2026, 11, 23)));
    for text in ["23.11.2026", "2026-11-23T00:00:00", "2026-02-30", "0000-00-00", "", "today"] {
        assert_eq!(parse_day(text).expect_err(text).code, ErrorCode::DateInvalid, "{text}");
    }
}

/// Any local time that four digits of a year can say, without the one that means none.
fn local() -> impl Strategy<Value = DateTime> {
    (1..=9998_i16, 1..=12_i8, 1..=31_i8, 0..86_400_i32, 0..1_000_000_000_i32).prop_filter_map(
        "no such day, or the zero of year 1",
        |(year, month, day, second, nanosecond)| {
            let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
            let small = |n: i32| i8::try_from(n).unwrap();
            let local =
                DateTime::new(year, month, day, small(hour), small(minute), small(second), nanosecond);
            local.ok().filter(|local| local.date() != date(1, 1, 1))
        },
    )
}

proptest! {
    #[test]
    fn an_instant_is_read_as_the_standard_reads_it(local in local(), minutes in -1439..1440_i32, separator in "[T ]") {
        let offset = Offset::from_seconds(minutes * 60).unwrap();
        let sign = if minutes < 0 { '-' } else { '+' };
        let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
        let text = format!("{}{separator}{}{sign}{hours:02}:{rest:02}", local.date(), local.time());
        prop_assert_eq!(read(&text), Some(WireDate::Instant(offset.to_timestamp(local).unwrap())), "{}", &text);
        prop_assert_eq!(read(&text), Some(WireDate::Instant(text.parse().unwrap())));
    }

    #[test]
    fn a_local_time_is_read_back_from_every_form(local in local()) {
        let (day, time) = (local.date(), local.time());
        prop_assert_eq!(read(&format!("{day} {time}")), Some(WireDate::Local(local)));
        prop_assert_eq!(read(&format!("{day}T{time}")), Some(WireDate::Local(local)));
        prop_assert_eq!(read(&day.to_string()), Some(WireDate::Day(day)));
        let dotted = format!("{:02}.{:02}.{:04}", day.day(), day.month(), day.year());
        prop_assert_eq!(read(&dotted), Some(WireDate::Day(day)));
        let to_minute = day.at(time.hour(), time.minute(), 0, 0);
        let text = format!("{dotted} {:02}:{:02}", time.hour(), time.minute());
        prop_assert_eq!(read(&text), Some(WireDate::Local(to_minute)));
    }

    #[test]
    fn no_text_makes_a_date_panic(text in "\\PC{0,40}|[0-9.:TZ +-]{0,40}|[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.+Z-]{0,20}") {
        let _ = WireDate::parse(&text);
        let _ = parse_day(&text);
    }
}

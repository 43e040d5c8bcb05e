//! Business days: every instant belongs to exactly one, whatever the clocks of its zone do.

use jiff::civil::{Date, Time, date, time};
use jiff::{Timestamp, ToSpan};
use loyalty_core::ErrorCode;
use loyalty_core::domain::{BusinessCalendar, WireDate};
use proptest::prelude::*;

/// Zones whose clocks have done every odd thing there is: half-hour changes, skipped and repeated days, changes at
/// midnight.
const ZONES: [&str; 12] = [
    "Europe/Moscow",
    "UTC",
    "Asia/Almaty",
    "America/New_York",
    "America/St_Johns",
    "America/Havana",
    "America/Sao_Paulo",
    "America/Juneau",
    "Asia/Manila",
    "Pacific/Apia",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
];

fn calendar(zone: &str, day_change: &str) -> BusinessCalendar {
    BusinessCalendar::from_names(zone, day_change).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn after_midnight_it_is_still_yesterday_until_the_day_changes() {
    let moscow = calendar("Europe/Moscow", "05:00");
    assert_eq!(moscow.business_day(at("2026-11-24T04:59:59+03:00")), date(2026, 11, 23));
    assert_eq!(moscow.business_day(at("2026-11-24T05:00:00+03:00")), date(2026, 11, 24));
    assert_eq!(moscow.start_of(date(2026, 11, 24)), at("2026-11-24T05:00:00+03:00"));
    assert_eq!(moscow.local(at("2026-11-24T02:00:00Z")), date(2026, 11, 24).at(5, 0, 0, 0));
}

#[test]
fn days_are_counted_by_business_days() {
    let moscow = calendar("Europe/Moscow", "05:00");
    let night = at("2026-11-24T01:00:00+03:00");
    assert_eq!(moscow.days_until(date(2026, 11, 23), night), 0);
    assert_eq!(moscow.days_until(date(2026, 11, 24), night), 1);
    assert_eq!(moscow.days_until(date(2026, 11, 20), night), -3);
}

#[test]
fn a_burn_at_midnight_is_on_the_day_it_begins() {
    let moscow = calendar("Europe/Moscow", "05:00");
    let day = date(2026, 11, 24);
    assert_eq!(moscow.burn_day(WireDate::Day(day)), day);
    assert_eq!(moscow.burn_day(WireDate::Local(day.at(0, 0, 0, 0))), day);
    assert_eq!(moscow.burn_day(WireDate::Instant(at("2026-11-23T21:00:00Z"))), day);
    assert_eq!(moscow.burn_day(WireDate::Local(day.at(4, 59, 0, 0))), date(2026, 11, 23));
    assert_eq!(moscow.burn_day(WireDate::Local(day.at(5, 0, 0, 0))), day);
}

#[test]
fn a_period_covers_its_last_day() {
    let moscow = calendar("Europe/Moscow", "05:00");
    let period = moscow.period(date(2026, 11, 1), date(2026, 11, 30)).unwrap();
    assert_eq!(period.from, at("2026-11-01T05:00:00+03:00"));
    assert_eq!(period.to, at("2026-12-01T05:00:00+03:00"));
    let error = moscow.period(date(2026, 11, 2), date(2026, 11, 1)).unwrap_err();
    assert_eq!((error.field.as_ref(), error.code), ("period", ErrorCode::PeriodInvalid));
}

#[test]
fn a_clock_set_forward_over_the_change_begins_the_day_behind_the_gap() {
    let calendar = calendar("America/New_York", "02:30");
    assert_eq!(calendar.start_of(date(2026, 3, 8)), at("2026-03-08T03:30:00-04:00"));
    assert_eq!(calendar.business_day(at("2026-03-08T03:00:00-04:00")), date(2026, 3, 7));
}

#[test]
fn a_clock_set_back_over_the_change_does_not_bring_yesterday_back() {
    let calendar = calendar("America/New_York", "01:30");
    assert_eq!(calendar.start_of(date(2026, 11, 1)), at("2026-11-01T01:30:00-04:00"));
    assert_eq!(calendar.business_day(at("2026-11-01T01:10:00-05:00")), date(2026, 11, 1));
}

#[test]
fn the_night_behind_a_day_that_a_zone_left_out_belongs_to_the_day_before_it() {
    // Samoa went from 29 December 2011 straight to the 31st.
    let apia = calendar("Pacific/Apia", "05:00");
    assert_eq!(apia.business_day(at("2011-12-31T02:00:00+14:00")), date(2011, 12, 29));
    assert_eq!(apia.business_day(at("2011-12-31T05:00:00+14:00")), date(2011, 12, 31));
}

#[test]
fn a_zone_or_change_that_does_not_exist_is_refused_by_name() {
    for (zone, day_change, field) in [
        ("Europe/Moskva", "05:00", "time_zone"),
        ("", "05:00", "time_zone"),
        ("Europe/Moscow", "24:00", "day_change"),
        ("Europe/Moscow", "5:00", "day_change"),
        ("Europe/Moscow", "05:60", "day_change"),
        ("Europe/Moscow", "05:00:00", "day_change"),
        ("Europe/Moscow", "+5:00", "day_change"),
        ("Europe/Moscow", "", "day_change"),
    ] {
        let error = BusinessCalendar::from_names(zone, day_change).unwrap_err();
        assert_eq!(
            (error.field.as_ref(), error.code),
            (field, ErrorCode::ConfigInvalid),
            "{zone} {day_change}"
        );
    }
}

#[test]
fn the_ends_of_time_are_answered_too() {
    for zone in ZONES {
        let calendar = calendar(zone, "23:59");
        for instant in [Timestamp::MIN, Timestamp::MAX] {
            let day = calendar.business_day(instant);
            assert_eq!(calendar.days_until(day, instant), 0);
        }
        assert_eq!(calendar.start_of(Date::MAX), Timestamp::MAX);
        assert!(calendar.start_of(Date::MIN) < at("0000-01-01T00:00:00Z"));
        assert!(calendar.days_until(Date::MAX, Timestamp::MIN) > 7_000_000);
        assert_eq!(calendar.period(Date::MIN, Date::MAX).unwrap().to, Timestamp::MAX);
    }
}

fn any_calendar() -> impl Strategy<Value = BusinessCalendar> {
    (prop::sample::select(ZONES.to_vec()), 0..24_i8, prop::sample::select(vec![0_i8, 1, 30, 59]))
        .prop_map(|(zone, hour, minute)| calendar(zone, &format!("{hour:02}:{minute:02}")))
}

/// Instants of the two centuries in which zones have changed.
fn instant() -> impl Strategy<Value = Timestamp> {
    (-4_500_000_000..4_500_000_000_i64).prop_map(|second| Timestamp::from_second(second).unwrap())
}

/// Instants within hours of a change of some zone's clocks, where mistakes live.
fn near_a_change() -> impl Strategy<Value = (BusinessCalendar, Timestamp)> {
    (any_calendar(), instant(), -100_000..100_000_i64).prop_map(|(calendar, about, seconds)| {
        let change = calendar.zone.following(about).next().map_or(about, |change| change.timestamp());
        let near = change.checked_add(seconds.seconds()).unwrap();
        (calendar, near)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn every_instant_lies_within_its_business_day((calendar, at) in near_a_change()) {
        let day = calendar.business_day(at);
        prop_assert!(calendar.start_of(day) <= at, "{day} begins after {at}");
        prop_assert!(at < calendar.start_of(day.tomorrow().unwrap()), "{day} is over at {at}");
    }

    #[test]
    fn business_days_follow_each_other((calendar, at) in near_a_change(), later in 0..200_000_i64) {
        let later = at.checked_add(later.seconds()).unwrap();
        prop_assert!(calendar.business_day(at) <= calendar.business_day(later));
    }

    #[test]
    fn a_day_begins_on_itself_unless_the_zone_skipped_it((calendar, at) in near_a_change()) {
        let day = calendar.local(at).date();
        let begins = calendar.start_of(day);
        if begins < calendar.start_of(day.tomorrow().unwrap()) {
            prop_assert_eq!(calendar.business_day(begins), day);
        }
        prop_assert!(calendar.start_of(day.yesterday().unwrap()) <= begins);
    }

    #[test]
    fn the_distance_to_a_day_is_what_was_added(calendar in any_calendar(), now in instant(), days in -5000..5000_i32) {
        let day = calendar.business_day(now) + days.days();
        prop_assert_eq!(calendar.days_until(day, now), days);
    }

    #[test]
    fn a_bare_day_keeps_its_meaning(calendar in any_calendar(), days in 0..40_000_i32) {
        let day = date(1960, 1, 1) + days.days();
        prop_assert_eq!(calendar.burn_day(WireDate::Day(day)), day);
        prop_assert_eq!(calendar.burn_day(WireDate::Local(day.to_datetime(Time::midnight()))), day);
        // As an instant a day is its beginning. Apia had no 30 December 2011, Manila and Juneau their own such days.
        let back = calendar.business_day(calendar.instant(WireDate::Day(day)));
        prop_assert!(back == day || calendar.start_of(day) == calendar.start_of(day + 1.day()));
    }

    #[test]
    fn a_period_holds_just_the_instants_of_its_days((calendar, at) in near_a_change(), length in 0..10_i32) {
        let day = calendar.business_day(at);
        let period = calendar.period(day - length.days(), day).unwrap();
        prop_assert!(period.from <= at && at < period.to);
        let before = calendar.period(day - (length + 1).days(), day - 1.day()).unwrap();
        prop_assert!(at >= before.to);
    }

    #[test]
    fn local_times_in_gaps_and_folds_are_answered((calendar, at) in near_a_change(), minute in 0..1440_i32) {
        let local = calendar.local(at).date().to_datetime(time(0, 0, 0, 0)) + minute.minutes();
        let instant = calendar.instant(WireDate::Local(local));
        // Not in a gap: the clock shows just that time.
        if !calendar.zone.to_ambiguous_timestamp(local).is_ambiguous() {
            prop_assert_eq!(calendar.local(instant), local);
        }
    }
}

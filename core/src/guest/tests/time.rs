//! Clocks that are wrong, zones that change, and days that end at night.

use jiff::SignedDuration;
use jiff::civil::time;

use super::*;
use crate::backend::BackendError;
use crate::domain::wording::{Lang, UnitWords, Wording};
use crate::domain::{Burn, Inconsistency};
use crate::guest::{Freshness, ReminderPolicy, View};

fn burn(on: &str, amount: i64) -> Burn {
    Burn { on: on.parse().unwrap(), amount: bonus(amount) }
}

/// A guest with 1,000 bonuses of which 300 burn on 1 December and 200 on the 20th.
fn with_burns() -> Guest {
    let guest = Guest::new();
    guest.server.book_unseen(100_000);
    guest.server.books.lock().unwrap().burns = vec![burn("2026-12-01", 30_000), burn("2026-12-20", 20_000)];
    guest
}

/// What is shown later, without a connection.
fn later(guest: &Guest, session: &GuestSession<Server>, when: &str) -> View {
    guest.clock.set(when);
    session.snapshot().unwrap()
}

#[tokio::test]
async fn a_snapshot_is_fresh_for_ten_minutes() {
    let guest = Guest::new();
    let session = guest.in_memory().await;
    session.refresh().await.unwrap();
    assert_eq!(later(&guest, &session, "2026-11-23T09:10:00Z").freshness, Freshness::Fresh);
    assert_eq!(later(&guest, &session, "2026-11-23T09:10:01Z").freshness, Freshness::Stale);
}

#[tokio::test]
async fn a_snapshot_of_before_the_change_of_day_is_stale_a_minute_later() {
    let mut guest = Guest::new();
    guest.settings.calendar = BusinessCalendar::from_names("Europe/Moscow", "05:00").unwrap();
    let session = guest.in_memory().await;
    guest.clock.set("2026-11-24T01:59:30Z");
    session.refresh().await.unwrap();
    let before = later(&guest, &session, "2026-11-24T01:59:59Z");
    assert_eq!((before.freshness, before.today), (Freshness::Fresh, "2026-11-23".parse().unwrap()));
    let after = later(&guest, &session, "2026-11-24T02:00:00Z");
    assert_eq!((after.freshness, after.today), (Freshness::Stale, "2026-11-24".parse().unwrap()));
}

#[tokio::test]
async fn burns_of_tonight_are_still_there_at_23_59_and_may_be_gone_at_00_01() {
    let guest = with_burns();
    let session = guest.in_memory().await;
    session.refresh().await.unwrap();
    let evening = later(&guest, &session, "2026-11-30T20:59:00Z");
    assert_eq!((evening.today, evening.burned_since()), ("2026-11-30".parse().unwrap(), Some(bonus(0))));
    let night = later(&guest, &session, "2026-11-30T21:01:00Z");
    assert_eq!((night.today, night.burned_since()), ("2026-12-01".parse().unwrap(), Some(bonus(30_000))));
    assert_eq!(later(&guest, &session, "2026-12-20T12:00:00Z").burned_since(), Some(bonus(50_000)));
}

#[tokio::test]
async fn where_the_day_changes_at_five_burns_wait_until_five() {
    let mut guest = with_burns();
    guest.settings.calendar = BusinessCalendar::from_names("Europe/Moscow", "05:00").unwrap();
    let session = guest.in_memory().await;
    session.refresh().await.unwrap();
    assert_eq!(later(&guest, &session, "2026-12-01T01:59:00Z").burned_since(), Some(bonus(0)));
    assert_eq!(later(&guest, &session, "2026-12-01T02:00:00Z").burned_since(), Some(bonus(30_000)));
}

#[tokio::test]
async fn what_was_read_on_the_day_of_a_burn_has_it_taken_off_already() {
    let guest = with_burns();
    let session = guest.in_memory().await;
    guest.clock.set("2026-12-01T09:00:00Z");
    session.refresh().await.unwrap();
    assert_eq!(later(&guest, &session, "2026-12-02T09:00:00Z").burned_since(), Some(bonus(0)));
}

#[tokio::test]
async fn of_a_balance_without_its_parts_nobody_says_what_has_burned() {
    let guest = with_burns();
    guest.server.books.lock().unwrap().burns = vec![burn("2026-12-01", 900_000)];
    let session = guest.in_memory().await;
    let view = session.refresh().await.unwrap();
    let expected = crate::domain::BurnSchedule::TotalOnly { because: Inconsistency::PartsDoNotSum };
    assert_eq!(view.snapshot.balance.schedule, expected);
    assert_eq!(view.burned_since(), None);
    assert_eq!(session.reminders(&ReminderPolicy::default()), []);
}

#[tokio::test]
async fn a_clock_that_was_moved_back_a_day_makes_nothing_fresh_and_no_day_again() {
    let guest = with_burns();
    let session = guest.open().await;
    session.refresh().await.unwrap();
    for session in [session, guest.open().await] {
        let view = later(&guest, &session, "2026-11-22T09:00:00Z");
        assert_eq!((view.freshness, view.today), (Freshness::Stale, "2026-11-23".parse().unwrap()));
        assert_eq!(view.now, at("2026-11-23T09:00:00Z"), "time does not run backwards");
    }
    // The server says what time it is; from then on the device's clock is read with that in mind.
    let session = guest.open().await;
    guest.server.books.lock().unwrap().skew = Some(SignedDuration::from_hours(24));
    let view = session.refresh().await.unwrap();
    assert_eq!((view.freshness, view.today), (Freshness::Fresh, "2026-11-23".parse().unwrap()));
}

#[tokio::test]
async fn the_servers_clock_is_remembered_over_a_restart_without_a_connection() {
    let guest = with_burns();
    // The device is a day behind.
    guest.clock.set("2026-11-29T10:00:00Z");
    guest.server.books.lock().unwrap().skew = Some(SignedDuration::from_hours(24));
    guest.open().await.refresh().await.unwrap();
    guest.server.books.lock().unwrap().skew = None;
    guest.server.fail(BackendError::Offline);
    let session = guest.open().await;
    let view = later(&guest, &session, "2026-11-29T22:00:00Z");
    assert_eq!(view.today, "2026-12-01".parse().unwrap());
    assert_eq!(view.burned_since(), Some(bonus(30_000)));
}

#[tokio::test]
async fn a_row_that_a_till_dated_into_the_near_future_is_shown() {
    let guest = Guest::new();
    let session = guest.in_memory().await;
    session.refresh().await.unwrap();
    guest.server.book(1, "2026-11-23T12:00:00Z", 500);
    assert_eq!(session.refresh().await.unwrap().snapshot.newest, guest.server.history());
}

#[tokio::test]
async fn a_device_that_goes_back_in_time_still_reads_again_all_that_may_have_changed() {
    let guest = Guest::new();
    for id in 1..=25 {
        guest.server.book(id, "2026-11-12T12:00:00Z", 100);
    }
    let session = guest.in_memory().await;
    session.refresh().await.unwrap();
    guest.server.book(26, "2026-11-22T12:00:00Z", 100);
    guest.server.books.lock().unwrap().skew = Some(SignedDuration::ZERO);
    guest.clock.set("2026-11-22T09:00:00Z");
    let view = session.refresh().await.unwrap();
    assert_eq!(view.snapshot.newest[0], guest.server.history()[0]);
}

#[tokio::test]
async fn a_zone_that_changes_moves_the_days_and_not_the_instants() {
    let mut guest = with_burns();
    guest.open().await.refresh().await.unwrap();
    let evening = "2026-11-30T18:00:00Z";
    let moscow = guest.open().await;
    assert_eq!(later(&guest, &moscow, evening).today, "2026-11-30".parse().unwrap());
    drop(moscow);
    guest.settings.calendar = BusinessCalendar::from_names("Asia/Vladivostok", "00:00").unwrap();
    let vladivostok = guest.open().await;
    let view = later(&guest, &vladivostok, evening);
    assert_eq!((view.today, view.burned_since()), ("2026-12-01".parse().unwrap(), Some(bonus(30_000))));
    assert_eq!(view.snapshot.as_of, at("2026-11-23T09:00:00Z"));
}

#[tokio::test]
async fn reminders_come_before_their_burns_in_the_venues_time_and_keep_their_names() {
    let guest = with_burns();
    let session = guest.in_memory().await;
    session.refresh().await.unwrap();
    let reminders = session.reminders(&ReminderPolicy::default());
    let seen: Vec<_> = reminders.iter().map(|one| (one.id.as_str(), one.notify_at, one.amount)).collect();
    let expected = [
        ("burn-2026-12-01-7", at("2026-11-24T08:00:00Z"), Some(bonus(30_000))),
        ("burn-2026-12-01-1", at("2026-11-30T08:00:00Z"), Some(bonus(30_000))),
        // More than fourteen days after the reading: nobody knows how much is left by then.
        ("burn-2026-12-20-7", at("2026-12-13T08:00:00Z"), None),
        ("burn-2026-12-20-1", at("2026-12-19T08:00:00Z"), None),
    ];
    assert_eq!(seen, expected);
    guest.clock.set("2026-11-24T08:00:00Z");
    guest.server.books.lock().unwrap().burns[0].amount = bonus(10_000);
    session.refresh().await.unwrap();
    let ids: Vec<_> = session.reminders(&ReminderPolicy::default()).into_iter().map(|one| one.id).collect();
    assert_eq!(ids, ["burn-2026-12-01-1", "burn-2026-12-20-7", "burn-2026-12-20-1"], "the past is left out");
}

#[tokio::test]
async fn a_snapshot_older_than_a_fortnight_reminds_without_amounts() {
    let guest = with_burns();
    let session = guest.in_memory().await;
    guest.clock.set("2026-11-16T08:00:00Z");
    session.refresh().await.unwrap();
    let day_before = ReminderPolicy { days_before: vec![1], ..ReminderPolicy::default() };
    assert_eq!(session.reminders(&day_before)[0].amount, Some(bonus(30_000)), "exactly fourteen days");
    guest.clock.set("2026-11-16T07:59:59Z");
    session.refresh().await.unwrap();
    assert_eq!(session.reminders(&day_before)[0].amount, None);
}

#[tokio::test]
async fn a_reminder_at_night_belongs_to_the_business_day_that_is_not_over() {
    let mut guest = with_burns();
    guest.settings.calendar = BusinessCalendar::from_names("Europe/Moscow", "05:00").unwrap();
    let session = guest.in_memory().await;
    session.refresh().await.unwrap();
    let policy = ReminderPolicy { days_before: vec![1], at: time(1, 0, 0, 0), limit: 1 };
    let reminders = session.reminders(&policy);
    // One o'clock on 1 December by the clock is still 30 November at the venue.
    assert_eq!(reminders.len(), 1);
    assert_eq!(reminders[0].notify_at, at("2026-11-30T22:00:00Z"));
}

#[tokio::test]
async fn there_are_never_more_reminders_than_the_platform_takes_and_none_twice() {
    let guest = with_burns();
    let session = guest.in_memory().await;
    session.refresh().await.unwrap();
    let policy = ReminderPolicy { days_before: vec![1, 1, 2, 3, 0], limit: 4, ..ReminderPolicy::default() };
    let ids: Vec<_> = session.reminders(&policy).into_iter().map(|one| one.id).collect();
    assert_eq!(ids, ["burn-2026-12-01-3", "burn-2026-12-01-2", "burn-2026-12-01-1", "burn-2026-12-20-3"]);
}

#[tokio::test]
async fn a_reminder_says_what_it_is_based_on() {
    let guest = with_burns();
    let session = guest.in_memory().await;
    session.refresh().await.unwrap();
    let reminders = session.reminders(&ReminderPolicy::default());
    let text = |n: usize, lang| {
        reminders[n]
            .text(&Wording::new(lang, UnitWords::default()), &guest.settings.calendar)
            .replace('\u{A0}', " ")
    };
    assert_eq!(text(1, Lang::Ru), "300 бонусов сгорят завтра, по состоянию на 23 ноября, 12:00");
    assert_eq!(text(1, Lang::En), "300 bonuses will expire tomorrow, as of November 23, 12:00 PM");
    assert_eq!(text(2, Lang::Ru), "Часть баланса сгорит через 7 дней, по состоянию на 23 ноября, 12:00");
    assert_eq!(text(3, Lang::En), "Part of your balance will expire tomorrow, as of November 23, 12:00 PM");
}

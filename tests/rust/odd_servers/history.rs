//! Histories as servers show them: cut off, by the day, in the order of nobody.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::routing::get;
use axum::{Json, Router};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use loyalty_core::ErrorCode;
use loyalty_core::backend::probonus::{ProBonus, all_transactions};
use loyalty_core::backend::{BackendError, GuestBackend, OperatorBackend};
use loyalty_core::domain::{AccountId, BusinessCalendar, Period, Phone, TransactionsQuery};
use loyalty_core::guest::{GuestClient, GuestSession, PhoneLocks, SessionSettings};
use loyalty_core::system::SystemClock;
use serde_json::json;

use super::client;

const PHONE: &str = "+79123451234";

/// The ids of all rows, in the order in which they are read.
async fn all_ids(client: &ProBonus) -> Vec<i64> {
    let mut pages = all_transactions(client, AccountId(1));
    let mut ids = Vec::new();
    while let Some(page) = pages.next_page().await.unwrap() {
        assert!(page.rows.len() < 5_000);
        ids.extend(page.rows.iter().map(|row| row.id.0));
    }
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_that_is_cut_off_at_five_thousand_rows_loses_none() {
    // A row each half hour, and a burst of rows within one minute.
    let now = Timestamp::now();
    let regular = (0..11_000).map(|number| now - SignedDuration::from_mins(30 * number));
    let burst = (0..6_000)
        .map(|number| now - SignedDuration::from_hours(5_000) - SignedDuration::from_millis(number));
    let mut rows: Vec<Timestamp> = regular.chain(burst).collect();
    rows.sort_unstable_by(|a, b| b.cmp(a));
    let rows = Arc::new(rows);
    let booked = rows.len();

    let answer = async |State(rows): State<Arc<Vec<Timestamp>>>,
                        Query(asked): Query<HashMap<String, String>>| {
        let instant = |name: &str| asked[name].parse::<Timestamp>().unwrap();
        let (from, to) = (instant("dateFrom"), instant("dateTo"));
        let row = |(id, at): (usize, &Timestamp)| json!({"id": id, "date": at, "type": "accrual", "sum": 1});
        let inside = rows.iter().enumerate().filter(|(_, at)| from <= **at && **at < to);
        Json(inside.take(5_000).map(row).collect::<Vec<_>>())
    };
    let doors = Router::new().route("/accounts/transactions", get(answer)).with_state(rows);
    let client = client(doors, "").await;
    let mut ids = all_ids(&client).await;
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), booked);
}

/// How a server that keeps whole days reads the end of a period, and whether it tells the time of day.
#[derive(Clone, Copy)]
struct ByTheDay {
    includes_last_day: bool,
    tells_time: bool,
}

/// A server with 12,000 rows, 40 minutes apart, that compares days and cuts off at 5,000 rows.
async fn by_the_day(server: ByTheDay, day_change: &str) -> ProBonus {
    let moscow = TimeZone::get("Europe/Moscow").unwrap();
    let now = Timestamp::now();
    let day = move |at: Timestamp| -> Date { at.to_zoned_datetime(moscow.clone()).date() };
    let rows: Vec<(i64, Timestamp, Date)> = (0..12_000)
        .map(|id| (id, now - SignedDuration::from_mins(40 * id)))
        .map(|(id, at)| (id, at, day(at)))
        .collect();
    let answer = async move |State(rows): State<Arc<Vec<(i64, Timestamp, Date)>>>,
                             Query(asked): Query<HashMap<String, String>>| {
        let date =
            |at: Timestamp, day: Date| if server.tells_time { at.to_string() } else { day.to_string() };
        let row = |(id, at, day): &(i64, Timestamp, Date)| json!({"id": id, "date": date(*at, *day), "type": "accrual", "sum": 1});
        if let Some(count) = asked.get("count") {
            return Json(rows.iter().take(count.parse().unwrap()).map(row).collect::<Vec<_>>());
        }
        // The date as it was sent, in the venue's zone.
        let bound = |name: &str| asked[name][..10].parse::<Date>().unwrap();
        let (from, to) = (bound("dateFrom"), bound("dateTo"));
        let inside = |day: Date| from <= day && (day < to || server.includes_last_day && day == to);
        let found = rows.iter().filter(|(_, _, day)| inside(*day)).take(5_000);
        Json(found.map(row).collect::<Vec<_>>())
    };
    let account = json!([{"id": 1, "accountGroupId": 3, "phone": PHONE, "balance": 12_000}]);
    let balance =
        json!({"accountId": 1, "balance": 12_000, "nonBurning": 12_000, "items": [], "pending": []});
    let doors = Router::new()
        .route("/accounts/transactions", get(answer))
        .route("/accounts/find_by_phone", get(async move || Json(account)))
        .route("/accounts/get_balance_extended", get(async move || Json(balance)))
        .with_state(Arc::new(rows));
    client(doors, &format!("day_change = \"{day_change}\"")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_compares_days_loses_no_row_and_shows_none_twice() {
    for day_change in ["00:00", "05:00"] {
        for includes_last_day in [true, false] {
            for tells_time in [true, false] {
                let server = ByTheDay { includes_last_day, tells_time };
                let mut ids = all_ids(&by_the_day(server, day_change).await).await;
                ids.sort_unstable();
                let told = format!("{day_change} {includes_last_day} {tells_time}");
                assert!(ids == (0..12_000).collect::<Vec<_>>(), "{told}: {} rows", ids.len());
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_period_whose_reply_is_full_with_what_does_not_belong_there_is_not_taken_for_whole() {
    let client = by_the_day(ByTheDay { includes_last_day: true, tells_time: true }, "00:00").await;
    let day = |back: i64| {
        let moscow = TimeZone::get("Europe/Moscow").unwrap();
        let day = (Timestamp::now() - SignedDuration::from_hours(24 * back)).to_zoned_datetime(moscow);
        day.start_of_day().unwrap().timestamp()
    };
    let ask = async |from: i64| {
        let period = Period { from: day(from), to: day(10) };
        let rows = OperatorBackend::transactions(&client, AccountId(1), TransactionsQuery::Period(period));
        rows.await.map(|rows| rows.len())
    };
    assert_eq!(ask(140).await, Ok(130 * 36));
    // 36 rows a day: the day after the last fills the reply, at whose end as many are missing.
    let Err(BackendError::Reply { code, .. }) = ask(148).await else { panic!("taken for whole") };
    assert_eq!(code, ErrorCode::ReplyTooLarge);
}

/// The ids of all rows that a guest sees, in order.
async fn scrolled<B: GuestBackend>(session: &GuestSession<B>) -> Vec<i64> {
    let (mut ids, mut behind) = (Vec::new(), None);
    loop {
        let page = session.history(behind, 500).await.unwrap();
        ids.extend(page.transactions.iter().map(|row| row.id.0));
        behind = page.next;
        if behind.is_none() {
            break;
        }
    }
    ids.sort_unstable();
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_of_a_server_that_compares_days_scrolls_over_every_row_once() {
    for day_change in ["00:00", "05:00"] {
        for includes_last_day in [true, false] {
            for tells_time in [true, false] {
                let server = ByTheDay { includes_last_day, tells_time };
                let guest = by_the_day(server, day_change).await.guest(Phone::parse(PHONE).unwrap());
                let client = GuestClient::new(guest, Arc::new(SystemClock), Arc::new(PhoneLocks::default()));
                let settings = SessionSettings {
                    calendar: BusinessCalendar::from_names("Europe/Moscow", day_change).unwrap(),
                    history_since: "2015-01-01T00:00:00Z".parse().unwrap(),
                    retention: None,
                };
                let session = GuestSession::in_memory(client, settings).await.unwrap();
                session.refresh().await.unwrap();
                let told = format!("{day_change} {includes_last_day} {tells_time}");
                let ids = scrolled(&session).await;
                assert!(ids == (0..12_000).collect::<Vec<_>>(), "{told}: {} rows", ids.len());
                // Reading all of it again takes none away.
                assert!(session.upkeep().await.unwrap().history_read);
                let ids = scrolled(&session).await;
                assert!(ids == (0..12_000).collect::<Vec<_>>(), "{told}: {} rows after upkeep", ids.len());
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_that_no_window_makes_shorter_is_refused_and_not_cut_off() {
    let answer = async || {
        let row = |id| json!({"id": id, "date": "2020-01-01T00:00:00Z", "type": "accrual", "sum": 1});
        Json((0..5_000).map(row).collect::<Vec<_>>())
    };
    let client = client(Router::new().route("/accounts/transactions", get(answer)), "").await;
    let error = all_transactions(&client, AccountId(1)).next_page().await.unwrap_err();
    assert!(matches!(error, BackendError::Reply { code: ErrorCode::ReplyTooLarge, .. }), "{error:?}");
}

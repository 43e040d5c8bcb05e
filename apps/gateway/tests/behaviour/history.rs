use jiff::{SignedDuration, Timestamp};
use loyalty_core::domain::Period;
use loyalty_gateway::GatewayError;
use loyalty_gateway::gateway::{Guest, HistoryQuery};

use crate::world::{RICHEST, World};

/// The ids of all pages, and how many pages there were.
async fn walk(world: &World, guest: &Guest, limit: u32, period: Option<Period>) -> (Vec<i64>, usize) {
    let mut ids = Vec::new();
    let mut cursor = None;
    for pages in 1.. {
        // Reads are limited by the minute.
        world.pass(SignedDuration::from_secs(1));
        let query = HistoryQuery { limit, cursor, period: period.filter(|_| pages == 1) };
        let page = world.gateway.transactions(guest, &query).await.unwrap();
        assert!(page.transactions.len() <= usize::try_from(limit).unwrap());
        ids.extend(page.transactions.iter().map(|row| row.id));
        cursor = page.next;
        if cursor.is_none() {
            return (ids, pages);
        }
    }
    unreachable!("pages do not end");
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// The rows of the books, newest first.
fn books(world: &World) -> Vec<(i64, Timestamp)> {
    let rows = world.scene.sandbox.books().transactions(world.scene.richest().0).unwrap();
    let mut rows: Vec<_> = rows.iter().map(|row| (row.id, at(row.at))).collect();
    rows.sort_by_key(|(id, at)| std::cmp::Reverse((*at, *id)));
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_any_size_hold_every_row_once_and_in_order() {
    let world = World::start().await;
    let guest = world.guest(RICHEST).await;
    let expected: Vec<i64> = books(&world).into_iter().map(|(id, _)| id).collect();
    assert!(expected.len() > 100, "{}", expected.len());
    for limit in [7, 50, 100] {
        let (ids, pages) = walk(&world, &guest, limit, None).await;
        assert_eq!(ids, expected, "pages of {limit}");
        assert!(pages > 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_period_holds_its_beginning_and_not_its_end_on_every_page() {
    let world = World::start().await;
    let guest = world.guest(RICHEST).await;
    let all = books(&world);
    let (to, from) = (all[10].1, all[40].1);
    let expected: Vec<i64> =
        all.iter().filter(|(_, at)| (from..to).contains(at)).map(|(id, _)| *id).collect();
    assert!(expected.len() >= 20);
    let (ids, _) = walk(&world, &guest, 6, Some(Period { from, to })).await;
    assert_eq!(ids, expected);
    let nothing = Period { from: to, to };
    assert_eq!(walk(&world, &guest, 6, Some(nothing)).await.0, Vec::<i64>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_period_that_ends_in_the_far_future_costs_no_more_than_one_that_ends_now() {
    let world = World::start().await;
    let guest = world.guest(RICHEST).await;
    let from = books(&world)[40].1;
    let expected: Vec<i64> =
        books(&world).into_iter().filter(|(_, at)| *at >= from).map(|(id, _)| id).collect();
    let before = world.scene.count("accounts/transactions");
    let query = HistoryQuery { limit: 100, cursor: None, period: Some(Period { from, to: Timestamp::MAX }) };
    let page = world.gateway.transactions(&guest, &query).await.unwrap();
    assert_eq!(page.transactions.iter().map(|row| row.id).collect::<Vec<_>>(), expected);
    let asked = world.scene.count("accounts/transactions") - before;
    assert!((1..=6).contains(&asked), "{asked} requests");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_history_in_pages_costs_probonus_few_more_rows_than_it_has() {
    let world = World::start().await;
    let guest = world.guest(RICHEST).await;
    for movement in 0..2_000 {
        world.scene.sandbox.clock().advance_minutes(30);
        let sum = if movement % 2 == 0 { 500 } else { -500 };
        world.scene.sandbox.books().adjust(world.scene.richest().0, sum, "Правка").unwrap();
    }
    let all = books(&world);
    let before = world.scene.sandbox.requests().of("accounts/transactions").len();
    let (ids, _) = walk(&world, &guest, 50, None).await;
    assert_eq!(ids, all.iter().map(|(id, _)| *id).collect::<Vec<_>>());
    let asked = world.scene.sandbox.requests().of("accounts/transactions").split_off(before);
    let rows =
        asked.iter().map(|request| rows_within(request.query.as_deref().unwrap(), &all)).sum::<usize>();
    assert!(rows < 5 * all.len(), "{rows} rows in {} requests for {}", asked.len(), all.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_who_came_often_after_a_long_absence_reads_on_without_an_empty_page() {
    let world = World::start().await;
    world.pass(SignedDuration::from_hours(170 * 24));
    for _ in 0..50 {
        world.scene.sandbox.clock().advance_minutes(1);
        world.scene.sandbox.books().adjust(world.scene.richest().0, 500, "Правка").unwrap();
    }
    let guest = world.guest(RICHEST).await;
    let first = HistoryQuery { limit: 50, ..HistoryQuery::default() };
    let cursor = world.gateway.transactions(&guest, &first).await.unwrap().next;
    let before = world.scene.count("accounts/transactions");
    let page = world.gateway.transactions(&guest, &HistoryQuery { cursor, ..first }).await.unwrap();
    assert!(!page.transactions.is_empty());
    let asked = world.scene.count("accounts/transactions") - before;
    assert!(asked <= 3, "{asked} requests");
}

/// How many of the rows lie in the period that this asks for.
fn rows_within(query: &str, all: &[(i64, Timestamp)]) -> usize {
    let end = |name| {
        let (_, rest) = query.split_once(&format!("{name}="))?;
        let text = rest.split('&').next()?.replace("%3A", ":").replace("%2B", "+");
        Some(text.parse::<Timestamp>().unwrap())
    };
    match (end("dateFrom"), end("dateTo")) {
        (Some(from), Some(to)) => all.iter().filter(|(_, at)| (from..=to).contains(at)).count(),
        // The newest page asks for a number.
        _ => 0,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_is_good_for_its_guest_only() {
    let world = World::start().await;
    let guest = world.guest(RICHEST).await;
    let first = HistoryQuery { limit: 5, ..HistoryQuery::default() };
    let cursor = world.gateway.transactions(&guest, &first).await.unwrap().next.unwrap();
    let other = world.guest(&world.scene.second_guest().await).await;
    let stolen = HistoryQuery { limit: 5, cursor: Some(cursor), period: None };
    let refused = world.gateway.transactions(&other, &stolen).await.unwrap_err();
    assert_eq!(refused, GatewayError::BadRequest { field: "cursor" });
    for cursor in ["", "0", "' OR 1=1 --", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        let made_up = HistoryQuery { limit: 5, cursor: Some(cursor.into()), period: None };
        let refused = world.gateway.transactions(&guest, &made_up).await.unwrap_err();
        assert_eq!(refused, GatewayError::BadRequest { field: "cursor" });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_is_opened_by_its_guests_reference_only() {
    let world = World::start().await;
    let tokens = world.sign_in(RICHEST).await;
    let guest = world.authenticate(&tokens).await;
    let query = HistoryQuery { limit: 50, ..HistoryQuery::default() };
    let page = world.gateway.transactions(&guest, &query).await.unwrap();
    let row = page.transactions.iter().find(|row| row.receipt.is_some()).unwrap();
    let reference = row.receipt.clone().unwrap();
    // Also as a fresh session's first request.
    let receipt = world.gateway.receipt(&guest, &reference).await.unwrap();
    assert_eq!((receipt.receipt.as_str(), receipt.at), (reference.as_str(), row.at));
    assert!(!receipt.dishes.is_empty());
    let tokens = world.sign_in(&world.scene.second_guest().await).await;
    let other = world.authenticate(&tokens).await;
    world.gateway.transactions(&other, &query).await.unwrap();
    // Whose account is known by now.
    let other = world.authenticate(&tokens).await;
    assert_eq!(world.gateway.receipt(&other, &reference).await.unwrap_err(), GatewayError::NotFound);
    let asked = world.scene.count("checks/get_by_id");
    for guess in ["1", "", &reference[1..]] {
        assert_eq!(world.gateway.receipt(&guest, guess).await.unwrap_err(), GatewayError::NotFound);
    }
    assert_eq!(world.scene.count("checks/get_by_id"), asked, "a guess reaches ProBonus");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_copy_of_a_guests_data_is_whole() {
    let world = World::start().await;
    let guest = world.guest(RICHEST).await;
    let copy = world.gateway.export(&guest).await.unwrap();
    let ids: Vec<i64> = copy.transactions.iter().map(|row| row.id).collect();
    assert_eq!(ids, books(&world).into_iter().map(|(id, _)| id).collect::<Vec<_>>());
    assert_eq!(copy.phone, RICHEST);
    assert_eq!(copy.balance.unwrap().total, copy.account.unwrap().balance);
    assert_eq!(copy.sessions.len(), 1);
}

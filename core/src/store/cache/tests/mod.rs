//! The cache: what comes back, what leaves with what, and how far it reaches.

mod files;

use std::fs;
use std::path::PathBuf;

use super::*;
use crate::domain::{
    AccountId, Bonus, Burn, BurnSchedule, Coupon, Dish, GroupId, Identifier, IdentifierTypeId, Inconsistency,
    Level, Money, NextLevel, Pending, Percent, Phone, Profile, Quantity, Sex, TransactionId, TransactionKind,
};

const PHONE: &str = "+79123451234";
const NAME: &str = "Аполлинария";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn account() -> Account {
    Account {
        id: AccountId(7),
        group_id: GroupId(3),
        phone: Some(Phone::parse(PHONE).unwrap()),
        profile: Profile {
            first_name: Some(NAME.to_owned()),
            last_name: Some("Сидорова".to_owned()),
            middle_name: None,
            birthday: Some("1990-02-28".parse().unwrap()),
            sex: Some(Sex::Female),
            email: Some("a.sidorova@example.com".to_owned()),
        },
        balance: Bonus::from_hundredths(123_450),
        blocked: false,
        level: Some(Level {
            id: Some(2),
            name: "Серебро".to_owned(),
            discount: Some(Percent(500)),
            accrual: Some(Percent(750)),
            turnover: Some(Money::from_hundredths(1_000_000)),
            next: Some(NextLevel {
                name: "Золото".to_owned(), from: Money::from_hundredths(3_000_000)
            }),
        }),
        identifiers: vec![Identifier { type_id: IdentifierTypeId(4), value: "CARD-00777".to_owned() }],
        coupons: vec![Coupon {
            id: 9,
            name: "Десерт".to_owned(),
            code: Some("DESSERT".to_owned()),
            expires_at: Some(at("2026-12-31T20:59:59Z")),
        }],
    }
}

fn balance(total: i64) -> Balance {
    let burns = vec![Burn { on: "2026-12-01".parse().unwrap(), amount: Bonus::from_hundredths(50_000) }];
    Balance {
        account_id: AccountId(7),
        total: Bonus::from_hundredths(total),
        schedule: BurnSchedule::new(Bonus::from_hundredths(total), burns, None),
        pending: vec![Pending { amount: Bonus::from_hundredths(700), active_from: None }],
    }
}

fn row(id: i64, when: &str, sum: i64) -> Transaction {
    Transaction {
        id: TransactionId(id),
        at: at(when),
        kind: TransactionKind::Accrual,
        sum: Bonus::from_hundredths(sum),
        balance_after: Some(Bonus::from_hundredths(5)),
        receipt: Some(ReceiptRef(format!("r{id}"))),
        check_guid: Some(Uuid::from_u128(u128::from(id.unsigned_abs()))),
        external_check: Some("E-1".to_owned()),
        venue_code: Some(11),
        venue: Some("Погребок".to_owned()),
        money_spent: Some(Money::from_hundredths(99_900)),
        comment: Some("с днём рождения".to_owned()),
        key: Some(Uuid::from_u128(5)),
    }
}

fn receipt_of(id: i64) -> Receipt {
    Receipt {
        reference: ReceiptRef(format!("r{id}")),
        number: Some("42".to_owned()),
        at: at("2026-11-20T18:00:00Z"),
        venue_code: Some(11),
        venue: Some("Погребок".to_owned()),
        dishes: vec![
            Dish {
                name: "Борщ".to_owned(),
                quantity: Quantity(2000),
                price: Money::from_hundredths(45_000),
                sum: Money::from_hundredths(90_000),
            },
            Dish {
                name: "Квас".to_owned(),
                quantity: Quantity(250),
                price: Money::from_hundredths(39_600),
                sum: Money::from_hundredths(9_900),
            },
        ],
        total: Money::from_hundredths(99_900),
        discount: Money::ZERO,
        bonus_spent: Bonus::ZERO,
        bonus_accrued: Bonus::from_hundredths(4995),
        paid: Money::from_hundredths(99_900),
    }
}

fn newest_from(from: &str, rows: Vec<Transaction>) -> HistoryWindow {
    HistoryWindow { from: at(from), to: Timestamp::MAX, rows, from_start: false }
}

fn fresh(total: i64, window: HistoryWindow) -> Fresh {
    Fresh {
        account: account(),
        balance: balance(total),
        as_of: at("2026-11-23T12:00:00Z"),
        skew: SignedDuration::from_millis(-1500),
        window,
    }
}

fn november(rows: Vec<Transaction>) -> HistoryWindow {
    newest_from("2026-11-01T00:00:00Z", rows)
}

struct Place {
    folder: tempfile::TempDir,
    path: PathBuf,
}

fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("guest-1.db");
    Place { folder, path }
}

async fn open(place: &Place) -> Cache {
    let (cache, kept) = Cache::open(&place.path, Uuid::from_u128(1)).await.unwrap();
    assert!(kept.is_some());
    cache
}

async fn in_memory() -> Cache {
    Cache::in_memory().await.unwrap().0
}

#[tokio::test]
async fn a_file_of_another_guest_shows_nothing() {
    let place = place();
    open(&place).await.replace(fresh(100, november(Vec::new()))).await.unwrap();
    let (_, kept) = Cache::open(&place.path, Uuid::from_u128(2)).await.unwrap();
    assert_eq!(kept, None);
}

async fn ids(cache: &Cache) -> Vec<i64> {
    cache.page(None, 1000).await.unwrap().0.iter().map(|row| row.id.0).collect()
}

#[tokio::test]
async fn a_snapshot_comes_back_from_the_file_as_it_was_but_for_the_full_phone() {
    let place = place();
    let rows = vec![row(1, "2026-11-20T18:00:00.123456Z", 500), row(2, "2026-11-21T18:00:00Z", -200)];
    let written = open(&place).await.replace(fresh(123_450, november(rows.clone()))).await.unwrap();
    let read = open(&place).await.load().await.unwrap();
    assert_eq!(read, written);
    let snapshot = read.snapshot.unwrap();
    assert_eq!(snapshot.account, Account { phone: None, ..account() });
    assert_eq!(snapshot.phone_masked.as_deref(), Some("+7 ••• •••-12-34"));
    assert_eq!(snapshot.balance, balance(123_450));
    assert_eq!(snapshot.newest, [rows[1].clone(), rows[0].clone()]);
    assert_eq!(snapshot.as_of, at("2026-11-23T12:00:00Z"));
    assert_eq!(read.state.skew, SignedDuration::from_millis(-1500));
}

#[tokio::test]
async fn a_schedule_that_cannot_be_shown_comes_back_with_its_reason() {
    let cache = in_memory().await;
    for because in [Inconsistency::PartsDoNotSum, Inconsistency::ImpossiblePart, Inconsistency::TotalsDiffer]
    {
        let mut reading = fresh(100, november(Vec::new()));
        reading.balance.schedule = BurnSchedule::TotalOnly { because };
        let kept = cache.replace(reading.clone()).await.unwrap();
        assert_eq!(kept.snapshot.unwrap().balance, reading.balance);
    }
}

#[tokio::test]
async fn rows_that_the_server_no_longer_returns_leave_with_their_receipts() {
    let cache = in_memory().await;
    let rows = vec![row(1, "2026-11-10T18:00:00Z", 1), row(2, "2026-11-11T18:00:00Z", 2)];
    cache.replace(fresh(0, november(rows.clone()))).await.unwrap();
    for id in [1, 2] {
        cache.keep_receipt(receipt_of(id), cache.replacements()).await.unwrap();
    }
    cache.replace(fresh(0, november(vec![rows[1].clone()]))).await.unwrap();
    assert_eq!(ids(&cache).await, [2]);
    assert_eq!(cache.receipt(&ReceiptRef("r1".to_owned())).await, Ok(None));
    assert_eq!(cache.receipt(&ReceiptRef("r2".to_owned())).await, Ok(Some(receipt_of(2))));
}

#[tokio::test]
async fn a_row_that_changes_loses_its_receipt_and_one_that_does_not_keeps_it() {
    let cache = in_memory().await;
    let rows = vec![row(1, "2026-11-10T18:00:00Z", 1), row(2, "2026-11-11T18:00:00Z", 2)];
    cache.replace(fresh(0, november(rows.clone()))).await.unwrap();
    for id in [1, 2] {
        cache.keep_receipt(receipt_of(id), cache.replacements()).await.unwrap();
    }
    let corrected = Transaction { sum: Bonus::from_hundredths(900), ..rows[0].clone() };
    cache.replace(fresh(0, november(vec![corrected.clone(), rows[1].clone()]))).await.unwrap();
    assert_eq!(cache.page(None, 9).await.unwrap().0, [rows[1].clone(), corrected]);
    assert_eq!(cache.receipt(&ReceiptRef("r1".to_owned())).await, Ok(None));
    assert_eq!(cache.receipt(&ReceiptRef("r2".to_owned())).await, Ok(Some(receipt_of(2))));
}

#[tokio::test]
async fn a_receipt_goes_when_another_row_of_it_arrives() {
    let cache = in_memory().await;
    let accrual = row(1, "2026-11-10T18:00:00Z", 1);
    cache.replace(fresh(0, november(vec![accrual.clone()]))).await.unwrap();
    cache.keep_receipt(receipt_of(1), cache.replacements()).await.unwrap();
    let spend = Transaction { receipt: accrual.receipt.clone(), ..row(2, "2026-11-10T18:00:00Z", -1) };
    cache.replace(fresh(0, november(vec![accrual, spend]))).await.unwrap();
    assert_eq!(cache.receipt(&ReceiptRef("r1".to_owned())).await, Ok(None));
}

#[tokio::test]
async fn a_row_that_moves_into_the_window_is_not_shown_twice() {
    let cache = in_memory().await;
    cache.replace(fresh(0, november(vec![row(1, "2026-11-02T18:00:00Z", 1)]))).await.unwrap();
    let moved = row(1, "2026-11-15T18:00:00Z", 1);
    cache.replace(fresh(0, newest_from("2026-11-10T00:00:00Z", vec![moved.clone()]))).await.unwrap();
    assert_eq!(cache.page(None, 9).await.unwrap().0, [moved]);
}

#[tokio::test]
async fn rows_outside_of_the_asked_window_are_not_taken() {
    let cache = in_memory().await;
    let rows = vec![row(1, "2026-10-31T23:59:59.999999Z", 1), row(2, "2026-11-01T00:00:00Z", 2)];
    cache.replace(fresh(0, november(rows))).await.unwrap();
    assert_eq!(ids(&cache).await, [2]);
}

#[tokio::test]
async fn pages_go_through_rows_of_one_instant_without_loss_or_repetition() {
    let cache = in_memory().await;
    let rows: Vec<_> = (1..=25)
        .map(|id| row(id, ["2026-11-10T18:00:00Z", "2026-11-11T18:00:00Z"][id as usize % 2], 1))
        .collect();
    cache.replace(fresh(0, november(rows))).await.unwrap();
    let mut seen = Vec::new();
    let mut behind = None;
    loop {
        let (page, _) = cache.page(behind, 4).await.unwrap();
        let Some(last) = page.last() else { break };
        behind = Some((last.at, last.id));
        seen.extend(page.iter().map(|row| row.id.0));
    }
    let expected: Vec<i64> =
        (1..=25).rev().filter(|id| id % 2 == 1).chain((1..=25).rev().filter(|id| id % 2 == 0)).collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_page_does_not_reach_over_a_gap() {
    let cache = in_memory().await;
    cache.replace(fresh(0, november(vec![row(3, "2026-11-10T18:00:00Z", 1)]))).await.unwrap();
    let gap = HistoryWindow {
        from: at("2026-01-01T00:00:00Z"),
        to: at("2026-06-01T00:00:00Z"),
        rows: vec![row(1, "2026-05-01T00:00:00Z", 1)],
        from_start: true,
    };
    let state = cache.replace_history(Some(AccountId(7)), gap).await.unwrap();
    assert_eq!((state.covered_from, state.from_start), (Some(at("2026-11-01T00:00:00Z")), false));
    assert_eq!(ids(&cache).await, [3]);
    let bridge = HistoryWindow {
        from: at("2026-01-01T00:00:00Z"),
        to: at("2026-11-01T00:00:00Z"),
        rows: vec![row(1, "2026-05-01T00:00:00Z", 1), row(2, "2026-08-01T00:00:00Z", 1)],
        from_start: true,
    };
    let state = cache.replace_history(Some(AccountId(7)), bridge).await.unwrap();
    assert_eq!((state.covered_from, state.from_start), (Some(at("2026-01-01T00:00:00Z")), true));
    assert_eq!(ids(&cache).await, [3, 2, 1]);
}

#[tokio::test]
async fn a_balance_that_moves_with_its_rows_is_explained() {
    let cache = in_memory().await;
    let first = row(1, "2026-11-10T18:00:00Z", 1000);
    cache.replace(fresh(1000, november(vec![first.clone()]))).await.unwrap();
    let spent = row(2, "2026-11-12T18:00:00Z", -300);
    let kept = cache.replace(fresh(700, november(vec![first, spent]))).await.unwrap();
    assert_eq!(kept.state.unexplained, 0);
}

#[tokio::test]
async fn a_balance_that_moves_without_a_row_is_unexplained_until_the_row_comes_or_all_is_read() {
    let cache = in_memory().await;
    let first = row(1, "2026-11-10T18:00:00Z", 1000);
    cache.replace(fresh(1000, november(vec![first.clone()]))).await.unwrap();
    let kept = cache.replace(fresh(700, november(vec![first.clone()]))).await.unwrap();
    assert_eq!(kept.state.unexplained, -300);
    let late = row(2, "2026-11-09T18:00:00Z", -300);
    let kept = cache.replace(fresh(700, november(vec![first.clone(), late.clone()]))).await.unwrap();
    assert_eq!(kept.state.unexplained, 0);
    let kept = cache.replace(fresh(600, november(vec![first, late]))).await.unwrap();
    assert_eq!(kept.state.unexplained, -100);
    let read_at = kept.state.read_at.unwrap();
    let state = cache.finish_full_read(at("2026-11-24T00:00:00Z"), read_at).await.unwrap();
    assert_eq!((state.unexplained, state.full_read_at), (0, Some(at("2026-11-24T00:00:00Z"))));
}

#[tokio::test]
async fn a_full_read_does_not_explain_a_balance_that_was_read_meanwhile() {
    let cache = in_memory().await;
    let first = row(1, "2026-11-10T18:00:00Z", 1000);
    let kept = cache.replace(fresh(1000, november(vec![first.clone()]))).await.unwrap();
    let read_at = kept.state.read_at.unwrap();
    let meanwhile = Fresh { as_of: at("2026-11-23T12:05:00Z"), ..fresh(900, november(vec![first])) };
    cache.replace(meanwhile).await.unwrap();
    let state = cache.finish_full_read(at("2026-11-24T00:00:00Z"), read_at).await.unwrap();
    assert_eq!((state.unexplained, state.full_read_at), (-100, None), "it is due again");
}

#[tokio::test]
async fn history_that_is_read_for_the_first_time_explains_nothing() {
    let cache = in_memory().await;
    cache.replace(fresh(1000, november(vec![row(5, "2026-11-10T18:00:00Z", 10)]))).await.unwrap();
    let older = HistoryWindow {
        from: at("2026-10-01T00:00:00Z"),
        to: at("2026-11-01T00:00:00Z"),
        rows: vec![row(1, "2026-10-05T00:00:00Z", 990)],
        from_start: false,
    };
    assert_eq!(cache.replace_history(Some(AccountId(7)), older).await.unwrap().unexplained, 0);
    // A correction of a row that was known before does count.
    let corrected = HistoryWindow {
        from: at("2026-10-01T00:00:00Z"),
        to: at("2026-11-01T00:00:00Z"),
        rows: vec![row(1, "2026-10-05T00:00:00Z", 940)],
        from_start: false,
    };
    assert_eq!(cache.replace_history(Some(AccountId(7)), corrected).await.unwrap().unexplained, 50);
}

#[tokio::test]
async fn another_account_behind_the_same_phone_starts_from_nothing() {
    let cache = in_memory().await;
    cache.replace(fresh(1000, november(vec![row(1, "2026-11-10T18:00:00Z", 10)]))).await.unwrap();
    cache.keep_receipt(receipt_of(1), cache.replacements()).await.unwrap();
    let mut other = fresh(5, newest_from("2026-11-20T00:00:00Z", Vec::new()));
    other.account.id = AccountId(8);
    let kept = cache.replace(other).await.unwrap();
    assert_eq!(kept.state.covered_from, Some(at("2026-11-20T00:00:00Z")));
    assert_eq!(kept.snapshot.unwrap().newest, []);
    // A window of the first one that was on its way.
    let window = HistoryWindow {
        from: at("2026-11-01T00:00:00Z"),
        to: at("2026-11-20T00:00:00Z"),
        ..november(vec![row(2, "2026-11-11T18:00:00Z", 10)])
    };
    cache.replace_history(Some(AccountId(7)), window).await.unwrap();
    assert_eq!(cache.receipt(&ReceiptRef("r1".to_owned())).await, Ok(None));
    let count: i64 = cache
        .database
        .read(|connection| Ok(connection.query_row("SELECT count(*) FROM history", [], |row| row.get(0))?))
        .await
        .unwrap();
    assert_eq!(count, 0);
}

#[tokio::test]
async fn old_rows_go_and_the_history_no_longer_claims_to_reach_them() {
    let cache = in_memory().await;
    let rows = vec![row(1, "2026-11-02T00:00:00Z", 1), row(2, "2026-11-12T00:00:00Z", 1)];
    cache.replace(fresh(0, november(rows))).await.unwrap();
    for id in [1, 2] {
        cache.keep_receipt(receipt_of(id), cache.replacements()).await.unwrap();
    }
    cache.prune(at("2026-11-05T00:00:00Z"), 20_000).await.unwrap();
    assert_eq!(ids(&cache).await, [2]);
    let state = cache.load().await.unwrap().state;
    assert_eq!((state.covered_from, state.from_start), (Some(at("2026-11-05T00:00:00Z")), false));
    assert_eq!(cache.receipt(&ReceiptRef("r1".to_owned())).await, Ok(None));
    assert!(cache.receipt(&ReceiptRef("r2".to_owned())).await.unwrap().is_some());
}

#[tokio::test]
async fn rows_beyond_the_bound_go_and_those_of_one_instant_together() {
    let cache = in_memory().await;
    let rows: Vec<_> =
        (1..=9).map(|id| row(id, &format!("2026-11-{:02}T00:00:00Z", 10 + (id + 1) / 2), 1)).collect();
    // Two rows a day; a bound of four falls between the two of 2026-11-13.
    cache.replace(fresh(0, november(rows))).await.unwrap();
    cache.prune(at("2020-01-01T00:00:00Z"), 4).await.unwrap();
    assert_eq!(ids(&cache).await, [9, 8, 7]);
    let state = cache.load().await.unwrap().state;
    assert_eq!(state.covered_from, Some(at("2026-11-13T00:00:00.000001Z")));
}

#[tokio::test]
async fn pruned_space_is_given_back() {
    let place = place();
    let cache = open(&place).await;
    let rows = (1..=2000).map(|id| row(id, "2026-11-02T00:00:00Z", 1)).collect();
    cache.replace(fresh(0, november(rows))).await.unwrap();
    cache.pause().await.unwrap();
    let before = fs::metadata(&place.path).unwrap().len();
    cache.resume().await.unwrap();
    cache.prune(at("2026-11-05T00:00:00Z"), 20_000).await.unwrap();
    cache.pause().await.unwrap();
    let after = fs::metadata(&place.path).unwrap().len();
    assert!(after * 3 < before, "{before} bytes became {after}");
}

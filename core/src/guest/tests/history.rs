//! Pages, windows, late and corrected rows.

use jiff::SignedDuration;

use super::*;
use crate::backend::BackendError;
use crate::domain::{Pending, Transaction};
use crate::error::LoyaltyError;
use crate::guest::HistoryCursor;

/// Scrolls to the end by pages of `limit`.
async fn scroll(session: &GuestSession<Server>, limit: u32) -> Vec<Transaction> {
    let (mut all, mut behind) = (Vec::new(), None);
    loop {
        let page = session.history(behind, limit).await.unwrap();
        assert_eq!(page.cut_short, None);
        all.extend(page.transactions);
        behind = page.next;
        if behind.is_none() {
            return all;
        }
    }
}

/// A row every `step` from November 2026 back.
fn long_history(guest: &Guest, rows: i64, step: SignedDuration) {
    for id in 0..rows {
        let when = at("2026-11-20T18:00:00Z") - step * i32::try_from(rows - id).unwrap();
        guest.server.show(id, &when.to_string(), id);
    }
}

#[tokio::test]
async fn scrolling_shows_every_row_once_and_a_second_time_without_the_server() {
    let guest = Guest::new();
    long_history(&guest, 400, SignedDuration::from_hours(41));
    let session = guest.open().await;
    session.refresh().await.unwrap();
    assert_eq!(scroll(&session, 7).await, guest.server.history());
    guest.server.fail(BackendError::Offline);
    assert_eq!(scroll(&session, 50).await, guest.server.history());
    assert_eq!(scroll(&guest.open().await, 500).await, guest.server.history());
}

#[tokio::test]
async fn scrolling_works_before_the_first_refresh() {
    let guest = Guest::new();
    long_history(&guest, 60, SignedDuration::from_hours(300));
    assert_eq!(scroll(&guest.in_memory().await, 25).await, guest.server.history());
}

#[tokio::test]
async fn a_short_history_is_known_to_be_whole_after_one_refresh() {
    let guest = Guest::new();
    guest.server.book(1, "2019-05-20T18:00:00Z", 500);
    guest.server.book(2, "2023-05-20T18:00:00Z", 500);
    let session = guest.in_memory().await;
    session.refresh().await.unwrap();
    assert_eq!(guest.server.requests().len(), 3);
    assert_eq!(scroll(&session, 1).await, guest.server.history());
    assert_eq!(guest.server.requests(), Vec::<&str>::new());
}

#[tokio::test]
async fn a_page_that_cannot_be_filled_says_why_and_goes_on_from_there_later() {
    let guest = Guest::new();
    long_history(&guest, 100, SignedDuration::from_hours(100));
    let session = guest.in_memory().await;
    session.refresh().await.unwrap();
    guest.server.fail(BackendError::Offline);
    let page = session.history(None, 50).await.unwrap();
    assert_eq!(page.cut_short, Some(LoyaltyError::Offline));
    assert_eq!(page.transactions, guest.server.history()[..page.transactions.len()]);
    assert!(!page.transactions.is_empty());
    let empty = session.history(page.next, 50).await;
    assert_eq!(empty, Err(LoyaltyError::Offline));
    guest.server.fail(None);
    let rest = session.history(page.next, 500).await.unwrap();
    assert_eq!(rest.transactions, guest.server.history()[page.transactions.len()..]);
    assert_eq!(rest.next, None);
}

#[tokio::test]
async fn windows_that_are_too_large_are_read_in_halves() {
    let guest = Guest::new();
    long_history(&guest, 300, SignedDuration::from_hours(5));
    guest.server.books.lock().unwrap().largest_reply = 30;
    let session = guest.in_memory().await;
    session.refresh().await.unwrap();
    assert_eq!(scroll(&session, 50).await, guest.server.history());
}

#[tokio::test]
async fn a_cursor_survives_as_text_and_rubbish_is_refused() {
    let guest = Guest::new();
    long_history(&guest, 30, SignedDuration::from_hours(1));
    let session = guest.in_memory().await;
    let next = session.history(None, 10).await.unwrap().next.unwrap();
    assert_eq!(next.to_string().parse::<HistoryCursor>().unwrap(), next);
    for rubbish in ["", ".", "1", "1.", ".1", "x.1", "99999999999999999999.1", "9223372036854775807.1"] {
        assert!(rubbish.parse::<HistoryCursor>().is_err(), "{rubbish}");
    }
}

#[tokio::test]
async fn late_corrected_and_withdrawn_rows_of_the_last_fortnight_show_at_the_next_refresh() {
    let guest = Guest::new();
    for id in 1..=30 {
        guest.server.book(id, &format!("2026-11-{:02}T12:00:00Z", 10 + id % 10), 100);
    }
    let session = guest.open().await;
    session.refresh().await.unwrap();
    scroll(&session, 100).await;
    {
        let mut books = guest.server.books.lock().unwrap();
        books.rows.retain(|row| row.id.0 != 7);
        for row in &mut books.rows {
            if row.id.0 == 9 {
                row.sum = bonus(-55);
            }
        }
    }
    guest.server.show(77, "2026-11-11T00:00:00Z", 1);
    session.refresh().await.unwrap();
    assert_eq!(scroll(&session, 100).await, guest.server.history());
}

#[tokio::test]
async fn a_guest_who_comes_back_after_months_misses_nothing() {
    let guest = Guest::new();
    long_history(&guest, 40, SignedDuration::from_hours(24));
    let session = guest.open().await;
    session.refresh().await.unwrap();
    scroll(&session, 100).await;
    for (id, when) in
        [(100, "2026-11-15T10:00:00Z"), (101, "2027-02-01T10:00:00Z"), (102, "2027-06-01T10:00:00Z")]
    {
        guest.server.book(id, when, 5);
    }
    guest.clock.set("2027-06-10T09:00:00Z");
    session.refresh().await.unwrap();
    guest.server.fail(BackendError::Offline);
    assert_eq!(scroll(&session, 100).await, guest.server.history());
}

async fn settled(guest: &Guest) -> GuestSession<Server> {
    long_history(guest, 40, SignedDuration::from_hours(24));
    guest.server.book_unseen(10_000);
    let session = guest.open().await;
    session.refresh().await.unwrap();
    assert!(session.upkeep().await.unwrap().history_read, "the first time all is read");
    assert!(!session.upkeep().await.unwrap().history_read);
    session
}

#[tokio::test]
async fn all_history_is_read_again_when_the_balance_moved_without_a_visible_row() {
    let guest = Guest::new();
    let session = settled(&guest).await;
    {
        let mut books = guest.server.books.lock().unwrap();
        let old = books.rows.iter_mut().min_by_key(|row| row.at).unwrap();
        old.sum = bonus(old.sum.hundredths() - 50);
    }
    guest.server.book_unseen(-50);
    session.refresh().await.unwrap();
    assert_ne!(scroll(&session, 100).await, guest.server.history(), "a refresh does not read so far back");
    assert!(session.upkeep().await.unwrap().history_read);
    assert_eq!(scroll(&session, 100).await, guest.server.history());
    session.refresh().await.unwrap();
    assert!(!session.upkeep().await.unwrap().history_read, "what is explained stays so");
}

#[tokio::test]
async fn a_balance_that_nothing_explains_is_looked_into_once() {
    let guest = Guest::new();
    let session = settled(&guest).await;
    guest.server.book_unseen(-50);
    session.refresh().await.unwrap();
    assert!(session.upkeep().await.unwrap().history_read);
    for _ in 0..3 {
        session.refresh().await.unwrap();
        assert!(!session.upkeep().await.unwrap().history_read);
    }
}

#[tokio::test]
async fn purchases_and_pending_bonuses_are_explained_by_their_rows() {
    let guest = Guest::new();
    let session = settled(&guest).await;
    guest.server.book(500, "2026-11-22T10:00:00Z", 300);
    session.refresh().await.unwrap();
    assert!(!session.upkeep().await.unwrap().history_read);
    // Accrued, and spendable only tomorrow: the row is there, the total has not moved.
    guest.server.show(501, "2026-11-22T11:00:00Z", 700);
    guest.server.books.lock().unwrap().pending = vec![Pending { amount: bonus(700), active_from: None }];
    session.refresh().await.unwrap();
    assert!(!session.upkeep().await.unwrap().history_read);
    guest.server.books.lock().unwrap().pending.clear();
    guest.server.book_unseen(700);
    session.refresh().await.unwrap();
    assert!(!session.upkeep().await.unwrap().history_read);
}

#[tokio::test]
async fn all_history_is_read_again_every_month() {
    let guest = Guest::new();
    let session = settled(&guest).await;
    guest.clock.forward(SignedDuration::from_hours(29 * 24));
    session.refresh().await.unwrap();
    assert!(!session.upkeep().await.unwrap().history_read);
    guest.clock.forward(SignedDuration::from_hours(24));
    session.refresh().await.unwrap();
    assert!(session.upkeep().await.unwrap().history_read);
}

#[tokio::test]
async fn history_that_could_not_be_read_again_stays_due() {
    let guest = Guest::new();
    long_history(&guest, 40, SignedDuration::from_hours(24 * 30));
    let session = guest.open().await;
    session.refresh().await.unwrap();
    for answers in 0..3 {
        guest.server.fail_after(answers, BackendError::Timeout);
        assert!(session.upkeep().await.is_err());
    }
    guest.server.fail(None);
    assert!(session.upkeep().await.unwrap().history_read);
}

#[tokio::test]
async fn windows_with_few_rows_are_kept_together_and_those_with_many_one_by_one() {
    for (rows, step, commits) in [(40, 24 * 14, 1..=1), (4_000, 4, 2..=4)] {
        let guest = Guest::new();
        long_history(&guest, rows, SignedDuration::from_hours(step));
        let session = guest.open().await;
        session.refresh().await.unwrap();
        let before = session.cache().replacements();
        session.upkeep().await.unwrap();
        let made = session.cache().replacements() - before;
        assert!(commits.contains(&made), "{rows} rows: {made} commits");
        guest.server.fail(BackendError::Offline);
        let page = session.history(None, 500).await.unwrap();
        assert_eq!(page.transactions, guest.server.history().into_iter().take(500).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn what_was_read_before_a_reading_broke_off_is_kept() {
    let guest = Guest::new();
    long_history(&guest, 40, SignedDuration::from_hours(24));
    let session = guest.open().await;
    session.refresh().await.unwrap();
    guest.server.fail_after(1, BackendError::Offline);
    assert!(session.upkeep().await.is_err());
    let page = session.history(None, 100).await.unwrap();
    assert_eq!(page.transactions, guest.server.history(), "all are in the first window");
    assert!(page.cut_short.is_some());
}

#[tokio::test]
async fn what_is_too_old_to_be_kept_is_dropped_and_read_again_when_a_guest_scrolls_there() {
    let mut guest = Guest::new();
    guest.settings.retention = Some(Retention { months: 6, transactions: 100 });
    long_history(&guest, 60, SignedDuration::from_hours(24 * 10));
    let session = guest.open().await;
    session.refresh().await.unwrap();
    assert_eq!(scroll(&session, 100).await, guest.server.history());
    session.upkeep().await.unwrap();
    guest.server.fail(BackendError::Offline);
    let kept = session.history(None, 100).await.unwrap();
    assert_eq!(kept.cut_short, Some(LoyaltyError::Offline));
    assert_eq!(kept.transactions.last().unwrap().at, at("2026-05-24T18:00:00Z"), "six months");
    guest.server.fail(None);
    assert_eq!(scroll(&session, 100).await, guest.server.history());
}

#[tokio::test]
async fn only_so_many_rows_are_kept() {
    let mut guest = Guest::new();
    guest.settings.retention = Some(Retention { months: 24, transactions: 25 });
    long_history(&guest, 60, SignedDuration::from_hours(24));
    let session = guest.open().await;
    session.refresh().await.unwrap();
    scroll(&session, 100).await;
    session.upkeep().await.unwrap();
    guest.server.fail(BackendError::Offline);
    assert_eq!(session.history(None, 100).await.unwrap().transactions, guest.server.history()[..25]);
}

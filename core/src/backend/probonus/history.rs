//! All of an account's history, in windows that go back in time.

use jiff::{SignedDuration, Timestamp, ToSpan};

use super::ProBonus;
use crate::backend::BackendError;
use crate::domain::{AccountId, Period, Transaction, TransactionsQuery};
use crate::error_code::ErrorCode;

/// How far the first window reaches.
const FIRST_SPAN: SignedDuration = SignedDuration::from_hours(90 * 24);
/// How far a window reaches at most: two years.
const LONGEST_SPAN: SignedDuration = SignedDuration::from_hours(2 * 365 * 24);
/// A window is not halved below this.
const SHORTEST_SPAN: SignedDuration = SignedDuration::from_secs(1);
/// A window with this many rows is asked for again in halves: the server may have cut it off there.
const FULL: usize = 5_000;
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// A window of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryPage {
    /// What it covers.
    pub period: Period,
    /// All rows of it, newest first; often none.
    pub rows: Vec<Transaction>,
}

/// The pages of a history, newest first. Made by [`all_transactions`] and [`history_before`].
#[derive(Debug)]
pub struct HistoryPages {
    client: ProBonus,
    account: AccountId,
    /// Everything from here on has been read.
    read_from: Timestamp,
    floor: Timestamp,
    span: SignedDuration,
}

/// Reads all of an account's history back to the configuration's `history_since`.
#[must_use]
pub fn all_transactions(client: &ProBonus, account: AccountId) -> HistoryPages {
    let calendar = &client.terms().calendar;
    let today = calendar.business_day(client.inner.clock.now());
    // Rows of the near future are read as well: the server's clock may be ahead of ours.
    let after_tomorrow = today.saturating_add(2.days());
    HistoryPages {
        client: client.clone(),
        account,
        read_from: calendar.start_of(after_tomorrow),
        floor: client.inner.settings.history_since,
        span: FIRST_SPAN,
    }
}

/// Reads an account's history back from `before`, which is excluded, to `since` or to the configuration's
/// `history_since`, whichever is later.
#[must_use]
pub fn history_before(
    client: &ProBonus,
    account: AccountId,
    before: Timestamp,
    since: Option<Timestamp>,
) -> HistoryPages {
    let floor = client.inner.settings.history_since.max(since.unwrap_or(Timestamp::MIN));
    HistoryPages { client: client.clone(), account, read_from: before, floor, span: FIRST_SPAN }
}

impl HistoryPages {
    /// Whether there is no further page.
    #[must_use]
    pub fn is_at_end(&self) -> bool {
        self.read_from <= self.floor
    }

    /// Everything from here on has been read.
    #[must_use]
    pub fn reached(&self) -> Timestamp {
        self.read_from
    }

    /// The next page, or `None` after the oldest. After an error the same page can be asked for again.
    ///
    /// # Errors
    /// Those of any read; [`ErrorCode::ReplyTooLarge`] only when a single second is too large.
    pub async fn next_page(&mut self) -> Result<Option<HistoryPage>, BackendError> {
        while !self.is_at_end() {
            let from = self.window_start();
            let period = Period { from, to: self.read_from };
            let read = self.client.transactions_of(self.account, TransactionsQuery::Period(period)).await;
            let divisible = self.span > SHORTEST_SPAN;
            match read {
                Ok(rows) if rows.len() >= FULL && divisible => self.halve(),
                Err(BackendError::Reply { code: ErrorCode::ReplyTooLarge, .. }) if divisible => self.halve(),
                Ok(rows) => {
                    self.read_from = from;
                    self.span = self.span.saturating_add(self.span).min(LONGEST_SPAN);
                    return Ok(Some(HistoryPage { period, rows }));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// Windows of days begin where a business day does: a server whose rows carry no time of day would show a row of
    /// the first afternoon as older than its window, and of no window at all.
    fn window_start(&self) -> Timestamp {
        let calendar = &self.client.terms().calendar;
        let from = self.read_from.saturating_sub(self.span).unwrap_or(Timestamp::MIN);
        let from = if self.span < DAY { from } else { calendar.start_of(calendar.business_day(from)) };
        from.max(self.floor)
    }

    fn halve(&mut self) {
        // Not more than there is left, or halving would do nothing near the end.
        let left = self.read_from.duration_since(self.floor).min(self.span);
        self.span = SignedDuration::from_secs(left.as_secs() / 2).max(SHORTEST_SPAN);
    }
}

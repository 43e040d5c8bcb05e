//! All of an account's history, in windows that go back in time.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp, ToSpan};

use super::method::TRANSACTIONS;
use super::{ProBonus, wire};
use crate::backend::BackendError;
use crate::domain::{AccountId, Period, Transaction, TransactionId, TransactionsQuery};
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
    /// All rows of it, newest first; often none. A row may bear a later date than the period's where a server keeps
    /// whole days: it tells less of the time than it knows.
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
    /// The rows that pages have shown: servers that compare days give one at the border to both sides.
    shown: HashSet<(TransactionId, Timestamp)>,
    /// Rows older than the window that they came with. Nobody can say whether an older window brings them again.
    early: Vec<Transaction>,
}

/// Reads all of an account's history back to the configuration's `history_since`.
#[must_use]
pub fn all_transactions(client: &ProBonus, account: AccountId) -> HistoryPages {
    let calendar = &client.terms().calendar;
    let today = calendar.business_day(client.inner.clock.now());
    // Rows of the near future are read as well: the server's clock may be ahead of ours.
    let after_tomorrow = today.saturating_add(2.days());
    history_before(client, account, calendar.start_of(after_tomorrow), None)
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
    HistoryPages {
        client: client.clone(),
        account,
        read_from: before,
        floor,
        span: FIRST_SPAN,
        shown: HashSet::new(),
        early: Vec::new(),
    }
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
    /// Those of any read; [`ErrorCode::ReplyTooLarge`] when even the window of a single second is too large, or so
    /// full that the server may have cut it off.
    pub async fn next_page(&mut self) -> Result<Option<HistoryPage>, BackendError> {
        while !self.is_at_end() {
            let from = self.window_start();
            let period = Period { from, to: self.read_from };
            let read = self.client.rows_of(self.account, TransactionsQuery::Period(period)).await;
            let divisible = self.span > SHORTEST_SPAN;
            match read {
                // The rows that came are counted, not those that belong here: it is them that the server counts.
                Ok(rows) if rows.len() >= FULL && divisible => self.halve(),
                Ok(rows) if rows.len() >= FULL => return Err(wire::too_large(TRANSACTIONS.name)),
                Err(BackendError::Reply { code: ErrorCode::ReplyTooLarge, .. }) if divisible => self.halve(),
                Ok(rows) => {
                    self.read_from = from;
                    self.span = self.span.saturating_add(self.span).min(LONGEST_SPAN);
                    return Ok(Some(HistoryPage { period, rows: self.sorted_in(rows, from) }));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// What a page that begins at `from` shows of the rows that came: those that no page has shown, with the early ones
    /// whose time has come.
    fn sorted_in(&mut self, rows: Vec<Transaction>, from: Timestamp) -> Vec<Transaction> {
        let mut known: HashSet<_> = self.early.iter().map(|row| (row.id, row.at)).collect();
        let came = rows.into_iter().filter(|row| {
            let key = (row.id, row.at);
            !self.shown.contains(&key) && known.insert(key)
        });
        let waiting = std::mem::take(&mut self.early);
        let (mut page, early): (Vec<_>, _) = waiting.into_iter().chain(came).partition(|row| from <= row.at);
        self.early = early;
        self.shown.extend(page.iter().map(|row| (row.id, row.at)));
        page.sort_by_key(|row| std::cmp::Reverse((row.at, row.id)));
        page
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

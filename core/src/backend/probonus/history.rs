//! All of an account's history, in windows that go back in time.

use jiff::{SignedDuration, Timestamp, ToSpan};

use super::ProBonus;
use crate::backend::BackendError;
use crate::backend::windows::Windows;
use crate::domain::{AccountId, Period, Transaction, TransactionsQuery};

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
    windows: Windows,
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
    let windows = Windows::back_to(floor, client.terms().calendar.clone());
    HistoryPages { client: client.clone(), account, read_from: before, windows }
}

impl HistoryPages {
    /// The same pages, the first of about this length instead of three months: for who wants a few rows and knows how
    /// far apart they are. A day at least, two years at most.
    #[must_use]
    pub fn beginning_with(self, span: SignedDuration) -> Self {
        Self { windows: self.windows.beginning_with(span), ..self }
    }

    /// Whether there is no further page.
    #[must_use]
    pub fn is_at_end(&self) -> bool {
        self.read_from <= self.windows.floor()
    }

    /// Everything from here on has been read.
    #[must_use]
    pub fn reached(&self) -> Timestamp {
        self.read_from
    }

    /// The next page, or `None` after the oldest. After an error the same page can be asked for again.
    ///
    /// # Errors
    /// Those of any read; [`ErrorCode::ReplyTooLarge`](crate::ErrorCode::ReplyTooLarge) when even the window of a
    /// single second is too large, or so full that the server may have cut it off.
    pub async fn next_page(&mut self) -> Result<Option<HistoryPage>, BackendError> {
        if self.is_at_end() {
            return Ok(None);
        }
        let (client, account, to) = (&self.client, self.account, self.read_from);
        // All that comes is counted, not what belongs here: it is that which the server counts.
        let ask = |period| client.rows_of(account, TransactionsQuery::Period(period));
        let window = self.windows.read(to, ask).await?;
        self.read_from = window.from;
        Ok(Some(HistoryPage { period: Period { from: window.from, to }, rows: window.rows }))
    }
}

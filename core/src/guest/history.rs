//! The history behind the newest transactions: read by pages, filled by windows that go back in time, kept true by
//! reading all of it again now and then.
//!
//! Three things keep it true, because tills report late and correct what they reported:
//!
//! - every refresh reads the last fourteen days again and replaces them as a whole;
//! - all that is kept is read again once a month;
//! - and so it is when a balance cannot be explained: when between two refreshes the total with what is pending has
//!   changed by another sum than the rows have. Running balances in rows are no evidence: a late row does not correct
//!   those of the rows behind it. What all of the history does not explain is taken as it is, until the next change.

use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Span, Timestamp};

use super::session::GuestSession;
use crate::backend::GuestBackend;
use crate::backend::windows::{Window, Windows};
use crate::domain::{AccountId, InvalidInput, Transaction, TransactionId, TransactionsQuery};
use crate::error::LoyaltyError;
use crate::error_code::ErrorCode;
use crate::store::cache::{CacheState, HistoryWindow, Kept};

/// How far back every refresh reads again.
const REREAD: SignedDuration = SignedDuration::from_hours(14 * 24);
/// After how long all of the history is read again.
const FULL_READ_EVERY: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How many rows the first refresh reads.
const FIRST_ROWS: u32 = 20;
/// Windows are kept together until they have so many rows: most are almost empty, and each commit has its price.
const TOGETHER: usize = 1_000;
/// Rows of the near future are read as well: a till's clock may be ahead.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);
/// How many rows a page has at most.
const LARGEST_PAGE: u32 = 500;

/// Where a page of the history ended. Its text form can be kept and given back later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HistoryCursor {
    at: Timestamp,
    id: TransactionId,
}

impl fmt::Display for HistoryCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.at.as_microsecond(), self.id.0)
    }
}

impl FromStr for HistoryCursor {
    type Err = InvalidInput;

    fn from_str(text: &str) -> Result<Self, InvalidInput> {
        let read = || {
            let (at, id) = text.split_once('.')?;
            let at = Timestamp::from_microsecond(at.parse().ok()?).ok()?;
            Some(Self { at, id: TransactionId(id.parse().ok()?) })
        };
        read().ok_or_else(|| InvalidInput::new("cursor", ErrorCode::FieldInvalid))
    }
}

/// A page of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryPage {
    /// The rows, newest first.
    pub transactions: Vec<Transaction>,
    /// Where the next page begins; `None` at the end of the history.
    pub next: Option<HistoryCursor>,
    /// Why the page is shorter than asked although the history goes on: what is not kept could not be read. Asking
    /// again from `next` tries again.
    pub cut_short: Option<LoyaltyError>,
}

/// What an upkeep has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Upkeep {
    /// Whether all of the history was read again.
    pub history_read: bool,
}

impl<B: GuestBackend> GuestSession<B> {
    /// Reads a page of at most `limit` rows (1 to 500) behind `behind`, or the newest. It comes from what is kept;
    /// what is not is read first and then kept.
    ///
    /// # Errors
    /// Those of a read when not a single row can be shown; `InvalidInput` never.
    pub async fn history(
        &self,
        behind: Option<HistoryCursor>,
        limit: u32,
    ) -> Result<HistoryPage, LoyaltyError> {
        let limit = limit.clamp(1, LARGEST_PAGE);
        let place = behind.map(|cursor| (cursor.at, cursor.id));
        loop {
            self.check_signed_in()?;
            let (transactions, state) = self.cache().page(place, limit).await?;
            let last = transactions.last().map(|row| HistoryCursor { at: row.at, id: row.id });
            let state = match state {
                // A whole page; the history may go on behind it.
                None => return Ok(HistoryPage { transactions, next: last, cut_short: None }),
                Some(state) if self.reaches_start(&state) => {
                    return Ok(HistoryPage { transactions, next: None, cut_short: None });
                }
                Some(state) => state,
            };
            match self.read_older(&state).await {
                Ok(()) => {}
                Err(error) if transactions.is_empty() => return Err(error),
                Err(error) => {
                    return Ok(HistoryPage { transactions, next: last, cut_short: Some(error) });
                }
            }
        }
    }

    /// Does what can wait until the screen is drawn: looks for damage in the file, reads all of the history again when
    /// it is due, and drops what is too old to be kept. Best called after a refresh, in the background.
    ///
    /// # Errors
    /// Those of a read, when the history was due and could not be read; it stays due. `Storage` when the file was
    /// damaged: it is begun anew, and the next refresh fills it.
    pub async fn upkeep(&self) -> Result<Upkeep, LoyaltyError> {
        self.check_signed_in()?;
        self.cache().quick_check().await?;
        let kept = self.cache().load().await?;
        let due = self.history_is_due(&kept.state);
        let read = if due { self.read_all(&kept).await } else { Ok(()) };
        if let Some((cutoff, most)) = self.bounds() {
            self.cache().prune(cutoff, most).await?;
        }
        read.map(|()| Upkeep { history_read: due })
    }

    /// The newest part of the history: what a refresh replaces. The first one asks for a few rows, whatever their age;
    /// every other one for all that may have changed since.
    pub(super) async fn newest_window(&self, state: &CacheState) -> Result<HistoryWindow, LoyaltyError> {
        let (Some(_), Some(read_at)) = (state.covered_from, state.read_at) else {
            return self.first_window().await;
        };
        let calendar = &self.settings().calendar;
        let from = read_at.min(self.server_now()).saturating_sub(REREAD).unwrap_or(Timestamp::MIN);
        let from = calendar.start_of(calendar.business_day(from));
        let mut newest = HistoryWindow::ending_at(Timestamp::MAX);
        let mut windows = Windows::recent(from, calendar.clone());
        while from < newest.from {
            newest.reach_back(self.read_window(newest.from, &mut windows).await?);
        }
        Ok(newest)
    }

    async fn first_window(&self) -> Result<HistoryWindow, LoyaltyError> {
        let query = TransactionsQuery::Last(FIRST_ROWS);
        let rows = self.heard(self.backend().transactions(query).await)?;
        let all = u32::try_from(rows.len()).is_ok_and(|found| found < FIRST_ROWS);
        let oldest = rows.iter().map(|row| row.at).min().unwrap_or(Timestamp::MAX);
        // Of the oldest instant there may be further rows, so it is left for the next window.
        let behind_oldest = Timestamp::from_microsecond(oldest.as_microsecond().saturating_add(1));
        let from = if all { Timestamp::MIN } else { behind_oldest.unwrap_or(Timestamp::MAX) };
        Ok(HistoryWindow { from, to: Timestamp::MAX, rows, from_start: all })
    }

    async fn read_older(&self, state: &CacheState) -> Result<(), LoyaltyError> {
        let mut windows = self.reading_back().lock().await;
        let kept = self.cache().load().await?;
        if kept.state.covered_from < state.covered_from {
            return Ok(());
        }
        let account = kept.snapshot.map(|snapshot| snapshot.account.id);
        let window = self.read_window(state.covered_from.unwrap_or(Timestamp::MAX), &mut windows).await?;
        self.cache().replace_history(account, window).await?;
        Ok(())
    }

    async fn read_all(&self, kept: &Kept) -> Result<(), LoyaltyError> {
        let Some(read_at) = kept.state.read_at else { return Ok(()) };
        let account = kept.snapshot.as_ref().map(|snapshot| snapshot.account.id);
        let started = self.server_now();
        let (cutoff, most) = self.bounds().unwrap_or((Timestamp::MIN, u32::MAX));
        let floor = cutoff.max(self.settings().history_since);
        let mut windows = Windows::back_to(floor, self.settings().calendar.clone());
        // What is newer is the next refresh's to read, together with the balance that belongs to it.
        let mut unkept = HistoryWindow::ending_at(read_at);
        let mut rows = 0_usize;
        let mut read = Ok(());
        while floor < unkept.from && read.is_ok() && u32::try_from(rows).is_ok_and(|rows| rows < most) {
            let to = unkept.from;
            let nothing = HistoryWindow::ending_at(to);
            let many =
                if unkept.rows.len() < TOGETHER { nothing } else { std::mem::replace(&mut unkept, nothing) };
            // The disk is at work while the next window is on its way.
            let (kept, window) = tokio::join!(self.keep(account, many), self.read_window(to, &mut windows));
            kept?;
            read = window.map(|window| {
                rows = rows.saturating_add(window.rows.len());
                unkept.reach_back(window);
            });
        }
        self.keep(account, unkept).await?;
        read?;
        self.cache().finish_full_read(started, read_at).await?;
        Ok(())
    }

    /// Keeps what was read of a history, if anything was.
    async fn keep(&self, account: Option<AccountId>, window: HistoryWindow) -> Result<(), LoyaltyError> {
        if window.from < window.to {
            self.cache().replace_history(account, window).await?;
        }
        Ok(())
    }

    /// Reads the window before `to`.
    async fn read_window(&self, to: Timestamp, windows: &mut Windows) -> Result<HistoryWindow, LoyaltyError> {
        let top = to.min(self.server_now().saturating_add(AHEAD).unwrap_or(Timestamp::MAX));
        let ask =
            async |period| self.heard(self.backend().transactions(TransactionsQuery::Period(period)).await);
        let Window { from, rows } = windows.read(top, ask).await?;
        Ok(HistoryWindow { from, to, rows, from_start: from <= self.settings().history_since })
    }

    fn reaches_start(&self, state: &CacheState) -> bool {
        state.from_start || state.covered_from.is_some_and(|from| from <= self.settings().history_since)
    }

    fn history_is_due(&self, state: &CacheState) -> bool {
        let now = self.server_now();
        let recent =
            state.full_read_at.is_some_and(|at| at <= now && now.duration_since(at) < FULL_READ_EVERY);
        !recent || state.unexplained != 0
    }

    /// From where on, and how many rows are kept; `None` when all are.
    fn bounds(&self) -> Option<(Timestamp, u32)> {
        let retention = self.settings().retention?;
        let calendar = &self.settings().calendar;
        let today = calendar.business_day(self.server_now());
        let months = Span::new().try_months(retention.months);
        let first_day = months.and_then(|span| today.checked_sub(span)).ok()?;
        Some((calendar.start_of(first_day), retention.transactions))
    }
}

//! The history in pages, and receipts. Neither is cached: they are looked at rarely and are the most personal.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use loyalty_core::backend::probonus::history_before;
use loyalty_core::backend::{BackendError, OperatorBackend};
use loyalty_core::domain::{AccountId, Period, ReceiptRef, Transaction, TransactionsQuery};
use serde::{Deserialize, Serialize};

use crate::error::GatewayError;
use crate::gateway::{Gateway, Inner};
use crate::projection::{PageDocument, ReceiptDocument, TransactionDocument};
use crate::sealing::Purpose;
use crate::sign_in::Guest;

/// How many rows a page has at most.
const LARGEST_PAGE: u32 = 100;
/// How many windows of the history are read for one page; where they were empty, the page is short and the cursor goes
/// on behind them.
const WINDOWS: usize = 6;
const MINUTE: Duration = Duration::from_secs(60);
/// How far a window reaches where the one before held nothing.
const QUARTER: SignedDuration = SignedDuration::from_hours(90 * 24);
/// Rows may be this far ahead of our clock; what a guest asks for beyond is not walked through.
const AHEAD: SignedDuration = SignedDuration::from_hours(48);

/// Which part of the history.
#[derive(Debug, Clone, Default)]
pub struct HistoryQuery {
    /// How many rows at most, 1 to 100.
    pub limit: u32,
    /// Where the page before ended; carries its period.
    pub cursor: Option<String>,
    /// The period of a first page; all of the history without one.
    pub period: Option<Period>,
}

/// A place in the history: everything from it on has been shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    /// The instant of the last row that was shown, or the beginning of the last window that was read.
    at: Timestamp,
    /// The last row that was shown; rows of one instant are told apart by it. `None` at the beginning of a window.
    id: Option<i64>,
    /// Where the period begins.
    from: Option<Timestamp>,
    /// How far back the rows of this page reached: the next as many will hardly reach much farther.
    reach: Option<SignedDuration>,
}

impl Place {
    fn is_before(&self, row: &Transaction) -> bool {
        match self.id {
            Some(id) => (row.at, row.id.0) < (self.at, id),
            None => row.at < self.at,
        }
    }

    /// The place behind the last of these rows, which begin at `begin`.
    fn behind(rows: &[Transaction], begin: Timestamp, from: Option<Timestamp>) -> Option<Self> {
        let last = rows.last()?;
        Some(Self { at: last.at, id: Some(last.id.0), from, reach: Some(begin.duration_since(last.at)) })
    }

    /// The place behind a window in which there was nothing more, as far back as everything has been read.
    fn reached(&self, at: Timestamp) -> Self {
        Self { at, id: None, from: self.from, reach: Some(self.at.duration_since(at)) }
    }

    /// The end of the period that can hold rows behind this place.
    fn end(&self) -> Timestamp {
        match self.id {
            // Its own instant may hold more rows.
            Some(_) => self.at.checked_add(SignedDuration::from_nanos(1)).unwrap_or(self.at),
            None => self.at,
        }
    }
}

/// Rows, and where they end if there may be more.
struct Page {
    rows: Vec<Transaction>,
    next: Option<Place>,
}

impl Gateway {
    /// A page of the history, newest first.
    ///
    /// # Errors
    /// [`GatewayError::BadRequest`] for a cursor that is not this guest's; [`GatewayError::GuestNotFound`] for a phone
    /// without an account; [`GatewayError::Unavailable`] when ProBonus cannot be asked.
    pub async fn transactions(
        &self,
        guest: &Guest,
        query: &HistoryQuery,
    ) -> Result<PageDocument, GatewayError> {
        let inner = &self.inner;
        self.may_read(guest).await?;
        let account = inner.account_of(guest).await?;
        let limit = usize::try_from(query.limit.clamp(1, LARGEST_PAGE)).unwrap_or(1);
        let place = match (&query.cursor, query.period) {
            (Some(cursor), _) => Some(inner.place(account, cursor)?),
            (None, Some(period)) => {
                let at = period.to.min(self.now() + AHEAD);
                Some(Place { at, id: None, from: Some(period.from), reach: None })
            }
            (None, None) => None,
        };
        let page = match place {
            Some(place) => inner.reading(inner.page_behind(account, place, limit)).await?,
            None => inner.reading(inner.newest(account, limit)).await?,
        };
        let next = page.next.map(|place| inner.cursor(account, place)).transpose()?;
        Ok(PageDocument { transactions: inner.project(account, &page.rows)?, next })
    }

    /// A receipt by the sealed reference of a transaction of the same guest.
    ///
    /// # Errors
    /// [`GatewayError::NotFound`] for a reference that is not this guest's and for a receipt that is not there.
    pub async fn receipt(&self, guest: &Guest, reference: &str) -> Result<ReceiptDocument, GatewayError> {
        let inner = &self.inner;
        self.may_read(guest).await?;
        let account = inner.account_of(guest).await?;
        let content = inner.keys.sealer.open(Purpose::Receipt, account, reference);
        let id = content.and_then(|content| String::from_utf8(content).ok()).ok_or(GatewayError::NotFound)?;
        let id = ReceiptRef(id);
        let found = inner.reading(async {
            match OperatorBackend::receipt(&inner.probonus, &id).await {
                Err(BackendError::NotFound) => Ok(None),
                found => found.map(Some),
            }
        });
        let receipt = found.await?.ok_or(GatewayError::NotFound)?;
        Ok(ReceiptDocument::new(&receipt, reference.to_owned()))
    }

    /// Counts a read that goes through to ProBonus.
    pub(crate) async fn may_read(&self, guest: &Guest) -> Result<(), GatewayError> {
        self.within("reads", guest.phone, self.inner.options.limits.reads_per_minute, MINUTE).await
    }
}

impl Inner {
    /// Rows as they leave, with their receipts' references sealed.
    pub(crate) fn project(
        &self,
        account: AccountId,
        rows: &[Transaction],
    ) -> Result<Vec<TransactionDocument>, GatewayError> {
        let sealed = |id: &ReceiptRef| {
            let sealed = self.keys.sealer.seal(Purpose::Receipt, account, id.0.as_bytes());
            sealed.ok_or(GatewayError::Internal)
        };
        let projected = rows
            .iter()
            .map(|row| Ok(TransactionDocument::new(row, row.receipt.as_ref().map(sealed).transpose()?)));
        projected.collect()
    }

    fn cursor(&self, account: AccountId, place: Place) -> Result<String, GatewayError> {
        let content = serde_json::to_vec(&place).map_err(|_| GatewayError::Internal)?;
        self.keys.sealer.seal(Purpose::Cursor, account, &content).ok_or(GatewayError::Internal)
    }

    fn place(&self, account: AccountId, cursor: &str) -> Result<Place, GatewayError> {
        let content = self.keys.sealer.open(Purpose::Cursor, account, cursor);
        let place = content.and_then(|content| serde_json::from_slice(&content).ok());
        place.ok_or(GatewayError::BadRequest { field: "cursor" })
    }

    /// The first page: one request.
    async fn newest(&self, account: AccountId, limit: usize) -> Result<Page, BackendError> {
        let one_more = u32::try_from(limit + 1).unwrap_or(u32::MAX);
        let query = TransactionsQuery::Last(one_more);
        let mut rows = OperatorBackend::transactions(&self.probonus, account, query).await?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let begin = rows.first().filter(|_| more).map(|row| row.at);
        let next = begin.and_then(|begin| Place::behind(&rows, begin, None));
        Ok(Page { rows, next })
    }

    /// The rows behind a place, in windows that go back in time.
    async fn page_behind(
        &self,
        account: AccountId,
        place: Place,
        limit: usize,
    ) -> Result<Page, BackendError> {
        let mut windows = history_before(&self.probonus, account, place.end(), place.from);
        if let Some(reach) = place.reach {
            // Half as much again, so that one window is mostly enough.
            windows = windows.beginning_with(reach.saturating_add(reach / 2));
        }
        let mut rows: Vec<Transaction> = Vec::new();
        for number in 0..WINDOWS {
            let Some(window) = windows.next_page().await? else { return Ok(Page { rows, next: None }) };
            rows.extend(window.rows.into_iter().filter(|row| place.is_before(row)));
            if number == 0 && rows.is_empty() {
                // The guest stayed away for longer than the last page tells.
                windows = windows.beginning_with(QUARTER);
            }
            if rows.len() > limit {
                rows.truncate(limit);
                let next = Place::behind(&rows, place.at, place.from);
                return Ok(Page { rows, next });
            }
            if rows.len() == limit || windows.is_at_end() {
                let next = (!windows.is_at_end()).then(|| place.reached(window.period.from));
                return Ok(Page { rows, next });
            }
        }
        Ok(Page { rows, next: Some(place.reached(windows.reached())) })
    }
}

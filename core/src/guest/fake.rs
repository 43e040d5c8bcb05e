//! A server in memory for the tests of this room: its books can be changed, and it can be out of reach.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Semaphore;

use crate::backend::{BackendError, Capabilities, GuestBackend};
use crate::domain::{
    Account, AccountId, AccountUpdate, Balance, Bonus, Burn, BurnSchedule, Consent, GroupId, Pending, Phone,
    Profile, ProfileChange, Receipt, ReceiptRef, Registration, TillCode, Transaction, TransactionId,
    TransactionKind, TransactionsQuery,
};
use crate::error_code::ErrorCode;
use crate::ports::Clock;

/// A clock that stands until it is moved.
#[derive(Debug, Clone)]
pub(super) struct ManualClock(Arc<Mutex<Timestamp>>);

impl ManualClock {
    pub(super) fn at(text: &str) -> Self {
        Self(Arc::new(Mutex::new(text.parse().unwrap())))
    }

    pub(super) fn set(&self, text: &str) {
        *self.0.lock().unwrap() = text.parse().unwrap();
    }

    pub(super) fn forward(&self, by: SignedDuration) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// What the server holds, and how it behaves.
#[derive(Debug)]
pub(super) struct Books {
    pub(super) account: Account,
    pub(super) burns: Vec<Burn>,
    pub(super) pending: Vec<Pending>,
    pub(super) rows: Vec<Transaction>,
    pub(super) receipts: HashMap<ReceiptRef, Receipt>,
    pub(super) consents: Vec<Consent>,
    pub(super) keeps_consents: bool,
    pub(super) registered: bool,
    /// What every request gets instead of an answer.
    pub(super) failure: Option<BackendError>,
    /// How many requests are answered before `failure` begins.
    pub(super) answers_left: usize,
    pub(super) skew: Option<SignedDuration>,
    /// A period with more rows than this is too large to be read.
    pub(super) largest_reply: usize,
    /// What was asked for, in order.
    pub(super) requests: Vec<&'static str>,
}

/// The guest's side of the server. Clones share the books.
#[derive(Debug, Clone)]
pub(super) struct Server {
    pub(super) books: Arc<Mutex<Books>>,
    /// Each request takes a permit; a test that takes them away holds requests up.
    pub(super) gate: Arc<Semaphore>,
    /// The same for the answers with receipts, on their way back.
    pub(super) receipt_gate: Arc<Semaphore>,
}

impl Server {
    pub(super) fn new() -> Self {
        let account = Account {
            id: AccountId(1),
            group_id: GroupId(3),
            phone: Some(Phone::parse("+79123451234").unwrap()),
            profile: Profile { first_name: Some("Аполлинария".to_owned()), ..Profile::default() },
            balance: Bonus::ZERO,
            blocked: false,
            level: None,
            identifiers: Vec::new(),
            coupons: Vec::new(),
        };
        let books = Books {
            account,
            burns: Vec::new(),
            pending: Vec::new(),
            rows: Vec::new(),
            receipts: HashMap::new(),
            consents: Vec::new(),
            keeps_consents: true,
            registered: true,
            failure: None,
            answers_left: usize::MAX,
            skew: None,
            largest_reply: usize::MAX,
            requests: Vec::new(),
        };
        let open = || Arc::new(Semaphore::new(Semaphore::MAX_PERMITS));
        Self { books: Arc::new(Mutex::new(books)), gate: open(), receipt_gate: open() }
    }

    /// Books a row: the balance moves with it.
    pub(super) fn book(&self, id: i64, at: &str, sum: i64) {
        self.book_unseen(sum);
        self.show(id, at, sum);
    }

    /// Moves the balance without a row.
    pub(super) fn book_unseen(&self, sum: i64) {
        let mut books = self.books.lock().unwrap();
        books.account.balance = books.account.balance.checked_add(Bonus::from_hundredths(sum)).unwrap();
    }

    /// Shows a row without moving the balance.
    pub(super) fn show(&self, id: i64, at: &str, sum: i64) {
        self.books.lock().unwrap().rows.push(row(id, at.parse().unwrap(), sum));
    }

    /// All rows as a guest should see them.
    pub(super) fn history(&self) -> Vec<Transaction> {
        let mut rows = self.books.lock().unwrap().rows.clone();
        rows.sort_by_key(|row| std::cmp::Reverse((row.at, row.id)));
        rows
    }

    pub(super) fn fail(&self, failure: impl Into<Option<BackendError>>) {
        self.fail_after(0, failure);
    }

    pub(super) fn fail_after(&self, answers: usize, failure: impl Into<Option<BackendError>>) {
        let mut books = self.books.lock().unwrap();
        books.failure = failure.into();
        books.answers_left = answers;
    }

    pub(super) fn requests(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.books.lock().unwrap().requests)
    }

    async fn ask<T>(
        &self,
        name: &'static str,
        answer: impl FnOnce(&mut Books) -> Result<T, BackendError>,
    ) -> Result<T, BackendError> {
        self.books.lock().unwrap().requests.push(name);
        let _permit = self.gate.acquire().await.unwrap();
        let mut books = self.books.lock().unwrap();
        if let (0, Some(failure)) = (books.answers_left, &books.failure) {
            return Err(failure.clone());
        }
        books.answers_left = books.answers_left.saturating_sub(1);
        answer(&mut books)
    }
}

pub(super) fn row(id: i64, at: Timestamp, sum: i64) -> Transaction {
    Transaction {
        id: TransactionId(id),
        at,
        kind: TransactionKind::Accrual,
        sum: Bonus::from_hundredths(sum),
        balance_after: None,
        receipt: Some(ReceiptRef(format!("r{id}"))),
        check_guid: None,
        external_check: None,
        venue_code: None,
        venue: None,
        money_spent: None,
        comment: None,
        key: None,
    }
}

impl GuestBackend for Server {
    fn capabilities(&self) -> Capabilities {
        let keeps_consents = self.books.lock().unwrap().keeps_consents;
        Capabilities { keeps_consents, till_codes: true, conditional: false }
    }

    fn skew(&self) -> Option<SignedDuration> {
        self.books.lock().unwrap().skew
    }

    async fn record_consents(&self, consents: &[Consent]) -> Result<(), BackendError> {
        self.ask("consents", |books| {
            books.consents.extend_from_slice(consents);
            Ok(())
        })
        .await
    }

    async fn account(&self) -> Result<Account, BackendError> {
        self.ask("account", |books| {
            if books.registered { Ok(books.account.clone()) } else { Err(BackendError::GuestNotFound) }
        })
        .await
    }

    async fn register(&self, newcomer: &Registration) -> Result<Account, BackendError> {
        self.ask("register", |books| {
            books.registered = true;
            books.account.profile = newcomer.profile.clone();
            Ok(books.account.clone())
        })
        .await
    }

    async fn balance(&self) -> Result<Balance, BackendError> {
        self.ask("balance", |books| {
            let total = books.account.balance;
            Ok(Balance {
                account_id: books.account.id,
                total,
                schedule: BurnSchedule::new(total, books.burns.clone(), None),
                pending: books.pending.clone(),
            })
        })
        .await
    }

    async fn transactions(&self, query: TransactionsQuery) -> Result<Vec<Transaction>, BackendError> {
        let history = self.history();
        self.ask("transactions", |books| match query {
            TransactionsQuery::Last(count) => Ok(history.into_iter().take(count as usize).collect()),
            TransactionsQuery::Period(period) => {
                let inside = |row: &Transaction| period.from <= row.at && row.at < period.to;
                let rows: Vec<_> = history.into_iter().filter(inside).collect();
                if rows.len() > books.largest_reply {
                    let (path, field) = ("accounts/transactions".to_owned(), String::new());
                    return Err(BackendError::Reply { code: ErrorCode::ReplyTooLarge, path, field });
                }
                Ok(rows)
            }
        })
        .await
    }

    async fn receipt(&self, reference: &ReceiptRef) -> Result<Receipt, BackendError> {
        self.ask("receipt", |books| books.receipts.get(reference).cloned().ok_or(BackendError::NotFound))
            .await
    }

    async fn update_profile(&self, change: &ProfileChange) -> Result<AccountUpdate, BackendError> {
        self.ask("update", |books| {
            if let Some(name) = &change.first_name {
                books.account.profile.first_name = Some(name.clone());
            }
            Ok(AccountUpdate { account: books.account.clone(), unasked: Vec::new() })
        })
        .await
    }

    async fn till_code(&self) -> Result<TillCode, BackendError> {
        self.ask("till code", |_| Ok(TillCode { value: "123456".to_owned(), expires_at: None })).await
    }

    async fn sign_out(&self) -> Result<(), BackendError> {
        // Past the gate: a device forgets its secrets whatever the network does.
        let mut books = self.books.lock().unwrap();
        books.requests.push("sign out");
        books.failure.clone().map_or(Ok(()), Err)
    }
}

//! A guest's cache: the first screen, a page of the history, and what a refresh costs as the history grows.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use loyalty_bare::cache as bare;
use loyalty_core::LoyaltyError;
use loyalty_core::backend::{BackendError, Capabilities, GuestBackend};
use loyalty_core::domain::{
    Account, AccountId, AccountUpdate, Balance, Bonus, Burn, BurnSchedule, BusinessCalendar, GroupId, Money,
    Profile, ProfileChange, Receipt, ReceiptRef, Registration, TillCode, Transaction, TransactionId,
    TransactionKind, TransactionsQuery,
};
use loyalty_core::guest::{GuestClient, GuestSession, PhoneLocks, SessionSettings};
use loyalty_core::ports::Clock;
use loyalty_core::system::SystemIds;
use tokio::runtime::Runtime;

use crate::measure::{self, Medians};
use crate::table::Row;

const LONG: i64 = 20_000;
const SHORT: i64 = 1_000;
const NEW_ROWS: i64 = 10;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// A clock that stands.
#[derive(Debug, Clone, Copy)]
struct Standing(Timestamp);

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// A server in memory that answers at once. Rows are kept oldest first.
#[derive(Debug, Clone, Default)]
struct Server(Arc<Mutex<Vec<Transaction>>>);

impl Server {
    fn with(rows: i64) -> Self {
        let server = Self::default();
        for number in 0..rows {
            // Almost two hours apart, back from an hour ago.
            server.push(now() - SignedDuration::from_secs(3_600 + (rows - number) * 7_001));
        }
        server
    }

    fn push(&self, at: Timestamp) {
        let mut rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let id = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        rows.push(Transaction {
            id: TransactionId(id),
            at,
            kind: if id % 4 == 0 { TransactionKind::Spend } else { TransactionKind::Accrual },
            sum: Bonus::from_hundredths(1_000 + id % 977),
            balance_after: Some(Bonus::from_hundredths(id)),
            receipt: Some(ReceiptRef(id.to_string())),
            check_guid: None,
            external_check: None,
            venue_code: Some(1 + id % 4),
            venue: Some("Кафе на Пресне".to_owned()),
            money_spent: Some(Money::from_hundredths(20_000 + id)),
            comment: None,
            key: None,
        });
    }

    fn push_new(&self) {
        (0..NEW_ROWS).for_each(|_| self.push(now()));
    }
}

fn now() -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 365 * 56)
}

impl GuestBackend for Server {
    fn capabilities(&self) -> Capabilities {
        Capabilities::default()
    }

    async fn account(&self) -> Result<Account, BackendError> {
        Ok(Account {
            id: AccountId(1),
            group_id: GroupId(3),
            phone: None,
            profile: Profile { first_name: Some("Аполлинария".to_owned()), ..Profile::default() },
            balance: Bonus::from_hundredths(90_000),
            blocked: false,
            level: None,
            identifiers: Vec::new(),
            coupons: Vec::new(),
        })
    }

    async fn register(&self, _: &Registration) -> Result<Account, BackendError> {
        Err(BackendError::Unsupported)
    }

    async fn balance(&self) -> Result<Balance, BackendError> {
        let total = Bonus::from_hundredths(90_000);
        let day =
            |ahead: i64| (now() + SignedDuration::from_hours(24 * ahead)).strftime("%F").to_string().parse();
        let burn = |ahead: i64| day(ahead).map(|on| Burn { on, amount: Bonus::from_hundredths(10_000) });
        let burns = [10, 20, 30].into_iter().map(burn).collect::<Result<_, jiff::Error>>();
        let schedule = BurnSchedule::new(total, burns.map_err(|_| BackendError::Internal)?, None);
        Ok(Balance { account_id: AccountId(1), total, schedule, pending: Vec::new() })
    }

    async fn transactions(&self, query: TransactionsQuery) -> Result<Vec<Transaction>, BackendError> {
        let rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(match query {
            TransactionsQuery::Last(count) => {
                rows.iter().rev().take(usize::try_from(count).unwrap_or(usize::MAX)).cloned().collect()
            }
            TransactionsQuery::Period(period) => {
                // A server has an index as well.
                let first = rows.partition_point(|row| row.at < period.from);
                let behind = rows.partition_point(|row| row.at < period.to);
                rows.get(first..behind).unwrap_or_default().iter().rev().cloned().collect()
            }
        })
    }

    async fn receipt(&self, _: &ReceiptRef) -> Result<Receipt, BackendError> {
        Err(BackendError::Unsupported)
    }

    async fn update_profile(&self, _: &ProfileChange) -> Result<AccountUpdate, BackendError> {
        Err(BackendError::Unsupported)
    }

    async fn till_code(&self) -> Result<TillCode, BackendError> {
        Err(BackendError::Unsupported)
    }
}

/// A device that has read all of a server's history.
struct Device {
    runtime: Runtime,
    server: Server,
    folder: tempfile::TempDir,
    settings: SessionSettings,
}

impl Device {
    fn with(rows: i64) -> Outcome<Self> {
        let device = Self {
            runtime: tokio::runtime::Builder::new_current_thread().build()?,
            server: Server::with(rows),
            folder: tempfile::tempdir()?,
            settings: SessionSettings {
                calendar: BusinessCalendar::from_names("Europe/Moscow", "00:00")?,
                history_since: Timestamp::UNIX_EPOCH,
                retention: None,
            },
        };
        let session = device.open()?;
        device.runtime.block_on(async {
            session.refresh().await?;
            session.upkeep().await?;
            session.pause().await
        })?;
        Ok(device)
    }

    fn open(&self) -> Result<GuestSession<Server>, LoyaltyError> {
        let clock = Arc::new(Standing(now()));
        let client = GuestClient::new(self.server.clone(), clock, Arc::new(PhoneLocks::default()));
        let opened =
            GuestSession::open(client, self.folder.path(), "guest", self.settings.clone(), &SystemIds);
        self.runtime.block_on(opened)
    }

    fn database(&self) -> Outcome<PathBuf> {
        let files = std::fs::read_dir(self.folder.path())?;
        let paths = files.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
        let ends = |path: &Path| path.extension().is_some_and(|end| end == "db");
        Ok(paths.into_iter().find(|path| ends(path)).ok_or("there is no cache")?)
    }
}

/// From nothing to the first screen of an app.
pub(crate) fn open_and_first_snapshot() -> Outcome<Row> {
    let device = Device::with(LONG)?;
    let path = device.database()?;
    let ours = || {
        let session = device.open()?;
        let view = session.snapshot();
        Ok::<_, LoyaltyError>((session, view))
    };
    let bare = || {
        let mut connection = bare::open(&path)?;
        let screen = bare::first_screen(&mut connection)?;
        Ok::<_, Box<dyn Error>>((connection, screen))
    };
    {
        let (shown, screen) = (ours()?.1.ok_or("nothing is kept")?, bare()?.1);
        let newest = shown.snapshot.newest.iter().map(|row| row.id.0);
        if !newest.eq(screen.newest.iter().map(|row| row.id))
            || shown.snapshot.balance.total.hundredths() != screen.total
            || shown.snapshot.balance.schedule.burns().len() != screen.burns.len()
        {
            return Err("ours and bare do not show the same first screen".into());
        }
    }
    Ok(Row::of("open, first snapshot of 20,000", &measure::interleaved(ours, bare), 1.2))
}

/// A page from the middle of a long history.
pub(crate) fn page_of_fifty() -> Outcome<Row> {
    let device = Device::with(LONG)?;
    let session = device.open()?;
    let history = |behind, limit| device.runtime.block_on(session.history(behind, limit));
    let mut cursor = None;
    for _ in 0..20 {
        cursor = history(cursor, 500)?.next;
    }
    let last = history(None, 500)?;
    if last.transactions.len() != 500 || cursor.is_none() {
        return Err("the history is too short".into());
    }
    let connection = bare::open(&device.database()?)?;
    let first = history(cursor, 1)?;
    let first = first.transactions.first().ok_or("the history is too short")?;
    // Behind the row before it, as the cursor is.
    let place = Some((first.at, first.id.0.saturating_add(1)));
    let ours = || history(cursor, 50);
    let bare = || bare::page(&connection, place, 50);
    let (shown, rows) = (ours()?.transactions, bare()?);
    if rows.len() != 50 || !shown.iter().map(|row| row.id.0).eq(rows.iter().map(|row| row.id)) {
        return Err("ours and bare do not read the same page".into());
    }
    Ok(Row::of("page of 50 from 20,000", &measure::interleaved(ours, bare), 1.2))
}

/// Ours against ours: a refresh that brings ten rows to a long history, and to a short one.
pub(crate) fn refresh_with_ten_new_rows() -> Outcome<Row> {
    let (long, short) = (Device::with(LONG)?, Device::with(SHORT)?);
    let (on_long, on_short) = (long.open()?, short.open()?);
    let refresh = |device: &Device, session: &GuestSession<Server>| {
        device.server.push_new();
        device.runtime.block_on(session.refresh())
    };
    let Medians { ours, bare } =
        measure::interleaved(|| refresh(&long, &on_long), || refresh(&short, &on_short));
    for (device, session, rows) in [(&long, &on_long, LONG), (&short, &on_short, SHORT)] {
        let view = refresh(device, session)?;
        let newest = view.snapshot.newest.first().ok_or("nothing was read")?;
        if view.unsaved.is_some() || newest.id.0 <= rows {
            return Err("a refresh did not keep what was new".into());
        }
    }
    Ok(Row::of("refresh, 10 new: 20,000 / 1,000", &Medians { ours, bare }, 1.2))
}

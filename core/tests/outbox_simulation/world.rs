//! What is true in a history: the time, the server's books, and how often each write was really applied.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;

use jiff::Timestamp;
use loyalty_core::ErrorCode;
use loyalty_core::backend::BackendError;
use loyalty_core::domain::{
    AccountId, Bonus, OperationOutcome, Period, Transaction, TransactionId, TransactionKind, Write,
    WriteMethod, WriteTarget,
};
use uuid::Uuid;

use crate::random::Random;

pub(crate) const MINUTE: i64 = 60_000;
pub(crate) const HOUR: i64 = 60 * MINUTE;
/// The accounts of the one group.
pub(crate) const ACCOUNTS: [AccountId; 3] = [AccountId(1), AccountId(2), AccountId(3)];
/// The account that can be blocked.
pub(crate) const MOODY: AccountId = AccountId(3);
/// What may go wrong in a history.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weather {
    /// How many requests in a hundred meet a fault.
    pub(crate) faults: u64,
    /// Requests may be delivered twice.
    pub(crate) twice: bool,
    /// Requests may act, and rows may appear, hours later.
    pub(crate) late: bool,
    /// Processes may die while a request is under way.
    pub(crate) crashes: bool,
    /// Accounts may be blocked and unblocked.
    pub(crate) blocking: bool,
    /// The history shows comments.
    pub(crate) shows_comments: bool,
    /// The history shows `checkGuid`.
    pub(crate) shows_guids: bool,
    /// The history shows `externalCheck` and the restaurant's code.
    pub(crate) shows_numbers: bool,
}

/// What one process does while another one's request is under way.
pub(crate) type Interlude = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A row of the books.
struct Row {
    write: Write,
    id: i64,
    at: i64,
    visible_at: i64,
}

/// A request that will act later.
pub(crate) struct Late {
    pub(crate) write: Write,
    pub(crate) acts_at: i64,
    pub(crate) visible_at: i64,
}

pub(crate) struct World {
    /// The true time, in milliseconds; also the server's.
    pub(crate) now: i64,
    /// By how much the integrator's machine is wrong.
    pub(crate) offset: i64,
    pub(crate) random: Random,
    pub(crate) weather: Weather,
    pub(crate) blocked: bool,
    pub(crate) interlude: Option<Interlude>,
    /// The last look was answered by a copy of the books that lagged behind; the next one will not be.
    pub(crate) lagged: bool,
    /// How often each write was really applied.
    pub(crate) applied: HashMap<Uuid, u32>,
    /// Writes of which one request was delivered twice.
    pub(crate) doubled: HashSet<Uuid>,
    /// Writes that met a fault of any kind.
    pub(crate) disturbed: HashSet<Uuid>,
    /// Writes that a person has taken off the list.
    pub(crate) forgotten: HashSet<Uuid>,
    /// Those of them that nobody has looked at since.
    pub(crate) forgotten_just_now: Vec<Uuid>,
    /// How often each write was sent.
    pub(crate) sent: HashMap<Uuid, u32>,
    /// Writes by target in the order in which each was sent first.
    pub(crate) first_sent: HashMap<WriteTarget, Vec<Uuid>>,
    /// What the client did that it must never do.
    pub(crate) sins: Vec<String>,
    /// What happened, for whoever replays a seed.
    pub(crate) log: Vec<String>,
    pub(crate) logging: bool,
    pub(crate) under_way: BTreeSet<WriteTarget>,
    bodies: HashMap<Uuid, Write>,
    rows: Vec<Row>,
    pub(crate) late: Vec<Late>,
    next_id: i64,
    outbox: PathBuf,
    disk: Option<rusqlite::Connection>,
}

impl World {
    pub(crate) fn new(random: Random, weather: Weather, outbox: &Path) -> Self {
        Self {
            // 2026-06-15T09:00:00Z
            now: 1_781_514_000_000,
            offset: 0,
            random,
            weather,
            blocked: false,
            interlude: None,
            lagged: false,
            applied: HashMap::new(),
            doubled: HashSet::new(),
            disturbed: HashSet::new(),
            forgotten: HashSet::new(),
            forgotten_just_now: Vec::new(),
            sent: HashMap::new(),
            first_sent: HashMap::new(),
            sins: Vec::new(),
            log: Vec::new(),
            logging: false,
            under_way: BTreeSet::new(),
            bodies: HashMap::new(),
            rows: Vec::new(),
            late: Vec::new(),
            next_id: 1,
            outbox: outbox.to_owned(),
            disk: None,
        }
    }

    pub(crate) fn note(&mut self, line: impl FnOnce() -> String) {
        if self.logging {
            let line = format!("{:>9}s {}", (self.now - 1_781_514_000_000) / 1000, line());
            self.log.push(line);
        }
    }

    pub(crate) fn pass(&mut self, millis: i64) {
        let end = self.now + millis;
        self.late.sort_by_key(|late| late.acts_at);
        while self.late.first().is_some_and(|late| late.acts_at <= end) {
            let late = self.late.remove(0);
            self.now = self.now.max(late.acts_at);
            let _ = self.act(&late.write, late.visible_at);
        }
        self.now = end;
    }

    /// Whether the books show the key of such a write.
    pub(crate) fn shows(&self, method: WriteMethod) -> bool {
        match method {
            WriteMethod::Refill | WriteMethod::Withdraw => self.weather.shows_comments,
            WriteMethod::RegisterCheck => self.weather.shows_guids || self.weather.shows_numbers,
            WriteMethod::RefillGroup | WriteMethod::WithdrawGroup => false,
        }
    }

    pub(crate) fn act(&mut self, write: &Write, visible_at: i64) -> Result<OperationOutcome, BackendError> {
        if self.blocked && write.target() == WriteTarget::Account(MOODY) {
            return Err(BackendError::Conflict(ErrorCode::AccountBlocked));
        }
        *self.applied.entry(write.key()).or_default() += 1;
        let id = self.next_id;
        self.next_id += 2;
        self.note(|| format!("server applies {} as row {id}", write.key()));
        if write.leaves_a_row() {
            self.rows.push(Row { write: write.clone(), id, at: self.now, visible_at });
        }
        Ok(OperationOutcome { transaction_ids: vec![TransactionId(id)], balance: None })
    }

    pub(crate) fn arrive(&mut self, write: &Write) {
        let (key, target) = (write.key(), write.target());
        let count = self.sent.entry(key).or_default();
        *count += 1;
        if *count == 1 {
            self.first_sent.entry(target).or_default().push(key);
        }
        if !self.under_way.insert(target) {
            self.sins.push(format!("two requests for {target:?} were under way at once"));
        }
        if self.bodies.entry(key).or_insert_with(|| write.clone()) != write {
            self.sins.push(format!("{key} was sent with two bodies"));
        }
        if self.forgotten.contains(&key) {
            self.sins.push(format!("{key} was sent after a person had forgotten it"));
        }
        let state = self.state_on_disk(key);
        if state.as_deref() != Some("sent") {
            self.sins.push(format!("{key} was sent while the disk said {state:?}"));
        }
    }

    fn state_on_disk(&mut self, key: Uuid) -> Option<String> {
        let mut statement = self.disk().prepare_cached("SELECT state FROM writes WHERE key = ?1").unwrap();
        statement.query_row([key.as_bytes()], |row| row.get(0)).ok()
    }

    /// Takes rows from the outbox, and sets it aside as whoever finds damage does.
    pub(crate) fn damage(&mut self, lost: &[Uuid]) {
        for key in lost {
            self.disk().execute("DELETE FROM writes WHERE key = ?1", [key.as_bytes()]).unwrap();
        }
        self.disk = None;
        let beside = |end: &str| PathBuf::from(format!("{}{end}", self.outbox.display()));
        for log in ["", "-wal"] {
            let (from, to) = (beside(log), beside(&format!(".damaged{log}")));
            if from.exists() {
                std::fs::rename(from, to).unwrap();
            }
        }
        let _ = std::fs::remove_file(beside("-shm"));
    }

    fn disk(&mut self) -> &rusqlite::Connection {
        self.disk.get_or_insert_with(|| rusqlite::Connection::open(&self.outbox).unwrap())
    }

    /// What an account's history shows at a time, which may be before now.
    pub(crate) fn history(&self, account: AccountId, period: Period, as_of: i64) -> Vec<Transaction> {
        let (from, to) = (period.from.as_millisecond(), period.to.as_millisecond());
        let mine = self.rows.iter().filter(|row| {
            row.write.target() == WriteTarget::Account(account)
                && row.visible_at <= as_of
                && (from..to).contains(&row.at)
        });
        mine.flat_map(|row| self.shown(row)).collect()
    }

    fn shown(&self, row: &Row) -> Vec<Transaction> {
        let blank = Transaction {
            id: TransactionId(row.id),
            at: Timestamp::from_millisecond(row.at).unwrap(),
            kind: TransactionKind::Refill,
            sum: row.write.effect(),
            balance_after: None,
            receipt: None,
            check_guid: None,
            external_check: None,
            venue_code: None,
            venue: None,
            money_spent: None,
            comment: None,
            key: None,
        };
        let Write::RegisterCheck(check) = &row.write else {
            let key = self.weather.shows_comments.then(|| row.write.key());
            return vec![Transaction { key, ..blank }];
        };
        let numbers = self.weather.shows_numbers;
        let shared = Transaction {
            check_guid: self.weather.shows_guids.then_some(check.key.0),
            external_check: numbers.then(|| check.external_check.clone()),
            venue_code: numbers.then_some(check.venue_code),
            ..blank
        };
        let sides = [
            (TransactionKind::Accrual, check.bonus_accrued.hundredths(), row.id),
            (TransactionKind::Spend, -check.bonus_spent.hundredths(), row.id + 1),
        ];
        let moved = sides.into_iter().filter(|(_, sum, _)| *sum != 0);
        moved
            .map(|(kind, sum, id)| Transaction {
                id: TransactionId(id),
                kind,
                sum: Bonus::from_hundredths(sum),
                ..shared.clone()
            })
            .collect()
    }
}

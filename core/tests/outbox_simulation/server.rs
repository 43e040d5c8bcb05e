//! A server in memory, on a clock of its own, with a network that fails in every way there is, and with books that say
//! how often each write was really applied.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::future::{Future, pending};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use jiff::Timestamp;
use loyalty_core::ErrorCode;
use loyalty_core::backend::BackendError;
use loyalty_core::domain::{
    AccountId, Bonus, OperationOutcome, Period, Transaction, TransactionId, TransactionKind, Write,
    WriteMethod, WriteTarget,
};
use loyalty_core::ports::Clock;
use tokio::sync::Notify;
use uuid::Uuid;

use crate::random::Random;

pub(crate) const MINUTE: i64 = 60_000;
pub(crate) const HOUR: i64 = 60 * MINUTE;
/// The accounts of the one group.
pub(crate) const ACCOUNTS: [AccountId; 3] = [AccountId(1), AccountId(2), AccountId(3)];
/// The account that can be blocked.
pub(crate) const MOODY: AccountId = AccountId(3);
/// Writes without an answer are given up after this.
const TIMEOUT: i64 = 20_000;

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

/// A process of the integrator: it can die, and what it knows of the server's time dies with it.
#[derive(Debug, Default)]
pub(crate) struct Process {
    pub(crate) death: Notify,
    dead: AtomicBool,
    reached: Mutex<Option<Timestamp>>,
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
struct Late {
    write: Write,
    acts_at: i64,
    visible_at: i64,
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
    /// How often each write was really applied.
    pub(crate) applied: HashMap<Uuid, u32>,
    /// Writes of which one request was delivered twice.
    pub(crate) doubled: HashSet<Uuid>,
    /// Writes that met a fault of any kind.
    pub(crate) disturbed: HashSet<Uuid>,
    /// How often each write was sent.
    pub(crate) sent: HashMap<Uuid, u32>,
    /// Writes by target in the order in which each was sent first.
    pub(crate) first_sent: HashMap<WriteTarget, Vec<Uuid>>,
    /// What the client did that it must never do.
    pub(crate) sins: Vec<String>,
    /// What happened, for whoever replays a seed.
    pub(crate) log: Vec<String>,
    pub(crate) logging: bool,
    under_way: BTreeSet<WriteTarget>,
    bodies: HashMap<Uuid, Write>,
    rows: Vec<Row>,
    late: Vec<Late>,
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
            applied: HashMap::new(),
            doubled: HashSet::new(),
            disturbed: HashSet::new(),
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

    fn act(&mut self, write: &Write, visible_at: i64) -> Result<OperationOutcome, BackendError> {
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

    fn arrive(&mut self, write: &Write) {
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
        let state = self.state_on_disk(key);
        if state.as_deref() != Some("sent") {
            self.sins.push(format!("{key} was sent while the disk said {state:?}"));
        }
    }

    fn state_on_disk(&mut self, key: Uuid) -> Option<String> {
        let mut statement = self.disk().prepare_cached("SELECT state FROM writes WHERE key = ?1").unwrap();
        statement.query_row([key.as_bytes()], |row| row.get(0)).ok()
    }

    /// Whether the outbox has kept any of the server's dates.
    pub(crate) fn time_on_disk(&mut self) -> bool {
        let mut statement =
            self.disk().prepare_cached("SELECT server_reached IS NOT NULL FROM outbox").unwrap();
        statement.query_row([], |row| row.get(0)).unwrap()
    }

    fn disk(&mut self) -> &rusqlite::Connection {
        self.disk.get_or_insert_with(|| rusqlite::Connection::open(&self.outbox).unwrap())
    }

    fn history(&self, account: AccountId, period: Period) -> Vec<Transaction> {
        let (from, to) = (period.from.as_millisecond(), period.to.as_millisecond());
        let mine = self.rows.iter().filter(|row| {
            row.write.target() == WriteTarget::Account(account)
                && row.visible_at <= self.now
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
            venue_code: numbers.then_some(check.rest_code),
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

/// The server as one process reaches it.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) world: Arc<Mutex<World>>,
    pub(crate) process: Arc<Process>,
}

/// The clock of the integrator's machine.
pub(crate) struct MachineClock(pub Arc<Mutex<World>>);

impl std::fmt::Debug for MachineClock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MachineClock")
    }
}

impl Clock for MachineClock {
    fn now(&self) -> Timestamp {
        let world = self.0.lock().unwrap();
        Timestamp::from_millisecond(world.now + world.offset).unwrap()
    }
}

/// What the network does with a request, and what the client hears of it.
enum Fate {
    Answered(Result<OperationOutcome, BackendError>),
    Dies,
}

impl Server {
    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    /// The date of a reply, cut to the second.
    fn dated(&self, world: &World) {
        let mut reached = self.process.reached.lock().unwrap();
        let date = Timestamp::from_second(world.now.div_euclid(1000)).unwrap();
        *reached = Some(reached.map_or(date, |reached| reached.max(date)));
    }

    pub(crate) fn server_time(&self) -> Option<Timestamp> {
        *self.process.reached.lock().unwrap()
    }

    async fn interlude(&self) {
        let interlude = self.world().interlude.take();
        if let Some(interlude) = interlude {
            interlude.await;
        }
    }

    /// Takes a request from a client that lives; as far as anybody can know, a dead one has sent its request too.
    fn arrives(&self, write: &Write) -> bool {
        let mut world = self.world();
        world.arrive(write);
        let dead = self.process.dead.load(Ordering::Relaxed);
        if dead {
            world.disturbed.insert(write.key());
            world.under_way.remove(&write.target());
        }
        !dead
    }

    pub(crate) async fn write(&self, write: Write) -> Result<OperationOutcome, BackendError> {
        if !self.arrives(&write) {
            return pending().await;
        }
        self.interlude().await;
        let fate = {
            let mut world = self.world();
            let fate = self.fate(&mut world, &write);
            world.under_way.remove(&write.target());
            fate
        };
        match fate {
            Fate::Answered(answer) => answer,
            Fate::Dies => self.die().await,
        }
    }

    async fn die<T>(&self) -> T {
        self.process.dead.store(true, Ordering::Relaxed);
        self.process.death.notify_one();
        pending().await
    }

    fn fate(&self, world: &mut World, write: &Write) -> Fate {
        let latency = world.random.between(20, 800);
        world.pass(latency);
        let soon = world.now + world.random.between(0, 8 * MINUTE);
        if !world.random.percent(world.weather.faults) {
            world.note(|| format!("{} arrives", write.key()));
            let answer = world.act(write, if world.random.clone().percent(20) { soon } else { world.now });
            self.dated(world);
            return Fate::Answered(answer);
        }
        world.disturbed.insert(write.key());
        self.disturbed(world, write, soon)
    }

    fn disturbed(&self, world: &mut World, write: &Write, soon: i64) -> Fate {
        let key = write.key();
        let unknown = Fate::Answered(Err(BackendError::OutcomeUnknown));
        match world.random.between(0, 14) {
            0 => {
                world.note(|| format!("{key} finds nobody"));
                Fate::Answered(Err(BackendError::Offline))
            }
            1 | 2 => {
                world.note(|| format!("{key} is lost"));
                world.pass(TIMEOUT);
                unknown
            }
            3 | 4 => {
                world.note(|| format!("the reply to {key} is lost"));
                let _ = world.act(write, soon);
                world.pass(TIMEOUT);
                unknown
            }
            5 | 6 => {
                let delay = world.random.between(TIMEOUT, 6 * MINUTE);
                world.note(|| format!("{key} is delayed by {delay} ms"));
                self.later(world, write, delay);
                world.pass(TIMEOUT);
                unknown
            }
            7 => {
                world.note(|| format!("5xx before {key}"));
                self.dated(world);
                unknown
            }
            8 => {
                world.note(|| format!("5xx after {key}"));
                let _ = world.act(write, soon);
                self.dated(world);
                unknown
            }
            9 => {
                let seconds = world.random.between(1, 400);
                world.note(|| format!("429 for {key}, {seconds} s"));
                self.dated(world);
                let retry_after = Some(Duration::from_secs(seconds.unsigned_abs()));
                Fate::Answered(Err(BackendError::RateLimited { retry_after }))
            }
            10 if world.weather.twice => self.twice(world, write, soon),
            11 if world.weather.late => {
                let delay = world.random.between(16 * MINUTE, 11 * HOUR);
                world.note(|| format!("{key} is late by {delay} ms"));
                self.later(world, write, delay);
                world.pass(TIMEOUT);
                unknown
            }
            12 | 13 if world.weather.crashes => {
                let applied = world.random.percent(50);
                world.note(|| format!("the process dies with {key} under way, applied: {applied}"));
                if applied {
                    let _ = world.act(write, soon);
                }
                Fate::Dies
            }
            _ => {
                world.note(|| format!("401 for {key}"));
                self.dated(world);
                Fate::Answered(Err(BackendError::Unauthorized))
            }
        }
    }

    fn later(&self, world: &mut World, write: &Write, delay: i64) {
        let acts_at = world.now + delay;
        let hidden = if world.weather.late && world.random.percent(30) { 10 * HOUR } else { 8 * MINUTE };
        let visible_at = acts_at + world.random.between(0, hidden);
        world.late.push(Late { write: write.clone(), acts_at, visible_at });
    }

    fn twice(&self, world: &mut World, write: &Write, soon: i64) -> Fate {
        world.note(|| format!("{} is delivered twice", write.key()));
        world.doubled.insert(write.key());
        let first = world.act(write, soon);
        let answer = match world.random.between(0, 4) {
            0 => {
                self.later(world, write, TIMEOUT);
                first
            }
            1 => {
                let _ = world.act(write, soon);
                world.pass(TIMEOUT);
                return Fate::Answered(Err(BackendError::OutcomeUnknown));
            }
            2 => {
                // The second delivery is refused, and it is its answer that the client gets.
                self.dated(world);
                return Fate::Answered(Err(BackendError::RateLimited { retry_after: None }));
            }
            _ => world.act(write, soon),
        };
        self.dated(world);
        Fate::Answered(answer)
    }

    pub(crate) async fn read(
        &self,
        account: AccountId,
        period: Period,
    ) -> Result<Vec<Transaction>, BackendError> {
        self.interlude().await;
        {
            let mut world = self.world();
            let latency = world.random.between(20, 800);
            world.pass(latency);
            let faults = world.weather.faults / 3;
            if !world.random.percent(faults) {
                self.dated(&world);
                return Ok(world.history(account, period));
            }
            match world.random.between(0, 4) {
                0 => return Err(BackendError::Offline),
                1 => {
                    world.pass(TIMEOUT);
                    return Err(BackendError::Timeout);
                }
                2 if world.weather.crashes => {}
                _ => {
                    self.dated(&world);
                    return Err(BackendError::Unavailable { retry_after: None });
                }
            }
        }
        self.world().note(|| "the process dies while it reads".to_owned());
        self.die().await
    }
}

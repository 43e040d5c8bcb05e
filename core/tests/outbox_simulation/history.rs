//! One random history: an integrator's processes write money through a bad network for a while, then the weather
//! clears, and what the outbox says is compared with what the server did.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use loyalty_core::ErrorCode;
use loyalty_core::domain::{
    Bonus, ExternalCheck, GroupOperation, Money, Patience, Refill, Withdrawal, Write, WriteRecord,
    WriteState, WriteTarget,
};
use loyalty_core::operator::{CheckDraft, Handed, Operator, OutboxOptions, SettleScope, WriteFilter};
use loyalty_core::ports::Clock;
use loyalty_core::system::SystemIds;
use uuid::Uuid;

use crate::backend::GROUP;
use crate::deed::{Client, Deed, alive, perform};
use crate::plan::{Bug, Plan};
use crate::random::Random;
use crate::server::{MachineClock, Process, Server};
use crate::verdict::Tally;
use crate::world::{ACCOUNTS, HOUR, MINUTE, World};

struct Running {
    client: Client,
    process: Arc<Process>,
}

pub(crate) struct History {
    pub(crate) world: Arc<Mutex<World>>,
    random: Random,
    pub(crate) plan: Plan,
    outbox: PathBuf,
    patience: Patience,
    bug: Option<Bug>,
    running: Vec<Running>,
    /// What was taken into the outbox.
    pub(crate) intents: HashMap<Uuid, Write>,
    pub(crate) keys: Vec<Uuid>,
    /// Writes that a person has had sent again without proof.
    pub(crate) insisted: HashSet<Uuid>,
    /// Writes that are or begin as unknown because the outbox was damaged.
    pub(crate) recovered: HashSet<Uuid>,
    /// The outbox was damaged at some time.
    pub(crate) was_lost: bool,
    /// How many writes of each group operation damage has taken.
    lost_parts: BTreeMap<Uuid, u64>,
}

/// Makes an outbox with nothing in it.
pub(crate) async fn make_outbox(path: &Path) {
    let mut random = Random::new(0);
    let plan = Plan::draw(&mut random);
    let world = World::new(random.clone(), plan.weather, path);
    let running = History::new(random, plan, world, path, None).start();
    assert!(running.client.list(WriteFilter::All, 1).await.unwrap().is_empty());
}

/// Runs a history on an empty outbox; the error says what was violated.
pub(crate) async fn run(seed: u64, outbox: &Path, bug: Option<Bug>, logging: bool) -> Result<Tally, String> {
    let mut random = Random::new(seed);
    let plan = Plan::draw(&mut random);
    let mut world = World::new(random.clone(), plan.weather, outbox);
    world.logging = logging;
    world.note(|| format!("{plan:?}"));
    let mut history = History::new(random, plan, world, outbox, bug);
    let result = history.play().await;
    if logging {
        history.world.lock().unwrap().log.iter().for_each(|line| eprintln!("{line}"));
    }
    result
}

impl History {
    fn new(random: Random, plan: Plan, world: World, outbox: &Path, bug: Option<Bug>) -> Self {
        Self {
            world: Arc::new(Mutex::new(world)),
            random,
            plan,
            outbox: outbox.to_owned(),
            patience: Patience::USUAL,
            bug,
            running: Vec::new(),
            intents: HashMap::new(),
            keys: Vec::new(),
            insisted: HashSet::new(),
            recovered: HashSet::new(),
            was_lost: false,
            lost_parts: BTreeMap::new(),
        }
    }

    async fn play(&mut self) -> Result<Tally, String> {
        self.plant();
        for _ in 0..self.plan.processes {
            let running = self.start();
            self.running.push(running);
        }
        self.plant_rows();
        for _ in 0..self.plan.steps {
            self.step().await;
        }
        self.clear_up().await;
        self.judge().await
    }

    fn start(&self) -> Running {
        let process = Arc::new(Process::default());
        let server = Server { world: Arc::clone(&self.world), process: Arc::clone(&process) };
        let clock: Arc<dyn Clock> = Arc::new(MachineClock(Arc::clone(&self.world)));
        let options = OutboxOptions {
            patience: self.patience,
            concurrency: self.plan.concurrency,
            ..OutboxOptions::at(&self.outbox, "model")
        };
        let client = Operator::new(server, clock, Arc::new(SystemIds), GROUP, options);
        Running { client: Arc::new(client), process }
    }

    async fn step(&mut self) {
        let which = (self.random.next() as usize) % self.running.len();
        match self.random.between(0, 100) {
            0..40 => self.hand_in_new(which).await,
            40..48 => self.repeat(which).await,
            48..52 => self.contradict(which).await,
            52..64 => self.act(which, Deed::Send).await,
            64..76 => self.act(which, Deed::Settle(SettleScope::Due)).await,
            76..82 => self.act(which, Deed::Settle(SettleScope::Unknown)).await,
            82..84 => self.group(which).await,
            84..88 => self.restart(which),
            88..91 if self.plan.clock_jumps => {
                let offset = self.random.between(-72 * HOUR, 72 * HOUR);
                let mut world = self.world.lock().unwrap();
                world.note(|| format!("the clock jumps to {offset} ms"));
                world.offset = offset;
            }
            91..94 if self.plan.weather.blocking => {
                let mut world = self.world.lock().unwrap();
                world.blocked = !world.blocked;
                let blocked = world.blocked;
                world.note(|| format!("blocked: {blocked}"));
            }
            94..96 if !self.plan.is_calm() => self.insist(which).await,
            96..98 => self.forget(which).await,
            98 if self.random.percent(50) => self.lose(which).await,
            _ => {
                let span = *self.random.one_of(&[30_000, 5 * MINUTE, 16 * MINUTE, 2 * HOUR]);
                self.pass(span);
            }
        }
    }

    fn pass(&self, span: i64) {
        let mut world = self.world.lock().unwrap();
        world.note(|| format!("{span} ms pass"));
        world.pass(span);
    }

    async fn hand_in_new(&mut self, which: usize) {
        let write = self.draw();
        self.hand_in(which, write).await;
        if self.random.percent(80) {
            self.act(which, Deed::Send).await;
        }
        if self.random.percent(12) {
            self.fret(which).await;
        }
    }

    fn draw(&mut self) -> Write {
        let key = Uuid::from_u64_pair(self.random.next(), self.random.next());
        let account_id = *self.random.one_of(&ACCOUNTS);
        let sum = Bonus::from_hundredths(self.random.between(1, 10_000));
        match self.random.between(0, 10) {
            0..4 => Write::Refill(Refill { account_id, sum, comment: Some("gift".into()), key }),
            4..6 => Write::Withdraw(Withdrawal { account_id, sum, comment: None, key }),
            6 => Write::RefillGroup(GroupOperation { group_id: GROUP, sum, comment: None, key }),
            _ => {
                let bonuses = self.random.between(0, 4);
                let draft = CheckDraft {
                    venue_code: self.random.between(1, 3),
                    workplace: 1,
                    external_check: format!("N{}", self.random.next()),
                    account_id,
                    bonus_spent: if bonuses == 1 { sum } else { Bonus::ZERO },
                    discount: Money::ZERO,
                    bonus_accrued: if bonuses > 0 { sum } else { Bonus::ZERO },
                    money_spent: Money::from_hundredths(5_000),
                    data: None,
                };
                Write::RegisterCheck(draft.keyed(None))
            }
        }
    }

    async fn hand_in(&mut self, which: usize, write: Write) {
        let handed = self.running[which].client.hand_in(vec![write.clone()]).await.unwrap();
        assert!(matches!(handed.as_slice(), [Handed::New | Handed::Known(_)]), "{handed:?}");
        self.world
            .lock()
            .unwrap()
            .note(|| format!("{} {} for {:?}", write.method().as_str(), write.key(), write.target()));
        self.intend(write);
    }

    fn intend(&mut self, write: Write) {
        let key = write.key();
        if self.intents.insert(key, write).is_none() {
            self.keys.push(key);
            if self.was_lost {
                // As far as the outbox knows, it may have been among what was lost.
                self.recovered.insert(key);
                self.world.lock().unwrap().disturbed.insert(key);
            }
        }
    }

    /// An impatient caller asks again with the same key.
    async fn repeat(&mut self, which: usize) {
        if self.keys.is_empty() {
            return;
        }
        let write = self.intents[self.random.one_of(&self.keys)].clone();
        if self.plan.processes == 1 {
            self.act(which, Deed::Write(write)).await;
        } else {
            self.hand_in(which, write).await;
            self.act(which, Deed::Send).await;
        }
    }

    /// A person asks again and again what became of it.
    async fn fret(&mut self, which: usize) {
        let pause = *self.random.one_of(&[30_000, 30_000, 6 * MINUTE]);
        for span in [30_000, pause, 30_000] {
            self.act(which, Deed::Settle(SettleScope::Unknown)).await;
            self.pass(span);
        }
        self.act(which, Deed::Settle(SettleScope::Unknown)).await;
    }

    /// A person has a write sent again whose outcome is unknown.
    async fn insist(&mut self, which: usize) {
        let unknown = self.list(WriteFilter::State(WriteState::Unknown)).await;
        if unknown.is_empty() {
            return;
        }
        let key = self.random.one_of(&unknown).key;
        self.insisted.insert(key);
        self.act(which, Deed::Resend(key)).await;
    }

    /// A person takes a write off the list.
    async fn forget(&mut self, which: usize) {
        if self.keys.is_empty() {
            return;
        }
        let key = *self.random.one_of(&self.keys);
        self.act(which, Deed::Forget(key)).await;
    }

    /// The outbox is found damaged, with some rows gone without a trace; a person has the rest recovered, and the
    /// callers ask again for what is lost. Who had the old file open can do nothing with it.
    async fn lose(&mut self, which: usize) {
        for running in &self.running {
            running.client.list(WriteFilter::Open, 1).await.unwrap();
        }
        let (kept, lost): (Vec<_>, Vec<_>) = self
            .list(WriteFilter::All)
            .await
            .into_iter()
            .partition(|record| record.closed || self.random.percent(70));
        {
            let mut world = self.world.lock().unwrap();
            world.note(|| format!("the outbox is damaged, {} rows are lost", lost.len()));
            // Those that were not settled are unknown now, and so is what is lost.
            let unsettled = kept.iter().filter(|record| !record.state.is_settled());
            self.recovered.extend(unsettled.chain(&lost).map(|record| record.key));
            world.disturbed.extend(&self.recovered);
            world.damage(&lost.iter().map(|record| record.key).collect::<Vec<_>>());
        }
        self.was_lost = true;
        let other = self.draw();
        let refused =
            async |running: &Running| running.client.hand_in(vec![other.clone()]).await.unwrap_err().code();
        assert_eq!(refused(&self.running[which]).await, ErrorCode::OutboxLost);
        let recoverer = self.start();
        let salvage = recoverer.client.recover().await.unwrap().expect("it is damaged");
        assert_eq!(salvage.settled + salvage.unsettled.len() as u64, kept.len() as u64);
        for group in lost.iter().filter_map(|record| record.group_key) {
            *self.lost_parts.entry(group).or_default() += 1;
        }
        let told: BTreeMap<_, _> = salvage.lost_parts.iter().map(|group| (group.key, group.lost)).collect();
        assert_eq!(told, self.lost_parts);
        for which in 0..self.running.len() {
            assert_ne!(refused(&self.running[which]).await, ErrorCode::Internal);
            self.restart(which);
        }
        for record in lost {
            let write = self.intents[&record.key].clone();
            self.hand_in(which, write).await;
        }
    }

    /// Somebody uses a key for something else, or another key for a purchase.
    async fn contradict(&mut self, which: usize) {
        if self.keys.is_empty() {
            return;
        }
        let (other, code) = match self.intents[self.random.one_of(&self.keys)].clone() {
            Write::RegisterCheck(check) => {
                let key = loyalty_core::domain::CheckKey(Uuid::from_u128(1));
                (Write::RegisterCheck(ExternalCheck { key, ..check }), ErrorCode::PurchaseKnown)
            }
            Write::Refill(refill) => {
                let sum = Bonus::from_hundredths(refill.sum.hundredths() + 1);
                (Write::Refill(Refill { sum, ..refill }), ErrorCode::KeyReused)
            }
            Write::RefillGroup(operation) => {
                let expanded = self.running[which].client.refill_group(&operation).await.unwrap_err();
                assert_eq!(expanded.code(), ErrorCode::KeyReused, "the same as one write an account");
                return;
            }
            _ => return,
        };
        let handed = self.running[which].client.hand_in(vec![other]).await.unwrap();
        let refused = matches!(handed.as_slice(), [Handed::Refused(error)] if error.code() == code);
        assert!(refused, "{handed:?} instead of {code:?}");
    }

    async fn group(&mut self, which: usize) {
        let sum = Bonus::from_hundredths(self.random.between(1, 100));
        let key = Uuid::from_u64_pair(self.random.next(), self.random.next());
        let operation = GroupOperation { group_id: GROUP, sum, comment: None, key };
        self.act(which, Deed::Group(operation.clone())).await;
        let parts = self.list(WriteFilter::Group(key)).await;
        if !parts.is_empty() {
            let native = Write::RefillGroup(operation);
            let handed = self.running[which].client.hand_in(vec![native]).await.unwrap();
            let refused =
                matches!(handed.as_slice(), [Handed::Refused(error)] if error.code() == ErrorCode::KeyReused);
            assert!(refused, "{handed:?}");
        }
        for part in parts {
            let WriteTarget::Account(account_id) = part.target else { continue };
            self.intend(Write::Refill(Refill { account_id, sum, comment: None, key: part.key }));
        }
    }

    /// One process does something; while its request is under way the other one may do something as well, or a person
    /// may forget a write.
    async fn act(&mut self, which: usize, deed: Deed) {
        let mut other_died = None;
        if self.is_sequential() && !self.keys.is_empty() && self.random.percent(10) {
            let key = *self.random.one_of(&self.keys);
            let client = Arc::clone(&self.running[which].client);
            let world = Arc::clone(&self.world);
            let interlude = async move { perform(&client, &world, Deed::Forget(key)).await };
            self.world.lock().unwrap().interlude = Some(Box::pin(interlude));
        } else if self.plan.processes == 2 && self.random.percent(60) {
            let other = 1 - which;
            let deed = if self.random.percent(50) { Deed::Send } else { Deed::Settle(SettleScope::Due) };
            let Running { client, process } = &self.running[other];
            let (client, process, died) =
                (Arc::clone(client), Arc::clone(process), Arc::new(Mutex::new(false)));
            other_died = Some((other, Arc::clone(&died)));
            let world = Arc::clone(&self.world);
            let interlude =
                async move { *died.lock().unwrap() = !alive(&client, &process, &world, deed).await };
            self.world.lock().unwrap().interlude = Some(Box::pin(interlude));
        }
        let Running { client, process } = &self.running[which];
        let survived = alive(client, process, &self.world, deed).await;
        self.world.lock().unwrap().interlude = None;
        self.drop_what_is_gone().await;
        if !survived {
            self.restart(which);
        }
        if let Some((other, died)) = other_died
            && *died.lock().unwrap()
        {
            self.restart(other);
        }
    }

    /// A write that was certainly not applied is removed when it is forgotten.
    async fn drop_what_is_gone(&mut self) {
        let mut gone = std::mem::take(&mut self.world.lock().unwrap().forgotten_just_now);
        if gone.is_empty() {
            return;
        }
        let kept: HashSet<_> = self.list(WriteFilter::All).await.iter().map(|record| record.key).collect();
        gone.retain(|key| !kept.contains(key));
        self.keys.retain(|key| !gone.contains(key));
        let world = self.world.lock().unwrap();
        for key in gone {
            let applied = world.applied.contains_key(&key) && !world.doubled.contains(&key);
            assert!(!applied, "{key} was applied and has left no trace");
        }
    }

    /// Whether at most one request is under way, so that what happens meanwhile replays.
    fn is_sequential(&self) -> bool {
        self.plan.concurrency.get() == 1
    }

    fn restart(&mut self, which: usize) {
        self.world.lock().unwrap().note(|| format!("process {which} starts again"));
        self.running[which] = self.start();
        if self.bug == Some(Bug::SendBeforeWrite) {
            let disk = rusqlite::Connection::open(&self.outbox).unwrap();
            disk.execute("UPDATE writes SET state = 'prepared' WHERE state = 'sent'", []).unwrap();
        }
    }

    fn plant(&mut self) {
        if self.bug == Some(Bug::NoPatience) {
            let none = jiff::SignedDuration::ZERO;
            self.patience = Patience { settle_after: none, between_looks: none, ..Patience::USUAL };
        }
    }

    fn plant_rows(&self) {
        if self.bug == Some(Bug::AbsenceIsProof) {
            let disk = rusqlite::Connection::open(&self.outbox).unwrap();
            let far = i64::MAX / 2;
            let methods = "VALUES ('refill', ?1), ('withdraw', ?1), ('register_check', ?1)";
            disk.execute(&format!("INSERT INTO echoes (method, shown_at) {methods}"), [far]).unwrap();
        }
    }

    /// The weather clears, and everything that may still happen happens.
    async fn clear_up(&mut self) {
        {
            let mut world = self.world.lock().unwrap();
            world.weather.faults = 0;
            world.note(|| "the weather clears".to_owned());
        }
        for span in [10 * MINUTE, 17 * MINUTE, 17 * MINUTE, 13 * HOUR, 25 * HOUR, 25 * HOUR] {
            self.pass(span);
            for which in 0..self.running.len() {
                self.act(which, Deed::Settle(SettleScope::Due)).await;
            }
        }
    }

    pub(crate) async fn list(&self, filter: WriteFilter) -> Vec<WriteRecord> {
        self.running[0].client.list(filter, u32::MAX).await.unwrap()
    }
}

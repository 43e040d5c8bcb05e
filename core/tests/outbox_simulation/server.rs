//! The way to the server: a network that fails in every way there is, and processes that die.

use std::future::pending;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use jiff::Timestamp;
use loyalty_core::ErrorCode;
use loyalty_core::backend::BackendError;
use loyalty_core::domain::{AccountId, OperationOutcome, Period, Transaction, Write};
use loyalty_core::ports::Clock;
use tokio::sync::Notify;

use crate::world::{HOUR, Late, MINUTE, World};

/// Writes without an answer are given up after this.
const TIMEOUT: i64 = 20_000;

/// A process of the integrator: it can die, and what it knows of the server's time dies with it.
#[derive(Debug, Default)]
pub(crate) struct Process {
    pub(crate) death: Notify,
    dead: AtomicBool,
    reached: Mutex<Option<Timestamp>>,
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
        if world.random.percent(25) {
            return Fate::Answered(Err(self.unsent(world, write)));
        }
        world.disturbed.insert(write.key());
        self.disturbed(world, write, soon)
    }

    /// What keeps a write from leaving, or has the server refuse to look at it. None of it may leave a doubt.
    fn unsent(&self, world: &mut World, write: &Write) -> BackendError {
        let key = write.key();
        let error = match world.random.between(0, 7) {
            0 => return BackendError::Offline,
            1 => {
                let seconds = world.random.between(1, 400).unsigned_abs();
                BackendError::RateLimited { retry_after: Some(Duration::from_secs(seconds)) }
            }
            2 => BackendError::Unauthorized,
            // The rest is met while a token is renewed.
            3 => {
                world.pass(TIMEOUT);
                return BackendError::Timeout;
            }
            4 => return BackendError::Cut,
            5 => BackendError::Unavailable { retry_after: None },
            _ => {
                let (code, path) = (ErrorCode::ReplyMalformed, "auth/refresh_token".to_owned());
                BackendError::Reply { code, path, field: String::new() }
            }
        };
        world.note(|| format!("{key} is not sent: {error}"));
        self.dated(world);
        error
    }

    fn disturbed(&self, world: &mut World, write: &Write, soon: i64) -> Fate {
        let key = write.key();
        let unknown = Fate::Answered(Err(BackendError::OutcomeUnknown));
        match world.random.between(0, 12) {
            2 | 3 => {
                world.note(|| format!("the reply to {key} is lost"));
                let _ = world.act(write, soon);
                world.pass(TIMEOUT);
                unknown
            }
            4 | 5 => {
                let delay = world.random.between(TIMEOUT, 6 * MINUTE);
                world.note(|| format!("{key} is delayed by {delay} ms"));
                self.later(world, write, delay);
                world.pass(TIMEOUT);
                unknown
            }
            6 => {
                world.note(|| format!("5xx before {key}"));
                self.dated(world);
                unknown
            }
            7 => {
                world.note(|| format!("5xx after {key}"));
                let _ = world.act(write, soon);
                self.dated(world);
                unknown
            }
            8 if world.weather.twice => self.twice(world, write, soon),
            9 if world.weather.late => {
                let delay = world.random.between(16 * MINUTE, 11 * HOUR);
                world.note(|| format!("{key} is late by {delay} ms"));
                self.later(world, write, delay);
                world.pass(TIMEOUT);
                unknown
            }
            10 | 11 if world.weather.crashes => {
                let applied = world.random.percent(50);
                world.note(|| format!("the process dies with {key} under way, applied: {applied}"));
                if applied {
                    let _ = world.act(write, soon);
                }
                Fate::Dies
            }
            _ => {
                world.note(|| format!("{key} is lost"));
                world.pass(TIMEOUT);
                unknown
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
                world.lagged = false;
                return Ok(world.history(account, period, world.now));
            }
            match world.random.between(0, 6) {
                4 | 5 if !world.lagged => {
                    world.lagged = true;
                    self.dated(&world);
                    return Ok(world.history(account, period, world.now - 16 * MINUTE));
                }
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

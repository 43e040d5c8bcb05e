//! What happens behind the reply: looking for the guest, watching the budget, sending.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use loyalty_core::backend::probonus::ProBonus;
use loyalty_core::backend::{BackendError, GuestBackend};
use loyalty_core::ports::Clock;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;

use super::{Delivery, Message};
use crate::gateway::{FAREWELL, Tally};
use crate::options::GatewayOptions;
use crate::state::{CodeHash, State, StateError};

/// Codes that wait at most; more are not taken.
const QUEUE: usize = 256;
/// Codes on their way at a time.
const AT_ONCE: usize = 16;
/// A delivery that takes longer is given up: the code has expired, or the guest has asked again.
const LONGEST: Duration = Duration::from_secs(120);

/// Takes codes and sees to it that they are sent.
pub(crate) struct Courier {
    queue: Mutex<Option<mpsc::Sender<Parcel>>>,
    dispatcher: Mutex<Option<JoinHandle<()>>>,
}

impl fmt::Debug for Courier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Courier")
    }
}

/// A code to be sent, and how it is kept.
pub(crate) struct Parcel {
    pub(crate) message: Message,
    pub(crate) whose: CodeHash,
    pub(crate) code: CodeHash,
    /// Whether it was asked for at a kiosk.
    pub(crate) at_kiosk: bool,
}

/// A place in the queue.
pub(crate) struct Place(mpsc::OwnedPermit<Parcel>);

impl Place {
    pub(crate) fn send(self, parcel: Parcel) {
        self.0.send(parcel);
    }
}

/// What a delivery needs.
struct Rounds {
    delivery: Arc<dyn Delivery>,
    probonus: ProBonus,
    state: State,
    clock: Arc<dyn Clock>,
    tally: Arc<Tally>,
    registration: bool,
    daily_budget: u32,
}

impl Courier {
    pub(crate) fn start(
        delivery: Arc<dyn Delivery>,
        probonus: ProBonus,
        state: State,
        clock: Arc<dyn Clock>,
        tally: Arc<Tally>,
        options: &GatewayOptions,
    ) -> Self {
        let rounds = Rounds {
            delivery,
            probonus,
            state,
            clock,
            tally,
            registration: options.registration,
            daily_budget: options.delivery.daily_budget,
        };
        let (queue, waiting) = mpsc::channel(QUEUE);
        let dispatcher = tokio::spawn(dispatch(Arc::new(rounds), waiting));
        Self { queue: Mutex::new(Some(queue)), dispatcher: Mutex::new(Some(dispatcher)) }
    }

    /// A place for a code; `None` when too many wait, or none is taken any more.
    pub(crate) fn place(&self) -> Option<Place> {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner).clone();
        queue?.try_reserve_owned().ok().map(Place)
    }

    /// How many codes wait.
    pub(crate) fn waiting(&self) -> u64 {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.as_ref().map_or(0, |queue| (queue.max_capacity() - queue.capacity()) as u64)
    }

    /// Takes no more, and waits for what is on its way.
    pub(crate) async fn close(&self) {
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        let dispatcher = self.dispatcher.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(dispatcher) = dispatcher
            && tokio::time::timeout(FAREWELL, dispatcher).await.is_err()
        {
            tracing::warn!("codes were still on their way when the gateway stopped");
        }
    }
}

/// Sends what comes, several at a time, until nobody can send any more and the last is through.
async fn dispatch(rounds: Arc<Rounds>, mut waiting: mpsc::Receiver<Parcel>) {
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let Ok(turn) = Arc::clone(&turns).acquire_owned().await else { return };
        let Some(parcel) = waiting.recv().await else { break };
        let rounds = Arc::clone(&rounds);
        tokio::spawn(async move {
            if tokio::time::timeout(LONGEST, rounds.go(&parcel)).await.is_err() {
                Tally::count(&rounds.tally.codes_failed);
                tracing::warn!("a code was not delivered in time");
            }
            drop(turn);
        });
    }
    // The loop held one turn when the queue ended; with all of them nothing is on its way.
    let _all = turns.acquire_many(AT_ONCE as u32).await;
}

impl Rounds {
    async fn go(&self, Parcel { message, whose, code, at_kiosk }: &Parcel) {
        if !self.is_wanted(message).await {
            return;
        }
        match self.spend(message, *at_kiosk).await {
            Ok(true) => {}
            Ok(false) => {
                Tally::count(&self.tally.codes_failed);
                tracing::error!("the day's budget of codes is spent, or the part of it that is for anybody");
                return;
            }
            Err(error) => {
                Tally::count(&self.tally.codes_failed);
                tracing::error!(%error, "the budget could not be asked");
                return;
            }
        }
        // Before it is sent, or whoever is quick would be told that it is wrong.
        if let Err(error) = self.state.wake_code(*whose, *code).await {
            Tally::count(&self.tally.codes_failed);
            tracing::error!(%error, "a code could not be let in");
            return;
        }
        match self.delivery.deliver(message).await {
            Ok(()) => Tally::count(&self.tally.codes_delivered),
            Err(error) => {
                Tally::count(&self.tally.codes_failed);
                tracing::error!(%error, "a code was not delivered");
            }
        }
    }

    /// Takes a code for this phone from the day's budget. Half of it is kept for known guests, and a fifth of the other
    /// half for kiosks: whoever makes up phones must not keep either from signing in until tomorrow.
    async fn spend(&self, message: &Message, at_kiosk: bool) -> Result<bool, StateError> {
        let (all, now) = (self.daily_budget, self.clock.now());
        let here_too = all - all / 2;
        let anybodys = if at_kiosk { here_too } else { here_too - here_too / 5 };
        if self.state.spend("codes", anybodys, now).await? {
            return Ok(true);
        }
        Ok(self.is_known(message).await? && self.state.spend("codes", all, now).await?)
    }

    async fn is_known(&self, message: &Message) -> Result<bool, StateError> {
        Ok(self.state.has_session(message.phone).await?
            || self.probonus.guest(message.phone).account().await.is_ok())
    }

    /// Whether somebody could do something with the code. Where nobody can register, a phone without an account gets
    /// none; when ProBonus cannot say, everybody does.
    async fn is_wanted(&self, message: &Message) -> bool {
        self.registration
            || !matches!(self.probonus.guest(message.phone).account().await, Err(BackendError::GuestNotFound))
    }
}

//! From the outbox to the server: who sends, in which order, and what an answer means.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use jiff::SignedDuration;
use uuid::Uuid;

use super::Operator;
use super::queue::{OfTheirOwn, Queue};
use crate::backend::{BackendError, OperatorBackend};
use crate::domain::{
    GroupOutcome, OperationOutcome, Refusal, RefusalKind, Write, WriteRecord, WriteState, WriteTarget,
};
use crate::error::LoyaltyError;
use crate::error_code::ErrorCode;
use crate::store::outbox::{Answer, Attempted, Claimed, Outbox, Placed, SendLock};

/// How often a write that waits for another process's turn looks again, and how many times.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
const LOOKS: u32 = 600;
/// So many waiting writes are taken into memory at once.
const BATCH: u32 = 10_000;
/// How long a write waits after the server could not be reached, or refused everybody.
const AFTER_FAILURE: SignedDuration = SignedDuration::from_secs(30);

/// The right to send, from when it was taken until the last clone is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    _lock: SendLock,
}

/// Which of the waiting writes to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SendScope {
    /// Those whose time has come.
    Due,
    /// All, now: a person or a program has asked.
    All,
    /// All to one target, now.
    To(WriteTarget),
}

/// What a run through the waiting writes did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SendReport {
    /// How many requests were made.
    pub sent: u64,
    /// Why not all were sent. Where the next would have met the same, it stopped; a right that the token lacks for
    /// some writes, or a method that is not there, stops only those. They stay prepared.
    pub stopped: Option<LoyaltyError>,
}

/// What became of a write that was handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handed {
    /// It is new, and waits to be sent.
    New,
    /// It is known: same key, same content.
    Known(Box<WriteRecord>),
    /// It cannot be taken, and nothing of it was kept.
    Refused(LoyaltyError),
}

/// Writes on their way. Those that nobody waits for any more when this is dropped are in doubt.
struct UnderWay {
    keys: Vec<Uuid>,
    abandoned: Arc<Mutex<Vec<Uuid>>>,
}

impl UnderWay {
    fn arrived(mut self) {
        self.keys.clear();
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.abandoned.lock().unwrap_or_else(PoisonError::into_inner).append(&mut self.keys);
    }
}

impl<B: OperatorBackend> Operator<B> {
    /// Writes money: keeps the write in the outbox, sends it if it is this process's turn, and tells what became of it.
    /// A write that is known already is not sent again; its stored outcome is told.
    ///
    /// # Errors
    /// - `InvalidInput`: nothing was kept and nothing sent.
    /// - `Conflict` with `key_reused` or `purchase_known`: nothing was kept.
    /// - `Storage`: nothing was sent, or, when the disk failed after that, the outcome is unknown; asking again with
    ///   the same key tells.
    /// - `Rejected`, `NotFound`, `Conflict`: the server said no.
    /// - `Conflict` with `applied_twice`: the server's books show it more than once.
    /// - `OutcomeUnknown`: no answer came, and the server's history does not show the write, yet.
    /// - any other: the write is kept and was not done. It will be sent by the next call with its key, by
    ///   [`Operator::send_prepared`] or by [`Operator::settle`], unless [`Operator::forget`] comes first.
    pub async fn write(&self, write: Write) -> Result<WriteRecord, LoyaltyError> {
        let (key, target) = (write.key(), write.target());
        match self.hand_in(vec![write]).await?.pop() {
            Some(Handed::New) => {}
            Some(Handed::Known(record)) if record.state.is_settled() || record.closed => {
                return told(*record);
            }
            Some(Handed::Known(_)) => {}
            Some(Handed::Refused(error)) => return Err(error),
            None => return Err(LoyaltyError::Internal),
        }
        self.sent_through(key, target).await
    }

    /// Sees a waiting write through to an answer, or to a look at the history if none comes.
    pub(super) async fn sent_through(
        &self,
        key: Uuid,
        target: WriteTarget,
    ) -> Result<WriteRecord, LoyaltyError> {
        self.wait_until_sent(key, target).await?;
        let record = self.show(key).await?;
        if record.state != WriteState::Unknown || record.closed {
            return told(record);
        }
        // Often only the answer was lost, and the history shows it.
        if let WriteTarget::Account(account) = target
            && let Some(turn) = self.take_turn().await?
        {
            // What matters is the write; that the look failed changes nothing about it.
            let _ = self.look_at(&turn, &[account]).await?;
        }
        told(self.show(key).await?)
    }

    /// Keeps writes in the outbox without sending them: all of them in one commit, so that handing in thousands is
    /// fast. Answers in the order of `writes`.
    ///
    /// # Errors
    /// `Storage`: nothing was kept. Only where the outbox was set aside at this very moment may they be among what is
    /// recovered from it.
    pub async fn hand_in(&self, writes: Vec<Write>) -> Result<Vec<Handed>, LoyaltyError> {
        let invalid: Vec<_> = writes.iter().map(|write| write.validate().err()).collect();
        let valid = writes.into_iter().zip(&invalid).filter_map(|(write, error)| match error {
            None => Some(write),
            Some(_) => None,
        });
        let placed = self.outbox().await?.place(valid.collect(), self.moment()).await?;
        let mut placed = placed.into_iter();
        let handed = invalid.into_iter().map(|error| match error {
            Some(error) => Some(Handed::Refused(error.into())),
            None => placed.next().map(handed),
        });
        handed.collect::<Option<_>>().ok_or(LoyaltyError::Internal)
    }

    /// Sends what waits in the outbox, whoever handed it in and however long it was to wait, and tells `on_answer` the
    /// key of each write that was sent and the state in which that left it. `None` when another process has the turn to
    /// send.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn send_prepared(
        &self,
        on_answer: impl FnMut(Uuid, WriteState) + Send,
    ) -> Result<Option<SendReport>, LoyaltyError> {
        let Some(turn) = self.take_turn().await? else { return Ok(None) };
        let report = self.drain(&turn, SendScope::All, on_answer).await?;
        self.tidy().await;
        Ok(Some(report))
    }

    /// Leaves nothing of what settled writes said. It waits for the disk, so it comes after a round and not after each
    /// write.
    pub(super) async fn tidy(&self) {
        let tidied = match self.outbox().await {
            Ok(outbox) => outbox.empty_log().await.map_err(LoyaltyError::from),
            Err(error) => Err(error),
        };
        // Everything is recorded; the next round empties the log as well.
        if let Err(error) = tidied {
            tracing::warn!(code = error.code().as_str(), "the outbox's log was not emptied");
        }
    }

    /// Waits until a write has been sent, by us or by whoever has the turn.
    async fn wait_until_sent(&self, key: Uuid, target: WriteTarget) -> Result<(), LoyaltyError> {
        for _ in 0..LOOKS {
            // Asked before the state is read, so that no answer in between is missed.
            let answered = self.answered.notified();
            if let Some(turn) = self.take_turn().await? {
                let report = self.drain(&turn, SendScope::To(target), |_, _| {}).await?;
                if let (WriteState::Prepared, Some(error)) = (self.show(key).await?.state, report.stopped) {
                    return Err(error);
                }
            }
            if !matches!(self.show(key).await?.state, WriteState::Prepared | WriteState::Sent) {
                return Ok(());
            }
            let _ = tokio::time::timeout(LOOK_AGAIN, answered).await;
        }
        Err(LoyaltyError::Timeout { code: ErrorCode::WriteQueued })
    }

    /// Takes the turn to send, or shares the one that this process has; `None` while another process has it.
    pub(super) async fn take_turn(&self) -> Result<Option<Arc<Turn>>, LoyaltyError> {
        let outbox = self.outbox().await?;
        let mut slot = self.turn.lock().await;
        if let Some(turn) = slot.upgrade() {
            let keys = std::mem::take(&mut *self.abandoned.lock().unwrap_or_else(PoisonError::into_inner));
            if !keys.is_empty() {
                // Put back when it fails: nobody else in this process would ever say so.
                let abandoning = self.under_way(keys.clone());
                outbox.abandon(keys, self.moment()).await?;
                abandoning.arrived();
            }
            return Ok(Some(turn));
        }
        let Some(lock) = SendLock::try_take(outbox.path())? else { return Ok(None) };
        outbox.check_place()?;
        // Nobody else can be sending, so whatever is marked as sent has lost its sender.
        outbox.abandon_all(self.moment()).await?;
        self.abandoned.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let turn = Arc::new(Turn { _lock: lock });
        *slot = Arc::downgrade(&turn);
        Ok(Some(turn))
    }

    /// Sends what waits.
    pub(super) async fn drain(
        &self,
        _turn: &Turn,
        scope: SendScope,
        mut on_answer: impl FnMut(Uuid, WriteState) + Send,
    ) -> Result<SendReport, LoyaltyError> {
        let outbox = self.outbox().await?;
        let mut report = SendReport::default();
        let mut queue = Queue::default();
        // Targets where somebody else in this process is at work.
        let mut passed = HashSet::new();
        let mut under_way = FuturesUnordered::new();
        let mut own = OfTheirOwn::default();
        loop {
            if queue.is_empty() && under_way.is_empty() && report.stopped.is_none() {
                let waiting = self.waiting(outbox, scope).await?;
                queue =
                    Queue::of(waiting.into_iter().filter(|(_, target)| !passed.contains(target)).collect());
            }
            let taken = self.taken(&mut queue, under_way.len(), &report);
            if taken.is_empty() && under_way.is_empty() {
                return Ok(SendReport { stopped: report.stopped.or(own.first), ..report });
            }
            if report.sent == 0
                && under_way.is_empty()
                && let Some(error) = self.learn_the_time(outbox).await?
            {
                return Ok(SendReport { stopped: Some(error.into()), ..report });
            }
            let (keys, targets): (Vec<_>, Vec<_>) = taken.into_iter().unzip();
            passed.extend(targets);
            for claimed in self.claim(outbox, keys).await? {
                passed.remove(&claimed.0.write.target());
                under_way.push(self.request(claimed));
            }
            let Some((attempted, target, stop)) = under_way.next().await else { continue };
            report.sent = report.sent.saturating_add(1);
            let stop = stop.map(LoyaltyError::from);
            if own.is_why(stop.as_ref()) {
                // Those behind it to the same account keep their place; others go on.
                passed.insert(target);
            } else {
                report.stopped = report.stopped.or(stop);
                queue.release(target);
            }
            let (keys, targets): (Vec<_>, Vec<_>) =
                self.taken(&mut queue, under_way.len(), &report).into_iter().unzip();
            passed.extend(targets);
            let key = attempted.key;
            let (state, claimed) = self.answer_and_claim(outbox, attempted, keys).await?;
            self.answered.notify_waiters();
            if let Some(state) = state {
                on_answer(key, state);
            }
            for claimed in claimed? {
                passed.remove(&claimed.0.write.target());
                under_way.push(self.request(claimed));
            }
        }
    }

    /// What waits, oldest first.
    async fn waiting(
        &self,
        outbox: &Outbox,
        scope: SendScope,
    ) -> Result<Vec<(Uuid, WriteTarget)>, LoyaltyError> {
        let (target, due_at) = match scope {
            SendScope::Due => (None, Some(self.clock.now())),
            SendScope::All => (None, None),
            SendScope::To(target) => (Some(target), None),
        };
        Ok(outbox.waiting(target, due_at, BATCH).await?)
    }

    /// What is to leave next, as far as there is room beside what is `under_way`; nothing once something has stopped
    /// this run.
    fn taken(&self, queue: &mut Queue, under_way: usize, report: &SendReport) -> Vec<(Uuid, WriteTarget)> {
        if report.stopped.is_some() {
            return Vec::new();
        }
        queue.take(self.options.concurrency.get().saturating_sub(under_way))
    }

    /// Sees to it that a time of the server's is known before the first write ever leaves: only then can it later be
    /// proven that the write did not arrive. The error is one that the write would meet as well.
    async fn learn_the_time(&self, outbox: &Outbox) -> Result<Option<BackendError>, LoyaltyError> {
        if self.backend.server_time().is_some() || outbox.knows_the_time().await? {
            return Ok(None);
        }
        // Any read would do; this one needs to know nothing.
        match self.backend.groups().await {
            Err(error) if self.backend.server_time().is_none() && is_about_the_way(&error) => Ok(Some(error)),
            _ => Ok(None),
        }
    }

    async fn claim(
        &self,
        outbox: &Outbox,
        keys: Vec<Uuid>,
    ) -> Result<Vec<(Claimed, UnderWay)>, LoyaltyError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let claiming = self.under_way(keys.clone());
        let claimed = outbox.claim(keys, self.backend.comment_keys(), self.moment()).await?;
        claiming.arrived();
        Ok(self.all_under_way(claimed))
    }

    /// Records an answer, and claims what leaves next in the same commit.
    async fn answer_and_claim(
        &self,
        outbox: &Outbox,
        attempted: Attempted,
        keys: Vec<Uuid>,
    ) -> Result<(Option<WriteState>, Result<Vec<(Claimed, UnderWay)>, LoyaltyError>), LoyaltyError> {
        let (patience, moment) = (self.options.patience, self.moment());
        let changing = self.under_way(keys.iter().copied().chain([attempted.key]).collect());
        let (state, claimed) = if keys.is_empty() {
            (outbox.answer(attempted, patience, moment).await?, Ok(Vec::new()))
        } else {
            let next = (keys, self.backend.comment_keys());
            outbox.answer_and_claim(attempted, patience, next, moment).await?
        };
        changing.arrived();
        Ok((state, claimed.map(|claimed| self.all_under_way(claimed)).map_err(LoyaltyError::from)))
    }

    fn all_under_way(&self, claimed: Vec<Claimed>) -> Vec<(Claimed, UnderWay)> {
        let under_way = |claimed: Claimed| {
            let under_way = self.under_way(vec![claimed.write.key()]);
            (claimed, under_way)
        };
        claimed.into_iter().map(under_way).collect()
    }

    fn under_way(&self, keys: Vec<Uuid>) -> UnderWay {
        UnderWay { keys, abandoned: Arc::clone(&self.abandoned) }
    }

    /// Sends a claimed write, once.
    async fn request(
        &self,
        (Claimed { write, attempt }, under_way): (Claimed, UnderWay),
    ) -> (Attempted, WriteTarget, Option<BackendError>) {
        let single = |outcome: OperationOutcome| (outcome, None);
        let group = |outcome: GroupOutcome| (OperationOutcome::default(), outcome.affected);
        let reply = match &write {
            Write::Refill(refill) => self.backend.refill(refill).await.map(single),
            Write::Withdraw(withdrawal) => self.backend.withdraw(withdrawal).await.map(single),
            Write::RegisterCheck(check) => self.backend.register_check(check).await.map(single),
            Write::RefillGroup(operation) => self.backend.refill_group(operation).await.map(group),
            Write::WithdrawGroup(operation) => self.backend.withdraw_group(operation).await.map(group),
        };
        under_way.arrived();
        let (answer, stop) = match reply {
            Ok((outcome, affected)) => (Answer::Accepted { outcome, affected }, None),
            Err(error) => understood(error),
        };
        (Attempted { key: write.key(), attempt, answer }, write.target(), stop)
    }
}

/// What an error says about a write, and whether the next write would meet the same. Time that ran out, a cut, 5xx or
/// an odd reply were met before the write left, by signing in for instance: that is the backends' promise.
fn understood(error: BackendError) -> (Answer, Option<BackendError>) {
    let refused = |kind, code, field| (Answer::Refused(Refusal { kind, code, field }), None);
    match error {
        BackendError::Rejected { code, field } => refused(RefusalKind::Content, code, field),
        BackendError::Input(input) => {
            refused(RefusalKind::Content, input.code, Some(input.field.into_owned()))
        }
        BackendError::Unsupported => refused(RefusalKind::Content, ErrorCode::Unsupported, None),
        BackendError::Conflict(code) => refused(RefusalKind::Conflict, code, None),
        BackendError::NotFound => refused(RefusalKind::NotFound, ErrorCode::NotFound, None),
        BackendError::GuestNotFound => refused(RefusalKind::NotFound, ErrorCode::GuestNotFound, None),
        BackendError::RateLimited { retry_after } | BackendError::Unavailable { retry_after } => {
            let wait = retry_after.and_then(|wait| SignedDuration::try_from(wait).ok());
            (Answer::NotDone(wait.unwrap_or(AFTER_FAILURE)), Some(error))
        }
        BackendError::Offline
        | BackendError::Untrusted
        | BackendError::Unauthorized
        | BackendError::Forbidden
        | BackendError::Outdated
        | BackendError::Timeout
        | BackendError::Cut
        | BackendError::Reply { .. }
        | BackendError::Secrets(_) => (Answer::NotDone(AFTER_FAILURE), Some(error)),
        BackendError::OutcomeUnknown | BackendError::CodeWrong { .. } | BackendError::Internal => {
            (Answer::Unknown, None)
        }
    }
}

/// Whether the server was not reached, so that nothing else would reach it now.
fn is_about_the_way(error: &BackendError) -> bool {
    matches!(
        error,
        BackendError::Offline | BackendError::Untrusted | BackendError::Timeout | BackendError::Cut
    )
}

fn handed(placed: Placed) -> Handed {
    match placed {
        Placed::New => Handed::New,
        Placed::Known(record) => Handed::Known(record),
        Placed::KeyReused => Handed::Refused(LoyaltyError::Conflict { code: ErrorCode::KeyReused }),
        Placed::PurchaseKnown => Handed::Refused(LoyaltyError::Conflict { code: ErrorCode::PurchaseKnown }),
    }
}

/// The answer to whoever asked for a write.
fn told(record: WriteRecord) -> Result<WriteRecord, LoyaltyError> {
    match record.state {
        WriteState::Accepted => Ok(record),
        WriteState::Prepared => Err(LoyaltyError::Timeout { code: ErrorCode::WriteQueued }),
        WriteState::Sent | WriteState::Unknown => Err(LoyaltyError::OutcomeUnknown),
        WriteState::Duplicate => Err(LoyaltyError::Conflict { code: ErrorCode::AppliedTwice }),
        WriteState::Rejected => Err(match record.refusal {
            Some(Refusal { kind: RefusalKind::Conflict, code, .. }) => LoyaltyError::Conflict { code },
            Some(Refusal { kind: RefusalKind::NotFound, code, .. }) => LoyaltyError::NotFound { code },
            Some(Refusal { kind: RefusalKind::Content, code, field }) => {
                LoyaltyError::Rejected { code, field }
            }
            None => LoyaltyError::Rejected { code: ErrorCode::Rejected, field: None },
        }),
    }
}

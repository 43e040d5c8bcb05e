//! Finding out what became of writes: looks at the server's history, on demand or in the background.

use std::time::Duration;

use futures_util::future::join_all;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::Operator;
use super::sending::{SendScope, Turn};
use crate::backend::windows::Windows;
use crate::backend::{BackendError, OperatorBackend};
use crate::domain::{
    AccountId, BusinessCalendar, LookTime, Period, Sighting, Transaction, TransactionsQuery,
};
use crate::error::LoyaltyError;
use crate::store::outbox::{Look, Sought};

/// Rows dated later than the server's time are read as well: tills and servers do not agree on the time.
const DATES_DIFFER: SignedDuration = SignedDuration::from_hours(24);
/// What the server had told of its time before a look is taken for its time during the look, if it is not older.
const FRESH: SignedDuration = SignedDuration::from_mins(1);
/// How long an account rests that could not be looked at.
const AFTER_FAILURE: SignedDuration = SignedDuration::from_mins(5);
/// So many accounts are asked for at once.
const BATCH: u32 = 256;
/// The background settler sleeps no shorter and no longer.
const SHORTEST_SLEEP: Duration = Duration::from_secs(1);
const LONGEST_SLEEP: Duration = Duration::from_secs(300);

/// Which writes to look for, and which of those that wait to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettleScope {
    /// Those whose time has come: unknown ones, and accepted ones that are looked at once more a day later.
    Due,
    /// All whose outcome is unknown, and all that wait, now.
    Unknown,
}

/// What settling did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SettleReport {
    /// How many accounts were looked at.
    pub looked: u64,
    /// How many requests were made for writes that waited or were proven absent.
    pub sent: u64,
    /// Why it stopped before the end.
    pub stopped: Option<LoyaltyError>,
}

impl SettleReport {
    /// Whether another round could look at more: nothing stopped this one, or what stands in the way of writes alone.
    #[must_use]
    pub fn can_go_on(&self) -> bool {
        self.stopped.as_ref().is_none_or(is_of_writes)
    }
}

impl<B: OperatorBackend> Operator<B> {
    /// Looks for writes in the server's history, draws the conclusions, and sends what waits. `None` when another
    /// process has the turn. The first call also looks through the whole file for damage.
    ///
    /// Finding nothing is proof only of the second look, [`Patience`](crate::domain::Patience) after the attempt, so
    /// one call rarely settles what was lost.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn settle(&self, scope: SettleScope) -> Result<Option<SettleReport>, LoyaltyError> {
        let outbox = self.outbox().await?;
        // Once a process: damage comes from before, and a page that nothing reads hides it until it is needed.
        self.checked.get_or_try_init(|| outbox.check()).await?;
        let Some(turn) = self.take_turn().await? else { return Ok(None) };
        outbox.expire(self.moment()).await?;
        let mut report = SettleReport::default();
        let mut last = None;
        let mut held_up = self.send_between(&turn, scope, &mut report).await?;
        while report.stopped.is_none() {
            let due_at = (scope == SettleScope::Due).then(|| self.clock.now());
            let accounts = outbox.to_look_at(due_at, last, BATCH).await?;
            let Some(reached) = accounts.last().copied() else { break };
            last = Some(reached);
            for some in accounts.chunks(self.options.concurrency.get()) {
                let stopped = self.look_at(&turn, some).await?;
                report.looked = report.looked.saturating_add(u64::try_from(some.len()).unwrap_or(u64::MAX));
                report.stopped = stopped.map(LoyaltyError::from);
                if report.stopped.is_some() {
                    break;
                }
                // A long round must not keep others' writes waiting.
                if held_up.is_none() {
                    held_up = self.send_between(&turn, scope, &mut report).await?;
                }
            }
        }
        report.stopped = report.stopped.or(held_up);
        self.tidy().await;
        Ok(Some(report))
    }

    /// Settles for as long as this future is kept: a background task of a process that lives on. Errors are logged,
    /// and tried again later.
    pub async fn settle_forever(&self) {
        let mut failures = 0_u32;
        loop {
            let failed = match self.settle(SettleScope::Due).await {
                Ok(Some(SettleReport { stopped: Some(error), .. })) | Err(error) => {
                    tracing::warn!(code = error.code().as_str(), "settling stopped");
                    true
                }
                Ok(_) => false,
            };
            failures = if failed { failures.saturating_add(1) } else { 0 };
            tokio::time::sleep(self.next_sleep(failures).await).await;
        }
    }

    async fn next_sleep(&self, failures: u32) -> Duration {
        let floor = SHORTEST_SLEEP.saturating_mul(1 << failures.min(16)).min(LONGEST_SLEEP);
        let due = match self.outbox().await {
            Ok(outbox) => outbox.next_due().await.unwrap_or_default(),
            Err(_) => None,
        };
        let until = due.map(|due| due.duration_since(self.clock.now()));
        let until = until.map_or(LONGEST_SLEEP, |until| Duration::try_from(until).unwrap_or_default());
        until.clamp(floor, LONGEST_SLEEP)
    }

    async fn send_between(
        &self,
        turn: &Turn,
        scope: SettleScope,
        report: &mut SettleReport,
    ) -> Result<Option<LoyaltyError>, LoyaltyError> {
        let scope = match scope {
            SettleScope::Due => SendScope::Due,
            SettleScope::Unknown => SendScope::All,
        };
        let sent = self.drain(turn, scope, |_, _| {}).await?;
        report.sent = report.sent.saturating_add(sent.sent);
        let (own, stopped) = sent.stopped.map_or((None, None), |error| {
            if is_of_writes(&error) { (Some(error), None) } else { (None, Some(error)) }
        });
        report.stopped = stopped;
        Ok(own)
    }

    /// Looks at accounts, all at once, and draws the conclusions. The error is one that the next account would meet
    /// as well.
    pub(super) async fn look_at(
        &self,
        _turn: &Turn,
        accounts: &[AccountId],
    ) -> Result<Option<BackendError>, LoyaltyError> {
        let outbox = self.outbox().await?;
        let mut looks = Vec::with_capacity(accounts.len());
        for account in accounts {
            let sought = outbox.sought(*account).await?;
            if !sought.is_empty() {
                looks.push(self.look(*account, sought));
            }
        }
        let mut stop = None;
        for (account, looked) in join_all(looks).await {
            match looked {
                Ok(look) => outbox.conclude(look, self.options.patience, self.moment()).await?,
                Err(error) => {
                    outbox.put_off(account, AFTER_FAILURE, self.moment()).await?;
                    stop = stop.or(Some(error).filter(meets_everybody));
                }
            }
        }
        self.answered.notify_waiters();
        Ok(stop)
    }

    /// One look at one account.
    async fn look(&self, account: AccountId, sought: Vec<Sought>) -> (AccountId, Result<Look, BackendError>) {
        (account, self.search(account, sought).await)
    }

    async fn search(&self, account: AccountId, sought: Vec<Sought>) -> Result<Look, BackendError> {
        let from = sought.iter().map(|sought| sought.from).min().unwrap_or(Timestamp::MIN);
        let (mut time, mut rows) = self.read(account, from).await?;
        let stale =
            time.began.zip(time.ended).is_none_or(|(began, ended)| ended.duration_since(began) > FRESH);
        let missed = |rows: &[Transaction]| {
            sought.iter().any(|sought| !sought.is_settled() && sought.trace.sight(rows) == Sighting::Absent)
        };
        if stale && missed(&rows) {
            // Only now is it known what time it is there; what was not found counts from now on.
            (time, rows) = self.read(account, from).await?;
        }
        let found = sought.into_iter().map(|sought| {
            let sighting = sought.trace.sight(&rows);
            (sought, sighting)
        });
        Ok(Look { time, found: found.collect() })
    }

    async fn read(
        &self,
        account: AccountId,
        from: Timestamp,
    ) -> Result<(LookTime, Vec<Transaction>), BackendError> {
        let began = self.backend.server_time();
        let now = began.map_or_else(|| self.clock.now(), |began| began.max(self.clock.now()));
        let to = now.saturating_add(DATES_DIFFER).map_err(|_| BackendError::Internal)?;
        // Where our clock is ahead, what was just done is dated before what we take for now.
        let recent = began.unwrap_or(now).saturating_sub(DATES_DIFFER).map_err(|_| BackendError::Internal)?;
        let rows = self.all_rows(account, Period { from: from.min(recent), to }).await?;
        Ok((LookTime { began, ended: self.backend.server_time() }, rows))
    }

    /// All rows of a period, however many: what a server cut off would pass for absent.
    async fn all_rows(&self, account: AccountId, period: Period) -> Result<Vec<Transaction>, BackendError> {
        // Any day will do: it is only where a long history is parted.
        let calendar = BusinessCalendar { zone: TimeZone::UTC, day_change: Time::midnight() };
        let mut windows = Windows::recent(period.from, calendar);
        let (mut rows, mut to) = (Vec::new(), period.to);
        while period.from < to {
            let ask = |part| self.backend.transactions(account, TransactionsQuery::Period(part));
            let window = windows.read(to, ask).await?;
            rows.extend(window.rows);
            to = window.from;
        }
        Ok(rows)
    }
}

/// Whether what stopped the sending may be in the way of writes alone: a right that the token lacks, or a method that is
/// not there. What was sent before is looked at all the same.
pub(super) fn is_of_writes(error: &LoyaltyError) -> bool {
    matches!(error, LoyaltyError::Forbidden | LoyaltyError::Contract { .. })
}

/// Whether an error has nothing to do with the account.
fn meets_everybody(error: &BackendError) -> bool {
    matches!(
        error,
        BackendError::Offline
            | BackendError::Untrusted
            | BackendError::Timeout
            | BackendError::Unauthorized
            | BackendError::RateLimited { .. }
            | BackendError::Unavailable { .. }
            | BackendError::Outdated
            | BackendError::Secrets(_)
    )
}

//! Looks at the server's books: which accounts to look at, and what a look changes.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params};

use super::record::{instant, method, state, uuid};
use super::{Moment, Outbox, millis, note_server_time};
use crate::domain::{
    self, AccountId, LookTime, Patience, Sighting, Standing, Trace, Verdict, WriteMethod, WriteState,
};
use crate::store::StoreError;

/// Added to every pause, because the server's dates are cut to the second: a look just too early would not count.
pub(super) const SLACK: SignedDuration = SignedDuration::from_secs(2);
/// Between two looks for a write that stays unknown, at most.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(6);
/// How far before a write was asked for its row may be dated: tills and servers do not agree on the time.
const DATES_DIFFER: SignedDuration = SignedDuration::from_hours(24);

/// A write to look for, as it stood when the look began. If it has moved on since, the look says nothing about it.
#[derive(Debug, Clone)]
pub(crate) struct Sought {
    /// By what it is recognised.
    pub(crate) trace: Trace,
    method: WriteMethod,
    state: WriteState,
    attempts: u32,
    /// The server's time from which its row may be dated.
    pub(crate) from: Timestamp,
    after_attempt: Option<Timestamp>,
    first_look: Option<Timestamp>,
    looks: u32,
    seen: u32,
    refused: bool,
    /// Whether the write itself allows absence to mean something.
    must_show: bool,
}

/// A look at one account, with what was found for each write.
#[derive(Debug)]
pub(crate) struct Look {
    /// When it was made.
    pub(crate) time: LookTime,
    /// What it says.
    pub(crate) found: Vec<(Sought, Sighting)>,
}

impl Outbox {
    /// Accounts with writes to look for, by their numbers after `after`: those where something is due by this
    /// machine's clock, or all where an outcome is unknown.
    pub(crate) async fn to_look_at(
        &self,
        due_at: Option<Timestamp>,
        after: Option<AccountId>,
        limit: u32,
    ) -> Result<Vec<AccountId>, StoreError> {
        self.look_up(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT DISTINCT target FROM writes
                 WHERE watched = 0 AND target_kind = 'a' AND (:after IS NULL OR target > :after) AND (
                     state = 'unknown' AND (:now IS NULL OR due <= :now OR due > :now + :longest)
                     OR state IN ('accepted', 'rejected', 'duplicate')
                         AND :now IS NOT NULL AND (due <= :now OR due > :now + :longest))
                 ORDER BY target LIMIT :limit",
            )?;
            let accounts = statement.query_map(
                named_params! {
                    ":now": due_at.map(Timestamp::as_millisecond),
                    ":after": after.map(|account| account.0),
                    ":longest": millis(super::sending::LONGEST_WAIT),
                    ":limit": limit,
                },
                |row| Ok(AccountId(row.get(0)?)),
            )?;
            Ok(accounts.collect::<Result<_, _>>()?)
        })
        .await
    }

    /// Everything that a look at an account can say something about.
    pub(crate) async fn sought(&self, account: AccountId) -> Result<Vec<Sought>, StoreError> {
        self.look_up(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT key, method, venue_code, external_check, state, attempts, prepared_at, not_before,
                        after_attempt, first_look, looks, seen, refusal_kind IS NOT NULL AS refused,
                        leaves_row AND carried_key AND not_before IS NOT NULL AS must_show
                 FROM writes
                 WHERE target_kind = 'a' AND target = ?1 AND state <> 'sent' AND watched = 0",
            )?;
            let mut rows = statement.query([account.0])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(sought(row)?);
            }
            Ok(found)
        })
        .await
    }

    /// Draws the conclusions from a look.
    pub(crate) async fn conclude(
        &self,
        look: Look,
        patience: Patience,
        moment: Moment,
    ) -> Result<(), StoreError> {
        self.change(move |tx| {
            note_server_time(tx, moment)?;
            note_echoes(tx, &look, patience)?;
            let mut echoes = HashMap::new();
            for (sought, sighting) in &look.found {
                let shown = match echoes.get(&sought.method) {
                    Some(shown) => *shown,
                    None => *echoes.entry(sought.method).or_insert(keys_show(tx, sought.method)?),
                };
                let standing = Standing {
                    state: sought.state,
                    refused: sought.refused,
                    after_attempt: sought.after_attempt,
                    first_look: sought.first_look,
                    provable: sought.must_show && shown,
                };
                let verdict = domain::judge(standing, *sighting, look.time, patience);
                apply(tx, (sought, *sighting), verdict, patience, moment)?;
            }
            Ok(())
        })
        .await
    }

    /// Puts off what was due at an account that could not be looked at.
    pub(crate) async fn put_off(
        &self,
        account: AccountId,
        wait: SignedDuration,
        moment: Moment,
    ) -> Result<(), StoreError> {
        self.change(move |tx| {
            let (now, until) = (moment.here, moment.here.as_millisecond().saturating_add(millis(wait)));
            tx.prepare_cached(
                "UPDATE writes SET due = ?1
                 WHERE target_kind = 'a' AND target = ?2 AND watched = 0 AND state NOT IN ('prepared', 'sent')
                   AND (due <= ?3 OR due > ?3 + ?4)",
            )?
            .execute((
                until,
                account.0,
                now.as_millisecond(),
                millis(super::sending::LONGEST_WAIT),
            ))?;
            Ok(())
        })
        .await
    }

    /// When the next look is due, by this machine's clock.
    pub(crate) async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.look_up(|connection| {
            let due: Option<i64> = connection
                .prepare_cached(
                    "SELECT min(due) FROM writes
                     WHERE watched = 0 AND state <> 'sent' AND (target_kind = 'a' OR state = 'prepared')",
                )?
                .query_row([], |row| row.get(0))?;
            due.map(instant).transpose()
        })
        .await
    }
}

impl Sought {
    /// Whether finding nothing changes nothing: it is not in question whether this was applied.
    pub(crate) fn is_settled(&self) -> bool {
        self.state.is_settled()
    }
}

fn sought(row: &Row<'_>) -> Result<Sought, StoreError> {
    let purchase = row
        .get::<_, Option<String>>("external_check")?
        .map(|number| Ok::<_, StoreError>((row.get("venue_code")?, number)))
        .transpose()?;
    let optional =
        |column| -> Result<_, StoreError> { row.get::<_, Option<i64>>(column)?.map(instant).transpose() };
    let prepared_at = instant(row.get("prepared_at")?)?;
    let after_attempt = optional("after_attempt")?;
    // Without any time of the server's from before, the earlier of what our clock said and what the server's said soon
    // after: good enough to find a row, never to prove that there is none.
    let guess = after_attempt.map_or(prepared_at, |after| after.min(prepared_at));
    let from = optional("not_before")?.unwrap_or(guess);
    Ok(Sought {
        trace: Trace { key: uuid(row.get("key")?), purchase },
        method: method(&row.get::<_, String>("method")?)?,
        state: state(&row.get::<_, String>("state")?)?,
        attempts: row.get("attempts")?,
        from: from.saturating_sub(DATES_DIFFER).map_err(|_| StoreError::Damaged)?,
        after_attempt,
        first_look: optional("first_look")?,
        looks: row.get("looks")?,
        seen: row.get("seen")?,
        refused: row.get("refused")?,
        must_show: row.get("must_show")?,
    })
}

/// Remembers whether keys show in this server's history: what is seen says yes; an accepted write that is not there
/// when it has to be says no, until one is seen again.
fn note_echoes(tx: &Transaction<'_>, look: &Look, patience: Patience) -> Result<(), StoreError> {
    let Some(at) = look.time.began.or(look.time.ended) else { return Ok(()) };
    for (sought, sighting) in &look.found {
        let column = match sighting {
            Sighting::Applied(_) => "shown_at",
            Sighting::Absent if is_missing(sought, look.time, patience) => "missing_at",
            _ => continue,
        };
        tx.prepare_cached(&format!(
            "INSERT INTO echoes (method, {column}) VALUES (?1, ?2)
             ON CONFLICT (method) DO UPDATE SET {column} = max(coalesce({column}, ?2), ?2)"
        ))?
        .execute((sought.method.as_str(), at.as_millisecond()))?;
    }
    Ok(())
}

fn is_missing(sought: &Sought, time: LookTime, patience: Patience) -> bool {
    let waited = sought
        .after_attempt
        .zip(time.began)
        .is_some_and(|(start, began)| began.duration_since(start) >= patience.settle_after);
    waited && sought.must_show && sought.seen == 0 && sought.state == WriteState::Accepted
}

fn keys_show(connection: &Connection, method: WriteMethod) -> Result<bool, StoreError> {
    let shown = connection
        .prepare_cached(
            "SELECT shown_at IS NOT NULL AND (missing_at IS NULL OR shown_at > missing_at)
             FROM echoes WHERE method = ?1",
        )?
        .query_row([method.as_str()], |row| row.get(0))
        .optional()?;
    Ok(shown.unwrap_or(false))
}

/// Changes a write as the verdict says, unless it has moved on, or a person has taken it off the list, since the look
/// began.
fn apply(
    tx: &Transaction<'_>,
    (sought, sighting): (&Sought, Sighting),
    verdict: Verdict,
    patience: Patience,
    moment: Moment,
) -> Result<(), StoreError> {
    if sought.state == WriteState::Prepared && matches!(verdict, Verdict::Wait { .. }) {
        // It waits for its turn, not for a look.
        return Ok(());
    }
    let seen = if let Sighting::Applied(times) = sighting { times } else { 0 };
    let proven_absent = matches!(verdict, Verdict::SendAgain | Verdict::Rejected);
    let (after_attempt, first_look) = match verdict {
        Verdict::Wait { after_attempt, first_look } => (after_attempt, first_look),
        _ => (sought.after_attempt, sought.first_look),
    };
    let state = match verdict {
        Verdict::Wait { .. } | Verdict::Watched => sought.state,
        Verdict::Accepted => WriteState::Accepted,
        Verdict::Duplicate(_) => WriteState::Duplicate,
        Verdict::SendAgain => WriteState::Prepared,
        Verdict::Rejected => WriteState::Rejected,
    };
    let pause = pause(sought, verdict, patience);
    tx.prepare_cached(
        "UPDATE writes
         SET state = :state, looks = looks + 1, seen = max(seen, :seen), due = :due, watched = :watched,
             after_attempt = :after_attempt, first_look = :first_look,
             in_doubt = in_doubt AND NOT :proven_absent,
             body = CASE WHEN :settled THEN NULL ELSE body END,
             settled_at = CASE WHEN :settled THEN coalesce(settled_at, :settled_at) END
         WHERE key = :key AND state = :was AND attempts = :attempts AND closed = 0",
    )?
    .execute(named_params! {
        ":state": state.as_str(),
        ":seen": seen,
        ":due": moment.here.as_millisecond().saturating_add(millis(pause)),
        ":watched": verdict == Verdict::Watched,
        ":after_attempt": after_attempt.map(Timestamp::as_millisecond),
        ":first_look": first_look.map(Timestamp::as_millisecond),
        ":proven_absent": proven_absent,
        ":settled": state.is_settled(),
        ":settled_at": moment.settled(),
        ":key": sought.trace.key.as_bytes(),
        ":was": sought.state.as_str(),
        ":attempts": sought.attempts,
    })?;
    Ok(())
}

/// How long until the next look, by this machine's clock. Only what to do when hangs on it, never whether.
fn pause(sought: &Sought, verdict: Verdict, patience: Patience) -> SignedDuration {
    let pause = match verdict {
        Verdict::SendAgain | Verdict::Watched => return SignedDuration::ZERO,
        Verdict::Accepted if sought.attempts > 1 => patience.settle_after,
        Verdict::Accepted | Verdict::Duplicate(_) | Verdict::Rejected => patience.watch,
        Verdict::Wait { .. } if sought.state.is_settled() => patience.watch,
        Verdict::Wait { first_look: Some(_), .. } if sought.first_look.is_none() => patience.between_looks,
        Verdict::Wait { .. } => {
            let doublings = sought.looks.saturating_sub(2).min(10);
            let longer = i32::try_from(1_u32 << doublings).unwrap_or(i32::MAX);
            patience.settle_after.saturating_mul(longer).min(LONGEST_PAUSE)
        }
    };
    pause.saturating_add(SLACK)
}

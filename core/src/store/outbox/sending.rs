//! A write's way out: claimed before its first byte leaves, answered when an answer or none has come.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, Transaction, named_params};
use uuid::Uuid;

use super::looking::SLACK;
use super::record::{id_list, state, target, target_columns, uuid};
use super::{Moment, Outbox, body, millis};
use crate::domain::{OperationOutcome, Patience, Refusal, Write, WriteState, WriteTarget};
use crate::store::StoreError;

/// No wait that we set is longer. A time further ahead means that this machine's clock was set back.
pub(super) const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(25);

/// How many characters of a comment leave room for the key in a column for 255.
const SAFE_COMMENT: usize = 200;

/// A write that its holder may send now, once.
#[derive(Debug)]
pub(crate) struct Claimed {
    /// The write.
    pub(crate) write: Write,
    /// Which attempt this is; the answer must name it.
    pub(crate) attempt: u32,
}

/// What came of an attempt.
#[derive(Debug)]
pub(crate) enum Answer {
    /// The server said yes.
    Accepted {
        /// What it said.
        outcome: OperationOutcome,
        /// How many accounts a group operation reached.
        affected: Option<u64>,
    },
    /// The server said no.
    Refused(Refusal),
    /// Nothing was sent, or nothing was done: it may be sent again after this long.
    NotDone(SignedDuration),
    /// Neither a yes nor a no.
    Unknown,
}

/// An attempt, and what came of it.
#[derive(Debug)]
pub(crate) struct Attempted {
    /// The write.
    pub(crate) key: Uuid,
    /// Which attempt it was.
    pub(crate) attempt: u32,
    /// What came of it.
    pub(crate) answer: Answer,
}

impl Outbox {
    /// Writes that wait to be sent, oldest first. Without `due_at` those as well that were to wait longer.
    pub(crate) async fn waiting(
        &self,
        only: Option<WriteTarget>,
        due_at: Option<Timestamp>,
        limit: u32,
    ) -> Result<Vec<(Uuid, WriteTarget)>, StoreError> {
        let only = only.map(target_columns);
        self.look_up(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT key, target_kind, target FROM writes
                 WHERE state = 'prepared'
                   AND (:target IS NULL OR (target_kind = :target_kind AND target = :target))
                   AND (:now IS NULL OR due <= :now OR due > :now + :longest)
                 ORDER BY seq LIMIT :limit",
            )?;
            let mut rows = statement.query(named_params! {
                ":target_kind": only.map(|(kind, _)| kind),
                ":target": only.map(|(_, number)| number),
                ":now": due_at.map(Timestamp::as_millisecond),
                ":longest": millis(LONGEST_WAIT),
                ":limit": limit,
            })?;
            let mut waiting = Vec::new();
            while let Some(row) = rows.next()? {
                waiting.push((uuid(row.get(0)?), target(&row.get::<_, String>(1)?, row.get(2)?)?));
            }
            Ok(waiting)
        })
        .await
    }

    /// Claims writes for sending: when this returns it is on the disk that each may have been sent. A write is left out
    /// when it is not waiting any more, or when another to the same target comes first or is on its way.
    /// `comment_keys` says whether keys travel in comments.
    pub(crate) async fn claim(
        &self,
        keys: Vec<Uuid>,
        comment_keys: bool,
        moment: Moment,
    ) -> Result<Vec<Claimed>, StoreError> {
        self.change(move |tx| claim_all(tx, keys, comment_keys, moment)).await
    }

    /// Records what came of an attempt; the state in which that leaves the write.
    pub(crate) async fn answer(
        &self,
        attempted: Attempted,
        patience: Patience,
        moment: Moment,
    ) -> Result<Option<WriteState>, StoreError> {
        self.change(move |tx| record(tx, &attempted, patience, moment)).await
    }

    /// Records what came of an attempt as [`Outbox::answer`] does and claims writes as [`Outbox::claim`] does, in one
    /// commit: the disk is what a sender waits for most. The answer stays recorded when claiming fails.
    pub(crate) async fn answer_and_claim(
        &self,
        attempted: Attempted,
        patience: Patience,
        (next, comment_keys): (Vec<Uuid>, bool),
        moment: Moment,
    ) -> Result<(Option<WriteState>, Result<Vec<Claimed>, StoreError>), StoreError> {
        let (state, claimed) = self
            .change(move |tx| {
                let state = record(tx, &attempted, patience, moment)?;
                tx.prepare_cached("SAVEPOINT claiming")?.execute([])?;
                let claimed = claim_all(tx, next, comment_keys, moment);
                if claimed.is_err() {
                    tx.prepare_cached("ROLLBACK TO claiming")?.execute([])?;
                }
                tx.prepare_cached("RELEASE claiming")?.execute([])?;
                Ok((state, claimed))
            })
            .await?;
        Ok((state, self.unless_damaged(claimed).await))
    }

    /// Says that nobody waits for an answer to these any more.
    pub(crate) async fn abandon(&self, keys: Vec<Uuid>, moment: Moment) -> Result<(), StoreError> {
        self.change(move |tx| keys.into_iter().try_for_each(|key| unanswered(tx, key, moment))).await
    }

    /// Says that nobody waits for an answer to anything: to be called by whoever has just taken the lock.
    pub(crate) async fn abandon_all(&self, moment: Moment) -> Result<(), StoreError> {
        self.change(move |tx| {
            tx.prepare_cached(
                "UPDATE writes SET state = 'unknown', in_doubt = 1, due = ?1 WHERE state = 'sent'",
            )?
            .execute([moment.here.as_millisecond()])?;
            Ok(())
        })
        .await
    }
}

/// Records what came of an attempt; the state in which that leaves the write.
fn record(
    tx: &Transaction<'_>,
    Attempted { key, attempt, answer }: &Attempted,
    patience: Patience,
    moment: Moment,
) -> Result<Option<WriteState>, StoreError> {
    let attempted = (*key, *attempt);
    super::note_server_time(tx, moment)?;
    match answer {
        Answer::Accepted { outcome, affected } => {
            accepted(tx, attempted, outcome, *affected, patience, moment)?;
        }
        Answer::Refused(refusal) => refused(tx, attempted, refusal, patience, moment)?,
        Answer::NotDone(wait) => not_done(tx, attempted, *wait, moment)?,
        Answer::Unknown => unanswered(tx, *key, moment)?,
    }
    let left: Option<String> = tx
        .prepare_cached("SELECT state FROM writes WHERE key = ?1")?
        .query_row([key.as_bytes()], |row| row.get(0))
        .optional()?;
    left.map(|text| state(&text)).transpose()
}

fn claim_all(
    tx: &Transaction<'_>,
    keys: Vec<Uuid>,
    comment_keys: bool,
    moment: Moment,
) -> Result<Vec<Claimed>, StoreError> {
    let not_before = super::not_before(tx, moment)?;
    let mut claimed = Vec::with_capacity(keys.len());
    for key in keys {
        claimed.extend(claim(tx, key, comment_keys, not_before)?);
    }
    Ok(claimed)
}

fn claim(
    tx: &Transaction<'_>,
    key: Uuid,
    comment_keys: bool,
    not_before: Option<i64>,
) -> Result<Option<Claimed>, StoreError> {
    let found = tx
        .prepare_cached(
            "UPDATE writes
             SET state = 'sent', attempts = attempts + 1, after_attempt = NULL, first_look = NULL,
                 not_before = coalesce(not_before, :not_before),
                 refusal_kind = NULL, refusal_code = NULL, refusal_field = NULL,
                 carried_key = carried_key AND (:comment_keys OR method = 'register_check')
             WHERE key = :key AND state = 'prepared' AND NOT EXISTS (
                 SELECT 1 FROM writes AS other
                 WHERE other.target_kind = writes.target_kind AND other.target = writes.target
                   AND (other.state = 'sent' OR (other.state = 'prepared' AND other.seq < writes.seq)))
             RETURNING attempts, body, body_hash",
        )?
        .query_row(
            named_params! {
                ":key": key.as_bytes(),
                ":comment_keys": comment_keys,
                ":not_before": not_before,
            },
            |row| Ok((row.get::<_, u32>(0)?, row.get::<_, Option<String>>(1)?, row.get(2)?)),
        )
        .optional()?;
    let Some((attempt, text, hash)) = found else { return Ok(None) };
    let write = body::decode(key, &text.ok_or(StoreError::Damaged)?, hash)?;
    if comment(&write).is_some_and(may_lose_its_end) {
        tx.prepare_cached("UPDATE writes SET carried_key = 0 WHERE key = ?1")?.execute([key.as_bytes()])?;
    }
    Ok(Some(Claimed { write, attempt }))
}

/// The comment that its key travels behind.
fn comment(write: &Write) -> Option<&str> {
    match write {
        Write::Refill(refill) => refill.comment.as_deref(),
        Write::Withdraw(withdrawal) => withdrawal.comment.as_deref(),
        Write::RegisterCheck(_) | Write::RefillGroup(_) | Write::WithdrawGroup(_) => None,
    }
}

/// Whether a server may keep less of a comment than it was given, and with its end the key behind it: a column for 255
/// characters, or one that ends at the first character outside of Unicode's first plane (`assumed`). That the key is not
/// seen then proves nothing.
fn may_lose_its_end(comment: &str) -> bool {
    comment.chars().count() > SAFE_COMMENT || comment.chars().any(|char| char.len_utf16() > 1)
}

fn accepted(
    tx: &Transaction<'_>,
    (key, attempt): (Uuid, u32),
    outcome: &OperationOutcome,
    affected: Option<u64>,
    patience: Patience,
    moment: Moment,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        // An answer to this very attempt counts even when somebody has given up waiting for it.
        "UPDATE writes
         SET state = 'accepted', body = NULL, settled_at = :settled_at, after_attempt = :after_attempt,
             transaction_ids = :ids, balance = :balance, affected = :affected, watched = (target_kind = 'g' OR closed),
             due = :now + CASE
                 WHEN in_doubt OR NOT EXISTS (
                     SELECT 1 FROM echoes WHERE method = writes.method AND shown_at IS NOT NULL)
                 THEN :settle_after ELSE :watch END
         WHERE key = :key AND attempts = :attempt AND state IN ('sent', 'unknown')",
    )?
    .execute(named_params! {
        ":settled_at": moment.settled(),
        ":after_attempt": moment.after(),
        ":ids": id_list(&outcome.transaction_ids)?,
        ":balance": outcome.balance.map(crate::domain::Bonus::hundredths),
        ":affected": affected.and_then(|count| i64::try_from(count).ok()),
        ":now": moment.here.as_millisecond(),
        ":settle_after": millis(patience.settle_after.saturating_add(SLACK)),
        ":watch": millis(patience.watch.saturating_add(SLACK)),
        ":key": key.as_bytes(),
        ":attempt": attempt,
    })?;
    Ok(())
}

/// A no settles a write only when no earlier attempt is in doubt: it speaks of the last one.
fn refused(
    tx: &Transaction<'_>,
    (key, attempt): (Uuid, u32),
    refusal: &Refusal,
    patience: Patience,
    moment: Moment,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "UPDATE writes
         SET state = CASE WHEN in_doubt THEN 'unknown' ELSE 'rejected' END,
             body = CASE WHEN in_doubt THEN body END,
             settled_at = CASE WHEN in_doubt THEN NULL ELSE :settled_at END,
             after_attempt = CASE WHEN in_doubt THEN NULL ELSE :after_attempt END,
             watched = (target_kind = 'g' AND NOT in_doubt),
             refusal_kind = :kind, refusal_code = :code, refusal_field = :field,
             due = CASE WHEN in_doubt THEN :now ELSE :now + :watch END
         WHERE key = :key AND attempts = :attempt AND state = 'sent'",
    )?
    .execute(named_params! {
        ":settled_at": moment.settled(),
        ":after_attempt": moment.after(),
        ":kind": refusal.kind.as_str(),
        ":code": refusal.code.as_str(),
        ":field": refusal.field,
        ":now": moment.here.as_millisecond(),
        ":watch": millis(patience.watch.saturating_add(SLACK)),
        ":key": key.as_bytes(),
        ":attempt": attempt,
    })?;
    Ok(())
}

fn not_done(
    tx: &Transaction<'_>,
    (key, attempt): (Uuid, u32),
    wait: SignedDuration,
    moment: Moment,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "UPDATE writes SET state = 'prepared', due = ?1 WHERE key = ?2 AND attempts = ?3 AND state = 'sent'",
    )?
    .execute((
        moment.here.as_millisecond().saturating_add(millis(wait.min(LONGEST_WAIT))),
        key.as_bytes(),
        attempt,
    ))?;
    Ok(())
}

fn unanswered(tx: &Transaction<'_>, key: Uuid, moment: Moment) -> Result<(), StoreError> {
    tx.prepare_cached(
        "UPDATE writes SET state = 'unknown', in_doubt = 1, due = ?1 WHERE key = ?2 AND state = 'sent'",
    )?
    .execute((moment.here.as_millisecond(), key.as_bytes()))?;
    Ok(())
}

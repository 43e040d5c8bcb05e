//! Putting writes into the outbox: the first step of each, before a byte leaves.

use jiff::SignedDuration;
use rusqlite::{Connection, OptionalExtension, Transaction, named_params};
use uuid::Uuid;

use super::body::{self, BodyHash};
use super::record::{RECORD_COLUMNS, record, target_columns};
use super::{Moment, Outbox, RETENTION, not_before};
use crate::domain::{AccountId, GroupOperation, Write, WriteRecord};
use crate::store::StoreError;

/// What became of a write that was handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Placed {
    /// It is in the outbox now.
    New,
    /// It was there already: same key, same content.
    Known(Box<WriteRecord>),
    /// Its key stands for another content.
    KeyReused,
    /// Its purchase stands under another key.
    PurchaseKnown,
}

/// A group operation that becomes one write an account.
#[derive(Debug)]
pub(crate) struct Expansion {
    /// What was asked for, in the form whose hash is kept.
    pub(crate) whole: Write,
    /// The writes, one an account.
    pub(crate) parts: Vec<Write>,
}

impl Outbox {
    /// Puts writes into the outbox, all in one commit. When this returns they are on the disk.
    pub(crate) async fn place(&self, writes: Vec<Write>, moment: Moment) -> Result<Vec<Placed>, StoreError> {
        self.change(move |tx| writes.iter().map(|write| place(tx, write, None, moment)).collect()).await
    }

    /// Whether a group operation was expanded already: `false` when its key stands for something else.
    pub(crate) async fn expansion(&self, whole: Write) -> Result<Option<bool>, StoreError> {
        self.look_up(move |connection| expansion(connection, whole.key(), body::encode(&whole)?.1)).await
    }

    /// How many writes of an expanded group operation damage has taken.
    pub(crate) async fn lost_parts(&self, key: Uuid) -> Result<u64, StoreError> {
        self.look_up(move |connection| {
            let lost: Option<i64> = connection
                .prepare_cached(
                    "SELECT parts - (SELECT count(*) FROM writes WHERE group_key = group_operations.key)
                     FROM group_operations WHERE key = ?1",
                )?
                .query_row([key.as_bytes()], |row| row.get(0))
                .optional()?
                .flatten();
            Ok(lost.and_then(|lost| u64::try_from(lost).ok()).unwrap_or(0))
        })
        .await
    }

    /// Puts an expanded group operation into the outbox, all in one commit, unless it is there already: then nothing
    /// is added, not even for accounts that have joined the group since. `false` when its key stands for something
    /// else.
    pub(crate) async fn place_group(&self, group: Expansion, moment: Moment) -> Result<bool, StoreError> {
        self.change(move |tx| {
            let key = group.whole.key();
            let (_, hash) = body::encode(&group.whole)?;
            // Another process may have been faster.
            if let Some(same) = expansion(tx, key, hash)? {
                return Ok(same);
            }
            for part in &group.parts {
                // What outlived a recovery that lost the operation's own row still tells what the key stood for.
                let (_, content) = body::encode(part)?;
                if stored(tx, part.key())?.is_some_and(|(kept, _)| kept != content) {
                    return Ok(false);
                }
            }
            let parts = i64::try_from(group.parts.len()).map_err(|_| StoreError::Internal)?;
            tx.prepare_cached(
                "INSERT INTO group_operations (key, body_hash, prepared_at, parts) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute((key.as_bytes(), hash, moment.here.as_millisecond(), parts))?;
            for part in &group.parts {
                if place(tx, part, Some(key), moment)? != Placed::New {
                    // It has outlived a recovery that lost the operation's own row.
                    tx.prepare_cached("UPDATE writes SET group_key = ?1 WHERE key = ?2")?
                        .execute((key.as_bytes(), part.key().as_bytes()))?;
                }
            }
            Ok(true)
        })
        .await
    }
}

/// Whether a group operation with this content was expanded under the key; `false` when the key was used otherwise,
/// also for the same operation as one request of the server's own.
fn expansion(connection: &Connection, key: Uuid, hash: BodyHash) -> Result<Option<bool>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT body_hash = ?2 FROM group_operations WHERE key = ?1
         UNION ALL SELECT 0 FROM writes WHERE key = ?1",
    )?;
    Ok(statement.query_row((key.as_bytes(), hash), |row| row.get(0)).optional()?)
}

/// The key of one account's part of a group operation: the same however often the operation is asked for.
pub(crate) fn part_key(operation: &GroupOperation, account: AccountId) -> Uuid {
    Uuid::new_v5(&operation.key, &account.0.to_be_bytes())
}

fn place(
    tx: &Transaction<'_>,
    write: &Write,
    group_key: Option<Uuid>,
    moment: Moment,
) -> Result<Placed, StoreError> {
    let key = write.key();
    let (text, hash) = body::encode(write)?;
    if let Some((stored_hash, stored)) = stored(tx, key)? {
        return Ok(if stored_hash == hash { Placed::Known(Box::new(stored)) } else { Placed::KeyReused });
    }
    let expanded: bool = tx
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM group_operations WHERE key = ?1)")?
        .query_row([key.as_bytes()], |row| row.get(0))?;
    if expanded {
        return Ok(Placed::KeyReused);
    }
    if let Some((venue_code, external_check)) = write.purchase() {
        let taken: bool = tx
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM writes WHERE venue_code = ?1 AND external_check = ?2)",
            )?
            .query_row((venue_code, external_check), |row| row.get(0))?;
        if taken {
            return Ok(Placed::PurchaseKnown);
        }
    }
    insert(tx, write, group_key, (&text, hash), moment)?;
    Ok(Placed::New)
}

fn stored(tx: &Transaction<'_>, key: Uuid) -> Result<Option<(BodyHash, WriteRecord)>, StoreError> {
    let mut statement =
        tx.prepare_cached(&format!("SELECT {RECORD_COLUMNS}, body_hash FROM writes WHERE key = ?1"))?;
    let mut rows = statement.query([key.as_bytes()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some((row.get("body_hash")?, record(row)?)))
}

fn insert(
    tx: &Transaction<'_>,
    write: &Write,
    group_key: Option<Uuid>,
    (text, hash): (&str, BodyHash),
    moment: Moment,
) -> Result<(), StoreError> {
    let lost_at = tx
        .prepare_cached("SELECT lost_at FROM outbox WHERE id = 1")?
        .query_row([], |row| row.get::<_, Option<i64>>(0))?;
    // A key that may have been used by a row that was lost is searched for first, as far back as rows are kept.
    let lost = lost_at.filter(|lost_at| !made_between(write.key(), *lost_at, moment));
    let retention = i64::try_from(RETENTION.as_millis()).unwrap_or(i64::MAX);
    let not_before = match lost {
        Some(lost_at) => Some(lost_at.saturating_sub(retention)),
        None => not_before(tx, moment)?,
    };
    let (target_kind, target) = target_columns(write.target());
    tx.prepare_cached(
        "INSERT INTO writes (key, method, target_kind, target, effect, group_key, venue_code, external_check,
                             body_hash, body, state, prepared_at, not_before, in_doubt, leaves_row)
         VALUES (:key, :method, :target_kind, :target, :effect, :group_key, :venue_code, :external_check,
                 :body_hash, :body, :state, :prepared_at, :not_before, :in_doubt, :leaves_row)",
    )?
    .execute(named_params! {
        ":key": write.key().as_bytes(),
        ":method": write.method().as_str(),
        ":target_kind": target_kind,
        ":target": target,
        ":effect": write.effect().hundredths(),
        ":group_key": group_key.map(Uuid::into_bytes),
        ":venue_code": write.purchase().map(|(code, _)| code),
        ":external_check": write.purchase().map(|(_, number)| number),
        ":body_hash": hash,
        ":body": text,
        ":state": if lost.is_some() { "unknown" } else { "prepared" },
        ":prepared_at": moment.here.as_millisecond(),
        ":not_before": not_before,
        ":in_doubt": lost.is_some(),
        ":leaves_row": write.leaves_a_row(),
    })?;
    Ok(())
}

/// Whether a key says itself that it was made after `lost_at` (milliseconds). One that says that it was made at a time
/// that has not come yet is no witness.
fn made_between(key: Uuid, lost_at: i64, moment: Moment) -> bool {
    let now = moment.server.map_or(moment.here, |server| server.max(moment.here)).as_millisecond();
    let made = key.get_timestamp().filter(|_| key.get_version_num() == 7);
    made.and_then(|made| {
        let (seconds, nanos) = made.to_unix();
        let made = SignedDuration::new(i64::try_from(seconds).ok()?, i32::try_from(nanos).ok()?);
        i64::try_from(made.as_millis()).ok()
    })
    .is_some_and(|made| lost_at < made && made <= now)
}

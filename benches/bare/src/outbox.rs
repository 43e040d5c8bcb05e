//! Keeping writes before they are sent, and what came of each, with rusqlite alone.

use std::path::Path;

use rusqlite::{Connection, named_params};
use uuid::Uuid;

use crate::cache::{Outcome, configure};

/// Now, in milliseconds; the figures are measured, the times are not.
const NOW: i64 = 1_800_000_000_000;

/// Creates an outbox that holds nothing yet.
///
/// # Errors
/// When it cannot be created.
pub fn create(path: &Path) -> Outcome<Connection> {
    let connection = Connection::open(path)?;
    connection.execute_batch("PRAGMA auto_vacuum = INCREMENTAL")?;
    configure(&connection, 2)?;
    connection.execute_batch(include_str!("../../../core/src/store/sql/outbox_001.sql"))?;
    Ok(connection)
}

/// Keeps accruals of `sum` hundredths, all in one commit.
///
/// # Errors
/// When they cannot be kept.
pub fn prepare(connection: &mut Connection, keys: &[Uuid], sum: i64) -> Outcome<()> {
    let transaction = connection.transaction()?;
    {
        let mut statement = transaction.prepare_cached(
            "INSERT INTO writes (key, method, target_kind, target, effect, group_key, venue_code, external_check,
                             body_hash, body, state, prepared_at, not_before, in_doubt, leaves_row)
         VALUES (:key, :method, :target_kind, :target, :effect, :group_key, :venue_code, :external_check,
                 :body_hash, :body, :state, :prepared_at, :not_before, :in_doubt, :leaves_row)",
        )?;
        for (account, key) in (1_i64..).zip(keys) {
            statement.execute(named_params! {
                ":key": key.as_bytes(),
                ":method": "refill",
                ":target_kind": "a",
                ":target": account,
                ":effect": sum,
                ":group_key": None::<[u8; 16]>,
                ":venue_code": None::<i64>,
                ":external_check": None::<&str>,
                ":body_hash": [0_u8; 32],
                ":body": format!("{{\"method\":\"refill\",\"account\":{account},\"sum\":{sum}}}"),
                ":state": "prepared",
                ":prepared_at": NOW,
                ":not_before": NOW,
                ":in_doubt": false,
                ":leaves_row": true,
            })?;
        }
    }
    Ok(transaction.commit()?)
}

/// Notes that a write is about to be sent: one commit.
///
/// # Errors
/// When it is not waiting to be sent.
pub fn claim(connection: &mut Connection, key: Uuid) -> Outcome<String> {
    let transaction = connection.transaction()?;
    let body = transaction
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
            named_params! { ":key": key.as_bytes(), ":comment_keys": true, ":not_before": NOW },
            |row| row.get(1),
        )?;
    transaction.commit()?;
    Ok(body)
}

/// Notes that the server said yes: one commit.
///
/// # Errors
/// When that cannot be kept.
pub fn accept(connection: &mut Connection, key: Uuid) -> Outcome<()> {
    let transaction = connection.transaction()?;
    transaction
        .prepare_cached(
            "UPDATE writes
         SET state = 'accepted', body = NULL, settled_at = :settled_at, after_attempt = :after_attempt,
             transaction_ids = :ids, balance = :balance, affected = :affected, watched = (target_kind = 'g'),
             due = :now + CASE
                 WHEN in_doubt OR NOT EXISTS (
                     SELECT 1 FROM echoes WHERE method = writes.method AND shown_at IS NOT NULL)
                 THEN :settle_after ELSE :watch END
         WHERE key = :key AND attempts = :attempt AND state IN ('sent', 'unknown')",
        )?
        .execute(named_params! {
            ":settled_at": NOW,
            ":after_attempt": NOW,
            ":ids": "[]",
            ":balance": None::<i64>,
            ":affected": None::<i64>,
            ":now": NOW,
            ":settle_after": 900_000,
            ":watch": 86_400_000,
            ":key": key.as_bytes(),
            ":attempt": 1,
        })?;
    Ok(transaction.commit()?)
}

/// How many writes were accepted.
///
/// # Errors
/// When the file does not tell.
pub fn accepted(connection: &Connection) -> Outcome<i64> {
    Ok(connection.query_row("SELECT count(*) FROM writes WHERE state = 'accepted'", [], |row| row.get(0))?)
}

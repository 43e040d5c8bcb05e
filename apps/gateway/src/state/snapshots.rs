//! What a guest was last shown, for as long as somebody is signed in to see it.

use jiff::Timestamp;
use loyalty_core::domain::AccountId;

use super::{State, StateError, Transaction, Value, millis, timestamp};
use crate::projection::Audience;

/// A snapshot for one audience.
pub(crate) struct CachedSnapshot {
    pub(crate) as_of: Timestamp,
    pub(crate) body: Vec<u8>,
    pub(crate) etag: String,
}

/// A snapshot for both audiences.
pub(crate) struct NewSnapshot {
    pub(crate) account: AccountId,
    pub(crate) as_of: Timestamp,
    pub(crate) guest_body: Vec<u8>,
    pub(crate) guest_etag: String,
    pub(crate) kiosk_body: Vec<u8>,
    pub(crate) kiosk_etag: String,
}

impl State {
    /// The snapshot of an account.
    pub(crate) async fn snapshot(
        &self,
        account: AccountId,
        audience: Audience,
    ) -> Result<Option<CachedSnapshot>, StateError> {
        self.read(move |tx| {
            let sql = match audience {
                Audience::Guest => {
                    "SELECT as_of, guest_body, guest_etag FROM snapshots WHERE account_id = $1"
                }
                Audience::Kiosk => {
                    "SELECT as_of, kiosk_body, kiosk_etag FROM snapshots WHERE account_id = $1"
                }
            };
            let Some(mut row) = super::one_row(tx, sql, &[Value::Int(account.0)])? else { return Ok(None) };
            let (as_of, body, etag) = (timestamp(row.int(0)?)?, row.bytes(1)?, row.text(2)?);
            Ok(Some(CachedSnapshot { as_of, body, etag }))
        })
        .await
    }

    /// Keeps a snapshot, unless a newer one is there or nobody is signed in to see it any more.
    pub(crate) async fn keep_snapshot(&self, new: NewSnapshot, now: Timestamp) -> Result<(), StateError> {
        self.write(move |tx| {
            hold(tx, new.account)?;
            let sql =
                "INSERT INTO snapshots (account_id, as_of, guest_body, guest_etag, kiosk_body, kiosk_etag)
                       SELECT $1, $2, $3, $4, $5, $6
                       WHERE EXISTS (SELECT 1 FROM sessions WHERE account_id = $1 AND expires_at > $7)
                       ON CONFLICT (account_id) DO UPDATE SET as_of = excluded.as_of,
                       guest_body = excluded.guest_body, guest_etag = excluded.guest_etag,
                       kiosk_body = excluded.kiosk_body, kiosk_etag = excluded.kiosk_etag
                       WHERE snapshots.as_of < excluded.as_of";
            let values = [
                Value::Int(new.account.0),
                Value::Int(millis(new.as_of)),
                Value::Bytes(&new.guest_body),
                Value::Text(&new.guest_etag),
                Value::Bytes(&new.kiosk_body),
                Value::Text(&new.kiosk_etag),
                Value::Int(millis(now)),
            ];
            tx.run(sql, &values).map(drop)
        })
        .await
    }

    /// Erases the snapshot of an account.
    pub(crate) async fn erase_snapshot(&self, account: AccountId) -> Result<(), StateError> {
        self.write(move |tx| erase(tx, account)).await
    }
}

fn hold(tx: &mut dyn Transaction, account: AccountId) -> Result<(), StateError> {
    tx.hold(&format!("snapshot of {}", account.0))
}

pub(super) fn erase(tx: &mut dyn Transaction, account: AccountId) -> Result<(), StateError> {
    hold(tx, account)?;
    tx.run("DELETE FROM snapshots WHERE account_id = $1", &[Value::Int(account.0)]).map(drop)
}

pub(super) fn erase_if_nobody_is_signed_in(
    tx: &mut dyn Transaction,
    account: AccountId,
) -> Result<(), StateError> {
    hold(tx, account)?;
    let sql = "DELETE FROM snapshots WHERE account_id = $1
               AND NOT EXISTS (SELECT 1 FROM sessions WHERE account_id = $1)";
    tx.run(sql, &[Value::Int(account.0)]).map(drop)
}

//! Kiosks and their credentials.

use jiff::Timestamp;
use uuid::Uuid;

use super::{State, StateError, TokenHash, Transaction, Value, millis, sessions, timestamp};

/// A kiosk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DeviceRow {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) added_at: Timestamp,
    pub(crate) revoked_at: Option<Timestamp>,
}

impl State {
    /// Adds a kiosk.
    pub(crate) async fn add_device(
        &self,
        id: Uuid,
        name: String,
        credential: TokenHash,
        now: Timestamp,
    ) -> Result<(), StateError> {
        self.write(move |tx| {
            let sql = "INSERT INTO devices (id, name, credential_hash, added_at) VALUES ($1, $2, $3, $4)";
            let id = id.to_string();
            let values =
                [Value::Text(&id), Value::Text(&name), Value::Bytes(&credential.0), Value::Int(millis(now))];
            tx.run(sql, &values).map(drop)
        })
        .await
    }

    /// The kiosk with a credential that is not revoked.
    pub(crate) async fn device(&self, credential: TokenHash) -> Result<Option<Uuid>, StateError> {
        self.read(move |tx| {
            let sql = "SELECT id FROM devices WHERE credential_hash = $1 AND revoked_at IS NULL";
            let found = super::one_row(tx, sql, &[Value::Bytes(&credential.0)])?;
            found.map(|mut row| row.id(0)).transpose()
        })
        .await
    }

    /// All kiosks, oldest first, revoked ones too.
    pub(crate) async fn devices(&self) -> Result<Vec<DeviceRow>, StateError> {
        self.read(|tx| {
            let sql = "SELECT id, name, added_at, revoked_at FROM devices ORDER BY added_at, id";
            let devices = tx.rows(sql, &[])?.into_iter().map(|mut row| {
                Ok(DeviceRow {
                    id: row.id(0)?,
                    name: row.text(1)?,
                    added_at: timestamp(row.int(2)?)?,
                    revoked_at: row.int_or_null(3)?.map(timestamp).transpose()?,
                })
            });
            devices.collect()
        })
        .await
    }

    /// Revokes a kiosk's credential and ends the sessions that were opened at it; `false` when there is no such kiosk.
    pub(crate) async fn revoke_device(&self, id: Uuid, now: Timestamp) -> Result<bool, StateError> {
        self.write(move |tx| {
            hold(tx, id)?;
            let id = id.to_string();
            let sql = "UPDATE devices SET revoked_at = coalesce(revoked_at, $2) WHERE id = $1";
            let known = tx.run(sql, &[Value::Text(&id), Value::Int(millis(now))])? > 0;
            let there = tx.rows("SELECT id FROM sessions WHERE device_id = $1", &[Value::Text(&id)])?;
            sessions::end_all(tx, sessions::ids(there)?)?;
            Ok(known)
        })
        .await
    }
}

/// Lets nobody revoke a kiosk, or open a session at it, until the transaction ends.
fn hold(tx: &mut dyn Transaction, id: Uuid) -> Result<(), StateError> {
    tx.hold(&format!("device {id}"))
}

/// Whether a kiosk's credential is good, and stays so until the transaction ends: a session that is opened while it is
/// being revoked would outlive it.
pub(super) fn hold_in_force(tx: &mut dyn Transaction, id: Uuid) -> Result<bool, StateError> {
    hold(tx, id)?;
    let sql = "SELECT 1 FROM devices WHERE id = $1 AND revoked_at IS NULL";
    Ok(super::one_row(tx, sql, &[Value::Text(&id.to_string())])?.is_some())
}

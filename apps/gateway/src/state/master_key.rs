//! Which master key the database is used with. With another one no token, code or credential in it is ever found again,
//! and nothing would tell why.

use jiff::Timestamp;

use super::{State, StateError, Transaction, Value, millis};
use crate::keys::Keys;
use crate::options::MasterKey;

/// What is worthless without the key that it was hashed with.
const DEAD: &[&str] = &["sign_in_codes", "sessions", "tokens", "till_codes", "snapshots", "limit_hits"];

impl State {
    /// Has the database remember this master key, or compares it with the one that it remembers.
    ///
    /// # Errors
    /// [`StateError::OtherKey`] when it is not the one.
    pub async fn accept_key(&self, key: &MasterKey) -> Result<(), StateError> {
        let proof = Keys::new(key).proof();
        self.write(move |tx| {
            remember(tx, &proof, "DO NOTHING")?;
            let sql = "SELECT 1 FROM master_key WHERE proof = $1";
            let same = super::one_row(tx, sql, &[Value::Bytes(&proof)])?.is_some();
            if same { Ok(()) } else { Err(StateError::OtherKey) }
        })
        .await
    }

    /// Puts this master key in place of the one before: signs every guest out, revokes every kiosk, and forgets every
    /// code and limit. Consents and requests for deletion stay.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn replace_key(&self, key: &MasterKey, now: Timestamp) -> Result<(), StateError> {
        let proof = Keys::new(key).proof();
        self.write(move |tx| {
            for table in DEAD {
                tx.run(&format!("DELETE FROM {table}"), &[])?;
            }
            let sql = "UPDATE devices SET revoked_at = $1 WHERE revoked_at IS NULL";
            tx.run(sql, &[Value::Int(millis(now))])?;
            remember(tx, &proof, "DO UPDATE SET proof = excluded.proof")
        })
        .await
    }
}

fn remember(tx: &mut dyn Transaction, proof: &[u8], instead: &str) -> Result<(), StateError> {
    let sql = format!("INSERT INTO master_key (place, proof) VALUES (1, $1) ON CONFLICT (place) {instead}");
    tx.run(&sql, &[Value::Bytes(proof)]).map(drop)
}

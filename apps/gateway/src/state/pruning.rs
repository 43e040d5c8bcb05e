//! What is thrown away when its time has passed, so that no table grows without end.

use jiff::Timestamp;

use super::budgets::DAY;
use super::{State, StateError, Transaction, Value, millis};

/// Proof of consents that were withdrawn, and requests for deletion, stay for the three years in which a claim can be
/// brought (`assumed`: the general limitation period of Russian civil law).
const PROOF: i64 = 3 * 366 * DAY;
/// Consents of phones that never got an account.
const UNUSED_CONSENT: i64 = 7 * DAY;
/// Revoked kiosks stay in the operator's list.
const REVOKED_DEVICE: i64 = 400 * DAY;

/// What goes when it is older than so many milliseconds; with 0, when its own time is over.
const RULES: &[(&str, i64)] = &[
    ("DELETE FROM limit_hits WHERE at <= $1", DAY),
    ("DELETE FROM sign_in_codes WHERE expires_at <= $1", 0),
    ("DELETE FROM till_codes WHERE expires_at <= $1", 0),
    ("DELETE FROM tokens WHERE expires_at <= $1", 0),
    ("DELETE FROM tokens WHERE session_id IN (SELECT id FROM sessions WHERE expires_at <= $1)", 0),
    ("DELETE FROM sessions WHERE expires_at <= $1", 0),
    ("DELETE FROM snapshots WHERE as_of <= $1", DAY),
    (
        "DELETE FROM snapshots WHERE as_of <= $1
         AND NOT EXISTS (SELECT 1 FROM sessions WHERE sessions.account_id = snapshots.account_id)",
        0,
    ),
    ("DELETE FROM consents WHERE account_id IS NULL AND given_at <= $1", UNUSED_CONSENT),
    ("DELETE FROM consents WHERE withdrawn_at <= $1", PROOF),
    ("DELETE FROM deletions WHERE last_requested_at <= $1", PROOF),
    ("DELETE FROM devices WHERE revoked_at <= $1", REVOKED_DEVICE),
];

impl State {
    /// Throws away what has had its time. Any number of instances may do it at once. Where one kind of it cannot be
    /// thrown away the others are all the same, and the first error is told.
    pub(crate) async fn prune(&self, now: Timestamp) -> Result<(), StateError> {
        let mut outcome = Ok(());
        for (sql, age) in RULES {
            // A transaction each: nobody waits long.
            let before = millis(now).saturating_sub(*age);
            let done = self.write(move |tx| tx.run(sql, &[Value::Int(before)]).map(drop)).await;
            outcome = outcome.and(done);
        }
        let today = millis(now).div_euclid(DAY);
        let budgets = move |tx: &mut dyn Transaction| {
            tx.run("DELETE FROM budgets WHERE day < $1", &[Value::Int(today)]).map(drop)
        };
        outcome.and(self.write(budgets).await)
    }
}

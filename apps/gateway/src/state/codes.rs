//! Codes that were sent to phones.

use jiff::Timestamp;

use super::limits::{self, Window};
use super::sessions::{self, NewSession};
use super::{State, StateError, Transaction, Value, millis};

/// A keyed hash of a code, or of the phone and device that it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CodeHash(pub(crate) [u8; 32]);

impl CodeHash {
    /// How a code is kept until it is on its way: as what no code can be compared to, and as no other is kept.
    fn asleep(self) -> Self {
        Self(self.0.map(|byte| !byte))
    }
}

/// What became of a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tried {
    /// It was right; the code is used up and the session open.
    Right,
    /// It was wrong, and may be tried this often again.
    Wrong { tries_left: u32 },
    /// There is no such code.
    Expired,
    /// Too many tries from there.
    Limited(std::time::Duration),
    /// It was right, at a kiosk whose credential is not good any more.
    Revoked,
}

impl State {
    /// Keeps a code in place of the one before, if the windows have room; otherwise says how long to wait. Whoever tries
    /// it finds it wrong until [`State::wake_code`].
    pub(crate) async fn keep_code(
        &self,
        windows: Vec<Window>,
        whose: CodeHash,
        code: CodeHash,
        tries: u32,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<Result<(), std::time::Duration>, StateError> {
        if let Some(wait) = self.full(&windows, now).await? {
            return Ok(Err(wait));
        }
        self.write(move |tx| {
            if let Err(wait) = limits::take(tx, &windows, now)? {
                return Ok(Err(wait));
            }
            hold(tx, whose)?;
            let sql =
                "INSERT INTO sign_in_codes (whose, code_hash, expires_at, tries_left) VALUES ($1, $2, $3, $4)
                       ON CONFLICT (whose) DO UPDATE SET code_hash = excluded.code_hash,
                       expires_at = excluded.expires_at, tries_left = excluded.tries_left";
            let values = [
                Value::Bytes(&whose.0),
                Value::Bytes(&code.asleep().0),
                Value::Int(millis(expires_at)),
                Value::Int(tries.into()),
            ];
            tx.run(sql, &values)?;
            Ok(Ok(()))
        })
        .await
    }

    /// Lets a code be right from now on, unless another has taken its place. One that is never sent never is: guesses
    /// at codes that nobody reads would cost whoever makes them nothing, and end with no budget.
    pub(crate) async fn wake_code(&self, whose: CodeHash, code: CodeHash) -> Result<(), StateError> {
        self.write(move |tx| {
            hold(tx, whose)?;
            let sql = "UPDATE sign_in_codes SET code_hash = $2 WHERE whose = $1 AND code_hash = $3";
            let (awake, asleep) = (Value::Bytes(&code.0), code.asleep());
            tx.run(sql, &[Value::Bytes(&whose.0), awake, Value::Bytes(&asleep.0)]).map(drop)
        })
        .await
    }

    /// Compares a code by `is_right`, and opens a session if it is.
    pub(crate) async fn try_code(
        &self,
        windows: Vec<Window>,
        whose: CodeHash,
        is_right: impl Fn(&[u8]) -> bool + Send + 'static,
        session: NewSession,
        now: Timestamp,
    ) -> Result<Tried, StateError> {
        if let Some(wait) = self.full(&windows, now).await? {
            return Ok(Tried::Limited(wait));
        }
        self.write(move |tx| {
            if let Err(wait) = limits::take(tx, &windows, now)? {
                return Ok(Tried::Limited(wait));
            }
            hold(tx, whose)?;
            let sql = "SELECT code_hash, tries_left FROM sign_in_codes WHERE whose = $1 AND expires_at > $2";
            let found = super::one_row(tx, sql, &[Value::Bytes(&whose.0), Value::Int(millis(now))])?;
            let Some(mut row) = found else { return Ok(Tried::Expired) };
            let (kept, tries_left) = (row.bytes(0)?, row.int(1)?);
            let right = is_right(&kept);
            let left = u32::try_from(tries_left.saturating_sub(1)).unwrap_or(0);
            if right || left == 0 {
                tx.run("DELETE FROM sign_in_codes WHERE whose = $1", &[Value::Bytes(&whose.0)])?;
            } else {
                let sql = "UPDATE sign_in_codes SET tries_left = $2 WHERE whose = $1";
                tx.run(sql, &[Value::Bytes(&whose.0), Value::Int(left.into())])?;
            }
            if !right {
                return Ok(Tried::Wrong { tries_left: left });
            }
            Ok(if sessions::open(tx, &session, now)? { Tried::Right } else { Tried::Revoked })
        })
        .await
    }
}

/// No two tries at once, or a wrong one could go uncounted; and none while another code takes this one's place.
fn hold(tx: &mut dyn Transaction, whose: CodeHash) -> Result<(), StateError> {
    let name: String = whose.0.iter().map(|byte| format!("{byte:02x}")).collect();
    tx.hold(&format!("code {name}"))
}

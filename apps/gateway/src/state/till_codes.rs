//! Codes for the till that this gateway issued, each good for one look at a kiosk.

use std::time::Duration;

use jiff::Timestamp;
use loyalty_core::domain::{AccountId, Phone};
use uuid::Uuid;

use super::limits::{self, Window};
use super::{CodeHash, Opening, State, StateError, Transaction, Value, devices, millis, sessions};

/// A code and whose it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IssuedTillCode {
    pub(crate) code: CodeHash,
    pub(crate) phone: Phone,
    pub(crate) account: AccountId,
    pub(crate) expires_at: Timestamp,
}

/// What a till code led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Resolved {
    /// A guest, whose session is open. The code is used up.
    Guest(Phone, AccountId),
    /// Nobody: it was never issued here, or is used or expired.
    Nobody,
    /// Too many wrong codes.
    Limited(Duration),
    /// A guest, at a kiosk whose credential is not good any more. The code stays.
    Revoked,
}

impl State {
    /// Remembers a code; `false` when the session that it was issued to is over, and whoever ended it wants no more of
    /// them.
    pub(crate) async fn keep_till_code(
        &self,
        session: Uuid,
        issued: IssuedTillCode,
    ) -> Result<bool, StateError> {
        self.write(move |tx| {
            sessions::hold_all_of(tx, issued.phone)?;
            // The loyalty server may give a number again when its time has passed.
            let sql =
                "INSERT INTO till_codes (code_hash, phone, account_id, expires_at) SELECT $1, $2, $3, $4
                       WHERE EXISTS (SELECT 1 FROM sessions WHERE id = $5)
                       ON CONFLICT (code_hash) DO UPDATE SET phone = excluded.phone,
                       account_id = excluded.account_id, expires_at = excluded.expires_at";
            let (phone, session) = (issued.phone.e164(), session.to_string());
            let values = [
                Value::Bytes(&issued.code.0),
                Value::Text(&phone),
                Value::Int(issued.account.0),
                Value::Int(millis(issued.expires_at)),
                Value::Text(&session),
            ];
            Ok(tx.run(sql, &values)? == 1)
        })
        .await
    }

    /// Opens a session for the guest whose code it is: both or neither, so that no code is used up for nothing and no
    /// session begins after its guest has ended all of them. Codes that lead nowhere count against the windows.
    pub(crate) async fn open_by_till_code(
        &self,
        windows: Vec<Window>,
        code: CodeHash,
        opening: Opening,
        now: Timestamp,
    ) -> Result<Resolved, StateError> {
        if let Some(wait) = self.full(&windows, now).await? {
            return Ok(Resolved::Limited(wait));
        }
        self.write(move |tx| {
            if let Err(wait) = limits::check(tx, &windows, now)? {
                return Ok(Resolved::Limited(wait));
            }
            let Some((phone, account)) = whose(tx, code, now)? else {
                limits::count(tx, &windows, now)?;
                return Ok(Resolved::Nobody);
            };
            if let Some(device) = opening.device
                && !devices::hold_in_force(tx, device)?
            {
                return Ok(Resolved::Revoked);
            }
            // The guest's sessions before the code: in the order in which whoever ends them takes both.
            sessions::hold_all_of(tx, phone)?;
            // Of two at once only one gets the row.
            let sql = "DELETE FROM till_codes WHERE code_hash = $1 AND phone = $2";
            if tx.run(sql, &[Value::Bytes(&code.0), Value::Text(&phone.e164())])? == 0 {
                limits::count(tx, &windows, now)?;
                return Ok(Resolved::Nobody);
            }
            sessions::open(tx, &opening.of(phone, Some(account)), now)?;
            Ok(Resolved::Guest(phone, account))
        })
        .await
    }
}

fn whose(
    tx: &mut dyn Transaction,
    code: CodeHash,
    now: Timestamp,
) -> Result<Option<(Phone, AccountId)>, StateError> {
    let sql = "SELECT phone, account_id FROM till_codes WHERE code_hash = $1 AND expires_at > $2";
    let found = super::one_row(tx, sql, &[Value::Bytes(&code.0), Value::Int(millis(now))])?;
    found.map(|mut row| Ok((row.phone(0)?, AccountId(row.int(1)?)))).transpose()
}

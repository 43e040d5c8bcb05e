//! Guests who want to be deleted.

use jiff::Timestamp;
use loyalty_core::domain::{AccountId, Phone};

use super::budgets::DAY;
use super::{State, StateError, Transaction, Value, consents, millis, sessions, snapshots, timestamp};

/// How long a request that knows nothing but the phone speaks for whoever has it: numbers are given to other people
/// later than that.
const SAME_GUEST: i64 = 30 * DAY;

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DeletionRow {
    pub(crate) phone: Phone,
    pub(crate) account: Option<AccountId>,
    pub(crate) requested_at: Timestamp,
    /// Asked for again after the operator had dealt with it, it is to be dealt with again.
    pub(crate) last_requested_at: Timestamp,
}

/// The account, or the phone where there is none.
fn subject(phone: Phone, account: Option<AccountId>) -> String {
    account.map_or_else(|| format!("phone {}", phone.e164()), |account| format!("account {}", account.0))
}

impl State {
    /// Records a request made at its last time from `address`, withdraws all consents, erases what is cached and ends all
    /// sessions. The first time counts, and is given back; without an account that of the last [`SAME_GUEST`] only.
    pub(crate) async fn request_deletion(
        &self,
        request: DeletionRow,
        address: String,
    ) -> Result<Timestamp, StateError> {
        self.write(move |tx| {
            consents::withdraw_all(tx, request.phone, request.account, &address, request.last_requested_at)?;
            let now = millis(request.last_requested_at);
            part_from_predecessor(tx, &subject(request.phone, request.account), now)?;
            let sql = "INSERT INTO deletions (subject, phone, account_id, requested_at, last_requested_at)
                 VALUES ($1, $2, $3, $4, $4)
                 ON CONFLICT (subject) DO UPDATE SET last_requested_at = excluded.last_requested_at";
            let (subject, phone) = (subject(request.phone, request.account), request.phone.e164());
            let values = [
                Value::Text(&subject),
                Value::Text(&phone),
                Value::int_or_null(request.account.map(|account| account.0)),
                Value::Int(now),
            ];
            tx.run(sql, &values)?;
            sessions::end_all_of(tx, request.phone)?;
            if let Some(account) = request.account {
                snapshots::erase(tx, account)?;
                tx.run("DELETE FROM till_codes WHERE account_id = $1", &[Value::Int(account.0)])?;
            }
            let first = requested_at(tx, &subject, now)?;
            first.ok_or(StateError::Corrupt("a request for deletion"))
        })
        .await
    }

    /// When deletion was asked for.
    pub(crate) async fn deletion_of(
        &self,
        phone: Phone,
        account: Option<AccountId>,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StateError> {
        self.read(move |tx| requested_at(tx, &subject(phone, account), millis(now))).await
    }

    /// All requests, oldest first.
    pub(crate) async fn deletions(&self) -> Result<Vec<DeletionRow>, StateError> {
        self.read(|tx| {
            let sql = "SELECT phone, account_id, requested_at, last_requested_at FROM deletions
                       ORDER BY requested_at, subject";
            let requests = tx.rows(sql, &[])?.into_iter().map(|mut row| {
                Ok(DeletionRow {
                    phone: row.phone(0)?,
                    account: row.int_or_null(1)?.map(AccountId),
                    requested_at: timestamp(row.int(2)?)?,
                    last_requested_at: timestamp(row.int(3)?)?,
                })
            });
            requests.collect()
        })
        .await
    }
}

/// Gives an old request that knows nothing but the phone another name: it stays on the operator's list, and the next
/// who has the phone begins one of their own.
fn part_from_predecessor(tx: &mut dyn Transaction, subject: &str, now: i64) -> Result<(), StateError> {
    let sql = "UPDATE deletions SET subject = $2
               WHERE subject = $1 AND account_id IS NULL AND last_requested_at <= $3";
    let another = format!("{subject} before {now}");
    let since = now.saturating_sub(SAME_GUEST);
    tx.run(sql, &[Value::Text(subject), Value::Text(&another), Value::Int(since)]).map(drop)
}

fn requested_at(tx: &mut dyn Transaction, subject: &str, now: i64) -> Result<Option<Timestamp>, StateError> {
    let sql = "SELECT requested_at FROM deletions
               WHERE subject = $1 AND (account_id IS NOT NULL OR last_requested_at > $2)";
    let since = now.saturating_sub(SAME_GUEST);
    let found = super::one_row(tx, sql, &[Value::Text(subject), Value::Int(since)])?;
    found.map(|mut row| timestamp(row.int(0)?)).transpose()
}

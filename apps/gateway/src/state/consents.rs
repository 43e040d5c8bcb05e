//! What guests have agreed to, with what proves it.

use jiff::Timestamp;
use loyalty_core::domain::{AccountId, Consent, ConsentKind, Phone};
use uuid::Uuid;

use super::budgets::DAY;
use super::{Row, State, StateError, Transaction, Value, millis, sessions, timestamp};
use crate::projection::{consent_kind, consent_word};

/// How many consents one phone can leave behind in a year: nobody changes their mind as often, and proof is never
/// dropped to make room.
const CONSENTS_PER_PHONE: i64 = 200;
const YEAR: i64 = 366 * DAY;

/// A consent and who gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConsentRow {
    pub(crate) phone: Phone,
    pub(crate) account: Option<AccountId>,
    pub(crate) address: String,
    pub(crate) withdrawn_address: Option<String>,
    pub(crate) consent: Consent,
}

const COLUMNS: &str =
    "phone, account_id, given_address, kind, text_version, given_at, withdrawn_at, withdrawn_address";

fn consent(mut row: Row) -> Result<ConsentRow, StateError> {
    Ok(ConsentRow {
        phone: row.phone(0)?,
        account: row.int_or_null(1)?.map(AccountId),
        address: row.text(2)?,
        withdrawn_address: row.text_or_null(7)?,
        consent: Consent {
            kind: consent_kind(&row.text(3)?).ok_or(StateError::Corrupt("a consent's kind"))?,
            text_version: row.text(4)?,
            given_at: timestamp(row.int(5)?)?,
            withdrawn_at: row.int_or_null(6)?.map(timestamp).transpose()?,
        },
    })
}

impl State {
    /// Records a consent, unless one to the same text is in force. Gives that which is in force now and whether it is
    /// new; `None` when the phone has left too many behind.
    ///
    /// What the session knows of its account by now counts before what `given` says: another request of the session's
    /// may have found out meanwhile, and nobody would look for a consent without an account again.
    pub(crate) async fn give_consent(
        &self,
        id: Uuid,
        session: Uuid,
        given: ConsentRow,
    ) -> Result<Option<(Consent, bool)>, StateError> {
        self.write(move |tx| {
            hold(tx, given.phone)?;
            let account = sessions::account(tx, session)?.or(given.account);
            let given = ConsentRow { account, ..given.clone() };
            let there = list(tx, given.phone, given.account)?;
            let in_force = there.iter().map(|row| &row.consent).find(|consent| {
                consent.in_force()
                    && consent.kind == given.consent.kind
                    && consent.text_version == given.consent.text_version
            });
            if let Some(consent) = in_force {
                return Ok(Some((consent.clone(), false)));
            }
            let count = "SELECT count(*) FROM consents WHERE phone = $1 AND given_at > $2";
            let a_year_ago = millis(given.consent.given_at).saturating_sub(YEAR);
            let values = [Value::Text(&given.phone.e164()), Value::Int(a_year_ago)];
            let count = super::one_row(tx, count, &values)?;
            if count.map(|mut row| row.int(0)).transpose()?.unwrap_or(0) >= CONSENTS_PER_PHONE {
                return Ok(None);
            }
            // An older text's consent ends where the new one begins.
            let ConsentRow { phone, account, ref address, .. } = given;
            let older = Withdrawal { kind: given.consent.kind, phone, account, address };
            withdraw(tx, &older, given.consent.given_at)?;
            insert(tx, id, &given)?;
            Ok(Some((given.consent, true)))
        })
        .await
    }

    /// Records that a kind of consent is withdrawn at `now` from `address`.
    pub(crate) async fn withdraw_consent(
        &self,
        kind: ConsentKind,
        phone: Phone,
        account: Option<AccountId>,
        address: String,
        now: Timestamp,
    ) -> Result<(), StateError> {
        self.write(move |tx| {
            hold(tx, phone)?;
            withdraw(tx, &Withdrawal { kind, phone, account, address: &address }, now)
        })
        .await
    }

    /// A guest's consents, newest first: those of the account, and those that the phone gave before it had one.
    pub(crate) async fn consents_of(
        &self,
        phone: Phone,
        account: Option<AccountId>,
    ) -> Result<Vec<ConsentRow>, StateError> {
        self.read(move |tx| list(tx, phone, account)).await
    }

    /// All consents, oldest first, `most` at a time after the row `after`.
    pub(crate) async fn all_consents(
        &self,
        after: Option<Uuid>,
        most: u32,
    ) -> Result<Vec<(Uuid, ConsentRow)>, StateError> {
        self.read(move |tx| {
            let sql = format!("SELECT {COLUMNS}, id FROM consents WHERE id > $1 ORDER BY id LIMIT $2");
            let after = after.map(|id| id.to_string()).unwrap_or_default();
            let rows = tx.rows(&sql, &[Value::Text(&after), Value::Int(most.into())])?;
            rows.into_iter().map(|mut row| Ok((row.id(8)?, consent(row)?))).collect()
        })
        .await
    }
}

/// Whoever changes a phone's consents is alone in it.
pub(super) fn hold(tx: &mut dyn Transaction, phone: Phone) -> Result<(), StateError> {
    tx.hold(&format!("consents of {}", phone.e164()))
}

fn list(
    tx: &mut dyn Transaction,
    phone: Phone,
    account: Option<AccountId>,
) -> Result<Vec<ConsentRow>, StateError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM consents WHERE account_id = $2 OR (phone = $1 AND account_id IS NULL)
         ORDER BY given_at DESC, id DESC"
    );
    let values = [Value::Text(&phone.e164()), Value::int_or_null(account.map(|account| account.0))];
    tx.rows(&sql, &values)?.into_iter().map(consent).collect()
}

fn insert(tx: &mut dyn Transaction, id: Uuid, given: &ConsentRow) -> Result<(), StateError> {
    let sql = "INSERT INTO consents (id, phone, account_id, kind, text_version, given_at, given_address)
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let (id, phone) = (id.to_string(), given.phone.e164());
    let values = [
        Value::Text(&id),
        Value::Text(&phone),
        Value::int_or_null(given.account.map(|account| account.0)),
        Value::Text(consent_word(given.consent.kind)),
        Value::Text(&given.consent.text_version),
        Value::Int(millis(given.consent.given_at)),
        Value::Text(&given.address),
    ];
    tx.run(sql, &values).map(drop)
}

/// What is withdrawn, by whom and from where.
struct Withdrawal<'a> {
    kind: ConsentKind,
    phone: Phone,
    account: Option<AccountId>,
    address: &'a str,
}

/// Withdraws all that a guest has agreed to: whoever wants to be forgotten agrees to nothing any more.
pub(super) fn withdraw_all(
    tx: &mut dyn Transaction,
    phone: Phone,
    account: Option<AccountId>,
    address: &str,
    now: Timestamp,
) -> Result<(), StateError> {
    hold(tx, phone)?;
    for kind in [ConsentKind::PersonalData, ConsentKind::Advertising] {
        withdraw(tx, &Withdrawal { kind, phone, account, address }, now)?;
    }
    Ok(())
}

fn withdraw(tx: &mut dyn Transaction, by: &Withdrawal<'_>, now: Timestamp) -> Result<(), StateError> {
    let sql = "UPDATE consents SET withdrawn_at = $1, withdrawn_address = $2 WHERE withdrawn_at IS NULL
               AND kind = $3 AND (account_id = $5 OR (phone = $4 AND account_id IS NULL))";
    let phone = by.phone.e164();
    let values = [
        Value::Int(millis(now)),
        Value::Text(by.address),
        Value::Text(consent_word(by.kind)),
        Value::Text(&phone),
        Value::int_or_null(by.account.map(|account| account.0)),
    ];
    tx.run(sql, &values).map(drop)
}

/// Gives what a phone agreed to before it had an account to the account.
pub(super) fn bind(tx: &mut dyn Transaction, phone: Phone, account: AccountId) -> Result<(), StateError> {
    let sql = "UPDATE consents SET account_id = $2 WHERE phone = $1 AND account_id IS NULL";
    tx.run(sql, &[Value::Text(&phone.e164()), Value::Int(account.0)]).map(drop)
}

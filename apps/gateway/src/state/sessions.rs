//! Sessions and their tokens.
//!
//! Each pair of tokens is a generation. A session remembers the newest generation that was issued, and the newest that
//! was used: from these two follows what a refresh token may still do.

use std::collections::BTreeSet;

use jiff::Timestamp;
use loyalty_core::domain::{AccountId, Phone};
use uuid::Uuid;

use super::{CachedSnapshot, Row, State, StateError, Transaction, Value, millis, timestamp};
use crate::gateway::SessionKind;

/// Sessions of one kind that one phone can have; the one that was idle longest makes room. So looks at kiosks sign
/// nobody's own device out.
const SESSIONS_PER_PHONE: i64 = 20;
/// How many generations back a spent refresh token is still recognised as such.
const GENERATIONS: i64 = 64;

/// A keyed hash of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TokenHash(pub(crate) [u8; 32]);

/// A pair of tokens to be issued.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewPair {
    pub(crate) access: TokenHash,
    pub(crate) access_expires_at: Timestamp,
    /// A kiosk's session has none.
    pub(crate) refresh: Option<TokenHash>,
    /// When the session ends unless it is refreshed.
    pub(crate) expires_at: Timestamp,
}

/// A session to be opened for whoever proves to be the guest.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Opening {
    pub(crate) id: Uuid,
    pub(crate) kind: SessionKind,
    pub(crate) device: Option<Uuid>,
    pub(crate) pair: NewPair,
}

impl Opening {
    /// The session of this guest.
    pub(crate) fn of(self, phone: Phone, account: Option<AccountId>) -> NewSession {
        let Self { id, kind, device, pair } = self;
        NewSession { id, phone, account, kind, device, pair }
    }
}

/// A session to be opened.
#[derive(Debug, Clone)]
pub(crate) struct NewSession {
    pub(crate) id: Uuid,
    pub(crate) phone: Phone,
    pub(crate) account: Option<AccountId>,
    pub(crate) kind: SessionKind,
    pub(crate) device: Option<Uuid>,
    pub(crate) pair: NewPair,
}

/// A session as a token finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SessionRow {
    pub(crate) id: Uuid,
    pub(crate) phone: Phone,
    pub(crate) account: Option<AccountId>,
    pub(crate) kind: SessionKind,
    /// When it was last seen that the account carries the phone.
    pub(crate) checked_at: Timestamp,
    issued: i64,
    used: i64,
    /// The generation of the token.
    generation: i64,
}

/// A session for its owner's eyes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OpenSession {
    pub(crate) kind: SessionKind,
    pub(crate) opened_at: Timestamp,
    pub(crate) last_used_at: Timestamp,
}

/// A token's purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presented {
    Access,
    Refresh,
}

impl Presented {
    fn word(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Refresh => "refresh",
        }
    }
}

/// What became of a refresh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Rotated {
    /// The new pair is issued.
    Issued(SessionRow),
    /// There is no such token, or it is too old.
    Unknown,
    /// The token was spent and its successor used: somebody has a copy. The session is over.
    Reused(Uuid),
}

impl State {
    /// Opens a session; `false` at a kiosk whose credential is not good any more.
    #[cfg(test)]
    pub(crate) async fn open_session(&self, session: NewSession, now: Timestamp) -> Result<bool, StateError> {
        self.write(move |tx| open(tx, &session, now)).await
    }

    /// The session that a token belongs to. An access token is thereby used.
    pub(crate) async fn session(
        &self,
        presented: Presented,
        token: TokenHash,
        now: Timestamp,
    ) -> Result<Option<SessionRow>, StateError> {
        let found = self.read(move |tx| find(tx, presented, token, now)).await?;
        match found {
            Some(row) if presented == Presented::Access && row.generation > row.used => {
                // The first use, which makes the spent refresh token worthless. Looked at again, because the pair may
                // just have been replaced.
                self.write(move |tx| {
                    hold(tx, row.id)?;
                    let found = find(tx, presented, token, now)?;
                    if let Some(row) = &found {
                        note_use(tx, row, now)?;
                    }
                    Ok(found)
                })
                .await
            }
            found => Ok(found),
        }
    }

    /// The session that an access token belongs to, which is thereby used, and what its guest was last shown. Both come
    /// from one read, because no request is as frequent.
    pub(crate) async fn session_with_snapshot(
        &self,
        token: TokenHash,
        now: Timestamp,
    ) -> Result<Option<(SessionRow, Option<CachedSnapshot>)>, StateError> {
        let found = self.read(move |tx| find_with_snapshot(tx, token, now)).await?;
        match found {
            Some((row, cached)) if row.generation > row.used => {
                // The first use, which is written down.
                let session = self.session(Presented::Access, token, now).await?;
                Ok(session.map(|row| (row, cached)))
            }
            found => Ok(found),
        }
    }

    /// Issues a new pair against a refresh token.
    pub(crate) async fn rotate(
        &self,
        token: TokenHash,
        pair: NewPair,
        now: Timestamp,
    ) -> Result<Rotated, StateError> {
        self.write(move |tx| rotate(tx, token, &pair, now)).await
    }

    /// Writes down that the account was seen to carry the session's phone.
    pub(crate) async fn note_checked(&self, id: Uuid, now: Timestamp) -> Result<(), StateError> {
        self.write(move |tx| {
            let values = [Value::Text(&id.to_string()), Value::Int(millis(now))];
            tx.run("UPDATE sessions SET checked_at = $2 WHERE id = $1", &values).map(drop)
        })
        .await
    }

    /// Says which account a session's phone has, for a session that has none yet, and for the consents that its phone
    /// gave before there was one.
    pub(crate) async fn bind(
        &self,
        id: Uuid,
        phone: Phone,
        account: AccountId,
        now: Timestamp,
    ) -> Result<(), StateError> {
        self.write(move |tx| {
            super::consents::hold(tx, phone)?;
            let values = [Value::Text(&id.to_string()), Value::Int(account.0), Value::Int(millis(now))];
            let sql =
                "UPDATE sessions SET account_id = $2, checked_at = $3 WHERE id = $1 AND account_id IS NULL";
            tx.run(sql, &values)?;
            super::consents::bind(tx, phone, account)
        })
        .await
    }

    /// Ends a session. What was cached for its account goes with the last one.
    pub(crate) async fn end_session(&self, id: Uuid) -> Result<(), StateError> {
        self.write(move |tx| end(tx, id)).await
    }

    /// Ends all sessions of a phone.
    pub(crate) async fn end_sessions_of(&self, phone: Phone) -> Result<(), StateError> {
        self.write(move |tx| end_all_of(tx, phone)).await
    }

    /// Whether a phone has a session, or has had one that is not forgotten yet.
    pub(crate) async fn has_session(&self, phone: Phone) -> Result<bool, StateError> {
        self.read(move |tx| {
            let sql = "SELECT 1 FROM sessions WHERE phone = $1 LIMIT 1";
            Ok(super::one_row(tx, sql, &[Value::Text(&phone.e164())])?.is_some())
        })
        .await
    }

    /// All sessions of a phone, newest first.
    pub(crate) async fn sessions_of(
        &self,
        phone: Phone,
        now: Timestamp,
    ) -> Result<Vec<OpenSession>, StateError> {
        self.read(move |tx| {
            let sql =
                "SELECT kind, opened_at, last_used_at FROM sessions WHERE phone = $1 AND expires_at > $2
                       ORDER BY opened_at DESC, id DESC";
            let rows = tx.rows(sql, &[Value::Text(&phone.e164()), Value::Int(millis(now))])?;
            let open = rows.into_iter().map(|mut row| {
                Ok(OpenSession {
                    kind: kind(&row.text(0)?)?,
                    opened_at: timestamp(row.int(1)?)?,
                    last_used_at: timestamp(row.int(2)?)?,
                })
            });
            open.collect()
        })
        .await
    }
}

fn hold(tx: &mut dyn Transaction, id: Uuid) -> Result<(), StateError> {
    tx.hold(&format!("session {id}"))
}

/// Lets nobody else begin a session of this phone, or end all of them.
pub(super) fn hold_all_of(tx: &mut dyn Transaction, phone: Phone) -> Result<(), StateError> {
    tx.hold(&format!("sessions of {}", phone.e164()))
}

/// Opens a session; `false` at a kiosk whose credential is not good any more.
pub(super) fn open(
    tx: &mut dyn Transaction,
    session: &NewSession,
    now: Timestamp,
) -> Result<bool, StateError> {
    if let Some(device) = session.device
        && !super::devices::hold_in_force(tx, device)?
    {
        return Ok(false);
    }
    hold_all_of(tx, session.phone)?;
    let phone = session.phone.e164();
    let sql = "SELECT id FROM sessions WHERE phone = $1 AND kind = $2 ORDER BY last_used_at DESC, id DESC
         LIMIT $3 OFFSET $4";
    let idle = [
        Value::Text(&phone),
        Value::Text(kind_word(session.kind)),
        Value::Int(i64::MAX),
        Value::Int(SESSIONS_PER_PHONE - 1),
    ];
    let idle = tx.rows(sql, &idle)?;
    end_all(tx, ids(idle)?)?;
    let sql =
        "INSERT INTO sessions (id, phone, account_id, kind, device_id, opened_at, last_used_at, expires_at,
               checked_at, issued, used) VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $6, 1, 0)";
    let (id, device) = (session.id.to_string(), session.device.map(|device| device.to_string()));
    let values = [
        Value::Text(&id),
        Value::Text(&phone),
        Value::int_or_null(session.account.map(|account| account.0)),
        Value::Text(kind_word(session.kind)),
        Value::text_or_null(device.as_deref()),
        Value::Int(millis(now)),
        Value::Int(millis(session.pair.expires_at)),
    ];
    tx.run(sql, &values)?;
    issue(tx, session.id, 1, &session.pair)?;
    Ok(true)
}

fn issue(tx: &mut dyn Transaction, id: Uuid, generation: i64, pair: &NewPair) -> Result<(), StateError> {
    let sql =
        "INSERT INTO tokens (hash, session_id, purpose, generation, expires_at) VALUES ($1, $2, $3, $4, $5)";
    let id = id.to_string();
    let access = [
        Value::Bytes(&pair.access.0),
        Value::Text(&id),
        Value::Text(Presented::Access.word()),
        Value::Int(generation),
        Value::Int(millis(pair.access_expires_at)),
    ];
    tx.run(sql, &access)?;
    if let Some(refresh) = &pair.refresh {
        let refresh = [
            Value::Bytes(&refresh.0),
            Value::Text(&id),
            Value::Text(Presented::Refresh.word()),
            Value::Int(generation),
            Value::Int(millis(pair.expires_at)),
        ];
        tx.run(sql, &refresh)?;
    }
    Ok(())
}

fn find(
    tx: &mut dyn Transaction,
    presented: Presented,
    token: TokenHash,
    now: Timestamp,
) -> Result<Option<SessionRow>, StateError> {
    let sql = "SELECT s.id, s.phone, s.account_id, s.kind, s.checked_at, s.issued, s.used, t.generation
               FROM tokens t JOIN sessions s ON s.id = t.session_id
               WHERE t.hash = $1 AND t.purpose = $2 AND t.expires_at > $3 AND s.expires_at > $3";
    let values = [Value::Bytes(&token.0), Value::Text(presented.word()), Value::Int(millis(now))];
    super::one_row(tx, sql, &values)?.map(|mut row| session(&mut row)).transpose()
}

/// The statement of most requests.
pub(super) const SESSION_WITH_SNAPSHOT: &str =
    "SELECT s.id, s.phone, s.account_id, s.kind, s.checked_at, s.issued, s.used, t.generation, c.as_of,
     CASE WHEN s.kind = 'kiosk' THEN c.kiosk_body ELSE c.guest_body END,
     CASE WHEN s.kind = 'kiosk' THEN c.kiosk_etag ELSE c.guest_etag END
     FROM tokens t JOIN sessions s ON s.id = t.session_id
     LEFT JOIN snapshots c ON c.account_id = s.account_id
     WHERE t.hash = $1 AND t.purpose = 'access' AND t.expires_at > $2 AND s.expires_at > $2";

fn find_with_snapshot(
    tx: &mut dyn Transaction,
    token: TokenHash,
    now: Timestamp,
) -> Result<Option<(SessionRow, Option<CachedSnapshot>)>, StateError> {
    let values = [Value::Bytes(&token.0), Value::Int(millis(now))];
    let Some(mut row) = super::one_row(tx, SESSION_WITH_SNAPSHOT, &values)? else { return Ok(None) };
    let session = session(&mut row)?;
    let cached = match row.int_or_null(8)? {
        None => None,
        Some(as_of) => {
            Some(CachedSnapshot { as_of: timestamp(as_of)?, body: row.bytes(9)?, etag: row.text(10)? })
        }
    };
    Ok(Some((session, cached)))
}

fn session(row: &mut Row) -> Result<SessionRow, StateError> {
    Ok(SessionRow {
        id: row.id(0)?,
        phone: row.phone(1)?,
        account: row.int_or_null(2)?.map(AccountId),
        kind: kind(&row.text(3)?)?,
        checked_at: timestamp(row.int(4)?)?,
        issued: row.int(5)?,
        used: row.int(6)?,
        generation: row.int(7)?,
    })
}

fn note_use(tx: &mut dyn Transaction, row: &SessionRow, now: Timestamp) -> Result<(), StateError> {
    let sql = "UPDATE sessions SET used = $2, last_used_at = $3 WHERE id = $1 AND used < $2";
    let id = row.id.to_string();
    tx.run(sql, &[Value::Text(&id), Value::Int(row.generation), Value::Int(millis(now))]).map(drop)
}

fn rotate(
    tx: &mut dyn Transaction,
    token: TokenHash,
    pair: &NewPair,
    now: Timestamp,
) -> Result<Rotated, StateError> {
    let Some(before) = find(tx, Presented::Refresh, token, now)? else { return Ok(Rotated::Unknown) };
    hold(tx, before.id)?;
    let Some(row) = find(tx, Presented::Refresh, token, now)? else { return Ok(Rotated::Unknown) };
    if row.generation < row.used {
        end(tx, row.id)?;
        return Ok(Rotated::Reused(row.id));
    }
    let id = row.id.to_string();
    // A pair that nobody has used is replaced, and access tokens from before this pair are not needed any more.
    let replaced = [Value::Text(&id), Value::Int(row.generation)];
    tx.run("DELETE FROM tokens WHERE session_id = $1 AND generation > $2", &replaced)?;
    tx.run("DELETE FROM tokens WHERE session_id = $1 AND generation < $2 AND purpose = 'access'", &replaced)?;
    let issued = row.issued.saturating_add(1);
    // The presented token stays, however often its reply got lost.
    let oldest = issued.saturating_sub(GENERATIONS).min(row.generation);
    tx.run(
        "DELETE FROM tokens WHERE session_id = $1 AND generation < $2",
        &[Value::Text(&id), Value::Int(oldest)],
    )?;
    let sql = "UPDATE sessions SET used = $2, issued = $3, last_used_at = $4, expires_at = $5 WHERE id = $1";
    let values = [
        Value::Text(&id),
        Value::Int(row.generation),
        Value::Int(issued),
        Value::Int(millis(now)),
        Value::Int(millis(pair.expires_at)),
    ];
    tx.run(sql, &values)?;
    issue(tx, row.id, issued, pair)?;
    Ok(Rotated::Issued(row))
}

/// The account that a session knows.
pub(super) fn account(tx: &mut dyn Transaction, id: Uuid) -> Result<Option<AccountId>, StateError> {
    let sql = "SELECT account_id FROM sessions WHERE id = $1";
    let found = super::one_row(tx, sql, &[Value::Text(&id.to_string())])?;
    Ok(found.map(|mut row| row.int_or_null(0)).transpose()?.flatten().map(AccountId))
}

fn end(tx: &mut dyn Transaction, id: Uuid) -> Result<(), StateError> {
    end_all(tx, vec![id])
}

/// Ends sessions: holds all of them before any snapshot, or two who end each other's guests would wait for each other.
pub(super) fn end_all(tx: &mut dyn Transaction, mut ids: Vec<Uuid>) -> Result<(), StateError> {
    ids.sort_unstable();
    for id in &ids {
        hold(tx, *id)?;
    }
    let mut accounts = BTreeSet::new();
    for id in ids {
        accounts.extend(account(tx, id)?.map(|account| account.0));
        let id = id.to_string();
        tx.run("DELETE FROM tokens WHERE session_id = $1", &[Value::Text(&id)])?;
        tx.run("DELETE FROM sessions WHERE id = $1", &[Value::Text(&id)])?;
    }
    for account in accounts {
        super::snapshots::erase_if_nobody_is_signed_in(tx, AccountId(account))?;
    }
    Ok(())
}

/// Ends all sessions of a phone; codes for the till that it was given open no more at a kiosk.
pub(super) fn end_all_of(tx: &mut dyn Transaction, phone: Phone) -> Result<(), StateError> {
    hold_all_of(tx, phone)?;
    let phone = phone.e164();
    let values = [Value::Text(&phone)];
    tx.run("DELETE FROM till_codes WHERE phone = $1", &values)?;
    let rows = tx.rows("SELECT id FROM sessions WHERE phone = $1", &values)?;
    end_all(tx, ids(rows)?)
}

/// The sessions in the first column.
pub(super) fn ids(rows: Vec<Row>) -> Result<Vec<Uuid>, StateError> {
    rows.into_iter().map(|mut row| row.id(0)).collect()
}

pub(super) fn kind_word(kind: SessionKind) -> &'static str {
    match kind {
        SessionKind::Guest => "guest",
        SessionKind::Kiosk => "kiosk",
    }
}

fn kind(word: &str) -> Result<SessionKind, StateError> {
    [SessionKind::Guest, SessionKind::Kiosk]
        .into_iter()
        .find(|kind| kind_word(*kind) == word)
        .ok_or(StateError::Corrupt("a session's kind"))
}

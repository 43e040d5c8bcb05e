//! A state to try things on.

use jiff::{SignedDuration, Timestamp};
use loyalty_core::domain::{AccountId, Phone};
use loyalty_postgres::Cluster;
use tempfile::TempDir;
use uuid::Uuid;

use crate::gateway::SessionKind;
use crate::state::{Database, NewPair, NewSession, State, TokenHash};

/// When everything here happens.
pub(crate) const NOON: Timestamp = Timestamp::constant(1_781_514_000, 0);

/// A session that is not there.
pub(crate) const GONE: Uuid = Uuid::nil();

/// A state, and the way to open it once more.
pub(crate) struct Fixture {
    pub(crate) state: State,
    pub(crate) database: Database,
    pub(crate) _folder: Option<TempDir>,
}

impl Fixture {
    pub(crate) async fn sqlite() -> Self {
        let folder = TempDir::new().unwrap();
        let database = Database::Sqlite(folder.path().join("gateway.db"));
        Self { state: State::open(&database).await.unwrap(), database, _folder: Some(folder) }
    }

    pub(crate) async fn postgres() -> Self {
        let url = tokio::task::spawn_blocking(|| Cluster::shared().database()).await.unwrap();
        let database = Database::from_url(&url.into(), None);
        Self { state: State::open(&database).await.unwrap(), database, _folder: None }
    }

    /// Another instance on the same database, where there can be one; else the same.
    pub(crate) async fn neighbour(&self) -> State {
        match &self.database {
            Database::Sqlite(_) => self.state.clone(),
            Database::Postgres { .. } => State::open(&self.database).await.unwrap(),
        }
    }

    /// How many rows a table has.
    pub(crate) async fn count(&self, table: &'static str) -> i64 {
        let sql = format!("SELECT count(*) FROM {table}");
        self.state.read(move |tx| tx.rows(&sql, &[])?.remove(0).int(0)).await.unwrap()
    }
}

pub(crate) fn phone(last: u32) -> Phone {
    Phone::parse(&format!("+7912345{last:04}")).unwrap()
}

/// The hash of the token with this number.
pub(crate) fn hash(number: u64) -> TokenHash {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    TokenHash(bytes)
}

/// A pair made at an instant: an access token with an even number, and a refresh token with the next one.
pub(crate) fn pair(number: u64, at: Timestamp) -> NewPair {
    NewPair {
        access: hash(number * 2),
        access_expires_at: at + SignedDuration::from_mins(15),
        refresh: Some(hash(number * 2 + 1)),
        expires_at: at + SignedDuration::from_hours(90 * 24),
    }
}

/// A session of the guest whose phone and account have this number, with the pair of this number.
pub(crate) fn session(guest: u32, number: u64) -> NewSession {
    NewSession {
        id: Uuid::from_u128(u128::from(number)),
        phone: phone(guest),
        account: Some(AccountId(guest.into())),
        kind: SessionKind::Guest,
        device: None,
        pair: pair(number, NOON),
    }
}

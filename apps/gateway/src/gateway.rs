//! The gateway without its HTTP side: one method a route.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use jiff::Timestamp;
use loyalty_core::backend::probonus::ProBonus;
use loyalty_core::domain::{AccountId, ConsentKind, Period, Phone, Profile, ProfileChange};
use loyalty_core::ports::Clock;
use secrecy::SecretString;
use uuid::Uuid;

use crate::delivery::Delivery;
use crate::error::GatewayError;
use crate::options::{GatewayOptions, MasterKey};
use crate::projection::{
    CodeSentDocument, ConsentDocument, DeletionDocument, ExportDocument, PageDocument, ReceiptDocument,
    RegisteredDocument, TillCodeDocument, UpdatedDocument,
};
use crate::random::Random;
use crate::state::State;

/// What a gateway is made of.
pub struct Parts {
    /// The direct connection to ProBonus, which sees every guest.
    pub probonus: ProBonus,
    /// Where the gateway remembers.
    pub state: State,
    /// How a code reaches a phone.
    pub delivery: Arc<dyn Delivery>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness fit for secrets.
    pub random: Arc<dyn Random>,
    /// The gateway's own secret.
    pub master_key: MasterKey,
    /// What the operator has set.
    pub options: GatewayOptions,
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Parts")
    }
}

/// The guest gateway. Cheap to clone; every method may be called from any task of a Tokio runtime.
#[derive(Clone)]
pub struct Gateway {}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gateway")
    }
}

/// Where a request came from.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The address of the device, after trusted proxies.
    pub address: IpAddr,
    /// The kiosk that it came from, whose credential was checked by [`Gateway::device`].
    pub device: Option<Device>,
}

/// A kiosk whose credential is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// The device's id, which may stand in logs.
    pub id: Uuid,
}

/// Who is asking: a session whose access token is good. Nothing else says which guest it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Guest {
    /// The session's id, which may stand in logs.
    pub session: Uuid,
    /// Whether the session is on the guest's own device or at a kiosk.
    pub kind: SessionKind,
    pub(crate) phone: Phone,
    pub(crate) account: Option<AccountId>,
}

impl fmt::Debug for Guest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Guest(session {})", self.session)
    }
}

/// Where a session lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SessionKind {
    /// On the guest's own device, for months.
    Guest,
    /// At a kiosk, for minutes.
    Kiosk,
}

/// The tokens of a session.
#[derive(Debug)]
pub struct SessionTokens {
    /// The session's id, which may stand in logs.
    pub session: Uuid,
    /// Where the session lives.
    pub kind: SessionKind,
    /// For every request.
    pub access_token: SecretString,
    /// For how many seconds it is good.
    pub expires_in: u64,
    /// For the next pair of tokens; a kiosk's session has none.
    pub refresh: Option<RefreshToken>,
}

/// A refresh token.
#[derive(Debug)]
pub struct RefreshToken {
    /// The token.
    pub token: SecretString,
    /// For how many seconds it is good.
    pub expires_in: u64,
}

/// Which sessions to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignOut {
    /// That which asks.
    This,
    /// All of the guest's.
    All,
}

/// How old a snapshot may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wanted {
    /// Up to 15 seconds.
    #[default]
    Recent,
    /// Read anew, if the last reading is 5 seconds old.
    Revalidated,
}

/// A snapshot, ready to be sent.
#[derive(Debug, Clone)]
pub struct SnapshotReply {
    /// The JSON of a [`crate::projection::SnapshotDocument`].
    pub body: Arc<[u8]>,
    /// The entity tag with its quotes: the same as long as nothing but `asOf` differs.
    pub etag: String,
    /// When ProBonus was read.
    pub as_of: Timestamp,
    /// Whether ProBonus could not be asked just now.
    pub stale: bool,
}

/// Which part of the history.
#[derive(Debug, Clone, Default)]
pub struct HistoryQuery {
    /// How many rows at most, 1 to 100.
    pub limit: u32,
    /// Where the page before ended; carries its period.
    pub cursor: Option<String>,
    /// The period of a first page; all of the history without one.
    pub period: Option<Period>,
}

/// What giving a consent came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentGiven {
    /// Whether it is new: otherwise it was in force already.
    pub created: bool,
    /// The consent.
    pub consent: ConsentDocument,
}

/// A kiosk's credential, shown once.
#[derive(Debug)]
pub struct NewDevice {
    /// The device's id.
    pub id: Uuid,
    /// What the kiosk sends as `Loyalty-Device`.
    pub credential: SecretString,
}

/// A kiosk as the operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceEntry {
    /// The device's id.
    pub id: Uuid,
    /// What the operator called it.
    pub name: String,
    /// When it was added.
    pub added_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// A consent as the operator keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentEntry {
    /// The confirmed phone that gave it.
    pub phone: Phone,
    /// The account, once there was one.
    pub account: Option<AccountId>,
    /// The address that it was given from.
    pub address: String,
    /// The consent.
    pub consent: ConsentDocument,
}

/// A request for deletion as the operator works on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeletionEntry {
    /// The phone of the session that asked.
    pub phone: Phone,
    /// The account, if there was one.
    pub account: Option<AccountId>,
    /// When it was asked for.
    pub requested_at: Timestamp,
}

/// What a gateway has counted since it started, for metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Codes handed to a provider that took them.
    pub codes_delivered: u64,
    /// Codes that no provider took, or for which the day's budget was spent.
    pub codes_failed: u64,
    /// Codes waiting to be delivered.
    pub codes_waiting: u64,
    /// Snapshots answered from the cache.
    pub snapshots_cached: u64,
    /// Snapshots read from ProBonus.
    pub snapshots_read: u64,
    /// Snapshots answered although ProBonus could not be asked.
    pub snapshots_stale: u64,
    /// Readings of snapshots that failed.
    pub snapshots_failed: u64,
    /// Sessions ended because a spent refresh token came back.
    pub families_revoked: u64,
}

#[allow(clippy::unused_async, unused_variables)]
impl Gateway {
    /// Starts the gateway's background work on the current Tokio runtime.
    #[must_use]
    pub fn start(parts: Parts) -> Self {
        Self {}
    }

    /// Whether the state can be read.
    pub async fn ready(&self) -> Result<(), GatewayError> {
        Err(GatewayError::Internal)
    }

    /// Takes no more codes, and waits until those that wait are delivered, 10 seconds at most.
    pub async fn shut_down(&self) {}

    /// What has been counted since the start.
    #[must_use]
    pub fn counters(&self) -> Counters {
        Counters::default()
    }

    /// The kiosk with this credential, else [`GatewayError::Unauthorized`].
    pub async fn device(&self, credential: &str) -> Result<Device, GatewayError> {
        Err(GatewayError::Internal)
    }

    /// Sends a code to a phone. Whether there is such a guest can be told neither from the reply nor from its time.
    pub async fn request_code(&self, phone: &str, origin: &Origin) -> Result<CodeSentDocument, GatewayError> {
        Err(GatewayError::Internal)
    }

    /// Opens a session for whoever knows the code: a kiosk's when `origin` is one.
    pub async fn confirm(
        &self,
        phone: &str,
        code: &str,
        origin: &Origin,
    ) -> Result<SessionTokens, GatewayError> {
        Err(GatewayError::Internal)
    }

    /// New tokens for a session.
    pub async fn refresh(&self, refresh_token: &str) -> Result<SessionTokens, GatewayError> {
        Err(GatewayError::Internal)
    }

    /// The session with this access token, else [`GatewayError::Unauthorized`].
    pub async fn authenticate(&self, access_token: &str) -> Result<Guest, GatewayError> {
        Err(GatewayError::Internal)
    }

    /// Ends sessions. `All` is refused to a kiosk's session.
    pub async fn sign_out(&self, guest: &Guest, which: SignOut) -> Result<(), GatewayError> {
        Err(GatewayError::Internal)
    }

    /// Opens a kiosk's session by a till code that this gateway issued; [`GatewayError::CodeExpired`] for any other.
    pub async fn identify(
        &self,
        device: &Device,
        till_code: &str,
        origin: &Origin,
    ) -> Result<SessionTokens, GatewayError> {
        Err(GatewayError::Internal)
    }

    /// Finds the guest's account or creates it.
    pub async fn register(
        &self,
        guest: &Guest,
        profile: Profile,
    ) -> Result<RegisteredDocument, GatewayError> {
        Err(GatewayError::Internal)
    }

    /// What the guest holds.
    pub async fn snapshot(&self, guest: &Guest, wanted: Wanted) -> Result<SnapshotReply, GatewayError> {
        Err(GatewayError::Internal)
    }

    /// A page of the history.
    pub async fn transactions(
        &self,
        guest: &Guest,
        query: &HistoryQuery,
    ) -> Result<PageDocument, GatewayError> {
        Err(GatewayError::Internal)
    }

    /// A receipt by the sealed reference of a transaction of the same guest.
    pub async fn receipt(&self, guest: &Guest, reference: &str) -> Result<ReceiptDocument, GatewayError> {
        Err(GatewayError::Internal)
    }

    /// Changes the guest's form.
    pub async fn update_profile(
        &self,
        guest: &Guest,
        change: &ProfileChange,
    ) -> Result<UpdatedDocument, GatewayError> {
        Err(GatewayError::Internal)
    }

    /// A code for the till.
    pub async fn till_code(&self, guest: &Guest) -> Result<TillCodeDocument, GatewayError> {
        Err(GatewayError::Internal)
    }

    /// The guest's consents, newest first.
    pub async fn consents(&self, guest: &Guest) -> Result<Vec<ConsentDocument>, GatewayError> {
        Err(GatewayError::Internal)
    }

    /// Records a consent to the current text.
    pub async fn give_consent(
        &self,
        guest: &Guest,
        kind: ConsentKind,
        text_version: &str,
        origin: &Origin,
    ) -> Result<ConsentGiven, GatewayError> {
        Err(GatewayError::Internal)
    }

    /// Records that a consent is withdrawn.
    pub async fn withdraw_consent(
        &self,
        guest: &Guest,
        kind: ConsentKind,
        origin: &Origin,
    ) -> Result<(), GatewayError> {
        Err(GatewayError::Internal)
    }

    /// Everything that is kept about the guest.
    pub async fn export(&self, guest: &Guest) -> Result<ExportDocument, GatewayError> {
        Err(GatewayError::Internal)
    }

    /// Records that the guest wants to be deleted, erases what is cached and ends all of the guest's sessions.
    pub async fn request_deletion(&self, guest: &Guest) -> Result<DeletionDocument, GatewayError> {
        Err(GatewayError::Internal)
    }
}

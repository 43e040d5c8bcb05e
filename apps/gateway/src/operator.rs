//! What the operator does on the gateway's state: kiosks, and lists for the work that the law asks for. Needs no
//! ProBonus, and works beside a running gateway.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use loyalty_core::domain::{AccountId, Phone};
use loyalty_core::ports::Clock;
use secrecy::SecretString;
use uuid::Uuid;

use crate::consents;
use crate::error::GatewayError;
use crate::keys::Keys;
use crate::options::MasterKey;
use crate::projection::ConsentDocument;
use crate::random::{self, Random};
use crate::state::State;

/// The longest name of a kiosk, in characters.
const LONGEST_NAME: usize = 100;
/// Rows that are read at a time.
const PAGE: u32 = 1000;

/// The operator's door to the state.
pub struct Operator {
    state: State,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl fmt::Debug for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Operator")
    }
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
    /// The address that it was withdrawn from; that of the newer consent where a newer text took its place.
    pub withdrawn_address: Option<String>,
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
    /// When it was first asked for.
    pub requested_at: Timestamp,
    /// When it was last asked for: later than the first time when the guest came back and asked again.
    pub last_requested_at: Timestamp,
}

impl Operator {
    /// An operator's door. `state` is best opened by [`State::open_beside`].
    #[must_use]
    pub fn new(state: State, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self { state, clock, random }
    }

    /// Issues a credential for a kiosk. It cannot be shown again, and is good under this master key only: have the state
    /// accept the key first ([`State::accept_key`]).
    ///
    /// # Errors
    /// About `name` when it is empty, too long, or not one line.
    pub async fn add_device(&self, name: &str, master_key: &MasterKey) -> Result<NewDevice, GatewayError> {
        let name = name.trim();
        let invalid = |code| Err(GatewayError::Invalid { field: "name".to_owned(), code });
        if name.is_empty() {
            return invalid(loyalty_core::ErrorCode::FieldEmpty);
        }
        if name.chars().count() > LONGEST_NAME {
            return invalid(loyalty_core::ErrorCode::FieldTooLong);
        }
        if name.contains(char::is_control) {
            return invalid(loyalty_core::ErrorCode::FieldInvalid);
        }
        let id = random::id(&*self.random)?;
        let (credential, hash) = Keys::new(master_key).new_token(&*self.random)?;
        self.state.add_device(id, name.to_owned(), hash, self.clock.now()).await?;
        Ok(NewDevice { id, credential })
    }

    /// All kiosks, oldest first, revoked ones too.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub async fn devices(&self) -> Result<Vec<DeviceEntry>, GatewayError> {
        let rows = self.state.devices().await?.into_iter();
        let entry = |row: crate::state::DeviceRow| DeviceEntry {
            id: row.id,
            name: row.name,
            added_at: row.added_at,
            revoked_at: row.revoked_at,
        };
        Ok(rows.map(entry).collect())
    }

    /// Revokes a kiosk's credential and ends the sessions at it. Revoking twice is no error.
    ///
    /// # Errors
    /// [`GatewayError::NotFound`] when there is no such kiosk.
    pub async fn revoke_device(&self, id: Uuid) -> Result<(), GatewayError> {
        let known = self.state.revoke_device(id, self.clock.now()).await?;
        if known { Ok(()) } else { Err(GatewayError::NotFound) }
    }

    /// All consents of all guests, in no particular order.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub async fn consents(&self) -> Result<Vec<ConsentEntry>, GatewayError> {
        let mut all = Vec::new();
        let mut after = None;
        loop {
            let page = self.state.all_consents(after, PAGE).await?;
            let Some((last, _)) = page.last() else { return Ok(all) };
            after = Some(*last);
            all.extend(page.into_iter().map(|(_, row)| ConsentEntry {
                phone: row.phone,
                account: row.account,
                address: row.address,
                withdrawn_address: row.withdrawn_address,
                consent: consents::document(&row.consent),
            }));
        }
    }

    /// All requests for deletion, oldest first.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub async fn deletions(&self) -> Result<Vec<DeletionEntry>, GatewayError> {
        let rows = self.state.deletions().await?.into_iter();
        let entry = |row: crate::state::DeletionRow| DeletionEntry {
            phone: row.phone,
            account: row.account,
            requested_at: row.requested_at,
            last_requested_at: row.last_requested_at,
        };
        Ok(rows.map(entry).collect())
    }
}

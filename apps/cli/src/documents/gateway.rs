//! What the operator of a gateway is told.

use jiff::Timestamp;
use loyalty_gateway::operator::{ConsentEntry, DeletionEntry, DeviceEntry};
use serde::Serialize;
use uuid::Uuid;

/// A gateway that is up.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GatewayDocument<'a> {
    pub(crate) url: &'a str,
    pub(crate) metrics_url: &'a str,
}

/// `gateway device add`
#[derive(Serialize)]
pub(crate) struct NewDeviceDocument<'a> {
    pub(crate) id: Uuid,
    /// Not shown again.
    pub(crate) credential: &'a str,
}

/// `gateway device list`
#[derive(Debug, Serialize)]
pub(crate) struct DevicesDocument {
    devices: Vec<DeviceDocument>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct DeviceDocument {
    id: Uuid,
    name: String,
    added_at: Timestamp,
    revoked_at: Option<Timestamp>,
}

impl From<Vec<DeviceEntry>> for DevicesDocument {
    fn from(entries: Vec<DeviceEntry>) -> Self {
        let device = |entry: DeviceEntry| DeviceDocument {
            id: entry.id,
            name: entry.name,
            added_at: entry.added_at,
            revoked_at: entry.revoked_at,
        };
        Self { devices: entries.into_iter().map(device).collect() }
    }
}

/// `gateway consents`
#[derive(Serialize)]
pub(crate) struct ConsentsDocument {
    pub(crate) consents: Vec<ConsentRow>,
}

/// A consent; as a line of CSV its members are the columns.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConsentRow {
    /// `+7XXXXXXXXXX`
    phone: String,
    account_id: Option<i64>,
    kind: &'static str,
    text_version: String,
    given_at: Timestamp,
    withdrawn_at: Option<Timestamp>,
    address: String,
    withdrawn_address: Option<String>,
}

impl ConsentRow {
    /// The columns of a CSV file.
    pub(crate) const COLUMNS: &[&str] = &[
        "phone",
        "accountId",
        "kind",
        "textVersion",
        "givenAt",
        "withdrawnAt",
        "address",
        "withdrawnAddress",
    ];
}

impl From<ConsentEntry> for ConsentRow {
    fn from(entry: ConsentEntry) -> Self {
        Self {
            phone: entry.phone.e164(),
            account_id: entry.account.map(|account| account.0),
            kind: entry.consent.kind,
            text_version: entry.consent.text_version,
            given_at: entry.consent.given_at,
            withdrawn_at: entry.consent.withdrawn_at,
            address: entry.address,
            withdrawn_address: entry.withdrawn_address,
        }
    }
}

/// `gateway deletions`
#[derive(Serialize)]
pub(crate) struct DeletionsDocument {
    pub(crate) deletions: Vec<DeletionRow>,
}

/// A request for deletion; as a line of CSV its members are the columns.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeletionRow {
    /// `+7XXXXXXXXXX`
    phone: String,
    account_id: Option<i64>,
    requested_at: Timestamp,
    last_requested_at: Timestamp,
}

impl DeletionRow {
    /// The columns of a CSV file.
    pub(crate) const COLUMNS: &[&str] = &["phone", "accountId", "requestedAt", "lastRequestedAt"];
}

impl From<DeletionEntry> for DeletionRow {
    fn from(entry: DeletionEntry) -> Self {
        Self {
            phone: entry.phone.e164(),
            account_id: entry.account.map(|account| account.0),
            requested_at: entry.requested_at,
            last_requested_at: entry.last_requested_at,
        }
    }
}

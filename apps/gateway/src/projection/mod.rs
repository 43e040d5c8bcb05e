//! What leaves the gateway: every document, member by member.
//!
//! Nothing is derived from the domain's types, so a field that ProBonus adds tomorrow stays inside until somebody
//! writes it down here. What never leaves: cards and other identifiers, staff's comments, keys of external checks and
//! the numbers of receipts, which are sealed to the guest they belong to.
//!
//! The README of this crate describes the same documents; the tests hold replies to the OpenAPI description.

mod account;
mod history;

pub use account::{
    AccountDocument, BalanceDocument, BurnDocument, CouponDocument, InconsistencyWord, LevelDocument,
    NextLevelDocument, PendingDocument, RegisteredDocument, UpdatedDocument,
};
pub use history::{DishDocument, KindWord, ReceiptDocument, TransactionDocument};

use jiff::Timestamp;
use loyalty_core::domain::{Consent, ConsentKind, ReceiptRef, TillCode};
use loyalty_core::guest::Snapshot;
use serde::{Deserialize, Serialize};

/// Seals a receipt's number to the guest whose document it will stand in.
pub type Seal<'a> = &'a dyn Fn(&ReceiptRef) -> String;

/// `GET /v1/me/snapshot`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotDocument {
    /// The account.
    pub account: AccountDocument,
    /// Its balance taken apart.
    pub balance: BalanceDocument,
    /// The newest transactions, newest first.
    pub newest: Vec<TransactionDocument>,
    /// When ProBonus was read, UTC.
    pub as_of: Timestamp,
}

impl SnapshotDocument {
    /// What a guest's own device may see of a snapshot.
    #[must_use]
    pub fn new(snapshot: &Snapshot, seal: Seal<'_>) -> Self {
        Self {
            account: AccountDocument::from(&snapshot.account),
            balance: BalanceDocument::from(&snapshot.balance),
            newest: snapshot.newest.iter().map(|row| TransactionDocument::new(row, seal)).collect(),
            as_of: snapshot.as_of,
        }
    }

    /// What a screen in public may see of it.
    #[must_use]
    pub fn for_kiosk(mut self) -> Self {
        self.account = self.account.for_kiosk();
        self
    }
}

/// A code for the till. Its `Debug` leaves out the digits.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TillCodeDocument {
    value: String,
    expires_at: Option<Timestamp>,
}

impl From<&TillCode> for TillCodeDocument {
    fn from(code: &TillCode) -> Self {
        Self { value: code.value.clone(), expires_at: code.expires_at }
    }
}

/// A consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConsentDocument {
    kind: &'static str,
    text_version: String,
    given_at: Timestamp,
    withdrawn_at: Option<Timestamp>,
}

impl From<&Consent> for ConsentDocument {
    fn from(consent: &Consent) -> Self {
        Self {
            kind: consent_kind(consent.kind),
            text_version: consent.text_version.clone(),
            given_at: consent.given_at,
            withdrawn_at: consent.withdrawn_at,
        }
    }
}

/// The word for a kind of consent in paths and documents.
#[must_use]
pub fn consent_kind(kind: ConsentKind) -> &'static str {
    match kind {
        ConsentKind::PersonalData => "personal_data",
        ConsentKind::Advertising => "advertising",
    }
}

//! The gateway's documents. Its replies are ours to the letter, so nothing is guessed: a member of another kind than
//! the interface says is refused with its place, never with its value. Members that are new are passed over.

mod account;
mod holdings;
mod place;
mod receipt;

use serde::Deserialize;
use serde::de::DeserializeOwned;

pub(super) use account::{Form, Registered, Updated, change};
pub(super) use holdings::{Holdings, Page, Snapshot, WirePage};
pub(super) use receipt::{WireReceipt, WireTillCode};

use crate::backend::BackendError;
use crate::domain::{Consent, ConsentKind};
use crate::error_code::ErrorCode;
use jiff::Timestamp;

/// A member whose value cannot be.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wrong(pub(super) &'static str);

/// What a reply's body holds.
pub(super) trait Document: DeserializeOwned + Send + 'static {
    /// What it means.
    type Value: Send + 'static;
    /// The meaning of what was read.
    fn value(self) -> Result<Self::Value, Wrong>;
}

/// Reads a document. `route` is the route's name.
pub(super) fn read<W: Document>(route: &'static str, body: &[u8]) -> Result<W::Value, BackendError> {
    let refuse = |code, field: String| BackendError::Reply { code, path: route.to_owned(), field };
    let wire: W = serde_json::from_slice(body).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => refuse(ErrorCode::ContractMismatch, place::of(&error, body)),
        _ => refuse(ErrorCode::ReplyMalformed, String::new()),
    })?;
    wire.value().map_err(|Wrong(field)| refuse(ErrorCode::ContractMismatch, field.to_owned()))
}

/// What a consent is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum WireConsentKind {
    PersonalData,
    Advertising,
    /// A kind of a newer gateway.
    #[serde(other)]
    Other,
}

impl WireConsentKind {
    pub(super) fn kind(self) -> Option<ConsentKind> {
        match self {
            Self::PersonalData => Some(ConsentKind::PersonalData),
            Self::Advertising => Some(ConsentKind::Advertising),
            Self::Other => None,
        }
    }
}

/// A kind of consent as the gateway writes it.
pub(super) fn consent_word(kind: ConsentKind) -> &'static str {
    match kind {
        ConsentKind::PersonalData => "personal_data",
        ConsentKind::Advertising => "advertising",
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireConsent {
    kind: WireConsentKind,
    text_version: String,
    given_at: Timestamp,
    withdrawn_at: Option<Timestamp>,
}

impl Document for WireConsent {
    type Value = Consent;

    fn value(self) -> Result<Consent, Wrong> {
        let Self { kind, text_version, given_at, withdrawn_at } = self;
        Ok(Consent { kind: kind.kind().ok_or(Wrong("kind"))?, text_version, given_at, withdrawn_at })
    }
}

#[derive(Deserialize)]
pub(super) struct Consents {
    consents: Vec<WireConsent>,
}

impl Document for Consents {
    type Value = Vec<Consent>;

    fn value(self) -> Result<Vec<Consent>, Wrong> {
        let known = self.consents.into_iter().filter(|consent| consent.kind.kind().is_some());
        known.map(WireConsent::value).collect()
    }
}

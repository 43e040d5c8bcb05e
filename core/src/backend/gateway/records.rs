//! What the gateway keeps about a guest, and what the guest may ask for: consents, a copy of everything, deletion.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::call::{CONSENTS, DELETION, EXPORT, GIVE_CONSENT, WITHDRAW_CONSENT};
use super::client::{GatewayClient, decode};
use super::wire::{self, consent_word};
use crate::backend::BackendError;
use crate::domain::{Consent, ConsentKind};

/// Everything that is kept about a guest, as one JSON document. Personal throughout.
#[derive(Clone, PartialEq, Eq)]
pub struct GuestExport(pub String);

impl fmt::Debug for GuestExport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GuestExport({} bytes)", self.0.len())
    }
}

/// A guest's wish to be forgotten, as the operator will see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeletionRequest {
    /// When it was first asked for, UTC.
    pub requested_at: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Given<'a> {
    kind: &'static str,
    text_version: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireDeletion {
    requested_at: Timestamp,
}

impl wire::Document for WireDeletion {
    type Value = DeletionRequest;

    fn value(self) -> Result<DeletionRequest, wire::Wrong> {
        Ok(DeletionRequest { requested_at: self.requested_at })
    }
}

/// A document that is handed on as it came.
#[derive(Deserialize)]
#[serde(transparent)]
struct Untouched(Box<RawValue>);

impl wire::Document for Untouched {
    type Value = GuestExport;

    fn value(self) -> Result<GuestExport, wire::Wrong> {
        Ok(GuestExport(Box::<str>::from(self.0).into()))
    }
}

impl GatewayClient {
    /// All consents of the guest, newest first, withdrawn ones too.
    ///
    /// # Errors
    /// Those of any read.
    pub async fn consents(&self) -> Result<Vec<Consent>, BackendError> {
        self.ask::<wire::Consents>(&self.inner.link.call(&CONSENTS)).await
    }

    /// Records that the guest agrees to this version of a text. Agreeing again changes nothing.
    ///
    /// # Errors
    /// A conflict about `textVersion` when the programme has another text by now.
    pub async fn give_consent(&self, kind: ConsentKind, text_version: &str) -> Result<Consent, BackendError> {
        let given = Given { kind: consent_word(kind), text_version };
        let call = self.inner.link.call(&GIVE_CONSENT).json(&given)?;
        self.ask::<wire::WireConsent>(&call).await
    }

    /// Records that the guest agrees no longer. Withdrawing what was not given succeeds.
    ///
    /// # Errors
    /// Those of any write that may be repeated.
    pub async fn withdraw_consent(&self, kind: ConsentKind) -> Result<(), BackendError> {
        let call = self.inner.link.call(&WITHDRAW_CONSENT).segment(consent_word(kind));
        self.authorised(&call.ok_or(BackendError::Internal)?).await?;
        Ok(())
    }

    /// A copy of everything that is kept about the guest.
    ///
    /// # Errors
    /// Those of any read.
    pub async fn export(&self) -> Result<GuestExport, BackendError> {
        let call = self.inner.link.call(&EXPORT);
        decode::<Untouched>(&call, self.authorised(&call).await?).await
    }

    /// Asks the operator to delete the guest. Every session of the guest ends, this one too.
    ///
    /// # Errors
    /// Those of any write that may be repeated; when the store does not let go of the tokens.
    pub async fn request_deletion(&self) -> Result<DeletionRequest, BackendError> {
        let request = self.ask::<WireDeletion>(&self.inner.link.call(&DELETION)).await?;
        self.forget_session().await?;
        Ok(request)
    }
}

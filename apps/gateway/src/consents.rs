//! What the guest agrees to, recorded with the text's version, the time and the address.

use loyalty_core::ErrorCode;
use loyalty_core::domain::{AccountId, Consent, ConsentKind};

use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::projection::{ConsentDocument, consent_word};
use crate::random;
use crate::sign_in::{Guest, Origin};
use crate::state::ConsentRow;

/// What giving a consent came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentGiven {
    /// Whether it is new: otherwise it was in force already.
    pub created: bool,
    /// The consent.
    pub consent: ConsentDocument,
}

impl Gateway {
    /// The guest's consents, newest first.
    ///
    /// # Errors
    /// When the state cannot be read, or ProBonus not be asked whose consents they are.
    pub async fn consents(&self, guest: &Guest) -> Result<Vec<ConsentDocument>, GatewayError> {
        let account = self.account_if_any(guest).await?;
        let rows = self.inner.state.consents_of(guest.phone, account).await?;
        Ok(rows.iter().map(|row| document(&row.consent)).collect())
    }

    /// Records a consent to the current text. Needs no account: registration follows it.
    ///
    /// # Errors
    /// As [`Gateway::consents`]; [`ErrorCode::Conflict`] about `textVersion` for another text than the current one.
    pub async fn give_consent(
        &self,
        guest: &Guest,
        kind: ConsentKind,
        text_version: &str,
        origin: &Origin,
    ) -> Result<ConsentGiven, GatewayError> {
        let inner = &self.inner;
        let texts = &inner.options.consent_texts;
        if !texts.iter().any(|text| text.kind == kind && text.version == text_version) {
            return Err(GatewayError::Conflict { code: ErrorCode::Conflict, field: Some("textVersion") });
        }
        self.may_write(guest).await?;
        let given = ConsentRow {
            phone: guest.phone,
            account: self.account_if_any(guest).await?,
            address: origin.address.to_string(),
            withdrawn_address: None,
            consent: Consent {
                kind,
                text_version: text_version.to_owned(),
                given_at: self.now(),
                withdrawn_at: None,
            },
        };
        let kept = inner.state.give_consent(random::id(&*inner.random)?, guest.session, given).await?;
        let (consent, created) = kept.ok_or(GatewayError::conflict(ErrorCode::Conflict))?;
        Ok(ConsentGiven { created, consent: document(&consent) })
    }

    /// Records that a consent is withdrawn; does nothing when none is in force.
    ///
    /// # Errors
    /// As [`Gateway::consents`].
    pub async fn withdraw_consent(
        &self,
        guest: &Guest,
        kind: ConsentKind,
        origin: &Origin,
    ) -> Result<(), GatewayError> {
        self.may_write(guest).await?;
        let account = self.account_if_any(guest).await?;
        let address = origin.address.to_string();
        let state = &self.inner.state;
        Ok(state.withdraw_consent(kind, guest.phone, account, address, self.now()).await?)
    }

    /// The account that consents belong to, where the phone has one. A session that has not asked for anything yet
    /// does not know it, and would neither see nor withdraw what was agreed to in another.
    pub(crate) async fn account_if_any(&self, guest: &Guest) -> Result<Option<AccountId>, GatewayError> {
        if guest.account.is_none() {
            self.may_read(guest).await?;
        }
        match self.inner.account_of(guest).await {
            Ok(account) => Ok(Some(account)),
            Err(GatewayError::GuestNotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// A consent as it leaves.
pub(crate) fn document(consent: &Consent) -> ConsentDocument {
    ConsentDocument {
        kind: consent_word(consent.kind),
        text_version: consent.text_version.clone(),
        given_at: consent.given_at,
        withdrawn_at: consent.withdrawn_at,
    }
}

//! Guests who want to leave: their data to take along, and the request to be deleted.
//!
//! ProBonus documents no deletion, so the request is kept for the operator, who has the means.

use loyalty_core::backend::GuestBackend;
use loyalty_core::backend::probonus::all_transactions;
use loyalty_core::domain::AccountId;

use crate::consents;
use crate::error::GatewayError;
use crate::gateway::{Gateway, Inner};
use crate::projection::{
    AccountDocument, BalanceDocument, ConsentWithAddressDocument, DeletionDocument, ExportDocument,
    OpenSessionDocument, TransactionDocument,
};
use crate::sign_in::{DAY, Guest, Origin, SessionKind};
use crate::state::DeletionRow;

impl Gateway {
    /// Records that the guest wants to be deleted, withdraws what they have agreed to, erases what is cached and ends all
    /// of the guest's sessions.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub async fn request_deletion(
        &self,
        guest: &Guest,
        origin: &Origin,
    ) -> Result<DeletionDocument, GatewayError> {
        let inner = &self.inner;
        inner.flights.forget(guest.phone);
        // Wanting to leave does not wait for ProBonus.
        let account = self.account_if_any(guest).await.unwrap_or(guest.account);
        let now = self.now();
        let request = DeletionRow { phone: guest.phone, account, requested_at: now, last_requested_at: now };
        let address = origin.address.to_string();
        Ok(DeletionDocument { requested_at: inner.state.request_deletion(request, address).await? })
    }

    /// Everything that is kept about the guest, here and at ProBonus.
    ///
    /// # Errors
    /// [`GatewayError::Unavailable`] when ProBonus cannot be asked: a copy with holes would look whole.
    pub async fn export(&self, guest: &Guest) -> Result<ExportDocument, GatewayError> {
        let inner = &self.inner;
        self.within("exports", guest.phone, inner.options.limits.exports_per_day, DAY).await?;
        let direct = inner.probonus.guest(guest.phone);
        let (account, balance, transactions) = match inner.checked(guest, &direct).await {
            Ok(account) => {
                let balance = inner.reading(direct.balance()).await?;
                let transactions = inner.whole_history(account.id).await?;
                let account = AccountDocument::new(&account, guest.audience());
                (Some(account), Some(BalanceDocument::from(&balance)), transactions)
            }
            Err(GatewayError::GuestNotFound) => (None, None, Vec::new()),
            Err(error) => return Err(error),
        };
        // What was just found out about the account counts here too.
        let account_id = account.as_ref().map(|account| AccountId(account.id));
        let now = self.now();
        let consents = inner.state.consents_of(guest.phone, account_id).await?;
        let sessions = inner.state.sessions_of(guest.phone, now).await?;
        Ok(ExportDocument {
            exported_at: now,
            phone: guest.phone.e164(),
            account,
            balance,
            transactions,
            consents: consents
                .into_iter()
                .map(|row| ConsentWithAddressDocument {
                    consent: consents::document(&row.consent),
                    address: row.address,
                    withdrawn_address: row.withdrawn_address,
                })
                .collect(),
            sessions: sessions
                .into_iter()
                .map(|session| OpenSessionDocument {
                    kind: kind_word(session.kind),
                    opened_at: session.opened_at,
                    last_used_at: session.last_used_at,
                })
                .collect(),
            deletion_requested_at: inner.state.deletion_of(guest.phone, account_id, now).await?,
        })
    }
}

impl Inner {
    async fn whole_history(&self, account: AccountId) -> Result<Vec<TransactionDocument>, GatewayError> {
        let mut pages = all_transactions(&self.probonus, account);
        let mut all = Vec::new();
        while let Some(page) = self.reading(pages.next_page()).await? {
            all.extend(self.project(account, &page.rows)?);
        }
        Ok(all)
    }
}

/// The word for where a session lives.
pub(crate) fn kind_word(kind: SessionKind) -> &'static str {
    match kind {
        SessionKind::Guest => "guest",
        SessionKind::Kiosk => "kiosk",
    }
}

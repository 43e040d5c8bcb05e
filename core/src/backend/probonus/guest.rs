//! One guest over a connection that could see all of them.

use std::sync::{Mutex, PoisonError};

use jiff::SignedDuration;

use super::ProBonus;
use super::config::{TillCodeConfig, TillCodeSource};
use super::update::Lookup;
use crate::backend::{BackendError, Capabilities, GuestBackend};
use crate::domain::{
    Account, AccountChange, AccountId, AccountUpdate, Balance, IdentifierTypeId, IssuedIdentifier, Phone,
    ProfileChange, Receipt, ReceiptRef, Registration, TillCode, Transaction, TransactionsQuery,
};

/// The guest with one phone number. Remembers which account that is.
#[derive(Debug)]
pub struct DirectGuest {
    client: ProBonus,
    phone: Phone,
    known: Mutex<Option<Known>>,
}

/// What is remembered of the account.
#[derive(Debug, Clone)]
struct Known {
    id: AccountId,
    /// The digits of the card to fall back on while no code can be issued.
    offline: Option<String>,
}

impl DirectGuest {
    pub(super) fn new(client: ProBonus, phone: Phone) -> Self {
        Self { client, phone, known: Mutex::default() }
    }

    fn settings(&self) -> TillCodeConfig {
        self.client.inner.settings.till_code
    }

    fn known(&self) -> Option<Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn remember(&self, account: &Account) -> Known {
        let offline = card(account, self.settings().offline_type_id);
        let known = Known { id: account.id, offline };
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(known.clone());
        known
    }

    async fn id(&self) -> Result<AccountId, BackendError> {
        match self.known() {
            Some(known) => Ok(known.id),
            None => Ok(self.account().await?.id),
        }
    }

    /// Forgets the account if the server does: it may have been merged into another.
    fn noticing<T>(&self, answer: Result<T, BackendError>) -> Result<T, BackendError> {
        if matches!(answer, Err(BackendError::NotFound)) {
            *self.known.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
        answer
    }

    async fn temporary_code(&self) -> Result<TillCode, BackendError> {
        let error = match self.issued().await {
            Ok(IssuedIdentifier { value, expires_at }) if is_digits(&value) => {
                return Ok(TillCode { value, expires_at });
            }
            // A code that a till cannot take is worth as much as none.
            Ok(_) => BackendError::Unsupported,
            Err(error) => error,
        };
        // A server that refuses this guest has said no to the card as well.
        let card = if has_no_code(&error) { self.known().and_then(|known| known.offline) } else { None };
        card.map(|value| TillCode { value, expires_at: None }).ok_or(error)
    }

    /// Where there is nothing to issue from, either the account is gone or the instance issues no codes at all: what
    /// is there of the guest now tells them apart.
    async fn issued(&self) -> Result<IssuedIdentifier, BackendError> {
        let type_id = IdentifierTypeId(self.settings().type_id);
        let id = self.id().await?;
        let mut issued = self.noticing(self.client.issue(id, type_id).await);
        if matches!(issued, Err(BackendError::NotFound)) {
            let now = self.account().await?.id;
            if now != id {
                issued = self.client.issue(now, type_id).await;
            }
        }
        match issued {
            Err(BackendError::NotFound) => Err(BackendError::Unsupported),
            issued => issued,
        }
    }
}

/// Whether there is no code to be had just now, and no word about the guest.
fn has_no_code(error: &BackendError) -> bool {
    matches!(
        error,
        BackendError::Offline
            | BackendError::Timeout
            | BackendError::Cut
            | BackendError::Unavailable { .. }
            | BackendError::Unsupported
    )
}

/// The digits of the account's identifier of a type. Tills read digits through a mask (`wiki`), so nothing else will do.
fn card(account: &Account, type_id: i64) -> Option<String> {
    let cards = account.identifiers.iter().filter(|card| card.type_id == IdentifierTypeId(type_id));
    cards.map(|card| &card.value).find(|value| is_digits(value)).cloned()
}

fn is_digits(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit())
}

impl GuestBackend for DirectGuest {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            keeps_consents: false,
            till_codes: self.settings().source != TillCodeSource::None,
            conditional: false,
        }
    }

    fn skew(&self) -> Option<SignedDuration> {
        self.client.skew()
    }

    fn phone(&self) -> Option<Phone> {
        Some(self.phone)
    }

    async fn account(&self) -> Result<Account, BackendError> {
        let found = self.client.accounts_of(&self.phone).await?;
        let account = Account::the_one(found, self.client.home_group()).map_err(BackendError::Conflict)?;
        let account = account.ok_or(BackendError::GuestNotFound)?;
        self.remember(&account);
        Ok(account)
    }

    async fn register(&self, newcomer: &Registration) -> Result<Account, BackendError> {
        let account = self.client.insert_from_template(newcomer).await?;
        self.remember(&account);
        Ok(account)
    }

    async fn balance(&self) -> Result<Balance, BackendError> {
        let id = self.id().await?;
        self.noticing(self.client.balance_of(id).await)
    }

    async fn transactions(&self, query: TransactionsQuery) -> Result<Vec<Transaction>, BackendError> {
        let id = self.id().await?;
        self.noticing(self.client.transactions_of(id, query).await)
    }

    async fn receipt(&self, reference: &ReceiptRef) -> Result<Receipt, BackendError> {
        self.client.receipt_of(reference).await
    }

    async fn update_profile(&self, change: &ProfileChange) -> Result<AccountUpdate, BackendError> {
        let id = self.id().await?;
        let change = AccountChange { profile: change.clone(), ..AccountChange::default() };
        let update = self.client.change_account(Lookup::Phone(self.phone), id, &change).await;
        self.noticing(update)
    }

    async fn till_code(&self) -> Result<TillCode, BackendError> {
        match self.settings().source {
            TillCodeSource::None => Err(BackendError::Unsupported),
            TillCodeSource::Temporary => self.temporary_code().await,
            TillCodeSource::Identifier => {
                let account = self.account().await?;
                let value = card(&account, self.settings().type_id).ok_or(BackendError::Unsupported)?;
                Ok(TillCode { value, expires_at: None })
            }
        }
    }
}

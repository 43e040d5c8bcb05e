//! The guest's door.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::Offset;

use super::registration::{self, PhoneLocks, Registered};
use super::snapshot::{self, Snapshot};
use crate::backend::{BackendError, Capabilities, GuestBackend};
use crate::domain::{
    AccountUpdate, ProfileChange, Receipt, ReceiptRef, Registration, TillCode, Transaction, TransactionsQuery,
};
use crate::error::LoyaltyError;
use crate::error_code::ErrorCode;
use crate::ports::Clock;

/// One guest, over one backend, with nothing kept between two calls: every answer is the server's of this moment.
/// [`GuestSession`](super::GuestSession) adds what is kept. Cheap to clone; every method may be called from any thread
/// and is cancelled by dropping its future.
#[derive(Debug)]
pub struct GuestClient<B> {
    pub(super) backend: Arc<B>,
    pub(super) clock: Arc<dyn Clock>,
    locks: Arc<PhoneLocks>,
}

impl<B> Clone for GuestClient<B> {
    fn clone(&self) -> Self {
        Self {
            backend: Arc::clone(&self.backend),
            clock: Arc::clone(&self.clock),
            locks: Arc::clone(&self.locks),
        }
    }
}

impl<B: GuestBackend> GuestClient<B> {
    /// A client over `backend`. Clients that may register the same phone share `locks`.
    pub fn new(backend: B, clock: Arc<dyn Clock>, locks: Arc<PhoneLocks>) -> Self {
        Self { backend: Arc::new(backend), clock, locks }
    }

    /// What the backend can do.
    #[must_use]
    pub fn capabilities(&self) -> Capabilities {
        self.backend.capabilities()
    }

    /// Finds the guest's account or creates it: a guest who is there already is welcomed, not refused.
    ///
    /// # Errors
    /// `InvalidInput` for a form that cannot be sent; `Conflict` when several accounts carry the phone;
    /// `OutcomeUnknown` when the creation was sent, no answer came and the account cannot be seen.
    pub async fn register(&self, newcomer: &Registration) -> Result<Registered, LoyaltyError> {
        self.refuse_unborn(newcomer.profile.birthday)?;
        Ok(self.registered(newcomer).await?)
    }

    /// The same for a form that was checked.
    pub(super) async fn registered(&self, newcomer: &Registration) -> Result<Registered, BackendError> {
        registration::register(&*self.backend, &self.locks, newcomer).await
    }

    /// Reads balance, burns, level and the newest transactions together.
    ///
    /// # Errors
    /// `NotFound` when there is no such guest.
    pub async fn refresh(&self) -> Result<Snapshot, LoyaltyError> {
        Ok(snapshot::read(&*self.backend, self.clock.now()).await?)
    }

    /// Reads a part of the history, newest first.
    ///
    /// # Errors
    /// `NotFound` when there is no such guest.
    pub async fn history(&self, query: TransactionsQuery) -> Result<Vec<Transaction>, LoyaltyError> {
        Ok(self.backend.transactions(query).await?)
    }

    /// Reads a receipt by the reference that its transaction carries.
    ///
    /// # Errors
    /// `NotFound` when there is no such receipt.
    pub async fn receipt(&self, reference: &ReceiptRef) -> Result<Receipt, LoyaltyError> {
        Ok(self.backend.receipt(reference).await?)
    }

    /// Changes the guest's form.
    ///
    /// # Errors
    /// `InvalidInput` or `Rejected` with the field's name.
    pub async fn update_profile(&self, change: &ProfileChange) -> Result<AccountUpdate, LoyaltyError> {
        self.refuse_unborn(change.birthday.flatten())?;
        Ok(self.backend.update_profile(change).await?)
    }

    /// Refuses a birthday that has not come yet anywhere on Earth.
    pub(super) fn refuse_unborn(&self, birthday: Option<Date>) -> Result<(), LoyaltyError> {
        let today = Offset::constant(14).to_datetime(self.clock.now()).date();
        match birthday {
            Some(day) if day > today => Err(LoyaltyError::invalid("birthday", ErrorCode::FieldInvalid)),
            _ => Ok(()),
        }
    }

    /// Gets a code to show at the till.
    ///
    /// # Errors
    /// `Unsupported` where the venue has none.
    pub async fn till_code(&self) -> Result<TillCode, LoyaltyError> {
        Ok(self.backend.till_code().await?)
    }
}

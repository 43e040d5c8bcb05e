//! Read-first registration: an account that is there already is not an error for the guest.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::backend::{BackendError, GuestBackend};
use crate::domain::{Account, InvalidInput, Phone, Registration};
use crate::error_code::ErrorCode;

/// What a registration came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// The guest's account.
    pub account: Account,
    /// Whether this call created it; `false` when the phone had an account before.
    pub created: bool,
}

/// One lock per phone, so that two registrations of one phone in this process follow each other.
#[derive(Debug, Default)]
pub struct PhoneLocks {
    held: Mutex<HashMap<Phone, Weak<tokio::sync::Mutex<()>>>>,
}

impl PhoneLocks {
    fn of(&self, phone: Phone) -> Arc<tokio::sync::Mutex<()>> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lock) = held.get(&phone).and_then(Weak::upgrade) {
            return lock;
        }
        held.retain(|_, lock| lock.strong_count() > 0);
        let lock = Arc::new(tokio::sync::Mutex::new(()));
        held.insert(phone, Arc::downgrade(&lock));
        lock
    }
}

/// Finds the guest's account, or creates it and finds it.
///
/// The welcome bonus is granted by the creation, so it is sent once: an insert without an answer is followed by a
/// look, and only its absence there is reported as an unknown outcome.
pub(super) async fn register<B: GuestBackend>(
    backend: &B,
    locks: &PhoneLocks,
    newcomer: &Registration,
) -> Result<Registered, BackendError> {
    newcomer.validate()?;
    if backend.phone().is_some_and(|phone| phone != newcomer.phone) {
        return Err(InvalidInput::new("phone", ErrorCode::FieldInvalid).into());
    }
    let lock = locks.of(newcomer.phone);
    let _turn = lock.lock().await;
    if let Some(account) = find(backend).await? {
        return Ok(Registered { account, created: false });
    }
    match backend.register(newcomer).await {
        Ok(inserted) => {
            Ok(Registered { account: read_again(backend).await.unwrap_or(inserted), created: true })
        }
        Err(refusal @ BackendError::Conflict(_)) => match find(backend).await? {
            Some(account) => Ok(Registered { account, created: false }),
            None => Err(refusal),
        },
        Err(BackendError::OutcomeUnknown) => match find(backend).await {
            Ok(Some(account)) => Ok(Registered { account, created: true }),
            _ => Err(BackendError::OutcomeUnknown),
        },
        Err(error) => Err(error),
    }
}

/// The account once more, because some servers answer an insert with the account before the template's bonus. `None`
/// when it cannot be read now, which does not undo the insert.
async fn read_again<B: GuestBackend>(backend: &B) -> Option<Account> {
    match find(backend).await {
        Ok(Some(account)) => Some(account),
        Ok(None) => {
            tracing::error!(
                "an account was created that cannot be found by its phone: until that is mended, every registration \
                 creates another one"
            );
            None
        }
        Err(_) => None,
    }
}

async fn find<B: GuestBackend>(backend: &B) -> Result<Option<Account>, BackendError> {
    match backend.account().await {
        Ok(account) => Ok(Some(account)),
        Err(BackendError::GuestNotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

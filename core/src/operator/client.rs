//! The integrator's door.

use std::sync::{Arc, Mutex, Weak};

use tokio::sync::{Notify, OnceCell};
use uuid::Uuid;

use super::OutboxOptions;
use super::sending::Turn;
use crate::backend::{BackendError, OperatorBackend};
use crate::domain::{
    Account, AccountChange, AccountId, AccountUpdate, Bonus, CheckKey, ExternalCheck, GroupId, Money,
    OperationOutcome, Phone, Refill, Withdrawal, Write,
};
use crate::error::LoyaltyError;
use crate::error_code::ErrorCode;
use crate::ports::{Clock, Ids};
use crate::store::outbox::{Moment, Outbox};

/// An integrator with the server's own credential. Every method may be called from any thread.
///
/// Every write of money goes through an outbox on this machine's disk and carries a key. Asking again with the same
/// key is always safe: it tells what became of the write, or sends it if it never left. Asking again with a new key is
/// a new write. Dropping the future of a write that is under way leaves its outcome unknown, as
/// [`LoyaltyError::OutcomeUnknown`] does; [`Operator::settle`] finds out.
///
/// Reading needs no outbox: it is opened by the first write.
#[derive(Debug)]
pub struct Operator<B> {
    pub(super) backend: Arc<B>,
    pub(super) clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    /// The group that decides between several accounts with one phone.
    home_group: GroupId,
    pub(super) options: OutboxOptions,
    outbox: OnceCell<Outbox>,
    /// Filled when the outbox's file has been looked through for damage.
    pub(super) checked: OnceCell<()>,
    /// This process's turn to send, shared by all its writes under way.
    pub(super) turn: tokio::sync::Mutex<Weak<Turn>>,
    /// Writes that were on their way when nobody waited for them any more.
    pub(super) abandoned: Arc<Mutex<Vec<Uuid>>>,
    /// Told whenever this process has recorded an answer.
    pub(super) answered: Notify,
}

/// A purchase made outside the tills, before it has a key.
#[derive(Clone, PartialEq, Eq)]
pub struct CheckDraft {
    /// The venue's code in the server's directory.
    pub venue_code: i64,
    /// The code of the workplace in the venue.
    pub workplace: i64,
    /// The purchase's number in the other system.
    pub external_check: String,
    /// Whose account.
    pub account_id: AccountId,
    /// Bonuses to take in payment.
    pub bonus_spent: Bonus,
    /// The discount given.
    pub discount: Money,
    /// Bonuses to accrue.
    pub bonus_accrued: Bonus,
    /// What the guest paid.
    pub money_spent: Money,
    /// Anything about the content.
    pub data: Option<String>,
}

impl std::fmt::Debug for CheckDraft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CheckDraft")
            .field("venue_code", &self.venue_code)
            .field("external_check", &self.external_check)
            .finish_non_exhaustive()
    }
}

impl CheckDraft {
    /// The check with its key: the caller's, or the one that follows from the purchase's coordinates, so that the
    /// same purchase has the same key wherever it is sent from.
    #[must_use]
    pub fn keyed(self, key: Option<Uuid>) -> ExternalCheck {
        let key =
            key.map_or_else(|| CheckKey::of(self.venue_code, self.workplace, &self.external_check), CheckKey);
        ExternalCheck {
            venue_code: self.venue_code,
            workplace: self.workplace,
            external_check: self.external_check,
            account_id: self.account_id,
            bonus_spent: self.bonus_spent,
            discount: self.discount,
            bonus_accrued: self.bonus_accrued,
            money_spent: self.money_spent,
            data: self.data,
            key,
        }
    }
}

impl<B: OperatorBackend> Operator<B> {
    /// An operator over `backend`; `home_group` is the group that decides between several accounts with one phone.
    pub fn new(
        backend: B,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        home_group: GroupId,
        options: OutboxOptions,
    ) -> Self {
        Self {
            backend: Arc::new(backend),
            clock,
            ids,
            home_group,
            options,
            outbox: OnceCell::new(),
            checked: OnceCell::new(),
            turn: tokio::sync::Mutex::default(),
            abandoned: Arc::default(),
            answered: Notify::new(),
        }
    }

    /// The server's directory: groups, accounts, identifier types, discounts, reports.
    #[must_use]
    pub fn directory(&self) -> &B {
        &self.backend
    }

    /// A new key for a write.
    #[must_use]
    pub fn new_key(&self) -> Uuid {
        self.ids.new_id()
    }

    /// The one account of a phone.
    ///
    /// # Errors
    /// `NotFound` when there is none; `Conflict` when several carry the phone and not exactly one of them is in the
    /// home group.
    pub async fn find(&self, phone: Phone) -> Result<Account, LoyaltyError> {
        let found = self.backend.find_by_phone(&phone).await?;
        Ok(Account::the_one(found, self.home_group)
            .map_err(BackendError::Conflict)?
            .ok_or(BackendError::GuestNotFound)?)
    }

    /// Changes an account and reports what else changed.
    ///
    /// # Errors
    /// `InvalidInput` when nothing is asked to change; `Rejected` with the field's name.
    pub async fn update(&self, id: AccountId, change: &AccountChange) -> Result<AccountUpdate, LoyaltyError> {
        if *change == AccountChange::default() {
            return Err(LoyaltyError::invalid("change", ErrorCode::FieldEmpty));
        }
        Ok(self.backend.update_account(id, change).await?)
    }

    /// Accrues bonuses on an account.
    ///
    /// # Errors
    /// See [`Operator::write`].
    pub async fn refill(&self, refill: &Refill) -> Result<OperationOutcome, LoyaltyError> {
        Ok(self.write(Write::Refill(refill.clone())).await?.outcome)
    }

    /// Takes bonuses from an account.
    ///
    /// # Errors
    /// See [`Operator::write`].
    pub async fn withdraw(&self, withdrawal: &Withdrawal) -> Result<OperationOutcome, LoyaltyError> {
        Ok(self.write(Write::Withdraw(withdrawal.clone())).await?.outcome)
    }

    /// Registers a purchase made outside the tills.
    ///
    /// Once from this outbox, however often it is asked for; the server itself takes a key again. So all purchases of a
    /// venue are registered through one outbox: from a second one, on another machine, the same purchase accrues a
    /// second time, and only the look a day later tells, as a duplicate in both.
    ///
    /// # Errors
    /// See [`Operator::write`].
    pub async fn register_check(&self, check: &ExternalCheck) -> Result<OperationOutcome, LoyaltyError> {
        Ok(self.write(Write::RegisterCheck(check.clone())).await?.outcome)
    }

    /// Closes the outbox's file after the work at hand, so that nothing of settled writes is left beside it. Whatever
    /// would read or write it afterwards answers `Storage`. A process that ends without it loses nothing; what its last
    /// writes said may stand in the log until the next process closes it.
    ///
    /// # Errors
    /// `Storage` when the file cannot be closed in order.
    pub async fn close(&self) -> Result<(), LoyaltyError> {
        match self.outbox.get() {
            Some(outbox) => Ok(outbox.close().await?),
            None => Ok(()),
        }
    }

    /// The outbox, opened at the first call.
    pub(super) async fn outbox(&self) -> Result<&Outbox, LoyaltyError> {
        Ok(self.outbox.get_or_try_init(|| Outbox::open(&self.options.path, &self.options.server)).await?)
    }

    pub(super) fn moment(&self) -> Moment {
        Moment { here: self.clock.now(), server: self.backend.server_time() }
    }
}

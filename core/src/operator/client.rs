//! The integrator's door.

use std::sync::Arc;

use uuid::Uuid;

use crate::backend::{BackendError, OperatorBackend};
use crate::domain::{
    Account, AccountChange, AccountId, AccountUpdate, Bonus, CheckKey, ExternalCheck, GroupId,
    GroupOperation, GroupOutcome, Money, OperationOutcome, Phone, Refill, Withdrawal,
};
use crate::error::LoyaltyError;
use crate::error_code::ErrorCode;
use crate::ports::Ids;

/// An integrator with the server's own credential. Every method may be called from any thread.
///
/// Every write of money carries a key that the caller knows before it is sent. Dropping the future of a write that is
/// under way leaves its outcome unknown; so does [`LoyaltyError::OutcomeUnknown`]. Neither may be answered by sending
/// again with a new key.
#[derive(Debug)]
pub struct Operator<B> {
    backend: Arc<B>,
    ids: Arc<dyn Ids>,
    /// The group that decides between several accounts with one phone.
    home_group: GroupId,
}

/// A purchase made outside the tills, before it has a key.
#[derive(Clone, PartialEq, Eq)]
pub struct CheckDraft {
    /// The restaurant's code in the server's directory.
    pub rest_code: i64,
    /// The workplace's code.
    pub rk_unit: i64,
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
            .field("rest_code", &self.rest_code)
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
            key.map_or_else(|| CheckKey::of(self.rest_code, self.rk_unit, &self.external_check), CheckKey);
        ExternalCheck {
            rest_code: self.rest_code,
            rk_unit: self.rk_unit,
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
    pub fn new(backend: B, ids: Arc<dyn Ids>, home_group: GroupId) -> Self {
        Self { backend: Arc::new(backend), ids, home_group }
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
    /// `InvalidInput` before anything is sent; `OutcomeUnknown` when no answer came.
    pub async fn refill(&self, refill: &Refill) -> Result<OperationOutcome, LoyaltyError> {
        refill.validate()?;
        Ok(self.backend.refill(refill).await?)
    }

    /// Takes bonuses from an account.
    ///
    /// # Errors
    /// `InvalidInput` before anything is sent; `OutcomeUnknown` when no answer came.
    pub async fn withdraw(&self, withdrawal: &Withdrawal) -> Result<OperationOutcome, LoyaltyError> {
        withdrawal.validate()?;
        Ok(self.backend.withdraw(withdrawal).await?)
    }

    /// Accrues bonuses on every account of a group, in one request of the server's.
    ///
    /// # Errors
    /// `InvalidInput` before anything is sent; `OutcomeUnknown` when no answer came.
    pub async fn refill_group(&self, operation: &GroupOperation) -> Result<GroupOutcome, LoyaltyError> {
        operation.validate()?;
        Ok(self.backend.refill_group(operation).await?)
    }

    /// Takes bonuses from every account of a group, in one request of the server's.
    ///
    /// # Errors
    /// `InvalidInput` before anything is sent; `OutcomeUnknown` when no answer came.
    pub async fn withdraw_group(&self, operation: &GroupOperation) -> Result<GroupOutcome, LoyaltyError> {
        operation.validate()?;
        Ok(self.backend.withdraw_group(operation).await?)
    }

    /// Registers a purchase made outside the tills.
    ///
    /// # Errors
    /// `InvalidInput` before anything is sent; `OutcomeUnknown` when no answer came.
    pub async fn register_check(&self, check: &ExternalCheck) -> Result<OperationOutcome, LoyaltyError> {
        check.validate()?;
        Ok(self.backend.register_check(check).await?)
    }
}

//! The two ports that a request leaves by, and the adapters behind them.
//!
//! Futures returned by these traits are `Send` and are cancelled by dropping them: a read stops; a write that was
//! already sent may still take effect on the server.

#[cfg(feature = "gateway")]
pub mod gateway;
pub mod http;
#[cfg(feature = "probonus")]
pub mod probonus;
#[cfg(any(feature = "gateway", feature = "probonus"))]
mod tokens;
pub(crate) mod windows;

use std::future::Future;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::domain::{
    Account, AccountUpdate, Balance, Consent, InvalidInput, Phone, ProfileChange, Receipt, ReceiptRef,
    Registration, TillCode, Transaction, TransactionsQuery,
};
#[cfg(feature = "operator")]
use crate::domain::{
    AccountChange, AccountGroup, AccountId, Discount, DiscountId, ExternalCheck, GroupDraft, GroupId,
    GroupOperation, GroupOutcome, IdentifierType, IdentifierTypeDraft, IdentifierTypeId, IssuedIdentifier,
    Ladder, LadderDraft, NewAccount, OperationOutcome, Period, Refill, Report, ReportId, ReportInfo,
    Withdrawal,
};
use crate::error_code::ErrorCode;
use crate::ports::SecretStoreError;

pub use http::server_name;

/// The error of a backend: what happened to a request. Maps to [`crate::LoyaltyError`] in one place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BackendError {
    /// A connection was never established: nothing was sent.
    #[error("not reached")]
    Offline,
    /// The certificate is not trusted: nothing was sent.
    #[error("certificate not trusted")]
    Untrusted,
    /// Time ran out: of a read, or of a write that was not sent yet or that is safe to repeat.
    #[error("timed out")]
    Timeout,
    /// A read's connection broke.
    #[error("connection cut")]
    Cut,
    /// A write was sent, and neither a yes nor a no came back; or a yes that does not say what came of it.
    #[error("outcome unknown")]
    OutcomeUnknown,
    /// 401, after renewal was tried where it can be.
    #[error("unauthorized")]
    Unauthorized,
    /// 403.
    #[error("forbidden")]
    Forbidden,
    /// 404 for a thing named by id.
    #[error("not found")]
    NotFound,
    /// No guest has this phone.
    #[error("guest not found")]
    GuestNotFound,
    /// 400 or 422: the content was refused.
    #[error("rejected")]
    Rejected {
        /// Our code for it.
        code: ErrorCode,
        /// The field of the contract that the server named.
        field: Option<String>,
    },
    /// The sign-in code is not the one that was sent.
    #[error("wrong code")]
    CodeWrong {
        /// How often it may still be tried.
        tries_left: Option<u32>,
    },
    /// 409, or a state that does not allow the call.
    #[error("conflict: {}", .0.as_str())]
    Conflict(ErrorCode),
    /// 429.
    #[error("rate limited")]
    RateLimited {
        /// How long to wait.
        retry_after: Option<Duration>,
    },
    /// 5xx on a read.
    #[error("unavailable")]
    Unavailable {
        /// How long to wait.
        retry_after: Option<Duration>,
    },
    /// 426 or its like: this version is too old.
    #[error("outdated")]
    Outdated,
    /// The answer is not what the contract says.
    #[error("{}: {path}{}{field}", code.as_str(), if field.is_empty() { "" } else { " " })]
    Reply {
        /// What is wrong.
        code: ErrorCode,
        /// The method, by our name.
        path: String,
        /// Where in the answer; empty for the whole.
        field: String,
    },
    /// This backend cannot do it.
    #[error("unsupported")]
    Unsupported,
    /// The request could not be made from this input.
    #[error(transparent)]
    Input(#[from] InvalidInput),
    /// The token could not be read or kept.
    #[error(transparent)]
    Secrets(#[from] SecretStoreError),
    /// A mistake of ours.
    #[error("internal")]
    Internal,
}

/// What a backend can do for a guest. Asked, never assumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Capabilities {
    /// It keeps consents, so a guest may register themselves.
    pub keeps_consents: bool,
    /// It gives codes for the till.
    pub till_codes: bool,
    /// It answers conditional requests.
    pub conditional: bool,
}

/// One guest's own data, whoever keeps it. Who the guest is belongs to the value that implements this: a phone for a
/// direct connection, a session for the gateway. No method takes a phone or an account id.
pub trait GuestBackend: Send + Sync {
    /// What this backend can do.
    fn capabilities(&self) -> Capabilities;
    /// The phone of the guest, where the backend knows it without asking.
    fn phone(&self) -> Option<Phone> {
        None
    }
    /// By how much the server's clock was ahead of this device's at its last reply; `None` before the first.
    fn skew(&self) -> Option<SignedDuration> {
        None
    }
    /// Records what the guest has agreed to, before their account is created; [`BackendError::Unsupported`] where
    /// nobody keeps consents.
    fn record_consents(&self, consents: &[Consent]) -> impl Future<Output = Result<(), BackendError>> + Send {
        let _ = consents;
        std::future::ready(Err(BackendError::Unsupported))
    }
    /// When the books were read for the last answer of [`Self::account`], UTC, by the server's clock; `None` where
    /// that is whenever it is asked.
    fn as_of(&self) -> Option<Timestamp> {
        None
    }
    /// The guest's account; [`BackendError::GuestNotFound`] when there is none.
    fn account(&self) -> impl Future<Output = Result<Account, BackendError>> + Send;
    /// Creates the guest's account; [`BackendError::Conflict`] when the phone has one.
    fn register(&self, newcomer: &Registration)
    -> impl Future<Output = Result<Account, BackendError>> + Send;
    /// The balance taken apart.
    fn balance(&self) -> impl Future<Output = Result<Balance, BackendError>> + Send;
    /// A part of the history, newest first.
    fn transactions(
        &self,
        query: TransactionsQuery,
    ) -> impl Future<Output = Result<Vec<Transaction>, BackendError>> + Send;
    /// A receipt by the reference that its transaction carries.
    fn receipt(&self, reference: &ReceiptRef) -> impl Future<Output = Result<Receipt, BackendError>> + Send;
    /// Changes the guest's form.
    fn update_profile(
        &self,
        change: &ProfileChange,
    ) -> impl Future<Output = Result<AccountUpdate, BackendError>> + Send;
    /// A code for the till; [`BackendError::Unsupported`] where the venue has none.
    fn till_code(&self) -> impl Future<Output = Result<TillCode, BackendError>> + Send;
    /// Removes from this device and its secret store what authorises the guest, and tells the server: that it cannot be
    /// told is no error. Nothing to do where, as on a direct connection, the guest has no secret of their own.
    fn sign_out(&self) -> impl Future<Output = Result<(), BackendError>> + Send {
        std::future::ready(Ok(()))
    }
}

/// Everything an integrator with the server's own credential may do.
///
/// Of the five writes of money every error but [`BackendError::OutcomeUnknown`] and [`BackendError::Internal`] promises
/// that nothing was done. What goes wrong after the write has left, and is not a no of the server's, is
/// `OutcomeUnknown`; what goes wrong before, as when signing in, keeps its name.
#[cfg(feature = "operator")]
pub trait OperatorBackend: Send + Sync {
    /// The latest date that a reply of the server has carried in this process: a time that its clock has certainly
    /// reached. `None` before the first. It never goes back, and no clock of this machine is in it.
    fn server_time(&self) -> Option<Timestamp>;
    /// Whether the keys of refills and withdrawals travel in their comments, where the history may show them.
    fn comment_keys(&self) -> bool;

    /// All account groups.
    fn groups(&self) -> impl Future<Output = Result<Vec<AccountGroup>, BackendError>> + Send;
    /// One group.
    fn group(&self, id: GroupId) -> impl Future<Output = Result<AccountGroup, BackendError>> + Send;
    /// Creates a group.
    fn create_group(
        &self,
        draft: &GroupDraft,
    ) -> impl Future<Output = Result<AccountGroup, BackendError>> + Send;
    /// Changes a group.
    fn update_group(
        &self,
        id: GroupId,
        draft: &GroupDraft,
    ) -> impl Future<Output = Result<AccountGroup, BackendError>> + Send;

    /// Every account that carries this phone; usually none or one.
    fn find_by_phone(&self, phone: &Phone)
    -> impl Future<Output = Result<Vec<Account>, BackendError>> + Send;
    /// One account.
    fn account(&self, id: AccountId) -> impl Future<Output = Result<Account, BackendError>> + Send;
    /// A page of all accounts.
    fn accounts(
        &self,
        offset: u64,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Account>, BackendError>> + Send;
    /// Creates an account from its group's template.
    fn insert_by_template(
        &self,
        newcomer: &Registration,
    ) -> impl Future<Output = Result<Account, BackendError>> + Send;
    /// Creates an account with all its properties given.
    fn insert_account(
        &self,
        account: &NewAccount,
    ) -> impl Future<Output = Result<Account, BackendError>> + Send;
    /// Changes an account: reads it, changes only what is asked, sends, reads again and compares.
    fn update_account(
        &self,
        id: AccountId,
        change: &AccountChange,
    ) -> impl Future<Output = Result<AccountUpdate, BackendError>> + Send;
    /// The balance taken apart.
    fn balance(&self, id: AccountId) -> impl Future<Output = Result<Balance, BackendError>> + Send;
    /// A part of the history, newest first.
    fn transactions(
        &self,
        id: AccountId,
        query: TransactionsQuery,
    ) -> impl Future<Output = Result<Vec<Transaction>, BackendError>> + Send;
    /// A receipt.
    fn receipt(&self, reference: &ReceiptRef) -> impl Future<Output = Result<Receipt, BackendError>> + Send;
    /// Issues an identifier that lives for a short time.
    fn issue_identifier(
        &self,
        id: AccountId,
        type_id: IdentifierTypeId,
    ) -> impl Future<Output = Result<IssuedIdentifier, BackendError>> + Send;

    /// Accrues bonuses. Sent once; never retried.
    fn refill(&self, refill: &Refill) -> impl Future<Output = Result<OperationOutcome, BackendError>> + Send;
    /// Takes bonuses. Sent once; never retried.
    fn withdraw(
        &self,
        withdrawal: &Withdrawal,
    ) -> impl Future<Output = Result<OperationOutcome, BackendError>> + Send;
    /// Accrues bonuses on every account of a group. Sent once; never retried.
    fn refill_group(
        &self,
        operation: &GroupOperation,
    ) -> impl Future<Output = Result<GroupOutcome, BackendError>> + Send;
    /// Takes bonuses from every account of a group. Sent once; never retried.
    fn withdraw_group(
        &self,
        operation: &GroupOperation,
    ) -> impl Future<Output = Result<GroupOutcome, BackendError>> + Send;
    /// Registers a purchase made elsewhere. Sent once; never retried.
    fn register_check(
        &self,
        check: &ExternalCheck,
    ) -> impl Future<Output = Result<OperationOutcome, BackendError>> + Send;

    /// All identifier types.
    fn identifier_types(&self) -> impl Future<Output = Result<Vec<IdentifierType>, BackendError>> + Send;
    /// Creates an identifier type.
    fn create_identifier_type(
        &self,
        draft: &IdentifierTypeDraft,
    ) -> impl Future<Output = Result<IdentifierType, BackendError>> + Send;
    /// Changes an identifier type.
    fn update_identifier_type(
        &self,
        id: IdentifierTypeId,
        draft: &IdentifierTypeDraft,
    ) -> impl Future<Output = Result<IdentifierType, BackendError>> + Send;

    /// All discounts: those of the till, and composite ones.
    fn discounts(&self) -> impl Future<Output = Result<Vec<Discount>, BackendError>> + Send;
    /// Creates a ladder.
    fn create_ladder(&self, draft: &LadderDraft)
    -> impl Future<Output = Result<Ladder, BackendError>> + Send;
    /// Changes a ladder.
    fn update_ladder(
        &self,
        id: DiscountId,
        draft: &LadderDraft,
    ) -> impl Future<Output = Result<Ladder, BackendError>> + Send;

    /// The reports that can be had.
    fn reports(&self) -> impl Future<Output = Result<Vec<ReportInfo>, BackendError>> + Send;
    /// A report over a period.
    fn report(
        &self,
        id: &ReportId,
        period: Period,
    ) -> impl Future<Output = Result<Report, BackendError>> + Send;
}

//! The model server behind the port that the operator knows.

use jiff::Timestamp;
use loyalty_core::backend::{BackendError, OperatorBackend};
use loyalty_core::domain::{
    Account, AccountChange, AccountGroup, AccountId, AccountUpdate, Balance, Bonus, Discount, DiscountId,
    ExternalCheck, GroupDraft, GroupId, GroupOperation, GroupOutcome, IdentifierType, IdentifierTypeDraft,
    IdentifierTypeId, IssuedIdentifier, Ladder, LadderDraft, NewAccount, OperationOutcome, Period, Phone,
    Profile, Receipt, ReceiptRef, Refill, Registration, Report, ReportId, ReportInfo, Transaction,
    TransactionsQuery, Withdrawal, Write,
};

use crate::server::Server;
use crate::world::ACCOUNTS;

/// The group that all accounts are in.
pub(crate) const GROUP: GroupId = GroupId(3);

/// Methods that no write needs.
macro_rules! unsupported {
    ($($name:ident($($argument:ty),*) -> $reply:ty;)+) => {
        $(async fn $name(&self, $(_: $argument),*) -> Result<$reply, BackendError> {
            Err(BackendError::Unsupported)
        })+
    };
}

impl OperatorBackend for Server {
    fn server_time(&self) -> Option<Timestamp> {
        Server::server_time(self)
    }

    fn comment_keys(&self) -> bool {
        true
    }

    async fn groups(&self) -> Result<Vec<AccountGroup>, BackendError> {
        self.read(ACCOUNTS[0], Period { from: Timestamp::MIN, to: Timestamp::MIN }).await.map(|_| Vec::new())
    }

    async fn accounts(&self, _: u64, _: u32) -> Result<Vec<Account>, BackendError> {
        let account = |id| Account {
            id,
            group_id: GROUP,
            phone: None,
            profile: Profile::default(),
            balance: Bonus::ZERO,
            blocked: false,
            level: None,
            identifiers: Vec::new(),
            coupons: Vec::new(),
        };
        Ok(ACCOUNTS.map(account).into())
    }

    async fn transactions(
        &self,
        id: AccountId,
        query: TransactionsQuery,
    ) -> Result<Vec<Transaction>, BackendError> {
        match query {
            TransactionsQuery::Period(period) => self.read(id, period).await,
            TransactionsQuery::Last(_) => Err(BackendError::Unsupported),
        }
    }

    async fn refill(&self, refill: &Refill) -> Result<OperationOutcome, BackendError> {
        self.write(Write::Refill(refill.clone())).await
    }

    async fn withdraw(&self, withdrawal: &Withdrawal) -> Result<OperationOutcome, BackendError> {
        self.write(Write::Withdraw(withdrawal.clone())).await
    }

    async fn register_check(&self, check: &ExternalCheck) -> Result<OperationOutcome, BackendError> {
        self.write(Write::RegisterCheck(check.clone())).await
    }

    async fn refill_group(&self, operation: &GroupOperation) -> Result<GroupOutcome, BackendError> {
        self.write(Write::RefillGroup(operation.clone())).await.map(|_| GroupOutcome::default())
    }

    async fn withdraw_group(&self, operation: &GroupOperation) -> Result<GroupOutcome, BackendError> {
        self.write(Write::WithdrawGroup(operation.clone())).await.map(|_| GroupOutcome::default())
    }

    unsupported! {
        group(GroupId) -> AccountGroup;
        create_group(&GroupDraft) -> AccountGroup;
        update_group(GroupId, &GroupDraft) -> AccountGroup;
        find_by_phone(&Phone) -> Vec<Account>;
        account(AccountId) -> Account;
        insert_by_template(&Registration) -> Account;
        insert_account(&NewAccount) -> Account;
        update_account(AccountId, &AccountChange) -> AccountUpdate;
        balance(AccountId) -> Balance;
        receipt(&ReceiptRef) -> Receipt;
        issue_identifier(AccountId, IdentifierTypeId) -> IssuedIdentifier;
        identifier_types() -> Vec<IdentifierType>;
        create_identifier_type(&IdentifierTypeDraft) -> IdentifierType;
        update_identifier_type(IdentifierTypeId, &IdentifierTypeDraft) -> IdentifierType;
        discounts() -> Vec<Discount>;
        create_ladder(&LadderDraft) -> Ladder;
        update_ladder(DiscountId, &LadderDraft) -> Ladder;
        reports() -> Vec<ReportInfo>;
        report(&ReportId, Period) -> Report;
    }
}

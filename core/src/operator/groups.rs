//! The same write for every account of a group: one row an account, so that each can be followed and settled.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::pages::AccountPages;
use super::sending::SendScope;
use super::{Operator, WriteFilter};
use crate::backend::OperatorBackend;
use crate::domain::{
    AccountId, GroupId, GroupOperation, GroupOutcome, Refill, Withdrawal, Write, WriteRecord, WriteState,
};
use crate::error::LoyaltyError;
use crate::error_code::ErrorCode;
use crate::store::outbox::{Expansion, part_key};

/// How far a group operation has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GroupReport {
    /// How many accounts it is for.
    pub accounts: u64,
    /// Applied.
    pub accepted: u64,
    /// Refused by the server.
    pub rejected: u64,
    /// Not known.
    pub unknown: u64,
    /// Applied more than once.
    pub duplicate: u64,
    /// Not sent yet.
    pub waiting: u64,
    /// Lost with an outbox that was damaged: nobody sends or looks for them. A person decides.
    pub lost: u64,
}

impl<B: OperatorBackend> Operator<B> {
    /// Accrues bonuses on every account that is in a group now, by one write an account. Asking again with the same
    /// key goes on with the same accounts. The server lists accounts in pages: while somebody removes one, another may
    /// slip from a page that is to come onto one already read, and is then not reached.
    ///
    /// # Errors
    /// `InvalidInput`; `Conflict` when the key stands for another operation, or for this one as one request of the
    /// server's own; those of reading the accounts; `Storage`.
    /// What became of the single writes is in the report.
    pub async fn refill_group(&self, operation: &GroupOperation) -> Result<GroupReport, LoyaltyError> {
        self.expanded(Write::RefillGroup(operation.clone()), operation, |account_id, key| {
            let GroupOperation { sum, ref comment, .. } = *operation;
            Write::Refill(Refill { account_id, sum, comment: comment.clone(), key })
        })
        .await
    }

    /// Takes bonuses from every account that is in a group now, by one write an account. Asking again with the same
    /// key goes on with the same accounts.
    ///
    /// # Errors
    /// As [`Operator::refill_group`].
    pub async fn withdraw_group(&self, operation: &GroupOperation) -> Result<GroupReport, LoyaltyError> {
        self.expanded(Write::WithdrawGroup(operation.clone()), operation, |account_id, key| {
            let GroupOperation { sum, ref comment, .. } = *operation;
            Write::Withdraw(Withdrawal { account_id, sum, comment: comment.clone(), key })
        })
        .await
    }

    /// Accrues bonuses on every account of a group in one request of the server's own. Such a request leaves nothing
    /// by which it could be found again: without an answer it stays unknown until a person decides.
    ///
    /// # Errors
    /// See [`Operator::write`].
    pub async fn refill_group_natively(
        &self,
        operation: &GroupOperation,
    ) -> Result<GroupOutcome, LoyaltyError> {
        let record = self.write(Write::RefillGroup(operation.clone())).await?;
        Ok(GroupOutcome { affected: record.affected })
    }

    /// Takes bonuses from every account of a group in one request of the server's own. As
    /// [`Operator::refill_group_natively`] it cannot be found again.
    ///
    /// # Errors
    /// See [`Operator::write`].
    pub async fn withdraw_group_natively(
        &self,
        operation: &GroupOperation,
    ) -> Result<GroupOutcome, LoyaltyError> {
        let record = self.write(Write::WithdrawGroup(operation.clone())).await?;
        Ok(GroupOutcome { affected: record.affected })
    }

    async fn expanded(
        &self,
        whole: Write,
        operation: &GroupOperation,
        part: impl Fn(AccountId, Uuid) -> Write,
    ) -> Result<GroupReport, LoyaltyError> {
        whole.validate()?;
        let outbox = self.outbox().await?;
        let same = match outbox.expansion(whole.clone()).await? {
            Some(same) => same,
            None => {
                let accounts = self.accounts_of(operation.group_id).await?;
                let parts = accounts.into_iter().map(|id| part(id, part_key(operation, id))).collect();
                outbox.place_group(Expansion { whole, parts }, self.moment()).await?
            }
        };
        if !same {
            return Err(LoyaltyError::Conflict { code: ErrorCode::KeyReused });
        }
        if let Some(turn) = self.take_turn().await? {
            self.drain(&turn, SendScope::All, |_, _| {}).await?;
        }
        let parts = outbox.records(WriteFilter::Group(operation.key), u32::MAX).await?;
        let lost = outbox.lost_parts(operation.key).await?;
        Ok(parts
            .iter()
            .fold(GroupReport { accounts: lost, lost, ..GroupReport::default() }, GroupReport::with))
    }

    async fn accounts_of(&self, group: GroupId) -> Result<BTreeSet<AccountId>, LoyaltyError> {
        let (mut found, mut pages) = (BTreeSet::new(), AccountPages::default());
        while let Some(page) = pages.next(&*self.backend).await? {
            found.extend(page.iter().filter(|account| account.group_id == group).map(|account| account.id));
        }
        Ok(found)
    }
}

impl GroupReport {
    fn with(mut self, part: &WriteRecord) -> Self {
        let count = match part.state {
            WriteState::Prepared | WriteState::Sent => &mut self.waiting,
            WriteState::Unknown => &mut self.unknown,
            WriteState::Accepted => &mut self.accepted,
            WriteState::Rejected => &mut self.rejected,
            WriteState::Duplicate => &mut self.duplicate,
        };
        *count = count.saturating_add(1);
        self.accounts = self.accounts.saturating_add(1);
        self
    }
}

//! One snapshot that every screen is drawn from, so that no two screens contradict each other.

use jiff::Timestamp;

use crate::backend::{BackendError, GuestBackend};
use crate::domain::{Account, Balance, BurnSchedule, Inconsistency, Transaction, TransactionsQuery};

/// How many of the newest transactions a snapshot carries.
const NEWEST: u32 = 5;

/// What a guest holds, read together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The account. Its balance may lag behind [`Snapshot::balance`], which is the one to show.
    pub account: Account,
    /// The balance taken apart.
    pub balance: Balance,
    /// The newest transactions, newest first.
    pub newest: Vec<Transaction>,
    /// When it was read, UTC.
    pub as_of: Timestamp,
}

/// Reads a snapshot.
///
/// Account and balance come from two calls, and a till may write between them. When they disagree, both are read once
/// more; when they still do, the total is shown without its parts.
pub(super) async fn read<B: GuestBackend>(backend: &B, now: Timestamp) -> Result<Snapshot, BackendError> {
    let (mut account, mut balance) = read_pair(backend).await?;
    if account.balance != balance.total {
        (account, balance) = read_pair(backend).await?;
        if account.balance != balance.total && balance.schedule.is_consistent() {
            balance.schedule = BurnSchedule::TotalOnly { because: Inconsistency::TotalsDiffer };
        }
    }
    let newest = backend.transactions(TransactionsQuery::Last(NEWEST)).await?;
    Ok(Snapshot { account, balance, newest, as_of: backend.as_of().unwrap_or(now) })
}

async fn read_pair<B: GuestBackend>(backend: &B) -> Result<(Account, Balance), BackendError> {
    // In this order: the account says which balance to ask for.
    let account = backend.account().await?;
    let balance = backend.balance().await?;
    Ok((account, balance))
}

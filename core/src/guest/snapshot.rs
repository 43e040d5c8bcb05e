//! One snapshot that every screen is drawn from, so that no two screens contradict each other.

use jiff::Timestamp;

use crate::backend::{BackendError, GuestBackend};
use crate::domain::{Account, Balance, BurnSchedule, Inconsistency, Phone, Transaction, TransactionsQuery};
use crate::store::cache::KeptSnapshot;

/// How many of the newest transactions a snapshot carries.
pub(super) const NEWEST: u32 = 5;

/// What a guest holds, read together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The account. Its balance may lag behind [`Snapshot::balance`], which is the one to show. A session's snapshot
    /// has no phone here, because a cache keeps none.
    pub account: Account,
    /// The account's phone for screens that others may see.
    pub phone_masked: Option<String>,
    /// The balance taken apart.
    pub balance: Balance,
    /// The newest transactions, newest first.
    pub newest: Vec<Transaction>,
    /// When it was read, UTC.
    pub as_of: Timestamp,
}

impl From<KeptSnapshot> for Snapshot {
    fn from(kept: KeptSnapshot) -> Self {
        let KeptSnapshot { account, phone_masked, balance, newest, as_of } = kept;
        Self { account, phone_masked, balance, newest, as_of }
    }
}

/// Reads a snapshot.
pub(super) async fn read<B: GuestBackend>(backend: &B, now: Timestamp) -> Result<Snapshot, BackendError> {
    let (account, balance) = read_holdings(backend).await?;
    let newest = backend.transactions(TransactionsQuery::Last(NEWEST)).await?;
    let phone_masked = account.phone.as_ref().map(Phone::masked);
    Ok(Snapshot { account, phone_masked, balance, newest, as_of: backend.as_of().unwrap_or(now) })
}

/// Reads account and balance so that they agree.
///
/// They come from two calls, and a till may write between them. When they disagree, both are read once more; when they
/// still do, the total is shown without its parts.
pub(super) async fn read_holdings<B: GuestBackend>(backend: &B) -> Result<(Account, Balance), BackendError> {
    let (mut account, mut balance) = read_pair(backend).await?;
    if account.balance != balance.total {
        (account, balance) = read_pair(backend).await?;
        if account.balance != balance.total && balance.schedule.is_consistent() {
            balance.schedule = BurnSchedule::TotalOnly { because: Inconsistency::TotalsDiffer };
        }
    }
    Ok((account, balance))
}

async fn read_pair<B: GuestBackend>(backend: &B) -> Result<(Account, Balance), BackendError> {
    // In this order: the account says which balance to ask for.
    let account = backend.account().await?;
    let balance = backend.balance().await?;
    Ok((account, balance))
}

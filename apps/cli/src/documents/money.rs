//! What came of a write of money.

use loyalty_core::domain::{Bonus, GroupOutcome, OperationOutcome};
use serde::Serialize;
use uuid::Uuid;

/// `refill`, `check register`, `operation withdraw`
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WriteDocument {
    key: Uuid,
    transaction_ids: Vec<i64>,
    /// The balance afterwards, where the server says so.
    balance: Option<i64>,
}

impl WriteDocument {
    pub(crate) fn new(key: Uuid, outcome: &OperationOutcome) -> Self {
        Self {
            key,
            transaction_ids: outcome.transaction_ids.iter().map(|id| id.0).collect(),
            balance: outcome.balance.map(Bonus::hundredths),
        }
    }
}

/// `operation refill-group`, `operation withdraw-group`
#[derive(Debug, Serialize)]
pub(crate) struct GroupWriteDocument {
    key: Uuid,
    /// How many accounts it reached, where the server says so.
    affected: Option<u64>,
}

impl GroupWriteDocument {
    pub(crate) fn new(key: Uuid, outcome: GroupOutcome) -> Self {
        Self { key, affected: outcome.affected }
    }
}

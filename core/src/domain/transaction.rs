//! The history of an account.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Bonus, Money, ReceiptRef};

/// A transaction's number on the loyalty server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TransactionId(pub i64);

/// One movement of bonuses. Its `Debug` leaves out what people wrote.
#[derive(Clone, PartialEq, Eq)]
pub struct Transaction {
    /// Its number.
    pub id: TransactionId,
    /// When it happened, UTC. Rows may arrive late and may be corrected.
    pub at: Timestamp,
    /// What it was.
    pub kind: TransactionKind,
    /// How many bonuses; negative when they left.
    pub sum: Bonus,
    /// The balance afterwards.
    pub balance_after: Option<Bonus>,
    /// The receipt behind it.
    pub receipt: Option<ReceiptRef>,
    /// The `checkGuid` of an external check.
    pub check_guid: Option<Uuid>,
    /// The number of an external check.
    pub external_check: Option<String>,
    /// The restaurant's code.
    pub venue_code: Option<i64>,
    /// The restaurant's name.
    pub venue: Option<String>,
    /// What was paid in money.
    pub money_spent: Option<Money>,
    /// The comment, without the key we add to it.
    pub comment: Option<String>,
    /// Our key, where the comment carried one.
    pub key: Option<Uuid>,
}

impl fmt::Debug for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transaction")
            .field("id", &self.id)
            .field("at", &self.at)
            .field("kind", &self.kind)
            .field("sum", &self.sum)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

/// What a transaction was.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TransactionKind {
    /// Earned by a purchase.
    Accrual,
    /// Used in payment.
    Spend,
    /// Burned unused.
    Burn,
    /// Given by the restaurant.
    Refill,
    /// Taken by the restaurant.
    Withdraw,
    /// The welcome bonus.
    Welcome,
    /// A correction.
    Correction,
    /// A kind we do not know, in the server's word.
    Other(String),
}

impl TransactionKind {
    /// From the word of the contract; any other word is kept.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        match word {
            "accrual" => Self::Accrual,
            "spend" => Self::Spend,
            "burn" => Self::Burn,
            "refill" => Self::Refill,
            "withdraw" => Self::Withdraw,
            "welcome" => Self::Welcome,
            "correction" => Self::Correction,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The word of the contract, or the server's own where it has none.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::Accrual => "accrual",
            Self::Spend => "spend",
            Self::Burn => "burn",
            Self::Refill => "refill",
            Self::Withdraw => "withdraw",
            Self::Welcome => "welcome",
            Self::Correction => "correction",
            Self::Other(word) => word,
        }
    }
}

/// A span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first instant, UTC; included.
    pub from: Timestamp,
    /// The instant after the last, UTC; excluded.
    pub to: Timestamp,
}

/// Which part of the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransactionsQuery {
    /// All of a period.
    Period(Period),
    /// The newest, this many at most.
    Last(u32),
}

//! Transactions and receipts.

use jiff::Timestamp;
use loyalty_core::domain::{Bonus, Money, Receipt, Transaction, TransactionKind};
use serde::Serialize;

/// A movement of bonuses.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TransactionDocument {
    /// Its number.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// What it was.
    pub kind: &'static str,
    /// The server's own word, where `kind` is `other`.
    pub kind_text: Option<String>,
    /// How many bonuses.
    pub sum: i64,
    /// The balance afterwards.
    pub balance_after: Option<i64>,
    /// The receipt's reference, sealed to the guest.
    pub receipt: Option<String>,
    /// The restaurant's code.
    pub venue_code: Option<i64>,
    /// The restaurant's name.
    pub venue: Option<String>,
    /// What was paid in money.
    pub money_spent: Option<i64>,
}

impl_quiet_debug!(TransactionDocument);

/// A page of the history, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PageDocument {
    /// The transactions.
    pub transactions: Vec<TransactionDocument>,
    /// The cursor of the next page; `null` on the last.
    pub next: Option<String>,
}

/// A receipt.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReceiptDocument {
    /// Its reference, sealed to the guest.
    pub receipt: String,
    /// The number printed on it.
    pub number: Option<String>,
    /// When it was closed.
    pub at: Timestamp,
    /// The restaurant's code.
    pub venue_code: Option<i64>,
    /// The restaurant's name.
    pub venue: Option<String>,
    /// What was served.
    pub dishes: Vec<DishDocument>,
    /// The sum of the dishes.
    pub total: i64,
    /// The discount.
    pub discount: i64,
    /// Bonuses used.
    pub bonus_spent: i64,
    /// Bonuses earned.
    pub bonus_accrued: i64,
    /// Paid in money.
    pub paid: i64,
}

impl_quiet_debug!(ReceiptDocument);

/// A line of a receipt.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DishDocument {
    /// Its name.
    pub name: String,
    /// How many, in thousandths.
    pub quantity_thousandths: i64,
    /// The price of one.
    pub price: i64,
    /// The line's sum.
    pub sum: i64,
}

impl_quiet_debug!(DishDocument);

impl TransactionDocument {
    /// A transaction with its receipt's reference sealed already.
    #[must_use]
    pub fn new(row: &Transaction, receipt: Option<String>) -> Self {
        let (kind, kind_text) = kind(&row.kind);
        Self {
            id: row.id.0,
            at: row.at,
            kind,
            kind_text,
            sum: row.sum.hundredths(),
            balance_after: row.balance_after.map(Bonus::hundredths),
            receipt,
            venue_code: row.venue_code,
            venue: row.venue.clone(),
            money_spent: row.money_spent.map(Money::hundredths),
        }
    }
}

fn kind(kind: &TransactionKind) -> (&'static str, Option<String>) {
    match kind {
        TransactionKind::Accrual => ("accrual", None),
        TransactionKind::Spend => ("spend", None),
        TransactionKind::Burn => ("burn", None),
        TransactionKind::Refill => ("refill", None),
        TransactionKind::Withdraw => ("withdraw", None),
        TransactionKind::Welcome => ("welcome", None),
        TransactionKind::Correction => ("correction", None),
        TransactionKind::Other(word) => ("other", Some(word.clone())),
    }
}

impl ReceiptDocument {
    /// A receipt under the sealed reference that it was asked for by.
    #[must_use]
    pub fn new(receipt: &Receipt, sealed: String) -> Self {
        let dishes = receipt.dishes.iter().map(|dish| DishDocument {
            name: dish.name.clone(),
            quantity_thousandths: dish.quantity.0,
            price: dish.price.hundredths(),
            sum: dish.sum.hundredths(),
        });
        Self {
            receipt: sealed,
            number: receipt.number.clone(),
            at: receipt.at,
            venue_code: receipt.venue_code,
            venue: receipt.venue.clone(),
            dishes: dishes.collect(),
            total: receipt.total.hundredths(),
            discount: receipt.discount.hundredths(),
            bonus_spent: receipt.bonus_spent.hundredths(),
            bonus_accrued: receipt.bonus_accrued.hundredths(),
            paid: receipt.paid.hundredths(),
        }
    }
}

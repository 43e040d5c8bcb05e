//! Transactions and receipts.

use std::fmt;

use jiff::Timestamp;
use loyalty_core::domain::{Bonus, Money, Receipt, Transaction, TransactionKind};
use serde::{Deserialize, Serialize};

use super::Seal;

/// A movement of bonuses. Its `Debug` tells its number only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TransactionDocument {
    /// Its number at ProBonus.
    pub id: i64,
    /// When it happened, UTC.
    pub at: Timestamp,
    /// What it was; `other` for a word that is not ours.
    pub kind: KindWord,
    /// The server's word, where `kind` is `other`.
    pub kind_text: Option<String>,
    /// Kopecks; negative when they left.
    pub sum: i64,
    /// Kopecks.
    pub balance_after: Option<i64>,
    /// The receipt's number, sealed to this guest.
    pub receipt: Option<String>,
    /// The restaurant's code.
    pub venue_code: Option<i64>,
    /// The restaurant's name.
    pub venue: Option<String>,
    /// What was paid in money, kopecks.
    pub money_spent: Option<i64>,
}

impl fmt::Debug for TransactionDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransactionDocument").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What a transaction was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KindWord {
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
    /// None of these.
    Other,
}

fn kind(kind: &TransactionKind) -> (KindWord, Option<String>) {
    let known = match kind {
        TransactionKind::Accrual => KindWord::Accrual,
        TransactionKind::Spend => KindWord::Spend,
        TransactionKind::Burn => KindWord::Burn,
        TransactionKind::Refill => KindWord::Refill,
        TransactionKind::Withdraw => KindWord::Withdraw,
        TransactionKind::Welcome => KindWord::Welcome,
        TransactionKind::Correction => KindWord::Correction,
        TransactionKind::Other(text) => return (KindWord::Other, Some(text.clone())),
    };
    (known, None)
}

impl TransactionDocument {
    /// What a guest may see of a transaction.
    #[must_use]
    pub fn new(row: &Transaction, seal: Seal<'_>) -> Self {
        let (kind, kind_text) = kind(&row.kind);
        Self {
            id: row.id.0,
            at: row.at,
            kind,
            kind_text,
            sum: row.sum.hundredths(),
            balance_after: row.balance_after.map(Bonus::hundredths),
            receipt: row.receipt.as_ref().map(seal),
            venue_code: row.venue_code,
            venue: row.venue.clone(),
            money_spent: row.money_spent.map(Money::hundredths),
        }
    }
}

/// `GET /v1/me/receipts/{receipt}`. Its `Debug` tells nothing of the meal.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReceiptDocument {
    receipt: String,
    number: Option<String>,
    at: Timestamp,
    venue_code: Option<i64>,
    venue: Option<String>,
    dishes: Vec<DishDocument>,
    total: i64,
    discount: i64,
    bonus_spent: i64,
    bonus_accrued: i64,
    paid: i64,
}

impl fmt::Debug for ReceiptDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceiptDocument").finish_non_exhaustive()
    }
}

/// A line of a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DishDocument {
    name: String,
    quantity_thousandths: i64,
    price: i64,
    sum: i64,
}

impl ReceiptDocument {
    /// What a guest may see of their receipt; `sealed` is the reference that they opened it by.
    #[must_use]
    pub fn new(receipt: &Receipt, sealed: &str) -> Self {
        let dishes = receipt.dishes.iter().map(|dish| DishDocument {
            name: dish.name.clone(),
            quantity_thousandths: dish.quantity.0,
            price: dish.price.hundredths(),
            sum: dish.sum.hundredths(),
        });
        Self {
            receipt: sealed.to_owned(),
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

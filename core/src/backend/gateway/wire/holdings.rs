//! What a guest holds: balances and histories.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;

use super::account::WireAccount;
use super::{Document, Wrong};
use crate::domain::{
    Account, AccountId, Balance, Bonus, Burn, BurnSchedule, Inconsistency, Money, Pending, ReceiptRef,
    Transaction, TransactionId, TransactionKind,
};

/// What a snapshot says.
#[derive(Debug)]
pub(in crate::backend::gateway) struct Holdings {
    pub(in crate::backend::gateway) account: Account,
    pub(in crate::backend::gateway) phone_masked: Option<String>,
    pub(in crate::backend::gateway) balance: Balance,
    pub(in crate::backend::gateway) newest: Vec<Transaction>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::backend::gateway) struct Snapshot {
    account: WireAccount,
    balance: WireBalance,
    newest: Vec<WireTransaction>,
    as_of: Timestamp,
}

impl Document for Snapshot {
    type Value = (Holdings, Timestamp);

    fn value(self) -> Result<(Holdings, Timestamp), Wrong> {
        let phone_masked = self.account.phone_masked.clone();
        let account = Account::from(self.account);
        let balance = self.balance.balance(account.id)?;
        let newest = self.newest.into_iter().map(WireTransaction::transaction).collect();
        Ok((Holdings { account, phone_masked, balance, newest }, self.as_of))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireBalance {
    total: i64,
    burns: Vec<WireBurn>,
    non_burning: Option<i64>,
    inconsistency: Option<String>,
    pending: Vec<WirePending>,
}

#[derive(Deserialize)]
struct WireBurn {
    on: Date,
    amount: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WirePending {
    amount: i64,
    active_from: Option<Timestamp>,
}

impl WireBalance {
    fn balance(self, account_id: AccountId) -> Result<Balance, Wrong> {
        let total = Bonus::from_hundredths(self.total);
        let burn = |burn: WireBurn| Burn { on: burn.on, amount: Bonus::from_hundredths(burn.amount) };
        let schedule = match self.inconsistency.as_deref() {
            None => {
                let burns = self.burns.into_iter().map(burn).collect();
                BurnSchedule::new(total, burns, self.non_burning.map(Bonus::from_hundredths))
            }
            Some(word) => BurnSchedule::TotalOnly { because: inconsistency(word) },
        };
        let pending = |pending: WirePending| Pending {
            amount: Bonus::from_hundredths(pending.amount),
            active_from: pending.active_from,
        };
        Ok(Balance { account_id, total, schedule, pending: self.pending.into_iter().map(pending).collect() })
    }
}

/// A newer gateway may know further reasons; that the parts cannot be shown is all that matters then.
fn inconsistency(word: &str) -> Inconsistency {
    match word {
        "impossible_part" => Inconsistency::ImpossiblePart,
        "totals_differ" => Inconsistency::TotalsDiffer,
        _ => Inconsistency::PartsDoNotSum,
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireTransaction {
    id: i64,
    at: Timestamp,
    kind: String,
    kind_text: Option<String>,
    sum: i64,
    balance_after: Option<i64>,
    receipt: Option<String>,
    venue_code: Option<i64>,
    venue: Option<String>,
    money_spent: Option<i64>,
}

impl WireTransaction {
    fn transaction(self) -> Transaction {
        let kind = match self.kind_text {
            Some(text) if self.kind == "other" => TransactionKind::Other(text),
            _ => TransactionKind::from_word(&self.kind),
        };
        Transaction {
            id: TransactionId(self.id),
            at: self.at,
            kind,
            sum: Bonus::from_hundredths(self.sum),
            balance_after: self.balance_after.map(Bonus::from_hundredths),
            receipt: self.receipt.map(ReceiptRef),
            venue_code: self.venue_code,
            venue: self.venue,
            money_spent: self.money_spent.map(Money::from_hundredths),
            // What integrators write for each other stays behind the gateway.
            check_guid: None,
            external_check: None,
            comment: None,
            key: None,
        }
    }
}

/// A page of the history.
pub(in crate::backend::gateway) struct Page {
    pub(in crate::backend::gateway) transactions: Vec<Transaction>,
    /// Asks for the page after this one.
    pub(in crate::backend::gateway) next: Option<String>,
}

#[derive(Deserialize)]
pub(in crate::backend::gateway) struct WirePage {
    transactions: Vec<WireTransaction>,
    next: Option<String>,
}

impl Document for WirePage {
    type Value = Page;

    fn value(self) -> Result<Page, Wrong> {
        let transactions = self.transactions.into_iter().map(WireTransaction::transaction).collect();
        Ok(Page { transactions, next: self.next })
    }
}

//! The rows of the reports over all accounts. Flat, because each is a line of CSV as well as an object of JSON.

use jiff::Timestamp;
use jiff::civil::Date;
use loyalty_core::LoyaltyError;
use loyalty_core::domain::{Account, Bonus, Money, Transaction};
use loyalty_core::operator::{BurningRow, TurnoverRow};
use serde::Serialize;
use uuid::Uuid;

use super::guest::kind;

/// A row of `report burning`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BurningDocument {
    account_id: i64,
    /// `+7XXXXXXXXXX`
    phone: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    /// The business day on which it burns.
    on: Date,
    amount: i64,
    balance: i64,
}

impl BurningDocument {
    pub(crate) const COLUMNS: [&'static str; 7] =
        ["accountId", "phone", "firstName", "lastName", "on", "amount", "balance"];

    pub(crate) fn new(account: &Account, row: &BurningRow) -> Self {
        Self {
            account_id: account.id.0,
            phone: account.phone.map(|phone| phone.e164()),
            first_name: account.profile.first_name.clone(),
            last_name: account.profile.last_name.clone(),
            on: row.burn.on,
            amount: row.burn.amount.hundredths(),
            balance: row.balance.hundredths(),
        }
    }
}

/// A row of `report turnover`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TurnoverDocument {
    account_id: i64,
    phone: Option<String>,
    group_id: i64,
    purchases: u64,
    money_spent: i64,
    accrued: i64,
    spent: i64,
    burned: i64,
    /// Gifts, withdrawals, corrections.
    other: i64,
}

impl TurnoverDocument {
    pub(crate) const COLUMNS: [&'static str; 9] =
        ["accountId", "phone", "groupId", "purchases", "moneySpent", "accrued", "spent", "burned", "other"];

    pub(crate) fn new(account: &Account, row: &TurnoverRow) -> Self {
        Self {
            account_id: account.id.0,
            phone: account.phone.map(|phone| phone.e164()),
            group_id: account.group_id.0,
            purchases: row.purchases,
            money_spent: row.money_spent.hundredths(),
            accrued: row.accrued.hundredths(),
            spent: row.spent.hundredths(),
            burned: row.burned.hundredths(),
            other: row.other.hundredths(),
        }
    }
}

/// A row of `report transactions`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TransactionRowDocument {
    account_id: i64,
    id: i64,
    at: Timestamp,
    kind: &'static str,
    kind_text: Option<String>,
    sum: i64,
    balance_after: Option<i64>,
    receipt_id: Option<String>,
    check_guid: Option<Uuid>,
    external_check: Option<String>,
    venue_code: Option<i64>,
    venue: Option<String>,
    money_spent: Option<i64>,
    comment: Option<String>,
    key: Option<Uuid>,
}

impl TransactionRowDocument {
    pub(crate) const COLUMNS: [&'static str; 15] = [
        "accountId",
        "id",
        "at",
        "kind",
        "kindText",
        "sum",
        "balanceAfter",
        "receiptId",
        "checkGuid",
        "externalCheck",
        "venueCode",
        "venue",
        "moneySpent",
        "comment",
        "key",
    ];

    pub(crate) fn new(account: &Account, row: &Transaction) -> Self {
        let (kind, kind_text) = kind(&row.kind);
        Self {
            account_id: account.id.0,
            id: row.id.0,
            at: row.at,
            kind,
            kind_text,
            sum: row.sum.hundredths(),
            balance_after: row.balance_after.map(Bonus::hundredths),
            receipt_id: row.receipt.as_ref().map(|reference| reference.0.clone()),
            check_guid: row.check_guid,
            external_check: row.external_check.clone(),
            venue_code: row.venue_code,
            venue: row.venue.clone(),
            money_spent: row.money_spent.map(Money::hundredths),
            comment: row.comment.clone(),
            key: row.key,
        }
    }
}

/// An account that a report has no rows of, because it could not be read.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FailedAccountDocument {
    account_id: i64,
    code: &'static str,
}

impl FailedAccountDocument {
    pub(crate) fn new(account: &Account, error: &LoyaltyError) -> Self {
        Self { account_id: account.id.0, code: error.code().as_str() }
    }
}

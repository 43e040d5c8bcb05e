//! What a guest is and has.

use jiff::Timestamp;
use jiff::civil::Date;
use loyalty_core::ErrorCode;
use loyalty_core::domain::{
    Account, AccountUpdate, Balance, Bonus, BurnSchedule, Inconsistency, IssuedIdentifier, Level, Money,
    Receipt, Sex, Transaction, TransactionKind,
};
use loyalty_core::guest::Registered;
use serde::Serialize;
use uuid::Uuid;

use crate::provenance::Provenance;

/// `balance`
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BalanceDocument {
    account_id: i64,
    balance: i64,
    non_burning: Option<i64>,
    burns: Vec<BurnDocument>,
    pending: Vec<PendingDocument>,
    consistent: bool,
    /// When it was read.
    as_of: Timestamp,
    /// `live`: read in this run. From a cache: `fresh` within ten minutes on the same business day, else `stale`.
    freshness: &'static str,
    /// Why the parts are not shown. Only there when they are not.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct BurnDocument {
    amount: i64,
    on: Date,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PendingDocument {
    amount: i64,
    active_from: Option<Timestamp>,
}

impl BalanceDocument {
    pub(crate) fn new(balance: &Balance, provenance: &Provenance) -> Self {
        let (burns, non_burning, reason) = match &balance.schedule {
            BurnSchedule::Parts { burns, non_burning } => {
                (burns.as_slice(), Some(non_burning.hundredths()), None)
            }
            BurnSchedule::TotalOnly { because } => (&[][..], None, Some(reason(*because))),
        };
        Self {
            account_id: balance.account_id.0,
            balance: balance.total.hundredths(),
            non_burning,
            burns: burns
                .iter()
                .map(|burn| BurnDocument { amount: burn.amount.hundredths(), on: burn.on })
                .collect(),
            pending: balance
                .pending
                .iter()
                .map(|part| PendingDocument {
                    amount: part.amount.hundredths(),
                    active_from: part.active_from,
                })
                .collect(),
            consistent: reason.is_none(),
            as_of: provenance.as_of,
            freshness: provenance.freshness(),
            reason,
        }
    }
}

fn reason(because: Inconsistency) -> &'static str {
    match because {
        Inconsistency::PartsDoNotSum => "parts_do_not_sum",
        Inconsistency::ImpossiblePart => "impossible_part",
        Inconsistency::TotalsDiffer => "totals_differ",
    }
}

/// `history`
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HistoryDocument {
    transactions: Vec<TransactionDocument>,
    /// The business day to pass as `--to` for what lies further back; its rows come again, so tell them by id.
    /// `null` when nothing lies further back in what was asked for.
    next: Option<Date>,
    /// When the newest of it was read.
    as_of: Timestamp,
    /// As in `balance`.
    freshness: &'static str,
    /// The code of the error for which older rows are missing, which are not in the cache; else `null`.
    cut_short: Option<&'static str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct TransactionDocument {
    id: i64,
    at: Timestamp,
    kind: &'static str,
    /// The server's own word, where `kind` is `other`.
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

impl HistoryDocument {
    pub(crate) fn new(
        transactions: &[Transaction],
        next: Option<Date>,
        provenance: &Provenance,
        cut_short: Option<ErrorCode>,
    ) -> Self {
        Self {
            transactions: transactions.iter().map(TransactionDocument::from).collect(),
            next,
            as_of: provenance.as_of,
            freshness: provenance.freshness(),
            cut_short: cut_short.map(ErrorCode::as_str),
        }
    }
}

impl From<&Transaction> for TransactionDocument {
    fn from(row: &Transaction) -> Self {
        let (kind, kind_text) = kind(&row.kind);
        Self {
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

pub(super) fn kind(kind: &TransactionKind) -> (&'static str, Option<String>) {
    let known = match kind {
        TransactionKind::Accrual => "accrual",
        TransactionKind::Spend => "spend",
        TransactionKind::Burn => "burn",
        TransactionKind::Refill => "refill",
        TransactionKind::Withdraw => "withdraw",
        TransactionKind::Welcome => "welcome",
        TransactionKind::Correction => "correction",
        TransactionKind::Other(text) => return ("other", Some(text.clone())),
    };
    (known, None)
}

/// `receipt`
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReceiptDocument {
    id: String,
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

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct DishDocument {
    name: String,
    /// In thousandths: one portion is 1000.
    quantity_thousandths: i64,
    price: i64,
    sum: i64,
}

impl From<&Receipt> for ReceiptDocument {
    fn from(receipt: &Receipt) -> Self {
        Self {
            id: receipt.reference.0.clone(),
            number: receipt.number.clone(),
            at: receipt.at,
            venue_code: receipt.venue_code,
            venue: receipt.venue.clone(),
            dishes: receipt
                .dishes
                .iter()
                .map(|dish| DishDocument {
                    name: dish.name.clone(),
                    quantity_thousandths: dish.quantity.0,
                    price: dish.price.hundredths(),
                    sum: dish.sum.hundredths(),
                })
                .collect(),
            total: receipt.total.hundredths(),
            discount: receipt.discount.hundredths(),
            bonus_spent: receipt.bonus_spent.hundredths(),
            bonus_accrued: receipt.bonus_accrued.hundredths(),
            paid: receipt.paid.hundredths(),
        }
    }
}

/// `guest find`, `account show`, `account create`
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccountDocument {
    id: i64,
    group_id: i64,
    /// `+7XXXXXXXXXX`
    phone: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    middle_name: Option<String>,
    birthday: Option<Date>,
    sex: Option<&'static str>,
    email: Option<String>,
    balance: i64,
    blocked: bool,
    level: Option<LevelDocument>,
    identifiers: Vec<IdentifierDocument>,
    coupons: Vec<CouponDocument>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LevelDocument {
    id: Option<i64>,
    name: String,
    /// Hundredths of a percent.
    discount_basis_points: Option<i32>,
    /// Hundredths of a percent.
    accrual_basis_points: Option<i32>,
    turnover: Option<i64>,
    next: Option<NextLevelDocument>,
}

#[derive(Debug, Serialize)]
struct NextLevelDocument {
    name: String,
    from: i64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct IdentifierDocument {
    type_id: i64,
    value: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct CouponDocument {
    id: i64,
    name: String,
    code: Option<String>,
    expires_at: Option<Timestamp>,
}

impl From<&Account> for AccountDocument {
    fn from(account: &Account) -> Self {
        let profile = account.profile.clone();
        Self {
            id: account.id.0,
            group_id: account.group_id.0,
            phone: account.phone.map(|phone| phone.e164()),
            first_name: profile.first_name,
            last_name: profile.last_name,
            middle_name: profile.middle_name,
            birthday: profile.birthday,
            sex: profile.sex.map(|sex| match sex {
                Sex::Male => "male",
                Sex::Female => "female",
            }),
            email: profile.email,
            balance: account.balance.hundredths(),
            blocked: account.blocked,
            level: account.level.as_ref().map(LevelDocument::from),
            identifiers: account
                .identifiers
                .iter()
                .map(|one| IdentifierDocument { type_id: one.type_id.0, value: one.value.clone() })
                .collect(),
            coupons: account
                .coupons
                .iter()
                .map(|coupon| CouponDocument {
                    id: coupon.id,
                    name: coupon.name.clone(),
                    code: coupon.code.clone(),
                    expires_at: coupon.expires_at,
                })
                .collect(),
        }
    }
}

impl From<&Level> for LevelDocument {
    fn from(level: &Level) -> Self {
        Self {
            id: level.id,
            name: level.name.clone(),
            discount_basis_points: level.discount.map(|percent| percent.0),
            accrual_basis_points: level.accrual.map(|percent| percent.0),
            turnover: level.turnover.map(Money::hundredths),
            next: level
                .next
                .as_ref()
                .map(|next| NextLevelDocument { name: next.name.clone(), from: next.from.hundredths() }),
        }
    }
}

/// `account list`
#[derive(Debug, Serialize)]
pub(crate) struct AccountsDocument {
    accounts: Vec<AccountDocument>,
    /// The `--offset` of the next page; `null` on the last one.
    next: Option<u64>,
}

impl AccountsDocument {
    pub(crate) fn new(accounts: &[Account], next: Option<u64>) -> Self {
        Self { accounts: accounts.iter().map(AccountDocument::from).collect(), next }
    }
}

/// `guest register`
#[derive(Debug, Serialize)]
pub(crate) struct RegisteredDocument {
    /// Whether this call created the account.
    created: bool,
    account: AccountDocument,
}

impl From<&Registered> for RegisteredDocument {
    fn from(registered: &Registered) -> Self {
        Self { created: registered.created, account: AccountDocument::from(&registered.account) }
    }
}

/// `guest update`, `account update`
#[derive(Debug, Serialize)]
pub(crate) struct UpdatedDocument<'a> {
    account: AccountDocument,
    /// Fields that changed although nobody asked for it, as the server names them.
    unasked: &'a [String],
    /// Fields that were to change and did not.
    ignored: &'a [&'static str],
}

impl<'a> UpdatedDocument<'a> {
    pub(crate) fn new(update: &'a AccountUpdate, ignored: &'a [&'static str]) -> Self {
        Self { account: AccountDocument::from(&update.account), unasked: &update.unasked, ignored }
    }
}

/// `account issue-code`, `me card`
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CodeDocument {
    value: String,
    expires_at: Option<Timestamp>,
}

impl From<&IssuedIdentifier> for CodeDocument {
    fn from(issued: &IssuedIdentifier) -> Self {
        Self { value: issued.value.clone(), expires_at: issued.expires_at }
    }
}

/// `me sign-in`, `me sign-out`
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SignedDocument {
    /// Whether this machine holds a session now.
    pub(crate) signed_in: bool,
}

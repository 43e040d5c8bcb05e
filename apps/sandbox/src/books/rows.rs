//! Rows of the books as they are read.

use rusqlite::Row;

/// A movement of bonuses as it stands in the books, whether or not history shows it yet.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TransactionRow {
    /// The transaction's id.
    pub id: i64,
    /// The account it is on.
    pub account_id: i64,
    /// Seconds since the epoch.
    pub at: i64,
    /// `accrual`, `spend`, `burn`, `refill`, `withdraw`, `welcome` or `correction`.
    pub kind: String,
    /// Kopecks; above zero adds.
    pub sum: i64,
    /// Kopecks after it.
    pub balance_after: i64,
    /// The receipt behind it.
    pub receipt_id: Option<i64>,
    /// The `checkGuid` of an outside purchase.
    pub guid: Option<String>,
    /// The outside system's number of the purchase.
    pub external_check: Option<String>,
    /// Code of the restaurant.
    pub rest_code: Option<i64>,
    /// Name of the restaurant, if the dictionary has it.
    pub rest_name: Option<String>,
    /// Kopecks of money paid on that occasion.
    pub money_spent: Option<i64>,
    /// The caller's remark.
    pub comment: Option<String>,
    /// Seconds since the epoch from which history shows it.
    pub visible_at: i64,
}

impl TransactionRow {
    pub(super) const SELECT: &'static str =
        "SELECT t.id, t.account_id, t.at, t.kind, t.sum, t.balance_after, t.receipt_id, t.guid,
                t.external_check, t.rest_code, r.name, t.money_spent, t.comment, t.visible_at
         FROM txn t LEFT JOIN restaurant r ON r.code = t.rest_code ";

    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            account_id: row.get(1)?,
            at: row.get(2)?,
            kind: row.get(3)?,
            sum: row.get(4)?,
            balance_after: row.get(5)?,
            receipt_id: row.get(6)?,
            guid: row.get(7)?,
            external_check: row.get(8)?,
            rest_code: row.get(9)?,
            rest_name: row.get(10)?,
            money_spent: row.get(11)?,
            comment: row.get(12)?,
            visible_at: row.get(13)?,
        })
    }
}

/// A guest's account as it stands in the books.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccountRow {
    /// The account's id.
    pub id: i64,
    /// The group it is in.
    pub group_id: i64,
    /// E.164.
    pub phone: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Patronymic.
    pub middle_name: Option<String>,
    /// `yyyy-MM-dd`.
    pub birthday: Option<String>,
    /// `male` or `female`.
    pub sex: Option<String>,
    /// Whether the till refuses the account.
    pub blocked: bool,
    /// Entry of the discount dictionary that makes the level: a plain one or a ladder.
    pub discount_id: Option<i64>,
    /// Entry of the discount dictionary that sets the accrual instead of the level's.
    pub bonus_id: Option<i64>,
    /// Days from an accrual to its burning; `None`: never.
    pub lifetime_days: Option<i64>,
    /// Kopecks of money paid that count towards the ladder.
    pub turnover: i64,
    /// Seconds since the epoch.
    pub created_at: i64,
}

impl AccountRow {
    pub(super) const SELECT: &'static str =
        "SELECT id, group_id, phone, email, first_name, last_name, middle_name, birthday, sex, blocked,
                discount_id, bonus_id, lifetime_days, turnover, created_at
         FROM account ";

    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            group_id: row.get(1)?,
            phone: row.get(2)?,
            email: row.get(3)?,
            first_name: row.get(4)?,
            last_name: row.get(5)?,
            middle_name: row.get(6)?,
            birthday: row.get(7)?,
            sex: row.get(8)?,
            blocked: row.get(9)?,
            discount_id: row.get(10)?,
            bonus_id: row.get(11)?,
            lifetime_days: row.get(12)?,
            turnover: row.get(13)?,
            created_at: row.get(14)?,
        })
    }
}

/// A purchase as it stands in the books.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReceiptRow {
    /// The receipt's id.
    pub id: i64,
    /// Whose purchase it was.
    pub account_id: i64,
    /// Seconds since the epoch.
    pub at: i64,
    /// Code of the restaurant.
    pub rest_code: Option<i64>,
    /// Name of the restaurant, if the dictionary has it.
    pub rest_name: Option<String>,
    /// Code of the station, of an outside purchase.
    pub rk_unit: Option<i64>,
    /// The `checkGuid`, of an outside purchase.
    pub guid: Option<String>,
    /// The outside system's number, of an outside purchase.
    pub external_check: Option<String>,
    /// Kopecks before discount and bonuses.
    pub total: i64,
    /// Kopecks of discount.
    pub discount: i64,
    /// Kopecks paid with bonuses.
    pub bonus_spent: i64,
    /// Kopecks of bonuses earned.
    pub bonus_accrued: i64,
    /// Kopecks of money paid.
    pub paid: i64,
    /// The text given with an outside purchase.
    pub data: Option<String>,
    pub(crate) invented_portions: i64,
}

impl ReceiptRow {
    pub(super) const SELECT: &'static str =
        "SELECT c.id, c.account_id, c.at, c.rest_code, r.name, c.rk_unit, c.guid, c.external_check, c.total,
                c.discount, c.bonus_spent, c.bonus_accrued, c.paid, c.data, c.invented_portions
         FROM receipt c LEFT JOIN restaurant r ON r.code = c.rest_code ";

    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            account_id: row.get(1)?,
            at: row.get(2)?,
            rest_code: row.get(3)?,
            rest_name: row.get(4)?,
            rk_unit: row.get(5)?,
            guid: row.get(6)?,
            external_check: row.get(7)?,
            total: row.get(8)?,
            discount: row.get(9)?,
            bonus_spent: row.get(10)?,
            bonus_accrued: row.get(11)?,
            paid: row.get(12)?,
            data: row.get(13)?,
            invented_portions: row.get(14)?,
        })
    }
}

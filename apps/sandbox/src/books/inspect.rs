//! The books as a test reads them: directly, past dialects, faults and late rows.

use rusqlite::params;
use rusqlite::types::ValueRef;

use super::lots::Lot;
use super::{AccountRow, Books, Desk, Entry, ReceiptRow, TransactionRow};
use crate::error::BooksError;
use crate::random::Fingerprint;

/// How much the books hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Counts {
    /// Accounts.
    pub guests: u64,
    /// Purchases, at the till and outside.
    pub receipts: u64,
    /// Movements of bonuses.
    pub transactions: u64,
}

/// The guest with the most purchases.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RichestHistory {
    /// The guest's account.
    pub account_id: i64,
    /// E.164.
    pub phone: String,
    /// Number of purchases.
    pub purchases: u64,
}

/// Tables in a fixed order, each with its key, for the digest.
const TABLES: [(&str, &str); 13] = [
    ("restaurant", "code"),
    ("discount", "id"),
    ("ladder_step", "ladder_id, from_turnover"),
    ("account_group", "id"),
    ("identifier_type", "id"),
    ("account", "id"),
    ("identifier", "type_id, value"),
    ("issued_code", "value"),
    ("coupon", "id"),
    ("receipt", "id"),
    ("dish", "receipt_id, position"),
    ("txn", "id"),
    ("lot", "txn_id"),
];

impl Books {
    fn read<T>(&self, work: impl FnOnce(&Desk<'_>) -> Result<T, BooksError>) -> Result<T, BooksError> {
        self.operate(0, work)
    }

    fn transactions_where(&self, condition: &str, value: &str) -> Result<Vec<TransactionRow>, BooksError> {
        self.read(|desk| {
            let sql = format!("{} WHERE {condition} ORDER BY t.id", TransactionRow::SELECT);
            let mut statement = desk.db.prepare_cached(&sql)?;
            let rows = statement.query_map([value], TransactionRow::read)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// All movements on an account, newest first, those that history does not show yet among them.
    ///
    /// # Errors
    /// [`BooksError`] if SQLite fails.
    pub fn transactions(&self, account_id: i64) -> Result<Vec<TransactionRow>, BooksError> {
        self.read(|desk| {
            let sql =
                format!("{} WHERE t.account_id = ?1 ORDER BY t.at DESC, t.id DESC", TransactionRow::SELECT);
            let mut statement = desk.db.prepare_cached(&sql)?;
            let rows = statement.query_map([account_id], TransactionRow::read)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// One movement.
    ///
    /// # Errors
    /// [`BooksError`] if SQLite fails.
    pub fn transaction(&self, id: i64) -> Result<Option<TransactionRow>, BooksError> {
        self.read(|desk| desk.transaction(id))
    }

    /// Accruals made under a `checkGuid`, oldest first; two of them mean that a purchase counted twice.
    ///
    /// # Errors
    /// [`BooksError`] if SQLite fails.
    pub fn accruals_by_guid(&self, guid: &str) -> Result<Vec<TransactionRow>, BooksError> {
        self.transactions_where("t.guid = ?1 AND t.kind = 'accrual'", guid)
    }

    /// Movements with exactly this comment, oldest first.
    ///
    /// # Errors
    /// [`BooksError`] if SQLite fails.
    pub fn transactions_by_comment(&self, comment: &str) -> Result<Vec<TransactionRow>, BooksError> {
        self.transactions_where("t.comment = ?1", comment)
    }

    /// An account.
    ///
    /// # Errors
    /// [`BooksError`] if SQLite fails.
    pub fn account(&self, id: i64) -> Result<Option<AccountRow>, BooksError> {
        self.read(|desk| desk.account(id))
    }

    /// The account of a phone in E.164.
    ///
    /// # Errors
    /// [`BooksError`] if SQLite fails.
    pub fn account_by_phone(&self, phone: &str) -> Result<Option<AccountRow>, BooksError> {
        self.read(|desk| desk.account_by_phone(phone))
    }

    /// Kopecks of bonuses that can be spent now.
    ///
    /// # Errors
    /// [`BooksError`] if SQLite fails.
    pub fn balance(&self, account_id: i64) -> Result<i64, BooksError> {
        self.read(|desk| desk.balance(account_id))
    }

    /// What is left of each accrual of an account.
    ///
    /// # Errors
    /// [`BooksError`] if SQLite fails.
    pub fn lots(&self, account_id: i64) -> Result<Vec<Lot>, BooksError> {
        self.read(|desk| Ok(desk.lots(account_id)?.as_slice().to_vec()))
    }

    /// Purchases of an account, newest first.
    ///
    /// # Errors
    /// [`BooksError`] if SQLite fails.
    pub fn checks(&self, account_id: i64) -> Result<Vec<ReceiptRow>, BooksError> {
        self.read(|desk| desk.receipts_of(account_id))
    }

    /// How much the books hold.
    ///
    /// # Errors
    /// [`BooksError`] if SQLite fails.
    pub fn counts(&self) -> Result<Counts, BooksError> {
        self.read(|desk| {
            let count = |table: &str| -> Result<u64, BooksError> {
                let rows: i64 =
                    desk.db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?;
                Ok(rows.unsigned_abs())
            };
            Ok(Counts { guests: count("account")?, receipts: count("receipt")?, transactions: count("txn")? })
        })
    }

    /// The guest with the most purchases; `None` if nobody bought anything.
    ///
    /// # Errors
    /// [`BooksError`] if SQLite fails.
    pub fn richest_history(&self) -> Result<Option<RichestHistory>, BooksError> {
        self.read(|desk| {
            let mut statement = desk.db.prepare_cached(
                "SELECT a.id, a.phone, count(*) AS purchases FROM receipt c JOIN account a ON a.id = c.account_id
                 GROUP BY a.id ORDER BY purchases DESC, a.id LIMIT 1",
            )?;
            let mut rows = statement.query([])?;
            let Some(row) = rows.next()? else { return Ok(None) };
            let purchases: i64 = row.get(2)?;
            Ok(Some(RichestHistory {
                account_id: row.get(0)?,
                phone: row.get(1)?,
                purchases: purchases.unsigned_abs(),
            }))
        })
    }

    /// A fingerprint of every row: equal books have equal ones.
    ///
    /// # Errors
    /// [`BooksError`] if SQLite fails.
    pub fn digest(&self) -> Result<String, BooksError> {
        self.read(|desk| {
            let mut print = Fingerprint::new();
            for (table, key) in TABLES {
                print.feed(table.as_bytes());
                let mut statement = desk.db.prepare(&format!("SELECT * FROM {table} ORDER BY {key}"))?;
                let columns = statement.column_count();
                let mut rows = statement.query([])?;
                while let Some(row) = rows.next()? {
                    for column in 0..columns {
                        feed(&mut print, row.get_ref(column)?);
                    }
                }
            }
            Ok(print.text())
        })
    }

    /// Changes the sum of a past movement, the balances after it and what is left of it; may leave a debt.
    ///
    /// # Errors
    /// [`BooksError::Missing`] or [`BooksError::Sign`].
    pub fn correct_transaction(&self, id: i64, new_sum: i64) -> Result<(), BooksError> {
        self.operate(0, |desk| desk.correct(id, new_sum))
    }

    /// Writes a movement of type `correction` over `sum` kopecks, the only kind that may take more than there is.
    /// Gives its id.
    ///
    /// # Errors
    /// [`BooksError::Missing`] if there is no such account.
    pub fn adjust(&self, account_id: i64, sum: i64, comment: &str) -> Result<i64, BooksError> {
        self.operate(0, |desk| {
            if desk.account(account_id)?.is_none() {
                return Err(BooksError::Missing { what: "account", id: account_id });
            }
            let entry =
                Entry { account_id, kind: "correction", sum, comment: Some(comment), ..Entry::default() };
            desk.credit(&entry, None, desk.now)
        })
    }

    /// Blocks an account or frees it.
    ///
    /// # Errors
    /// [`BooksError::Missing`] if there is no such account.
    pub fn set_blocked(&self, account_id: i64, blocked: bool) -> Result<(), BooksError> {
        self.operate(0, |desk| {
            let changed = desk
                .db
                .execute("UPDATE account SET blocked = ?2 WHERE id = ?1", params![account_id, blocked])?;
            match changed {
                0 => Err(BooksError::Missing { what: "account", id: account_id }),
                _ => Ok(()),
            }
        })
    }
}

fn feed(print: &mut Fingerprint, value: ValueRef<'_>) {
    match value {
        ValueRef::Null => print.feed(&[0]),
        ValueRef::Integer(number) => {
            print.feed(&[1]);
            print.feed(&number.to_le_bytes());
        }
        ValueRef::Real(number) => print.feed(&number.to_le_bytes()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            print.feed(&[2]);
            print.feed(bytes);
        }
    }
}

//! Purchases: at the till and registered from outside.

use rusqlite::{OptionalExtension, params};

use super::{Desk, ReceiptRow};
use crate::error::BooksError;
use crate::seed_data::dishes::{Dish, invent};

/// A purchase to be written.
#[derive(Debug, Clone, Default)]
pub(crate) struct NewReceipt<'a> {
    pub(crate) account_id: i64,
    pub(crate) rest_code: Option<i64>,
    pub(crate) rk_unit: Option<i64>,
    pub(crate) guid: Option<&'a str>,
    pub(crate) external_check: Option<&'a str>,
    pub(crate) total: i64,
    pub(crate) discount: i64,
    pub(crate) bonus_spent: i64,
    pub(crate) bonus_accrued: i64,
    pub(crate) paid: i64,
    pub(crate) invented_portions: u32,
    pub(crate) dishes: &'a [Dish],
    pub(crate) data: Option<&'a str>,
}

impl Desk<'_> {
    pub(crate) fn insert_receipt(&self, receipt: &NewReceipt<'_>) -> Result<i64, BooksError> {
        self.db
            .prepare_cached(
                "INSERT INTO receipt (account_id, at, rest_code, rk_unit, guid, external_check, total, discount,
                                      bonus_spent, bonus_accrued, paid, invented_portions, data)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            )?
            .execute(params![
                receipt.account_id,
                self.now,
                receipt.rest_code,
                receipt.rk_unit,
                receipt.guid,
                receipt.external_check,
                receipt.total,
                receipt.discount,
                receipt.bonus_spent,
                receipt.bonus_accrued,
                receipt.paid,
                receipt.invented_portions,
                receipt.data,
            ])?;
        let id = self.db.last_insert_rowid();
        let mut insert = self.db.prepare_cached(
            "INSERT INTO dish (receipt_id, position, name, quantity_thousandths, price, sum)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        for (position, dish) in (0_i64..).zip(receipt.dishes) {
            insert.execute(params![id, position, dish.name, dish.thousandths, dish.price, dish.sum])?;
        }
        Ok(id)
    }

    pub(crate) fn receipt(&self, id: i64) -> Result<Option<ReceiptRow>, BooksError> {
        let sql = format!("{} WHERE c.id = ?1", ReceiptRow::SELECT);
        Ok(self.db.prepare_cached(&sql)?.query_row([id], ReceiptRow::read).optional()?)
    }

    pub(crate) fn receipts_of(&self, account_id: i64) -> Result<Vec<ReceiptRow>, BooksError> {
        let sql = format!("{} WHERE c.account_id = ?1 ORDER BY c.at DESC, c.id DESC", ReceiptRow::SELECT);
        let mut statement = self.db.prepare_cached(&sql)?;
        let rows = statement.query_map([account_id], ReceiptRow::read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The lines of a receipt, kept or invented; they add up to its total. None for an outside purchase.
    pub(crate) fn dishes(&self, receipt: &ReceiptRow) -> Result<Vec<Dish>, BooksError> {
        if let Ok(portions @ 1..) = u32::try_from(receipt.invented_portions) {
            return Ok(invent(self.rules.seed, receipt.id, receipt.total, portions));
        }
        let mut statement = self.db.prepare_cached(
            "SELECT name, quantity_thousandths, price, sum FROM dish WHERE receipt_id = ?1 ORDER BY position",
        )?;
        let rows = statement.query_map([receipt.id], |row| {
            Ok(Dish { name: row.get(0)?, thousandths: row.get(1)?, price: row.get(2)?, sum: row.get(3)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

//! Receipts that a guest has looked at.

use rusqlite::{Connection, params};

use super::values::{column, instant};
use crate::domain::{Bonus, Dish, Money, Quantity, Receipt, ReceiptRef};
use crate::store::StoreError;

pub(super) fn load(connection: &Connection, reference: &ReceiptRef) -> Result<Option<Receipt>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT * FROM receipt WHERE reference = ?1")?;
    let mut rows = statement.query([&reference.0])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some(Receipt {
        reference: reference.clone(),
        number: column(row, "number")?,
        at: instant(column(row, "at")?)?,
        venue_code: column(row, "venue_code")?,
        venue: column(row, "venue")?,
        dishes: dishes(connection, reference)?,
        total: Money::from_hundredths(column(row, "total")?),
        discount: Money::from_hundredths(column(row, "discount")?),
        bonus_spent: Bonus::from_hundredths(column(row, "bonus_spent")?),
        bonus_accrued: Bonus::from_hundredths(column(row, "bonus_accrued")?),
        paid: Money::from_hundredths(column(row, "paid")?),
    }))
}

fn dishes(connection: &Connection, reference: &ReceiptRef) -> Result<Vec<Dish>, StoreError> {
    let mut found = Vec::new();
    let mut statement = connection
        .prepare_cached("SELECT name, quantity, price, sum FROM dish WHERE reference = ?1 ORDER BY line")?;
    let mut rows = statement.query([&reference.0])?;
    while let Some(row) = rows.next()? {
        found.push(Dish {
            name: row.get(0)?,
            quantity: Quantity(row.get(1)?),
            price: Money::from_hundredths(row.get(2)?),
            sum: Money::from_hundredths(row.get(3)?),
        });
    }
    Ok(found)
}

/// Keeps a receipt in place of an earlier one.
pub(super) fn save(connection: &Connection, receipt: &Receipt) -> Result<(), StoreError> {
    forget(connection, &receipt.reference)?;
    connection.execute(
        "INSERT INTO receipt (reference, number, at, venue_code, venue, total, discount, bonus_spent, bonus_accrued,
         paid) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            receipt.reference.0,
            receipt.number,
            receipt.at.as_microsecond(),
            receipt.venue_code,
            receipt.venue,
            receipt.total.hundredths(),
            receipt.discount.hundredths(),
            receipt.bonus_spent.hundredths(),
            receipt.bonus_accrued.hundredths(),
            receipt.paid.hundredths(),
        ],
    )?;
    let mut insert = connection.prepare_cached(
        "INSERT INTO dish (reference, line, name, quantity, price, sum) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for (line, dish) in (0_i64..).zip(&receipt.dishes) {
        insert.execute(params![
            receipt.reference.0,
            line,
            dish.name,
            dish.quantity.0,
            dish.price.hundredths(),
            dish.sum.hundredths(),
        ])?;
    }
    Ok(())
}

pub(super) fn forget(connection: &Connection, reference: &ReceiptRef) -> Result<(), StoreError> {
    connection.prepare_cached("DELETE FROM receipt WHERE reference = ?1")?.execute([&reference.0])?;
    Ok(())
}

/// Drops the receipts of transactions that are no longer kept.
pub(super) fn prune(connection: &Connection) -> Result<(), StoreError> {
    connection.execute(
        "DELETE FROM receipt WHERE reference NOT IN (SELECT receipt FROM history WHERE receipt IS NOT NULL)",
        [],
    )?;
    Ok(())
}

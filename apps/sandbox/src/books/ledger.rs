//! Movements of bonuses: every one is a transaction row, and changes lots by the rules of [`super::lots`].

use rusqlite::{OptionalExtension, params};

use super::lots::{Lot, Lots};
use super::rows::TransactionRow;
use super::{Desk, lots};
use crate::error::{ApiError, BooksError};

/// A movement to be written. `sum` is above zero for both directions; the verb that takes it decides.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entry<'a> {
    pub(crate) account_id: i64,
    pub(crate) kind: &'a str,
    pub(crate) sum: i64,
    pub(crate) receipt_id: Option<i64>,
    pub(crate) guid: Option<&'a str>,
    pub(crate) external_check: Option<&'a str>,
    pub(crate) rest_code: Option<i64>,
    pub(crate) money_spent: Option<i64>,
    pub(crate) comment: Option<&'a str>,
}

/// Why bonuses could not be taken.
#[derive(Debug)]
pub(crate) enum Short {
    /// There are fewer: kopecks that could have been taken.
    Available(i64),
    Books(BooksError),
}

impl From<BooksError> for Short {
    fn from(error: BooksError) -> Self {
        Self::Books(error)
    }
}

impl From<Short> for ApiError {
    fn from(short: Short) -> Self {
        match short {
            Short::Available(_) => {
                ApiError::rule("insufficient_balance", "The account does not hold that many bonuses.")
            }
            Short::Books(error) => error.into(),
        }
    }
}

impl Desk<'_> {
    /// The open lots of an account.
    pub(crate) fn lots(&self, account_id: i64) -> Result<Lots, BooksError> {
        let mut statement = self.db.prepare_cached(
            "SELECT txn_id, remaining, active_from, burn_at FROM lot WHERE account_id = ?1 ORDER BY txn_id",
        )?;
        let rows = statement.query_map([account_id], |row| {
            Ok(Lot {
                txn_id: row.get(0)?,
                remaining: row.get(1)?,
                active_from: row.get(2)?,
                burn_at: row.get(3)?,
            })
        })?;
        Ok(Lots::new(rows.collect::<Result<_, _>>()?))
    }

    pub(crate) fn balance(&self, account_id: i64) -> Result<i64, BooksError> {
        Ok(self.lots(account_id)?.balance(self.now))
    }

    /// Adds bonuses that live for `lifetime_days` and can be spent from `active_from` on.
    pub(crate) fn credit(
        &self,
        entry: &Entry<'_>,
        lifetime_days: Option<i64>,
        active_from: i64,
    ) -> Result<i64, BooksError> {
        let burn_at = lifetime_days.map(|days| self.calendar.burns_at(active_from, days)).transpose()?;
        let before = self.lots(entry.account_id)?;
        let txn_id = self.write_row(entry, self.now, entry.sum, 0)?;
        let mut after = before.clone();
        after.add(Lot { txn_id, remaining: entry.sum, active_from, burn_at }, self.now);
        self.save_lots(entry.account_id, &before, &after)?;
        self.set_balance_after(txn_id, after.balance(self.now))?;
        Ok(txn_id)
    }

    /// Takes bonuses, or tells how many there are.
    pub(crate) fn debit(&self, entry: &Entry<'_>) -> Result<i64, Short> {
        let before = self.lots(entry.account_id)?;
        let mut after = before.clone();
        after.take(entry.sum, self.now).map_err(|lots::Short { available }| Short::Available(available))?;
        self.save_lots(entry.account_id, &before, &after)?;
        Ok(self.write_row(entry, self.now, -entry.sum, after.balance(self.now))?)
    }

    /// Burns what has come due on all accounts, each burning dated by its day.
    pub(crate) fn settle_burns(&self) -> Result<(), BooksError> {
        let due: Vec<i64> = {
            let mut statement = self.db.prepare_cached(
                "SELECT DISTINCT account_id FROM lot
                 WHERE remaining > 0 AND burn_at IS NOT NULL AND burn_at <= ?1 ORDER BY account_id",
            )?;
            let rows = statement.query_map([self.now], |row| row.get(0))?;
            rows.collect::<Result<_, _>>()?
        };
        for account_id in due {
            let before = self.lots(account_id)?;
            let mut after = before.clone();
            let burns = after.burn_due(self.now);
            // What was active at each burning less what burned up to and including it.
            let mut left = before.clone();
            for burn in burns {
                left.burn_due(burn.at);
                let entry = Entry { account_id, kind: "burn", ..Entry::default() };
                self.write_row(&entry, burn.at, -burn.sum, left.balance(burn.at))?;
            }
            self.save_lots(account_id, &before, &after)?;
        }
        Ok(())
    }

    /// Changes the sum of a past transaction, and every balance written after it.
    pub(crate) fn correct(&self, id: i64, new_sum: i64) -> Result<(), BooksError> {
        let missing = BooksError::Missing { what: "transaction", id };
        let row = self.transaction(id)?.ok_or(missing)?;
        if row.sum.signum() != new_sum.signum() {
            return Err(BooksError::Sign { old: row.sum, new: new_sum });
        }
        let delta = new_sum.checked_sub(row.sum).ok_or(BooksError::OutOfRange)?;
        self.db.execute("UPDATE txn SET sum = ?2 WHERE id = ?1", params![id, new_sum])?;
        self.db.execute(
            "UPDATE txn SET balance_after = balance_after + ?4
             WHERE account_id = ?1 AND (at > ?2 OR (at = ?2 AND id >= ?3))",
            params![row.account_id, row.at, id, delta],
        )?;
        let before = self.lots(row.account_id)?;
        let mut after = before.clone();
        after.correct(id, delta, self.now)?;
        self.save_lots(row.account_id, &before, &after)
    }

    pub(crate) fn transaction(&self, id: i64) -> Result<Option<TransactionRow>, BooksError> {
        let sql = format!("{} WHERE t.id = ?1", TransactionRow::SELECT);
        Ok(self.db.prepare_cached(&sql)?.query_row([id], TransactionRow::read).optional()?)
    }

    /// What history shows of a period, newest first; both ends in seconds, the end exclusive.
    pub(crate) fn history(
        &self,
        account_id: i64,
        from: i64,
        to: i64,
        at_most: i64,
    ) -> Result<Vec<TransactionRow>, BooksError> {
        let sql = format!(
            "{} WHERE t.account_id = ?1 AND t.at >= ?2 AND t.at < ?3 AND t.visible_at <= ?4
             ORDER BY t.at DESC, t.id DESC LIMIT ?5",
            TransactionRow::SELECT
        );
        let mut statement = self.db.prepare_cached(&sql)?;
        let rows =
            statement.query_map(params![account_id, from, to, self.now, at_most], TransactionRow::read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn write_row(
        &self,
        entry: &Entry<'_>,
        at: i64,
        signed: i64,
        balance_after: i64,
    ) -> Result<i64, BooksError> {
        self.db
            .prepare_cached(
                "INSERT INTO txn (account_id, at, kind, sum, balance_after, receipt_id, guid, external_check,
                                  rest_code, money_spent, comment, visible_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            )?
            .execute(params![
                entry.account_id,
                at,
                entry.kind,
                signed,
                balance_after,
                entry.receipt_id,
                entry.guid,
                entry.external_check,
                entry.rest_code,
                entry.money_spent,
                entry.comment,
                at.saturating_add(self.hidden_for),
            ])?;
        Ok(self.db.last_insert_rowid())
    }

    fn set_balance_after(&self, txn_id: i64, balance: i64) -> Result<(), BooksError> {
        self.db
            .prepare_cached("UPDATE txn SET balance_after = ?2 WHERE id = ?1")?
            .execute(params![txn_id, balance])?;
        Ok(())
    }

    /// Writes the difference of two states of an account's lots.
    fn save_lots(&self, account_id: i64, before: &Lots, after: &Lots) -> Result<(), BooksError> {
        let mut delete = self.db.prepare_cached("DELETE FROM lot WHERE txn_id = ?1")?;
        for old in before.as_slice() {
            if !after.as_slice().iter().any(|lot| lot.txn_id == old.txn_id) {
                delete.execute([old.txn_id])?;
            }
        }
        let mut upsert = self.db.prepare_cached(
            "INSERT INTO lot (txn_id, account_id, remaining, active_from, burn_at) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (txn_id) DO UPDATE SET remaining = excluded.remaining",
        )?;
        for new in after.as_slice().iter().filter(|lot| !before.as_slice().contains(lot)) {
            upsert.execute(params![new.txn_id, account_id, new.remaining, new.active_from, new.burn_at])?;
        }
        Ok(())
    }
}

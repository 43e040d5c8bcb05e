//! Reports over all accounts, which the server does not make: who is about to lose bonuses, what guests spent, and
//! every transaction.
//!
//! Rows are handed over account by account as they are read, so a report needs no more memory than a page of accounts
//! and a few histories. Where the list of accounts changes while it is read, an account is reported once or, if it
//! came in behind the place already read, not at all.

use std::collections::HashMap;
use std::future::Future;
use std::sync::OnceLock;

use futures_util::{StreamExt, stream};
use jiff::Span;
use jiff::civil::Date;
use uuid::Uuid;

use super::Operator;
use super::pages::AccountPages;
use crate::backend::windows::Windows;
use crate::backend::{BackendError, OperatorBackend};
use crate::domain::{
    Account, AccountId, Bonus, Burn, BurnSchedule, BusinessCalendar, Money, Period, ReceiptRef, Transaction,
    TransactionKind, TransactionsQuery,
};
use crate::error::{Category, LoyaltyError};
use crate::error_code::ErrorCode;

/// So many accounts are read at once.
const AT_ONCE: usize = 8;

/// What a report says of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRows<R> {
    /// The account, as the list showed it.
    pub account: Account,
    /// Its rows, often none; or why they could not be read. The other accounts are not touched by that.
    pub rows: Result<Vec<R>, LoyaltyError>,
}

/// Bonuses of an account that are about to burn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BurningRow {
    /// What burns, and on which business day.
    pub burn: Burn,
    /// All that the account can spend now.
    pub balance: Bonus,
}

/// What moved on an account in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TurnoverRow {
    /// How many purchases were made. What only gave money back is none.
    pub purchases: u64,
    /// What was paid for them in money, less what was given back; below zero where more was given back.
    pub money_spent: Money,
    /// Earned by purchases.
    pub accrued: Bonus,
    /// Used in payment; zero or below.
    pub spent: Bonus,
    /// Burned unused; zero or below.
    pub burned: Bonus,
    /// Everything else: gifts, withdrawals, corrections.
    pub other: Bonus,
}

impl<B: OperatorBackend> Operator<B> {
    /// Who loses what from today until and with the day `days` later: a row for each account and day. Today is the
    /// server's, whose clock decides what burns. Accounts whose parts do not explain their balance are told as
    /// `Contract`, because unknown is not nothing.
    ///
    /// `each` is called for every account in the order of the list; an error of it ends the report.
    ///
    /// # Errors
    /// That of `each`; those of reading the list; those that would meet every account alike: `Offline`, `Untrusted`,
    /// `Unauthorized`, `Forbidden`, `Outdated`, `SecretStore`.
    pub async fn burning<E: From<LoyaltyError>>(
        &self,
        calendar: &BusinessCalendar,
        days: u32,
        each: impl FnMut(AccountRows<BurningRow>) -> Result<(), E>,
    ) -> Result<(), E> {
        // First known when the list has been answered; then the same for all accounts.
        let span = OnceLock::new();
        let span = || {
            *span.get_or_init(|| {
                let now = self.directory().server_time().unwrap_or_else(|| self.clock.now());
                let today = calendar.business_day(now);
                let last = Span::new().try_days(days).and_then(|span| today.checked_add(span));
                (today, last.unwrap_or(Date::MAX))
            })
        };
        let read = |id| {
            let (today, last) = span();
            async move {
                let balance = self.directory().balance(id).await?;
                let BurnSchedule::Parts { burns, .. } = balance.schedule else {
                    let (path, field) = ("balance".to_owned(), String::new());
                    return Err(LoyaltyError::Contract { code: ErrorCode::ContractMismatch, path, field });
                };
                let soon = burns.into_iter().filter(|burn| (today..=last).contains(&burn.on));
                Ok(soon.map(|burn| BurningRow { burn, balance: balance.total }).collect())
            }
        };
        self.over_accounts(read, each).await
    }

    /// What moved on each account in a period: one row for an account on which something did.
    ///
    /// A purchase that appears in several transactions, as an accrual and as a payment, counts once, and so does what was
    /// given back for it. `each` and errors
    /// are as in [`Operator::burning`].
    ///
    /// # Errors
    /// As in [`Operator::burning`].
    pub async fn turnover<E: From<LoyaltyError>>(
        &self,
        calendar: &BusinessCalendar,
        period: Period,
        each: impl FnMut(AccountRows<TurnoverRow>) -> Result<(), E>,
    ) -> Result<(), E> {
        let read = |id| async move {
            let rows = self.transactions_within(calendar, id, period).await?;
            if rows.is_empty() {
                return Ok(Vec::new());
            }
            let too_large = || LoyaltyError::Contract {
                code: ErrorCode::SumTooLarge,
                path: "transactions".to_owned(),
                field: "sum".to_owned(),
            };
            Ok(vec![turnover(&rows).ok_or_else(too_large)?])
        };
        self.over_accounts(read, each).await
    }

    /// Every transaction of every account in a period, an account's newest first. `each` and errors are as in
    /// [`Operator::burning`].
    ///
    /// # Errors
    /// As in [`Operator::burning`].
    pub async fn transactions<E: From<LoyaltyError>>(
        &self,
        calendar: &BusinessCalendar,
        period: Period,
        each: impl FnMut(AccountRows<Transaction>) -> Result<(), E>,
    ) -> Result<(), E> {
        let read = |id| async move { Ok(self.transactions_within(calendar, id, period).await?) };
        self.over_accounts(read, each).await
    }

    /// Reads every account with `read`, a few at a time, and hands them over in the order of the list.
    async fn over_accounts<R, E: From<LoyaltyError>, F>(
        &self,
        read: impl Fn(AccountId) -> F,
        mut each: impl FnMut(AccountRows<R>) -> Result<(), E>,
    ) -> Result<(), E>
    where
        F: Future<Output = Result<Vec<R>, LoyaltyError>>,
    {
        let mut pages = AccountPages::default();
        while let Some(page) = pages.next(self.directory()).await.map_err(LoyaltyError::from)? {
            let mut answers = stream::iter(page)
                .map(|account| {
                    let rows = read(account.id);
                    async move { AccountRows { rows: rows.await, account } }
                })
                .buffered(AT_ONCE);
            while let Some(answer) = answers.next().await {
                if let Err(error) = &answer.rows
                    && meets_all(error)
                {
                    return Err(error.clone().into());
                }
                each(answer)?;
            }
        }
        Ok(())
    }

    /// All rows of a period, newest first, however many they are.
    async fn transactions_within(
        &self,
        calendar: &BusinessCalendar,
        id: AccountId,
        period: Period,
    ) -> Result<Vec<Transaction>, BackendError> {
        let (mut rows, mut to) = (Vec::new(), period.to);
        let mut windows = Windows::recent(period.from, calendar.clone());
        while period.from < to {
            let ask = |window| self.directory().transactions(id, TransactionsQuery::Period(window));
            let window = windows.read(to, ask).await?;
            rows.extend(window.rows);
            to = window.from;
        }
        Ok(rows)
    }
}

/// Whether the next account would meet the same.
fn meets_all(error: &LoyaltyError) -> bool {
    matches!(
        error.category(),
        Category::Offline
            | Category::Untrusted
            | Category::Unauthorized
            | Category::Forbidden
            | Category::Outdated
            | Category::SecretStore
    )
}

/// What tells that two transactions belong to one purchase.
#[derive(PartialEq, Eq, Hash)]
enum Purchase<'a> {
    Receipt(&'a ReceiptRef),
    Check(Uuid),
    Elsewhere(Option<i64>, &'a str),
    Alone(usize),
}

/// `None` when a sum does not fit.
fn turnover(rows: &[Transaction]) -> Option<TurnoverRow> {
    let mut total = TurnoverRow::default();
    let mut purchases: HashMap<Purchase<'_>, Money> = HashMap::new();
    // Rows of whatever kind: a refund may be booked as a correction.
    let mut refunds: HashMap<Purchase<'_>, HashMap<&TransactionKind, Money>> = HashMap::new();
    for (place, row) in rows.iter().enumerate() {
        let sum = match row.kind {
            TransactionKind::Accrual => &mut total.accrued,
            TransactionKind::Spend => &mut total.spent,
            TransactionKind::Burn => &mut total.burned,
            _ => &mut total.other,
        };
        *sum = sum.checked_add(row.sum)?;
        let paid = row.money_spent.unwrap_or_default();
        if paid.is_negative() {
            // One purchase may be given back in parts, and each part stand in a row of every kind.
            let known = refunds.entry(purchase(row, place)).or_default().entry(&row.kind).or_default();
            *known = known.checked_add(paid)?;
        } else if matches!(row.kind, TransactionKind::Accrual | TransactionKind::Spend) {
            let known = purchases.entry(purchase(row, place)).or_default();
            *known = paid.max(*known);
        }
    }
    total.purchases = u64::try_from(purchases.len()).ok()?;
    let refunds = refunds.into_values().filter_map(|kinds| kinds.into_values().min());
    total.money_spent = Money::checked_sum(purchases.into_values().chain(refunds))?;
    Some(total)
}

fn purchase(row: &Transaction, place: usize) -> Purchase<'_> {
    match (&row.receipt, row.check_guid, &row.external_check) {
        (Some(receipt), _, _) => Purchase::Receipt(receipt),
        (None, Some(guid), _) => Purchase::Check(guid),
        (None, None, Some(number)) => Purchase::Elsewhere(row.venue_code, number),
        (None, None, None) => Purchase::Alone(place),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::TransactionId;

    fn row(kind: TransactionKind, sum: i64, receipt: Option<&str>, paid: Option<i64>) -> Transaction {
        Transaction {
            id: TransactionId(1),
            at: jiff::Timestamp::UNIX_EPOCH,
            kind,
            sum: Bonus::from_hundredths(sum),
            balance_after: None,
            receipt: receipt.map(|id| ReceiptRef(id.to_owned())),
            check_guid: None,
            external_check: None,
            venue_code: None,
            venue: None,
            money_spent: paid.map(Money::from_hundredths),
            comment: None,
            key: None,
        }
    }

    #[test]
    fn a_purchase_counts_once_however_many_transactions_it_left() {
        let rows = [
            row(TransactionKind::Accrual, 500, Some("1"), Some(10_000)),
            row(TransactionKind::Spend, -300, Some("1"), Some(10_000)),
            row(TransactionKind::Accrual, 100, Some("2"), Some(2_000)),
            row(TransactionKind::Accrual, 100, None, Some(2_000)),
            row(TransactionKind::Accrual, 100, None, None),
            row(TransactionKind::Burn, -40, None, None),
            row(TransactionKind::Refill, 1_000, None, None),
            row(TransactionKind::Withdraw, -200, None, None),
        ];
        let bonus = Bonus::from_hundredths;
        let expected = TurnoverRow {
            purchases: 4,
            money_spent: Money::from_hundredths(14_000),
            accrued: bonus(800),
            spent: bonus(-300),
            burned: bonus(-40),
            other: bonus(800),
        };
        assert_eq!(turnover(&rows), Some(expected));
    }

    #[test]
    fn money_given_back_is_taken_off_once_and_is_no_purchase() {
        let rows = [
            row(TransactionKind::Accrual, 500, Some("1"), Some(10_000)),
            row(TransactionKind::Accrual, -200, Some("1"), Some(-4_000)),
            row(TransactionKind::Spend, 100, Some("1"), Some(-4_000)),
            row(TransactionKind::Accrual, -100, Some("1"), Some(-1_000)),
            row(TransactionKind::Correction, -50, Some("of before the period"), Some(-1_500)),
        ];
        let total = turnover(&rows).unwrap();
        assert_eq!((total.purchases, total.money_spent), (1, Money::from_hundredths(3_500)));
        let alone = turnover(&rows[4..]).unwrap();
        assert_eq!((alone.purchases, alone.money_spent), (0, Money::from_hundredths(-1_500)));
    }

    #[test]
    fn a_sum_that_does_not_fit_is_no_sum() {
        let large = || row(TransactionKind::Refill, i64::MAX, None, None);
        assert_eq!(turnover(&[large(), large()]), None);
    }
}

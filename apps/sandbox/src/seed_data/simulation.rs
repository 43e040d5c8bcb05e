//! One guest's past, replayed by the rules of the books: accruals, spendings, burnings, levels.

use super::dictionaries::{BRONZE, RUNGS, accrual_percent};
use crate::books::Lot;
use crate::books::lots::Lots;
use crate::clock::VenueCalendar;
use crate::error::BooksError;
use crate::random::Random;

/// How a guest's group treats bonuses.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms {
    /// Kopecks at registration.
    pub(super) welcome: i64,
    pub(super) lifetime_days: i64,
    /// A fixed discount in percent; then the accrual stays at the first level's.
    pub(super) discount_percent: i64,
}

/// A visit as the purchase history has it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Visit {
    pub(super) at: i64,
    pub(super) total: i64,
    pub(super) portions: u32,
    pub(super) rest_code: i64,
}

/// A receipt that came of a visit.
#[derive(Debug, Clone, Copy)]
pub(super) struct PastReceipt {
    pub(super) id: i64,
    pub(super) visit: Visit,
    pub(super) discount: i64,
    pub(super) bonus_spent: i64,
    pub(super) bonus_accrued: i64,
    pub(super) paid: i64,
}

/// A movement of bonuses, by the index of its receipt.
#[derive(Debug, Clone, Copy)]
pub(super) struct PastMovement {
    pub(super) id: i64,
    pub(super) at: i64,
    pub(super) kind: &'static str,
    pub(super) sum: i64,
    pub(super) balance_after: i64,
    pub(super) receipt: Option<PastReceipt>,
}

/// Everything a guest's past leaves in the books.
#[derive(Debug, Default)]
pub(super) struct Past {
    pub(super) receipts: Vec<PastReceipt>,
    pub(super) movements: Vec<PastMovement>,
    pub(super) lots: Lots,
    pub(super) turnover: i64,
}

/// Ids handed out so far, over all guests.
#[derive(Debug, Default)]
pub(super) struct Ids {
    pub(super) receipt: i64,
    pub(super) txn: i64,
}

pub(super) struct Replay<'a> {
    pub(super) calendar: &'a VenueCalendar,
    pub(super) activation_seconds: i64,
    pub(super) terms: Terms,
    pub(super) ids: &'a mut Ids,
    pub(super) random: &'a mut Random,
    pub(super) past: Past,
}

impl Replay<'_> {
    /// Replays visits in their order and burns what has come due by `now`.
    pub(super) fn run(mut self, visits: &[Visit], now: i64) -> Result<Past, BooksError> {
        if let Some(first) = visits.first() {
            // Guests register at the table, shortly before they pay.
            let at = first.at - 900;
            self.accrue("welcome", at, at, self.terms.welcome, None)?;
        }
        for visit in visits {
            self.burn(visit.at);
            self.visit(*visit)?;
        }
        self.burn(now);
        Ok(self.past)
    }

    fn visit(&mut self, visit: Visit) -> Result<(), BooksError> {
        self.ids.receipt += 1;
        let discount = percent(visit.total, self.terms.discount_percent);
        let payable = visit.total - discount;
        let bonus_spent = self.bonus_to_spend(payable, visit.at);
        let paid = payable - bonus_spent;
        let bonus_accrued = percent(paid, accrual_percent(self.level()));
        let receipt = PastReceipt { id: self.ids.receipt, visit, discount, bonus_spent, bonus_accrued, paid };
        self.past.receipts.push(receipt);
        if bonus_spent > 0 && self.past.lots.take(bonus_spent, visit.at).is_ok() {
            self.record("spend", visit.at, -bonus_spent, Some(receipt));
        }
        self.accrue("accrual", visit.at, visit.at + self.activation_seconds, bonus_accrued, Some(receipt))?;
        self.past.turnover += paid;
        Ok(())
    }

    /// Every sixth visit or so is paid up to three tenths with bonuses, in whole roubles, once there are 100 of them:
    /// seldom enough that frequent guests lose some to burning.
    fn bonus_to_spend(&mut self, payable: i64, at: i64) -> i64 {
        let balance = self.past.lots.balance(at);
        if self.random.below(6) != 0 || balance < 10_000 {
            return 0;
        }
        let most = balance.min(payable / 10 * 3);
        most - most % 100
    }

    fn level(&self) -> i64 {
        if self.terms.discount_percent > 0 {
            return BRONZE;
        }
        let reached = RUNGS.iter().rev().find(|(from, _)| *from <= self.past.turnover);
        reached.map_or(BRONZE, |(_, level)| *level)
    }

    fn accrue(
        &mut self,
        kind: &'static str,
        at: i64,
        active_from: i64,
        sum: i64,
        receipt: Option<PastReceipt>,
    ) -> Result<(), BooksError> {
        if sum == 0 {
            return Ok(());
        }
        let burn_at = Some(self.calendar.burns_at(active_from, self.terms.lifetime_days)?);
        let txn_id = self.ids.txn + 1;
        self.past.lots.add(Lot { txn_id, remaining: sum, active_from, burn_at }, at);
        self.record(kind, at, sum, receipt);
        Ok(())
    }

    fn burn(&mut self, by: i64) {
        let mut left = self.past.lots.clone();
        for burn in self.past.lots.burn_due(by) {
            left.burn_due(burn.at);
            self.ids.txn += 1;
            self.past.movements.push(PastMovement {
                id: self.ids.txn,
                at: burn.at,
                kind: "burn",
                sum: -burn.sum,
                balance_after: left.balance(burn.at),
                receipt: None,
            });
        }
    }

    fn record(&mut self, kind: &'static str, at: i64, sum: i64, receipt: Option<PastReceipt>) {
        self.ids.txn += 1;
        let balance_after = self.past.lots.balance(at);
        self.past.movements.push(PastMovement { id: self.ids.txn, at, kind, sum, balance_after, receipt });
    }
}

/// A share of a sum, kopecks cut off.
fn percent(sum: i64, percent: i64) -> i64 {
    i64::try_from(i128::from(sum) * i128::from(percent) / 100).unwrap_or(0)
}

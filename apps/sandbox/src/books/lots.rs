//! What is left of each accrual: spending, burning and debts, as pure rules.
//!
//! A balance is nothing but the sum of active lots. Spending empties the lot that burns soonest, then the oldest.
//! A lot goes below zero only when a past accrual is corrected after it was spent; later accruals fill it again.

use crate::error::BooksError;

/// What is left of one accrual.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lot {
    /// The transaction that made it.
    pub txn_id: i64,
    /// Kopecks left; below zero for a debt.
    pub remaining: i64,
    /// Seconds since the epoch from which it can be spent.
    pub active_from: i64,
    /// Seconds since the epoch at which it burns; `None`: never.
    pub burn_at: Option<i64>,
}

/// One burning: all lots of an account that burn at the same moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Burn {
    pub(crate) at: i64,
    /// Kopecks lost; above zero.
    pub(crate) sum: i64,
}

/// Spending more than there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Short {
    /// Kopecks that could have been spent.
    pub(crate) available: i64,
}

/// The open lots of one account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Lots(Vec<Lot>);

impl Lots {
    pub(crate) fn new(lots: Vec<Lot>) -> Self {
        Self(lots)
    }

    pub(crate) fn as_slice(&self) -> &[Lot] {
        &self.0
    }

    /// Kopecks that count at `now`; below zero when debts outweigh the rest.
    pub(crate) fn balance(&self, now: i64) -> i64 {
        self.0.iter().filter(|lot| lot.active_from <= now).map(|lot| lot.remaining).sum()
    }

    /// Adds an accrual, which first pays debts.
    pub(crate) fn add(&mut self, lot: Lot, now: i64) {
        self.0.push(lot);
        self.pay_debts(now);
        self.drop_empty();
    }

    /// Takes `sum` kopecks, soonest burning first, oldest among equals.
    pub(crate) fn take(&mut self, sum: i64, now: i64) -> Result<(), Short> {
        self.pay_debts(now);
        let available = self.balance(now);
        if sum > available {
            return Err(Short { available: available.max(0) });
        }
        self.draw(sum, now);
        self.drop_empty();
        Ok(())
    }

    /// Empties the lots whose day has come by `now`, in order of their days.
    pub(crate) fn burn_due(&mut self, now: i64) -> Vec<Burn> {
        self.pay_debts(now);
        let mut burns: Vec<Burn> = Vec::new();
        let mut due: Vec<&mut Lot> = self
            .0
            .iter_mut()
            .filter(|lot| lot.remaining > 0 && lot.burn_at.is_some_and(|at| at <= now))
            .collect();
        due.sort_by_key(|lot| lot.burn_at);
        for lot in due {
            let at = lot.burn_at.unwrap_or(now);
            let sum = std::mem::take(&mut lot.remaining);
            match burns.last_mut() {
                Some(last) if last.at == at => last.sum += sum,
                _ => burns.push(Burn { at, sum }),
            }
        }
        self.drop_empty();
        burns
    }

    /// Changes what transaction `txn_id` brought or took by `delta`; may leave a debt.
    pub(crate) fn correct(&mut self, txn_id: i64, delta: i64, now: i64) -> Result<(), BooksError> {
        match self.0.iter_mut().find(|lot| lot.txn_id == txn_id) {
            Some(lot) => {
                lot.remaining = lot.remaining.checked_add(delta).ok_or(BooksError::OutOfRange)?;
            }
            None => self.0.push(Lot { txn_id, remaining: delta, active_from: now, burn_at: None }),
        }
        self.pay_debts(now);
        self.drop_empty();
        Ok(())
    }

    /// Moves what active lots hold into active debts.
    fn pay_debts(&mut self, now: i64) {
        let active = |lot: &&Lot| lot.active_from <= now;
        let owed: i64 = self.0.iter().filter(active).map(|lot| lot.remaining.min(0)).sum();
        let held: i64 = self.0.iter().filter(active).map(|lot| lot.remaining.max(0)).sum();
        let paid = held.min(-owed);
        if paid == 0 {
            return;
        }
        self.draw(paid, now);
        let mut left = paid;
        for lot in self.0.iter_mut().filter(|lot| lot.active_from <= now && lot.remaining < 0) {
            let part = left.min(-lot.remaining);
            lot.remaining += part;
            left -= part;
        }
    }

    /// Takes `sum` from lots above zero; the caller knows that they hold it.
    fn draw(&mut self, sum: i64, now: i64) {
        let mut left = sum;
        let mut open: Vec<&mut Lot> =
            self.0.iter_mut().filter(|lot| lot.active_from <= now && lot.remaining > 0).collect();
        open.sort_by_key(|lot| (lot.burn_at.unwrap_or(i64::MAX), lot.active_from, lot.txn_id));
        for lot in open {
            let part = left.min(lot.remaining);
            lot.remaining -= part;
            left -= part;
        }
    }

    fn drop_empty(&mut self) {
        self.0.retain(|lot| lot.remaining != 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lot(txn_id: i64, remaining: i64, active_from: i64, burn_at: Option<i64>) -> Lot {
        Lot { txn_id, remaining, active_from, burn_at }
    }

    #[test]
    fn the_lot_that_burns_soonest_is_spent_first() {
        let mut lots =
            Lots::new(vec![lot(1, 100, 0, None), lot(2, 100, 0, Some(50)), lot(3, 100, 0, Some(40))]);
        lots.take(150, 10).unwrap();
        assert_eq!(lots.as_slice(), [lot(1, 100, 0, None), lot(2, 50, 0, Some(50))]);
    }

    #[test]
    fn a_pending_lot_neither_counts_nor_is_spent() {
        let mut lots = Lots::new(vec![lot(1, 100, 0, None), lot(2, 500, 20, None)]);
        assert_eq!(lots.balance(10), 100);
        assert_eq!(lots.take(101, 10), Err(Short { available: 100 }));
        assert_eq!(lots.balance(20), 600);
    }

    #[test]
    fn a_correction_below_what_was_spent_leaves_a_debt_that_the_next_accrual_pays() {
        let mut lots = Lots::new(vec![lot(1, 100, 0, Some(50))]);
        lots.take(80, 10).unwrap();
        lots.correct(1, -50, 10).unwrap();
        assert_eq!(lots.balance(10), -30);
        lots.add(lot(2, 100, 10, Some(60)), 10);
        assert_eq!(lots.as_slice(), [lot(2, 70, 10, Some(60))]);
    }

    #[test]
    fn lots_of_one_day_burn_as_one() {
        let mut lots =
            Lots::new(vec![lot(1, 30, 0, Some(40)), lot(2, 20, 0, Some(50)), lot(3, 10, 0, Some(40))]);
        assert_eq!(lots.burn_due(45), [Burn { at: 40, sum: 40 }]);
        assert_eq!(lots.burn_due(45), []);
        assert_eq!(lots.burn_due(50), [Burn { at: 50, sum: 20 }]);
    }

    #[derive(Debug, Clone)]
    enum Step {
        Add { sum: i64, wait: i64, life: Option<i64> },
        Take(i64),
        Correct { delta: i64 },
        Pass(i64),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (1..1000i64, 0..3i64, proptest::option::of(3..20i64)).prop_map(|(sum, wait, life)| Step::Add {
                sum,
                wait,
                life
            }),
            (1..1500i64).prop_map(Step::Take),
            (-500..500i64).prop_map(|delta| Step::Correct { delta }),
            (0..8i64).prop_map(Step::Pass),
        ]
    }

    proptest! {
        #[test]
        fn lots_always_hold_what_came_in_less_what_went_out(steps in prop::collection::vec(step(), 1..60)) {
            let (mut lots, mut now, mut expected, mut txn) = (Lots::default(), 0, 0, 0);
            for step in steps {
                txn += 1;
                match step {
                    Step::Add { sum, wait, life } => {
                        let active_from = now + wait;
                        lots.add(lot(txn, sum, active_from, life.map(|l| active_from + l)), now);
                        expected += sum;
                    }
                    Step::Take(sum) => {
                        let before = lots.balance(now);
                        match lots.take(sum, now) {
                            Ok(()) => expected -= sum,
                            Err(short) => {
                                prop_assert!(sum > short.available);
                                prop_assert_eq!(lots.balance(now), before);
                            }
                        }
                    }
                    Step::Correct { delta } => {
                        lots.correct(1 + txn / 2, delta, now).unwrap();
                        expected += delta;
                    }
                    Step::Pass(by) => now += by,
                }
                for burn in lots.burn_due(now) {
                    prop_assert!(burn.sum > 0 && burn.at <= now);
                    expected -= burn.sum;
                }
                prop_assert_eq!(lots.balance(i64::MAX), expected);
                prop_assert!(lots.as_slice().iter().all(|lot| lot.remaining != 0));
                let active = || lots.as_slice().iter().filter(|lot| lot.active_from <= now);
                prop_assert!(
                    active().all(|lot| lot.remaining > 0) || active().all(|lot| lot.remaining < 0),
                    "a debt stands beside bonuses that could pay it"
                );
            }
        }
    }
}

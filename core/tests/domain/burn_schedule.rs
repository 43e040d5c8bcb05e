//! The burn schedule: its parts explain the total, or it says why it has none.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use loyalty_core::domain::{Bonus, Burn, BurnSchedule, Inconsistency};
use proptest::prelude::*;

const TODAY: Date = date(2026, 11, 23);

fn bonus(hundredths: i64) -> Bonus {
    Bonus::from_hundredths(hundredths)
}

/// A burn so many days after today.
fn burn((days, hundredths): (i32, i64)) -> Burn {
    Burn { on: TODAY + days.days(), amount: bonus(hundredths) }
}

fn schedule(total: i64, burns: &[(i32, i64)], non_burning: Option<i64>) -> BurnSchedule {
    BurnSchedule::new(bonus(total), burns.iter().copied().map(burn).collect(), non_burning.map(bonus))
}

fn reason(schedule: &BurnSchedule) -> Option<Inconsistency> {
    match schedule {
        BurnSchedule::Parts { .. } => None,
        BurnSchedule::TotalOnly { because } => Some(*because),
    }
}

#[test]
fn parts_are_ordered_merged_by_day_and_never_empty() {
    let schedule = schedule(1000, &[(5, 300), (1, 200), (5, 100), (3, 0)], None);
    let BurnSchedule::Parts { burns, non_burning } = &schedule else { panic!("{schedule:?}") };
    assert_eq!(burns, &[burn((1, 200)), burn((5, 400))]);
    assert_eq!(*non_burning, bonus(400));
}

#[test]
fn parts_that_do_not_sum_hide_behind_the_total() {
    for inconsistent in [
        schedule(1000, &[(1, 600), (2, 500)], None),
        schedule(1000, &[(1, 600)], Some(300)),
        schedule(1000, &[], Some(999)),
        schedule(-100, &[(1, 600)], None),
        schedule(i64::MIN, &[(1, 1)], None),
    ] {
        assert_eq!(reason(&inconsistent), Some(Inconsistency::PartsDoNotSum));
        assert!(!inconsistent.is_consistent());
        assert_eq!((inconsistent.burns(), inconsistent.next_burn(TODAY)), (&[][..], None));
        assert_eq!(inconsistent.burning_within(TODAY, 30), None, "unknown is not nothing");
    }
}

#[test]
fn an_impossible_part_is_called_so() {
    for inconsistent in [
        schedule(100, &[(1, -1), (2, 101)], None),
        schedule(100, &[(1, 150)], Some(-50)),
        schedule(100, &[(1, i64::MAX), (2, i64::MAX)], None),
    ] {
        assert_eq!(reason(&inconsistent), Some(Inconsistency::ImpossiblePart));
    }
}

#[test]
fn a_debt_without_burns_is_consistent() {
    for given in [None, Some(-500)] {
        let schedule = schedule(-500, &[], given);
        assert_eq!(schedule, BurnSchedule::Parts { burns: vec![], non_burning: bonus(-500) });
        assert_eq!(schedule.burning_within(TODAY, 365), Some(Bonus::ZERO));
    }
}

#[test]
fn a_window_counts_both_of_its_ends() {
    let schedule = schedule(1000, &[(-1, 1), (0, 20), (3, 300), (4, 400)], None);
    assert_eq!(schedule.burning_within(TODAY, 0), Some(bonus(20)));
    assert_eq!(schedule.burning_within(TODAY, 3), Some(bonus(320)));
    assert_eq!(schedule.burning_within(TODAY, u32::MAX), Some(bonus(720)));
    assert_eq!(schedule.next_burn(TODAY + 1.day()), Some(burn((3, 300))));
}

fn parts() -> impl Strategy<Value = Vec<(i32, i64)>> {
    prop::collection::vec((-30..400_i32, 0..1_000_000_i64), 0..40)
}

proptest! {
    #[test]
    fn parts_always_sum_to_the_total(parts in parts(), rest in 0..1_000_000_i64, told: bool) {
        let total = parts.iter().map(|(_, amount)| amount).sum::<i64>() + rest;
        let schedule = schedule(total, &parts, told.then_some(rest));
        let BurnSchedule::Parts { burns, non_burning } = &schedule else { panic!("{schedule:?}") };
        prop_assert_eq!(*non_burning, bonus(rest));

        let mut by_day = BTreeMap::<Date, i64>::new();
        for (days, amount) in parts.iter().filter(|(_, amount)| *amount > 0) {
            *by_day.entry(TODAY + days.days()).or_default() += amount;
        }
        let expected: Vec<_> = by_day.into_iter().map(|(on, amount)| Burn { on, amount: bonus(amount) }).collect();
        prop_assert_eq!(burns, &expected);
    }

    #[test]
    fn the_order_of_arrival_does_not_matter(parts in parts(), seed: u64) {
        let mut shuffled = parts.clone();
        if !shuffled.is_empty() {
            let by = usize::try_from(seed % 40).unwrap() % shuffled.len();
            shuffled.rotate_left(by);
        }
        prop_assert_eq!(schedule(i64::MAX, &parts, None), schedule(i64::MAX, &shuffled, None));
    }

    #[test]
    fn a_kopeck_too_much_or_too_little_is_noticed(parts in parts(), rest in 1..1_000_000_i64, off in 1..1000_i64) {
        let sum = parts.iter().map(|(_, amount)| amount).sum::<i64>();
        for total in [sum + rest - off, sum + rest + off] {
            prop_assert_eq!(reason(&schedule(total, &parts, Some(rest))), Some(Inconsistency::PartsDoNotSum));
        }
    }

    #[test]
    fn a_longer_window_never_holds_less(parts in parts(), days in 0..400_u32) {
        let schedule = schedule(i64::MAX, &parts, None);
        let within = |days| schedule.burning_within(TODAY, days).unwrap();
        prop_assert!(within(days) <= within(days + 1));
        let next = schedule.next_burn(TODAY);
        let expected = schedule.burns().iter().copied().filter(|burn| burn.on >= TODAY).min_by_key(|burn| burn.on);
        prop_assert_eq!(next, expected);
    }

    #[test]
    fn any_parts_at_all_are_answered(total: i64, parts: Vec<(i16, i64)>, rest: Option<i64>) {
        let parts: Vec<_> = parts.into_iter().map(|(days, amount)| (i32::from(days), amount)).collect();
        let schedule = schedule(total, &parts, rest);
        if let BurnSchedule::Parts { burns, non_burning } = &schedule {
            let all = burns.iter().map(|burn| burn.amount).chain([*non_burning]);
            prop_assert_eq!(Bonus::checked_sum(all), Some(bonus(total)));
            prop_assert!(burns.iter().all(|burn| burn.amount.is_positive()));
            prop_assert!(burns.is_sorted_by(|one, next| one.on < next.on));
        }
    }
}

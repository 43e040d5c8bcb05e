//! Levels: how far it is to the next one, and percentages to the hundredth.

use loyalty_core::ErrorCode;
use loyalty_core::domain::{Level, Money, NextLevel, Percent, Progress};
use proptest::prelude::*;

fn level(turnover: Option<i64>, next: Option<i64>) -> Level {
    Level {
        id: None,
        name: "Серебро".to_owned(),
        discount: None,
        accrual: None,
        turnover: turnover.map(Money::from_hundredths),
        next: next
            .map(|from| NextLevel { name: "Золото".to_owned(), from: Money::from_hundredths(from) }),
    }
}

#[test]
fn the_last_kopeck_still_shows() {
    let progress = level(Some(9_999_999), Some(10_000_000)).progress().unwrap();
    assert_eq!(progress, Progress { permille: 999, remaining: Money::from_hundredths(1) });
    let progress = level(Some(10_000_000), Some(10_000_000)).progress().unwrap();
    assert_eq!(progress, Progress { permille: 1000, remaining: Money::ZERO });
}

#[test]
fn there_is_no_progress_without_a_turnover_or_a_next_level() {
    assert_eq!(level(None, Some(100)).progress(), None);
    assert_eq!(level(Some(100), None).progress(), None);
    assert_eq!(level(Some(i64::MIN), Some(i64::MAX)).progress(), None, "what is left does not fit");
}

#[test]
fn a_debt_of_turnover_is_the_beginning_of_the_way() {
    for threshold in [-1, 0, 1] {
        let progress = level(Some(-100), Some(threshold)).progress().unwrap();
        assert_eq!(progress, Progress { permille: 0, remaining: Money::from_hundredths(threshold + 100) });
    }
}

#[test]
fn a_percentage_has_two_decimals_at_most() {
    assert_eq!(Percent::parse("7.5"), Ok(Percent(750)));
    assert_eq!(Percent::parse("7,25"), Ok(Percent(725)));
    assert_eq!(Percent::parse("10.00"), Ok(Percent(1000)));
    for text in ["7.125", "7%", "", "21474836.48", "1e20"] {
        let error = Percent::parse(text).expect_err(text);
        assert_eq!((error.field.as_ref(), error.code), ("percent", ErrorCode::FieldInvalid), "{text}");
    }
}

proptest! {
    #[test]
    fn progress_and_what_is_left_agree(turnover in -1_000_000_000..i64::MAX / 2, threshold in -1000..i64::MAX / 2) {
        let progress = level(Some(turnover), Some(threshold)).progress().unwrap();
        let reached = turnover >= threshold;
        prop_assert_eq!(progress.permille == 1000, reached);
        prop_assert!(progress.permille <= 1000);
        let left = if reached { 0 } else { threshold - turnover };
        prop_assert_eq!(progress.remaining.hundredths(), left);
    }

    #[test]
    fn every_percentage_reads_back_as_written(hundredths: i32) {
        prop_assert_eq!(Percent::parse(&Percent(hundredths).to_wire()), Ok(Percent(hundredths)));
    }
}

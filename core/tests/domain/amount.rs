//! Sums: read exactly or refused, written so that they read back, added up without wrapping.

use loyalty_core::ErrorCode;
use loyalty_core::domain::{AmountUnit, Bonus, Money, Quantity};
use proptest::prelude::*;

const UNITS: [AmountUnit; 2] = [AmountUnit::Kopeck, AmountUnit::Ruble];

fn refusal(text: &str, unit: AmountUnit) -> ErrorCode {
    let error = Money::parse(text, unit).expect_err(text);
    assert_eq!(error.field, "sum");
    assert_eq!(Bonus::parse(text, unit).expect_err(text), error);
    error.code
}

#[test]
fn a_sum_in_kopecks_is_a_whole_number() {
    for (text, kopecks) in
        [("12345", 12345), ("12345.0", 12345), ("12345,00", 12345), ("1.5e3", 1500), ("-7", -7)]
    {
        assert_eq!(Money::parse(text, AmountUnit::Kopeck).unwrap().hundredths(), kopecks, "{text}");
    }
    assert_eq!(refusal("123.45", AmountUnit::Kopeck), ErrorCode::SumFraction);
}

#[test]
fn a_sum_in_roubles_has_two_decimals_at_most() {
    for (text, kopecks) in [("123.45", 12345), ("123,4", 12340), ("123", 12300), ("0.010", 1), ("-0.5", -50)]
    {
        assert_eq!(Money::parse(text, AmountUnit::Ruble).unwrap().hundredths(), kopecks, "{text}");
    }
    assert_eq!(refusal("0.001", AmountUnit::Ruble), ErrorCode::SumFraction);
}

#[test]
fn a_comma_that_may_mean_thousands_is_refused_rather_than_guessed() {
    for unit in UNITS {
        assert_eq!(refusal("1,000", unit), ErrorCode::SumInvalid);
        assert_eq!(refusal("1,000.00", unit), ErrorCode::SumInvalid);
    }
}

#[test]
fn what_is_not_a_number_is_not_a_sum() {
    for text in
        ["", " ", "+5", " 5", "5 ", "5\n", "NaN", "Infinity", "1_000", "1 000", "٥", "0x10", "5руб", "-", "."]
    {
        assert_eq!(refusal(text, AmountUnit::Ruble), ErrorCode::SumInvalid, "{text:?}");
    }
}

#[test]
fn a_sum_beyond_64_bits_is_too_large_and_the_last_one_is_not() {
    assert_eq!(refusal("9223372036854775808", AmountUnit::Kopeck), ErrorCode::SumTooLarge);
    assert_eq!(refusal("-92233720368547758.09", AmountUnit::Ruble), ErrorCode::SumTooLarge);
    assert_eq!(refusal("1e30", AmountUnit::Ruble), ErrorCode::SumTooLarge);
    let least = Money::from_hundredths(i64::MIN);
    assert_eq!(Money::parse("-92233720368547758.08", AmountUnit::Ruble), Ok(least));
    assert_eq!(least.checked_abs(), None);
    assert_eq!(least.checked_neg(), None);
}

#[test]
fn a_text_of_a_million_digits_is_answered_at_once() {
    let mut text = "9".repeat(1_000_000);
    assert_eq!(refusal(&text, AmountUnit::Kopeck), ErrorCode::SumTooLarge);
    text = format!("1.{}", "0".repeat(1_000_000));
    assert_eq!(Money::parse(&text, AmountUnit::Kopeck), Ok(Money::from_hundredths(1)));
}

/// A JSON number's parts: sign, digits before and behind the point, power of ten.
fn number() -> impl Strategy<Value = (bool, String, String, Option<i32>)> {
    (any::<bool>(), "[0-9]{1,25}", "[0-9]{0,25}", proptest::option::of(-30..30_i32))
}

/// The same number by schoolbook arithmetic on its digits: drop the point, move it, and look what is behind it.
fn oracle(negative: bool, whole: &str, decimals: &str, power: i32, places: i32) -> Result<i64, ErrorCode> {
    let digits = format!("{whole}{decimals}");
    let point = i32::try_from(whole.len()).unwrap() + power + places;
    let padded = format!("{}{digits}{}", "0".repeat(200), "0".repeat(200));
    let (before, behind) = padded.split_at(usize::try_from(200 + point).unwrap());
    let exact = behind.bytes().all(|digit| digit == b'0');
    let integer = before.trim_start_matches('0');
    let integer =
        format!("{}{}", if negative { "-" } else { "" }, if integer.is_empty() { "0" } else { integer });
    match (exact, integer.parse::<i64>()) {
        (true, Ok(value)) => Ok(value),
        (true, Err(_)) => Err(ErrorCode::SumTooLarge),
        (false, _) => Err(ErrorCode::SumFraction),
    }
}

proptest! {
    #[test]
    fn every_sum_reads_back_as_written(hundredths: i64) {
        for unit in UNITS {
            let money = Money::from_hundredths(hundredths);
            prop_assert_eq!(Money::parse(&money.to_wire(unit), unit), Ok(money));
            let bonus = Bonus::from_hundredths(hundredths);
            prop_assert_eq!(Bonus::parse(&bonus.to_wire(unit), unit), Ok(bonus));
        }
    }

    #[test]
    fn every_json_number_is_read_exactly_or_refused((negative, whole, decimals, power) in number()) {
        let mut text = format!("{}{whole}", if negative { "-" } else { "" });
        if !decimals.is_empty() {
            text.push('.');
            text.push_str(&decimals);
        }
        if let Some(power) = power {
            text.push_str(&format!("e{power}"));
        }
        for (unit, places) in [(AmountUnit::Kopeck, 0), (AmountUnit::Ruble, 2)] {
            let expected = oracle(negative, &whole, &decimals, power.unwrap_or(0), places);
            let read = Money::parse(&text, unit).map(Money::hundredths).map_err(|error| error.code);
            prop_assert_eq!(read, expected, "{}", text);
        }
    }

    #[test]
    fn no_text_makes_a_sum_panic(text in "\\PC{0,40}|[-+0-9.,eE ]{0,40}") {
        for unit in UNITS {
            if let Ok(sum) = Money::parse(&text, unit) {
                prop_assert_eq!(Money::parse(&sum.to_wire(unit), unit), Ok(sum));
            }
        }
    }

    #[test]
    fn arithmetic_is_exact_or_absent(a: i64, b: i64) {
        let fits = |wide: i128| i64::try_from(wide).ok().map(Bonus::from_hundredths);
        let (one, other) = (Bonus::from_hundredths(a), Bonus::from_hundredths(b));
        let (a, b) = (i128::from(a), i128::from(b));
        prop_assert_eq!(one.checked_add(other), fits(a + b));
        prop_assert_eq!(one.checked_sub(other), fits(a - b));
        prop_assert_eq!(one.checked_neg(), fits(-a));
        prop_assert_eq!(one.checked_abs(), fits(a.abs()));
        prop_assert_eq!((one.is_negative(), one.is_zero(), one.is_positive()), (a < 0, a == 0, a > 0));
    }

    #[test]
    fn only_the_result_of_a_sum_has_to_fit(parts: Vec<i64>) {
        let wide: i128 = parts.iter().copied().map(i128::from).sum();
        let sum = Money::checked_sum(parts.into_iter().map(Money::from_hundredths));
        prop_assert_eq!(sum.map(Money::hundredths), i64::try_from(wide).ok());
    }

    #[test]
    fn every_quantity_reads_back_as_written(thousandths: i64) {
        let quantity = Quantity(thousandths);
        prop_assert_eq!(Quantity::parse(&quantity.to_wire()), Ok(quantity));
    }
}

#[test]
fn a_quantity_has_three_decimals_at_most() {
    assert_eq!(Quantity::parse("0.125"), Ok(Quantity(125)));
    assert_eq!(Quantity::parse("2"), Ok(Quantity(2000)));
    assert_eq!(Quantity(1500).to_wire(), "1.5");
    let error = Quantity::parse("0.0001").unwrap_err();
    assert_eq!((error.field.as_ref(), error.code), ("quantity", ErrorCode::FieldInvalid));
}

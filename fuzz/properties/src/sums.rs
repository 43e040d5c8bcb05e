//! Promises about sums.

use loyalty_core::domain::{AmountUnit, Bonus, Money};

use crate::assert_tells_nothing;

/// A sum that was read is exact and is read back from what is written; everything else is refused.
pub fn sums(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for unit in [AmountUnit::Kopeck, AmountUnit::Ruble] {
        let money = Money::parse(text, unit);
        let hundredths = money.as_ref().map(|money| money.hundredths()).ok();
        let bonuses = Bonus::parse(text, unit).map(Bonus::hundredths).ok();
        assert_eq!(hundredths, bonuses, "money and bonuses are read differently");
        if let Some(expected) = plain_hundredths(text, unit) {
            assert_eq!(hundredths, Some(expected), "{text} is read wrongly");
        }
        match money {
            Ok(money) => {
                assert_eq!(Money::parse(&money.to_wire(unit), unit), Ok(money), "{text} is not read back");
            }
            Err(error) => assert_tells_nothing(&error),
        }
    }
}

/// What a plain sum means, computed in another way than the core does: by striking the point out.
fn plain_hundredths(text: &str, unit: AmountUnit) -> Option<i64> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (whole, decimals) = match (unit, digits.split_once('.')) {
        (_, None) => (digits, ""),
        (AmountUnit::Ruble, Some((whole, decimals))) if !decimals.is_empty() => (whole, decimals),
        _ => return None,
    };
    let width = match unit {
        AmountUnit::Kopeck => 0,
        AmountUnit::Ruble => 2,
    };
    let is_plain = !whole.is_empty()
        && whole.len() + decimals.len() <= 15
        && decimals.len() <= width
        && [whole, decimals].iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    if !is_plain {
        return None;
    }
    format!("{whole}{decimals:0<width$}").parse::<i64>().ok().map(|magnitude| sign * magnitude)
}

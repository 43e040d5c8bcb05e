//! Exact reading and writing of decimal numbers as scaled integers. No floats: a digit that does not fit is an error.

/// Why a text is not a scaled integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DecimalError {
    /// Not a decimal number.
    NotANumber,
    /// More decimal places than the scale holds.
    TooPrecise,
    /// Outside of `i64`.
    TooLarge,
}

/// Reads `text` as a number of `10^-places`: `parse("1.5", 2)` is 150.
///
/// Takes what JSON takes for a number (an exponent included), leading zeros, and a comma for the point. With a comma
/// at most two digits may follow and no exponent: `1,000` may mean a thousand to whoever wrote it, so it is refused
/// rather than guessed.
pub(super) fn parse(text: &str, places: u8) -> Result<i64, DecimalError> {
    let number = Number::read(text.as_bytes()).ok_or(DecimalError::NotANumber)?;
    number.scaled(places)
}

/// Writes `scaled` times `10^-places` with exactly `places` decimals (at most 3 are used).
pub(super) fn fixed(scaled: i64, places: u8) -> String {
    let unit = 10_u64.pow(u32::from(places));
    let sign = if scaled < 0 { "-" } else { "" };
    let magnitude = scaled.unsigned_abs();
    let width = usize::from(places);
    if places == 0 {
        return format!("{sign}{magnitude}");
    }
    format!("{sign}{}.{:0width$}", magnitude / unit, magnitude % unit)
}

/// Like [`fixed`], without zeros at the end.
pub(super) fn shortest(scaled: i64, places: u8) -> String {
    let text = fixed(scaled, places);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A decimal number taken apart: `mantissa * 10^exponent`, the mantissa without zeros at its end.
struct Number {
    negative: bool,
    /// `None` when it has more significant digits than 128 bits hold.
    mantissa: Option<u128>,
    exponent: i64,
}

impl Number {
    fn read(bytes: &[u8]) -> Option<Self> {
        let (negative, rest) = match bytes {
            [b'-', rest @ ..] => (true, rest),
            rest => (false, rest),
        };
        let mut digits = Digits::default();
        let rest = digits.take(rest)?;
        let mut decimals = 0_i64;
        let mut comma = false;
        let rest = match rest {
            [point @ (b'.' | b','), rest @ ..] => {
                let after = digits.take(rest)?;
                decimals = i64::try_from(rest.len().checked_sub(after.len())?).ok()?;
                comma = *point == b',';
                after
            }
            rest => rest,
        };
        let power = match rest {
            [] => 0,
            [b'e' | b'E', rest @ ..] if !comma => read_exponent(rest)?,
            _ => return None,
        };
        if comma && decimals > 2 {
            return None;
        }
        let exponent = power.saturating_sub(decimals).saturating_add(digits.zeros);
        Some(Self { negative, mantissa: digits.mantissa, exponent })
    }

    fn scaled(&self, places: u8) -> Result<i64, DecimalError> {
        if self.mantissa == Some(0) {
            return Ok(0);
        }
        let shift = self.exponent.saturating_add(i64::from(places));
        let shift = u32::try_from(shift)
            .map_err(|_| if shift < 0 { DecimalError::TooPrecise } else { DecimalError::TooLarge })?;
        let magnitude = self
            .mantissa
            .zip(10_u128.checked_pow(shift))
            .and_then(|(mantissa, unit)| mantissa.checked_mul(unit))
            .and_then(|magnitude| i128::try_from(magnitude).ok())
            .ok_or(DecimalError::TooLarge)?;
        let value = if self.negative { magnitude.checked_neg() } else { Some(magnitude) };
        value.and_then(|value| i64::try_from(value).ok()).ok_or(DecimalError::TooLarge)
    }
}

/// Digits gathered so far. Zeros at the end are only counted, so that `1.50000…` of any length stays readable.
struct Digits {
    mantissa: Option<u128>,
    zeros: i64,
}

impl Default for Digits {
    fn default() -> Self {
        Self { mantissa: Some(0), zeros: 0 }
    }
}

impl Digits {
    /// Takes the digits in front of `bytes`, at least one, and gives back the rest.
    fn take<'b>(&mut self, bytes: &'b [u8]) -> Option<&'b [u8]> {
        let count = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = bytes.split_at_checked(count)?;
        if digits.is_empty() {
            return None;
        }
        for digit in digits {
            self.push(digit - b'0');
        }
        Some(rest)
    }

    fn push(&mut self, digit: u8) {
        if digit == 0 {
            if self.mantissa != Some(0) {
                self.zeros = self.zeros.saturating_add(1);
            }
            return;
        }
        let shift = u32::try_from(self.zeros.saturating_add(1)).unwrap_or(u32::MAX);
        self.mantissa = self
            .mantissa
            .zip(10_u128.checked_pow(shift).or_else(|| (self.mantissa == Some(0)).then_some(1)))
            .and_then(|(mantissa, unit)| mantissa.checked_mul(unit)?.checked_add(u128::from(digit)));
        self.zeros = 0;
    }
}

/// Reads what follows the `e`. More digits than 64 bits hold count as the largest there is: no sum is near either.
fn read_exponent(bytes: &[u8]) -> Option<i64> {
    let (negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let magnitude = digits
        .iter()
        .fold(0_i64, |power, digit| power.saturating_mul(10).saturating_add(i64::from(digit - b'0')));
    Some(if negative { magnitude.saturating_neg() } else { magnitude })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_every_form_are_read_exactly() {
        for (text, places, scaled) in [
            ("0", 2, 0),
            ("-0.00", 2, 0),
            ("007", 0, 7),
            ("123.45", 2, 12345),
            ("123,45", 2, 12345),
            ("123,4", 2, 12340),
            ("1.5e3", 2, 150_000),
            ("1.5E+3", 0, 1500),
            ("12345e-2", 2, 12345),
            ("0e999999999999999999999", 2, 0),
            ("100000000000000000000000000000000000000000000e-44", 0, 1),
            ("1.000000000000000000000000000000000000000000000000", 0, 1),
            ("9223372036854775807", 0, i64::MAX),
            ("-9223372036854775808", 0, i64::MIN),
            ("-92233720368547758.08", 2, i64::MIN),
        ] {
            assert_eq!(parse(text, places), Ok(scaled), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_told_from_what_does_not_fit() {
        for text in [
            "", "-", "+1", " 1", "1 ", "NaN", "inf", "1.", ".5", "1..2", "1e", "1e+", "--1", "0x1", "1,000",
            "1,5e2",
        ] {
            assert_eq!(parse(text, 2), Err(DecimalError::NotANumber), "{text}");
        }
        for text in
            ["0.001", "1e-3", "1e-999999999999999999999", "0.0000000000000000000000000000000000000000000001"]
        {
            assert_eq!(parse(text, 2), Err(DecimalError::TooPrecise), "{text}");
        }
        for text in [
            "92233720368547758.08",
            "1e17",
            "1e999999999999999999999",
            "1234567890123456789012345678901234567890123456789",
        ] {
            assert_eq!(parse(text, 2), Err(DecimalError::TooLarge), "{text}");
        }
    }

    #[test]
    fn the_shortest_form_drops_only_zeros_behind_the_point() {
        assert_eq!(shortest(1500, 3), "1.5");
        assert_eq!(shortest(100_000, 3), "100");
        assert_eq!(shortest(-5, 3), "-0.005");
        assert_eq!(fixed(100, 0), "100");
        assert_eq!(fixed(i64::MIN, 2), "-92233720368547758.08");
    }
}

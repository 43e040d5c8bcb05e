//! The bounds of texts and sums that callers give. The lengths are ours (`assumed`): generous for people, and small
//! enough that no request grows without end.

use std::borrow::Cow;

use jiff::civil::Date;

use super::InvalidInput;
use crate::error_code::ErrorCode;

/// Names of people and of things, in characters.
pub(super) const NAME: usize = 100;
/// E-mail addresses, in characters: the longest that mail can be sent to.
pub(super) const EMAIL: usize = 254;
/// Codes, numbers and masks of other systems, in characters.
pub(super) const CODE: usize = 64;
/// Comments, in characters.
pub(super) const COMMENT: usize = 500;
/// The free text of an external check, in characters.
pub(super) const CHECK_DATA: usize = 10_000;

type Field = Cow<'static, str>;

/// A line of text that must be there.
pub(super) fn required_line(field: impl Into<Field>, text: &str, longest: usize) -> Result<(), InvalidInput> {
    let field = field.into();
    if text.trim().is_empty() {
        return Err(InvalidInput::new(field, ErrorCode::FieldEmpty));
    }
    line(field, text, longest)
}

/// A line of text that may be absent or empty.
pub(super) fn optional_line(
    field: &'static str,
    text: Option<&str>,
    longest: usize,
) -> Result<(), InvalidInput> {
    text.map_or(Ok(()), |text| line(field.into(), text, longest))
}

/// Text of several lines that may be absent or empty.
pub(super) fn optional_text(
    field: &'static str,
    text: Option<&str>,
    longest: usize,
) -> Result<(), InvalidInput> {
    text.map_or(Ok(()), |text| bounded(field.into(), text, longest))
}

/// A day on which somebody who eats in a restaurant can have been born. Whether it is still to come only a clock
/// knows.
pub(super) fn optional_birthday(field: &'static str, day: Option<Date>) -> Result<(), InvalidInput> {
    match day {
        Some(day) if day.year() < 1900 => Err(InvalidInput::new(field, ErrorCode::FieldInvalid)),
        _ => Ok(()),
    }
}

/// An address that mail could be sent to, as far as its shape tells. `None` is fine, an empty text is not.
pub(super) fn optional_email(field: &'static str, text: Option<&str>) -> Result<(), InvalidInput> {
    let Some(text) = text else { return Ok(()) };
    bounded(field.into(), text, EMAIL)?;
    let plausible = text.split_once('@').is_some_and(|(mailbox, host)| {
        (1..=64).contains(&mailbox.len())
            && !host.contains('@')
            && host.contains('.')
            && host.split('.').all(|label| !label.is_empty())
    });
    if plausible && !text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        Ok(())
    } else {
        Err(InvalidInput::new(field, ErrorCode::FieldInvalid))
    }
}

/// A sum in hundredths that must be above zero.
pub(super) fn positive(field: &'static str, hundredths: i64) -> Result<(), InvalidInput> {
    if hundredths > 0 { Ok(()) } else { Err(InvalidInput::new(field, ErrorCode::SumNotPositive)) }
}

/// A sum in hundredths that must not be below zero.
pub(super) fn not_negative(field: impl Into<Field>, hundredths: i64) -> Result<(), InvalidInput> {
    if hundredths >= 0 { Ok(()) } else { Err(InvalidInput::new(field, ErrorCode::FieldInvalid)) }
}

fn line(field: Field, text: &str, longest: usize) -> Result<(), InvalidInput> {
    if text.contains(char::is_control) {
        return Err(InvalidInput::new(field, ErrorCode::FieldInvalid));
    }
    bounded(field, text, longest)
}

fn bounded(field: Field, text: &str, longest: usize) -> Result<(), InvalidInput> {
    // The cheap bound first: counting the characters of a text of any size is work that a caller could ask for.
    if text.len() > longest.saturating_mul(4) || text.chars().count() > longest {
        return Err(InvalidInput::new(field, ErrorCode::FieldTooLong));
    }
    Ok(())
}

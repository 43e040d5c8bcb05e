//! Requests out of the active dialect: checked field by field and turned into kopecks, seconds and E.164.

use serde_json::{Map, Value};

use super::{AmountForm, Dialect, PhoneForm, dates};
use crate::clock::VenueCalendar;
use crate::error::ApiError;
use crate::wire::{Field, Kind, Record};

/// A sum above this is refused: ten billion roubles.
const MOST_KOPECKS: i64 = 1_000_000_000_000;
/// A list in a request may have this many entries.
const MOST_ENTRIES: usize = 100;

/// Reads the parameters of one request.
pub(crate) struct Reader<'a> {
    pub(crate) dialect: &'a Dialect,
    pub(crate) calendar: &'a VenueCalendar,
    /// Sums are kopecks whatever the dialect: `external/register_check`.
    pub(crate) kopecks: bool,
    /// Members the request does not know are let be instead of refused.
    pub(crate) open: bool,
}

impl Reader<'_> {
    /// Every known field, checked; null counts as absent.
    pub(crate) fn read(
        &self,
        mut given: Map<String, Value>,
        fields: &[Field],
    ) -> Result<Map<String, Value>, ApiError> {
        let mut read = Map::new();
        for field in fields {
            match given.remove(field.name).filter(|value| !value.is_null()) {
                Some(value) => {
                    let value = self.value(value, field.kind).map_err(|error| match &error.field {
                        Some(inner) => error.clone().on(format!("{}.{inner}", field.name)),
                        None => error.on(field.name),
                    })?;
                    read.insert(field.name.to_owned(), value);
                }
                None if field.required => {
                    return Err(
                        ApiError::malformed("missing_field", "A required field is missing.").on(field.name)
                    );
                }
                None => {}
            }
        }
        match given.keys().next() {
            Some(unknown) if !self.open => {
                Err(ApiError::malformed("unknown_field", "This method does not know the field.")
                    .on(unknown.clone()))
            }
            _ => Ok(read),
        }
    }

    fn value(&self, value: Value, kind: Kind) -> Result<Value, ApiError> {
        match kind {
            Kind::Id => whole(&value, 0, i64::MAX),
            Kind::Int(least, most) => whole(&value, least, most),
            Kind::Sum(least) => self.sum(&value, least),
            Kind::Quantity => read_quantity(&value),
            Kind::Text(most) => text(value, most),
            Kind::Word(words) => match value.as_str() {
                Some(word) if words.contains(&word) => Ok(value),
                _ => Err(invalid("It is none of the known words.")),
            },
            Kind::Guid => match value.as_str().and_then(|guid| guid.parse::<uuid::Uuid>().ok()) {
                Some(guid) => Ok(guid.to_string().into()),
                None => Err(invalid("It is not a GUID.")),
            },
            Kind::Phone => read_phone(&value, self.dialect.phone),
            Kind::Flag => flag(value),
            Kind::Moment => {
                let at = value.as_str().and_then(|text| dates::read_moment(text, self.calendar));
                at.map(Value::from).ok_or_else(|| invalid("It is not a date."))
            }
            Kind::Day => match value.as_str() {
                // "No date" in one dialect or another.
                Some("" | dates::NO_DATE) => Ok(Value::Null),
                text => {
                    let day = text.and_then(dates::read_day);
                    day.map(Value::from).ok_or_else(|| invalid("It is not a day."))
                }
            },
            Kind::Record(record) => self.record(value, record),
            Kind::List(record) => self.list(value, record),
            Kind::Ids | Kind::Raw => Err(invalid("It cannot be given.")),
        }
    }

    fn record(&self, value: Value, record: &Record) -> Result<Value, ApiError> {
        match value {
            Value::Object(object) => Ok(Value::Object(self.read(object, record.fields)?)),
            _ => Err(invalid("It is not an object.")),
        }
    }

    fn list(&self, value: Value, record: &Record) -> Result<Value, ApiError> {
        match value {
            Value::Array(items) if items.len() <= MOST_ENTRIES => {
                items.into_iter().map(|item| self.record(item, record)).collect()
            }
            _ => Err(invalid("It is not a list of at most 100 entries.")),
        }
    }

    fn sum(&self, value: &Value, least: i64) -> Result<Value, ApiError> {
        let rubles = !self.kopecks && self.dialect.amounts != AmountForm::Kopecks;
        let digits = match value {
            Value::Number(number) => number.to_string(),
            Value::String(text) => text.clone(),
            _ => return Err(invalid_sum()),
        };
        let kopecks = if rubles { read_rubles(&digits) } else { digits.parse().ok() };
        match kopecks {
            Some(sum) if sum >= least && sum <= MOST_KOPECKS => Ok(sum.into()),
            Some(_) => Err(ApiError::rule("sum_out_of_range", "The sum is too small or too large.")),
            None => Err(invalid_sum()),
        }
    }
}

fn invalid(message: &str) -> ApiError {
    ApiError::malformed("invalid_field", message)
}

fn invalid_sum() -> ApiError {
    ApiError::malformed("invalid_sum", "It is not an exact number of kopecks.")
}

/// A whole number, or its decimal text.
fn whole(value: &Value, least: i64, most: i64) -> Result<Value, ApiError> {
    let number = match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    match number {
        Some(number) if (least..=most).contains(&number) => Ok(number.into()),
        _ => Err(invalid("It is not a whole number within its bounds.")),
    }
}

fn text(value: Value, most: usize) -> Result<Value, ApiError> {
    match value.as_str() {
        Some(text) if text.chars().count() <= most => Ok(value),
        Some(_) => Err(ApiError::malformed("too_long", format!("It is longer than {most} characters."))),
        None => Err(invalid("It is not a text.")),
    }
}

fn flag(value: Value) -> Result<Value, ApiError> {
    match &value {
        Value::Bool(_) => Ok(value),
        Value::String(word) if word == "true" => Ok(true.into()),
        Value::String(word) if word == "false" => Ok(false.into()),
        _ => Err(invalid("It is neither true nor false.")),
    }
}

/// A number with at most three places, as thousandths.
fn read_quantity(value: &Value) -> Result<Value, ApiError> {
    let refuse = || invalid("It is not a quantity with at most three decimal places.");
    let text = value.as_number().map(ToString::to_string).ok_or_else(refuse)?;
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() > 6 || part.len() > 3 || !digits(whole) || !digits(part) {
        return Err(refuse());
    }
    let thousandths: i64 = format!("{whole}{part:0<3}").parse().map_err(|_| refuse())?;
    Ok(thousandths.into())
}

/// `123`, `123.4`, `123.45`, signed or not, as kopecks.
fn read_rubles(digits: &str) -> Option<i64> {
    let (sign, digits) = digits.strip_prefix('-').map_or((1, digits), |rest| (-1, rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let decimal = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !decimal(whole) || !decimal(part) {
        return None;
    }
    // Further places are fine as long as they are zeros.
    let (cents, rest) = part.split_at_checked(2).unwrap_or((part, ""));
    if rest.bytes().any(|byte| byte != b'0') {
        return None;
    }
    let cents: i64 = cents.parse::<i64>().ok()? * if cents.len() == 1 { 10 } else { 1 };
    whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(cents)?.checked_mul(sign)
}

/// The phone must be in the instance's own form; any other is refused.
fn read_phone(value: &Value, form: PhoneForm) -> Result<Value, ApiError> {
    let refuse = || ApiError::malformed("invalid_phone", "It is not a phone number in this instance's form.");
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return Err(refuse()),
    };
    let prefix = match form {
        PhoneForm::E164 => "+7",
        PhoneForm::Digits => "7",
        PhoneForm::National => "8",
        PhoneForm::Subscriber => "",
    };
    match text.strip_prefix(prefix) {
        Some(rest) if rest.len() == 10 && rest.bytes().all(|byte| byte.is_ascii_digit()) => {
            Ok(format!("+7{rest}").into())
        }
        _ => Err(refuse()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rubles_are_read_to_the_kopeck_or_not_at_all() {
        for (text, kopecks) in [
            ("123.45", Some(12_345)),
            ("123.4", Some(12_340)),
            ("123", Some(12_300)),
            ("-0.05", Some(-5)),
            ("1.500", Some(150)),
            ("1.005", None),
            ("1e3", None),
            ("", None),
            (".5", None),
            ("92233720368547758.08", None),
        ] {
            assert_eq!(read_rubles(text), kopecks, "{text}");
        }
    }

    #[test]
    fn a_phone_is_read_only_in_the_instances_form() {
        let read = |text: &str, form| read_phone(&json!(text), form).ok();
        let phone = Some(json!("+79161234567"));
        assert_eq!(read("+79161234567", PhoneForm::E164), phone);
        assert_eq!(read("79161234567", PhoneForm::Digits), phone);
        assert_eq!(read("89161234567", PhoneForm::National), phone);
        assert_eq!(read("9161234567", PhoneForm::Subscriber), phone);
        assert_eq!(read("89161234567", PhoneForm::E164), None);
        assert_eq!(read("+7916123456７", PhoneForm::E164), None);
    }
}

//! Replies in the active dialect: what handlers made in kopecks, seconds and E.164 goes out as the instance writes it.

use serde_json::{Map, Number, Value};

use super::{AmountForm, Dialect, ListForm, OptionalFields, PhoneForm, dates, names};
use crate::clock::VenueCalendar;
use crate::wire::{Kind, Record};

/// What a reply is made of.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape {
    One(&'static Record),
    Many(&'static Record),
}

/// Writes replies of one request.
pub(crate) struct Renderer<'a> {
    pub(crate) dialect: &'a Dialect,
    pub(crate) calendar: &'a VenueCalendar,
    /// Sums stay kopecks whatever the dialect: `external/register_check`.
    pub(crate) kopecks: bool,
}

impl Renderer<'_> {
    pub(crate) fn render(&self, value: Value, shape: Shape) -> Value {
        match shape {
            Shape::One(record) => self.record(value, record),
            Shape::Many(record) => {
                let list = self.list(value, record);
                let name = match self.dialect.lists {
                    ListForm::Bare => return list,
                    ListForm::Data => "data",
                    ListForm::Items => "items",
                    ListForm::Result => "result",
                };
                Value::Object(Map::from_iter([(name.to_owned(), list)]))
            }
        }
    }

    fn list(&self, value: Value, record: &Record) -> Value {
        match value {
            Value::Array(items) => items.into_iter().map(|item| self.record(item, record)).collect(),
            other => other,
        }
    }

    fn record(&self, value: Value, record: &Record) -> Value {
        let Value::Object(mut object) = value else { return value };
        for field in record.fields {
            let present = object.remove(field.name).filter(|value| !value.is_null());
            let hidden = !self.dialect.echo_keys
                && record.name == "transaction"
                && ["checkGuid", "externalCheck", "comment"].contains(&field.name);
            let never = !field.required && self.dialect.optional_fields == OptionalFields::Never;
            if hidden || never {
                continue;
            }
            let value = match present {
                Some(value) => self.value(value, field.kind),
                None if matches!(field.kind, Kind::Day | Kind::Moment) && self.dialect.zero_dates => {
                    dates::NO_DATE.into()
                }
                None if self.dialect.optional_fields == OptionalFields::Nulls => Value::Null,
                None => continue,
            };
            object.insert(field.name.to_owned(), value);
        }
        if self.dialect.renamed {
            if let Some(Value::String(word)) = object.get_mut("type") {
                *word = names::transaction_type(word).to_owned();
            }
            names::to_theirs(record.name, &mut object);
        }
        Value::Object(object)
    }

    fn value(&self, value: Value, kind: Kind) -> Value {
        match kind {
            Kind::Id => self.number(value),
            Kind::Ids => match value {
                Value::Array(ids) => ids.into_iter().map(|id| self.number(id)).collect(),
                other => other,
            },
            Kind::Sum(_) => self.sum(value),
            Kind::Quantity => value.as_i64().map_or(Value::Null, quantity),
            Kind::Phone => value.as_str().map_or(Value::Null, |phone| write_phone(phone, self.dialect.phone)),
            Kind::Moment => {
                let text =
                    value.as_i64().and_then(|at| dates::write_moment(at, self.dialect.dates, self.calendar));
                text.map_or(Value::Null, Value::from)
            }
            Kind::Day => {
                let text = value.as_str().and_then(|day| dates::write_day(day, self.dialect.dates));
                text.map_or(Value::Null, Value::from)
            }
            Kind::Record(record) => self.record(value, record),
            Kind::List(record) => self.list(value, record),
            Kind::Int(..) | Kind::Text(_) | Kind::Word(_) | Kind::Guid | Kind::Flag | Kind::Raw => value,
        }
    }

    fn number(&self, value: Value) -> Value {
        if self.dialect.numbers_as_text { value.to_string().into() } else { value }
    }

    fn sum(&self, value: Value) -> Value {
        let Some(kopecks) = value.as_i64() else { return value };
        let form = if self.kopecks { AmountForm::Kopecks } else { self.dialect.amounts };
        match form {
            AmountForm::Kopecks => self.number(value),
            AmountForm::RubleText => rubles(kopecks).into(),
            AmountForm::RubleNumber if self.dialect.numbers_as_text => rubles(kopecks).into(),
            // Goes through the decimal text, so nothing is rounded on the way.
            AmountForm::RubleNumber => rubles(kopecks).parse::<Number>().map_or(Value::Null, Value::Number),
        }
    }
}

fn rubles(kopecks: i64) -> String {
    let sign = if kopecks < 0 { "-" } else { "" };
    let (whole, rest) = (kopecks.unsigned_abs() / 100, kopecks.unsigned_abs() % 100);
    format!("{sign}{whole}.{rest:02}")
}

/// Thousandths as the shortest decimal number.
fn quantity(thousandths: i64) -> Value {
    let text = format!("{}.{:03}", thousandths / 1_000, thousandths.unsigned_abs() % 1_000);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    text.parse::<Number>().map_or(Value::Null, Value::Number)
}

fn write_phone(e164: &str, form: PhoneForm) -> Value {
    let digits = e164.trim_start_matches('+');
    let subscriber = digits.strip_prefix('7').unwrap_or(digits);
    match form {
        PhoneForm::E164 => e164.to_owned(),
        PhoneForm::Digits => digits.to_owned(),
        PhoneForm::National => format!("8{subscriber}"),
        PhoneForm::Subscriber => subscriber.to_owned(),
    }
    .into()
}

//! Requests as the wire carries them.

use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::ser::{Error as _, SerializeMap, Serializer};
use serde_json::value::RawValue;

use super::wire::Terms;
use crate::domain::{AmountUnit, Bonus, Money};

/// A value on its way out. Sums keep their decimals as digits: no float is ever made of them. Has no `Debug`: it is
/// full of what nobody may print.
#[derive(Clone)]
pub(super) enum Json {
    Null,
    Flag(bool),
    Whole(i64),
    /// A number in these digits.
    Decimal(String),
    Text(String),
    /// A text that is wiped from memory.
    Secret(SecretString),
    List(Vec<Json>),
    Record(Vec<(String, Json)>),
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Whole(number) => serializer.serialize_i64(*number),
            Self::Decimal(digits) => {
                RawValue::from_string(digits.clone()).map_err(S::Error::custom)?.serialize(serializer)
            }
            Self::Text(text) => serializer.serialize_str(text),
            Self::Secret(text) => serializer.serialize_str(text.expose_secret()),
            Self::List(list) => serializer.collect_seq(list),
            Self::Record(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

impl Json {
    /// As it stands in a query.
    pub(super) fn in_query(&self) -> Option<String> {
        match self {
            Self::Null => None,
            Self::Flag(flag) => Some(flag.to_string()),
            Self::Whole(number) => Some(number.to_string()),
            Self::Decimal(text) | Self::Text(text) => Some(text.clone()),
            // An address is written to logs on the way.
            Self::Secret(_) => None,
            Self::List(_) | Self::Record(_) => serde_json::to_string(self).ok(),
        }
    }

    pub(super) fn bonus(sum: Bonus, terms: &Terms) -> Self {
        match terms.unit {
            AmountUnit::Kopeck => Self::Whole(sum.hundredths()),
            AmountUnit::Ruble => Self::Decimal(sum.to_wire(AmountUnit::Ruble)),
        }
    }

    pub(super) fn money(sum: Money, terms: &Terms) -> Self {
        Self::bonus(Bonus::from_hundredths(sum.hundredths()), terms)
    }

    /// A text, or null.
    pub(super) fn text_or_null(text: Option<&str>) -> Self {
        text.map_or(Self::Null, |text| Self::Text(text.to_owned()))
    }

    /// A record inside a request, by the names that the instance has for its fields. What is null is left out.
    pub(super) fn record(
        terms: &Terms,
        record: &'static str,
        fields: impl IntoIterator<Item = (&'static str, Self)>,
    ) -> Self {
        let mut members = Vec::new();
        for (field, value) in fields.into_iter().filter(|(_, value)| !matches!(value, Self::Null)) {
            place(&mut members, &terms.overrides.path(record, field), value);
        }
        Self::Record(members)
    }
}

/// Puts `value` where `path` leads, making the records on the way.
fn place(members: &mut Vec<(String, Json)>, path: &[String], value: Json) {
    let Some((name, deeper)) = path.split_first() else { return };
    if deeper.is_empty() {
        members.push((name.clone(), value));
        return;
    }
    let there = members.iter_mut().find_map(|(known, inner)| match inner {
        Json::Record(inner) if known == name => Some(inner),
        _ => None,
    });
    match there {
        Some(inner) => place(inner, deeper, value),
        None => {
            let mut inner = Vec::new();
            place(&mut inner, deeper, value);
            members.push((name.clone(), Json::Record(inner)));
        }
    }
}

//! Lists in replies: how long they may be, and what they are wrapped in.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

/// The members that a reply may be wrapped in.
pub(in super::super) const WRAPPERS: [&str; 3] = ["data", "items", "result"];

/// How long a list may be, at the top of a reply or inside of it. Elements of three bytes would take hundreds of times
/// their length.
pub(super) const LONGEST: usize = 100_000;

/// How the error begins that says that there is too much of something.
const TOO_MANY: &str = "more than a reply may hold";

pub(super) fn too_many<E: Error>() -> E {
    E::custom(TOO_MANY)
}

/// Whether an error is one of [`too_many`]. Serde's errors are texts, but none of its own begins like this.
pub(super) fn is_too_many(error: &impl fmt::Display) -> bool {
    error.to_string().starts_with(TOO_MANY)
}

/// What a member may hold that could be a wrapper, from the likeliest to the least likely.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) enum Held {
    FilledList,
    EmptyList,
    Other,
    Null,
}

impl Held {
    pub(super) fn in_tree(value: &Value) -> Self {
        match value {
            Value::Array(list) if list.is_empty() => Self::EmptyList,
            Value::Array(_) => Self::FilledList,
            Value::Null => Self::Null,
            _ => Self::Other,
        }
    }

    pub(in super::super) fn in_text(value: &RawValue) -> Self {
        match value.get().strip_prefix('[') {
            Some(list) if list.trim_start().starts_with(']') => Self::EmptyList,
            Some(_) => Self::FilledList,
            None if value.get() == "null" => Self::Null,
            None => Self::Other,
        }
    }
}

/// The member that a reply is wrapped in, if it is: of those that could be it, the first of the likeliest.
pub(in super::super) fn wrapper<V>(
    member: impl Fn(&str) -> Option<V>,
    held: impl Fn(&V) -> Held,
) -> Option<(&'static str, V)> {
    let there = WRAPPERS.into_iter().filter_map(|name| Some((name, member(name)?)));
    there.min_by_key(|(_, value)| held(value))
}

/// A list of bounded length.
pub(super) struct Many<T>(pub(super) Vec<T>);

impl<T> Default for Many<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ManyVisitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for ManyVisitor<T> {
            type Value = Many<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Many<T>, A::Error> {
                let mut elements = Vec::new();
                while let Some(element) = list.next_element()? {
                    if elements.len() == LONGEST {
                        return Err(too_many());
                    }
                    elements.push(element);
                }
                Ok(Many(elements))
            }
        }
        deserializer.deserialize_seq(ManyVisitor(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use crate::backend::BackendError;
    use crate::backend::probonus::ProBonusConfig;
    use crate::backend::probonus::wire::{found, list, one};
    use crate::domain::{Account, Receipt, Report, Transaction};
    use crate::error_code::ErrorCode;

    #[test]
    fn a_reply_that_would_fill_the_memory_is_too_large() {
        let terms = || ProBonusConfig::default().terms().unwrap();
        let row = |sum: &str| {
            format!(r#"{{"id":1,"date":"2026-06-15T12:00:00+03:00","type":"accrual","sum":{sum}}}"#)
        };
        let too_large = |error: BackendError| {
            assert!(matches!(error, BackendError::Reply { code: ErrorCode::ReplyTooLarge, .. }), "{error:?}");
        };
        let many = |element: &str, count: usize| vec![element; count].join(",");
        let narrow = format!(r#"{{"columns":["a"],"rows":[{}]}}"#, many("[1]", 100_001));
        too_large(one::<Report>(&terms(), "m", narrow.as_bytes()).map(|_| ()).unwrap_err());
        let wide = format!(r#"{{"columns":["a"],"rows":[[{}]]}}"#, many("1", 1_000_001));
        too_large(one::<Report>(&terms(), "m", wide.as_bytes()).map(|_| ()).unwrap_err());
        let columns = format!(r#"{{"columns":[{}],"rows":[]}}"#, many("\"\"", 100_001));
        too_large(one::<Report>(&terms(), "m", columns.as_bytes()).map(|_| ()).unwrap_err());
        // Met in the plain reading, and in the one that keeps digits.
        for id in ["1", "1.0"] {
            let dishes = format!(r#"{{"id":{id},"dishes":[{}]}}"#, many("{}", 100_001));
            too_large(one::<Receipt>(&terms(), "m", dishes.as_bytes()).map(|_| ()).unwrap_err());
        }
        let history = format!("[{}]", many(&row("1"), 100_001));
        too_large(list::<Transaction>(&terms(), "m", history.as_bytes()).map(|_| ()).unwrap_err());
        for (element, count) in [
            ("1", 2_200_000),
            ("1.5", 2_200_000),
            ("null", 2_200_000),
            ("[]", 400_000),
            ("{\"a\":1}", 400_000),
        ] {
            let list = format!("[{}]", many(element, count));
            too_large(found::<Account>(&terms(), "m", list.as_bytes()).map(|_| ()).unwrap_err());
        }
        // What a busy restaurant may well have.
        let history = format!("[{}]", vec![row("1.0"); 20_000].join(","));
        assert_eq!(list::<Transaction>(&terms(), "m", history.as_bytes()).unwrap().len(), 20_000);
    }
}

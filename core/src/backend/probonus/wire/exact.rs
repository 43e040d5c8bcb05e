//! Numbers with all their digits, where a JSON parser would make floats of them.
//!
//! A text of JSON is marked, parsed into a tree, and read through [`Exact`], which knows the marks. Nothing that was
//! read without this detour has ever met a mark, so no text of a server can be mistaken for one.

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::Value;

/// Stands in front of a number that was turned into a string, and in front of every string that begins with it.
const MARK: char = '\u{E000}';

/// What an element or a member takes in a tree, about, in bytes: its value, its name, and the room that lists and
/// objects keep free.
const ELEMENT: usize = 128;
/// What a list or an object takes beside what is in it.
const CONTAINER: usize = 640;
/// What a tree may take.
const AFFORDABLE: usize = 256 * 1024 * 1024;

/// Whether a tree of this JSON fits into the memory that a reply may take: one of small elements takes many times its
/// length.
pub(super) fn is_affordable(json: &str) -> bool {
    let (mut cost, mut rest) = (0_usize, json);
    while let Some(start) = rest.find(['"', ',', '[', '{']) {
        let (_, token) = rest.split_at(start);
        let length = if token.starts_with('"') {
            string_length(token)
        } else {
            cost = cost.saturating_add(if token.starts_with(',') { ELEMENT } else { CONTAINER });
            1
        };
        if cost > AFFORDABLE {
            return false;
        }
        (_, rest) = token.split_at(length);
    }
    true
}

/// Turns every number that is not plainly a 64-bit integer into a string of its own text behind a [`MARK`], so that a
/// parser keeps its digits. `json` must be well-formed; of what is not, the rest is left as it is.
pub(super) fn keep_digits(json: &str) -> String {
    let mut kept = String::with_capacity(json.len() + json.len() / 8);
    let mut rest = json;
    while let Some(start) = rest.find(['"', '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']) {
        let (before, token) = rest.split_at(start);
        kept.push_str(before);
        let length = if token.starts_with('"') { string_length(token) } else { number_length(token) };
        let (token, after) = token.split_at(length);
        match token.strip_prefix('"') {
            Some(text) => {
                kept.push('"');
                if begins_with_mark(text) {
                    kept.push(MARK);
                }
                kept.push_str(text);
            }
            None if is_plain_integer(token) => kept.push_str(token),
            None => {
                kept.push('"');
                kept.push(MARK);
                kept.push_str(token);
                kept.push('"');
            }
        }
        rest = after;
    }
    kept.push_str(rest);
    kept
}

/// Whether a string begins with the mark, as it is or escaped.
fn begins_with_mark(text: &str) -> bool {
    text.starts_with(MARK) || text.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("\\ue000"))
}

/// What a string of a marked tree says: a number's digits, or the text as the server sent it.
pub(in super::super) fn unmarked(text: &str) -> &str {
    text.strip_prefix(MARK).unwrap_or(text)
}

/// How long the string at the beginning is, with its quotes.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn number_length(text: &str) -> usize {
    let belongs = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
    text.bytes().take_while(belongs).count()
}

fn is_plain_integer(number: &str) -> bool {
    number != "-0" && number.parse::<i64>().is_ok()
}

/// A value of a marked tree. Hands a number that kept its digits over as bytes, which JSON has no other use for.
#[derive(Clone, Copy)]
pub(super) struct Exact<'de>(pub(super) &'de Value);

impl<'de> Deserializer<'de> for Exact<'de> {
    type Error = serde_json::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        match self.0 {
            Value::String(text) => match text.strip_prefix(MARK) {
                Some(text) if !text.starts_with(MARK) => visitor.visit_borrowed_bytes(text.as_bytes()),
                _ => visitor.visit_borrowed_str(unmarked(text)),
            },
            Value::Array(list) => {
                let mut list = SeqDeserializer::new(list.iter().map(Exact));
                let value = visitor.visit_seq(&mut list)?;
                list.end().map(|()| value)
            }
            Value::Object(members) => {
                let members = members.iter().map(|(name, value)| (name.as_str(), Exact(value)));
                let mut members = MapDeserializer::new(members);
                let value = visitor.visit_map(&mut members)?;
                members.end().map(|()| value)
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => self.0.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier
    }
}

impl<'de> IntoDeserializer<'de, serde_json::Error> for Exact<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;

    #[test]
    fn only_numbers_that_would_lose_digits_become_strings() {
        for (json, kept) in [
            ("[1,-2,9223372036854775807]", "[1,-2,9223372036854775807]"),
            ("[1.5,1e3,9223372036854775808]", "[\"M1.5\",\"M1e3\",\"M9223372036854775808\"]"),
            (r#"{"a1.5":"b2.5\"3.5","c":0.1}"#, "{\"a1.5\":\"b2.5\\\"3.5\",\"c\":\"M0.1\"}"),
            (r#""unfinished 1.5"#, r#""unfinished 1.5"#),
            (r#"["M1","\uE0001","\ue001"]"#, r#"["MM1","M\uE0001","\ue001"]"#),
        ] {
            let marked = |text: &str| text.replace('M', &MARK.to_string());
            assert_eq!(keep_digits(&marked(json)), marked(kept));
        }
    }

    #[test]
    fn a_tree_is_affordable_by_what_it_takes_and_not_by_its_length() {
        let long = format!("[\"{}\"]", "[,{".repeat(4 << 20));
        assert!(is_affordable(&long));
        assert!(!is_affordable(&"[".repeat(1 << 20)));
        assert!(!is_affordable(&"1,".repeat(4 << 20)));
    }

    proptest! {
        #[test]
        fn every_text_comes_back_as_it_was(text in "(\u{E000}|\\\\|[a1.])*", number in any::<f64>(), whole in any::<i64>()) {
            let json = serde_json::json!({ "текст": text, "n": [number, whole, null, true] }).to_string();
            let kept: Value = serde_json::from_str(&keep_digits(&json)).unwrap();
            prop_assert_eq!(String::deserialize(Exact(&kept["текст"])).unwrap(), text);
            prop_assert_eq!(&kept["n"][1], &serde_json::json!(whole));
        }

        #[test]
        fn any_text_is_survived(text in ".*") {
            keep_digits(&text);
            is_affordable(&text);
        }
    }
}

//! Where in a document something is wrong.
//!
//! A document is read without keeping account of where one is, and a refused one is read once more for it: the account,
//! kept for every kind of document, would be the largest part of the code that reads them, and every device carries it.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// The place of what `error` says about the document `body`; empty for the whole of it.
pub(super) fn of(error: &serde_json::Error, body: &[u8]) -> String {
    let line_before = error.line().saturating_sub(2);
    let mut newlines = body.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
    let line = if error.line() < 2 { 0 } else { newlines.nth(line_before).unwrap_or_default() };
    let end = line.saturating_add(error.column()).min(body.len());
    before(body.get(..end).unwrap_or(body))
}

/// Where a document breaks off, when it is read up to a value that is wrong.
fn before(read: &[u8]) -> String {
    let (kept, breach) = match read.last() {
        // Something is missing among the members.
        Some(b'}' | b']') => (read.len() - 1, ""),
        Some(b'0'..=b'9') => {
            let part = |byte: &&u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
            (read.len() - read.iter().rev().take_while(part).count(), "?")
        }
        // The last of a string or a word.
        Some(b'"' | b'a'..=b'z') => (read.len() - 1, "?"),
        _ => (read.len(), "?"),
    };
    let broken = [read.get(..kept).unwrap_or(read), breach.as_bytes()].concat();
    let mut json = serde_json::Deserializer::from_slice(&broken);
    match serde_path_to_error::deserialize::<_, Passed>(&mut json) {
        Ok(Passed) => String::new(),
        // A member whose name was not read yet stands for the object that it would be in.
        Err(error) => error.path().to_string().trim_end_matches('?').trim_end_matches('.').to_owned(),
    }
}

/// Any value, member by member: what reads ignored values leaves no trace of where it was.
struct Passed;

impl<'de> Deserialize<'de> for Passed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for Passed {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Self, A::Error> {
        while values.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self, A::Error> {
        while members.next_entry::<IgnoredAny, Self>()?.is_some() {}
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::error::Category;
    use serde_json::{Value, json};

    use super::super::{Consents, Document, Registered, Snapshot, WirePage, WireReceipt, read};
    use crate::backend::BackendError;
    use crate::backend::gateway::programme::WireProgramme;

    /// The place that an account kept while reading names; `None` when the document is read.
    fn kept<W: Document>(body: &[u8]) -> Option<String> {
        let mut json = serde_json::Deserializer::from_slice(body);
        let error = serde_path_to_error::deserialize::<_, W>(&mut json).err()?;
        let place = error.path().to_string();
        // What is no JSON, as far as it was read, has no place.
        let whole = place == "." || error.inner().classify() != Category::Data;
        Some(if whole { String::new() } else { place })
    }

    /// The place that a refusal names.
    fn place<W: Document>(body: &[u8]) -> Option<String> {
        match read::<W>("route", body) {
            Err(BackendError::Reply { field, .. }) => Some(field),
            _ => None,
        }
    }

    /// Every document that differs from `value` in one value.
    fn spoilt(value: &Value) -> Vec<Value> {
        let others = [
            json!(null),
            json!(true),
            json!(-7),
            json!(1.5e3),
            json!("word \" \\ \n"),
            json!([]),
            json!([1, "a"]),
            json!({}),
            json!({"a": {"b": [1]}}),
            json!(u64::MAX),
        ];
        let mut all: Vec<Value> = others.to_vec();
        match value {
            Value::Array(values) => {
                for (at, inner) in values.iter().enumerate() {
                    for other in spoilt(inner) {
                        let mut values = values.clone();
                        values[at] = other;
                        all.push(Value::Array(values));
                    }
                }
            }
            Value::Object(members) => {
                for (name, inner) in members {
                    for other in spoilt(inner) {
                        let mut members = members.clone();
                        members.insert(name.clone(), other);
                        all.push(Value::Object(members));
                    }
                    let mut members = members.clone();
                    members.remove(name);
                    all.push(Value::Object(members));
                }
            }
            _ => {}
        }
        all
    }

    fn agrees<W: Document>(document: &Value) {
        let mut refused = 0;
        for spoilt in spoilt(document) {
            for body in [serde_json::to_vec(&spoilt).unwrap(), serde_json::to_vec_pretty(&spoilt).unwrap()] {
                let Some(kept) = kept::<W>(&body) else { continue };
                assert_eq!(place::<W>(&body), Some(kept), "{spoilt}");
                refused += 1;
            }
        }
        assert!(refused > 20, "{refused}");
    }

    #[test]
    fn every_refused_document_names_the_place_that_an_account_kept_all_along_would() {
        let row = json!({
            "id": 1, "at": "2026-03-01T10:00:00Z", "kind": "accrual", "sum": 100, "balanceAfter": 5, "receipt": "r",
            "venueCode": 3, "venue": "Кафе", "moneySpent": 7
        });
        agrees::<WirePage>(&json!({"transactions": [row, row], "next": "n"}));
        let account = json!({
            "id": 1, "groupId": 2, "phone": "+79000000000", "phoneMasked": "**", "firstName": "a", "lastName": null,
            "middleName": "b", "birthday": "1990-01-01", "sex": "female", "email": "c", "balance": 5, "blocked": false,
            "level": {
                "id": 1, "name": "n", "discountBasisPoints": 1, "accrualBasisPoints": 2, "turnover": 3,
                "next": {"name": "m", "from": 4}
            },
            "coupons": [{"id": 1, "name": "d", "code": "e", "expiresAt": "2026-03-01T10:00:00Z"}]
        });
        agrees::<Registered>(&json!({"created": true, "account": account}));
        let burn = json!({"on": "2026-03-01", "amount": 4});
        let pending = json!({"amount": 3, "activeFrom": null});
        let balance = json!({
            "total": 1, "burns": [burn, burn], "nonBurning": 2, "inconsistency": "i", "pending": [pending]
        });
        agrees::<Snapshot>(&json!({
            "account": account, "balance": balance, "newest": [row], "asOf": "2026-03-01T10:00:00Z"
        }));
        agrees::<WireReceipt>(&json!({
            "receipt": "r", "number": "1", "at": "2026-03-01T10:00:00Z", "venueCode": 1, "venue": "v",
            "dishes": [{"name": "soup", "quantityThousandths": 1000, "price": 1, "sum": 1}],
            "total": 1, "discount": 0, "bonusSpent": 0, "bonusAccrued": 0, "paid": 1
        }));
        let text = json!({"ru": "да", "en": "yes"});
        agrees::<WireProgramme>(&json!({
            "name": "n", "unit": {"ru": {"one": "a", "few": "b", "many": "c", "fraction": "d"}, "en": {"one": "a", "other": "b"}},
            "levels": [{"name": text, "from": 1, "accrualBasisPoints": 2, "discountBasisPoints": null}],
            "rules": text, "venues": [{"code": 1, "name": text, "address": text, "phone": "1", "hours": null}],
            "support": {"phone": "1", "email": null, "url": null},
            "features": {"registration": true, "tillCodes": false}, "tillCode": {"source": "temporary", "offline": true},
            "timeZone": "Europe/Moscow", "dayChange": "05:00", "codeDigits": 4,
            "leastAppVersion": {"android": "1", "ios": "2", "kiosk": null},
            "consents": [{"kind": "personal_data", "textVersion": "1", "text": text, "url": null}]
        }));
        let twice = br#"{"transactions": [], "next": null, "transactions": 1}"#;
        assert_eq!(kept::<WirePage>(twice), Some(String::new()));
        assert_eq!(place::<WirePage>(twice), Some(String::new()));
        agrees::<Consents>(&json!({"consents": [
            {"kind": "advertising", "textVersion": "2", "givenAt": "2026-03-01T10:00:00Z", "withdrawnAt": null}
        ]}));
    }
}

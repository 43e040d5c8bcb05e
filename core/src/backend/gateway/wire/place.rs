//! Where in a document something is wrong.
//!
//! A document is read without keeping account of where one is, and a refused one is looked through once more for it: the
//! account, kept for every kind of document, would be the largest part of the code that reads them, and every device
//! carries it.

use std::fmt::Write;

/// The place of what `error` says about the document `body`; empty for the whole of it.
pub(super) fn of(error: &serde_json::Error, body: &[u8]) -> String {
    let mut newlines = body.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
    let line = error.line().checked_sub(2).and_then(|before| newlines.nth(before)).unwrap_or_default();
    let end = line.saturating_add(error.column());
    let mut place = String::new();
    for step in steps(body.get(..end).unwrap_or(body)) {
        // Writing to a text cannot fail.
        let _ = match step {
            Step::Member(Some(name)) if place.is_empty() => write!(place, "{name}"),
            Step::Member(Some(name)) => write!(place, ".{name}"),
            Step::Member(None) => Ok(()),
            Step::Element(index) => write!(place, "[{index}]"),
        };
    }
    place
}

/// One step from a value to one in it.
enum Step {
    /// To the member of this name; `None` before its name was read to the end.
    Member(Option<String>),
    Element(usize),
}

/// The way to where a sound beginning of a document ends: into its last value, but not into what was closed.
fn steps(read: &[u8]) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut text: &[u8] = &[];
    let mut rest = read;
    while let [byte, after @ ..] = rest {
        let from = rest;
        rest = after;
        match (byte, steps.last_mut()) {
            (b'"', _) => (text, rest) = from.split_at_checked(length_of_text(from)).unwrap_or((from, &[])),
            (b'{', _) => steps.push(Step::Member(None)),
            (b'[', _) => steps.push(Step::Element(0)),
            (b'}' | b']', _) => drop(steps.pop()),
            (b':', Some(Step::Member(name))) => *name = serde_json::from_slice(text).ok(),
            (b',', Some(Step::Member(name))) => *name = None,
            (b',', Some(Step::Element(index))) => *index = index.saturating_add(1),
            _ => {}
        }
    }
    steps
}

/// How many bytes the text takes that begins here, both quotation marks included.
fn length_of_text(from: &[u8]) -> usize {
    let mut escaped = false;
    let end = from.iter().skip(1).position(|byte| {
        let ends = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    });
    end.map_or(from.len(), |end| end.saturating_add(2))
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
        for odd in [
            r#"{"transactions": [], "next": null, "transactions": 1}"#,
            r#"{"x\"[{,": {"y": [1.5, "]}\\", "\","]}, "transactions": [{"id": 1, "at": "\\"}], "next": null}"#,
        ] {
            let kept = kept::<WirePage>(odd.as_bytes());
            assert!(kept.is_some() && place::<WirePage>(odd.as_bytes()) == kept, "{odd}: {kept:?}");
        }
        agrees::<Consents>(&json!({"consents": [
            {"kind": "advertising", "textVersion": "2", "givenAt": "2026-03-01T10:00:00Z", "withdrawnAt": null}
        ]}));
    }
}

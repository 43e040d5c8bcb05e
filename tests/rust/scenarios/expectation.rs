//! Holding what was observed against what a step expects.

use serde_json::Value;

/// Whether an expectation, or a part of it, says nothing.
pub(super) fn is_void(expect: &Value) -> bool {
    match expect {
        Value::Object(fields) => fields.is_empty() || fields.values().any(is_void),
        Value::Array(items) => items.iter().any(is_void),
        _ => false,
    }
}

/// Where the two differ. An object has to have the fields that are expected and may have others; everything else has
/// to be equal.
pub(super) fn differences(expect: &Value, observed: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare(expect, observed, "", &mut found);
    found
}

fn compare(expect: &Value, observed: &Value, place: &str, found: &mut Vec<String>) {
    match (expect, observed) {
        (Value::Object(expected), Value::Object(seen)) => {
            for (name, value) in expected {
                match seen.get(name) {
                    Some(seen) => compare(value, seen, &format!("{place}/{name}"), found),
                    None => found.push(format!("{place}/{name} is missing in {observed}")),
                }
            }
        }
        (Value::Array(expected), Value::Array(seen)) if expected.len() == seen.len() => {
            for (number, (value, seen)) in expected.iter().zip(seen).enumerate() {
                compare(value, seen, &format!("{place}/{number}"), found);
            }
        }
        _ if expect == observed => {}
        _ => found.push(format!("{place} is {observed} instead of {expect}")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_beyond_the_expected_do_not_matter() {
        assert!(differences(&json!({"a": {"b": 1}}), &json!({"a": {"b": 1, "c": 2}, "d": 3})).is_empty());
    }

    #[test]
    fn a_difference_is_told_with_its_place() {
        for (expect, observed, told) in [
            (json!({"a": {"b": 1}}), json!({"a": {"b": 2}}), "/a/b is 2 instead of 1"),
            (json!({"a": [1]}), json!({"a": [1, 2]}), "/a is [1,2] instead of [1]"),
            (json!({"a": [{"b": 1}]}), json!({"a": [{"b": "1"}]}), r#"/a/0/b is "1" instead of 1"#),
            (json!({"a": null}), json!({"b": 1}), r#"/a is missing in {"b":1}"#),
            (json!({"a": {"b": 1}}), json!({"a": null}), r#"/a is null instead of {"b":1}"#),
        ] {
            assert_eq!(differences(&expect, &observed), [told]);
        }
    }
}

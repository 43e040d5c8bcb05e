//! Numbers with all their digits, where a JSON parser would make floats of them.

/// Stands in front of a number that was turned into a string. A private-use character: no server has a reason to
/// send it.
pub(super) const MARK: char = '\u{E000}';

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
        if token.starts_with('"') || is_plain_integer(token) {
            kept.push_str(token);
        } else {
            kept.push('"');
            kept.push(MARK);
            kept.push_str(token);
            kept.push('"');
        }
        rest = after;
    }
    kept.push_str(rest);
    kept
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_numbers_that_would_lose_digits_become_strings() {
        for (json, kept) in [
            ("[1,-2,9223372036854775807]", "[1,-2,9223372036854775807]"),
            ("[1.5,1e3,9223372036854775808]", "[\"M1.5\",\"M1e3\",\"M9223372036854775808\"]"),
            (r#"{"a1.5":"b2.5\"3.5","c":0.1}"#, "{\"a1.5\":\"b2.5\\\"3.5\",\"c\":\"M0.1\"}"),
            (r#""unfinished 1.5"#, r#""unfinished 1.5"#),
        ] {
            assert_eq!(keep_digits(json), kept.replace('M', &MARK.to_string()));
        }
    }

    proptest! {
        #[test]
        fn well_formed_json_stays_well_formed(text in ".*", number in any::<f64>(), whole in any::<i64>()) {
            let json = serde_json::json!({ "текст": text, "n": [number, whole, null, true] }).to_string();
            let kept: serde_json::Value = serde_json::from_str(&keep_digits(&json)).unwrap();
            prop_assert_eq!(&kept["текст"], &serde_json::json!(text));
            prop_assert_eq!(&kept["n"][1], &serde_json::json!(whole));
        }

        #[test]
        fn any_text_is_survived(text in ".*") {
            keep_digits(&text);
        }
    }
}

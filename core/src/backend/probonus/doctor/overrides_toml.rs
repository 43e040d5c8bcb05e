//! Overrides as the part of the configuration that holds them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::difference::Difference;
use super::settled::mended;
use crate::backend::http::Verb;
use crate::backend::probonus::config::{MethodOverride, Send, WireConfig};

/// The overrides that mend `differences`, as TOML to put into the configuration: empty when there is nothing to mend.
/// The order is stable, and nothing is printed that equals the contract.
#[must_use]
pub fn overrides_toml(differences: &[Difference]) -> String {
    wire_toml(&mended(WireConfig::default(), differences))
}

/// All `[probonus.wire]` tables.
pub(super) fn wire_toml(wire: &WireConfig) -> String {
    let methods = wire.methods.iter().map(|(name, method)| section(name, method));
    let fields = wire
        .fields
        .iter()
        .map(|(record, names)| table(&format!("probonus.wire.fields.{}", key(record)), names));
    let values = wire.values.iter().flat_map(|(record, fields)| {
        fields.iter().map(move |(field, words)| {
            table(&format!("probonus.wire.values.{}.{}", key(record), key(field)), words)
        })
    });
    methods.chain(fields).chain(values).collect::<Vec<_>>().join("\n")
}

fn section(name: &str, method: &MethodOverride) -> String {
    let mut text = format!("[probonus.wire.{}]\n", key(name));
    let verb = method.verb.map(|verb| match verb {
        Verb::Get => "GET",
        Verb::Post => "POST",
        Verb::Put => "PUT",
        Verb::Patch => "PATCH",
        Verb::Delete => "DELETE",
    });
    let send = method.send.map(|send| match send {
        Send::Query => "query",
        Send::Body => "body",
    });
    for (entry, value) in [("verb", verb), ("path", method.path.as_deref()), ("send", send)] {
        if let Some(value) = value {
            let _ = writeln!(text, "{entry} = {}", quoted(value));
        }
    }
    if !method.params.is_empty() {
        let pairs: Vec<String> = method
            .params
            .iter()
            .map(|(ours, theirs)| format!("{} = {}", key(ours), quoted(theirs)))
            .collect();
        let _ = writeln!(text, "params = {{ {} }}", pairs.join(", "));
    }
    text
}

fn table(name: &str, entries: &BTreeMap<String, String>) -> String {
    let mut text = format!("[{name}]\n");
    for (name, value) in entries {
        let _ = writeln!(text, "{} = {}", key(name), quoted(value));
    }
    text
}

fn key(name: &str) -> String {
    let bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    if bare { name.to_owned() } else { quoted(name) }
}

/// A basic string of TOML; its escapes are those that TOML and this function know alike.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::difference::{DifferenceKind, Mend, Severity};
    use super::*;

    fn difference(mend: Mend) -> Difference {
        Difference::new("", DifferenceKind::Path, Severity::Breaks, "", "").mended(Some(mend))
    }

    fn value(record: &str, field: &str, theirs: &str, ours: &str) -> Mend {
        Mend::Value { record: record.into(), field: field.into(), theirs: theirs.into(), ours: ours.into() }
    }

    #[test]
    fn the_overrides_are_printed_as_they_are_documented() {
        let method = "accounts/find_by_phone".to_owned();
        let differences = [
            difference(value("transaction", "type", "Начисление", "accrual")),
            difference(Mend::Field {
                record: "account".into(),
                ours: "level".into(),
                theirs: "discount.level".into(),
            }),
            difference(Mend::Field {
                record: "account".into(),
                ours: "balance".into(),
                theirs: "currentBalance".into(),
            }),
            difference(Mend::Parameter {
                method: method.clone(),
                ours: "phone".into(),
                theirs: "phoneNumber".into(),
            }),
            difference(Mend::Send { method: method.clone(), theirs: "body" }),
            difference(Mend::Path { method: method.clone(), theirs: "accounts/findByPhone".into() }),
            difference(Mend::Verb { method, theirs: "POST".into() }),
            Difference::new("discounts/list", DifferenceKind::MethodMissing, Severity::Breaks, "", ""),
        ];
        let expected = r#"[probonus.wire."accounts/find_by_phone"]
verb = "POST"
path = "accounts/findByPhone"
send = "body"
params = { phone = "phoneNumber" }

[probonus.wire.fields.account]
balance = "currentBalance"
level = "discount.level"

[probonus.wire.values.transaction.type]
"Начисление" = "accrual"
"#;
        assert_eq!(overrides_toml(&differences), expected);
        assert_eq!(overrides_toml(&[]), "");
    }

    proptest! {
        #[test]
        fn any_word_survives_the_way_through_the_file(word in ".*") {
            let text = overrides_toml(&[difference(value("transaction", "type", &word, "accrual"))]);
            let table: toml::Table = toml::from_str(&text).expect("TOML");
            let words = &table["probonus"]["wire"]["values"]["transaction"]["type"];
            prop_assert_eq!(words[word.as_str()].as_str(), Some("accrual"));
        }
    }
}

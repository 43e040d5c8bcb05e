//! The differences as the part of the configuration that mends them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::difference::{Difference, Mend};

/// The overrides that mend `differences`, as TOML to put into the configuration: empty when there is nothing to mend.
/// The order is stable, and nothing is printed that equals the contract.
#[must_use]
pub fn overrides_toml(differences: &[Difference]) -> String {
    let mut methods: BTreeMap<&str, Method<'_>> = BTreeMap::new();
    let mut fields: BTreeMap<&str, BTreeMap<&str, &str>> = BTreeMap::new();
    let mut values: BTreeMap<(&str, &str), BTreeMap<&str, &str>> = BTreeMap::new();
    for mend in differences.iter().filter_map(|difference| difference.mend.as_ref()) {
        match mend {
            Mend::Path { method, theirs } => methods.entry(method).or_default().path = Some(theirs),
            Mend::Verb { method, theirs } => methods.entry(method).or_default().verb = Some(theirs),
            Mend::Send { method, theirs } => methods.entry(method).or_default().send = Some(theirs),
            Mend::Parameter { method, ours, theirs } => {
                methods.entry(method).or_default().params.insert(ours, theirs);
            }
            Mend::Field { record, ours, theirs } => {
                fields.entry(record).or_default().insert(ours, theirs);
            }
            Mend::Value { record, field, theirs, ours } => {
                values.entry((record, field)).or_default().insert(theirs, ours);
            }
        }
    }
    let mut sections = Vec::new();
    sections.extend(methods.iter().map(|(name, method)| method.section(name)));
    sections.extend(
        fields.iter().map(|(record, names)| table(&format!("probonus.wire.fields.{}", key(record)), names)),
    );
    sections.extend(values.iter().map(|((record, field), words)| {
        table(&format!("probonus.wire.values.{}.{}", key(record), key(field)), words)
    }));
    sections.join("\n")
}

#[derive(Default)]
struct Method<'a> {
    verb: Option<&'a str>,
    path: Option<&'a str>,
    send: Option<&'a str>,
    params: BTreeMap<&'a str, &'a str>,
}

impl Method<'_> {
    fn section(&self, name: &str) -> String {
        let mut text = format!("[probonus.wire.{}]\n", key(name));
        for (entry, value) in [("verb", self.verb), ("path", self.path), ("send", self.send)] {
            if let Some(value) = value {
                let _ = writeln!(text, "{entry} = {}", quoted(value));
            }
        }
        if !self.params.is_empty() {
            let pairs: Vec<String> = self
                .params
                .iter()
                .map(|(ours, theirs)| format!("{} = {}", key(ours), quoted(theirs)))
                .collect();
            let _ = writeln!(text, "params = {{ {} }}", pairs.join(", "));
        }
        text
    }
}

fn table(name: &str, entries: &BTreeMap<&str, &str>) -> String {
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

    use super::super::difference::{DifferenceKind, Severity};
    use super::*;

    fn mended(mend: Mend) -> Difference {
        Difference::new("", DifferenceKind::Path, Severity::Breaks, "", "").mended(Some(mend))
    }

    fn value(record: &str, field: &str, theirs: &str, ours: &str) -> Mend {
        Mend::Value { record: record.into(), field: field.into(), theirs: theirs.into(), ours: ours.into() }
    }

    #[test]
    fn the_overrides_are_printed_as_they_are_documented() {
        let method = "accounts/find_by_phone".to_owned();
        let differences = [
            mended(value("transaction", "type", "Начисление", "accrual")),
            mended(Mend::Field {
                record: "account".into(),
                ours: "level".into(),
                theirs: "discount.level".into(),
            }),
            mended(Mend::Field {
                record: "account".into(),
                ours: "balance".into(),
                theirs: "currentBalance".into(),
            }),
            mended(Mend::Parameter {
                method: method.clone(),
                ours: "phone".into(),
                theirs: "phoneNumber".into(),
            }),
            mended(Mend::Send { method: method.clone(), theirs: "body" }),
            mended(Mend::Path { method: method.clone(), theirs: "accounts/findByPhone".into() }),
            mended(Mend::Verb { method, theirs: "POST".into() }),
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
            let text = overrides_toml(&[mended(value("transaction", "type", &word, "accrual"))]);
            let table: toml::Table = toml::from_str(&text).expect("TOML");
            let words = &table["probonus"]["wire"]["values"]["transaction"]["type"];
            prop_assert_eq!(words[word.as_str()].as_str(), Some("accrual"));
        }
    }
}

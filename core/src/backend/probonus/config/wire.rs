//! The `[probonus.wire]` tables: where an instance speaks differently from the contract.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::{Deserializer, Error};

use super::ConfigError;
use crate::backend::http::Verb;
use crate::backend::probonus::method::{METHODS, Method, UPDATE_ACCOUNT};
use crate::backend::probonus::overrides::Overrides;
use crate::backend::probonus::wire::{RECORDS, RecordInfo};
use crate::domain::{AmountUnit, PhoneFormat};

/// What an instance does differently. Empty by default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WireConfig {
    /// By our name of the method.
    pub methods: BTreeMap<String, MethodOverride>,
    /// By our record and field: their field, as a dotted path.
    pub fields: BTreeMap<String, BTreeMap<String, String>>,
    /// By our record and field: our word by theirs.
    pub values: BTreeMap<String, BTreeMap<String, BTreeMap<String, String>>>,
}

/// How an instance's method differs. What is absent is as in the contract.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MethodOverride {
    /// Another verb.
    #[serde(deserialize_with = "verb")]
    pub verb: Option<Verb>,
    /// Another path, under `/api/v0`, or with a slash in front under the address itself.
    pub path: Option<String>,
    /// Where the parameters go.
    pub send: Option<Send>,
    /// Their name by ours.
    pub params: BTreeMap<String, String>,
}

/// Where a request carries its parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Send {
    /// In the query.
    Query,
    /// In a JSON body.
    Body,
}

impl<'de> Deserialize<'de> for WireConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Tables;
        impl<'de> serde::de::Visitor<'de> for Tables {
            type Value = WireConfig;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a table of methods, fields and values")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut tables: A) -> Result<WireConfig, A::Error> {
                let mut config = WireConfig::default();
                while let Some(key) = tables.next_key::<String>()? {
                    match key.as_str() {
                        "fields" => config.fields = tables.next_value()?,
                        "values" => config.values = tables.next_value()?,
                        _ => {
                            config.methods.insert(key, tables.next_value()?);
                        }
                    }
                }
                Ok(config)
            }
        }
        deserializer.deserialize_map(Tables)
    }
}

impl WireConfig {
    /// Refuses what the contract does not have, and lists what it has.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        for (name, method) in &self.methods {
            method.check(name)?;
        }
        for (record, fields) in &self.fields {
            let known = known_record("fields", record)?;
            for (ours, theirs) in fields {
                let key = format!("probonus.wire.fields.{record}.{ours}");
                known_field(&key, known, ours)?;
                if theirs.split('.').any(str::is_empty) {
                    return Err(ConfigError::invalid(
                        key,
                        "a field's name, or several with dots between them",
                    ));
                }
            }
        }
        for (record, fields) in &self.values {
            let known = known_record("values", record)?;
            for ours in fields.keys() {
                known_field(&format!("probonus.wire.values.{record}.{ours}"), known, ours)?;
            }
        }
        Ok(())
    }

    pub(super) fn overrides(&self) -> Overrides {
        Overrides::new(&self.fields, &self.values)
    }
}

impl MethodOverride {
    fn check(&self, name: &str) -> Result<(), ConfigError> {
        let key = format!("probonus.wire.\"{name}\"");
        let Some(method) = Method::named(name) else {
            let known = METHODS.iter().map(|method| method.name).chain(["fields", "values"]);
            return Err(ConfigError::unknown(key, known));
        };
        for (ours, theirs) in &self.params {
            let key = format!("{key}.params.{ours}");
            if !method.params.contains(&ours.as_str()) {
                return Err(ConfigError::unknown(key, method.params.iter().copied()));
            }
            if theirs.is_empty() {
                return Err(ConfigError::invalid(key, "a parameter's name"));
            }
        }
        let verb = self.verb.unwrap_or(method.verb);
        if verb == Verb::Get && self.send == Some(Send::Body) {
            return Err(ConfigError::invalid(format!("{key}.send"), "query, because GET has no body"));
        }
        let in_query = self.send == Some(Send::Query) || verb == Verb::Get;
        if in_query && method.name == UPDATE_ACCOUNT.name {
            let expected = "body: an account goes back as it came, with all that it holds";
            return Err(ConfigError::invalid(format!("{key}.send"), expected));
        }
        if in_query && method.name.starts_with("auth/") {
            return Err(ConfigError::invalid(
                format!("{key}.send"),
                "body: addresses with secrets end up in logs",
            ));
        }
        // A path that climbs, or brings its own query, would leave the API.
        let stays = |path: &String| {
            !path.is_empty() && !path.contains(['?', '#', '\\']) && !path.split('/').any(|part| part == "..")
        };
        match &self.path {
            Some(path) if !stays(path) => {
                Err(ConfigError::invalid(format!("{key}.path"), "a path without query"))
            }
            _ => Ok(()),
        }
    }
}

fn known_record(table: &str, record: &str) -> Result<&'static RecordInfo, ConfigError> {
    RecordInfo::named(record).ok_or_else(|| {
        let known = RECORDS.iter().map(|record| record.name);
        ConfigError::unknown(format!("probonus.wire.{table}.{record}"), known)
    })
}

fn known_field(key: &str, record: &RecordInfo, field: &str) -> Result<(), ConfigError> {
    if record.fields.contains(&field) {
        return Ok(());
    }
    Err(ConfigError::unknown(key.to_owned(), record.fields.iter().copied()))
}

/// Reads a word that must be one of `known`.
fn word<'de, D: Deserializer<'de>, T: Copy>(deserializer: D, known: &[(&str, T)]) -> Result<T, D::Error> {
    let word = String::deserialize(deserializer)?;
    let found = known.iter().find(|(name, _)| *name == word).map(|(_, value)| *value);
    // What the words are is said elsewhere, for every kind of value.
    found.ok_or_else(|| D::Error::custom("none of the words"))
}

fn verb<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Verb>, D::Error> {
    word(deserializer, &[("GET", Verb::Get), ("POST", Verb::Post), ("PUT", Verb::Put)]).map(Some)
}

pub(super) fn phone_format<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PhoneFormat, D::Error> {
    let known = [
        ("e164", PhoneFormat::E164),
        ("digits", PhoneFormat::Digits),
        ("national", PhoneFormat::National),
        ("subscriber", PhoneFormat::Subscriber),
    ];
    word(deserializer, &known)
}

pub(super) fn amount_unit<'de, D: Deserializer<'de>>(deserializer: D) -> Result<AmountUnit, D::Error> {
    word(deserializer, &[("kopeck", AmountUnit::Kopeck), ("ruble", AmountUnit::Ruble)])
}

//! What is wrong with a configuration, by key and never by value: a value could be a secret in the wrong place.

use std::fmt;

/// A key of the configuration and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {problem}")]
pub struct ConfigError {
    /// The key as a dotted path; empty for the whole file.
    pub key: String,
    /// What is wrong.
    pub problem: ConfigProblem,
}

/// What is wrong with a key of the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfigProblem {
    /// It must be there.
    Missing,
    /// There is no such key.
    Unknown {
        /// The keys that there are.
        known: Vec<String>,
    },
    /// Its value is not of this kind.
    Invalid {
        /// What it must be.
        expected: String,
    },
    /// The file is not TOML from this line on.
    Syntax {
        /// The line, from 1.
        line: usize,
    },
}

impl fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("is missing"),
            Self::Unknown { known } => write!(f, "is unknown; known are {}", known.join(", ")),
            Self::Invalid { expected } => write!(f, "must be {expected}"),
            Self::Syntax { line } => write!(f, "not TOML at line {line}"),
        }
    }
}

impl ConfigError {
    pub(in super::super) fn invalid(key: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { key: key.into(), problem: ConfigProblem::Invalid { expected: expected.into() } }
    }

    pub(super) fn unknown<'n>(key: String, known: impl IntoIterator<Item = &'n str>) -> Self {
        let known = known.into_iter().map(str::to_owned).collect();
        Self { key, problem: ConfigProblem::Unknown { known } }
    }
}

/// A document that is not TOML.
pub(super) fn syntax(error: &toml::de::Error, document: &str) -> ConfigError {
    let at = error.span().map_or(0, |span| span.start);
    let before = document.get(..at).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    ConfigError { key: String::new(), problem: ConfigProblem::Syntax { line } }
}

/// A document of another shape. What the parsers say of a value is not repeated, because it quotes the value.
pub(super) fn shape(error: &serde_path_to_error::Error<toml::de::Error>) -> ConfigError {
    let key = error.path().to_string();
    let message = error.inner().message();
    // A key that does not exist is quoted as well, but it is only a key, and its error names it anyway.
    let problem = match message.strip_prefix("unknown field ").and_then(|text| text.rsplit_once("expected "))
    {
        Some((_, known)) => {
            ConfigProblem::Unknown { known: known.split('`').skip(1).step_by(2).map(str::to_owned).collect() }
        }
        None => ConfigProblem::Invalid { expected: kind_of(&key).to_owned() },
    };
    ConfigError { key, problem }
}

/// What the value of a key must be.
fn kind_of(key: &str) -> &'static str {
    let inside = key.strip_prefix("probonus").unwrap_or(key).trim_start_matches('.');
    if inside.starts_with("wire.fields.") || inside.starts_with("wire.values.") {
        // Tables in tables, down to the name or the word.
        let depth = if inside.starts_with("wire.fields.") { 3 } else { 4 };
        return if inside.matches('.').count() < depth { "a table" } else { "a text" };
    }
    match inside.rsplit('.').next().unwrap_or_default() {
        "phone_format" => "one of e164, digits, national, subscriber",
        "amount_unit" => "one of kopeck, ruble",
        "source" => "one of temporary, identifier, none",
        "verb" => "one of GET, POST, PUT",
        "send" => "one of query, body",
        "history_since" => "a day, YYYY-MM-DD",
        "comment_key" | "allow_plain_http" => "true or false",
        "account_group_id" | "type_id" | "offline_type_id" => "a whole number",
        "connect_timeout" | "timeout" => "1 to 3600 seconds",
        "omit" => "a list of texts",
        "" | "till_code" | "wire" | "params" => "a table",
        // A method of the API: its own keys come behind a dot.
        name if name.contains('/') => "a table",
        _ => "a text",
    }
}

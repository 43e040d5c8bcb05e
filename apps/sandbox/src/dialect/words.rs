//! Dialects as comma-separated words, in and out.

use std::fmt;
use std::str::FromStr;

use super::{AmountForm, DateForm, Dialect, ListForm, NotFound, OptionalFields, PhoneForm, SwaggerVersion};

/// A word that names no switch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown dialect word {word:?}; known are: contract, {}, header=NAME, scheme=WORD, swagger-path=/PATH",
    known()
)]
pub struct UnknownWord {
    /// The word as it was given.
    pub word: String,
}

type Set = fn(&mut Dialect);
type Is = fn(&Dialect) -> bool;

/// Word, what it does, and whether it holds. A word whose switch stands at its default is not printed.
const WORDS: &[(&str, Set, Is)] = &[
    ("e164", |d| d.phone = PhoneForm::E164, |d| d.phone == PhoneForm::E164),
    ("digits", |d| d.phone = PhoneForm::Digits, |d| d.phone == PhoneForm::Digits),
    ("national", |d| d.phone = PhoneForm::National, |d| d.phone == PhoneForm::National),
    ("subscriber", |d| d.phone = PhoneForm::Subscriber, |d| d.phone == PhoneForm::Subscriber),
    ("kopeck", |d| d.amounts = AmountForm::Kopecks, |d| d.amounts == AmountForm::Kopecks),
    ("ruble", |d| d.amounts = AmountForm::RubleText, |d| d.amounts == AmountForm::RubleText),
    ("ruble-number", |d| d.amounts = AmountForm::RubleNumber, |d| d.amounts == AmountForm::RubleNumber),
    ("bare", |d| d.lists = ListForm::Bare, |d| d.lists == ListForm::Bare),
    ("data", |d| d.lists = ListForm::Data, |d| d.lists == ListForm::Data),
    ("items", |d| d.lists = ListForm::Items, |d| d.lists == ListForm::Items),
    ("result", |d| d.lists = ListForm::Result, |d| d.lists == ListForm::Result),
    ("404", |d| d.not_found = NotFound::Status, |d| d.not_found == NotFound::Status),
    ("null", |d| d.not_found = NotFound::Null, |d| d.not_found == NotFound::Null),
    ("empty-object", |d| d.not_found = NotFound::EmptyObject, |d| d.not_found == NotFound::EmptyObject),
    ("empty-list", |d| d.not_found = NotFound::EmptyList, |d| d.not_found == NotFound::EmptyList),
    ("strings", |d| d.numbers_as_text = true, |d| d.numbers_as_text),
    ("date-rfc3339", |d| d.dates = DateForm::Rfc3339, |d| d.dates == DateForm::Rfc3339),
    ("date-offset", |d| d.dates = DateForm::Offset, |d| d.dates == DateForm::Offset),
    ("date-day-first", |d| d.dates = DateForm::DayFirst, |d| d.dates == DateForm::DayFirst),
    ("date-millis", |d| d.dates = DateForm::Millis, |d| d.dates == DateForm::Millis),
    ("date-local", |d| d.dates = DateForm::Local, |d| d.dates == DateForm::Local),
    ("zero-dates", |d| d.zero_dates = true, |d| d.zero_dates),
    ("renamed", |d| d.renamed = true, |d| d.renamed),
    ("no-echo", |d| d.echo_keys = false, |d| !d.echo_keys),
    ("no-temporary-codes", |d| d.temporary_codes = false, |d| !d.temporary_codes),
    ("sparse", |d| d.optional_fields = OptionalFields::Never, |d| d.optional_fields == OptionalFields::Never),
    ("nulls", |d| d.optional_fields = OptionalFields::Nulls, |d| d.optional_fields == OptionalFields::Nulls),
    ("partial-update", |d| d.full_update = false, |d| !d.full_update),
    ("full-update", |d| d.full_update = true, |d| d.full_update),
    ("existing-conflict", |d| d.existing_returned = false, |d| !d.existing_returned),
    ("existing-returned", |d| d.existing_returned = true, |d| d.existing_returned),
    ("rotating", |d| d.refresh_rotates = true, |d| d.refresh_rotates),
    ("fixed-refresh", |d| d.refresh_rotates = false, |d| !d.refresh_rotates),
    ("openapi3", |d| d.swagger = SwaggerVersion::OpenApi3, |d| d.swagger == SwaggerVersion::OpenApi3),
    ("swagger2", |d| d.swagger = SwaggerVersion::Swagger2, |d| d.swagger == SwaggerVersion::Swagger2),
];

fn known() -> String {
    WORDS.iter().map(|(word, ..)| *word).collect::<Vec<_>>().join(", ")
}

impl FromStr for Dialect {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let mut dialect = Self::default();
        for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            let unknown = || UnknownWord { word: word.to_owned() };
            match word.split_once('=') {
                Some(("header", name)) if axum::http::HeaderName::from_str(name).is_ok() => {
                    dialect.token_header = name.to_owned();
                }
                Some(("scheme", scheme)) => dialect.token_scheme = scheme.to_owned(),
                Some(("swagger-path", path)) if path.starts_with('/') => {
                    dialect.swagger_path = path.to_owned()
                }
                Some(_) => return Err(unknown()),
                None if word == "contract" => dialect = Self::default(),
                None => {
                    let (_, set, _) = WORDS.iter().find(|(name, ..)| *name == word).ok_or_else(unknown)?;
                    set(&mut dialect);
                }
            }
        }
        Ok(dialect)
    }
}

/// Prints the words that lead back to the same dialect; `contract` if there are none.
impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let usual = Self::default();
        let mut words: Vec<String> = WORDS
            .iter()
            .filter(|(_, _, is)| is(self) && !is(&usual))
            .map(|(word, ..)| (*word).to_owned())
            .collect();
        for (name, own, default) in [
            ("header", &self.token_header, &usual.token_header),
            ("scheme", &self.token_scheme, &usual.token_scheme),
            ("swagger-path", &self.swagger_path, &usual.swagger_path),
        ] {
            if own != default {
                words.push(format!("{name}={own}"));
            }
        }
        f.write_str(if words.is_empty() { "contract" } else { "" })?;
        f.write_str(&words.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialect_survives_being_printed_and_read() {
        for (word, ..) in WORDS {
            let dialect: Dialect = format!("{word},header=Authorization,scheme=Bearer").parse().unwrap();
            assert_eq!(dialect.to_string().parse(), Ok(dialect), "{word}");
        }
        assert_eq!(Dialect::default().to_string(), "contract");
    }

    #[test]
    fn an_unknown_word_is_refused_with_the_known_ones() {
        let error = "ruble,klingon".parse::<Dialect>().unwrap_err();
        assert_eq!(error.word, "klingon");
        assert!(error.to_string().contains("ruble-number"));
    }
}

//! What a venue calls its bonuses.

use serde::Deserialize;

use super::{Lang, PluralCategory};
use crate::domain::InvalidInput;
use crate::error_code::ErrorCode;

/// The longest word for a unit, in characters: it has to fit next to a balance.
const LONGEST: usize = 30;

/// The forms of the unit's word in both languages. A file may give one language and leave the other as it is.
///
/// ```
/// use loyalty_core::domain::wording::UnitWords;
///
/// let words: UnitWords = serde_json::from_str(r#"{"en": {"one": "star", "other": "stars"}}"#).unwrap();
/// assert_eq!(words.english().other, "stars");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(try_from = "Given")]
pub struct UnitWords {
    ru: RussianForms,
    en: EnglishForms,
}

/// A noun's forms in Russian, each as it stands behind the number.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RussianForms {
    /// Behind 1, 21, 31: «бонус».
    pub one: String,
    /// Behind 2, 3, 4, 22: «бонуса».
    pub few: String,
    /// Behind 0, 5 to 20, 25: «бонусов».
    pub many: String,
    /// Behind a fraction, 1,5: «бонуса».
    pub fraction: String,
}

/// A noun's forms in English.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnglishForms {
    /// Behind 1: `bonus`.
    pub one: String,
    /// Behind everything else: `bonuses`.
    pub other: String,
}

impl Default for RussianForms {
    fn default() -> Self {
        Self {
            one: "бонус".to_owned(),
            few: "бонуса".to_owned(),
            many: "бонусов".to_owned(),
            fraction: "бонуса".to_owned(),
        }
    }
}

impl Default for EnglishForms {
    fn default() -> Self {
        Self { one: "bonus".to_owned(), other: "bonuses".to_owned() }
    }
}

/// What a file says, before it is checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    #[serde(default)]
    ru: RussianForms,
    #[serde(default)]
    en: EnglishForms,
}

impl TryFrom<Given> for UnitWords {
    type Error = InvalidInput;

    fn try_from(given: Given) -> Result<Self, InvalidInput> {
        Self::new(given.ru, given.en)
    }
}

impl UnitWords {
    /// From the forms of both languages.
    ///
    /// # Errors
    ///
    /// About the form (`unit.ru.few`): [`ErrorCode::FieldEmpty`], [`ErrorCode::FieldTooLong`] above 30 characters,
    /// or [`ErrorCode::FieldInvalid`] for a control character.
    pub fn new(ru: RussianForms, en: EnglishForms) -> Result<Self, InvalidInput> {
        for (field, word) in [
            ("unit.ru.one", &ru.one),
            ("unit.ru.few", &ru.few),
            ("unit.ru.many", &ru.many),
            ("unit.ru.fraction", &ru.fraction),
            ("unit.en.one", &en.one),
            ("unit.en.other", &en.other),
        ] {
            let code = if word.trim().is_empty() {
                ErrorCode::FieldEmpty
            } else if word.chars().nth(LONGEST).is_some() {
                ErrorCode::FieldTooLong
            } else if word.contains(char::is_control) {
                ErrorCode::FieldInvalid
            } else {
                continue;
            };
            return Err(InvalidInput::new(field, code));
        }
        Ok(Self { ru, en })
    }

    /// The Russian forms.
    #[must_use]
    pub fn russian(&self) -> &RussianForms {
        &self.ru
    }

    /// The English forms.
    #[must_use]
    pub fn english(&self) -> &EnglishForms {
        &self.en
    }

    /// The form for a plural category. English has two: what is not one is other.
    pub(super) fn form(&self, lang: Lang, category: PluralCategory) -> &str {
        match (lang, category) {
            (Lang::Ru, PluralCategory::One) => &self.ru.one,
            (Lang::Ru, PluralCategory::Few) => &self.ru.few,
            (Lang::Ru, PluralCategory::Many) => &self.ru.many,
            (Lang::Ru, PluralCategory::Other) => &self.ru.fraction,
            (Lang::En, PluralCategory::One) => &self.en.one,
            (Lang::En, _) => &self.en.other,
        }
    }
}

//! What an app shows before anybody has signed in: the `[gateway.programme]` table, and the document made of it.

use loyalty_core::backend::probonus::{ProBonusConfig, TillCodeSource};
use loyalty_core::domain::ConsentKind;
use loyalty_core::domain::wording::UnitWords;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::options::ConsentText;
use crate::projection::consent_word;
use crate::sign_in::DIGITS;

/// The `[gateway.programme]` table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProgrammeConfig {
    /// What the programme is called.
    pub name: String,
    /// What a bonus is called, in all its forms.
    pub unit: UnitWords,
    /// The ladder, lowest first.
    pub levels: Vec<ProgrammeLevel>,
    /// The rules, as guests read them.
    pub rules: Option<Text>,
    /// The restaurants.
    pub venues: Vec<Venue>,
    /// Whom a guest may turn to.
    pub support: Support,
    /// Whether a confirmed phone without an account may register.
    pub registration: bool,
    /// The oldest apps that are still served.
    pub least_app_version: LeastAppVersion,
    /// The texts that a guest can consent to; at most one of each kind.
    pub consents: Vec<ConsentTextConfig>,
}

impl Default for ProgrammeConfig {
    fn default() -> Self {
        Self {
            name: String::new(),
            unit: UnitWords::default(),
            levels: Vec::new(),
            rules: None,
            venues: Vec::new(),
            support: Support::default(),
            registration: true,
            least_app_version: LeastAppVersion::default(),
            consents: Vec::new(),
        }
    }
}

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Russian.
    pub ru: String,
    /// English.
    pub en: String,
}

/// A level of the ladder.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProgrammeLevel {
    /// Its name.
    pub name: Text,
    /// From which turnover, kopecks.
    #[serde(default)]
    pub from: i64,
    /// What part of a bill comes back as bonuses, hundredths of a percent.
    #[serde(default)]
    pub accrual_basis_points: Option<u32>,
    /// The discount, hundredths of a percent.
    #[serde(default)]
    pub discount_basis_points: Option<u32>,
}

/// A restaurant.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Venue {
    /// Its code in transactions and receipts.
    pub code: i64,
    /// Its name.
    pub name: Text,
    /// Where it is.
    #[serde(default)]
    pub address: Option<Text>,
    /// Its phone.
    #[serde(default)]
    pub phone: Option<String>,
    /// When it is open.
    #[serde(default)]
    pub hours: Option<Text>,
}

/// Whom a guest may turn to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Support {
    /// A phone.
    pub phone: Option<String>,
    /// An e-mail address.
    pub email: Option<String>,
    /// A page.
    pub url: Option<String>,
}

/// The oldest apps that are still served, as `1.2.3`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LeastAppVersion {
    /// On Android.
    pub android: Option<String>,
    /// On iPhones.
    pub ios: Option<String>,
    /// At kiosks.
    pub kiosk: Option<String>,
}

/// A text that a guest can consent to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentTextConfig {
    /// What for.
    pub kind: ConsentKindWord,
    /// The version in force; a new text needs a new one.
    pub version: String,
    /// What the box says.
    pub text: Text,
    /// Where the whole text stands.
    #[serde(default)]
    pub url: Option<String>,
}

/// What a consent is for, as the configuration writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentKindWord {
    /// Processing of personal data.
    PersonalData,
    /// Advertising.
    Advertising,
}

impl From<ConsentKindWord> for ConsentKind {
    fn from(word: ConsentKindWord) -> Self {
        match word {
            ConsentKindWord::PersonalData => Self::PersonalData,
            ConsentKindWord::Advertising => Self::Advertising,
        }
    }
}

impl ProgrammeConfig {
    /// The texts that can be consented to, without their words.
    #[must_use]
    pub fn consent_texts(&self) -> Vec<ConsentText> {
        let text =
            |text: &ConsentTextConfig| ConsentText { kind: text.kind.into(), version: text.version.clone() };
        self.consents.iter().map(text).collect()
    }

    /// What is missing or contradicts itself: the key, and what it must be.
    pub(crate) fn check(&self) -> Result<(), (String, &'static str)> {
        if self.name.trim().is_empty() {
            return Err(("name".to_owned(), "what the programme is called"));
        }
        if self.registration && !self.has_text(ConsentKindWord::PersonalData) {
            return Err((
                "consents".to_owned(),
                "a text of the kind personal_data, or registration = false beside it",
            ));
        }
        for (number, text) in self.consents.iter().enumerate() {
            if text.version.is_empty() || text.version.len() > 64 {
                return Err((format!("consents[{number}].version"), "1 to 64 characters"));
            }
            if self.consents.iter().take(number).any(|other| other.kind == text.kind) {
                return Err((format!("consents[{number}].kind"), "of a kind that no text before it has"));
            }
        }
        let least = &self.least_app_version;
        for (app, version) in [("android", &least.android), ("ios", &least.ios), ("kiosk", &least.kiosk)] {
            if version.as_deref().is_some_and(|version| !is_version(version)) {
                return Err((format!("least_app_version.{app}"), "three numbers, as in 1.2.3"));
            }
        }
        Ok(())
    }

    fn has_text(&self, kind: ConsentKindWord) -> bool {
        self.consents.iter().any(|text| text.kind == kind)
    }

    /// `GET /v1/programme`
    #[must_use]
    pub fn document(&self, probonus: &ProBonusConfig) -> Value {
        let (ru, en) = (self.unit.russian(), self.unit.english());
        let source = match probonus.till_code.source {
            TillCodeSource::Temporary => "temporary",
            TillCodeSource::Identifier => "identifier",
            TillCodeSource::None => "none",
        };
        let has_codes = probonus.till_code.source != TillCodeSource::None;
        json!({
            "name": self.name,
            "unit": {
                "ru": {"one": ru.one, "few": ru.few, "many": ru.many, "fraction": ru.fraction},
                "en": {"one": en.one, "other": en.other},
            },
            "levels": self.levels.iter().map(ProgrammeLevel::document).collect::<Vec<_>>(),
            "rules": self.rules,
            "venues": self.venues.iter().map(Venue::document).collect::<Vec<_>>(),
            "support": self.support,
            "features": {"registration": self.registration, "tillCodes": has_codes},
            "tillCode": {"source": source, "offline": has_codes && probonus.till_code.offline_type_id != 0},
            "timeZone": probonus.time_zone,
            "dayChange": probonus.day_change,
            "codeDigits": DIGITS,
            "leastAppVersion": self.least_app_version,
            "consents": self.consents.iter().map(ConsentTextConfig::document).collect::<Vec<_>>(),
        })
    }
}

impl ProgrammeLevel {
    fn document(&self) -> Value {
        json!({
            "name": self.name,
            "from": self.from,
            "accrualBasisPoints": self.accrual_basis_points,
            "discountBasisPoints": self.discount_basis_points,
        })
    }
}

impl Venue {
    fn document(&self) -> Value {
        json!({
            "code": self.code,
            "name": self.name,
            "address": self.address,
            "phone": self.phone,
            "hours": self.hours,
        })
    }
}

impl ConsentTextConfig {
    fn document(&self) -> Value {
        let kind = consent_word(self.kind.into());
        json!({"kind": kind, "textVersion": self.version, "text": self.text, "url": self.url})
    }
}

fn is_version(text: &str) -> bool {
    let mut parts = 0;
    let numbers = text.split('.').all(|part| {
        parts += 1;
        !part.is_empty() && part.len() <= 5 && part.bytes().all(|byte| byte.is_ascii_digit())
    });
    numbers && parts == 3
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(table: &str) -> String {
        let config: ProgrammeConfig = toml::from_str(table).unwrap();
        config.check().unwrap_err().0
    }

    const TEXT: &str = "text = { ru = \"Да\", en = \"Yes\" }";

    #[test]
    fn a_programme_that_contradicts_itself_is_refused_by_key() {
        assert_eq!(refused("registration = false"), "name");
        assert_eq!(refused("name = \"x\""), "consents");
        let advertising = format!("[[consents]]\nkind = \"advertising\"\nversion = \"1\"\n{TEXT}");
        assert_eq!(refused(&format!("name = \"x\"\n{advertising}")), "consents");
        let free = "name = \"x\"\nregistration = false";
        assert_eq!(refused(&format!("{free}\n{advertising}\n{advertising}")), "consents[1].kind");
        let unversioned = format!("[[consents]]\nkind = \"personal_data\"\nversion = \"\"\n{TEXT}");
        assert_eq!(refused(&format!("{free}\n{unversioned}")), "consents[0].version");
        for version in ["1.2", "1.2.3.4", "1.2.x", "1..3", "v1.2.3", "123456.0.0"] {
            let least = format!("{free}\n[least_app_version]\nios = \"{version}\"");
            assert_eq!(refused(&least), "least_app_version.ios", "{version}");
        }
        let config: ProgrammeConfig =
            toml::from_str(&format!("{free}\n[least_app_version]\nios = \"1.20.3\"")).unwrap();
        assert_eq!(config.check(), Ok(()));
    }

    #[test]
    fn till_codes_are_promised_only_where_there_are_some() {
        let promised = |till_code: &str| {
            let probonus =
                ProBonusConfig { till_code: toml::from_str(till_code).unwrap(), ..ProBonusConfig::default() };
            let document = ProgrammeConfig::default().document(&probonus);
            (document["features"]["tillCodes"].clone(), document["tillCode"].clone())
        };
        assert_eq!(promised(""), (json!(false), json!({"source": "none", "offline": false})));
        assert_eq!(
            promised("source = \"temporary\"\ntype_id = 2\noffline_type_id = 1"),
            (json!(true), json!({"source": "temporary", "offline": true}))
        );
    }
}

//! The programme: what every device has to know of the venue before anybody signs in.

use std::sync::Arc;

use reqwest::header::{ETAG, IF_NONE_MATCH};
use serde::Deserialize;

use super::call::PROGRAMME;
use super::client::{GatewayClient, decode};
use super::held::ReadProgramme;
use super::wire::{self, Wrong};
use crate::backend::BackendError;
use crate::domain::wording::{EnglishForms, RussianForms, UnitWords};
use crate::domain::{BusinessCalendar, ConsentKind, Money, Percent};

/// A loyalty programme as its operator describes it. What the operator left out is `None` or empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programme {
    /// Its name.
    pub name: Option<String>,
    /// What it calls its bonuses.
    pub unit: UnitWords,
    /// Its ladder, from the bottom.
    pub levels: Vec<ProgrammeLevel>,
    /// Its rules.
    pub rules: Option<LocalText>,
    /// Its restaurants.
    pub venues: Vec<Venue>,
    /// Whom a guest can ask.
    pub support: Option<Support>,
    /// What guests can do.
    pub features: Features,
    /// How a till recognises a guest.
    pub till_code: TillCodeRules,
    /// The venue's zone and when its business day begins.
    pub calendar: BusinessCalendar,
    /// How many digits a sign-in code has.
    pub code_digits: u8,
    /// The least version of each app that still works.
    pub least_app_version: AppVersions,
    /// The current texts that a guest agrees to.
    pub consents: Vec<ConsentText>,
}

/// What guests can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Features {
    /// They can register themselves.
    pub registration: bool,
    /// They can show a code at the till.
    pub till_codes: bool,
}

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct LocalText {
    /// In Russian.
    pub ru: String,
    /// In English.
    pub en: String,
}

/// A rung of the ladder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgrammeLevel {
    /// Its name.
    pub name: LocalText,
    /// From which turnover.
    pub from: Money,
    /// What part of a bill it gives back as bonuses.
    pub accrual: Option<Percent>,
    /// The discount it gives.
    pub discount: Option<Percent>,
}

/// A restaurant.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Venue {
    /// Its code, as transactions and receipts name it.
    pub code: i64,
    /// Its name.
    pub name: LocalText,
    /// Where it is.
    pub address: Option<LocalText>,
    /// Its phone, in E.164.
    pub phone: Option<String>,
    /// When it is open.
    pub hours: Option<LocalText>,
}

/// Whom a guest can ask.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Support {
    /// A phone.
    pub phone: Option<String>,
    /// An e-mail address.
    pub email: Option<String>,
    /// A page.
    pub url: Option<String>,
}

/// How a till recognises a guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct TillCodeRules {
    /// What is shown at the till.
    pub source: TillCodeKind,
    /// Whether a card can be shown while no code can be had.
    pub offline: bool,
}

/// What is shown at the till.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TillCodeKind {
    /// A code that lives for minutes.
    Temporary,
    /// The number of the guest's card.
    Identifier,
    /// Nothing: the guest tells the phone number.
    None,
}

/// The least version of each app that still works.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AppVersions {
    /// On Android.
    pub android: Option<String>,
    /// On iOS.
    pub ios: Option<String>,
    /// On kiosks.
    pub kiosk: Option<String>,
}

/// A text that a guest agrees to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentText {
    /// What for.
    pub kind: ConsentKind,
    /// Its version, which a consent names.
    pub text_version: String,
    /// The text itself.
    pub text: Option<LocalText>,
    /// Where all of it can be read.
    pub url: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireProgramme {
    name: Option<String>,
    unit: Option<WireUnit>,
    levels: Vec<WireLevel>,
    rules: Option<LocalText>,
    venues: Vec<Venue>,
    support: Option<Support>,
    features: Features,
    till_code: TillCodeRules,
    time_zone: String,
    day_change: String,
    code_digits: u8,
    least_app_version: Option<AppVersions>,
    consents: Vec<WireConsentText>,
}

/// The forms without the strictness of a file: a newer gateway may add some.
#[derive(Deserialize)]
struct WireUnit {
    ru: WireRussian,
    en: WireEnglish,
}

#[derive(Deserialize)]
struct WireRussian {
    one: String,
    few: String,
    many: String,
    fraction: String,
}

#[derive(Deserialize)]
struct WireEnglish {
    one: String,
    other: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireLevel {
    name: LocalText,
    from: i64,
    accrual_basis_points: Option<i32>,
    discount_basis_points: Option<i32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireConsentText {
    kind: wire::WireConsentKind,
    text_version: String,
    text: Option<LocalText>,
    url: Option<String>,
}

impl WireUnit {
    fn words(self) -> Result<UnitWords, Wrong> {
        let WireRussian { one, few, many, fraction } = self.ru;
        let ru = RussianForms { one, few, many, fraction };
        let WireEnglish { one, other } = self.en;
        UnitWords::new(ru, EnglishForms { one, other }).map_err(|_| Wrong("unit"))
    }
}

impl wire::Document for WireProgramme {
    type Value = Programme;

    fn value(self) -> Result<Programme, Wrong> {
        let calendar = BusinessCalendar::from_names(&self.time_zone, &self.day_change);
        let calendar = calendar.map_err(|error| match error.field.as_ref() {
            "day_change" => Wrong("dayChange"),
            _ => Wrong("timeZone"),
        })?;
        let level = |level: WireLevel| ProgrammeLevel {
            name: level.name,
            from: Money::from_hundredths(level.from),
            accrual: level.accrual_basis_points.map(Percent),
            discount: level.discount_basis_points.map(Percent),
        };
        // A kind of consent that this version does not know cannot be asked of a guest.
        let consent = |consent: WireConsentText| {
            let WireConsentText { kind, text_version, text, url } = consent;
            Some(ConsentText { kind: kind.kind()?, text_version, text, url })
        };
        Ok(Programme {
            name: self.name,
            unit: self.unit.map(WireUnit::words).transpose()?.unwrap_or_default(),
            levels: self.levels.into_iter().map(level).collect(),
            rules: self.rules,
            venues: self.venues,
            support: self.support,
            features: self.features,
            till_code: self.till_code,
            calendar,
            code_digits: self.code_digits,
            least_app_version: self.least_app_version.unwrap_or(AppVersions {
                android: None,
                ios: None,
                kiosk: None,
            }),
            consents: self.consents.into_iter().filter_map(consent).collect(),
        })
    }
}

impl Programme {
    /// Reads a programme that was kept as [`GatewayClient::programme_document`] gave it.
    ///
    /// # Errors
    /// [`BackendError::Reply`] when it is none.
    pub fn read(document: &str) -> Result<Self, BackendError> {
        wire::read::<WireProgramme>(PROGRAMME.name, document.as_bytes())
    }
}

impl GatewayClient {
    /// Reads the programme. What has not changed is not sent again. A kiosk shows its credential, and so learns whether
    /// the gateway still takes it.
    ///
    /// # Errors
    /// Those of any read; [`BackendError::Unauthorized`] at a kiosk that the gateway does not know (any more).
    pub async fn programme(&self) -> Result<Arc<Programme>, BackendError> {
        let held = self.inner.programme.get();
        let mut call = self.inner.link.device_call(&PROGRAMME);
        if let Some(etag) = held.as_ref().and_then(|held| held.etag.clone()) {
            call = call.header(IF_NONE_MATCH, etag);
        }
        let reply = self.open(&call).await?;
        if reply.status == 304
            && let Some(held) = held
        {
            return Ok(held.programme);
        }
        let etag = reply.headers.get(ETAG).cloned();
        let document = String::from_utf8_lossy(&reply.body).into();
        let programme = Arc::new(decode::<WireProgramme>(&call, reply).await?);
        self.inner.programme.set(ReadProgramme { etag, programme: Arc::clone(&programme), document });
        Ok(programme)
    }

    /// The programme as the gateway sent it last, for a device that keeps it over its next start; `None` before it was
    /// read.
    #[must_use]
    pub fn programme_document(&self) -> Option<Arc<str>> {
        self.inner.programme.get().map(|held| held.document)
    }
}

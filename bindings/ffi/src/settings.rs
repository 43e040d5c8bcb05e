//! What an app says before anything begins.

use std::path::PathBuf;
use std::time::Duration;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use loyalty_core::backend::gateway::GatewayOptions;
use loyalty_core::backend::http::{CONNECT_TIMEOUT, HttpOptions, HttpSetupError};
use loyalty_core::domain::BusinessCalendar;
use loyalty_core::domain::wording::{EnglishForms, Lang, RussianForms, UnitWords};
use loyalty_core::{ErrorCode, LoyaltyError};
use secrecy::SecretString;
use url::Url;

/// Whoever waits for longer does not wait for a call.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(24 * 60 * 60);

/// How a gateway is reached, and what is known of the venue before its programme was first read.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Settings {
    /// The gateway's address, `https://host` without user, query or fragment.
    pub gateway: String,
    /// A folder of its own inside the app's private files, where a guest's device keeps what was read. A kiosk keeps
    /// nothing.
    pub folder: String,
    /// The language of all texts.
    pub lang: Lang,
    /// What the venue calls its bonuses.
    pub unit: UnitForms,
    /// The venue's zone, `Europe/Moscow`.
    pub time_zone: String,
    /// When its business day begins.
    pub day_change: Time,
    /// Certificates (PEM) that are trusted beside the usual ones.
    pub extra_roots: Option<String>,
    /// Whether `http` addresses are taken at all: for tests on the loopback.
    pub allow_plain_http: bool,
    /// How long a call may take with all its attempts: more than nothing, and a day at most.
    pub timeout: Duration,
}

/// The forms of the word for bonuses, each as it stands behind a number.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct UnitForms {
    /// Behind 1, 21, 31: «бонус».
    pub russian_one: String,
    /// Behind 2, 3, 4, 22: «бонуса».
    pub russian_few: String,
    /// Behind 0, 5 to 20, 25: «бонусов».
    pub russian_many: String,
    /// Behind a fraction: «бонуса».
    pub russian_fraction: String,
    /// Behind 1: `bonus`.
    pub english_one: String,
    /// Behind everything else: `bonuses`.
    pub english_other: String,
}

/// Settings that were understood.
pub(crate) struct Understood {
    pub(crate) options: GatewayOptions,
    pub(crate) folder: PathBuf,
    pub(crate) lang: Lang,
    pub(crate) unit: UnitWords,
    pub(crate) calendar: BusinessCalendar,
}

impl Settings {
    pub(crate) fn understood(self, device: Option<SecretString>) -> Result<Understood, LoyaltyError> {
        let unit = UnitWords::new(
            RussianForms {
                one: self.unit.russian_one,
                few: self.unit.russian_few,
                many: self.unit.russian_many,
                fraction: self.unit.russian_fraction,
            },
            EnglishForms { one: self.unit.english_one, other: self.unit.english_other },
        )?;
        if self.timeout.is_zero() || self.timeout > LONGEST_TIMEOUT {
            return Err(unusable("timeout"));
        }
        let zone = TimeZone::get(&self.time_zone).map_err(|_| unusable("time_zone"))?;
        let http = HttpOptions {
            base: Url::parse(&self.gateway).map_err(|_| unusable("gateway"))?,
            extra_roots: self.extra_roots.map(String::into_bytes),
            allow_plain_http: self.allow_plain_http,
            connect_timeout: CONNECT_TIMEOUT,
            timeout: self.timeout,
        };
        Ok(Understood {
            options: GatewayOptions { http, device },
            folder: PathBuf::from(self.folder),
            lang: self.lang,
            unit,
            calendar: BusinessCalendar { zone, day_change: self.day_change },
        })
    }
}

/// The setting that a client could not be made with.
pub(crate) fn refused(error: HttpSetupError) -> LoyaltyError {
    match error {
        HttpSetupError::Address | HttpSetupError::PlainHttp => unusable("gateway"),
        HttpSetupError::Certificates => unusable("extra_roots"),
        HttpSetupError::Credential => unusable("credential"),
        HttpSetupError::Tls => LoyaltyError::Internal,
    }
}

fn unusable(setting: &str) -> LoyaltyError {
    LoyaltyError::invalid(setting, ErrorCode::ConfigInvalid)
}

//! How an instance of ProBonus is reached and what it expects: the `[probonus]` table of the configuration.

mod problem;
mod wire;

use std::path::PathBuf;
use std::time::Duration;

use jiff::civil::Date;
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;

pub use problem::{ConfigError, ConfigProblem};
pub use wire::{MethodOverride, Send, WireConfig};

use super::wire::Terms;
use crate::backend::http::{self, CONNECT_TIMEOUT, HttpOptions, HttpSetupError, TOTAL_TIMEOUT};
use crate::domain::{AmountUnit, BusinessCalendar, GroupId, PhoneFormat};

/// The `[probonus]` table. Holds no secret.
///
/// ```
/// use loyalty_core::backend::probonus::ProBonusConfig;
///
/// let config = ProBonusConfig::from_toml(r#"
///     [probonus]
///     url = "https://probonus.example:6896"
///     amount_unit = "ruble"
/// "#)?;
/// assert_eq!(config.url, "https://probonus.example:6896");
///
/// let error = ProBonusConfig::from_toml("[probonus]\namount = 1").unwrap_err();
/// assert_eq!(error.key, "probonus.amount");
/// # Ok::<(), loyalty_core::backend::probonus::ConfigError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProBonusConfig {
    /// Where the instance is, without `/api/v0`. Environment: `PROBONUS_URL`.
    pub url: String,
    /// The header of the permanent token. Environment: `PROBONUS_API_TOKEN_HEADER`.
    pub api_token_header: String,
    /// A word in front of the permanent token, such as `Bearer`; empty for none.
    pub api_token_scheme: String,
    /// The staff login; empty when there is a permanent token. Environment: `PROBONUS_LOGIN`.
    pub login: String,
    /// The form of phones in requests.
    #[serde(deserialize_with = "wire::phone_format")]
    pub phone_format: PhoneFormat,
    /// The unit of every sum but those of `external/register_check`, which are kopecks.
    #[serde(deserialize_with = "wire::amount_unit")]
    pub amount_unit: AmountUnit,
    /// The venue's zone, by its name in the zone database.
    pub time_zone: String,
    /// When the venue's business day begins, `HH:MM`.
    pub day_change: String,
    /// The group that newcomers join, and that decides between several accounts with one phone.
    pub account_group_id: i64,
    /// Where reading a history back ends.
    pub history_since: Date,
    /// Whether our key rides in the comment of an accrual or withdrawal.
    pub comment_key: bool,
    /// Members of an account that are never sent back by an update, by their names on the wire; a dot reaches into
    /// nested objects.
    pub omit: Vec<String>,
    /// A PEM file with certificates that are trusted beside the bundled ones.
    pub ca_file: Option<PathBuf>,
    /// Whether an `http` address is taken.
    pub allow_plain_http: bool,
    /// How long a connection may take to be established, in seconds; never more than three quarters of `timeout`.
    pub connect_timeout: u64,
    /// How long one call of the API may take, in seconds, with all its attempts and with a login on the way. An update
    /// of an account is three calls.
    pub timeout: u64,
    /// Where the code for the till comes from.
    pub till_code: TillCodeConfig,
    /// Where the instance speaks differently from the contract.
    pub wire: WireConfig,
}

impl Default for ProBonusConfig {
    fn default() -> Self {
        Self {
            url: String::new(),
            api_token_header: "X-API-Key".to_owned(),
            api_token_scheme: String::new(),
            login: String::new(),
            phone_format: PhoneFormat::default(),
            amount_unit: AmountUnit::default(),
            time_zone: "Europe/Moscow".to_owned(),
            day_change: "00:00".to_owned(),
            account_group_id: 3,
            history_since: Date::constant(2015, 1, 1),
            comment_key: true,
            omit: Vec::new(),
            ca_file: None,
            allow_plain_http: false,
            connect_timeout: CONNECT_TIMEOUT.as_secs(),
            timeout: TOTAL_TIMEOUT.as_secs(),
            till_code: TillCodeConfig::default(),
            wire: WireConfig::default(),
        }
    }
}

/// Where the code that a guest shows at the till comes from: the `[probonus.till_code]` table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TillCodeConfig {
    /// The source.
    pub source: TillCodeSource,
    /// The type of identifier to issue or to look for.
    pub type_id: i64,
    /// The type of identifier to fall back on while none can be issued; 0 for none.
    pub offline_type_id: i64,
}

/// A source of codes for the till.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TillCodeSource {
    /// An identifier issued for a short time.
    Temporary,
    /// An identifier that the account has.
    Identifier,
    /// None: the guest tells the phone number.
    #[default]
    None,
}

/// What the configuration must not hold.
#[derive(Clone, Default)]
pub struct Credentials {
    /// The permanent token.
    pub api_token: Option<SecretString>,
    /// The password of the staff login.
    pub password: Option<SecretString>,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials")
            .field("api_token", &self.api_token.is_some())
            .field("password", &self.password.is_some())
            .finish()
    }
}

/// The file, as far as it concerns us: other tables belong to others.
#[derive(Deserialize)]
struct File {
    #[serde(default)]
    probonus: ProBonusConfig,
}

/// Reads a TOML document, for `[probonus]` and for whoever keeps a table beside it.
///
/// # Errors
/// Names the key that is unknown or has a value it cannot take, and never repeats a value.
pub fn read_toml<T: DeserializeOwned>(document: &str) -> Result<T, ConfigError> {
    let toml = toml::Deserializer::parse(document).map_err(|error| problem::syntax(&error, document))?;
    serde_path_to_error::deserialize(toml).map_err(|error| problem::shape(&error))
}

impl ProBonusConfig {
    /// Reads the `[probonus]` table of a TOML document; of an empty document everything has its default. Tables beside
    /// it belong to others.
    ///
    /// # Errors
    /// Names the key that is unknown or has a value it cannot take: also one that stands in no table, and the first
    /// table of a document without `[probonus]`, because such settings would be passed over in silence.
    pub fn from_toml(document: &str) -> Result<Self, ConfigError> {
        only_our_table(document)?;
        let file: File = read_toml(document)?;
        file.probonus.wire.check()?;
        Ok(file.probonus)
    }

    /// The group that newcomers join.
    #[must_use]
    pub fn home_group(&self) -> GroupId {
        GroupId(self.account_group_id)
    }

    /// What this instance's numbers, dates and words mean.
    ///
    /// # Errors
    /// For a zone or a time of day that does not exist, and for overrides of what there is not.
    pub fn terms(&self) -> Result<Terms, ConfigError> {
        self.wire.check()?;
        let calendar = BusinessCalendar::from_names(&self.time_zone, &self.day_change);
        let calendar = calendar.map_err(|error| match error.field.as_ref() {
            "day_change" => ConfigError::invalid("probonus.day_change", "a time of day, HH:MM"),
            _ => ConfigError::invalid("probonus.time_zone", "a zone's name, such as Europe/Moscow"),
        })?;
        Ok(Terms {
            unit: self.amount_unit,
            phones: self.phone_format,
            calendar,
            overrides: self.wire.overrides(),
        })
    }

    /// The address without a slash at its end.
    pub(super) fn base(&self) -> Result<Url, ConfigError> {
        if self.url.is_empty() {
            return Err(ConfigError { key: "probonus.url".to_owned(), problem: ConfigProblem::Missing });
        }
        http::base(&self.url).ok_or_else(address)
    }

    pub(super) fn http(&self) -> Result<HttpOptions, ConfigError> {
        let seconds = |key, seconds| match seconds {
            1..=3600 => Ok(Duration::from_secs(seconds)),
            _ => Err(ConfigError::invalid(key, "1 to 3600 seconds")),
        };
        let ca_file = self.ca_file.as_deref().map(std::fs::read).transpose();
        Ok(HttpOptions {
            base: self.base()?,
            extra_roots: ca_file
                .map_err(|_| ConfigError::invalid("probonus.ca_file", "a readable PEM file"))?,
            allow_plain_http: self.allow_plain_http,
            connect_timeout: seconds("probonus.connect_timeout", self.connect_timeout)?,
            timeout: seconds("probonus.timeout", self.timeout)?,
        })
    }
}

/// Refuses what would be read by nobody: a key outside of all tables, and tables without ours among them.
fn only_our_table(document: &str) -> Result<(), ConfigError> {
    const OURS: &str = "probonus";
    let file: toml::Table = toml::from_str(document).map_err(|error| problem::syntax(&error, document))?;
    let is_table = |value: &toml::Value| match value {
        toml::Value::Array(several) => several.iter().all(toml::Value::is_table) && !several.is_empty(),
        one => one.is_table(),
    };
    let missing = !file.contains_key(OURS);
    match file.iter().find(|(key, value)| key.as_str() != OURS && (missing || !is_table(value))) {
        Some((key, _)) => Err(ConfigError::unknown(key.clone(), [OURS])),
        None => Ok(()),
    }
}

fn address() -> ConfigError {
    ConfigError::invalid("probonus.url", "https://host, without user, query or fragment")
}

impl From<HttpSetupError> for ConfigError {
    fn from(error: HttpSetupError) -> Self {
        match error {
            HttpSetupError::Address => address(),
            HttpSetupError::PlainHttp => {
                Self::invalid("probonus.url", "https, or allow_plain_http = true beside it")
            }
            HttpSetupError::Certificates => Self::invalid("probonus.ca_file", "certificates in PEM"),
            // ProBonus knows no device.
            HttpSetupError::Credential | HttpSetupError::Tls => {
                Self::invalid("probonus", "a working TLS library")
            }
        }
    }
}

#[cfg(test)]
mod tests;

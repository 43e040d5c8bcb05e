//! The `[gateway]` table of the configuration, and what of it the environment may say instead.
//!
//! Secrets stand nowhere in it: the master key and the ProBonus token come from the environment, from files or from
//! systemd's credentials.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use loyalty_core::backend::probonus::{ConfigError, ConfigProblem, ProBonusConfig, read_toml};
use serde::Deserialize;
use toml::{Table, Value};

use crate::delivery::DeliveryOptions;
use crate::http::{Network, TrustedProxies};
use crate::options::{GatewayOptions, Lifetimes, Limits};
use crate::programme::ProgrammeConfig;
use crate::server::ServerOptions;
use crate::tls::TlsFiles;

/// The `[gateway]` table.
///
/// ```
/// use loyalty_gateway::GatewayConfig;
///
/// let file = r#"
///     [gateway]
///     production = false
///     [gateway.programme]
///     name = "Печка"
///     registration = false
/// "#;
/// let config = GatewayConfig::from_toml(file, |_| None)?;
/// assert_eq!(config.listen.port(), 8080);
///
/// let error = GatewayConfig::from_toml("[gateway]\nlisten_on = 1", |_| None).unwrap_err();
/// assert_eq!(error.key, "gateway.listen_on");
/// # Ok::<(), loyalty_core::backend::probonus::ConfigError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GatewayConfig {
    /// Where guests' devices, or the proxy in front, connect. Environment: `GATEWAY_LISTEN`.
    pub listen: SocketAddr,
    /// Where metrics are collected, for this machine only unless told otherwise. Environment:
    /// `GATEWAY_METRICS_LISTEN`.
    pub metrics_listen: SocketAddr,
    /// Whether guests use it: then codes cannot go to the console, and the master key must be given. Environment:
    /// `GATEWAY_PRODUCTION`.
    pub production: bool,
    /// Where the state is: `sqlite:PATH` or `postgres://…`. Environment: `GATEWAY_DATABASE_URL`, the place for one with a
    /// password.
    pub database_url: String,
    /// A PEM file with certificates that are trusted for the database beside the bundled ones. Environment:
    /// `GATEWAY_DATABASE_CA_FILE`.
    pub database_ca_file: Option<PathBuf>,
    /// Proxies that are believed about a client's address, as addresses or networks. Environment:
    /// `GATEWAY_TRUSTED_PROXIES`, with commas.
    pub trusted_proxies: Vec<Network>,
    /// Connections at a time. Environment: `GATEWAY_MAX_CONNECTIONS`.
    pub max_connections: u32,
    /// Requests at a time. Environment: `GATEWAY_MAX_REQUESTS`.
    pub max_requests: u32,
    /// The certificate, where no proxy shows one.
    pub tls: Option<TlsFiles>,
    /// What apps show before anybody has signed in.
    pub programme: ProgrammeConfig,
    /// How long things are good.
    pub lifetimes: Lifetimes,
    /// How often things may be done.
    pub limits: Limits,
    /// How codes reach phones.
    pub delivery: DeliveryOptions,
}

impl Default for GatewayConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            metrics_listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 9464)),
            production: true,
            database_url: "sqlite:gateway.db".to_owned(),
            database_ca_file: None,
            trusted_proxies: Vec::new(),
            max_connections: 4096,
            max_requests: 512,
            tls: None,
            programme: ProgrammeConfig::default(),
            lifetimes: Lifetimes::default(),
            limits: Limits::default(),
            delivery: DeliveryOptions::default(),
        }
    }
}

/// The file, as far as it concerns us: other tables belong to others.
#[derive(Deserialize)]
struct File {
    #[serde(default)]
    gateway: GatewayConfig,
}

/// How a setting of the environment is written in TOML.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Text,
    Number,
    Flag,
    List,
}

const SETTINGS: [(&str, Kind); 8] = [
    ("listen", Kind::Text),
    ("metrics_listen", Kind::Text),
    ("production", Kind::Flag),
    ("database_url", Kind::Text),
    ("database_ca_file", Kind::Text),
    ("trusted_proxies", Kind::List),
    ("max_connections", Kind::Number),
    ("max_requests", Kind::Number),
];

impl GatewayConfig {
    /// Reads the `[gateway]` table of a TOML document, with what the environment says in place of what it says. Empty
    /// variables count as absent.
    ///
    /// # Errors
    /// Names the key that is missing, unknown or has a value it cannot take.
    pub fn from_toml(
        document: &str,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let config = Self::incomplete(document, environment)?;
        config.check()?;
        Ok(config)
    }

    /// The same for commands that need the database only: what a server cannot do without may be missing.
    ///
    /// # Errors
    /// Names the key that is unknown or has a value it cannot take.
    pub fn incomplete(
        document: &str,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        // First as it stands, so that a message about it speaks of its own lines.
        let File { gateway } = read_toml(document)?;
        if holds_password(&gateway.database_url) {
            return Err(invalid("gateway.database_url", PASSWORD_ELSEWHERE));
        }
        let mut table: Table = document.parse().map_err(|_| invalid("gateway", "TOML"))?;
        if !overlay(&mut table, environment) {
            return Ok(gateway);
        }
        let File { gateway } = read_toml(&table.to_string())?;
        Ok(gateway)
    }

    fn check(&self) -> Result<(), ConfigError> {
        self.programme
            .check()
            .map_err(|(key, expected)| invalid(format!("gateway.programme.{key}"), expected))?;
        let places = [
            ("max_connections", self.max_connections),
            ("max_requests", self.max_requests),
            ("delivery.daily_budget", self.delivery.daily_budget),
        ];
        let named = |table: &'static str| move |(key, number)| (format!("gateway.{table}{key}"), number);
        let numbers = places.into_iter().map(named(""));
        let numbers = numbers.chain(self.lifetimes.settings().into_iter().map(named("lifetimes.")));
        let mut numbers = numbers.chain(self.limits.settings().into_iter().map(named("limits.")));
        if let Some((key, _)) = numbers.find(|(_, number)| *number == 0) {
            return Err(invalid(key, "at least 1"));
        }
        if let Some(place) = self.trusted_proxies.iter().position(Network::is_everybody) {
            let expected = "the proxies' own networks: whoever is believed can claim any address";
            return Err(invalid(format!("gateway.trusted_proxies[{place}]"), expected));
        }
        if self.production { self.check_for_production() } else { Ok(()) }
    }

    /// Where guests are real, one digit too many must not open the door.
    fn check_for_production(&self) -> Result<(), ConfigError> {
        let Lifetimes { code, access_token, refresh_token, kiosk_session } = self.lifetimes;
        let Limits { code_tries, resend_after, phone_per_hour, phone_per_day, .. } = self.limits;
        let settings = [
            ("lifetimes.code", code, 60, 900),
            ("lifetimes.access_token", access_token, 60, 3600),
            ("lifetimes.refresh_token", refresh_token, 3600, 400 * 24 * 3600),
            ("lifetimes.kiosk_session", kiosk_session, 60, 1800),
            ("limits.code_tries", code_tries, 1, 10),
            ("limits.resend_after", resend_after, 30, 3600),
            ("limits.phone_per_hour", phone_per_hour, 1, 20),
            ("limits.phone_per_day", phone_per_day, 1, 50),
        ];
        for (key, set, least, most) in settings {
            if !(least..=most).contains(&set) {
                let expected = format!("{least} to {most} in production");
                return Err(invalid(format!("gateway.{key}"), &expected));
            }
        }
        Ok(())
    }

    /// What the gateway itself needs of it.
    #[must_use]
    pub fn options(&self) -> GatewayOptions {
        GatewayOptions {
            registration: self.programme.registration,
            consent_texts: self.programme.consent_texts(),
            lifetimes: self.lifetimes,
            limits: self.limits,
            delivery: self.delivery.clone(),
        }
    }

    /// What its HTTP side needs of it; `probonus` tells zone and till codes to the apps.
    #[must_use]
    pub fn server(&self, probonus: &ProBonusConfig) -> ServerOptions {
        ServerOptions {
            listen: self.listen,
            metrics_listen: self.metrics_listen,
            tls: self.tls.clone(),
            trusted_proxies: TrustedProxies::new(self.trusted_proxies.clone()),
            max_connections: self.max_connections,
            max_requests: self.max_requests,
            programme: self.programme.document(probonus),
        }
    }
}

fn overlay(table: &mut Table, environment: impl Fn(&str) -> Option<String>) -> bool {
    let gateway = table.entry("gateway").or_insert_with(|| Value::Table(Table::new()));
    let Value::Table(gateway) = gateway else { return false };
    let mut overlaid = false;
    for (name, kind) in SETTINGS {
        let variable = format!("GATEWAY_{}", name.to_uppercase());
        let Some(text) = environment(&variable).filter(|text| !text.is_empty()) else { continue };
        let value = match kind {
            Kind::Text => None,
            Kind::Number => text.parse().ok().map(Value::Integer),
            Kind::Flag => text.parse().ok().map(Value::Boolean),
            Kind::List => {
                let entries = text.split(',').map(|entry| Value::String(entry.trim().to_owned()));
                Some(Value::Array(entries.collect()))
            }
        };
        // What is no number or flag stays text, and the table's own rule names it.
        gateway.insert(name.to_owned(), value.unwrap_or(Value::String(text)));
        overlaid = true;
    }
    overlaid
}

/// Where a database's password goes.
pub const PASSWORD_ELSEWHERE: &str = "without a password: put an address with one into GATEWAY_DATABASE_URL or into a \
                                      file named by GATEWAY_DATABASE_URL_FILE";

/// Whether a database's address has a password in it.
#[must_use]
pub fn holds_password(database_url: &str) -> bool {
    let authority = database_url.split_once("://").map_or("", |(_, rest)| rest);
    let user =
        authority.split('/').next().and_then(|authority| authority.rsplit_once('@')).map(|(user, _)| user);
    let in_query = database_url.split_once('?').is_some_and(|(_, query)| query.contains("password="));
    in_query || user.is_some_and(|user| user.contains(':'))
}

fn invalid(key: impl Into<String>, expected: &str) -> ConfigError {
    ConfigError { key: key.into(), problem: ConfigProblem::Invalid { expected: expected.to_owned() } }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROGRAMME: &str = "[gateway.programme]\nname = \"Печка\"\nregistration = false\n";

    fn read(table: &str, set: &[(&str, &str)]) -> Result<GatewayConfig, ConfigError> {
        let environment =
            |name: &str| set.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        GatewayConfig::from_toml(&format!("{table}\n{PROGRAMME}"), environment)
    }

    #[test]
    fn the_environment_beats_the_file() {
        let file = "[gateway]\nlisten = \"127.0.0.1:1\"\nmax_requests = 3";
        let set = [
            ("GATEWAY_LISTEN", "0.0.0.0:2"),
            ("GATEWAY_METRICS_LISTEN", "127.0.0.1:0"),
            ("GATEWAY_PRODUCTION", "false"),
            ("GATEWAY_DATABASE_URL", "postgres://loyalty:secret@db/loyalty"),
            ("GATEWAY_DATABASE_CA_FILE", "/etc/loyalty/ca.pem"),
            ("GATEWAY_TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8"),
            ("GATEWAY_MAX_CONNECTIONS", "7"),
            ("GATEWAY_MAX_REQUESTS", ""),
        ];
        assert_eq!(
            set.map(|(name, _)| name.to_owned()),
            SETTINGS.map(|(name, _)| { format!("GATEWAY_{}", name.to_uppercase()) })
        );
        let config = read(file, &set).unwrap();
        assert_eq!(config.listen.to_string(), "0.0.0.0:2");
        assert!(!config.production);
        assert!(config.database_url.starts_with("postgres:"));
        assert_eq!(config.trusted_proxies, ["127.0.0.1", "10.0.0.0/8"].map(|text| text.parse().unwrap()));
        assert_eq!((config.max_connections, config.max_requests), (7, 3));
        assert_eq!(config.metrics_listen.port(), 0);
        assert_eq!(config.database_ca_file.unwrap().to_str(), Some("/etc/loyalty/ca.pem"));
    }

    #[test]
    fn an_unknown_key_lists_those_there_are() {
        let error = read("[gateway]\nlistn = 1", &[]).unwrap_err();
        assert_eq!(error.key, "gateway.listn");
        assert!(error.to_string().contains("trusted_proxies"), "{error}");
        let error = read("[gateway.limits]\nphone = 1", &[]).unwrap_err();
        assert_eq!(error.key, "gateway.limits.phone");
        assert!(error.to_string().contains("phone_per_hour"), "{error}");
    }

    #[test]
    fn a_wrong_value_names_its_key_and_is_not_repeated() {
        for (file, key) in [
            ("[gateway]\nlisten = \"Иван\"", "gateway.listen"),
            ("[gateway]\ntrusted_proxies = [\"Иван\"]", "gateway.trusted_proxies[0]"),
            ("[gateway]\nmax_requests = 0", "gateway.max_requests"),
            ("[gateway]\nmax_connections = 0", "gateway.max_connections"),
            ("[gateway.delivery]\ndaily_budget = 0", "gateway.delivery.daily_budget"),
            ("[gateway]\nproduction = \"Иван\"", "gateway.production"),
        ] {
            let error = read(file, &[]).unwrap_err();
            assert_eq!(error.key, key, "{error}");
            assert!(!error.to_string().contains("Иван"), "{error}");
        }
    }

    #[test]
    fn a_limit_or_lifetime_of_nothing_is_refused() {
        let keys = |table: &str, names: Vec<&'static str>| {
            names.into_iter().map(|name| (table.to_owned(), name)).collect::<Vec<_>>()
        };
        let named = |settings: &[(&'static str, u32)]| settings.iter().map(|(name, _)| *name).collect();
        let lifetimes = keys("gateway.lifetimes", named(&Lifetimes::default().settings()));
        let limits = keys("gateway.limits", named(&Limits::default().settings()));
        assert_eq!((lifetimes.len(), limits.len()), (4, 12));
        for (table, name) in lifetimes.into_iter().chain(limits) {
            let error = read(&format!("[{table}]\n{name} = 0"), &[]).unwrap_err();
            assert_eq!(error.key, format!("{table}.{name}"));
            assert!(error.to_string().contains("at least 1"), "{error}");
            let development = [("GATEWAY_PRODUCTION", "false")];
            let one = read(&format!("[{table}]\n{name} = 1"), &development);
            assert!(one.is_ok(), "{table}.{name}");
        }
    }

    #[test]
    fn in_production_no_setting_opens_the_door() {
        for (table, name, least, most) in [
            ("lifetimes", "code", 60, 900),
            ("lifetimes", "access_token", 60, 3600),
            ("lifetimes", "refresh_token", 3600, 34_560_000),
            ("lifetimes", "kiosk_session", 60, 1800),
            ("limits", "code_tries", 1, 10),
            ("limits", "resend_after", 30, 3600),
            ("limits", "phone_per_hour", 1, 20),
            ("limits", "phone_per_day", 1, 50),
        ] {
            let set = |number: u32, production: &str| {
                let file = format!("[gateway.{table}]\n{name} = {number}");
                read(&file, &[("GATEWAY_PRODUCTION", production)])
            };
            assert!(set(least, "true").is_ok() && set(most, "true").is_ok(), "{name}");
            let error = set(most + 1, "true").unwrap_err();
            assert_eq!(error.key, format!("gateway.{table}.{name}"));
            assert!(error.to_string().contains(&format!("{least} to {most}")), "{error}");
            assert!(least == 1 || set(least - 1, "true").is_err(), "{name}");
            assert!(set(most + 1, "false").is_ok(), "{name}");
        }
        for everybody in ["0.0.0.0/0", "::/0"] {
            let file = format!("[gateway]\ntrusted_proxies = [\"10.0.0.1\", \"{everybody}\"]");
            for production in ["true", "false"] {
                let error = read(&file, &[("GATEWAY_PRODUCTION", production)]).unwrap_err();
                assert_eq!(error.key, "gateway.trusted_proxies[1]");
            }
        }
    }

    #[test]
    fn a_password_in_the_file_is_refused_and_not_repeated() {
        for url in ["postgres://loyalty:hunter2@db/loyalty", "postgres://db/loyalty?password=hunter2"] {
            let error = read(&format!("[gateway]\ndatabase_url = \"{url}\""), &[]).unwrap_err();
            assert_eq!(error.key, "gateway.database_url");
            assert!(!error.to_string().contains("hunter2"));
        }
        assert!(read("[gateway]\ndatabase_url = \"postgres://loyalty@db:5432/loyalty\"", &[]).is_ok());
    }

    #[test]
    fn nobody_can_register_without_a_text_on_personal_data() {
        let error = GatewayConfig::from_toml("[gateway.programme]\nname = \"Печка\"", |_| None).unwrap_err();
        assert_eq!(error.key, "gateway.programme.consents");
    }
}

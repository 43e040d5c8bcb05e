//! How a connection is configured: flags go before the environment, which goes before the file. Secrets come from the environment or
//! from files of their own.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use loyalty_core::backend::probonus::{ConfigError, ConfigProblem, Credentials, ProBonus, ProBonusConfig};
use loyalty_core::guest::PhoneLocks;
use loyalty_core::operator::{Operator, OutboxOptions};
use loyalty_core::ports::Clock;
use loyalty_core::system::{SystemClock, SystemIds};
use secrecy::SecretString;
use toml::{Table, Value};

use crate::args::{Cli, ConnectionArgs, usual_cache};
use crate::credentials::{self, Access};
use crate::failure::Failure;
use crate::output::view::View;
use crate::session::{InFlight, Session};
use crate::{language, outbox};

/// No configuration is longer.
const LONGEST_FILE: u64 = 1024 * 1024;
/// No secret is longer.
const LONGEST_SECRET: u64 = 64 * 1024;
/// Keys under which people put secrets; none of them is a setting.
const SECRET_KEYS: [&str; 6] = ["api_token", "token", "api_key", "password", "secret", "api_token_file"];

/// How a setting is written in TOML.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Text,
    Number,
    Flag,
}

/// A setting that can also come from a flag or from the environment variable `PROBONUS_` + its name in capitals.
type Setting = (&'static str, Kind, fn(&ConnectionArgs) -> Option<&String>);

const SETTINGS: [Setting; 15] = [
    ("url", Kind::Text, |args| args.url.as_ref()),
    ("api_token_header", Kind::Text, |args| args.api_token_header.as_ref()),
    ("api_token_scheme", Kind::Text, |args| args.api_token_scheme.as_ref()),
    ("login", Kind::Text, |args| args.login.as_ref()),
    ("phone_format", Kind::Text, |args| args.phone_format.as_ref()),
    ("amount_unit", Kind::Text, |args| args.amount_unit.as_ref()),
    ("time_zone", Kind::Text, |args| args.time_zone.as_ref()),
    ("day_change", Kind::Text, |args| args.day_change.as_ref()),
    ("account_group_id", Kind::Number, |args| args.account_group_id.as_ref()),
    ("history_since", Kind::Text, |args| args.history_since.as_ref()),
    ("comment_key", Kind::Flag, |args| args.comment_key.as_ref()),
    ("ca_file", Kind::Text, |args| args.ca_file.as_ref()),
    ("allow_plain_http", Kind::Flag, |args| args.allow_plain_http.as_ref()),
    ("connect_timeout", Kind::Number, |args| args.connect_timeout.as_ref()),
    ("timeout", Kind::Number, |args| args.timeout.as_ref()),
];

/// Opens the connection that the command line, the environment and the file describe.
pub(crate) async fn open(cli: &Cli, in_flight: &InFlight) -> Result<Session, Failure> {
    let config = configuration(cli)?;
    let access = credentials::access(cli, &config).await?;
    let outbox = outbox::options(cli, &config.url);
    let session = connect(cli, &config, access, outbox, in_flight)?;
    Ok(Session { cache: usual_cache(), ..session })
}

/// A session over a configuration.
pub(crate) fn connect(
    cli: &Cli,
    config: &ProBonusConfig,
    access: Access,
    outbox: Option<OutboxOptions>,
    in_flight: &InFlight,
) -> Result<Session, Failure> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let ids = Arc::new(SystemIds);
    let calendar = config.terms().map_err(refusal)?.calendar;
    let Access { credentials, store } = access;
    let probonus = ProBonus::new(config, credentials, store, Arc::clone(&clock), ids.clone());
    let probonus = probonus.map_err(refusal)?;
    Ok(Session {
        has_outbox: outbox.is_some(),
        // Without a place for it, it is never opened.
        operator: Operator::new(
            probonus,
            Arc::clone(&clock),
            ids,
            config.home_group(),
            outbox.unwrap_or_else(|| OutboxOptions::at("", "")),
        ),
        view: View::new(language::choose(cli.global.lang), calendar, clock.now()),
        clock,
        locks: Arc::new(PhoneLocks::default()),
        home_group: config.home_group(),
        history_since: config.history_since,
        server: config.url.clone(),
        cache: None,
        json: cli.global.json,
        tell_keys: true,
        in_flight: in_flight.clone(),
    })
}

/// The configuration of this run.
pub(crate) fn configuration(cli: &Cli) -> Result<ProBonusConfig, Failure> {
    merged(&document(cli)?.unwrap_or_default(), &cli.connection, environment)
}

/// The configuration's file, if there is one.
pub(crate) fn document(cli: &Cli) -> Result<Option<String>, Failure> {
    let Some(path) = file(cli.global.config.as_deref()) else { return Ok(None) };
    let bytes = read_bounded(&path, LONGEST_FILE);
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).map_err(io::Error::other));
    let text = text.map_err(|error| Failure::config("config", format!("{}: {error}", path.display())))?;
    Ok(Some(text))
}

/// The credentials that are given with this run.
pub(crate) fn credentials(cli: &Cli) -> Result<Credentials, Failure> {
    let flags = &cli.connection;
    Ok(Credentials {
        api_token: secret("api-token", flags.api_token_file.as_deref(), "PROBONUS_API_TOKEN", &environment)?,
        password: secret("password", flags.password_file.as_deref(), "PROBONUS_PASSWORD", &environment)?,
    })
}

/// A variable of the environment.
pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// What is wrong with the configuration, by key.
pub(crate) fn refusal(error: ConfigError) -> Failure {
    let detail = match error.problem {
        ConfigProblem::Missing if error.key == "probonus.url" => {
            "where is the server? Give --url, PROBONUS_URL, or url in loyalty.toml; `loyalty demo` needs none"
                .to_owned()
        }
        ConfigProblem::Missing => {
            "give a token (PROBONUS_API_TOKEN, --api-token-file, or once for all `loyalty login`), or a login with \
             PROBONUS_PASSWORD"
                .to_owned()
        }
        problem => problem.to_string(),
    };
    Failure::config(error.key, detail)
}

/// The asked file, else the first that is there: beside the program, or in the user's configuration folder.
fn file(asked: Option<&Path>) -> Option<PathBuf> {
    if let Some(path) = asked {
        return Some(path.to_owned());
    }
    let beside =
        std::env::current_exe().ok().and_then(|program| Some(program.parent()?.join("loyalty.toml")));
    let folder = std::env::var_os("XDG_CONFIG_HOME").filter(|path| !path.is_empty()).map(PathBuf::from);
    let folder = folder.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".config")));
    let users = folder.map(|folder| folder.join("loyalty").join("loyalty.toml"));
    [beside, users].into_iter().flatten().find(|path| path.is_file())
}

/// The file with what the environment and the flags say in place of what it says.
fn merged(
    document: &str,
    flags: &ConnectionArgs,
    environment: impl Fn(&str) -> Option<String>,
) -> Result<ProBonusConfig, Failure> {
    let secret = document.parse::<Table>().ok().and_then(|table| {
        let within = |key: &&str| table.get("probonus").and_then(|probonus| probonus.get(*key)).is_some();
        let outside = |key: &&str| table.get(*key).is_some_and(|value| !value.is_table());
        let inside = SECRET_KEYS.into_iter().find(within).map(|key| format!("probonus.{key}"));
        inside.or_else(|| SECRET_KEYS.into_iter().find(outside).map(str::to_owned))
    });
    if let Some(key) = secret {
        let detail = "no secret belongs into this file: put it into PROBONUS_API_TOKEN or PROBONUS_PASSWORD, or into \
                      a file named by PROBONUS_API_TOKEN_FILE or PROBONUS_PASSWORD_FILE";
        return Err(Failure::config(key, detail));
    }
    let document = &with_our_table(document);
    // First as it stands, so that a message about it speaks of its own lines.
    let config = ProBonusConfig::from_toml(document).map_err(refusal)?;
    let mut table: Table = document.parse().map_err(|_| Failure::config("config", "not TOML"))?;
    let overlaid = overlay(&mut table, flags, environment);
    if !overlaid {
        return Ok(config);
    }
    ProBonusConfig::from_toml(&table.to_string()).map_err(refusal)
}

/// The file, with an empty `[probonus]` behind the other tables of this program if they stand alone: without it the
/// table is taken for a misspelt one.
fn with_our_table(document: &str) -> String {
    let table = document.parse::<Table>().unwrap_or_default();
    let known =
        |(key, value): (&String, &Value)| ["gateway", "me"].contains(&key.as_str()) && value.is_table();
    if table.is_empty() || !table.iter().all(known) {
        return document.to_owned();
    }
    format!("{document}\n[probonus]\n")
}

fn overlay(table: &mut Table, flags: &ConnectionArgs, environment: impl Fn(&str) -> Option<String>) -> bool {
    let probonus = table.entry("probonus").or_insert_with(|| Value::Table(Table::new()));
    let Value::Table(probonus) = probonus else { return false };
    let mut overlaid = false;
    for (name, kind, flag) in SETTINGS {
        let variable = || environment(&format!("PROBONUS_{}", name.to_uppercase()));
        let Some(text) = flag(flags).cloned().or_else(|| variable().filter(|text| !text.is_empty())) else {
            continue;
        };
        // What is no number or flag stays text, and the configuration's own rule names it.
        let value = match kind {
            Kind::Text => None,
            Kind::Number => text.parse().ok().map(Value::Integer),
            Kind::Flag => text.parse().ok().map(Value::Boolean),
        };
        probonus.insert(name.to_owned(), value.unwrap_or(Value::String(text)));
        overlaid = true;
    }
    overlaid
}

/// A secret: from the flag's file, else from the environment, as itself or as the name of its file, else from the
/// credentials that systemd hands to a service, under the variable's name in small letters.
pub(crate) fn secret(
    field: &str,
    flag: Option<&Path>,
    variable: &str,
    environment: &impl Fn(&str) -> Option<String>,
) -> Result<Option<SecretString>, Failure> {
    let set = |name: &str| environment(name).filter(|value| !value.is_empty());
    let file_variable = format!("{variable}_FILE");
    let file = match (flag, set(variable), set(&file_variable)) {
        (Some(path), _, _) => path.to_owned(),
        (None, Some(_), Some(_)) => {
            return Err(Failure::config(
                field,
                format!("both {variable} and {file_variable} are set: keep one"),
            ));
        }
        (None, Some(secret), None) => return Ok(Some(secret.into())),
        (None, None, Some(path)) => path.into(),
        (None, None, None) => {
            let folder = set("CREDENTIALS_DIRECTORY").map(PathBuf::from);
            let file = folder.map(|folder| folder.join(variable.to_lowercase()));
            match file.filter(|file| file.is_file()) {
                Some(file) => file,
                None => return Ok(None),
            }
        }
    };
    let refused = |what: String| Failure::config(field, format!("{}: {what}", file.display()));
    let bytes = read_bounded(&file, LONGEST_SECRET).map_err(|error| refused(error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|_| refused("not text".to_owned()))?;
    let secret = text.trim_end_matches(['\r', '\n']);
    if secret.is_empty() {
        return Err(refused("is empty".to_owned()));
    }
    Ok(Some(secret.to_owned().into()))
}

fn read_bounded(path: &Path, longest: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(longest.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|read| read > longest) {
        return Err(io::Error::other(format!("longer than {longest} bytes")));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    const NOTHING: fn(&str) -> Option<String> = |_| None;

    fn flags(line: &[&str]) -> ConnectionArgs {
        use clap::Parser;
        Cli::parse_from([&["loyalty", "groups"], line].concat()).connection
    }

    fn told(failure: &Failure) -> String {
        format!("{failure:?}")
    }

    #[test]
    fn a_flag_beats_the_environment_beats_the_file() {
        let file = "[probonus]\nurl = \"https://file\"\naccount_group_id = 1\ntime_zone = \"Asia/Omsk\"";
        let environment = |name: &str| match name {
            "PROBONUS_URL" => Some("https://environment".to_owned()),
            "PROBONUS_ACCOUNT_GROUP_ID" => Some("2".to_owned()),
            _ => None,
        };
        let config = merged(file, &flags(&["--url", "https://flag"]), environment).unwrap();
        assert_eq!(config.url, "https://flag");
        assert_eq!(config.account_group_id, 2);
        assert_eq!(config.time_zone, "Asia/Omsk");
        assert_eq!(config.day_change, "00:00");
    }

    #[test]
    fn every_setting_can_come_from_a_flag_and_from_the_environment() {
        let values = [
            ("url", "https://x"),
            ("api_token_header", "X-Token"),
            ("api_token_scheme", "Bearer"),
            ("login", "cashier"),
            ("phone_format", "digits"),
            ("amount_unit", "ruble"),
            ("time_zone", "Asia/Omsk"),
            ("day_change", "05:00"),
            ("account_group_id", "7"),
            ("history_since", "2020-02-03"),
            ("comment_key", "false"),
            ("ca_file", "/x.pem"),
            ("allow_plain_http", "true"),
            ("connect_timeout", "9"),
            ("timeout", "11"),
        ];
        assert_eq!(values.map(|(name, _)| name), SETTINGS.map(|(name, _, _)| name));
        let line: Vec<_> =
            values.iter().map(|(name, value)| format!("--{}={value}", name.replace('_', "-"))).collect();
        let line: Vec<_> = line.iter().map(String::as_str).collect();
        let by_flags = merged("", &flags(&line), NOTHING).unwrap();
        let by_environment = merged("", &ConnectionArgs::default(), |variable| {
            let name = variable.strip_prefix("PROBONUS_")?.to_lowercase();
            values.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        });
        assert_eq!(by_flags, by_environment.unwrap());
        let untouched = ProBonusConfig::default();
        assert_eq!(by_flags.timeout, 11);
        assert_ne!(by_flags.phone_format, untouched.phone_format);
        assert_ne!(by_flags.history_since, untouched.history_since);
        assert!(by_flags.allow_plain_http && !by_flags.comment_key);
    }

    #[test]
    fn a_wrong_value_names_its_key_wherever_it_came_from() {
        let failure = merged("", &flags(&["--account-group-id", "Иванова"]), NOTHING).unwrap_err();
        assert_eq!(failure.error().field(), Some("probonus.account_group_id"));
        assert!(!told(&failure).contains("Иванова"));
        let failure = merged("", &flags(&["--amount-unit", "euro"]), NOTHING).unwrap_err();
        assert_eq!(failure.error().field(), Some("probonus.amount_unit"));
    }

    #[test]
    fn an_unknown_key_lists_those_there_are() {
        let failure = merged("[probonus]\nurll = \"x\"", &ConnectionArgs::default(), NOTHING).unwrap_err();
        assert_eq!(failure.error().field(), Some("probonus.urll"));
        assert!(told(&failure).contains("account_group_id"), "{failure:?}");
    }

    #[test]
    fn the_programs_other_tables_may_stand_alone_and_a_misspelt_one_may_not() {
        let read = |file| merged(file, &flags(&["--url", "https://flag"]), NOTHING);
        assert!(read("[gateway]\nproduction = false\n[me]\ngateway = \"https://x\"").is_ok());
        assert_eq!(read("[probonos]\nlogin = \"crm\"").unwrap_err().error().field(), Some("probonos"));
        let beside = read("[gateway]\nproduction = false\n[probonos]\nlogin = \"crm\"");
        assert!(matches!(beside.unwrap_err().error().field(), Some("gateway" | "probonos")));
    }

    #[test]
    fn a_secret_in_the_file_is_refused_and_not_repeated() {
        for key in SECRET_KEYS {
            for (before, place) in [("[probonus]\n", format!("probonus.{key}")), ("", key.to_owned())] {
                let file = format!("{before}{key} = \"hunter2\"");
                let failure = merged(&file, &ConnectionArgs::default(), NOTHING).unwrap_err();
                assert_eq!(failure.error().field(), Some(place.as_str()));
                assert!(told(&failure).contains("PROBONUS_API_TOKEN_FILE"), "{failure:?}");
                assert!(!told(&failure).contains("hunter2"));
            }
        }
    }

    #[test]
    fn a_secret_comes_from_one_place() {
        let folder = std::env::temp_dir().join(format!("loyalty-secrets-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (token, empty) = (folder.join("token"), folder.join("empty"));
        std::fs::write(&token, "from the file\r\n").unwrap();
        std::fs::write(&empty, "\n").unwrap();
        let read = |flag: Option<&Path>, set: &[(&str, &Path)]| {
            let environment = |name: &str| {
                let value = set.iter().find(|(key, _)| *key == name)?.1;
                Some(value.display().to_string())
            };
            let secret = secret("api-token", flag, "T", &environment);
            secret.map(|secret| secret.map(|secret| secret.expose_secret().to_owned()))
        };
        let direct = Path::new("direct");
        assert_eq!(read(None, &[]).unwrap(), None);
        assert_eq!(read(None, &[("T", direct)]).unwrap().as_deref(), Some("direct"));
        assert_eq!(read(None, &[("T_FILE", &token)]).unwrap().as_deref(), Some("from the file"));
        assert_eq!(read(Some(&token), &[("T", direct)]).unwrap().as_deref(), Some("from the file"));
        std::fs::write(folder.join("t"), "from systemd").unwrap();
        let systemd = ("CREDENTIALS_DIRECTORY", folder.as_path());
        assert_eq!(read(None, &[systemd]).unwrap().as_deref(), Some("from systemd"));
        assert_eq!(read(None, &[systemd, ("T", direct)]).unwrap().as_deref(), Some("direct"));
        assert_eq!(read(None, &[("CREDENTIALS_DIRECTORY", direct)]).unwrap(), None);
        assert!(read(None, &[("T", direct), ("T_FILE", &token)]).is_err());
        assert!(read(Some(&empty), &[]).is_err());
        assert!(read(Some(&folder.join("absent")), &[]).is_err());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}

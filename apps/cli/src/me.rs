//! A guest's own session with a gateway: where it is, where its tokens are, how its answers are shown.

use std::fs::{File, OpenOptions};
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use loyalty_core::LoyaltyError;
use loyalty_core::backend::GuestBackend;
use loyalty_core::backend::gateway::{GatewayClient, GatewayOptions};
use loyalty_core::backend::http::{self, HttpOptions, HttpSetupError};
use loyalty_core::backend::probonus::read_toml;
use loyalty_core::domain::wording::Wording;
use loyalty_core::guest::{GuestClient, PhoneLocks};
use loyalty_core::ports::{Clock, SecretStore};
use loyalty_core::system::{CredentialFile, SystemClock, SystemIds};
use serde::{Deserialize, Serialize};

use crate::args::{Cli, MeArgs};
use crate::connection;
use crate::failure::Failure;
use crate::language;
use crate::output::Out;
use crate::output::view::View;
use crate::session::patiently;
use crate::words::Words;

/// The `[me]` table of the configuration.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct MeConfig {
    /// The gateway's address.
    gateway: Option<String>,
    /// PEM file with certificates to trust beside the bundled ones.
    ca_file: Option<PathBuf>,
    /// Whether an http address is taken.
    allow_plain_http: bool,
}

/// The file, as far as it concerns us.
#[derive(Debug, Default, Deserialize)]
struct ConfigFile {
    #[serde(default)]
    me: MeConfig,
}

/// What the commands of `me` work with.
#[derive(Debug)]
pub(crate) struct Me {
    pub(crate) gateway: GatewayClient,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) json: bool,
    pub(crate) language: &'static Words,
    /// What one process at a time may hold; `None` when the tokens are in memory and nobody else's.
    lock: Option<PathBuf>,
}

impl Me {
    /// The session of this user with the gateway that the command line, the environment or the file names.
    pub(crate) fn open(cli: &Cli, args: &MeArgs) -> Result<Self, Failure> {
        let ConfigFile { me } = match connection::document(cli)? {
            Some(document) => read_toml(&document).map_err(connection::refusal)?,
            None => ConfigFile::default(),
        };
        let variable = std::env::var("LOYALTY_GATEWAY_URL").ok().filter(|url| !url.is_empty());
        let url = args.gateway.clone().or(variable).or(me.gateway).ok_or_else(|| {
            let detail = "where is the gateway? Give --gateway, LOYALTY_GATEWAY_URL, or gateway under [me] in loyalty.toml";
            Failure::config("gateway", detail)
        })?;
        let flags = &cli.connection;
        let ca_file = flags.ca_file.as_ref().map(PathBuf::from).or(me.ca_file);
        let extra_roots = ca_file.map(std::fs::read).transpose();
        let http = HttpOptions {
            base: url.parse().map_err(|_| address())?,
            extra_roots: extra_roots.map_err(|error| Failure::config("ca-file", error.to_string()))?,
            allow_plain_http: flags
                .allow_plain_http
                .as_deref()
                .map_or(me.allow_plain_http, |flag| flag == "true"),
            connect_timeout: http::CONNECT_TIMEOUT,
            timeout: http::TOTAL_TIMEOUT,
        };
        let folder = state_folder()?;
        let store = Arc::new(CredentialFile::at(folder.join("session.json")));
        Self::with(cli, http, store, Some(folder.join("session.lock")))
    }

    /// A session with its tokens in any store.
    pub(crate) fn with(
        cli: &Cli,
        http: HttpOptions,
        store: Arc<dyn SecretStore>,
        lock: Option<PathBuf>,
    ) -> Result<Self, Failure> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let options = GatewayOptions { http, device: None };
        let gateway = GatewayClient::new(&options, store, Arc::clone(&clock), Arc::new(SystemIds));
        let gateway = gateway.map_err(refusal)?;
        let language = Words::of(language::choose(cli.global.lang));
        Ok(Self { gateway, clock, json: cli.global.json, language, lock })
    }

    /// Keeps other runs of this program off the tokens until it is dropped: two that renew one session would renew
    /// against each other.
    pub(crate) async fn alone(&self) -> Result<Option<File>, Failure> {
        let Some(path) = self.lock.clone() else { return Ok(None) };
        let locked = tokio::task::spawn_blocking(move || {
            let mut folder = std::fs::DirBuilder::new();
            let mut file = OpenOptions::new();
            file.write(true).create(true).truncate(false);
            #[cfg(unix)]
            {
                std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
                std::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
            }
            folder.recursive(true).create(path.parent().unwrap_or(&path))?;
            let lock = file.open(path)?;
            lock.lock().map(|()| lock)
        });
        let locked = locked.await.map_err(|_| LoyaltyError::Internal)?;
        Ok(Some(locked.map_err(|error| Failure::local("the session's lock", &error))?))
    }

    /// The guest's door.
    pub(crate) fn guest(&self) -> GuestClient<GatewayClient> {
        GuestClient::new(self.gateway.clone(), Arc::clone(&self.clock), Arc::new(PhoneLocks::default()))
    }

    /// The gateway's time, as far as its replies have told it.
    pub(crate) fn now(&self) -> Timestamp {
        let now = self.clock.now();
        now.saturating_add(self.gateway.skew().unwrap_or_default()).unwrap_or(now)
    }

    /// Prints a result: the document for programs, or the text for people, in the venue's words and days.
    pub(crate) async fn show<D: Serialize>(
        &self,
        out: &mut Out,
        document: &D,
        text: impl FnOnce(&View) -> String,
    ) -> Result<(), Failure> {
        if self.json {
            return Ok(out.document(document)?);
        }
        let programme = patiently(self.gateway.programme()).await?;
        let view = View {
            wording: Wording::new(self.language.lang, programme.unit.clone()),
            words: self.language,
            calendar: programme.calendar.clone(),
            now: self.now(),
        };
        Ok(out.text(&text(&view))?)
    }
}

/// Where this user's programs keep what must survive them and is no configuration.
fn state_folder() -> Result<PathBuf, Failure> {
    let set = |name: &str| std::env::var_os(name).filter(|path| !path.is_empty()).map(PathBuf::from);
    let state = set("XDG_STATE_HOME").or_else(|| Some(set("HOME")?.join(".local/state")));
    let state = state.ok_or_else(|| Failure::config("HOME", "no folder to keep the session in: set HOME"))?;
    Ok(state.join("loyalty"))
}

fn address() -> Failure {
    Failure::config("gateway", "https://host, without user, query or fragment")
}

fn refusal(error: HttpSetupError) -> Failure {
    match error {
        HttpSetupError::Address => address(),
        HttpSetupError::PlainHttp => {
            Failure::config("gateway", "https, or --allow-plain-http, or allow_plain_http under [me]")
        }
        HttpSetupError::Certificates => Failure::config("ca-file", "certificates in PEM"),
        HttpSetupError::Credential | HttpSetupError::Tls => LoyaltyError::Internal.into(),
    }
}

//! The guest's phone in the demo: a gateway over the same sandbox, and a letterbox in place of text messages.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use loyalty_core::backend::http::{self, HttpOptions};
use loyalty_core::backend::probonus::ProBonusConfig;
use loyalty_core::system::{MemorySecretStore, SystemClock};
use loyalty_core::{ErrorCode, LoyaltyError};
use loyalty_gateway::delivery::{Delivering, Delivery, Message};
use loyalty_gateway::options::MasterKey;
use loyalty_gateway::random::{Random, SystemRandom};
use loyalty_gateway::state::{Database, State};
use loyalty_gateway::{Gateway, GatewayConfig, GatewayServer, Parts, Running};
use secrecy::{ExposeSecret, SecretString};
use tempfile::TempDir;
use tokio::sync::Notify;

use crate::args::Cli;
use crate::failure::Failure;
use crate::me::Me;
use crate::session::Session;

/// The gateway's configuration: it serves this process only, and nobody registers through it.
const CONFIG: &str = r#"
[gateway]
listen = "127.0.0.1:0"
metrics_listen = "127.0.0.1:0"
production = false
[gateway.programme]
name = "Loyalty"
registration = false
"#;
/// A message arrives at once, from this process.
const PATIENCE: Duration = Duration::from_secs(10);

/// Keeps the newest code instead of sending it.
#[derive(Debug, Default)]
struct Letterbox {
    code: Mutex<Option<SecretString>>,
    arrived: Notify,
}

impl Delivery for Letterbox {
    fn deliver<'a>(&'a self, message: &'a Message) -> Delivering<'a> {
        Box::pin(async move {
            *self.code.lock().unwrap_or_else(PoisonError::into_inner) = Some(message.code.clone());
            self.arrived.notify_one();
            Ok(())
        })
    }
}

/// The phone, and the gateway that it speaks to.
#[derive(Debug)]
pub(super) struct Phone {
    pub(super) me: Me,
    letterbox: Arc<Letterbox>,
    running: Running,
    /// The gateway's state; gone with the phone.
    _folder: TempDir,
}

impl Phone {
    /// Opens a gateway over the session's connection.
    pub(super) async fn start(
        cli: &Cli,
        session: &Session,
        probonus: &ProBonusConfig,
    ) -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let config = GatewayConfig::from_toml(CONFIG, |_| None).map_err(|_| LoyaltyError::Internal)?;
        let state = State::open(&Database::Sqlite(folder.path().join("gateway.db"))).await;
        let letterbox = Arc::new(Letterbox::default());
        let random = Arc::new(SystemRandom::default());
        let mut key = vec![0; 32];
        random.fill(&mut key).map_err(|_| LoyaltyError::Internal)?;
        let parts = Parts {
            probonus: session.operator.directory().clone(),
            state: state.map_err(|_| LoyaltyError::Storage { code: ErrorCode::Storage })?,
            delivery: Arc::clone(&letterbox) as Arc<dyn Delivery>,
            clock: Arc::new(SystemClock),
            random,
            master_key: MasterKey::new(key).ok_or(LoyaltyError::Internal)?,
            options: config.options(),
        };
        let running = GatewayServer::start(Gateway::start(parts), config.server(probonus)).await;
        let running = running.map_err(|_| LoyaltyError::Internal)?;
        let http = HttpOptions {
            base: running.base_url().parse().map_err(|_| LoyaltyError::Internal)?,
            extra_roots: None,
            allow_plain_http: true,
            connect_timeout: http::CONNECT_TIMEOUT,
            timeout: http::TOTAL_TIMEOUT,
        };
        let me = Me::with(cli, http, Arc::new(MemorySecretStore::default()), None)?;
        Ok(Self { me, letterbox, running, _folder: folder })
    }

    /// The code that has been sent, as it would be read from a message.
    pub(super) async fn message(&self) -> Result<SecretString, Failure> {
        let arrived = tokio::time::timeout(PATIENCE, self.letterbox.arrived.notified()).await;
        arrived.map_err(|_| LoyaltyError::Timeout { code: ErrorCode::Timeout })?;
        let code = self.letterbox.code.lock().unwrap_or_else(PoisonError::into_inner).take();
        Ok(code.ok_or(LoyaltyError::Internal)?)
    }

    /// Closes the gateway.
    pub(super) async fn close(self) {
        self.running.shutdown().await;
    }
}

/// The digits of a code, for the screen that stands for the guest's own.
pub(super) fn digits(code: &SecretString) -> &str {
    code.expose_secret()
}

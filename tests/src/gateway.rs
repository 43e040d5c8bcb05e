//! A gateway over a sandbox, on one clock, with a letterbox in place of text messages.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use loyalty_core::backend::gateway::{GatewayClient, GatewayOptions as ClientOptions};
use loyalty_core::backend::http::HttpOptions;
use loyalty_core::domain::ConsentKind;
use loyalty_core::ports::SecretStore;
use loyalty_core::system::{MemorySecretStore, SystemIds};
use loyalty_gateway::delivery::{Delivery, DeliveryError, Message};
use loyalty_gateway::operator::Operator;
use loyalty_gateway::options::MasterKey;
use loyalty_gateway::random::SystemRandom;
use loyalty_gateway::state::{Database, State};
use loyalty_gateway::{Gateway, GatewayConfig, GatewayServer, Parts, Running};
use secrecy::{ExposeSecret, SecretString};
use tempfile::TempDir;
use tokio::sync::Notify;
use toml::{Table, Value};

use crate::caller::Caller;
use crate::scene::{SandboxClock, Scene, phone};

/// The version of the text on personal data.
pub const CONSENT: &str = "2025-09";

/// What every gateway here is configured with, before anything of a test's own.
const CONFIG: &str = r#"
[gateway]
listen = "127.0.0.1:0"
metrics_listen = "127.0.0.1:0"
production = false
[gateway.programme]
name = "Печка"
[[gateway.programme.consents]]
kind = "personal_data"
version = "2025-09"
text = { ru = "Согласие на обработку", en = "Consent to processing" }
[[gateway.programme.consents]]
kind = "advertising"
version = "2025-03"
text = { ru = "Согласие на рекламу", en = "Consent to advertising" }
"#;

/// Collects codes instead of sending them.
#[derive(Debug, Default)]
pub struct Letterbox {
    codes: Mutex<HashMap<String, String>>,
    arrived: Notify,
    delivered: AtomicU64,
    /// Milliseconds that each message takes.
    slowness: AtomicU64,
}

impl Delivery for Letterbox {
    fn deliver<'a>(
        &'a self,
        message: &'a Message,
    ) -> Pin<Box<dyn Future<Output = Result<(), DeliveryError>> + Send + 'a>> {
        Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(self.slowness.load(Ordering::SeqCst))).await;
            let code = message.code.expose_secret().to_owned();
            {
                let mut codes = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
                codes.insert(message.phone.e164(), code);
                // Whoever finds the code finds it counted.
                self.delivered.fetch_add(1, Ordering::SeqCst);
            }
            self.arrived.notify_waiters();
            Ok(())
        })
    }
}

impl Letterbox {
    /// Lets every further message take this long.
    pub fn slow(&self, time: Duration) {
        self.slowness.store(u64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }

    /// How many messages have arrived.
    pub fn delivered(&self) -> u64 {
        self.delivered.load(Ordering::SeqCst)
    }

    /// The newest code of a phone, if it arrives within ten seconds; taken out.
    pub async fn code(&self, number: &str) -> String {
        let e164 = phone(number).e164();
        let come = async {
            loop {
                // Listens before it looks, so that no code comes between the two.
                let mut arrived = pin!(self.arrived.notified());
                arrived.as_mut().enable();
                let taken = self.codes.lock().unwrap_or_else(PoisonError::into_inner).remove(&e164);
                if let Some(code) = taken {
                    return code;
                }
                arrived.await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), come).await.expect("no code came")
    }

    /// Whether a code lies there for a phone.
    pub fn has_code(&self, number: &str) -> bool {
        let e164 = phone(number).e164();
        self.codes.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&e164)
    }
}

/// A gateway that serves, and all that stands around it.
#[derive(Debug)]
pub struct GatewayScene {
    /// The ProBonus behind it, with the clock of everything here.
    pub scene: Scene,
    /// Where codes arrive.
    pub letterbox: Arc<Letterbox>,
    /// The gateway.
    pub running: Running,
    state: State,
    _folder: TempDir,
}

impl GatewayScene {
    /// A gateway as an operator would configure it who changes nothing.
    pub async fn start() -> Self {
        Self::with("", "").await
    }

    /// A gateway with more TOML, whose tables are laid over those that are always there, over a ProBonus client with
    /// more configuration.
    pub async fn with(gateway: &str, probonus: &str) -> Self {
        Self::over(Scene::start(""), gateway, probonus).await
    }

    /// A gateway over a sandbox that is there already.
    pub async fn over(scene: Scene, gateway: &str, probonus: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let database = Database::Sqlite(folder.path().join("gateway.db"));
        let state = State::open(&database).await.unwrap();
        let letterbox = Arc::new(Letterbox::default());
        let running = open(&scene, &letterbox, &state, gateway, probonus).await;
        Self { scene, letterbox, running, state, _folder: folder }
    }

    /// A second gateway on the same state, as after a restart or beside the first.
    pub async fn another(&self, gateway: &str, probonus: &str) -> Running {
        open(&self.scene, &self.letterbox, &self.state, gateway, probonus).await
    }

    /// Where the gateway listens.
    pub fn address(&self) -> SocketAddr {
        self.running.base_url().trim_start_matches("http://").parse().unwrap()
    }

    /// Calls the gateway byte for byte as a test wants, from `127.0.0.1`.
    pub fn caller(&self) -> Caller {
        Caller::new(self.running.base_url())
    }

    /// The operator's door to this gateway's state.
    pub fn operator(&self) -> Operator {
        let clock = Arc::new(SandboxClock(self.scene.sandbox.clock().clone()));
        Operator::new(self.state.clone(), clock, Arc::new(SystemRandom::default()))
    }

    /// Lets this many seconds pass for everybody.
    pub fn pass(&self, seconds: i64) {
        let clock = self.scene.sandbox.clock();
        clock.set(clock.now() + jiff::SignedDuration::from_secs(seconds));
    }

    /// The core's client of this gateway, with tokens in memory.
    pub fn client(&self) -> GatewayClient {
        self.client_with(Arc::new(MemorySecretStore::default()), None)
    }

    /// The core's client with tokens in `store`, on a guest's device or, with its credential, at a kiosk.
    pub fn client_with(&self, store: Arc<dyn SecretStore>, device: Option<SecretString>) -> GatewayClient {
        client(self.running.base_url(), &self.scene, store, device)
    }

    /// The core's client, signed in.
    pub async fn signed_in(&self, number: &str) -> GatewayClient {
        let client = self.client();
        self.sign_in(&client, number).await;
        client
    }

    /// Signs a client in with the code from the letterbox.
    pub async fn sign_in(&self, client: &GatewayClient, number: &str) {
        let phone = phone(number);
        client.request_code(&phone).await.unwrap();
        let code = self.letterbox.code(number).await;
        client.confirm(&phone, &code.into()).await.unwrap();
    }

    /// The same over plain HTTP: the access and the refresh token.
    pub async fn tokens(&self, number: &str) -> (String, String) {
        tokens(&self.caller(), &self.letterbox, number).await
    }
}

/// Signs in over plain HTTP: the access and the refresh token.
pub async fn tokens(caller: &Caller, letterbox: &Letterbox, number: &str) -> (String, String) {
    let sent = caller.send_code(number).await;
    assert_eq!(sent.status, 202, "{sent:?}");
    let code = letterbox.code(number).await;
    let session = caller.confirm(number, &code).await;
    assert_eq!(session.status, 200, "{session:?}");
    let text = |name: &str| session.json[name].as_str().unwrap().to_owned();
    (text("accessToken"), text("refreshToken"))
}

/// The core's client of the gateway at an address.
pub fn client(
    base_url: &str,
    scene: &Scene,
    store: Arc<dyn SecretStore>,
    device: Option<SecretString>,
) -> GatewayClient {
    let http = HttpOptions {
        base: base_url.parse().unwrap(),
        extra_roots: None,
        allow_plain_http: true,
        connect_timeout: Duration::from_secs(5),
        timeout: Duration::from_secs(20),
    };
    let clock = Arc::new(SandboxClock(scene.sandbox.clock().clone()));
    GatewayClient::new(&ClientOptions { http, device }, store, clock, Arc::new(SystemIds)).unwrap()
}

/// Records the consent without which nobody is registered.
pub async fn consent(client: &GatewayClient) {
    client.give_consent(ConsentKind::PersonalData, CONSENT).await.unwrap();
}

/// Serves a gateway.
pub async fn open(
    scene: &Scene,
    letterbox: &Arc<Letterbox>,
    state: &State,
    gateway: &str,
    probonus: &str,
) -> Running {
    let mut table: Table = CONFIG.parse().unwrap();
    lay_over(&mut table, gateway.parse().unwrap());
    let config = GatewayConfig::from_toml(&table.to_string(), |_| None).unwrap();
    let parts = Parts {
        probonus: scene.client_with(probonus),
        state: state.clone(),
        delivery: Arc::clone(letterbox) as Arc<dyn Delivery>,
        clock: Arc::new(SandboxClock(scene.sandbox.clock().clone())),
        random: Arc::new(SystemRandom::default()),
        master_key: master_key(),
        options: config.options(),
    };
    let server = config.server(&scene.config(probonus));
    GatewayServer::start(Gateway::start(parts), server).await.unwrap()
}

/// The secret of every gateway here.
pub fn master_key() -> MasterKey {
    MasterKey::new(vec![7; 32]).unwrap()
}

/// Puts each key of `more` in place of the one there, table by table.
fn lay_over(table: &mut Table, more: Table) {
    for (key, value) in more {
        match (table.get_mut(&key), value) {
            (Some(Value::Table(under)), Value::Table(over)) => lay_over(under, over),
            (_, value) => {
                table.insert(key, value);
            }
        }
    }
}

//! A gateway without its HTTP side.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use loyalty_core::domain::ConsentKind;
use loyalty_gateway::delivery::{Delivery, DeliveryOptions};
use loyalty_gateway::gateway::{Device, Guest, Origin, SessionTokens};
use loyalty_gateway::operator::Operator;
use loyalty_gateway::options::{ConsentText, GatewayOptions, Lifetimes, Limits};
use loyalty_gateway::random::SystemRandom;
use loyalty_gateway::state::{Database, State};
use loyalty_gateway::{Gateway, Parts};
use loyalty_tests::gateway::{Letterbox, master_key};
use loyalty_tests::scene::{SandboxClock, Scene};
use secrecy::ExposeSecret;
use serde_json::Value;
use tempfile::TempDir;

pub(crate) use loyalty_tests::scene::RICHEST;

/// A phone that no account carries.
pub(crate) const STRANGER: &str = "+79995550123";
/// The version of the text on personal data.
pub(crate) const CONSENT: &str = "2025-09";
/// ProBonus gives codes of six digits that live ten minutes.
pub(crate) const TILL_CODES: &str = "[probonus.till_code]\nsource = \"temporary\"\ntype_id = 2";

pub(crate) struct World {
    pub(crate) scene: Scene,
    pub(crate) letterbox: Arc<Letterbox>,
    pub(crate) gateway: Gateway,
    pub(crate) state: State,
    /// The file of the state.
    pub(crate) database: PathBuf,
    _folder: TempDir,
}

pub(crate) fn options() -> GatewayOptions {
    GatewayOptions {
        registration: true,
        consent_texts: vec![
            ConsentText { kind: ConsentKind::PersonalData, version: CONSENT.into() },
            ConsentText { kind: ConsentKind::Advertising, version: "2025-03".into() },
        ],
        lifetimes: Lifetimes::default(),
        limits: Limits::default(),
        delivery: DeliveryOptions::default(),
    }
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::with(options(), TILL_CODES).await
    }

    pub(crate) async fn with(options: GatewayOptions, probonus: &str) -> Self {
        let scene = Scene::start("");
        let folder = TempDir::new().unwrap();
        let database = folder.path().join("gateway.db");
        let state = State::open(&Database::Sqlite(database.clone())).await.unwrap();
        let letterbox = Arc::new(Letterbox::default());
        let delivery: Arc<dyn Delivery> = Arc::clone(&letterbox) as _;
        let gateway = gateway(&scene, &state, delivery, options, probonus);
        Self { scene, letterbox, gateway, state, database, _folder: folder }
    }

    pub(crate) fn pass(&self, time: SignedDuration) {
        let clock = self.scene.sandbox.clock();
        clock.set(clock.now() + time);
    }

    pub(crate) async fn sign_in(&self, number: &str) -> SessionTokens {
        self.sign_in_at(number, &origin(None)).await
    }

    pub(crate) async fn sign_in_at(&self, number: &str, origin: &Origin) -> SessionTokens {
        self.gateway.request_code(number, origin).await.unwrap();
        let code = self.letterbox.code(number).await;
        self.gateway.confirm(number, &code, origin).await.unwrap()
    }

    /// A guest who has just signed in.
    pub(crate) async fn guest(&self, number: &str) -> Guest {
        self.authenticate(&self.sign_in(number).await).await
    }

    pub(crate) async fn authenticate(&self, tokens: &SessionTokens) -> Guest {
        self.gateway.authenticate(tokens.access_token.expose_secret()).await.unwrap()
    }

    pub(crate) fn operator(&self) -> Operator {
        let clock = Arc::new(SandboxClock(self.scene.sandbox.clock().clone()));
        Operator::new(self.state.clone(), clock, Arc::new(SystemRandom::default()))
    }

    /// A kiosk whose credential the operator has just issued.
    pub(crate) async fn kiosk(&self) -> Device {
        let added = self.operator().add_device("у входа", &master_key()).await.unwrap();
        self.gateway.device(added.credential.expose_secret()).await.unwrap()
    }
}

pub(crate) fn gateway(
    scene: &Scene,
    state: &State,
    delivery: Arc<dyn Delivery>,
    options: GatewayOptions,
    probonus: &str,
) -> Gateway {
    Gateway::start(Parts {
        probonus: scene.client_with(probonus),
        state: state.clone(),
        delivery,
        clock: Arc::new(SandboxClock(scene.sandbox.clock().clone())),
        random: Arc::new(SystemRandom::default()),
        master_key: master_key(),
        options,
    })
}

pub(crate) fn origin(device: Option<&Device>) -> Origin {
    Origin { address: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), device: device.cloned() }
}

pub(crate) fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

/// Waits until something holds that others bring about, ten seconds at most.
pub(crate) async fn eventually(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..200 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{what}");
}

//! The two ways from a guest's device to the books, behind one port: a session over either is the same code.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use loyalty_core::backend::gateway::{GatewayClient, GatewayOptions};
use loyalty_core::backend::http::HttpOptions;
use loyalty_core::backend::probonus::{Credentials, DirectGuest, ProBonus, ProBonusConfig};
use loyalty_core::backend::{BackendError, Capabilities, GuestBackend};
use loyalty_core::domain::{
    Account, AccountUpdate, Balance, Consent, Phone, ProfileChange, Receipt, ReceiptRef, Registration,
    TillCode, Transaction, TransactionsQuery,
};
use loyalty_core::ports::Clock;
use loyalty_core::system::{MemorySecretStore, SystemIds};
use loyalty_tests::scene::TOKEN;

/// Which way a device takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// With the token of ProBonus.
    Direct,
    /// With the guest's own session at a gateway.
    Gateway,
}

impl Way {
    /// Its name in folders and reports.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Gateway => "gateway",
        }
    }
}

/// More of `[probonus]`, for the device of one way and the gateway of the other.
pub(super) const PROBONUS: &str = "timeout = 5\n[probonus.till_code]\nsource = \"temporary\"\ntype_id = 2\n";

/// The client of the staff's program, and of a device on the direct way.
pub(super) fn probonus(base_url: &str, clock: Arc<dyn Clock>) -> ProBonus {
    let file = format!("[probonus]\nurl = \"{base_url}\"\nallow_plain_http = true\n{PROBONUS}");
    let config = ProBonusConfig::from_toml(&file).unwrap();
    let credentials = Credentials { api_token: Some(TOKEN.into()), password: None };
    ProBonus::new(&config, credentials, Arc::new(MemorySecretStore::default()), clock, Arc::new(SystemIds))
        .unwrap()
}

/// A guest's client of a gateway. Whoever is signed in has their tokens in `store`.
pub(super) fn gateway(base_url: &str, store: Arc<MemorySecretStore>, clock: Arc<dyn Clock>) -> GatewayClient {
    let http = HttpOptions {
        base: base_url.parse().unwrap(),
        extra_roots: None,
        allow_plain_http: true,
        connect_timeout: Duration::from_secs(5),
        timeout: Duration::from_secs(5),
    };
    let options = GatewayOptions { http, device: None };
    GatewayClient::new(&options, store, clock, Arc::new(SystemIds)).unwrap()
}

/// One guest, over either way.
#[derive(Debug)]
pub(super) enum Guest {
    Direct(DirectGuest),
    Gateway(GatewayClient),
}

macro_rules! either {
    ($guest:expr, $one:ident => $call:expr) => {
        match $guest {
            Guest::Direct($one) => $call,
            Guest::Gateway($one) => $call,
        }
    };
}

impl GuestBackend for Guest {
    fn capabilities(&self) -> Capabilities {
        either!(self, one => one.capabilities())
    }

    fn phone(&self) -> Option<Phone> {
        either!(self, one => one.phone())
    }

    fn skew(&self) -> Option<SignedDuration> {
        either!(self, one => one.skew())
    }

    fn as_of(&self) -> Option<Timestamp> {
        either!(self, one => one.as_of())
    }

    async fn record_consents(&self, consents: &[Consent]) -> Result<(), BackendError> {
        either!(self, one => one.record_consents(consents).await)
    }

    async fn account(&self) -> Result<Account, BackendError> {
        either!(self, one => one.account().await)
    }

    async fn register(&self, newcomer: &Registration) -> Result<Account, BackendError> {
        either!(self, one => one.register(newcomer).await)
    }

    async fn balance(&self) -> Result<Balance, BackendError> {
        either!(self, one => one.balance().await)
    }

    async fn transactions(&self, query: TransactionsQuery) -> Result<Vec<Transaction>, BackendError> {
        either!(self, one => one.transactions(query).await)
    }

    async fn receipt(&self, reference: &ReceiptRef) -> Result<Receipt, BackendError> {
        either!(self, one => one.receipt(reference).await)
    }

    async fn update_profile(&self, change: &ProfileChange) -> Result<AccountUpdate, BackendError> {
        either!(self, one => one.update_profile(change).await)
    }

    async fn till_code(&self) -> Result<TillCode, BackendError> {
        either!(self, one => one.till_code().await)
    }
}

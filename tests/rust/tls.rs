//! Servers with certificates good and bad: an impostor is told apart from nobody being there.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
// A test may stop at the first thing that is not as it should be.

use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;

use loyalty_core::backend::probonus::{ConfigError, Credentials, ProBonus, ProBonusConfig};
use loyalty_core::backend::{BackendError, OperatorBackend};
use loyalty_core::domain::AccountId;
use loyalty_core::system::{MemorySecretStore, SystemClock, SystemIds};
use loyalty_tests::scene::refill;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tempfile::NamedTempFile;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n[]";

/// An authority of our own, and its certificate in a file.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    file: NamedTempFile,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap();
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(certificate.pem().as_bytes()).unwrap();
        Self { issuer: Issuer::new(params, key), file }
    }

    /// A server whose certificate is for `name`, spoiled by `change`.
    async fn server(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> SocketAddr {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        change(&mut params);
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        serve(TlsAcceptor::from(Arc::new(config))).await
    }
}

async fn serve(acceptor: TlsAcceptor) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let mut request = [0; 4096];
                if stream.read(&mut request).await.is_ok_and(|length| length > 0) {
                    let _ = stream.write_all(ANSWER).await;
                    let _ = stream.shutdown().await;
                }
            });
        }
    });
    address
}

fn client(address: SocketAddr, authority: Option<&Authority>) -> Result<ProBonus, ConfigError> {
    let config = ProBonusConfig {
        url: format!("https://localhost:{}", address.port()),
        ca_file: authority.map(|authority| authority.file.path().to_owned()),
        timeout: 5,
        ..ProBonusConfig::default()
    };
    let credentials = Credentials { api_token: Some("token".into()), password: None };
    ProBonus::new(
        &config,
        credentials,
        Arc::new(MemorySecretStore::default()),
        Arc::new(SystemClock),
        Arc::new(SystemIds),
    )
}

/// What a read and a write come to.
async fn both(address: SocketAddr, authority: Option<&Authority>) -> [BackendError; 2] {
    let client = client(address, authority).unwrap();
    let read = client.groups().await.unwrap_err();
    let write = client.refill(&refill(AccountId(1), 100, 1)).await.unwrap_err();
    [read, write]
}

const UNTRUSTED: [BackendError; 2] = [BackendError::Untrusted, BackendError::Untrusted];
const OFFLINE: [BackendError; 2] = [BackendError::Offline, BackendError::Offline];

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_of_our_own_is_trusted_when_it_is_configured() {
    let authority = Authority::new();
    let address = authority.server("localhost", |_| {}).await;
    assert_eq!(client(address, Some(&authority)).unwrap().groups().await, Ok(Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_authority_is_untrusted_and_not_offline() {
    let authority = Authority::new();
    let address = authority.server("localhost", |_| {}).await;
    assert_eq!(both(address, None).await, UNTRUSTED);
    assert_eq!(both(address, Some(&Authority::new())).await, UNTRUSTED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_for_somebody_else_is_untrusted() {
    let authority = Authority::new();
    let address = authority.server("probonus.example", |_| {}).await;
    assert_eq!(both(address, Some(&authority)).await, UNTRUSTED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_has_run_out_is_untrusted() {
    let authority = Authority::new();
    let expired = |params: &mut CertificateParams| {
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2021, 1, 1);
    };
    let address = authority.server("localhost", expired).await;
    assert_eq!(both(address, Some(&authority)).await, UNTRUSTED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_speak_tls_cannot_prove_itself() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(ANSWER).await;
        }
    });
    assert_eq!(both(address, None).await, UNTRUSTED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_is_closed_before_anything_was_proven_is_offline() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            drop(stream);
        }
    });
    assert_eq!(both(address, None).await, OFFLINE);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handshake_that_never_ends_is_offline() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let held = tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
        }
    });
    let config = ProBonusConfig {
        url: format!("https://localhost:{}", address.port()),
        connect_timeout: 1,
        ..ProBonusConfig::default()
    };
    let credentials = Credentials { api_token: Some("token".into()), password: None };
    let store = Arc::new(MemorySecretStore::default());
    let client =
        ProBonus::new(&config, credentials, store, Arc::new(SystemClock), Arc::new(SystemIds)).unwrap();
    let write = client.refill(&refill(AccountId(1), 100, 1)).await;
    assert_eq!(write, Err(BackendError::Offline));
    held.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_http_is_refused_unless_it_is_allowed() {
    let config = ProBonusConfig { url: "http://localhost:1".into(), ..ProBonusConfig::default() };
    let credentials = || Credentials { api_token: Some("token".into()), password: None };
    let make = |config: &ProBonusConfig| {
        let store = Arc::new(MemorySecretStore::default());
        ProBonus::new(config, credentials(), store, Arc::new(SystemClock), Arc::new(SystemIds))
    };
    assert_eq!(make(&config).unwrap_err().key, "probonus.url");
    make(&ProBonusConfig { allow_plain_http: true, ..config }).unwrap();
}

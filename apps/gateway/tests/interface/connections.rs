//! Connections: slow ones, too many, encrypted ones, and those under way when the gateway stops.

use std::io::ErrorKind;
use std::time::Duration;

use loyalty_core::backend::probonus::ProBonusConfig;
use loyalty_gateway::{GatewayConfig, GatewayServer, StartError, TlsError, TlsFiles};
use loyalty_sandbox::FaultKind;
use loyalty_tests::caller::Caller;
use loyalty_tests::gateway::GatewayScene;
use loyalty_tests::raw;
use loyalty_tests::scene::RICHEST;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::certificate::Certificate;

/// Longer than any time that the gateway gives a client, shorter than a test may hang.
const PATIENCE: Duration = Duration::from_secs(40);

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_does_not_end_and_a_silent_connection_are_closed() {
    let scene = GatewayScene::start().await;
    let silent = raw::exchange(scene.address(), b"", PATIENCE);
    let half = raw::exchange(scene.address(), b"GET /v1/health HTTP/1.1\r\nhost: g", PATIENCE);
    let idle = raw::exchange(scene.address(), b"GET /v1/health HTTP/1.1\r\nhost: g\r\n\r\n", PATIENCE);
    let (silent, half, idle) = tokio::join!(silent, half, idle);
    assert!(silent.closed && half.closed && idle.closed, "{silent:?} {half:?} {idle:?}");
    assert_eq!(idle.status, Some(200));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let scene = GatewayScene::start().await;
    let head = "POST /v1/sign-in/code HTTP/1.1\r\nhost: g\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{";
    let outcome = raw::exchange(scene.address(), head.as_bytes(), PATIENCE).await;
    assert_eq!(outcome.status, Some(408), "{outcome:?}");
    assert!(outcome.text.contains("\"code\":\"timeout\""), "{outcome:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn heads_that_are_too_large_are_refused() {
    let scene = GatewayScene::start().await;
    let long = format!("GET /v1/health HTTP/1.1\r\nhost: g\r\nx: {}\r\n\r\n", "a".repeat(20_000));
    let many = format!("GET /v1/health HTTP/1.1\r\nhost: g\r\n{}\r\n", "a: b\r\n".repeat(100));
    for head in [long, many] {
        let outcome = raw::exchange(scene.address(), head.as_bytes(), PATIENCE).await;
        assert_eq!((outcome.status, outcome.closed), (Some(431), true), "{outcome:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_over_the_limit_wait_until_one_ends() {
    let scene = GatewayScene::with("[gateway]\nmax_connections = 2", "").await;
    let hold = [
        TcpStream::connect(scene.address()).await.unwrap(),
        TcpStream::connect(scene.address()).await.unwrap(),
    ];
    // Both are taken once their servers wait for a head; the third stays in the system's queue.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let third = tokio::spawn(raw::exchange(
        scene.address(),
        b"GET /v1/health HTTP/1.1\r\nhost: g\r\nconnection: close\r\n\r\n",
        PATIENCE,
    ));
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert!(!third.is_finished(), "a third connection was served");
    drop(hold);
    let third = third.await.unwrap();
    assert_eq!(third.status, Some(200), "{third:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shutdown_lets_a_request_end_and_closes_everything_else() {
    let scene = GatewayScene::start().await;
    let (access, _) = scene.tokens(RICHEST).await;
    let guest = scene.caller().with_token(&access);
    scene.scene.always("accounts/transactions", FaultKind::Delay { ms: 2_000 });
    let under_way = tokio::spawn(async move { guest.get("/v1/me/transactions").await });
    let mut idle = TcpStream::connect(scene.address()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;

    let (address, metrics) = (scene.address(), scene.running.metrics_url().to_owned());
    let closing = tokio::spawn(scene.running.shutdown());
    assert_eq!(under_way.await.unwrap().status, 200);
    assert_eq!(idle.read(&mut [0]).await.unwrap_or(0), 0);
    tokio::time::timeout(Duration::from_secs(15), closing).await.expect("it did not end").unwrap();
    for address in [address.to_string(), metrics.trim_start_matches("http://").to_owned()] {
        let refused = TcpStream::connect(&address).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused, "{address}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_certificate_of_its_own_it_speaks_tls_and_nothing_else() {
    let certificate = Certificate::new();
    let (shown, key) = (certificate.certificate(), certificate.key());
    let table = format!("[gateway.tls]\ncertificate = {shown:?}\nkey = {key:?}");
    let scene = GatewayScene::with(&table, "").await;
    assert!(scene.running.base_url().starts_with("https://"));
    let port = scene.running.base_url().rsplit_once(':').unwrap().1;
    let answer =
        certificate.client().get(format!("https://localhost:{port}/v1/health")).send().await.unwrap();
    assert_eq!(answer.status(), 200);

    let plain: std::net::SocketAddr = format!("127.0.0.1:{port}").parse().unwrap();
    let outcome = raw::exchange(plain, b"GET /v1/health HTTP/1.1\r\nhost: g\r\n\r\n", PATIENCE).await;
    assert_eq!((outcome.status, outcome.closed), (None, true), "{outcome:?}");
    // Whoever agrees on no keys is not waited for either.
    let mut silent = TcpStream::connect(plain).await.unwrap();
    silent.write_all(&[22]).await.unwrap();
    let ended = tokio::time::timeout(PATIENCE, silent.read(&mut [0; 64])).await;
    assert_eq!(ended.expect("it was waited for").unwrap_or(0), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_cannot_be_used_keeps_it_from_starting() {
    let certificate = Certificate::new();
    let other = Certificate::new();
    let scene = GatewayScene::start().await;
    let (good, key) = (certificate.certificate(), certificate.key());
    let refused = |certificate, key| {
        let gateway = scene.running.gateway().clone();
        let file =
            "[gateway]\nlisten = \"127.0.0.1:0\"\n[gateway.programme]\nname = \"x\"\nregistration = false";
        let mut options =
            GatewayConfig::from_toml(file, |_| None).unwrap().server(&ProBonusConfig::default());
        options.tls = Some(TlsFiles { certificate, key });
        async move { GatewayServer::start(gateway, options).await.unwrap_err() }
    };
    let absent = refused(good.with_file_name("absent.pem"), key.clone()).await;
    assert!(matches!(absent, StartError::Tls(TlsError::Certificate(_))), "{absent}");
    let no_certificate = refused(key.clone(), key.clone()).await;
    assert!(matches!(no_certificate, StartError::Tls(TlsError::Certificate(_))), "{no_certificate}");
    let no_key = refused(good.clone(), good.clone()).await;
    assert!(matches!(no_key, StartError::Tls(TlsError::Key(_))), "{no_key}");
    let mismatch = refused(good, other.key()).await;
    assert!(matches!(mismatch, StartError::Tls(TlsError::Mismatch)), "{mismatch}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_is_who_the_trusted_proxy_says_it_is() {
    let limits = "[gateway]\ntrusted_proxies = [\"127.0.0.2\"]\n[gateway.limits]\naddress_per_hour = 1";
    let scene = GatewayScene::with(limits, "").await;
    let proxy = Caller::from_address(scene.running.base_url(), 2);
    let ask = async |caller: &Caller, from: &str, phone: &str| {
        caller.with("x-forwarded-for", from).send_code(phone).await.status
    };
    assert_eq!(ask(&proxy, "203.0.113.1", "+79161112201").await, 202);
    assert_eq!(ask(&proxy, "203.0.113.1", "+79161112202").await, 429, "one address, one code");
    assert_eq!(ask(&proxy, "203.0.113.2", "+79161112203").await, 202, "another client");
    assert_eq!(
        ask(&proxy, "203.0.113.3, 203.0.113.2", "+79161112204").await,
        429,
        "what a client claims is no news"
    );
    let stranger = scene.caller();
    assert_eq!(ask(&stranger, "203.0.113.4", "+79161112205").await, 202);
    assert_eq!(ask(&stranger, "203.0.113.5", "+79161112206").await, 429, "a stranger is not believed");
}

//! A whole journey with every log at its most talkative, searched for anything personal or secret.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
// A test may stop at the first thing that is not as it should be.

use std::fmt::{Debug, Write as _};
use std::io;
use std::sync::{Arc, Mutex};

use loyalty_core::LoyaltyError;
use loyalty_core::backend::probonus::{Credentials, ProBonus, all_transactions};
use loyalty_core::backend::{BackendError, GuestBackend, OperatorBackend};
use loyalty_core::domain::{IdentifierTypeId, ProfileChange, ReceiptRef, TransactionsQuery};
use loyalty_core::ports::SecretStore;
use loyalty_core::system::MemorySecretStore;
use loyalty_sandbox::FaultKind;
use loyalty_tests::scene::{CARD, RICHEST, Scene, TOKEN, check, newcomer_with_card, phone, refill};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

const NEWCOMER: &str = "+79161112233";

/// What the journey tells of its guests, and the password and token it is made with.
const PERSONAL: &[&str] = &[
    // The phones, whatever stands in front of them.
    "9161112233",
    "9000000001",
    "Евлампия",
    "%D0%95%D0%B2%D0%BB",
    "Подорожная",
    "Аристарховна",
    "1990-02-28",
    "evlampia@",
    "nova@",
    CARD,
    "За терпение",
    "Две пиццы",
    "password\"",
    TOKEN,
];

/// Collects what is written, from every thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;
    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// Everything that a program might print: values, errors and what they become outside.
#[derive(Default)]
struct Printed(String);

impl Printed {
    fn value(&mut self, value: &impl Debug) {
        writeln!(self.0, "{value:?} {value:#?}").unwrap();
    }

    fn error<T: Debug>(&mut self, answer: Result<T, BackendError>) {
        let error = answer.unwrap_err();
        writeln!(self.0, "{error} {error:?}").unwrap();
        let outward = LoyaltyError::from(error);
        writeln!(self.0, "{outward} {outward:?}").unwrap();
    }
}

async fn pleasant_journey(client: &ProBonus, printed: &mut Printed) {
    let guest = client.guest(phone(NEWCOMER));
    printed.error(guest.account().await);
    let newcomer = newcomer_with_card(NEWCOMER);
    printed.value(&newcomer);
    let account = guest.register(&newcomer).await.unwrap();
    printed.value(&account);
    let change = ProfileChange { email: Some(Some("nova@example.org".into())), ..Default::default() };
    printed.value(&change);
    printed.value(&guest.update_profile(&change).await.unwrap());
    printed.value(&client.refill(&refill(account.id, 5_000, 1)).await.unwrap());
    printed.value(&refill(account.id, 5_000, 1));
    printed.value(&check(account.id, "WEB-1"));
    printed.value(&client.register_check(&check(account.id, "WEB-1")).await.unwrap());
    printed.value(&client.issue_identifier(account.id, IdentifierTypeId(2)).await.unwrap());
    printed.value(&guest.balance().await.unwrap());
    printed.value(&guest.transactions(TransactionsQuery::Last(10)).await.unwrap());
    printed.value(&guest);
    let mut pages = all_transactions(client, account.id);
    while let Some(page) = pages.next_page().await.unwrap() {
        printed.value(&page);
    }
}

async fn unpleasant_journey(scene: &Scene, client: &ProBonus, printed: &mut Printed) {
    let guest = client.guest(phone(NEWCOMER));
    printed.error(client.insert_by_template(&newcomer_with_card(NEWCOMER)).await);
    printed.error(client.receipt(&ReceiptRef("999999999".into())).await);
    for kind in [
        FaultKind::CutAfter,
        FaultKind::Garbage,
        FaultKind::Truncated,
        FaultKind::EndlessHeader,
        FaultKind::Oversize { bytes: 17 << 20 },
        FaultKind::Status { status: 500 },
        FaultKind::Never { effect: false },
    ] {
        scene.sandbox.faults().clear();
        scene.always("accounts/find_by_phone", kind);
        printed.error(guest.account().await);
    }
    scene.sandbox.faults().clear();
    scene.once("accounts/refill", FaultKind::CutAfter);
    printed.error(client.refill(&refill(scene.richest(), 100, 2)).await);
    // Sums and dates that cannot be read stand next to names and phones.
    scene.sandbox.set_dialect("ruble".parse().unwrap());
    printed.error(guest.account().await);
    scene.sandbox.set_dialect("renamed".parse().unwrap());
    printed.error(guest.balance().await);
    scene.sandbox.set_dialect("contract".parse().unwrap());
    scene.sandbox.tokens().expire_access();
    guest.account().await.unwrap();
}

/// All tokens that the server has ever given out or been shown.
fn tokens(scene: &Scene) -> Vec<String> {
    let shown = scene.sandbox.requests().all();
    let bearer = shown.iter().filter_map(|request| request.header("authorization")?.strip_prefix("Bearer "));
    let refresh = scene.sandbox.requests().of("auth/refresh_token");
    let refresh =
        refresh.iter().filter_map(|request| Some(request.json()?["refreshToken"].as_str()?.to_owned()));
    let mut tokens: Vec<_> = bearer.map(str::to_owned).chain(refresh).collect();
    tokens.sort_unstable();
    tokens.dedup();
    tokens
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journey_with_every_log_on_tells_nothing_about_anybody() {
    let log = Log::default();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(log.clone())
        .init();

    let scene = Scene::start("");
    let config = scene.config("timeout = 1\nlogin = \"demo\"");
    let mut printed = Printed::default();
    let store: Arc<dyn SecretStore> = Arc::new(MemorySecretStore::default());
    let with_password = || Credentials { api_token: None, password: Some("password".into()) };
    let with_token = || Credentials { api_token: Some(TOKEN.into()), password: None };
    for credentials in [with_password(), with_token()] {
        printed.value(&credentials);
    }
    let staff = scene.connect(&config, with_password(), Arc::clone(&store));
    pleasant_journey(&staff, &mut printed).await;
    unpleasant_journey(&scene, &staff, &mut printed).await;
    let permanent = scene.connect(&config, with_token(), Arc::clone(&store));
    let regular = permanent.guest(phone(RICHEST));
    printed.value(&regular.account().await.unwrap());
    for value in [&staff, &permanent] {
        printed.value(value);
    }
    printed.value(&store);
    printed.value(&config);

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    // The log is really on: it names the methods, and the libraries below speak as well.
    for said in
        ["accounts/find_by_phone", "auth/refresh_token", "accounts/refill", "TRACE", "reqwest", "hyper"]
    {
        assert!(log.contains(said), "{said} is not in the log");
    }
    let tokens = tokens(&scene);
    assert!(tokens.len() >= 3, "{} tokens were seen", tokens.len());
    for secret in PERSONAL.iter().map(|text| (*text).to_owned()).chain(tokens) {
        is_nowhere(&secret, "the log", &log);
        is_nowhere(&secret, "what was printed", &printed.0);
    }
}

fn is_nowhere(secret: &str, place: &str, text: &str) {
    if let Some(at) = text.find(secret) {
        let start = text[..at].rfind('\n').map_or(0, |line| line + 1);
        let line = text[start..].lines().next().unwrap_or_default();
        panic!("{secret} is in {place}: {line}");
    }
}

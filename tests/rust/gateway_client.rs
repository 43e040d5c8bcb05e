//! The core's adapter to the gateway: what it keeps, when it renews, what it makes of lost replies and old answers.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
// A test may stop at the first thing that is not as it should be.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use loyalty_core::backend::gateway::{Devices, GatewayClient, SessionKind, SignOut, TillCodeKind};
use loyalty_core::backend::{BackendError, GuestBackend};
use loyalty_core::domain::{BusinessCalendar, ConsentKind, Registration, TransactionsQuery};
use loyalty_core::guest::{GuestClient, GuestSession, PhoneLocks, Retention, SessionSettings};
use loyalty_core::ports::{SecretStore, SecretStoreError};
use loyalty_core::system::{MemorySecretStore, SystemIds};
use loyalty_core::{ErrorCode, LoyaltyError};
use loyalty_sandbox::FaultKind;
use loyalty_tests::gateway::{CONSENT, GatewayScene, client, consent};
use loyalty_tests::proxy::Proxy;
use loyalty_tests::scene::{RICHEST, SandboxClock, newcomer, phone};
use secrecy::SecretSlice;
use tokio::task::JoinSet;

const NOBODY: &str = "+79161112233";
const REFRESH: &str = "POST /v1/sessions/refresh";
const SNAPSHOT: &str = "GET /v1/me/snapshot";

/// A guest's device behind a proxy that remembers what went through.
struct Device {
    scene: GatewayScene,
    proxy: Proxy,
    store: Arc<MemorySecretStore>,
    client: GatewayClient,
}

impl Device {
    async fn start() -> Self {
        let scene = GatewayScene::start().await;
        let proxy = Proxy::start(&[scene.running.base_url()]).await;
        let store = Arc::new(MemorySecretStore::default());
        let client = client(&proxy.base_url, &scene.scene, store.clone(), None);
        Self { scene, proxy, store, client }
    }

    async fn signed_in() -> Self {
        let device = Self::start().await;
        device.scene.sign_in(&device.client, RICHEST).await;
        device.client.account().await.unwrap();
        device.proxy.take();
        device
    }

    /// The app after its process was ended.
    fn restarted(&self) -> GatewayClient {
        client(&self.proxy.base_url, &self.scene.scene, self.store.clone(), None)
    }

    /// How often a request went through since the last look.
    fn count(&self, request: &str) -> usize {
        self.proxy.take().iter().filter(|passed| passed.request == request).count()
    }
}

/// What fifty calls at the same time come to.
async fn fifty(client: &GatewayClient) -> Vec<Result<usize, BackendError>> {
    let mut calls = JoinSet::new();
    for _ in 0..50 {
        let client = client.clone();
        calls.spawn(async move { client.consents().await.map(|consents| consents.len()) });
    }
    calls.join_all().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_begins_with_a_code_survives_a_restart_and_ends() {
    let device = Device::start().await;
    let number = phone(RICHEST);
    assert!(!device.client.is_signed_in().await.unwrap());
    assert_eq!(device.client.account().await, Err(BackendError::Unauthorized));
    assert_eq!(device.proxy.take(), [], "nobody is asked without a token");
    let sent = device.client.request_code(&number).await.unwrap();
    assert_eq!((sent.digits, sent.resend_after.as_secs(), sent.expires_in.as_secs()), (6, 60, 300));
    let code = device.scene.letterbox.code(RICHEST).await;
    assert_eq!(device.client.confirm(&number, &code.into()).await, Ok(SessionKind::Guest));
    let restarted = device.restarted();
    assert!(restarted.is_signed_in().await.unwrap());
    assert_eq!(restarted.account().await.unwrap().phone, Some(number));
    assert_eq!(restarted.sign_out(Devices::This).await, Ok(SignOut::Complete));
    assert!(!device.restarted().is_signed_in().await.unwrap());
    assert_eq!(device.client.balance().await, Err(BackendError::Unauthorized));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_code_says_how_often_it_may_still_be_tried() {
    let device = Device::start().await;
    let number = phone(RICHEST);
    device.client.request_code(&number).await.unwrap();
    let code = device.scene.letterbox.code(RICHEST).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for left in (0..5).rev() {
        let error = device.client.confirm(&number, &wrong.to_owned().into()).await.unwrap_err();
        assert_eq!(error, BackendError::CodeWrong { tries_left: Some(left) });
        assert_eq!(LoyaltyError::from(error).code(), ErrorCode::CodeWrong);
    }
    let error = device.client.confirm(&number, &code.into()).await.unwrap_err();
    assert_eq!(error, BackendError::Conflict(ErrorCode::CodeExpired));
    let soon = device.client.request_code(&number).await.unwrap_err();
    assert!(matches!(soon, BackendError::RateLimited { retry_after: Some(wait) } if wait.as_secs() <= 60));
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_calls_on_an_expired_token_make_exactly_one_refresh() {
    let device = Device::signed_in().await;
    for _ in 0..2 {
        device.scene.pass(16 * 60);
        assert!(fifty(&device.client).await.iter().all(|answer| *answer == Ok(0)));
        assert_eq!(device.count(REFRESH), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_whose_reply_was_lost_is_made_again() {
    let device = Device::signed_in().await;
    device.scene.pass(16 * 60);
    device.proxy.lose("/v1/sessions/refresh");
    assert_eq!(device.client.account().await.unwrap_err(), BackendError::Cut);
    // The app may as well have been killed meanwhile, for weeks.
    device.scene.pass(30 * 24 * 3600);
    let restarted = device.restarted();
    restarted.account().await.unwrap();
    assert_eq!(device.count(REFRESH), 2);
    device.scene.pass(16 * 60);
    restarted.account().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confirmation_that_nobody_waits_for_any_more_is_kept() {
    let device = Device::start().await;
    let number = phone(RICHEST);
    device.client.request_code(&number).await.unwrap();
    let code = device.scene.letterbox.code(RICHEST).await.into();
    let given_up =
        tokio::time::timeout(std::time::Duration::ZERO, device.client.confirm(&number, &code)).await;
    assert!(given_up.is_err());
    for _ in 0..200 {
        if device.client.is_signed_in().await.unwrap() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    device.client.account().await.unwrap();
}

/// A store that can be closed.
#[derive(Debug, Default)]
struct Lockable {
    secrets: MemorySecretStore,
    locked: AtomicBool,
}

impl Lockable {
    fn check(&self) -> Result<(), SecretStoreError> {
        if self.locked.load(Ordering::SeqCst) { Err(SecretStoreError::Refused) } else { Ok(()) }
    }
}

impl SecretStore for Lockable {
    fn get(&self, key: &str) -> Result<Option<SecretSlice<u8>>, SecretStoreError> {
        self.secrets.get(key)
    }

    fn set(&self, key: &str, secret: &SecretSlice<u8>) -> Result<(), SecretStoreError> {
        self.check()?;
        self.secrets.set(key, secret)
    }

    fn delete(&self, key: &str) -> Result<(), SecretStoreError> {
        self.check()?;
        self.secrets.delete(key)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_pair_is_stored_before_it_is_used() {
    let scene = GatewayScene::start().await;
    let proxy = Proxy::start(&[scene.running.base_url()]).await;
    let store = Arc::new(Lockable::default());
    let device = client(&proxy.base_url, &scene.scene, store.clone(), None);
    scene.sign_in(&device, RICHEST).await;
    device.account().await.unwrap();
    proxy.take();
    store.locked.store(true, Ordering::SeqCst);
    scene.pass(16 * 60);
    let refused = BackendError::Secrets(SecretStoreError::Refused);
    assert_eq!(device.account().await.unwrap_err(), refused);
    let passed: Vec<_> = proxy.take().into_iter().map(|passed| (passed.request, passed.status)).collect();
    assert_eq!(passed, [(SNAPSHOT.to_owned(), 401), (REFRESH.to_owned(), 200)], "and not used");
    // A process that starts now still has the old pair, which is good because the new one was not used.
    let other = client(&proxy.base_url, &scene.scene, store.clone(), None);
    store.locked.store(false, Ordering::SeqCst);
    other.account().await.unwrap();
    // Signing out where the store does not let go is an error, and no silence.
    store.locked.store(true, Ordering::SeqCst);
    assert_eq!(other.sign_out(Devices::This).await.unwrap_err(), refused);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_without_a_network_is_signing_out_here() {
    let device = Device::signed_in().await;
    device.proxy.direct_to(&[]);
    let everywhere = device.client.sign_out(Devices::All).await;
    assert!(everywhere.is_err() && device.client.is_signed_in().await.unwrap(), "{everywhere:?}");
    assert_eq!(device.client.sign_out(Devices::This).await, Ok(SignOut::OnlyHere));
    assert!(!device.client.is_signed_in().await.unwrap());
    assert!(!device.restarted().is_signed_in().await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_was_ended_elsewhere_is_unauthorized_and_says_so_at_once_from_then_on() {
    let device = Device::signed_in().await;
    device.scene.pass(61);
    let other = device.scene.signed_in(RICHEST).await;
    other.sign_out(Devices::All).await.unwrap();
    assert_eq!(device.client.account().await.unwrap_err(), BackendError::Unauthorized);
    assert_eq!(device.count(REFRESH), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_is_one_request_and_an_unchanged_one_is_no_body() {
    let device = Device::signed_in().await;
    let clock = Arc::new(SandboxClock(device.scene.scene.sandbox.clock().clone()));
    let door = GuestClient::new(device.client.clone(), clock, Arc::new(PhoneLocks::default()));
    // Read anew by the gateway each time, because its own answer is too old.
    let mut first = None;
    for round in 0..3 {
        device.scene.pass(16);
        let snapshot = door.refresh().await.unwrap();
        let passed = device.proxy.take();
        assert_eq!(passed.len(), 1, "{passed:?}");
        assert_eq!(
            (passed[0].request.as_str(), passed[0].status, passed[0].bytes),
            (SNAPSHOT, 304, 0),
            "{round}"
        );
        assert_eq!(snapshot.as_of, device.scene.scene.sandbox.clock().now());
        let held = first.get_or_insert_with(|| snapshot.clone());
        assert_eq!((&held.balance, &held.newest), (&snapshot.balance, &snapshot.newest));
    }
    let till = loyalty_tests::caller::Caller::new(device.scene.scene.sandbox.base_url());
    till.post("/till/check", &serde_json::json!({"phone": RICHEST, "sum": 250_000})).await;
    device.scene.pass(16);
    let changed = door.refresh().await.unwrap();
    assert_eq!(device.proxy.take()[0].status, 200);
    assert_ne!(Some(changed.balance), first.map(|first| first.balance));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_session_hears_that_nothing_changed_and_shows_it_with_its_new_date() {
    let device = Device::signed_in().await;
    let folder = tempfile::tempdir().unwrap();
    let settings = SessionSettings {
        calendar: BusinessCalendar::from_names("Europe/Moscow", "00:00").unwrap(),
        history_since: "2015-01-01T00:00:00Z".parse().unwrap(),
        retention: Some(Retention::default()),
    };
    let door = GuestClient::new(device.client.clone(), device.scene.scene.clock(), Arc::default());
    let opened = GuestSession::open(door, folder.path(), RICHEST, settings.clone(), &SystemIds).await;
    let session = opened.unwrap();
    let first = session.refresh().await.unwrap();
    device.proxy.take();
    device.scene.pass(16);
    let second = session.refresh().await.unwrap();
    let passed = device.proxy.take();
    let snapshots: Vec<_> = passed.iter().filter(|one| one.request == SNAPSHOT).collect();
    assert_eq!(snapshots.iter().map(|one| (one.status, one.bytes)).collect::<Vec<_>>(), [(304, 0)]);
    assert_eq!(second.snapshot.balance, first.snapshot.balance);
    assert_eq!(second.snapshot.newest, first.snapshot.newest);
    let sixteen_seconds = jiff::SignedDuration::from_secs(16);
    assert_eq!(second.snapshot.as_of.duration_since(first.snapshot.as_of), sixteen_seconds);
    // The next start shows it without a request.
    drop(session);
    let door = GuestClient::new(device.restarted(), device.scene.scene.clock(), Arc::default());
    let again = GuestSession::open(door, folder.path(), RICHEST, settings, &SystemIds).await.unwrap();
    assert_eq!(again.snapshot().unwrap().snapshot.as_of, second.snapshot.as_of);
    assert_eq!(device.proxy.take().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_who_asks_anew_is_not_answered_from_the_gateways_memory() {
    let device = Device::signed_in().await;
    let before = device.client.account().await.unwrap().balance;
    let till = loyalty_tests::caller::Caller::new(device.scene.scene.sandbox.base_url());
    till.post("/till/check", &serde_json::json!({"phone": RICHEST, "sum": 250_000})).await;
    device.scene.pass(6);
    assert_eq!(device.client.account().await.unwrap().balance, before);
    device.client.ask_anew();
    assert_ne!(device.client.account().await.unwrap().balance, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_answer_carries_its_age() {
    let device = Device::signed_in().await;
    let read = device.scene.scene.sandbox.clock().now();
    device.scene.scene.always("*", FaultKind::Status { status: 503 });
    device.scene.pass(600);
    let clock = Arc::new(SandboxClock(device.scene.scene.sandbox.clock().clone()));
    let door = GuestClient::new(device.client.clone(), clock, Arc::new(PhoneLocks::default()));
    assert_eq!(door.refresh().await.unwrap().as_of, read);
    device.scene.scene.sandbox.faults().clear();
    device.scene.pass(60);
    let now = device.scene.scene.sandbox.clock().now();
    assert_eq!(door.refresh().await.unwrap().as_of, now);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_of_a_session_leaves_no_token_even_without_the_gateway() {
    for reachable in [true, false] {
        let device = Device::signed_in().await;
        let clock = Arc::new(SandboxClock(device.scene.scene.sandbox.clock().clone()));
        let door = GuestClient::new(device.client.clone(), clock, Arc::new(PhoneLocks::default()));
        let settings = SessionSettings {
            calendar: BusinessCalendar::from_names("Europe/Moscow", "00:00").unwrap(),
            history_since: "2015-01-01T00:00:00Z".parse().unwrap(),
            retention: None,
        };
        let session = GuestSession::in_memory(door, settings).await.unwrap();
        if !reachable {
            device.proxy.direct_to(&[]);
        }
        session.sign_out().await.unwrap();
        assert!(!device.restarted().is_signed_in().await.unwrap(), "reachable: {reachable}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_guests_answer_is_never_shown_to_the_next() {
    let device = Device::signed_in().await;
    let first = device.client.account().await.unwrap().id;
    let second = device.scene.scene.second_guest().await;
    device.client.sign_out(Devices::This).await.unwrap();
    device.scene.sign_in(&device.client, &second).await;
    device.proxy.take();
    // The parts that the last guest did not ask for are gone as well, and so is the tag.
    let balance = device.client.balance().await.unwrap();
    assert_ne!(balance.account_id, first);
    assert_ne!(device.client.account().await.unwrap().id, first);
    let statuses: Vec<_> = device.proxy.take().iter().map(|passed| passed.status).collect();
    assert_eq!(statuses, [200, 304]);
}

#[tokio::test(flavor = "multi_thread")]
async fn consents_are_given_kept_and_withdrawn_and_come_before_the_form() {
    let device = Device::start().await;
    device.scene.sign_in(&device.client, NOBODY).await;
    let form = Registration { identifiers: Vec::new(), ..newcomer(NOBODY) };
    let too_soon = device.client.register(&form).await.unwrap_err();
    assert_eq!(too_soon, BackendError::Conflict(ErrorCode::ConsentRequired));
    let old = device.client.give_consent(ConsentKind::PersonalData, "1999-01").await.unwrap_err();
    assert_eq!(old, BackendError::Conflict(ErrorCode::Conflict));
    consent(&device.client).await;
    let advertising = device.client.give_consent(ConsentKind::Advertising, "2025-03").await.unwrap();
    assert_eq!((advertising.in_force(), advertising.text_version.as_str()), (true, "2025-03"));
    device.client.register(&form).await.unwrap();
    device.scene.pass(60);
    device.client.withdraw_consent(ConsentKind::Advertising).await.unwrap();
    let kept = device.client.consents().await.unwrap();
    let shown: Vec<_> = kept.iter().map(|one| (one.kind, one.in_force())).collect();
    assert_eq!(shown.len(), 2);
    assert!(shown.contains(&(ConsentKind::PersonalData, true)));
    assert!(shown.contains(&(ConsentKind::Advertising, false)));
    assert!(kept.iter().any(|one| one.text_version == CONSENT));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_reply_to_a_registration_is_no_second_welcome() {
    let device = Device::start().await;
    device.scene.sign_in(&device.client, NOBODY).await;
    consent(&device.client).await;
    device.proxy.lose("/v1/me/registration");
    let clock = Arc::new(SandboxClock(device.scene.scene.sandbox.clock().clone()));
    let door = GuestClient::new(device.client.clone(), clock, Arc::new(PhoneLocks::default()));
    let registered = door.register(&newcomer(NOBODY)).await;
    // Looked for after the unknown outcome, and found.
    assert!(registered.as_ref().is_ok_and(|registered| registered.created), "{registered:?}");
    assert_eq!(device.scene.scene.count("accounts/insert_by_template"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_gets_a_copy_of_everything_and_can_ask_to_be_forgotten() {
    let device = Device::signed_in().await;
    consent(&device.client).await;
    let export = device.client.export().await.unwrap();
    let document: serde_json::Value = serde_json::from_str(&export.0).unwrap();
    assert_eq!(document["phone"], RICHEST);
    let rows = device.scene.scene.sandbox.books().transactions(device.scene.scene.richest().0).unwrap();
    assert_eq!(document["transactions"].as_array().unwrap().len(), rows.len());
    assert_eq!(document["consents"][0]["textVersion"], CONSENT);
    assert!(!format!("{export:?}").contains("79000000001"));
    let asked = device.client.request_deletion().await.unwrap();
    assert_eq!(asked.requested_at, device.scene.scene.sandbox.clock().now());
    assert!(!device.client.is_signed_in().await.unwrap());
    assert_eq!(device.client.account().await, Err(BackendError::Unauthorized));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_programme_tells_what_the_venue_has_and_is_sent_once() {
    let device = Device::start().await;
    let programme = device.client.programme().await.unwrap();
    assert_eq!(programme.name.as_deref(), Some("Печка"));
    assert_eq!(programme.till_code.source, TillCodeKind::None);
    assert_eq!((programme.code_digits, programme.features.registration), (6, true));
    assert_eq!(programme.calendar.zone.iana_name(), Some("Europe/Moscow"));
    let texts: Vec<_> = programme.consents.iter().map(|text| text.text_version.as_str()).collect();
    assert_eq!(texts, ["2025-09", "2025-03"]);
    assert!(device.client.capabilities().keeps_consents && !device.client.capabilities().till_codes);
    let again = device.client.programme().await.unwrap();
    assert_eq!(again, programme);
    let statuses: Vec<_> = device.proxy.take().iter().map(|passed| passed.status).collect();
    assert_eq!(statuses, [200, 304]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_clients_on_one_store_go_on_with_each_others_tokens() {
    let device = Device::signed_in().await;
    let other = device.restarted();
    other.account().await.unwrap();
    device.scene.pass(16 * 60);
    device.client.account().await.unwrap();
    // The stored pair is newer than the one in this process's memory.
    other.transactions(TransactionsQuery::Last(7)).await.unwrap();
    assert_eq!(device.count(REFRESH), 1);
}

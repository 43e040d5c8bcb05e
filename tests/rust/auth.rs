//! Both ways of being authorised: renewal by one for all, and what is left when there is none.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
// A test may stop at the first thing that is not as it should be.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use loyalty_core::backend::probonus::{ConfigProblem, Credentials, ProBonus};
use loyalty_core::backend::{BackendError, OperatorBackend};
use loyalty_core::ports::{SecretStore, SecretStoreError};
use loyalty_core::system::{MemorySecretStore, SystemClock, SystemIds};
use loyalty_sandbox::FaultKind;
use loyalty_tests::scene::{Scene, refill};
use secrecy::SecretSlice;
use tokio::task::JoinSet;

const LOGIN: &str = "auth/login";
const REFRESH: &str = "auth/refresh_token";

fn memory() -> Arc<MemorySecretStore> {
    Arc::new(MemorySecretStore::default())
}

/// How often somebody logged in and renewed.
fn counts(scene: &Scene) -> (u64, u64) {
    (scene.count(LOGIN), scene.count(REFRESH))
}

/// What fifty calls at the same time come to.
async fn fifty(client: &ProBonus) -> Vec<Result<usize, BackendError>> {
    let mut calls = JoinSet::new();
    for _ in 0..50 {
        let client = client.clone();
        calls.spawn(async move { client.groups().await.map(|groups| groups.len()) });
    }
    calls.join_all().await
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_calls_on_an_expired_token_make_exactly_one_refresh() {
    for dialect in ["rotating", "fixed-refresh"] {
        let scene = Scene::start(dialect);
        let client = scene.staff(Some("password"), memory());
        client.groups().await.unwrap();
        scene.sandbox.tokens().expire_access();
        assert!(fifty(&client).await.iter().all(|answer| *answer == Ok(4)), "{dialect}");
        assert_eq!(counts(&scene), (1, 1), "{dialect}");
        // And the renewed one can be renewed as well.
        scene.sandbox.tokens().expire_access();
        assert!(fifty(&client).await.iter().all(|answer| *answer == Ok(4)), "{dialect}");
        assert_eq!(counts(&scene), (1, 2), "{dialect}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_first_calls_make_exactly_one_login() {
    let scene = Scene::start("");
    let client = scene.staff(Some("password"), memory());
    assert!(fifty(&client).await.iter().all(|answer| *answer == Ok(4)));
    assert_eq!(counts(&scene), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_tried_once_for_all_who_wait() {
    let scene = Scene::start("");
    let client = scene.staff(Some("wrong"), memory());
    assert!(fifty(&client).await.iter().all(|answer| *answer == Err(BackendError::Unauthorized)));
    assert_eq!(counts(&scene), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_token_in_the_middle_of_a_write_repeats_a_write_that_did_not_happen() {
    let scene = Scene::start("");
    let client = scene.staff(Some("password"), memory());
    client.groups().await.unwrap();
    let refill = refill(scene.richest(), 1_000, 1);
    scene.once("accounts/refill", FaultKind::ExpiredToken);
    client.refill(&refill).await.unwrap();
    assert_eq!((scene.rows_of(&refill), scene.count("accounts/refill")), (1, 2));
    assert_eq!(counts(&scene), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_stays_refused_is_unauthorized_after_one_renewal() {
    let scene = Scene::start("");
    let client = scene.staff(Some("password"), memory());
    client.groups().await.unwrap();
    scene.always("account_groups/list", FaultKind::ExpiredToken);
    assert_eq!(client.groups().await, Err(BackendError::Unauthorized));
    assert_eq!(counts(&scene), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_run_goes_on_with_the_stored_tokens() {
    let scene = Scene::start("");
    let store = memory();
    scene.staff(Some("password"), store.clone()).groups().await.unwrap();
    // Without a password: the stored pair is all there is, and it renews itself.
    let next = scene.staff(None, store);
    next.groups().await.unwrap();
    scene.sandbox.tokens().expire_access();
    next.groups().await.unwrap();
    assert_eq!(counts(&scene), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_process_has_renewed_is_taken_over() {
    for dialect in ["rotating", "fixed-refresh"] {
        let scene = Scene::start(dialect);
        let store = memory();
        let (one, other) = (scene.staff(Some("password"), store.clone()), scene.staff(None, store));
        one.groups().await.unwrap();
        other.groups().await.unwrap();
        scene.sandbox.tokens().expire_access();
        one.groups().await.unwrap();
        other.groups().await.unwrap();
        assert_eq!(counts(&scene), (1, 1), "{dialect}");
        // What was taken over may have run out in its turn.
        scene.sandbox.tokens().expire_access();
        other.groups().await.unwrap();
        scene.sandbox.tokens().expire_access();
        one.groups().await.unwrap();
        assert_eq!(counts(&scene), (1, 3), "{dialect}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_was_ended_is_made_again_with_the_password() {
    let scene = Scene::start("");
    let store = memory();
    let (with, without) = (scene.staff(Some("password"), store.clone()), scene.staff(None, store));
    with.groups().await.unwrap();
    without.groups().await.unwrap();
    scene.sandbox.tokens().revoke_all();
    assert_eq!(without.groups().await, Err(BackendError::Unauthorized));
    assert_eq!(counts(&scene), (1, 1));
    with.groups().await.unwrap();
    assert_eq!(counts(&scene), (2, 2));
    // And the one without a password finds what the other has stored.
    without.groups().await.unwrap();
    assert_eq!(counts(&scene), (2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_that_fails_for_another_reason_is_told_as_that() {
    let scene = Scene::start("");
    let client = scene.staff(Some("password"), memory());
    client.groups().await.unwrap();
    scene.sandbox.tokens().expire_access();
    scene.once(REFRESH, FaultKind::Status { status: 503 });
    assert_eq!(client.groups().await, Err(BackendError::Unavailable { retry_after: None }));
    assert_eq!(counts(&scene), (1, 1));
    client.groups().await.unwrap();
    assert_eq!(counts(&scene), (1, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_gives_up_does_not_lose_the_renewal() {
    let scene = Scene::start("rotating");
    let store = memory();
    scene.staff(Some("password"), store.clone()).groups().await.unwrap();
    let client = scene.staff(None, store);
    client.groups().await.unwrap();
    scene.sandbox.tokens().expire_access();
    scene.once(REFRESH, FaultKind::Delay { ms: 500 });
    let gave_up = tokio::time::timeout(Duration::from_millis(250), client.groups()).await;
    assert!(gave_up.is_err());
    // The old refresh token is dead: only a renewal that was carried to its end lets this succeed.
    client.groups().await.unwrap();
    assert_eq!(counts(&scene), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_permanent_token_that_is_refused_is_unauthorized_at_once() {
    let scene = Scene::start("");
    let client = scene.client();
    scene.sandbox.tokens().revoke_api_token();
    assert_eq!(client.groups().await, Err(BackendError::Unauthorized));
    assert_eq!((scene.count("account_groups/list"), counts(&scene)), (1, (0, 0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_password_and_stored_tokens_nothing_is_sent() {
    let scene = Scene::start("");
    assert_eq!(scene.staff(None, memory()).groups().await, Err(BackendError::Unauthorized));
    assert_eq!((scene.count("account_groups/list"), counts(&scene)), (0, (0, 0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_any_credential_there_is_no_client() {
    let scene = Scene::start("");
    let (clock, ids) = (Arc::new(SystemClock), Arc::new(SystemIds));
    let error = ProBonus::new(&scene.config(""), Credentials::default(), memory(), clock, ids).unwrap_err();
    assert_eq!(error.problem, ConfigProblem::Missing);
}

/// A store that can be locked.
#[derive(Debug, Default)]
struct Lockable {
    inner: MemorySecretStore,
    locked: AtomicBool,
}

impl SecretStore for Lockable {
    fn get(&self, key: &str) -> Result<Option<SecretSlice<u8>>, SecretStoreError> {
        self.inner.get(key)
    }
    fn set(&self, key: &str, secret: &SecretSlice<u8>) -> Result<(), SecretStoreError> {
        match self.locked.load(Ordering::SeqCst) {
            true => Err(SecretStoreError::Refused),
            false => self.inner.set(key, secret),
        }
    }
    fn delete(&self, key: &str) -> Result<(), SecretStoreError> {
        self.inner.delete(key)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_cannot_be_kept_are_told_and_kept_later() {
    let scene = Scene::start("rotating");
    let store = Arc::new(Lockable::default());
    let client = scene.staff(Some("password"), store.clone());
    client.groups().await.unwrap();
    scene.sandbox.tokens().expire_access();
    store.locked.store(true, Ordering::SeqCst);
    assert_eq!(client.groups().await, Err(BackendError::Secrets(SecretStoreError::Refused)));
    assert_eq!(client.groups().await, Err(BackendError::Secrets(SecretStoreError::Refused)));
    store.locked.store(false, Ordering::SeqCst);
    client.groups().await.unwrap();
    // The pair that could not be kept at first was not thrown away.
    assert_eq!(counts(&scene), (1, 1));
    scene.staff(None, store).groups().await.unwrap();
    assert_eq!(counts(&scene), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn stored_tokens_that_are_not_ours_are_written_over() {
    let scene = Scene::start("");
    let store = Arc::new(Garbled::default());
    let client = scene.staff(Some("password"), store);
    client.groups().await.unwrap();
    assert_eq!(counts(&scene), (1, 0));
}

/// A store that gives back garbage.
#[derive(Debug, Default)]
struct Garbled(MemorySecretStore);

impl SecretStore for Garbled {
    fn get(&self, _: &str) -> Result<Option<SecretSlice<u8>>, SecretStoreError> {
        Ok(Some(SecretSlice::from(b"{\"access\":5".to_vec())))
    }
    fn set(&self, key: &str, secret: &SecretSlice<u8>) -> Result<(), SecretStoreError> {
        self.0.set(key, secret)
    }
    fn delete(&self, key: &str) -> Result<(), SecretStoreError> {
        self.0.delete(key)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_has_to_log_in_first_takes_no_longer_than_any_other() {
    let scene = Scene::start("");
    let config = scene.config("login = \"demo\"\ntimeout = 2");
    let credentials = Credentials { api_token: None, password: Some("password".into()) };
    let client = scene.connect(&config, credentials, memory());
    scene.always(LOGIN, FaultKind::Delay { ms: 1_300 });
    scene.once("account_groups/list", FaultKind::Delay { ms: 1_300 });
    assert_eq!(client.groups().await, Err(BackendError::Timeout));
    // The login was not in vain.
    assert!(client.groups().await.is_ok());
    assert_eq!(counts(&scene), (1, 0));
    // A write whose turn never came was not sent.
    let client =
        scene.connect(&config, Credentials { api_token: None, password: Some("password".into()) }, memory());
    scene.always(LOGIN, FaultKind::Delay { ms: 2_500 });
    assert_eq!(client.refill(&refill(scene.richest(), 1_000, 1)).await, Err(BackendError::Timeout));
    assert_eq!(scene.count("accounts/refill"), 0);
}

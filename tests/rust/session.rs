//! A guest's session over real HTTP, where several things happen at once: what the scenarios, which go step by step,
//! cannot tell.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use loyalty_core::LoyaltyError;
use loyalty_core::backend::probonus::DirectGuest;
use loyalty_core::domain::BusinessCalendar;
use loyalty_core::guest::{Connectivity, GuestClient, GuestSession, PhoneLocks, Retention, SessionSettings};
use loyalty_core::system::SystemIds;
use loyalty_sandbox::FaultKind;
use loyalty_tests::scene::{RICHEST, Scene, phone};

type Session = GuestSession<DirectGuest>;

async fn open(scene: &Scene, folder: &Path) -> Session {
    let client = GuestClient::new(
        scene.impatient().guest(phone(RICHEST)),
        scene.clock(),
        Arc::new(PhoneLocks::default()),
    );
    let settings = SessionSettings {
        calendar: BusinessCalendar::from_names("Europe/Moscow", "00:00").unwrap(),
        history_since: "2015-01-01T00:00:00Z".parse().unwrap(),
        retention: Some(Retention::default()),
    };
    GuestSession::open(client, folder, RICHEST, settings, &SystemIds).await.unwrap()
}

/// Waits until so many requests of a method have arrived.
async fn arrived(scene: &Scene, method: &str, count: u64) {
    while scene.count(method) < count {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_whose_answer_is_on_its_way_at_signing_out_brings_nothing_back() {
    let (scene, folder) = (Scene::start(""), tempfile::tempdir().unwrap());
    let session = open(&scene, folder.path()).await;
    session.refresh().await.unwrap();
    scene.once("accounts/transactions", FaultKind::Delay { ms: 300 });
    let under_way = {
        let session = session.clone();
        tokio::spawn(async move { session.refresh().await })
    };
    arrived(&scene, "accounts/transactions", 2).await;
    session.sign_out().await.unwrap();
    assert!(under_way.await.unwrap().is_err());
    assert_eq!(session.snapshot(), None);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "no file came back");
}

#[tokio::test(flavor = "multi_thread")]
async fn screens_that_scroll_at_once_read_each_part_of_the_past_once() {
    let (scene, folder) = (Scene::start(""), tempfile::tempdir().unwrap());
    let alone = open(&scene, folder.path()).await;
    alone.refresh().await.unwrap();
    let expected = alone.history(None, 200).await.unwrap();
    let needed = scene.count("accounts/transactions");
    alone.sign_out().await.unwrap();

    let session = open(&scene, folder.path()).await;
    session.refresh().await.unwrap();
    let before = scene.count("accounts/transactions");
    let screens = (0..6).map(|_| {
        let session = session.clone();
        tokio::spawn(async move { session.history(None, 200).await.unwrap() })
    });
    for screen in screens.collect::<Vec<_>>() {
        assert_eq!(screen.await.unwrap(), expected);
    }
    assert_eq!(scene.count("accounts/transactions") - before, needed - 1, "the refresh was the one more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_that_nobody_waits_for_any_more_does_not_hold_up_the_next() {
    let (scene, folder) = (Scene::start(""), tempfile::tempdir().unwrap());
    let session = open(&scene, folder.path()).await;
    scene.once("accounts/find_by_phone", FaultKind::Never { effect: false });
    let abandoned = {
        let session = session.clone();
        tokio::spawn(async move { session.refresh().await })
    };
    arrived(&scene, "accounts/find_by_phone", 1).await;
    abandoned.abort();
    assert!(abandoned.await.unwrap_err().is_cancelled());
    let view = session.refresh().await.unwrap();
    assert_eq!(view.connectivity, Connectivity::Online);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_observer_sees_each_change_in_order_and_no_change_where_there_is_none() {
    let (scene, folder) = (Scene::start(""), tempfile::tempdir().unwrap());
    let session = open(&scene, folder.path()).await;
    let mut observer = session.subscribe();
    assert_eq!(observer.borrow_and_update().snapshot, None);
    let first = session.refresh().await.unwrap();
    assert!(observer.has_changed().unwrap());
    assert_eq!(observer.borrow_and_update().snapshot.as_ref(), Some(&first.snapshot));

    session.refresh().await.unwrap();
    assert!(!observer.has_changed().unwrap(), "the same reading at the same moment");

    scene.sandbox.tokens().revoke_api_token();
    assert_eq!(session.refresh().await.unwrap_err(), LoyaltyError::Unauthorized);
    assert!(!observer.has_changed().unwrap(), "a refusal changes nothing that is shown");

    session.sign_out().await.unwrap();
    assert!(!observer.borrow_and_update().signed_in);
}

//! Registration, which grants a welcome bonus and so must happen once.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use loyalty_core::domain::{Phone, Registration};
use loyalty_core::guest::{GuestClient, PhoneLocks};
use loyalty_core::system::SystemClock;
use loyalty_core::{ErrorCode, LoyaltyError};
use loyalty_sandbox::{Fault, FaultKind, Times};
use loyalty_tests::scene::{RICHEST, Scene, newcomer, phone};

const NEW: &str = "+79161112233";

type Guest = GuestClient<loyalty_core::backend::probonus::DirectGuest>;

fn guest(scene: &Scene, phone: Phone) -> Guest {
    GuestClient::new(scene.impatient().guest(phone), Arc::new(SystemClock), Arc::new(PhoneLocks::default()))
}

/// How many accounts the phone has, and how many rows (the welcome bonus) the first of them.
fn books(scene: &Scene) -> (u64, usize) {
    let inserted = scene.sandbox.requests().count("accounts/insert_by_template");
    let account = scene.sandbox.books().account_by_phone(NEW).unwrap();
    let rows = account.map(|account| scene.sandbox.books().transactions(account.id).unwrap().len());
    (inserted, rows.unwrap_or(0))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_who_is_there_already_is_welcomed_and_not_created() {
    let scene = Scene::start("");
    let registered = guest(&scene, phone(RICHEST)).register(&newcomer(RICHEST)).await.unwrap();
    assert!(!registered.created);
    assert_eq!(registered.account.id, scene.richest());
    assert_eq!(scene.count("accounts/insert_by_template"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_registrations_of_one_phone_at_once_make_one_account() {
    let scene = Scene::start("");
    let guest = guest(&scene, phone(NEW));
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let guest = guest.clone();
            tokio::spawn(async move { guest.register(&newcomer(NEW)).await.unwrap().created })
        })
        .collect();
    let mut created = 0;
    for task in tasks {
        created += usize::from(task.await.unwrap());
    }
    assert_eq!(created, 1);
    assert_eq!(books(&scene), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_creation_whose_answer_is_lost_is_found_and_not_repeated() {
    let scene = Scene::start("");
    scene.once("accounts/insert_by_template", FaultKind::CutAfter);
    let registered = guest(&scene, phone(NEW)).register(&newcomer(NEW)).await.unwrap();
    assert!(registered.created);
    assert_eq!(books(&scene), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_creation_that_may_not_have_happened_is_reported_as_unknown() {
    let scene = Scene::start("");
    scene.once("accounts/insert_by_template", FaultKind::CutBefore);
    let error = guest(&scene, phone(NEW)).register(&newcomer(NEW)).await.unwrap_err();
    assert_eq!(error, LoyaltyError::OutcomeUnknown);
    assert_eq!(books(&scene), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_creation_stands_although_the_account_cannot_be_read_again() {
    let scene = Scene::start("");
    let second = Fault::new("accounts/find_by_phone", FaultKind::Status { status: 403 }, Times::Every(2));
    scene.sandbox.faults().add(second);
    let registered = guest(&scene, phone(NEW)).register(&newcomer(NEW)).await.unwrap();
    assert!(registered.created);
    assert_eq!(registered.account.phone, Some(phone(NEW)));
    assert_eq!(books(&scene), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_answers_an_insert_with_the_account_it_has_is_understood() {
    let scene = Scene::start("existing-returned");
    let registered = guest(&scene, phone(RICHEST)).register(&newcomer(RICHEST)).await.unwrap();
    assert_eq!(registered.account.id, scene.richest());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_registers_another_phone_than_their_own() {
    let scene = Scene::start("");
    let error = guest(&scene, phone(RICHEST)).register(&newcomer(NEW)).await.unwrap_err();
    assert_eq!(error, LoyaltyError::invalid("phone", ErrorCode::FieldInvalid));
    assert_eq!(scene.sandbox.requests().all().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_cannot_be_sent_sends_nothing() {
    let scene = Scene::start("");
    let mut nameless: Registration = newcomer(NEW);
    nameless.profile.first_name = None;
    let error = guest(&scene, phone(NEW)).register(&nameless).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::FieldEmpty);
    for impossible in ["1899-12-31", "2199-01-01"] {
        let mut form = newcomer(NEW);
        form.profile.birthday = Some(impossible.parse().unwrap());
        let error = guest(&scene, phone(NEW)).register(&form).await.unwrap_err();
        assert_eq!(error, LoyaltyError::invalid("birthday", ErrorCode::FieldInvalid), "{impossible}");
    }
    assert_eq!(scene.sandbox.requests().all().len(), 0);
}

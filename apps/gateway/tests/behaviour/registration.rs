use loyalty_core::ErrorCode;
use loyalty_core::domain::{ConsentKind, Profile, ProfileChange};
use loyalty_gateway::GatewayError;
use loyalty_gateway::gateway::Guest;
use loyalty_sandbox::FaultKind;

use crate::world::{CONSENT, RICHEST, STRANGER, TILL_CODES, World, options, origin};

fn form() -> Profile {
    Profile { first_name: Some("Евлампия".into()), ..Profile::default() }
}

async fn consent(world: &World, guest: &Guest) {
    let here = origin(None);
    let given = world.gateway.give_consent(guest, ConsentKind::PersonalData, CONSENT, &here).await;
    assert!(given.unwrap().created);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_registered_without_a_consent_to_the_current_text() {
    let world = World::start().await;
    let guest = world.guest(STRANGER).await;
    let missing = GatewayError::Conflict { code: ErrorCode::ConsentRequired, field: None };
    assert_eq!(world.gateway.register(&guest, form()).await.unwrap_err(), missing);
    let old = world.gateway.give_consent(&guest, ConsentKind::PersonalData, "2024-01", &origin(None)).await;
    let conflict = GatewayError::Conflict { code: ErrorCode::Conflict, field: Some("textVersion") };
    assert_eq!(old.unwrap_err(), conflict);
    let kind = ConsentKind::Advertising;
    world.gateway.give_consent(&guest, kind, "2025-03", &origin(None)).await.unwrap();
    assert_eq!(world.gateway.register(&guest, form()).await.unwrap_err(), missing);
    consent(&world, &guest).await;
    world.gateway.withdraw_consent(&guest, ConsentKind::PersonalData, &origin(None)).await.unwrap();
    assert_eq!(world.gateway.register(&guest, form()).await.unwrap_err(), missing);
    assert_eq!(world.scene.count("accounts/insert_by_template"), 0);
    consent(&world, &guest).await;
    assert!(world.gateway.register(&guest, form()).await.unwrap().created);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_who_has_an_account_is_welcomed_and_not_registered_again() {
    let world = World::start().await;
    let guest = world.guest(RICHEST).await;
    consent(&world, &guest).await;
    let registered = world.gateway.register(&guest, form()).await.unwrap();
    assert_eq!((registered.created, registered.account.id), (false, world.scene.richest().0));
    assert_eq!(world.scene.count("accounts/insert_by_template"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_registered_on_another_device_meanwhile_is_welcomed_here() {
    let world = World::start().await;
    let here = world.guest(STRANGER).await;
    world.pass(jiff::SignedDuration::from_secs(61));
    let there = world.guest(STRANGER).await;
    consent(&world, &there).await;
    let registered = world.gateway.register(&there, form()).await.unwrap();
    let welcomed = world.gateway.register(&here, form()).await.unwrap();
    assert_eq!((registered.created, welcomed.created), (true, false));
    assert_eq!(registered.account.id, welcomed.account.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn consents_are_those_of_the_account_from_a_sessions_first_request_on() {
    let world = World::start().await;
    let here = origin(None);
    let advertising = ConsentKind::Advertising;
    let before = world.guest(RICHEST).await;
    world.gateway.give_consent(&before, advertising, "2025-03", &here).await.unwrap();
    let in_force = || async {
        let proof = world.operator().consents().await.unwrap();
        proof.iter().filter(|row| row.consent.withdrawn_at.is_none()).count()
    };
    world.pass(jiff::SignedDuration::from_secs(61));
    let fresh = world.guest(RICHEST).await;
    let again = world.gateway.give_consent(&fresh, advertising, "2025-03", &here).await.unwrap();
    assert!(!again.created, "it is in force already");
    world.pass(jiff::SignedDuration::from_secs(61));
    let seen = world.gateway.consents(&world.guest(RICHEST).await).await.unwrap();
    assert_eq!(seen.len(), 1);
    world.pass(jiff::SignedDuration::from_secs(61));
    let fresh = world.guest(RICHEST).await;
    world.scene.always("accounts/find_by_phone", FaultKind::Status { status: 503 });
    let unsure = world.gateway.withdraw_consent(&fresh, advertising, &here).await.unwrap_err();
    assert!(matches!(unsure, GatewayError::Unavailable { .. }), "{unsure:?}");
    assert_eq!(in_force().await, 1);
    world.scene.sandbox.faults().clear();
    world.gateway.withdraw_consent(&fresh, advertising, &here).await.unwrap();
    assert_eq!(in_force().await, 0);
}

/// An empty list while the server fills itself must not make a second account.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_known_to_have_an_account_is_not_given_another_while_it_cannot_be_seen() {
    let world = World::start().await;
    let tokens = world.sign_in(RICHEST).await;
    let guest = world.authenticate(&tokens).await;
    consent(&world, &guest).await;
    let guest = world.authenticate(&tokens).await;
    world.scene.always("accounts/find_by_phone", FaultKind::Status { status: 404 });
    let refused = world.gateway.register(&guest, form()).await.unwrap_err();
    assert!(matches!(refused, GatewayError::Unavailable { .. }), "{refused:?}");
    assert_eq!(world.scene.count("accounts/insert_by_template"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_can_prove_who_agreed_to_what_and_sees_who_wants_to_leave() {
    let world = World::start().await;
    let tokens = world.sign_in(STRANGER).await;
    let guest = world.authenticate(&tokens).await;
    consent(&world, &guest).await;
    let account = world.gateway.register(&guest, form()).await.unwrap().account.id;
    let guest = world.authenticate(&tokens).await;
    world.gateway.request_deletion(&guest, &origin(None)).await.unwrap();
    let operator = world.operator();
    let proof = operator.consents().await.unwrap();
    assert_eq!(proof.len(), 1);
    assert_eq!(proof[0].phone.e164(), STRANGER);
    assert_eq!(proof[0].account.map(|id| id.0), Some(account));
    assert_eq!((proof[0].address.as_str(), proof[0].consent.text_version.as_str()), ("192.0.2.1", CONSENT));
    // Nobody is written to who has asked to be forgotten.
    assert!(
        proof[0].consent.withdrawn_at.is_some() && proof[0].withdrawn_address.as_deref() == Some("192.0.2.1")
    );
    let leaving = operator.deletions().await.unwrap();
    assert_eq!(leaving.iter().map(|row| row.account.map(|id| id.0)).collect::<Vec<_>>(), [Some(account)]);
    assert!(
        world.gateway.authenticate(secrecy::ExposeSecret::expose_secret(&tokens.access_token)).await.is_err()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registration_is_carried_through_when_the_guest_stops_waiting() {
    let world = World::start().await;
    let tokens = world.sign_in(STRANGER).await;
    let guest = world.authenticate(&tokens).await;
    consent(&world, &guest).await;
    world.scene.once("accounts/insert_by_template", FaultKind::Delay { ms: 400 });
    let registering = world.gateway.register(&guest, form());
    let gave_up = tokio::time::timeout(std::time::Duration::from_millis(200), registering).await;
    assert!(gave_up.is_err());
    let is_there = || world.scene.sandbox.books().account_by_phone(STRANGER).unwrap().is_some();
    crate::world::eventually("the account is not there", is_there).await;
    // The session learns of it as well.
    for _ in 0..100 {
        if world.authenticate(&tokens).await != guest {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the session does not know its account");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_stops_waits_for_the_registration_that_nobody_waits_for() {
    let world = World::start().await;
    let tokens = world.sign_in(STRANGER).await;
    let guest = world.authenticate(&tokens).await;
    consent(&world, &guest).await;
    world.scene.once("accounts/insert_by_template", FaultKind::Delay { ms: 1000 });
    let registering = world.gateway.register(&guest, form());
    assert!(tokio::time::timeout(std::time::Duration::from_millis(300), registering).await.is_err());
    world.gateway.shut_down().await;
    assert_ne!(world.authenticate(&tokens).await, guest, "the session knows its account");
}

/// Somebody else holds the file for writing from when ProBonus is asked until all is over.
async fn while_the_state_cannot_be_written<T>(world: &World, work: impl Future<Output = T>) -> T {
    let path = world.database.clone();
    let holding = async {
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        let connection = rusqlite::Connection::open(path).unwrap();
        connection.execute_batch("BEGIN IMMEDIATE").unwrap();
        std::future::pending::<()>().await;
        drop(connection);
    };
    tokio::select! {
        done = work => done,
        () = holding => unreachable!("it is held until the work is done"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_probonus_has_done_is_not_denied_because_the_state_failed_afterwards() {
    let world = World::start().await;
    let tokens = world.sign_in(RICHEST).await;
    world.gateway.consents(&world.authenticate(&tokens).await).await.unwrap();
    let known = world.authenticate(&tokens).await;
    world.scene.once("accounts/update", FaultKind::Delay { ms: 1500 });
    let change = ProfileChange { first_name: Some("Мелания".into()), ..ProfileChange::default() };
    let updating = world.gateway.update_profile(&known, &change);
    let updated = while_the_state_cannot_be_written(&world, updating).await.unwrap();
    assert_eq!(updated.account.first_name.as_deref(), Some("Мелания"));

    let guest = world.guest(STRANGER).await;
    consent(&world, &guest).await;
    world.scene.once("accounts/insert_by_template", FaultKind::Delay { ms: 1500 });
    let registering = world.gateway.register(&guest, form());
    let outcome = while_the_state_cannot_be_written(&world, registering).await.unwrap_err();
    assert_eq!(outcome, GatewayError::OutcomeUnknown);
    let again = world.gateway.register(&guest, form()).await.unwrap();
    assert!(!again.created, "read, and found");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_registers_codes_go_to_guests_only_and_the_reply_is_the_same() {
    let closed = loyalty_gateway::options::GatewayOptions { registration: false, ..options() };
    let world = World::with(closed, TILL_CODES).await;
    let known = world.gateway.request_code(RICHEST, &origin(None)).await.unwrap();
    let unknown = world.gateway.request_code(STRANGER, &origin(None)).await.unwrap();
    assert_eq!(known, unknown);
    world.letterbox.code(RICHEST).await;
    crate::world::eventually("the second lookup", || world.scene.count("accounts/find_by_phone") == 2).await;
    world.gateway.shut_down().await;
    assert_eq!(world.letterbox.delivered(), 1);
    let guest = world.authenticate(&sign_in_anyway(&world).await).await;
    let refused = world.gateway.register(&guest, form()).await.unwrap_err();
    assert_eq!(refused, GatewayError::Conflict { code: ErrorCode::Unsupported, field: None });
}

/// A session of the known guest, whose code has not been used.
async fn sign_in_anyway(world: &World) -> loyalty_gateway::gateway::SessionTokens {
    let open = crate::world::gateway(
        &world.scene,
        &world.state,
        std::sync::Arc::clone(&world.letterbox) as _,
        loyalty_gateway::options::GatewayOptions { registration: false, ..options() },
        "",
    );
    world.pass(jiff::SignedDuration::from_secs(61));
    open.request_code(RICHEST, &origin(None)).await.unwrap();
    let code = world.letterbox.code(RICHEST).await;
    open.confirm(RICHEST, &code, &origin(None)).await.unwrap()
}

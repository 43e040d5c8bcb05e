use std::time::Duration;

use jiff::SignedDuration;
use loyalty_core::backend::OperatorBackend;
use loyalty_core::domain::IdentifierTypeId;
use loyalty_gateway::GatewayError;
use loyalty_gateway::gateway::{SessionKind, SignOut, Wanted};
use loyalty_sandbox::FaultKind;
use loyalty_tests::gateway::master_key;
use secrecy::ExposeSecret;

use crate::world::{RICHEST, World, origin};

fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_till_code_opens_a_kiosks_session_once_without_a_code() {
    let world = World::start().await;
    let guest = world.guest(RICHEST).await;
    let kiosk = world.kiosk().await;
    let code = world.gateway.till_code(&guest).await.unwrap();
    assert!(code.expires_at.is_some());
    let delivered = world.letterbox.delivered();
    let tokens = world.gateway.identify(&kiosk, &code.value).await.unwrap();
    assert_eq!((tokens.kind, tokens.expires_in), (SessionKind::Kiosk, 300));
    assert!(tokens.refresh.is_none());
    let there = world.authenticate(&tokens).await;
    world.gateway.snapshot(&there, Wanted::Recent).await.unwrap();
    assert_eq!(world.letterbox.delivered(), delivered);
    let again = world.gateway.identify(&kiosk, &code.value).await.unwrap_err();
    assert_eq!(again, GatewayError::CodeExpired);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_codes_of_this_gateway_that_have_not_expired_identify_anybody() {
    let world = World::start().await;
    let guest = world.guest(RICHEST).await;
    let kiosk = world.kiosk().await;
    // ProBonus knows this one, and the gateway has not given it.
    let id = world.scene.richest();
    let type_id = IdentifierTypeId(2);
    let probonus = world.scene.client();
    let foreign = OperatorBackend::issue_identifier(&probonus, id, type_id).await.unwrap().value;
    assert_eq!(world.gateway.identify(&kiosk, &foreign).await.unwrap_err(), GatewayError::CodeExpired);
    let code = world.gateway.till_code(&guest).await.unwrap();
    world.pass(minutes(10));
    assert_eq!(world.gateway.identify(&kiosk, &code.value).await.unwrap_err(), GatewayError::CodeExpired);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kiosk_that_guesses_till_codes_is_stopped_and_a_busy_one_is_not() {
    let world = World::start().await;
    let guest = world.guest(RICHEST).await;
    let (guessing, busy) = (world.kiosk().await, world.kiosk().await);
    for guess in 0..30 {
        let refused = world.gateway.identify(&guessing, &format!("99{guess:04}")).await.unwrap_err();
        assert_eq!(refused, GatewayError::CodeExpired);
    }
    let stopped = world.gateway.identify(&guessing, "990031").await.unwrap_err();
    assert_eq!(stopped, GatewayError::RateLimited { retry_after: Duration::from_secs(3600) });
    for _ in 0..40 {
        let code = world.gateway.till_code(&guest).await.unwrap();
        world.gateway.identify(&busy, &code.value).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kiosks_session_lives_for_minutes_and_ends_with_the_kiosks_credential() {
    let world = World::start().await;
    let operator = world.operator();
    let added = operator.add_device("  у входа ", &master_key()).await.unwrap();
    let kiosk = world.gateway.device(added.credential.expose_secret()).await.unwrap();
    let tokens = world.sign_in_at(RICHEST, &origin(Some(&kiosk))).await;
    assert!(tokens.refresh.is_none());
    world.pass(minutes(5));
    let expired = world.gateway.authenticate(tokens.access_token.expose_secret()).await.unwrap_err();
    assert_eq!(expired, GatewayError::Unauthorized);
    let tokens = world.sign_in_at(RICHEST, &origin(Some(&kiosk))).await;
    world.authenticate(&tokens).await;
    operator.revoke_device(added.id).await.unwrap();
    for refused in [
        world.gateway.authenticate(tokens.access_token.expose_secret()).await.err(),
        world.gateway.device(added.credential.expose_secret()).await.err(),
    ] {
        assert_eq!(refused, Some(GatewayError::Unauthorized));
    }
    let listed = operator.devices().await.unwrap();
    assert_eq!((listed[0].name.as_str(), listed[0].revoked_at.is_some()), ("у входа", true));
}

/// A thief who has the phone takes a code; its owner, on another device, signs out everywhere or asks to be deleted.
#[tokio::test(flavor = "multi_thread")]
async fn a_till_code_opens_nothing_after_its_guest_signed_out_everywhere_or_left() {
    for leaves in [false, true] {
        let world = World::start().await;
        let guest = world.guest(RICHEST).await;
        let kiosk = world.kiosk().await;
        let code = world.gateway.till_code(&guest).await.unwrap();
        // A session that has not found its account yet.
        world.pass(minutes(2));
        let elsewhere = world.guest(RICHEST).await;
        if leaves {
            world.scene.always("*", FaultKind::Status { status: 503 });
            world.gateway.request_deletion(&elsewhere, &origin(None)).await.unwrap();
        } else {
            world.gateway.sign_out(&elsewhere, SignOut::All).await.unwrap();
        }
        let refused = world.gateway.identify(&kiosk, &code.value).await.unwrap_err();
        assert_eq!(refused, GatewayError::CodeExpired);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_was_asked_for_at_a_kiosk_is_good_there_only() {
    let world = World::start().await;
    let (here, there) = (world.kiosk().await, world.kiosk().await);
    world.gateway.request_code(RICHEST, &origin(Some(&here))).await.unwrap();
    let code = world.letterbox.code(RICHEST).await;
    for elsewhere in [origin(Some(&there)), origin(None)] {
        let refused = world.gateway.confirm(RICHEST, &code, &elsewhere).await.unwrap_err();
        assert_eq!(refused, GatewayError::CodeExpired);
    }
    world.gateway.confirm(RICHEST, &code, &origin(Some(&here))).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kiosk_asks_for_thirty_codes_an_hour() {
    let world = World::start().await;
    let (busy, other) = (world.kiosk().await, world.kiosk().await);
    for guest in 0..30 {
        let number = format!("+7999555{guest:04}");
        world.gateway.request_code(&number, &origin(Some(&busy))).await.unwrap();
    }
    let limited = world.gateway.request_code("+79995559999", &origin(Some(&busy))).await.unwrap_err();
    assert_eq!(limited, GatewayError::RateLimited { retry_after: Duration::from_secs(3600) });
    world.gateway.request_code("+79995559999", &origin(Some(&other))).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_stays_identifies_nobody() {
    let probonus = "[probonus.till_code]\nsource = \"identifier\"\ntype_id = 1";
    let world = World::with(crate::world::options(), probonus).await;
    let number = "+79995550777";
    let newcomer = loyalty_tests::scene::newcomer_with_card(number);
    OperatorBackend::insert_by_template(&world.scene.client(), &newcomer).await.unwrap();
    let guest = world.guest(number).await;
    let card = world.gateway.till_code(&guest).await.unwrap();
    assert_eq!((card.value.as_str(), card.expires_at), (loyalty_tests::scene::CARD, None));
    let kiosk = world.kiosk().await;
    assert_eq!(world.gateway.identify(&kiosk, &card.value).await.unwrap_err(), GatewayError::CodeExpired);
}

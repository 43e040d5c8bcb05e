use std::time::{Duration, Instant};

use jiff::SignedDuration;
use loyalty_core::domain::ConsentKind;
use loyalty_gateway::GatewayError;
use loyalty_gateway::gateway::{Origin, SessionTokens, Wanted};
use loyalty_sandbox::FaultKind;
use secrecy::ExposeSecret;

use crate::world::{CONSENT, RICHEST, STRANGER, World, options, origin};

const FIND: &str = "accounts/find_by_phone";

async fn refresh(world: &World, tokens: &SessionTokens) -> Result<SessionTokens, GatewayError> {
    let token = tokens.refresh.as_ref().unwrap().token.expose_secret();
    world.gateway.refresh(token).await
}

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_looks_at_the_phone_once_a_day() {
    let world = World::start().await;
    let tokens = world.sign_in(RICHEST).await;
    world.gateway.snapshot(&world.authenticate(&tokens).await, Wanted::Recent).await.unwrap();
    let before = world.scene.count(FIND);
    let tokens = refresh(&world, &tokens).await.unwrap();
    world.pass(hours(23));
    let tokens = refresh(&world, &tokens).await.unwrap();
    assert_eq!(world.scene.count(FIND), before);
    world.pass(hours(1));
    let tokens = refresh(&world, &tokens).await.unwrap();
    assert_eq!(world.scene.count(FIND), before + 1);
    world.pass(hours(12));
    refresh(&world, &tokens).await.unwrap();
    assert_eq!(world.scene.count(FIND), before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_probonus_that_does_not_answer_signs_nobody_out_and_is_asked_again_next_time() {
    let world = World::start().await;
    let tokens = world.sign_in(RICHEST).await;
    world.gateway.snapshot(&world.authenticate(&tokens).await, Wanted::Recent).await.unwrap();
    world.pass(hours(24));
    world.scene.always(FIND, FaultKind::Never { effect: false });
    let started = Instant::now();
    let tokens = refresh(&world, &tokens).await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(6), "{:?}", started.elapsed());
    world.scene.sandbox.faults().clear();
    let before = world.scene.count(FIND);
    refresh(&world, &tokens).await.unwrap();
    assert_eq!(world.scene.count(FIND), before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_whose_number_went_to_another_account_is_over_when_it_shows() {
    let world = World::start().await;
    let tokens = world.sign_in(RICHEST).await;
    let guest = world.authenticate(&tokens).await;
    world.gateway.snapshot(&guest, Wanted::Recent).await.unwrap();
    let guest = world.authenticate(&tokens).await;
    world.scene.move_phone(world.scene.richest(), "+79995551111").await;
    world.pass(SignedDuration::from_secs(60));
    let over = world.gateway.snapshot(&guest, Wanted::Recent).await.unwrap_err();
    assert_eq!(over, GatewayError::Unauthorized);
    let dead = world.gateway.authenticate(tokens.access_token.expose_secret()).await.unwrap_err();
    assert_eq!(dead, GatewayError::Unauthorized);
}

/// What answers in ProBonus' place while it is being mended says 404, and a server that is filling itself finds nobody.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_finds_nobody_at_all_signs_nobody_out() {
    let world = World::start().await;
    let tokens = world.sign_in(RICHEST).await;
    let seen = world.gateway.snapshot(&world.authenticate(&tokens).await, Wanted::Recent).await.unwrap();
    let guest = world.authenticate(&tokens).await;
    world.scene.always("*", FaultKind::Status { status: 404 });
    world.pass(SignedDuration::from_secs(60));
    let finds = world.scene.count(FIND);
    for _ in 0..5 {
        let stale = world.gateway.snapshot(&guest, Wanted::Recent).await.unwrap();
        assert_eq!((stale.stale, &stale.body), (true, &seen.body));
    }
    assert_eq!(world.scene.count(FIND), finds + 1, "the outage makes it no busier");
    let error = world.gateway.till_code(&guest).await.unwrap_err();
    assert!(matches!(error, GatewayError::Unavailable { retry_after: Some(_) }), "{error:?}");
    world.pass(hours(25));
    let tokens = refresh(&world, &tokens).await.unwrap();
    world.scene.sandbox.faults().clear();
    let back = world.gateway.snapshot(&world.authenticate(&tokens).await, Wanted::Recent).await.unwrap();
    assert!(!back.stale);
}

/// The phone belongs to nobody else yet, but the account has another one.
#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_ends_a_session_whose_account_has_another_phone() {
    let world = World::start().await;
    let tokens = world.sign_in(RICHEST).await;
    world.gateway.snapshot(&world.authenticate(&tokens).await, Wanted::Recent).await.unwrap();
    world.scene.move_phone(world.scene.richest(), "+79995551111").await;
    world.pass(hours(24));
    assert_eq!(refresh(&world, &tokens).await.unwrap_err(), GatewayError::Unauthorized);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_a_number_now_gets_nothing_that_the_last_owner_agreed_to() {
    let world = World::start().await;
    let tokens = world.sign_in(STRANGER).await;
    let guest = world.authenticate(&tokens).await;
    let (kind, here) = (ConsentKind::PersonalData, origin(None));
    world.gateway.give_consent(&guest, kind, CONSENT, &here).await.unwrap();
    world.scene.move_phone(world.scene.richest(), STRANGER).await;
    world.pass(hours(24));
    assert_eq!(refresh(&world, &tokens).await.unwrap_err(), GatewayError::Unauthorized);
    let proof = world.operator().consents().await.unwrap();
    assert_eq!(proof.iter().map(|row| row.account).collect::<Vec<_>>(), [None]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_has_no_account_a_day_after_it_was_proved_is_proved_again() {
    let world = World::start().await;
    let tokens = world.sign_in(STRANGER).await;
    world.pass(hours(23));
    let tokens = refresh(&world, &tokens).await.unwrap();
    world.pass(hours(1));
    assert_eq!(refresh(&world, &tokens).await.unwrap_err(), GatewayError::Unauthorized);
}

#[tokio::test(flavor = "multi_thread")]
async fn confirmations_are_counted_for_all_addresses_that_a_provider_may_give_to_one_customer() {
    let mut narrow = options();
    narrow.limits.confirm_per_hour = 2;
    let world = World::with(narrow, "").await;
    let from = |address: &str| Origin { address: address.parse().unwrap(), ..origin(None) };
    for network in 0..20 {
        let here = from(&format!("2001:db8:5:{network:x}::1"));
        let tried = world.gateway.confirm(STRANGER, "000000", &here).await.unwrap_err();
        assert_eq!(tried, GatewayError::CodeExpired, "{network}");
    }
    let limited = world.gateway.confirm(STRANGER, "000000", &from("2001:db8:5:ffff::1")).await.unwrap_err();
    assert!(matches!(limited, GatewayError::RateLimited { .. }), "{limited:?}");
    let elsewhere = world.gateway.confirm(STRANGER, "000000", &from("2001:db8:6:ffff::1")).await.unwrap_err();
    assert_eq!(elsewhere, GatewayError::CodeExpired);
}

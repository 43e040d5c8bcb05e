use std::time::{Duration, Instant};

use jiff::SignedDuration;
use loyalty_gateway::GatewayError;
use loyalty_gateway::gateway::{SessionTokens, Wanted};
use loyalty_sandbox::FaultKind;
use secrecy::ExposeSecret;

use crate::world::{RICHEST, STRANGER, World};

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

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_has_no_account_a_day_after_it_was_proved_is_proved_again() {
    let world = World::start().await;
    let tokens = world.sign_in(STRANGER).await;
    world.pass(hours(23));
    let tokens = refresh(&world, &tokens).await.unwrap();
    world.pass(hours(1));
    assert_eq!(refresh(&world, &tokens).await.unwrap_err(), GatewayError::Unauthorized);
}

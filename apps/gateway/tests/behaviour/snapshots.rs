use std::time::{Duration, Instant};

use jiff::SignedDuration;
use loyalty_core::domain::{Profile, ProfileChange};
use loyalty_gateway::GatewayError;
use loyalty_gateway::gateway::{SignOut, Wanted};
use loyalty_sandbox::FaultKind;

use crate::world::{RICHEST, STRANGER, TILL_CODES, World, json, options, origin};

const BALANCE: &str = "accounts/get_balance_extended";
const FIND: &str = "accounts/find_by_phone";

fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_is_read_once_in_fifteen_seconds() {
    let world = World::start().await;
    world.guest(RICHEST).await;
    let tokens = world.sign_in_once_more().await;
    let guest = world.authenticate(&tokens).await;
    let first = world.gateway.snapshot(&guest, Wanted::Recent).await.unwrap();
    assert_eq!(world.scene.count(BALANCE), 1);
    // Known to the session from now on.
    let guest = world.authenticate(&tokens).await;
    world.pass(seconds(14));
    let cached = world.gateway.snapshot(&guest, Wanted::Recent).await.unwrap();
    assert_eq!((&cached.body, &cached.etag, cached.stale), (&first.body, &first.etag, false));
    assert_eq!(world.scene.count(BALANCE), 1);
    world.pass(seconds(1));
    let read = world.gateway.snapshot(&guest, Wanted::Recent).await.unwrap();
    assert_eq!(world.scene.count(BALANCE), 2);
    assert_eq!(read.as_of, first.as_of + seconds(15));
    assert_eq!(read.etag, first.etag, "nothing but the time has changed");
    assert_ne!(read.body, first.body);
    assert_eq!(json(&read.body)["asOf"], read.as_of.to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn revalidating_asks_again_after_five_seconds_at_the_earliest() {
    let world = World::start().await;
    let guest = world.known_guest(RICHEST).await;
    let reads = world.scene.count(BALANCE);
    world.pass(seconds(4));
    world.gateway.snapshot(&guest, Wanted::Revalidated).await.unwrap();
    assert_eq!(world.scene.count(BALANCE), reads);
    world.pass(seconds(1));
    world.gateway.snapshot(&guest, Wanted::Revalidated).await.unwrap();
    assert_eq!(world.scene.count(BALANCE), reads + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_who_ask_at_once_share_one_reading() {
    let world = World::start().await;
    let guest = world.known_guest(RICHEST).await;
    world.pass(seconds(60));
    let reads = world.scene.count(BALANCE);
    world.scene.always(BALANCE, FaultKind::Delay { ms: 300 });
    let asking = (0..50).map(|_| {
        let (gateway, guest) = (world.gateway.clone(), guest.clone());
        tokio::spawn(async move { gateway.snapshot(&guest, Wanted::Recent).await.unwrap() })
    });
    for one in asking.collect::<Vec<_>>() {
        assert!(!one.await.unwrap().stale);
    }
    assert_eq!(world.scene.count(BALANCE), reads + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_stops_waiting_does_not_stop_the_reading() {
    let world = World::start().await;
    let guest = world.known_guest(RICHEST).await;
    world.pass(seconds(60));
    let reads = world.scene.count(BALANCE);
    world.scene.once(BALANCE, FaultKind::Delay { ms: 300 });
    let impatient = world.gateway.snapshot(&guest, Wanted::Recent);
    assert!(tokio::time::timeout(Duration::from_millis(50), impatient).await.is_err());
    let patient = world.gateway.snapshot(&guest, Wanted::Recent).await.unwrap();
    assert!(!patient.stale);
    assert_eq!(world.scene.count(BALANCE), reads + 1, "the second joined the first");
    assert_eq!(world.gateway.counters().snapshots_failed, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_seen_before_is_shown_with_its_age_while_probonus_fails_and_no_longer_than_a_day() {
    let world = World::start().await;
    let guest = world.known_guest(RICHEST).await;
    let seen = world.gateway.snapshot(&guest, Wanted::Recent).await.unwrap();
    world.scene.always(FIND, FaultKind::Status { status: 500 });
    world.pass(seconds(3600));
    let stale = world.gateway.snapshot(&guest, Wanted::Recent).await.unwrap();
    assert_eq!((stale.stale, stale.as_of, &stale.body), (true, seen.as_of, &seen.body));
    world.pass(seconds(23 * 3600));
    let too_old = world.gateway.snapshot(&guest, Wanted::Recent).await.unwrap_err();
    assert!(matches!(too_old, GatewayError::Unavailable { .. }), "{too_old:?}");
    world.scene.sandbox.faults().clear();
    world.pass(seconds(5));
    let back = world.gateway.snapshot(&guest, Wanted::Recent).await.unwrap();
    assert!(!back.stale, "it recovers by itself");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_probonus_that_refuses_is_asked_once_in_five_seconds_and_the_guest_sees_what_there_was() {
    let world = World::start().await;
    let guest = world.known_guest(RICHEST).await;
    world.pass(seconds(60));
    world.scene.always(FIND, FaultKind::Status { status: 422 });
    world.scene.always(BALANCE, FaultKind::Status { status: 403 });
    let before = world.gateway.counters();
    for _ in 0..20 {
        let answer = world.gateway.snapshot(&guest, Wanted::Revalidated).await.unwrap();
        assert!(answer.stale);
    }
    assert_eq!(world.gateway.counters().snapshots_failed, before.snapshots_failed + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_probonus_does_not_keep_a_guest_waiting_who_has_something_to_look_at() {
    let world = World::start().await;
    let guest = world.known_guest(RICHEST).await;
    world.pass(seconds(60));
    world.scene.always(FIND, FaultKind::Never { effect: false });
    let started = Instant::now();
    let stale = world.gateway.snapshot(&guest, Wanted::Recent).await.unwrap();
    assert!(stale.stale);
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_who_has_seen_nothing_gets_a_typed_error_in_time() {
    let world = World::start().await;
    let guest = world.guest(RICHEST).await;
    world.scene.always(FIND, FaultKind::Never { effect: false });
    let started = Instant::now();
    let error = world.gateway.snapshot(&guest, Wanted::Recent).await.unwrap_err();
    assert!(matches!(error, GatewayError::Unavailable { retry_after: Some(_) }), "{error:?}");
    assert!(started.elapsed() < Duration::from_secs(14), "{:?}", started.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_everywhere_erases_what_was_cached_even_by_a_reading_under_way() {
    let world = World::start().await;
    let guest = world.known_guest(RICHEST).await;
    world.pass(seconds(60));
    world.scene.once(BALANCE, FaultKind::Delay { ms: 300 });
    let (gateway, asking) = (world.gateway.clone(), guest.clone());
    let reading = tokio::spawn(async move { gateway.snapshot(&asking, Wanted::Recent).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    world.gateway.sign_out(&guest, SignOut::All).await.unwrap();
    reading.await.unwrap().unwrap();
    let returned = world.known_guest_without_reading(RICHEST).await;
    let reads = world.scene.count(BALANCE);
    world.gateway.snapshot(&returned, Wanted::Recent).await.unwrap();
    assert_eq!(world.scene.count(BALANCE), reads + 1, "nothing was kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_the_profile_is_seen_at_once() {
    let world = World::start().await;
    let guest = world.known_guest(RICHEST).await;
    let change = ProfileChange { first_name: Some("Мелания".into()), ..ProfileChange::default() };
    let updated = world.gateway.update_profile(&guest, &change).await.unwrap();
    assert_eq!(updated.account.first_name.as_deref(), Some("Мелания"));
    let seen = world.gateway.snapshot(&guest, Wanted::Recent).await.unwrap();
    assert_eq!(json(&seen.body)["account"]["firstName"], "Мелания");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_without_an_account_is_told_so_and_its_registration_is_seen_at_once() {
    let world = World::start().await;
    let guest = world.guest(STRANGER).await;
    let missing = world.gateway.snapshot(&guest, Wanted::Recent).await.unwrap_err();
    assert_eq!(missing, GatewayError::GuestNotFound);
    let kind = loyalty_core::domain::ConsentKind::PersonalData;
    world.gateway.give_consent(&guest, kind, crate::world::CONSENT, &origin(None)).await.unwrap();
    let profile = Profile { first_name: Some("Евлампия".into()), ..Profile::default() };
    world.gateway.register(&guest, profile).await.unwrap();
    let seen = world.gateway.snapshot(&guest, Wanted::Recent).await.unwrap();
    assert_eq!(json(&seen.body)["balance"]["total"], 30_000, "the welcome bonus");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kiosk_is_shown_less() {
    let world = World::with(options(), TILL_CODES).await;
    let own = world.known_guest(RICHEST).await;
    let kiosk = world.kiosk().await;
    world.pass(seconds(61));
    let tokens = world.sign_in_at(RICHEST, &origin(Some(&kiosk))).await;
    let there = world.authenticate(&tokens).await;
    let at_home = json(&world.gateway.snapshot(&own, Wanted::Recent).await.unwrap().body);
    let in_public = json(&world.gateway.snapshot(&there, Wanted::Recent).await.unwrap().body);
    assert_eq!(at_home["account"]["phone"], RICHEST);
    assert!(!at_home["account"]["lastName"].is_null());
    for private in ["phone", "lastName", "middleName", "birthday", "sex", "email"] {
        assert!(in_public["account"][private].is_null(), "{private}");
    }
    assert_eq!(in_public["account"]["phoneMasked"], "+7 ••• •••-00-01");
    assert_eq!(in_public["balance"], at_home["balance"]);
    assert!(!in_public.to_string().contains("9000000001"));
}

impl World {
    /// Signs in when a code may be asked for again.
    async fn sign_in_once_more(&self) -> loyalty_gateway::gateway::SessionTokens {
        self.pass(seconds(61));
        self.sign_in(RICHEST).await
    }

    /// A guest whose session knows the account, and whose snapshot has been read.
    async fn known_guest(&self, number: &str) -> loyalty_gateway::gateway::Guest {
        let tokens = self.sign_in(number).await;
        let guest = self.authenticate(&tokens).await;
        self.gateway.snapshot(&guest, Wanted::Recent).await.unwrap();
        self.authenticate(&tokens).await
    }

    /// A guest whose session knows the account, and whose snapshot nobody has asked for.
    async fn known_guest_without_reading(&self, number: &str) -> loyalty_gateway::gateway::Guest {
        self.pass(seconds(61));
        let tokens = self.sign_in(number).await;
        let guest = self.authenticate(&tokens).await;
        self.gateway.till_code(&guest).await.unwrap();
        self.authenticate(&tokens).await
    }
}

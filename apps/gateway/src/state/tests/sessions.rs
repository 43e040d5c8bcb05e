use jiff::{SignedDuration, Timestamp};
use loyalty_core::domain::AccountId;
use uuid::Uuid;

use super::{Fixture, NOON, hash, on_both, pair, phone, session};
use crate::gateway::SessionKind;
use crate::state::{NewPair, NewSession, Presented, Rotated, State, TokenHash};

on_both! {
    a_token_leads_to_its_session_until_it_expires
    a_token_is_good_for_its_purpose_only
    a_spent_refresh_token_answers_again_until_the_new_pair_is_used
    using_the_new_access_token_ends_the_spent_refresh_token_and_its_return_the_session
    using_the_new_refresh_token_ends_the_spent_one_and_its_return_the_session
    a_token_of_a_replaced_pair_is_unknown_and_harms_nobody
    a_spent_token_has_no_clock
    an_access_token_lives_on_beside_the_pair_after_it
    refreshing_at_once_on_two_instances_leaves_one_pair
    endless_refreshing_does_not_fill_the_table
    the_session_that_was_idle_longest_makes_room
    ending_a_session_kills_its_tokens_and_no_others
    ending_all_sessions_of_a_phone_leaves_others_alone
    sessions_that_are_ended_from_many_sides_at_once_are_ended
    revoking_a_kiosk_ends_the_sessions_at_it
    a_session_that_opens_while_its_kiosk_is_revoked_does_not_outlive_it
    a_kiosk_that_was_revoked_opens_no_session
    a_session_is_bound_to_one_account_only
}

fn access(number: u64) -> TokenHash {
    hash(number * 2)
}

fn refresh(number: u64) -> TokenHash {
    hash(number * 2 + 1)
}

async fn open(state: &State, session: NewSession) {
    state.open_session(session, NOON).await.unwrap();
}

/// Refreshes at noon with the refresh token of pair `from` for the pair `to`.
async fn rotate(state: &State, from: u64, to: u64) -> Rotated {
    state.rotate(refresh(from), pair(to, NOON), NOON).await.unwrap()
}

fn issued(rotated: &Rotated) -> bool {
    matches!(rotated, Rotated::Issued(_))
}

async fn is_good(state: &State, access_token: u64) -> bool {
    state.session(Presented::Access, access(access_token), NOON).await.unwrap().is_some()
}

async fn a_token_leads_to_its_session_until_it_expires(fixture: Fixture) {
    let state = &fixture.state;
    open(state, session(7, 1)).await;
    let at = |minutes| NOON + SignedDuration::from_mins(minutes);
    let found = state.session(Presented::Access, access(1), at(14)).await.unwrap().unwrap();
    assert_eq!((found.id, found.phone, found.account), (Uuid::from_u128(1), phone(7), Some(AccountId(7))));
    assert_eq!((found.kind, found.checked_at), (SessionKind::Guest, NOON));
    assert_eq!(state.session(Presented::Access, access(1), at(15)).await.unwrap(), None);
    assert!(state.session(Presented::Refresh, refresh(1), at(15)).await.unwrap().is_some());
    let end = at(90 * 24 * 60);
    assert_eq!(state.rotate(refresh(1), pair(2, end), end).await.unwrap(), Rotated::Unknown);
}

async fn a_token_is_good_for_its_purpose_only(fixture: Fixture) {
    let state = &fixture.state;
    open(state, session(1, 1)).await;
    assert_eq!(state.session(Presented::Access, refresh(1), NOON).await.unwrap(), None);
    assert_eq!(state.rotate(access(1), pair(2, NOON), NOON).await.unwrap(), Rotated::Unknown);
}

async fn a_spent_refresh_token_answers_again_until_the_new_pair_is_used(fixture: Fixture) {
    let state = &fixture.state;
    open(state, session(1, 1)).await;
    for to in 2..10 {
        assert!(issued(&rotate(state, 1, to).await), "pair {to}");
    }
    for replaced in 2..9 {
        assert!(!is_good(state, replaced).await, "pair {replaced} was replaced");
        assert_eq!(rotate(state, replaced, 99).await, Rotated::Unknown);
    }
    assert!(is_good(state, 9).await);
}

async fn using_the_new_access_token_ends_the_spent_refresh_token_and_its_return_the_session(
    fixture: Fixture,
) {
    let state = &fixture.state;
    open(state, session(1, 1)).await;
    assert!(issued(&rotate(state, 1, 2).await));
    assert!(is_good(state, 2).await);
    assert_eq!(rotate(state, 1, 3).await, Rotated::Reused(Uuid::from_u128(1)));
    assert!(!is_good(state, 2).await, "whoever copied the token could go on");
    assert_eq!(rotate(state, 2, 4).await, Rotated::Unknown);
    assert_eq!(fixture.count("tokens").await, 0);
    assert_eq!(fixture.count("sessions").await, 0);
}

async fn using_the_new_refresh_token_ends_the_spent_one_and_its_return_the_session(fixture: Fixture) {
    let state = &fixture.state;
    open(state, session(1, 1)).await;
    assert!(issued(&rotate(state, 1, 2).await));
    assert!(issued(&rotate(state, 2, 3).await));
    assert_eq!(rotate(state, 1, 4).await, Rotated::Reused(Uuid::from_u128(1)));
    assert!(!is_good(state, 3).await);
}

async fn a_token_of_a_replaced_pair_is_unknown_and_harms_nobody(fixture: Fixture) {
    let state = &fixture.state;
    open(state, session(1, 1)).await;
    assert!(issued(&rotate(state, 1, 2).await));
    assert!(issued(&rotate(state, 1, 3).await));
    assert_eq!(rotate(state, 2, 4).await, Rotated::Unknown);
    assert!(is_good(state, 3).await);
}

async fn a_spent_token_has_no_clock(fixture: Fixture) {
    let state = &fixture.state;
    open(state, session(1, 1)).await;
    assert!(issued(&rotate(state, 1, 2).await));
    let later = NOON + SignedDuration::from_hours(80 * 24);
    let again = state.rotate(refresh(1), pair(3, later), later).await.unwrap();
    assert!(issued(&again), "the reply got lost eighty days ago");
}

async fn an_access_token_lives_on_beside_the_pair_after_it(fixture: Fixture) {
    let state = &fixture.state;
    open(state, session(1, 1)).await;
    assert!(is_good(state, 1).await);
    assert!(issued(&rotate(state, 1, 2).await));
    assert!(is_good(state, 1).await, "a request that was under way during the refresh failed");
    assert!(is_good(state, 2).await);
}

async fn refreshing_at_once_on_two_instances_leaves_one_pair(fixture: Fixture) {
    open(&fixture.state, session(1, 1)).await;
    let neighbour = fixture.neighbour().await;
    let refreshes = (2..22_u64).map(|to| {
        let state = if to % 2 == 0 { fixture.state.clone() } else { neighbour.clone() };
        tokio::spawn(async move { rotate(&state, 1, to).await })
    });
    for one in refreshes.collect::<Vec<_>>() {
        assert!(issued(&one.await.unwrap()));
    }
    let mut good = 0;
    for to in 2..22 {
        good += u32::from(is_good(&fixture.state, to).await);
    }
    assert_eq!(good, 1);
}

async fn endless_refreshing_does_not_fill_the_table(fixture: Fixture) {
    let state = &fixture.state;
    open(state, session(1, 1)).await;
    for from in 1..200 {
        assert!(issued(&rotate(state, from, from + 1).await));
    }
    // The spent refresh tokens that are still recognised, the newest pair, and the access token before it.
    let rows = fixture.count("tokens").await;
    assert!(rows <= 68, "{rows} rows");
    assert_eq!(rotate(state, 150, 300).await, Rotated::Reused(Uuid::from_u128(1)));
}

async fn the_session_that_was_idle_longest_makes_room(fixture: Fixture) {
    let state = &fixture.state;
    let opened = |n: u64| -> Timestamp { NOON + SignedDuration::from_secs(i64::try_from(n).unwrap()) };
    for n in 1..=20 {
        state.open_session(session(1, n), opened(n)).await.unwrap();
    }
    // The first is used, so the second is the one.
    state.session(Presented::Access, access(1), opened(21)).await.unwrap().unwrap();
    open(state, session(2, 100)).await;
    state.open_session(session(1, 21), opened(22)).await.unwrap();
    let at_kiosk = NewSession { kind: SessionKind::Kiosk, ..session(1, 22) };
    state.open_session(at_kiosk, opened(23)).await.unwrap();
    let mut good = Vec::new();
    for n in (1..=22).chain([100]) {
        if is_good(state, n).await {
            good.push(n);
        }
    }
    let expected: Vec<u64> = (1..=22).filter(|n| *n != 2).chain([100]).collect();
    assert_eq!(good, expected);
}

async fn ending_a_session_kills_its_tokens_and_no_others(fixture: Fixture) {
    let state = &fixture.state;
    open(state, session(1, 1)).await;
    open(state, session(1, 2)).await;
    state.end_session(Uuid::from_u128(1)).await.unwrap();
    assert!(!is_good(state, 1).await);
    assert_eq!(rotate(state, 1, 3).await, Rotated::Unknown);
    assert!(is_good(state, 2).await);
}

async fn ending_all_sessions_of_a_phone_leaves_others_alone(fixture: Fixture) {
    let state = &fixture.state;
    open(state, session(1, 1)).await;
    open(state, session(1, 2)).await;
    open(state, session(2, 3)).await;
    state.end_sessions_of(phone(1)).await.unwrap();
    assert!(!is_good(state, 1).await && !is_good(state, 2).await);
    assert!(is_good(state, 3).await);
}

/// Two who end the same guest's sessions must not stand in each other's way: neither may fail, and nothing may be left.
async fn sessions_that_are_ended_from_many_sides_at_once_are_ended(fixture: Fixture) {
    let neighbour = fixture.neighbour().await;
    for round in 0..30_u64 {
        let state = &fixture.state;
        for number in 1..=4 {
            open(state, session(1, round * 10 + number)).await;
        }
        // A spent refresh token, which ends its session when it comes back.
        let last = round * 10 + 4;
        assert!(matches!(rotate(state, last, round * 10 + 5).await, Rotated::Issued(_)));
        assert!(is_good(state, round * 10 + 5).await);
        let id = |number: u64| Uuid::from_u128(u128::from(round * 10 + number));
        let (all, one, other, reused) = tokio::join!(
            state.end_sessions_of(phone(1)),
            neighbour.end_session(id(2)),
            neighbour.end_session(id(3)),
            rotate(&neighbour, last, round * 10 + 6),
        );
        all.unwrap();
        one.unwrap();
        other.unwrap();
        assert!(matches!(reused, Rotated::Reused(_) | Rotated::Unknown), "{reused:?}");
    }
    assert_eq!((fixture.count("sessions").await, fixture.count("tokens").await), (0, 0));
}

async fn revoking_a_kiosk_ends_the_sessions_at_it(fixture: Fixture) {
    let state = &fixture.state;
    let (kiosk, other) = (Uuid::from_u128(500), Uuid::from_u128(501));
    for (device, credential) in [(kiosk, 50), (other, 51)] {
        state.add_device(device, "зал".into(), hash(credential), NOON).await.unwrap();
    }
    let end = NOON + SignedDuration::from_mins(5);
    let short =
        |number| NewPair { access: access(number), access_expires_at: end, refresh: None, expires_at: end };
    let at_kiosk = |number, device| NewSession {
        kind: SessionKind::Kiosk,
        device: Some(device),
        pair: short(number),
        ..session(1, number)
    };
    open(state, at_kiosk(1, kiosk)).await;
    open(state, at_kiosk(2, other)).await;
    assert_eq!(state.device(hash(50)).await.unwrap(), Some(kiosk));
    assert!(state.revoke_device(kiosk, NOON).await.unwrap());
    assert!(state.revoke_device(kiosk, end).await.unwrap(), "revoking twice is no error");
    assert!(!state.revoke_device(Uuid::from_u128(502), NOON).await.unwrap());
    assert_eq!(state.device(hash(50)).await.unwrap(), None);
    assert_eq!(state.device(hash(51)).await.unwrap(), Some(other));
    assert!(!is_good(state, 1).await);
    assert!(is_good(state, 2).await);
    let listed = state.devices().await.unwrap();
    assert_eq!(listed.iter().map(|row| row.revoked_at).collect::<Vec<_>>(), [Some(NOON), None]);
}

async fn a_session_that_opens_while_its_kiosk_is_revoked_does_not_outlive_it(fixture: Fixture) {
    for round in 0..20_u64 {
        let kiosk = Uuid::from_u128(u128::from(600 + round));
        fixture.state.add_device(kiosk, "зал".into(), hash(6_000 + round), NOON).await.unwrap();
        let (here, there) = (fixture.state.clone(), fixture.neighbour().await);
        let session = NewSession { kind: SessionKind::Kiosk, device: Some(kiosk), ..session(1, 100 + round) };
        let (opened, revoked) = tokio::join!(
            tokio::spawn(async move { here.open_session(session, NOON).await.unwrap() }),
            tokio::spawn(async move { there.revoke_device(kiosk, NOON).await.unwrap() }),
        );
        let (opened, revoked) = (opened.unwrap(), revoked.unwrap());
        assert!(revoked && !is_good(&fixture.state, 100 + round).await, "opened: {opened}");
    }
}

async fn a_kiosk_that_was_revoked_opens_no_session(fixture: Fixture) {
    let (state, kiosk) = (&fixture.state, Uuid::from_u128(600));
    state.add_device(kiosk, "зал".into(), hash(60), NOON).await.unwrap();
    assert!(state.revoke_device(kiosk, NOON).await.unwrap());
    let session = NewSession { kind: SessionKind::Kiosk, device: Some(kiosk), ..session(1, 1) };
    assert!(!state.open_session(session, NOON).await.unwrap());
    assert_eq!((fixture.count("sessions").await, fixture.count("tokens").await), (0, 0));
}

async fn a_session_is_bound_to_one_account_only(fixture: Fixture) {
    let state = &fixture.state;
    open(state, NewSession { account: None, ..session(1, 1) }).await;
    let later = NOON + SignedDuration::from_mins(1);
    state.bind(Uuid::from_u128(1), phone(1), AccountId(5), later).await.unwrap();
    state.bind(Uuid::from_u128(1), phone(1), AccountId(6), later).await.unwrap();
    let found = state.session(Presented::Access, access(1), NOON).await.unwrap().unwrap();
    assert_eq!((found.account, found.checked_at), (Some(AccountId(5)), later));
}

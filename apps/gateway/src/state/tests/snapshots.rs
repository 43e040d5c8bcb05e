use jiff::{SignedDuration, Timestamp};
use loyalty_core::domain::AccountId;
use uuid::Uuid;

use super::{Fixture, NOON, hash, on_both, phone, session};
use crate::gateway::SessionKind;
use crate::projection::Audience;
use crate::state::{NewSession, NewSnapshot, Presented, State};

on_both! {
    each_audience_sees_its_own_snapshot
    an_older_reading_does_not_replace_a_newer_one
    nothing_is_kept_for_an_account_that_nobody_is_signed_in_to
    a_snapshot_goes_with_the_last_session
    erasing_is_at_once
    a_session_and_what_its_guest_may_see_come_from_one_read
}

const ACCOUNT: AccountId = AccountId(1);

fn snapshot(as_of: Timestamp) -> NewSnapshot {
    NewSnapshot {
        account: ACCOUNT,
        as_of,
        guest_body: format!("guest {as_of}").into_bytes(),
        guest_etag: "\"g\"".into(),
        kiosk_body: format!("kiosk {as_of}").into_bytes(),
        kiosk_etag: "\"k\"".into(),
    }
}

async fn keep(state: &State, as_of: Timestamp) {
    state.keep_snapshot(snapshot(as_of), NOON).await.unwrap();
}

async fn body(state: &State, audience: Audience) -> Option<String> {
    let cached = state.snapshot(ACCOUNT, audience).await.unwrap()?;
    Some(format!("{} {} {}", cached.as_of, String::from_utf8(cached.body).unwrap(), cached.etag))
}

async fn each_audience_sees_its_own_snapshot(fixture: Fixture) {
    let state = &fixture.state;
    state.open_session(session(1, 1), NOON).await.unwrap();
    assert_eq!(body(state, Audience::Guest).await, None);
    keep(state, NOON).await;
    assert_eq!(body(state, Audience::Guest).await.unwrap(), format!("{NOON} guest {NOON} \"g\""));
    assert_eq!(body(state, Audience::Kiosk).await.unwrap(), format!("{NOON} kiosk {NOON} \"k\""));
    let other = state.snapshot(AccountId(2), Audience::Guest).await.unwrap();
    assert!(other.is_none());
}

async fn an_older_reading_does_not_replace_a_newer_one(fixture: Fixture) {
    let state = &fixture.state;
    state.open_session(session(1, 1), NOON).await.unwrap();
    let later = NOON + SignedDuration::from_secs(1);
    keep(state, later).await;
    keep(state, NOON).await;
    assert!(body(state, Audience::Guest).await.unwrap().starts_with(&later.to_string()));
}

async fn nothing_is_kept_for_an_account_that_nobody_is_signed_in_to(fixture: Fixture) {
    let state = &fixture.state;
    keep(state, NOON).await;
    assert_eq!(body(state, Audience::Guest).await, None);
    // A session that is over, though not tidied away yet, is nobody either.
    state.open_session(session(1, 1), NOON).await.unwrap();
    let after_its_end = NOON + SignedDuration::from_hours(91 * 24);
    state.keep_snapshot(snapshot(after_its_end), after_its_end).await.unwrap();
    assert_eq!(body(state, Audience::Guest).await, None);
}

async fn a_snapshot_goes_with_the_last_session(fixture: Fixture) {
    let state = &fixture.state;
    for number in [1, 2] {
        state.open_session(session(1, number), NOON).await.unwrap();
    }
    keep(state, NOON).await;
    state.end_session(Uuid::from_u128(1)).await.unwrap();
    assert!(body(state, Audience::Guest).await.is_some());
    state.end_session(Uuid::from_u128(2)).await.unwrap();
    assert_eq!(body(state, Audience::Guest).await, None);
    state.open_session(session(1, 3), NOON).await.unwrap();
    keep(state, NOON).await;
    state.end_sessions_of(phone(1)).await.unwrap();
    assert_eq!(fixture.count("snapshots").await, 0);
}

async fn erasing_is_at_once(fixture: Fixture) {
    let state = &fixture.state;
    state.open_session(session(1, 1), NOON).await.unwrap();
    keep(state, NOON).await;
    state.erase_snapshot(ACCOUNT).await.unwrap();
    assert_eq!(body(state, Audience::Guest).await, None);
}

async fn a_session_and_what_its_guest_may_see_come_from_one_read(fixture: Fixture) {
    let state = &fixture.state;
    let kiosk = NewSession { kind: SessionKind::Kiosk, ..session(1, 2) };
    let stranger = NewSession { account: None, ..session(2, 3) };
    for session in [session(1, 1), kiosk, stranger] {
        state.open_session(session, NOON).await.unwrap();
    }
    let look = async |number: u64, minutes: i64| {
        let at = NOON + SignedDuration::from_mins(minutes);
        let token = hash(number * 2);
        let found = state.session_with_snapshot(token, at).await.unwrap();
        let by_token = state.session(Presented::Access, token, at).await.unwrap();
        assert_eq!(found.as_ref().map(|(session, _)| session.id), by_token.map(|session| session.id));
        found.map(|(_, cached)| cached.map(|one| (String::from_utf8(one.body).unwrap(), one.etag)))
    };
    assert_eq!(look(1, 0).await, Some(None), "nothing is cached yet");
    keep(state, NOON).await;
    assert_eq!(look(1, 14).await, Some(Some((format!("guest {NOON}"), "\"g\"".into()))));
    assert_eq!(look(2, 14).await, Some(Some((format!("kiosk {NOON}"), "\"k\"".into()))));
    assert_eq!(look(3, 14).await, Some(None), "a phone without an account");
    assert_eq!(look(1, 15).await, None, "the token is too old");
    assert!(state.session_with_snapshot(hash(3), NOON).await.unwrap().is_none(), "a refresh token");
}

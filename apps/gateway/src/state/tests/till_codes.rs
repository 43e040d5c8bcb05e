use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use loyalty_core::domain::AccountId;
use uuid::Uuid;

use super::{Fixture, GONE, NOON, hash, on_both, pair, phone, session};
use crate::gateway::SessionKind;
use crate::state::{
    CodeHash, IssuedTillCode, LimitKey, NewPair, NewSession, Opening, Resolved, State, Window,
};

on_both! {
    a_code_leads_to_its_guest_once
    a_code_expires
    a_number_that_is_issued_again_belongs_to_the_newest_guest
    only_codes_that_lead_nowhere_count
    of_two_kiosks_at_once_one_gets_the_guest
    whoever_ends_all_sessions_of_a_phone_ends_its_codes_and_those_under_way
    a_code_is_used_up_only_with_the_session_that_it_opens
    a_kiosk_that_was_revoked_opens_no_session_and_uses_up_no_code
}

const CODE: CodeHash = CodeHash([1; 32]);
static NEXT: AtomicU64 = AtomicU64::new(10_000);
const UNKNOWN: CodeHash = CodeHash([2; 32]);

async fn keep(state: &State, guest: u32) {
    let expires_at = NOON + SignedDuration::from_mins(10);
    let account = AccountId(guest.into());
    let issued = IssuedTillCode { code: CODE, phone: phone(guest), account, expires_at };
    let session = session(guest, guest.into());
    state.end_session(session.id).await.unwrap();
    state.open_session(session.clone(), NOON).await.unwrap();
    assert!(state.keep_till_code(session.id, issued).await.unwrap());
}

async fn resolve(state: &State, code: CodeHash, now: Timestamp) -> Resolved {
    let window = Window { key: LimitKey([9; 16]), most: 2, within: Duration::from_secs(3600) };
    state.open_by_till_code(vec![window], code, opening(None), now).await.unwrap()
}

/// A session that no other has the name of.
fn opening(device: Option<Uuid>) -> Opening {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let NewPair { access, access_expires_at, expires_at, .. } = pair(number, NOON);
    let pair = NewPair { access, access_expires_at, refresh: None, expires_at };
    Opening { id: Uuid::from_u128(number.into()), kind: SessionKind::Kiosk, device, pair }
}

async fn a_code_is_used_up_only_with_the_session_that_it_opens(fixture: Fixture) {
    let state = &fixture.state;
    keep(state, 1).await;
    let opening = opening(None);
    let taken = NewSession { id: opening.id, ..session(2, 900) };
    state.open_session(taken, NOON).await.unwrap();
    state.open_by_till_code(Vec::new(), CODE, opening, NOON).await.unwrap_err();
    let sessions = fixture.count("sessions").await;
    assert_eq!(resolve(state, CODE, NOON).await, Resolved::Guest(phone(1), AccountId(1)));
    assert_eq!(fixture.count("sessions").await, sessions + 1);
}

async fn a_kiosk_that_was_revoked_opens_no_session_and_uses_up_no_code(fixture: Fixture) {
    let state = &fixture.state;
    keep(state, 1).await;
    let kiosk = Uuid::from_u128(700);
    state.add_device(kiosk, "зал".into(), hash(70), NOON).await.unwrap();
    state.revoke_device(kiosk, NOON).await.unwrap();
    let shown = state.open_by_till_code(Vec::new(), CODE, opening(Some(kiosk)), NOON).await.unwrap();
    assert_eq!((shown, fixture.count("sessions").await), (Resolved::Revoked, 1));
    assert_eq!(resolve(state, CODE, NOON).await, Resolved::Guest(phone(1), AccountId(1)));
}

async fn a_code_leads_to_its_guest_once(fixture: Fixture) {
    keep(&fixture.state, 1).await;
    assert_eq!(resolve(&fixture.state, CODE, NOON).await, Resolved::Guest(phone(1), AccountId(1)));
    assert_eq!(resolve(&fixture.state, CODE, NOON).await, Resolved::Nobody);
}

async fn a_code_expires(fixture: Fixture) {
    keep(&fixture.state, 1).await;
    let end = NOON + SignedDuration::from_mins(10);
    assert_eq!(resolve(&fixture.state, CODE, end).await, Resolved::Nobody);
    let just_before = end - SignedDuration::from_millis(1);
    assert!(matches!(resolve(&fixture.state, CODE, just_before).await, Resolved::Guest(..)));
}

async fn a_number_that_is_issued_again_belongs_to_the_newest_guest(fixture: Fixture) {
    keep(&fixture.state, 1).await;
    keep(&fixture.state, 2).await;
    assert_eq!(resolve(&fixture.state, CODE, NOON).await, Resolved::Guest(phone(2), AccountId(2)));
    assert_eq!(resolve(&fixture.state, CODE, NOON).await, Resolved::Nobody);
}

async fn only_codes_that_lead_nowhere_count(fixture: Fixture) {
    let state = &fixture.state;
    for _ in 0..5 {
        keep(state, 1).await;
        assert!(matches!(resolve(state, CODE, NOON).await, Resolved::Guest(..)));
    }
    assert_eq!(resolve(state, UNKNOWN, NOON).await, Resolved::Nobody);
    assert_eq!(resolve(state, UNKNOWN, NOON).await, Resolved::Nobody);
    assert_eq!(resolve(state, UNKNOWN, NOON).await, Resolved::Limited(Duration::from_secs(3600)));
    keep(state, 1).await;
    assert!(
        matches!(resolve(state, CODE, NOON).await, Resolved::Limited(_)),
        "whoever guesses is not told that the third guess was right"
    );
}

async fn whoever_ends_all_sessions_of_a_phone_ends_its_codes_and_those_under_way(fixture: Fixture) {
    let state = &fixture.state;
    keep(state, 1).await;
    state.end_sessions_of(phone(1)).await.unwrap();
    assert_eq!(resolve(state, CODE, NOON).await, Resolved::Nobody);
    let expires_at = NOON + SignedDuration::from_mins(10);
    let late = IssuedTillCode { code: CODE, phone: phone(1), account: AccountId(1), expires_at };
    for session in [session(1, 1).id, GONE] {
        assert!(!state.keep_till_code(session, late).await.unwrap());
    }
    assert_eq!(resolve(state, CODE, NOON).await, Resolved::Nobody);
}

async fn of_two_kiosks_at_once_one_gets_the_guest(fixture: Fixture) {
    for _ in 0..10 {
        keep(&fixture.state, 1).await;
        let (here, there) = (fixture.state.clone(), fixture.neighbour().await);
        let one = |state: State| {
            tokio::spawn(async move {
                state.open_by_till_code(Vec::new(), CODE, opening(None), NOON).await.unwrap()
            })
        };
        let (one, two) = tokio::join!(one(here), one(there));
        let outcomes = [one.unwrap(), two.unwrap()];
        let guests = outcomes.iter().filter(|outcome| matches!(outcome, Resolved::Guest(..))).count();
        assert_eq!(guests, 1, "{outcomes:?}");
    }
}

use jiff::{SignedDuration, Timestamp};

use super::{Fixture, NOON, hash, on_both, session};
use crate::state::{CodeHash, Presented, State, Tried};

on_both! {
    the_right_code_opens_a_session_once
    a_code_that_was_tried_too_often_is_gone
    the_newest_code_is_the_one
    a_code_expires_to_the_millisecond
    every_wrong_try_counts_however_many_come_at_once
    of_two_right_tries_at_once_one_opens_a_session
    a_code_that_is_not_on_its_way_is_wrong_and_its_tries_count
    a_code_that_was_replaced_is_not_let_in_late
}

const WHOSE: CodeHash = CodeHash([1; 32]);
const RIGHT: [u8; 32] = [2; 32];
const WRONG: [u8; 32] = [3; 32];

/// Keeps a code that is on its way.
async fn keep(state: &State, code: [u8; 32], tries: u32) {
    keep_asleep(state, code, tries).await;
    state.wake_code(WHOSE, CodeHash(code)).await.unwrap();
}

async fn keep_asleep(state: &State, code: [u8; 32], tries: u32) {
    let expires_at = NOON + SignedDuration::from_mins(5);
    let kept = state.keep_code(Vec::new(), WHOSE, CodeHash(code), tries, NOON, expires_at).await;
    assert_eq!(kept.unwrap(), Ok(()));
}

async fn try_code(state: &State, code: [u8; 32], number: u64, now: Timestamp) -> Tried {
    let is_right = move |kept: &[u8]| kept == code;
    state.try_code(Vec::new(), WHOSE, is_right, session(1, number), now).await.unwrap()
}

async fn the_right_code_opens_a_session_once(fixture: Fixture) {
    let state = &fixture.state;
    keep(state, RIGHT, 5).await;
    assert_eq!(try_code(state, WRONG, 1, NOON).await, Tried::Wrong { tries_left: 4 });
    assert_eq!(state.session(Presented::Access, hash(2), NOON).await.unwrap(), None, "a wrong code opened");
    assert_eq!(try_code(state, RIGHT, 1, NOON).await, Tried::Right);
    assert!(state.session(Presented::Access, hash(2), NOON).await.unwrap().is_some());
    assert_eq!(try_code(state, RIGHT, 2, NOON).await, Tried::Expired, "a used code is good again");
}

async fn a_code_that_was_tried_too_often_is_gone(fixture: Fixture) {
    let state = &fixture.state;
    keep(state, RIGHT, 3).await;
    for tries_left in [2, 1, 0] {
        assert_eq!(try_code(state, WRONG, 1, NOON).await, Tried::Wrong { tries_left });
    }
    assert_eq!(try_code(state, RIGHT, 1, NOON).await, Tried::Expired);
}

async fn the_newest_code_is_the_one(fixture: Fixture) {
    let state = &fixture.state;
    keep(state, WRONG, 5).await;
    try_code(state, RIGHT, 1, NOON).await;
    keep(state, RIGHT, 5).await;
    assert_eq!(try_code(state, WRONG, 1, NOON).await, Tried::Wrong { tries_left: 4 }, "the old code counts");
    assert_eq!(try_code(state, RIGHT, 1, NOON).await, Tried::Right);
}

async fn a_code_expires_to_the_millisecond(fixture: Fixture) {
    let state = &fixture.state;
    keep(state, RIGHT, 5).await;
    let end = NOON + SignedDuration::from_mins(5);
    assert_eq!(try_code(state, RIGHT, 1, end).await, Tried::Expired);
    assert_eq!(try_code(state, RIGHT, 1, end - SignedDuration::from_millis(1)).await, Tried::Right);
}

async fn every_wrong_try_counts_however_many_come_at_once(fixture: Fixture) {
    keep(&fixture.state, RIGHT, 5).await;
    let neighbour = fixture.neighbour().await;
    let tries = (0..30_u64).map(|n| {
        let state = if n % 2 == 0 { fixture.state.clone() } else { neighbour.clone() };
        tokio::spawn(async move { try_code(&state, WRONG, n, NOON).await })
    });
    let mut left = Vec::new();
    for one in tries.collect::<Vec<_>>() {
        if let Tried::Wrong { tries_left } = one.await.unwrap() {
            left.push(tries_left);
        }
    }
    left.sort_unstable();
    assert_eq!(left, [0, 1, 2, 3, 4]);
}

async fn of_two_right_tries_at_once_one_opens_a_session(fixture: Fixture) {
    for round in 0..10_u64 {
        keep(&fixture.state, RIGHT, 5).await;
        let neighbour = fixture.neighbour().await;
        let other = fixture.state.clone();
        let (one, two) = tokio::join!(
            tokio::spawn(async move { try_code(&neighbour, RIGHT, round * 2 + 1, NOON).await }),
            tokio::spawn(async move { try_code(&other, RIGHT, round * 2 + 2, NOON).await }),
        );
        let outcomes = [one.unwrap(), two.unwrap()];
        assert!(outcomes.contains(&Tried::Right) && outcomes.contains(&Tried::Expired), "{outcomes:?}");
    }
}

async fn a_code_that_is_not_on_its_way_is_wrong_and_its_tries_count(fixture: Fixture) {
    let state = &fixture.state;
    keep_asleep(state, RIGHT, 5).await;
    assert_eq!(try_code(state, RIGHT, 1, NOON).await, Tried::Wrong { tries_left: 4 });
    assert_eq!(try_code(state, WRONG, 1, NOON).await, Tried::Wrong { tries_left: 3 }, "it can be told apart");
    state.wake_code(WHOSE, CodeHash(RIGHT)).await.unwrap();
    assert_eq!(try_code(state, WRONG, 1, NOON).await, Tried::Wrong { tries_left: 2 });
    assert_eq!(try_code(state, RIGHT, 1, NOON).await, Tried::Right);
}

async fn a_code_that_was_replaced_is_not_let_in_late(fixture: Fixture) {
    let state = &fixture.state;
    keep_asleep(state, WRONG, 5).await;
    keep_asleep(state, RIGHT, 5).await;
    state.wake_code(WHOSE, CodeHash(WRONG)).await.unwrap();
    assert_eq!(try_code(state, WRONG, 1, NOON).await, Tried::Wrong { tries_left: 4 });
    state.wake_code(WHOSE, CodeHash(RIGHT)).await.unwrap();
    assert_eq!(try_code(state, RIGHT, 1, NOON).await, Tried::Right);
    // Nor is a used one.
    state.wake_code(WHOSE, CodeHash(RIGHT)).await.unwrap();
    assert_eq!(try_code(state, RIGHT, 2, NOON).await, Tried::Expired);
}

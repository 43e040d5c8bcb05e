use std::time::Duration;

use jiff::SignedDuration;

use super::{Fixture, NOON, on_both};
use crate::state::{LimitKey, Window};

on_both! {
    a_window_is_exact
    a_full_window_keeps_the_others_from_counting
    the_longest_wait_is_told
    of_many_at_once_on_two_instances_no_more_pass_than_the_limit_says
    nothing_passes_a_limit_of_zero
    who_is_refused_does_not_stand_in_line_with_those_who_pass
}

/// A flood on one key: somebody who may pass holds it, and the others are to leave without waiting for that.
async fn who_is_refused_does_not_stand_in_line_with_those_who_pass(fixture: Fixture) {
    let windows = || vec![window(1, 1, 60)];
    fixture.state.take(windows(), NOON).await.unwrap().unwrap();
    let (neighbour, (inside, entered)) = (fixture.neighbour().await, tokio::sync::oneshot::channel());
    let inside = std::sync::Mutex::new(Some(inside));
    let (leave, left) = std::sync::mpsc::channel::<()>();
    let left = std::sync::Mutex::new(left);
    let held = tokio::spawn(async move {
        let pass = neighbour.write(move |tx| {
            super::super::limits::check(tx, &[window(1, 9, 60)], NOON)?.unwrap();
            inside.lock().unwrap().take().unwrap().send(()).unwrap();
            let _ = left.lock().unwrap().recv_timeout(Duration::from_secs(4));
            Ok(())
        });
        pass.await.unwrap();
    });
    entered.await.unwrap();
    let refused = (0..50).map(|_| {
        let (state, windows) = (fixture.state.clone(), windows());
        tokio::spawn(async move { state.take(windows, NOON).await.unwrap() })
    });
    let all = async {
        for one in refused.collect::<Vec<_>>() {
            assert!(one.await.unwrap().is_err());
        }
    };
    tokio::time::timeout(Duration::from_secs(3), all).await.expect("they waited for the one who passed");
    leave.send(()).unwrap();
    held.await.unwrap();
}

fn window(key: u8, most: u32, seconds: u64) -> Window {
    Window { key: LimitKey([key; 16]), most, within: Duration::from_secs(seconds) }
}

async fn a_window_is_exact(fixture: Fixture) {
    let at = |millis| NOON + SignedDuration::from_millis(millis);
    let take = |millis| fixture.state.take(vec![window(1, 2, 60)], at(millis));
    assert_eq!(take(0).await.unwrap(), Ok(()));
    assert_eq!(take(10_000).await.unwrap(), Ok(()));
    assert_eq!(take(20_000).await.unwrap(), Err(Duration::from_secs(40)));
    assert_eq!(take(59_999).await.unwrap(), Err(Duration::from_millis(1)));
    assert_eq!(take(60_000).await.unwrap(), Ok(()), "the first has left the window");
    assert_eq!(take(60_001).await.unwrap(), Err(Duration::from_millis(9_999)), "the second has not");
    let other = fixture.state.take(vec![window(2, 2, 60)], at(60_001)).await;
    assert_eq!(other.unwrap(), Ok(()), "another key counts for itself");
}

async fn a_full_window_keeps_the_others_from_counting(fixture: Fixture) {
    let take = |windows| fixture.state.take(windows, NOON);
    assert_eq!(take(vec![window(1, 1, 60)]).await.unwrap(), Ok(()));
    for _ in 0..5 {
        assert!(take(vec![window(1, 1, 60), window(2, 2, 60)]).await.unwrap().is_err());
    }
    assert_eq!(take(vec![window(2, 2, 60)]).await.unwrap(), Ok(()));
    assert_eq!(take(vec![window(2, 2, 60)]).await.unwrap(), Ok(()));
    assert!(take(vec![window(2, 2, 60)]).await.unwrap().is_err());
}

async fn the_longest_wait_is_told(fixture: Fixture) {
    let windows = || vec![window(1, 1, 60), window(1, 1, 3600), window(1, 5, 86_400)];
    assert_eq!(fixture.state.take(windows(), NOON).await.unwrap(), Ok(()));
    assert_eq!(fixture.state.take(windows(), NOON).await.unwrap(), Err(Duration::from_secs(3600)));
    assert_eq!(fixture.count("limit_hits").await, 1, "one time is one row, however many windows look at it");
}

async fn of_many_at_once_on_two_instances_no_more_pass_than_the_limit_says(fixture: Fixture) {
    let neighbour = fixture.neighbour().await;
    let tries = (0..40_u8).map(|n| {
        let state = if n % 2 == 0 { fixture.state.clone() } else { neighbour.clone() };
        // The keys in both orders: nobody waits for somebody who waits for them.
        let mut windows = vec![window(1, 5, 60), window(2, 100, 60)];
        if n % 3 == 0 {
            windows.reverse();
        }
        tokio::spawn(async move { state.take(windows, NOON).await.unwrap() })
    });
    let mut passed = 0;
    for one in tries.collect::<Vec<_>>() {
        passed += usize::from(one.await.unwrap().is_ok());
    }
    assert_eq!(passed, 5);
}

async fn nothing_passes_a_limit_of_zero(fixture: Fixture) {
    let taken = fixture.state.take(vec![window(1, 0, 60)], NOON).await.unwrap();
    assert_eq!(taken, Err(Duration::from_secs(60)));
}

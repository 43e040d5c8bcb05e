//! Writes that the token has no right to.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_is_always_forbidden_keeps_nobody_from_looking_for_what_was_lost() {
    let stage = Stage::with_a_witness().await;
    stage.scene.once(REFILL, FaultKind::CutBefore);
    let lost = stage.refill(1);
    assert_eq!(stage.operator.refill(&lost).await.unwrap_err(), LoyaltyError::OutcomeUnknown);
    stage.scene.always(CHECK, FaultKind::Status { status: 403 });
    let forbidden = check(lost.account_id, "F-1");
    assert!(stage.operator.register_check(&forbidden).await.is_err());
    stage.later(16);
    let report = stage.settle(SettleScope::Due).await;
    assert_eq!((report.looked, report.stopped), (1, Some(LoyaltyError::Forbidden)));
    stage.later(16);
    stage.settle(SettleScope::Due).await;
    stage.scene.sandbox.faults().clear();
    stage.later(16);
    stage.settle(SettleScope::Due).await;
    assert_eq!((stage.state(1).await, stage.scene.rows_of(&lost)), (WriteState::Accepted, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_is_always_forbidden_keeps_no_other_account_waiting() {
    let stage = Stage::new("");
    stage.scene.always(CHECK, FaultKind::Status { status: 403 });
    let one = stage.scene.richest();
    let mut others = Vec::new();
    // More than are asked for at once.
    for number in 10..40 {
        let newcomer = newcomer(&format!("+791611122{number}"));
        others.push(stage.scene.client().insert_by_template(&newcomer).await.unwrap().id);
    }
    let free = (2..).zip(&others).map(|(key, other)| Write::Refill(refill(*other, 500, key)));
    let forbidden = Write::RegisterCheck(check(one, "F-1"));
    let behind = Write::Refill(refill(one, 500, 1));
    stage.operator.hand_in([forbidden, behind].into_iter().chain(free).collect()).await.unwrap();
    let report = stage.operator.send_prepared(|_, _| {}).await.unwrap().unwrap();
    assert_eq!((report.sent, report.stopped), (31, Some(LoyaltyError::Forbidden)));
    // Writes to one account keep their order, whatever becomes of the first.
    assert_eq!(stage.state(1).await, WriteState::Prepared);
    for key in 2..32 {
        assert_eq!(stage.state(key).await, WriteState::Accepted);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_that_the_token_lacks_for_all_is_not_tried_for_each() {
    let stage = Stage::new("");
    stage.scene.always(REFILL, FaultKind::Status { status: 403 });
    let account = |number| AccountId(1_000 + i64::try_from(number).unwrap());
    let writes = (1..=60).map(|number| Write::Refill(refill(account(number), 500, number)));
    stage.operator.hand_in(writes.collect()).await.unwrap();
    let report = stage.operator.send_prepared(|_, _| {}).await.unwrap().unwrap();
    assert_eq!(report.stopped, Some(LoyaltyError::Forbidden));
    assert!((16..30).contains(&report.sent), "{report:?}");
}

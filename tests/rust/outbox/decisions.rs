//! What a person decides, and what is looked at before it is done.

use super::*;

const TRANSACTIONS: &str = "accounts/transactions";

/// A write that was applied, of which neither the answer nor the history has told so far.
async fn applied_in_the_dark(stage: &Stage) -> Refill {
    let refill = stage.refill(1);
    stage.scene.once(REFILL, FaultKind::CutAfter);
    stage.scene.always(TRANSACTIONS, FaultKind::Status { status: 503 });
    assert_eq!(stage.operator.refill(&refill).await.unwrap_err(), LoyaltyError::OutcomeUnknown);
    assert_eq!(stage.state(1).await, WriteState::Unknown);
    refill
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_is_to_be_sent_again_is_looked_for_once_more() {
    let stage = Stage::new("");
    let refill = applied_in_the_dark(&stage).await;
    // While nobody can look, nothing is sent either.
    let error = stage.operator.resend(refill.key).await.unwrap_err();
    assert_eq!((error.category(), stage.state(1).await), (Category::Unavailable, WriteState::Unknown));
    stage.scene.sandbox.faults().clear();
    let error = stage.operator.resend(refill.key).await.unwrap_err();
    assert_eq!(error, LoyaltyError::Conflict { code: ErrorCode::Conflict });
    assert_eq!((stage.state(1).await, stage.scene.count(REFILL)), (WriteState::Accepted, 1));
    assert_eq!(stage.scene.rows_of(&refill), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_may_read_the_history_a_persons_word_stands_alone() {
    let stage = Stage::new("");
    let refill = stage.refill(1);
    stage.scene.once(REFILL, FaultKind::CutBefore);
    stage.scene.always(TRANSACTIONS, FaultKind::Status { status: 403 });
    assert_eq!(stage.operator.refill(&refill).await.unwrap_err(), LoyaltyError::OutcomeUnknown);
    let record = stage.operator.resend(refill.key).await.unwrap();
    assert_eq!((record.state, stage.scene.rows_of(&refill)), (WriteState::Accepted, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_two_outboxes_have_registered_is_told_by_both_with_the_sum_to_take_back() {
    let stage = Stage::new("");
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = stage.scene.operator(folder.path());
    let purchase = check(stage.scene.richest(), "T-1");
    stage.operator.register_check(&purchase).await.unwrap();
    elsewhere.register_check(&purchase).await.unwrap();
    stage.later(25 * 60);
    for operator in [&stage.operator, &elsewhere] {
        operator.settle(SettleScope::Due).await.unwrap().unwrap();
        let record = operator.show(purchase.key.0).await.unwrap();
        assert_eq!((record.state, record.take_back()), (WriteState::Duplicate, Some(purchase.bonus_accrued)));
    }
}

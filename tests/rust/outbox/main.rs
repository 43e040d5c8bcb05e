//! Writes of money over real HTTP: what the caller is told, what the outbox keeps, and what the books say.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
// A test may stop at the first thing that is not as it should be.

mod decisions;
mod rights;

use std::time::Duration;

use futures_util::future::join_all;
use loyalty_core::backend::probonus::ProBonus;
use loyalty_core::backend::{BackendError, OperatorBackend};
use loyalty_core::domain::{AccountId, Bonus, GroupId, GroupOperation, Refill, Write, WriteState};
use loyalty_core::operator::{Operator, SettleReport, SettleScope, WriteFilter};
use loyalty_core::{Category, ErrorCode, LoyaltyError};
use loyalty_sandbox::{FaultKind, RetryAfterForm};
use loyalty_tests::scene::{Scene, check, newcomer, refill};
use tokio::runtime::Handle;
use uuid::Uuid;

const REFILL: &str = "accounts/refill";
const CHECK: &str = "external/register_check";

/// A sandbox, and an outbox of a process that starts with nothing.
struct Stage {
    scene: Scene,
    folder: tempfile::TempDir,
    operator: Operator<ProBonus>,
}

impl Stage {
    fn new(dialect: &str) -> Self {
        let scene = Scene::start(dialect);
        let folder = tempfile::tempdir().unwrap();
        let operator = scene.operator(folder.path());
        Self { scene, folder, operator }
    }

    /// One on whose server keys were seen in the history already.
    async fn with_a_witness() -> Self {
        let stage = Self::new("");
        let witness = stage.refill(1_000);
        stage.operator.refill(&witness).await.unwrap();
        let account = witness.account_id;
        stage.operator.register_check(&check(account, "W-1")).await.unwrap();
        stage.later(16);
        assert_eq!(stage.settle(SettleScope::Due).await.looked, 1);
        stage
    }

    fn refill(&self, key: u128) -> Refill {
        refill(self.scene.richest(), 500, key)
    }

    fn later(&self, minutes: u32) {
        self.scene.sandbox.clock().advance_minutes(minutes);
    }

    async fn settle(&self, scope: SettleScope) -> SettleReport {
        self.operator.settle(scope).await.unwrap().expect("nobody else sends")
    }

    async fn state(&self, key: u128) -> WriteState {
        self.operator.show(Uuid::from_u128(key)).await.unwrap().state
    }

    /// The process dies and is started again.
    fn restart(&mut self) {
        self.operator = self.scene.operator(self.folder.path());
    }

    async fn open(&self) -> usize {
        self.operator.list(WriteFilter::Open, 100).await.unwrap().len()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_whose_answer_was_lost_is_found_at_once() {
    let stage = Stage::new("");
    let refill = stage.refill(1);
    for kind in [FaultKind::CutAfter, FaultKind::Garbage, FaultKind::Truncated] {
        stage.scene.once(REFILL, kind);
        let refill = Refill { key: Uuid::now_v7(), ..refill.clone() };
        stage.operator.refill(&refill).await.unwrap();
        assert_eq!(stage.scene.rows_of(&refill), 1, "{kind:?}");
    }
    assert_eq!(stage.open().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_was_lost_is_sent_again_once_its_absence_is_proven() {
    let stage = Stage::with_a_witness().await;
    let refill = stage.refill(1);
    let purchase = check(refill.account_id, "A-1");
    for (method, kind) in [(REFILL, FaultKind::CutBefore), (CHECK, FaultKind::Status { status: 502 })] {
        stage.scene.once(method, kind);
    }
    assert_eq!(stage.operator.refill(&refill).await, Err(LoyaltyError::OutcomeUnknown));
    assert_eq!(stage.operator.register_check(&purchase).await, Err(LoyaltyError::OutcomeUnknown));
    for (minutes, sent) in [(10, 0), (6, 0), (4, 0), (2, 2)] {
        stage.later(minutes);
        assert_eq!(stage.settle(SettleScope::Unknown).await.sent, sent, "{minutes} minutes later");
    }
    assert_eq!(stage.scene.rows_of(&refill), 1);
    assert_eq!(stage.scene.sandbox.books().accruals_by_guid(&purchase.key.0.to_string()).unwrap().len(), 1);
    assert_eq!(stage.open().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_witness_a_lost_write_waits_for_a_person() {
    let stage = Stage::new("");
    let refill = stage.refill(1);
    stage.scene.once(REFILL, FaultKind::CutBefore);
    assert_eq!(stage.operator.refill(&refill).await, Err(LoyaltyError::OutcomeUnknown));
    for _ in 0..5 {
        stage.later(120);
        stage.settle(SettleScope::Unknown).await;
    }
    assert_eq!((stage.state(1).await, stage.scene.rows_of(&refill)), (WriteState::Unknown, 0));
    assert_eq!(stage.operator.refill(&refill).await, Err(LoyaltyError::OutcomeUnknown));
    assert_eq!(stage.scene.count(REFILL), 1, "asking again is not sending again");
    stage.operator.resend(refill.key).await.unwrap();
    assert_eq!((stage.state(1).await, stage.scene.rows_of(&refill)), (WriteState::Accepted, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_history_shows_no_keys_nothing_is_proven() {
    let stage = Stage::new("no-echo");
    stage.operator.refill(&stage.refill(1_000)).await.unwrap();
    stage.scene.once(REFILL, FaultKind::CutAfter);
    let refill = stage.refill(1);
    assert_eq!(stage.operator.refill(&refill).await, Err(LoyaltyError::OutcomeUnknown));
    for _ in 0..5 {
        stage.later(600);
        stage.settle(SettleScope::Due).await;
        stage.settle(SettleScope::Unknown).await;
    }
    assert_eq!((stage.state(1).await, stage.scene.count(REFILL)), (WriteState::Unknown, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_network_delivered_twice_is_told_with_the_sum_to_take_back() {
    let stage = Stage::with_a_witness().await;
    stage.scene.once(REFILL, FaultKind::Duplicate);
    let refill = stage.refill(1);
    stage.operator.refill(&refill).await.unwrap();
    stage.later(24 * 60 + 1);
    stage.settle(SettleScope::Due).await;
    let record = stage.operator.show(refill.key).await.unwrap();
    assert_eq!(
        (record.state, record.take_back()),
        (WriteState::Duplicate, Some(Bonus::from_hundredths(500)))
    );
    let told = stage.operator.refill(&refill).await.unwrap_err();
    assert_eq!((told.category(), told.code()), (Category::Conflict, ErrorCode::AppliedTwice));
    assert_eq!(stage.open().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_never_sent_waits_and_is_sent_later() {
    let mut stage = Stage::new("");
    let refill = stage.refill(1);
    stage.scene.once(REFILL, FaultKind::RateLimit { retry_after: 90, form: RetryAfterForm::Seconds });
    let limited = stage.operator.refill(&refill).await.unwrap_err();
    assert_eq!(limited.retry_after(), Some(Duration::from_secs(90)));
    stage.scene.once(REFILL, FaultKind::ExpiredToken);
    assert_eq!(stage.operator.refill(&refill).await, Err(LoyaltyError::Unauthorized));
    stage.restart();
    assert_eq!(stage.settle(SettleScope::Due).await.sent, 0, "it is to wait for half a minute");
    assert_eq!(stage.state(1).await, WriteState::Prepared);
    stage.later(2);
    assert_eq!(stage.settle(SettleScope::Due).await.sent, 1);
    assert_eq!((stage.state(1).await, stage.scene.rows_of(&refill)), (WriteState::Accepted, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_fails_leaves_writes_unsent_and_not_unknown() {
    let mut stage = Stage::new("");
    stage.operator = stage.scene.staff_operator(stage.folder.path());
    let refill = stage.refill(1);
    let faults = [
        FaultKind::Status { status: 503 },
        FaultKind::Garbage,
        FaultKind::CutAfter,
        // Last, because a renewal has a time of its own: it outlives the call that began it, and the next would share it.
        FaultKind::Never { effect: false },
    ];
    // First without any token, then with one that is to be renewed.
    for renewal in ["auth/login", "auth/refresh_token"] {
        for kind in faults {
            stage.scene.sandbox.faults().clear();
            stage.scene.always(renewal, kind);
            stage.scene.always(REFILL, FaultKind::ExpiredToken);
            let asked = stage.scene.count(renewal);
            let error = stage.operator.refill(&refill).await.unwrap_err();
            assert!(stage.scene.count(renewal) > asked, "{renewal} was not asked: {error:?}");
            assert!(!matches!(error, LoyaltyError::OutcomeUnknown | LoyaltyError::Unauthorized), "{error:?}");
            assert_eq!(stage.state(1).await, WriteState::Prepared, "{kind:?}");
        }
        stage.scene.sandbox.faults().clear();
        while let Err(error) = stage.operator.directory().groups().await {
            assert_eq!(error, BackendError::Timeout);
        }
    }
    stage.operator.refill(&refill).await.unwrap();
    assert_eq!(stage.scene.rows_of(&refill), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_of_the_server_is_kept_and_not_asked_for_again() {
    let stage = Stage::new("");
    let nobody = refill(AccountId(999_999), 500, 1);
    for _ in 0..2 {
        let error = stage.operator.refill(&nobody).await.unwrap_err();
        assert_eq!(error.category(), Category::NotFound);
    }
    assert_eq!(stage.scene.count(REFILL), 1);
    let wrong = Refill { sum: Bonus::ZERO, ..stage.refill(2) };
    assert_eq!(stage.operator.refill(&wrong).await.unwrap_err().category(), Category::InvalidInput);
    assert_eq!(stage.operator.list(WriteFilter::All, 10).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_is_one_request_however_many_ask_at_once() {
    let stage = Stage::new("");
    let refill = stage.refill(1);
    let answers = join_all((0..50).map(|_| stage.operator.refill(&refill))).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!((stage.scene.count(REFILL), stage.scene.rows_of(&refill)), (1, 1));
    let other = Refill { sum: Bonus::from_hundredths(501), ..refill };
    assert_eq!(
        stage.operator.refill(&other).await,
        Err(LoyaltyError::Conflict { code: ErrorCode::KeyReused })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_to_one_account_arrive_in_order_and_others_do_not_wait_for_them() {
    let stage = Stage::new("");
    let mine = stage.scene.richest();
    let other = stage.operator.directory().insert_by_template(&newcomer("+79123456701")).await.unwrap().id;
    stage.scene.always(REFILL, FaultKind::Delay { ms: 20 });
    let writes: Vec<_> = (1..=20)
        .map(|key| refill(if key % 5 == 0 { other } else { mine }, 100 + key, key.unsigned_abs().into()))
        .collect();
    let handed = stage.operator.hand_in(writes.iter().cloned().map(Write::Refill).collect()).await.unwrap();
    assert_eq!(handed.len(), 20);
    let answers = join_all(writes.iter().map(|write| stage.operator.refill(write))).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    for account in [mine, other] {
        let rows = stage.scene.sandbox.books().transactions(account.0).unwrap();
        let sums: Vec<_> =
            rows.iter().rev().filter(|row| (101..=120).contains(&row.sum)).map(|row| row.sum).collect();
        assert!(sums.is_sorted() && sums.len() >= 4, "{sums:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_kept_in_one_commit_with_what_leaves_next() {
    let stage = Stage::new("");
    let writes = (1..=3).map(|key| Write::Refill(stage.refill(key))).collect();
    stage.operator.hand_in(writes).await.unwrap();
    // Another process, which sees what is committed.
    let watcher = stage.scene.operator(stage.folder.path());
    let mut seen = Vec::new();
    let told = |key, state| {
        let sent = watcher.list(WriteFilter::State(WriteState::Sent), 10);
        let sent = tokio::task::block_in_place(|| Handle::current().block_on(sent)).unwrap();
        seen.push((key, state, sent.into_iter().map(|record| record.key).collect::<Vec<_>>()));
    };
    stage.operator.send_prepared(told).await.unwrap().unwrap();
    let [one, two, three] = [1, 2, 3].map(Uuid::from_u128);
    let accepted = |key, next: &[Uuid]| (key, WriteState::Accepted, next.to_vec());
    assert_eq!(seen, [accepted(one, &[two]), accepted(two, &[three]), accepted(three, &[])]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_nobody_waits_for_any_more_is_followed_all_the_same() {
    let stage = Stage::new("");
    let refill = stage.refill(1);
    stage.scene.once(REFILL, FaultKind::Delay { ms: 900 });
    let arrived = async {
        while stage.scene.count(REFILL) == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        answer = stage.operator.refill(&refill) => panic!("{answer:?} although the server takes its time"),
        () = arrived => {}
    }
    stage.scene.wait_for_rows(&refill, 1).await;
    stage.operator.refill(&refill).await.unwrap();
    assert_eq!((stage.scene.count(REFILL), stage.scene.rows_of(&refill)), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_share_an_outbox_and_send_nothing_twice() {
    let stage = Stage::new("");
    let other = stage.scene.operator(stage.folder.path());
    let writes: Vec<_> = (1..=40).map(|key| stage.refill(key)).collect();
    stage.scene.always(REFILL, FaultKind::Delay { ms: 5 });
    let answers = join_all(writes.iter().enumerate().flat_map(|(number, write)| {
        // Some are asked for by both.
        let both = if number % 4 == 0 { Some(other.refill(write)) } else { None };
        let one = if number % 2 == 0 { &stage.operator } else { &other };
        [Some(one.refill(write)), both].into_iter().flatten()
    }))
    .await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(stage.scene.count(REFILL), 40);
    assert!(writes.iter().all(|write| stage.scene.rows_of(write) == 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_operation_is_one_write_an_account_and_goes_on_where_it_stopped() {
    let stage = Stage::new("");
    for number in ["+79123456701", "+79123456702", "+79123456703"] {
        stage.operator.directory().insert_by_template(&newcomer(number)).await.unwrap();
    }
    let sum = Bonus::from_hundredths(250);
    let operation = GroupOperation { group_id: GroupId(3), sum, comment: None, key: Uuid::from_u128(1) };
    stage.scene.once(REFILL, FaultKind::CutAfter);
    let first = stage.operator.refill_group(&operation).await.unwrap();
    assert_eq!((first.accepted, first.unknown), (first.accounts - 1, 1));
    stage.settle(SettleScope::Unknown).await;
    let again = stage.operator.refill_group(&operation).await.unwrap();
    assert_eq!((again.accounts, again.accepted), (first.accounts, first.accounts));
    assert_eq!(stage.scene.count(REFILL), first.accounts);
    let other = GroupOperation { sum: Bonus::from_hundredths(1), ..operation };
    let refused = stage.operator.refill_group(&other).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::KeyReused);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_stands_for_a_group_operation_in_one_form() {
    let stage = Stage::new("");
    let sum = Bonus::from_hundredths(250);
    let operation =
        |key| GroupOperation { group_id: GroupId(3), sum, comment: None, key: Uuid::from_u128(key) };
    let reused = ErrorCode::KeyReused;
    stage.scene.once("operations/refill_group", FaultKind::CutAfter);
    let native = stage.operator.refill_group_natively(&operation(1)).await;
    assert_eq!(native, Err(LoyaltyError::OutcomeUnknown));
    let expanded = stage.operator.refill_group(&operation(1)).await.unwrap_err();
    assert_eq!((expanded.code(), stage.scene.count(REFILL)), (reused, 0));
    stage.operator.refill_group(&operation(2)).await.unwrap();
    let native = stage.operator.refill_group_natively(&operation(2)).await.unwrap_err();
    assert_eq!((native.code(), stage.scene.count("operations/refill_group")), (reused, 1));
    assert_eq!(stage.operator.refill(&stage.refill(2)).await.unwrap_err().code(), reused);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_native_group_operation_without_an_answer_is_never_sent_again_by_itself() {
    let stage = Stage::with_a_witness().await;
    let sum = Bonus::from_hundredths(250);
    let operation = GroupOperation { group_id: GroupId(3), sum, comment: None, key: Uuid::from_u128(1) };
    stage.scene.once("operations/refill_group", FaultKind::CutBefore);
    assert_eq!(stage.operator.refill_group_natively(&operation).await, Err(LoyaltyError::OutcomeUnknown));
    for _ in 0..4 {
        stage.later(60);
        stage.settle(SettleScope::Unknown).await;
    }
    assert_eq!(
        (stage.state(1).await, stage.scene.count("operations/refill_group")),
        (WriteState::Unknown, 1)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn settling_finds_damage_where_nobody_reads() {
    let mut stage = Stage::new("");
    let purchases = (0..300).map(|number| check(stage.scene.richest(), &format!("N-{number}")));
    stage.operator.hand_in(purchases.map(Write::RegisterCheck).collect()).await.unwrap();
    stage.operator.send_prepared(|_, _| {}).await.unwrap();
    stage.operator.close().await.unwrap();
    stage.restart();
    stage.settle(SettleScope::Due).await;
    stage.operator.close().await.unwrap();
    // The page of a purchase that is settled: nothing looks at its row for a day.
    let file = stage.folder.path().join("outbox.db");
    let mut bytes = std::fs::read(&file).unwrap();
    let place = bytes.windows(5).position(|window| window == b"N-150").unwrap();
    let page = place / 4096 * 4096;
    bytes[page..page + 200].fill(0xff);
    std::fs::write(&file, bytes).unwrap();
    stage.restart();
    let error = stage.operator.settle(SettleScope::Due).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::OutboxLost);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_settled_writes_said_is_in_no_file() {
    let stage = Stage::new("");
    let holds = |text: &str| {
        let mut files = std::fs::read_dir(stage.folder.path()).unwrap();
        files.any(|file| {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            bytes.windows(text.len()).any(|window| window == text.as_bytes())
        })
    };
    let hand_in = async |number: &str| {
        let write = Write::RegisterCheck(check(stage.scene.richest(), number));
        stage.operator.hand_in(vec![write]).await.unwrap();
        assert!(holds("Две пиццы"), "the search finds what is there");
    };
    hand_in("A").await;
    stage.operator.send_prepared(|_, _| {}).await.unwrap();
    assert!(!holds("Две пиццы"), "after sending");
    hand_in("B").await;
    stage.settle(SettleScope::Due).await;
    assert!(!holds("Две пиццы"), "after settling");
    stage.operator.register_check(&check(stage.scene.richest(), "C")).await.unwrap();
    stage.operator.close().await.unwrap();
    assert!(!holds("Две пиццы"), "after closing");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_background_settler_sends_what_waits_and_looks_for_what_is_unknown() {
    let stage = Stage::new("");
    let (late, lost) = (stage.refill(1), stage.refill(2));
    stage.operator.hand_in(vec![Write::Refill(late.clone())]).await.unwrap();
    stage.scene.once(REFILL, FaultKind::CutAfter);
    let settled = async {
        while stage.operator.list(WriteFilter::State(WriteState::Accepted), 10).await.unwrap().len() < 2 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    stage.operator.hand_in(vec![Write::Refill(lost.clone())]).await.unwrap();
    tokio::select! {
        () = stage.operator.settle_forever() => unreachable!(),
        done = tokio::time::timeout(Duration::from_secs(20), settled) => done.unwrap(),
    }
    assert_eq!((stage.scene.rows_of(&late), stage.scene.rows_of(&lost)), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_of_ours_that_jumps_does_not_let_a_write_be_sent_twice() {
    // A process whose clock is three days ahead settles what was sent a moment ago.
    let stage = Stage::with_a_witness().await;
    stage.scene.once(REFILL, FaultKind::Delay { ms: 1_500 });
    let refill = stage.refill(1);
    assert_eq!(stage.operator.refill(&refill).await, Err(LoyaltyError::OutcomeUnknown));
    let tomorrow = stage.scene.operator_with_clock(stage.folder.path(), 3 * 24 * 60);
    for _ in 0..3 {
        assert_eq!(tomorrow.settle(SettleScope::Unknown).await.unwrap().unwrap().sent, 0);
    }
    stage.scene.wait_for_rows(&refill, 1).await;
    tomorrow.settle(SettleScope::Unknown).await.unwrap();
    assert_eq!((stage.state(1).await, stage.scene.count(REFILL)), (WriteState::Accepted, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_whose_end_a_server_may_drop_never_proves_that_nothing_arrived() {
    for comment in ["a".repeat(201), "С праздником 🎉".to_owned()] {
        let stage = Stage::with_a_witness().await;
        stage.scene.once(REFILL, FaultKind::CutBefore);
        let lost = Refill { comment: Some(comment), ..stage.refill(1) };
        assert_eq!(stage.operator.refill(&lost).await.unwrap_err(), LoyaltyError::OutcomeUnknown);
        for _ in 0..3 {
            stage.later(30);
            stage.settle(SettleScope::Due).await;
        }
        // Only a person can know: nothing is sent again by itself.
        assert_eq!(stage.state(1).await, WriteState::Unknown);
    }
}

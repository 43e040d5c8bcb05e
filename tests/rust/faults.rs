//! Every way in which a request can fail, over real HTTP: what the caller is told, and what the books say happened.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
// A test may stop at the first thing that is not as it should be.

use std::time::Duration;

use loyalty_core::ErrorCode;
use loyalty_core::backend::http::Effect;
use loyalty_core::backend::probonus::method::METHODS;
use loyalty_core::backend::probonus::{ProBonus, all_transactions};
use loyalty_core::backend::{BackendError, GuestBackend, OperatorBackend};
use loyalty_core::domain::{
    AccountId, Bonus, DiscountId, GroupDraft, GroupId, GroupOperation, IdentifierTypeDraft, IdentifierTypeId,
    LadderDraft, LadderStep, Money, NewAccount, Refill, Registration, TillCode, Transaction,
    TransactionsQuery, Withdrawal,
};
use loyalty_sandbox::{Fault, FaultKind, RetryAfterForm, Times};
use loyalty_tests::scene::{CARD, Scene, check, newcomer, newcomer_with_card, phone, refill};
use uuid::Uuid;

const READ: &str = "account_groups/list";
const WRITE: &str = "accounts/refill";

/// What a read comes to when its next request fails like this.
async fn read(scene: &Scene, client: &ProBonus, kind: FaultKind) -> Result<usize, BackendError> {
    scene.once(READ, kind);
    client.groups().await.map(|groups| groups.len())
}

/// What an accrual comes to when its request fails like this, with what was to be accrued.
async fn write(scene: &Scene, client: &ProBonus, kind: FaultKind, key: u128) -> (Refill, BackendError) {
    let refill = refill(scene.richest(), 1_000, key);
    scene.once(WRITE, kind);
    let error = client.refill(&refill).await.expect_err("the request was to fail");
    (refill, error)
}

fn reply(code: ErrorCode, path: &str) -> BackendError {
    BackendError::Reply { code, path: path.into(), field: String::new() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_that_is_cut_or_meets_a_failing_server_is_tried_again() {
    let scene = Scene::start("");
    let client = scene.client();
    let kinds = [
        FaultKind::CutBefore,
        FaultKind::CutAfter,
        FaultKind::Status { status: 500 },
        FaultKind::Status { status: 502 },
        FaultKind::Status { status: 503 },
        FaultKind::RateLimit { retry_after: 1, form: RetryAfterForm::Seconds },
        FaultKind::RateLimit { retry_after: 1, form: RetryAfterForm::Date },
    ];
    for (number, kind) in (1..).zip(kinds) {
        assert_eq!(read(&scene, &client, kind).await, Ok(4), "{kind:?}");
        assert_eq!(scene.count(READ), number * 2, "{kind:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_gives_up_after_three_attempts() {
    let scene = Scene::start("");
    let client = scene.client();
    for (kind, error) in [
        (FaultKind::CutBefore, BackendError::Cut),
        (FaultKind::Status { status: 503 }, BackendError::Unavailable { retry_after: None }),
    ] {
        scene.sandbox.requests().clear();
        scene.sandbox.faults().clear();
        scene.always(READ, kind);
        assert_eq!(client.groups().await.unwrap_err(), error);
        assert_eq!(scene.sandbox.requests().of(READ).len(), 3, "{kind:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_that_is_not_answered_times_out() {
    let scene = Scene::start("");
    let client = scene.impatient();
    for kind in [
        FaultKind::Never { effect: false },
        FaultKind::Never { effect: true },
        FaultKind::Delay { ms: 3_000 },
    ] {
        assert_eq!(read(&scene, &client, kind).await, Err(BackendError::Timeout), "{kind:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_delay_is_waited_for() {
    let scene = Scene::start("");
    assert_eq!(read(&scene, &scene.client(), FaultKind::Delay { ms: 300 }).await, Ok(4));
    assert_eq!(scene.count(READ), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spoiled_answer_to_a_read_is_told_and_not_asked_for_again() {
    let scene = Scene::start("");
    let client = scene.client();
    for (number, (kind, code)) in (1..).zip([
        (FaultKind::Garbage, ErrorCode::ReplyMalformed),
        (FaultKind::Truncated, ErrorCode::ReplyMalformed),
        (FaultKind::EndlessHeader, ErrorCode::ReplyMalformed),
        (FaultKind::Oversize { bytes: 17 << 20 }, ErrorCode::ReplyTooLarge),
    ]) {
        assert_eq!(read(&scene, &client, kind).await, Err(reply(code, READ)), "{kind:?}");
        assert_eq!(scene.count(READ), number, "{kind:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_may_have_happened_is_unknown_and_never_sent_again() {
    let scene = Scene::start("");
    let client = scene.impatient();
    let kinds = [
        (FaultKind::CutBefore, 0),
        (FaultKind::CutAfter, 1),
        (FaultKind::Status { status: 500 }, 0),
        (FaultKind::Status { status: 503 }, 0),
        (FaultKind::Never { effect: false }, 0),
        (FaultKind::Never { effect: true }, 1),
        (FaultKind::Delay { ms: 2_000 }, 1),
        (FaultKind::Garbage, 1),
        (FaultKind::Truncated, 1),
        (FaultKind::EndlessHeader, 1),
        (FaultKind::Oversize { bytes: 17 << 20 }, 1),
    ];
    for (number, (kind, rows)) in (1..).zip(kinds) {
        let (refill, error) = write(&scene, &client, kind, u128::from(number)).await;
        assert_eq!(error, BackendError::OutcomeUnknown, "{kind:?}");
        scene.wait_for_rows(&refill, rows).await;
        assert_eq!(scene.count(WRITE), number, "{kind:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_was_refused_did_not_happen() {
    let scene = Scene::start("");
    let client = scene.client();
    let rejected = BackendError::Rejected { code: ErrorCode::Rejected, field: None };
    let limited = BackendError::RateLimited { retry_after: Some(Duration::from_secs(2)) };
    let kinds = [
        (FaultKind::Status { status: 400 }, rejected.clone()),
        (FaultKind::Status { status: 401 }, BackendError::Unauthorized),
        (FaultKind::Status { status: 403 }, BackendError::Forbidden),
        (FaultKind::Status { status: 404 }, BackendError::NotFound),
        (FaultKind::Status { status: 409 }, BackendError::Conflict(ErrorCode::Conflict)),
        (FaultKind::Status { status: 422 }, rejected),
        (FaultKind::RateLimit { retry_after: 2, form: RetryAfterForm::Seconds }, limited.clone()),
        (FaultKind::RateLimit { retry_after: 2, form: RetryAfterForm::Date }, limited),
    ];
    for (number, (kind, expected)) in (1..).zip(kinds) {
        let (refill, error) = write(&scene, &client, kind, u128::from(number)).await;
        assert_eq!(error, expected, "{kind:?}");
        assert_eq!((scene.rows_of(&refill), scene.count(WRITE)), (0, number), "{kind:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_to_nobody_is_offline_and_did_not_happen() {
    let scene = Scene::start("");
    let client = scene.client();
    let refill = refill(scene.richest(), 1_000, 1);
    scene.sandbox.shutdown();
    assert_eq!(client.refill(&refill).await, Err(BackendError::Offline));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_write_that_counts_is_unknown_without_an_answer() {
    let scene = Scene::start("");
    let client = scene.client();
    let id = scene.richest();
    let writes = METHODS.iter().filter(|method| method.effect == Effect::Once).map(|method| method.name);
    let writes: Vec<_> = writes.collect();
    assert_eq!(writes.len(), 10, "{writes:?}");
    for method in writes {
        for (number, (kind, happened)) in
            (1..).zip([(FaultKind::CutBefore, false), (FaultKind::CutAfter, true)])
        {
            let before = scene.sandbox.books().digest().unwrap();
            scene.once(method, kind);
            let error = write_by(&client, method, id).await.expect_err("the answer was cut");
            assert_eq!(error, BackendError::OutcomeUnknown, "{method} {kind:?}");
            assert_eq!(scene.count(method), number, "{method} {kind:?}: sent once");
            let after = scene.sandbox.books().digest().unwrap();
            assert_eq!(before != after, happened, "{method} {kind:?}");
        }
    }
    // Asking for another code does no harm, and neither does saving a form again.
    scene.once("accounts/issue_identifier", FaultKind::CutBefore);
    assert_eq!(client.issue_identifier(id, IdentifierTypeId(2)).await, Err(BackendError::Cut));
}

/// Writes something by the method of this name.
async fn write_by(client: &ProBonus, method: &str, account_id: AccountId) -> Result<(), BackendError> {
    let (sum, key) = (Bonus::from_hundredths(100), Uuid::from_u128(9));
    let group = GroupOperation { group_id: GroupId(3), sum, comment: None, key };
    match method {
        "accounts/insert_by_template" => client.insert_by_template(&newcomer("+79161112233")).await.map(drop),
        "accounts/insert" => {
            let account = NewAccount {
                registration: newcomer("+79161112244"),
                blocked: false,
                discount_id: None,
                bonus_id: None,
                bonus_lifetime_days: None,
            };
            client.insert_account(&account).await.map(drop)
        }
        "accounts/refill" => client.refill(&refill(account_id, 1_000, 9)).await.map(drop),
        "operations/withdraw" => {
            client.withdraw(&Withdrawal { account_id, sum, comment: None, key }).await.map(drop)
        }
        "operations/refill_group" => client.refill_group(&group).await.map(drop),
        "operations/withdraw_group" => client.withdraw_group(&group).await.map(drop),
        "external/register_check" => client.register_check(&check(account_id, "WEB-1")).await.map(drop),
        "account_groups/insert" => {
            let draft =
                GroupDraft { name: "Гости террасы".into(), has_template: false, template: None };
            client.create_group(&draft).await.map(drop)
        }
        "identifier_types/insert" => {
            let draft = IdentifierTypeDraft { name: "Браслет".into(), mask: None };
            client.create_identifier_type(&draft).await.map(drop)
        }
        "discounts/insert_composite" => {
            let step = LadderStep { from_turnover: Money::ZERO, discount_id: DiscountId(1) };
            let draft = LadderDraft { name: "Летняя".into(), steps: vec![step] };
            client.create_ladder(&draft).await.map(drop)
        }
        other => panic!("{other} is a write that is not tried"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_is_accepted_again_under_the_same_key_and_accrues_twice() {
    let scene = Scene::start("");
    let client = scene.client();
    let check = check(scene.richest(), "WEB-2");
    client.register_check(&check).await.unwrap();
    scene.once("external/register_check", FaultKind::Garbage);
    assert_eq!(client.register_check(&check).await, Err(BackendError::OutcomeUnknown));
    let guid = check.key.0.to_string();
    assert_eq!(scene.sandbox.books().accruals_by_guid(&guid).unwrap().len(), 2);
    let newest = client.transactions(check.account_id, TransactionsQuery::Last(2)).await.unwrap();
    assert!(newest.iter().all(|row| row.check_guid == Some(check.key.0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_delivered_twice_shows_two_rows_with_one_key() {
    let scene = Scene::start("");
    let client = scene.client();
    let refill = refill(scene.richest(), 1_000, 5);
    scene.once(WRITE, FaultKind::Duplicate);
    client.refill(&refill).await.unwrap();
    let newest = client.transactions(refill.account_id, TransactionsQuery::Last(5)).await.unwrap();
    assert_eq!(newest.iter().filter(|row| row.key == Some(refill.key)).count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_come_late_are_there_when_they_have_come() {
    let scene = Scene::start("");
    let client = scene.client();
    let refill = refill(scene.richest(), 1_000, 6);
    scene.once(WRITE, FaultKind::LateRows { minutes: 20 });
    client.refill(&refill).await.unwrap();
    let seen = async || {
        let newest = client.transactions(refill.account_id, TransactionsQuery::Last(5)).await.unwrap();
        newest.iter().filter(|row| row.key == Some(refill.key)).count()
    };
    assert_eq!(seen().await, 0);
    scene.sandbox.clock().advance_minutes(21);
    assert_eq!(seen().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_was_corrected_is_read_as_it_is_now() {
    let scene = Scene::start("");
    let client = scene.client();
    let last = TransactionsQuery::Last(5);
    let before = client.transactions(scene.richest(), last).await.unwrap();
    scene.once("accounts/transactions", FaultKind::CorrectedRow { add: 100 });
    let after = client.transactions(scene.richest(), last).await.unwrap();
    let ids = |rows: &[Transaction]| rows.iter().map(|row| row.id).collect::<Vec<_>>();
    assert_eq!(ids(&before), ids(&after));
    let changed: Vec<_> = before.iter().zip(&after).filter(|(old, new)| old.sum != new.sum).collect();
    assert_eq!(changed.len(), 1);
    assert_eq!(changed[0].1.sum.hundredths() - changed[0].0.sum.hundredths(), 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_of_history_that_is_too_large_is_read_in_halves() {
    let scene = Scene::start("");
    let client = scene.client();
    let whole = scene.sandbox.books().transactions(scene.richest().0).unwrap();
    let method = "accounts/transactions";
    scene.sandbox.faults().add(Fault::new(method, FaultKind::Oversize { bytes: 17 << 20 }, Times::Every(3)));
    let mut pages = all_transactions(&client, scene.richest());
    let (mut rows, mut end) = (Vec::new(), None);
    while let Some(page) = pages.next_page().await.unwrap() {
        // No gap and no overlap.
        assert!(end.is_none_or(|end| end == page.period.to));
        end = Some(page.period.from);
        rows.extend(page.rows);
    }
    let read: Vec<_> = rows.iter().map(|row| row.id.0).collect();
    let booked: Vec<_> = whole.iter().map(|row| row.id).collect();
    assert_eq!(read, booked);
    assert_eq!(end.unwrap().to_string(), "2014-12-31T21:00:00Z");
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_a_history_can_go_on_after_a_failure() {
    let scene = Scene::start("");
    let client = scene.impatient();
    let mut pages = all_transactions(&client, scene.richest());
    let first = pages.next_page().await.unwrap().unwrap();
    scene.once("accounts/transactions", FaultKind::Never { effect: false });
    assert_eq!(pages.next_page().await, Err(BackendError::Timeout));
    let second = pages.next_page().await.unwrap().unwrap();
    assert_eq!(second.period.to, first.period.from);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_for_the_till_falls_back_on_the_card_while_the_server_fails() {
    let scene = Scene::start("");
    let config = "[probonus.till_code]\nsource = \"temporary\"\ntype_id = 2\noffline_type_id = 1";
    let guest = scene.client_with(config).guest(phone("+79161112233"));
    guest.register(&newcomer_with_card("+79161112233")).await.unwrap();
    assert!(guest.till_code().await.unwrap().expires_at.is_some());
    scene.always("accounts/issue_identifier", FaultKind::Status { status: 503 });
    assert_eq!(guest.till_code().await.unwrap(), TillCode { value: CARD.into(), expires_at: None });
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_is_refused_by_the_server_with_the_name_of_the_field() {
    let scene = Scene::start("");
    let client = scene.client();
    let mut over = refill(scene.richest(), 1_000, 1);
    over.sum = Bonus::from_hundredths(i64::MAX);
    let refused = BackendError::Rejected { code: ErrorCode::Rejected, field: Some("sum".into()) };
    assert_eq!(client.refill(&over).await, Err(refused));
    let without_template = Registration { group_id: GroupId(1), ..newcomer("+79161112233") };
    let error = client.insert_by_template(&without_template).await.unwrap_err();
    let field = Some("accountGroupId".to_owned());
    assert_eq!(error, BackendError::Rejected { code: ErrorCode::GroupWithoutTemplate, field });
    let unknown = refill(AccountId(999_999), 1_000, 2);
    assert_eq!(client.refill(&unknown).await, Err(BackendError::NotFound));
    scene.sandbox.books().set_blocked(scene.richest().0, true).unwrap();
    assert!(client.account(scene.richest()).await.unwrap().blocked);
}

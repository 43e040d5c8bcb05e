//! What every guest's backend promises, held against each of them over real HTTP: the direct one and the gateway's.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
// A test may stop at the first thing that is not as it should be.

use std::sync::Arc;

use loyalty_core::ErrorCode;
use loyalty_core::LoyaltyError;
use loyalty_core::backend::gateway::GatewayClient;
use loyalty_core::backend::probonus::DirectGuest;
use loyalty_core::backend::{BackendError, GuestBackend};
use loyalty_core::domain::{Period, ProfileChange, ReceiptRef, Registration, Sex, TransactionsQuery};
use loyalty_core::guest::{GuestClient, PhoneLocks};
use loyalty_sandbox::FaultKind;
use loyalty_tests::gateway::{GatewayScene, consent};
use loyalty_tests::scene::{RICHEST, SandboxClock, Scene, newcomer, phone};

/// A phone that no guest has.
const NOBODY: &str = "+79161112233";
/// Temporary codes, so that there are till codes at all.
const TILL_CODES: &str = "[probonus.till_code]\nsource = \"temporary\"\ntype_id = 2";

/// A way from a guest to the same sandbox.
trait World {
    type Backend: GuestBackend;
    async fn start(probonus: &str) -> Self;
    fn scene(&self) -> &Scene;
    /// The guest with this phone, as far as a guest gets without an account: signed in, but not registered.
    async fn guest(&self, number: &str) -> Self::Backend;
    /// What a newcomer has to do before the form is sent.
    async fn agree(backend: &Self::Backend);
    /// Lets so much time pass that nothing is answered from memory.
    fn settle(&self);
}

struct Direct {
    scene: Scene,
    probonus: String,
}

impl World for Direct {
    type Backend = DirectGuest;

    async fn start(probonus: &str) -> Self {
        Self { scene: Scene::start(""), probonus: probonus.to_owned() }
    }

    fn scene(&self) -> &Scene {
        &self.scene
    }

    async fn guest(&self, number: &str) -> DirectGuest {
        self.scene.client_with(&self.probonus).guest(phone(number))
    }

    async fn agree(_: &DirectGuest) {}

    fn settle(&self) {}
}

impl World for GatewayScene {
    type Backend = GatewayClient;

    async fn start(probonus: &str) -> Self {
        Self::with("", probonus).await
    }

    fn scene(&self) -> &Scene {
        &self.scene
    }

    async fn guest(&self, number: &str) -> GatewayClient {
        self.signed_in(number).await
    }

    async fn agree(backend: &GatewayClient) {
        consent(backend).await;
    }

    fn settle(&self) {
        self.pass(16);
    }
}

fn client<W: World>(world: &W, backend: W::Backend) -> GuestClient<W::Backend> {
    let clock = Arc::new(SandboxClock(world.scene().sandbox.clock().clone()));
    GuestClient::new(backend, clock, Arc::new(PhoneLocks::default()))
}

async fn a_guest_is_shown_what_the_books_say<W: World>(world: W) {
    let books = world.scene().sandbox.books();
    let account = books.account_by_phone(RICHEST).unwrap().unwrap();
    let guest = world.guest(RICHEST).await;
    let seen = guest.account().await.unwrap();
    assert_eq!(seen.id.0, account.id);
    assert_eq!(seen.phone, Some(phone(RICHEST)));
    assert!(seen.level.is_some() && seen.profile.first_name.is_some() && !seen.blocked);
    let balance = guest.balance().await.unwrap();
    assert_eq!(balance.total.hundredths(), books.balance(account.id).unwrap());
    assert_eq!((balance.account_id, balance.total), (seen.id, seen.balance));
    assert!(balance.schedule.is_consistent() && !balance.schedule.burns().is_empty());
}

async fn a_stranger_is_nobody_everywhere<W: World>(world: W) {
    let guest = world.guest(NOBODY).await;
    assert_eq!(guest.account().await.unwrap_err(), BackendError::GuestNotFound);
    assert_eq!(guest.balance().await.unwrap_err(), BackendError::GuestNotFound);
    let last = guest.transactions(TransactionsQuery::Last(5)).await;
    assert_eq!(last.unwrap_err(), BackendError::GuestNotFound);
    let change = ProfileChange { first_name: Some("Анна".into()), ..Default::default() };
    assert_eq!(guest.update_profile(&change).await.unwrap_err(), BackendError::GuestNotFound);
}

async fn history_is_the_books_newest_first<W: World>(world: W) {
    let guest = world.guest(RICHEST).await;
    let booked = world.scene().sandbox.books().transactions(world.scene().richest().0).unwrap();
    let booked: Vec<i64> = booked.iter().map(|row| row.id).collect();
    assert!(booked.len() > 250, "a history of several pages is needed, not of {}", booked.len());
    for count in [1, 5, 100, 101, 230] {
        let rows = guest.transactions(TransactionsQuery::Last(count)).await.unwrap();
        let ids: Vec<i64> = rows.iter().map(|row| row.id.0).collect();
        assert_eq!(ids, booked[..usize::try_from(count).unwrap()], "the last {count}");
    }
    world.settle();
    let all = guest.transactions(TransactionsQuery::Last(5_000)).await.unwrap();
    assert_eq!(all.iter().map(|row| row.id.0).collect::<Vec<_>>(), booked);
}

async fn a_period_begins_with_its_first_instant_and_ends_before_its_last<W: World>(world: W) {
    let guest = world.guest(RICHEST).await;
    let rows = guest.transactions(TransactionsQuery::Last(400)).await.unwrap();
    let (newest, oldest) = (rows[10].at, rows[rows.len() - 10].at);
    let period = Period { from: oldest, to: newest };
    let within = guest.transactions(TransactionsQuery::Period(period)).await.unwrap();
    let expected: Vec<_> = rows.iter().filter(|row| oldest <= row.at && row.at < newest).collect();
    assert!(expected.len() > 100, "more than a page");
    assert_eq!(within.iter().collect::<Vec<_>>(), expected);
    let nothing = Period { from: newest, to: newest };
    assert_eq!(guest.transactions(TransactionsQuery::Period(nothing)).await.unwrap(), []);
}

async fn a_receipt_opens_by_the_reference_of_its_transaction<W: World>(world: W) {
    let guest = world.guest(RICHEST).await;
    let rows = guest.transactions(TransactionsQuery::Last(20)).await.unwrap();
    let row = rows.iter().find(|row| row.receipt.is_some() && row.money_spent.is_some()).unwrap();
    let receipt = guest.receipt(row.receipt.as_ref().unwrap()).await.unwrap();
    assert_eq!(receipt.paid, row.money_spent.unwrap());
    assert!(!receipt.dishes.is_empty());
    let parts = receipt.dishes.iter().map(|dish| dish.sum);
    assert_eq!(loyalty_core::domain::Money::checked_sum(parts), Some(receipt.total));
    // What an answer names is as good as what a history names.
    assert_eq!(guest.receipt(&receipt.reference).await.unwrap(), receipt);
}

async fn a_reference_of_no_receipt_opens_none<W: World>(world: W) {
    let guest = world.guest(RICHEST).await;
    guest.account().await.unwrap();
    for reference in ["999999999", "0"] {
        let opened = guest.receipt(&ReceiptRef(reference.into())).await;
        assert_eq!(opened.unwrap_err(), BackendError::NotFound, "{reference}");
    }
    for reference in ["no such thing", "", ".", "..", "../snapshot", "%2e%2e", "1?id=2", "a/b", "\u{0}", "🍕"]
    {
        let opened = guest.receipt(&ReceiptRef(reference.into())).await;
        assert!(opened.is_err(), "{reference}: {opened:?}");
    }
}

async fn a_newcomer_is_registered_once_with_the_welcome_bonus<W: World>(world: W) {
    let guest = world.guest(NOBODY).await;
    W::agree(&guest).await;
    let form = Registration { identifiers: Vec::new(), ..newcomer(NOBODY) };
    guest.register(&form).await.unwrap();
    world.settle();
    let account = guest.account().await.unwrap();
    assert_eq!(account.profile, form.profile);
    assert_eq!(account.phone, Some(form.phone));
    assert_eq!(guest.balance().await.unwrap().total.hundredths(), 30_000);
    assert!(matches!(guest.register(&form).await, Err(BackendError::Conflict(_))));
    let booked = world.scene().sandbox.books().account_by_phone(NOBODY).unwrap().unwrap();
    assert_eq!(booked.id, account.id.0);
    assert_eq!(world.scene().sandbox.books().transactions(booked.id).unwrap().len(), 1, "one welcome");
}

async fn the_guests_door_welcomes_whoever_is_there_already<W: World>(world: W) {
    let guest = world.guest(NOBODY).await;
    W::agree(&guest).await;
    let door = client(&world, guest);
    let first = door.register(&newcomer(NOBODY)).await.unwrap();
    let again = door.register(&newcomer(NOBODY)).await.unwrap();
    assert_eq!((first.created, again.created), (true, false));
    assert_eq!(first.account.id, again.account.id);
    assert_eq!(world.scene().count("accounts/insert_by_template"), 1);
}

async fn a_form_that_cannot_be_is_refused_before_anything_is_sent<W: World>(world: W) {
    let guest = world.guest(NOBODY).await;
    W::agree(&guest).await;
    let mut form = newcomer(NOBODY);
    form.profile.first_name = Some("  ".into());
    let refused = client(&world, guest).register(&form).await.unwrap_err();
    assert_eq!(refused, LoyaltyError::invalid("first_name", ErrorCode::FieldEmpty));
    assert_eq!(world.scene().count("accounts/insert_by_template"), 0);
}

async fn a_change_of_the_form_changes_what_is_named_and_nothing_else<W: World>(world: W) {
    world.scene().sandbox.set_dialect("full-update".parse().unwrap());
    let guest = world.guest(RICHEST).await;
    let before = guest.account().await.unwrap();
    let change = ProfileChange {
        last_name: Some(Some("Иванов".into())),
        birthday: Some(None),
        sex: Some(Some(Sex::Male)),
        ..Default::default()
    };
    let update = guest.update_profile(&change).await.unwrap();
    assert_eq!(update.unasked, Vec::<String>::new());
    world.settle();
    let after = guest.account().await.unwrap();
    let mut expected = before.profile.clone();
    (expected.last_name, expected.birthday, expected.sex) = (Some("Иванов".into()), None, Some(Sex::Male));
    assert_eq!((after.profile, update.account.profile), (expected.clone(), expected));
    assert_eq!((after.balance, after.level), (before.balance, before.level));
    let emptied = ProfileChange { first_name: Some(String::new()), ..Default::default() };
    let refused = guest.update_profile(&emptied).await.unwrap_err();
    assert!(matches!(refused, BackendError::Input(_)), "{refused:?}");
}

async fn a_till_code_is_one_that_the_till_takes<W: World>(world: W) {
    let guest = world.guest(RICHEST).await;
    assert!(guest.capabilities().till_codes);
    let code = guest.till_code().await.unwrap();
    assert!(code.value.bytes().all(|byte| byte.is_ascii_digit()));
    assert!(code.expires_at.unwrap() > world.scene().sandbox.clock().now());
    let till = loyalty_tests::caller::Caller::new(world.scene().sandbox.base_url());
    let body = serde_json::json!({"code": code.value, "sum": 100_000});
    let bought = till.post("/till/check", &body).await;
    assert_eq!(bought.status, 200, "{bought:?}");
    world.settle();
    let newest = guest.transactions(TransactionsQuery::Last(1)).await.unwrap();
    assert_eq!(newest[0].money_spent.map(|paid| paid.hundredths()), bought.json["paid"].as_i64());
}

async fn without_till_codes_asking_for_one_says_so<W: World>(world: W) {
    let guest = world.guest(RICHEST).await;
    assert_eq!(guest.till_code().await.unwrap_err(), BackendError::Unsupported);
}

async fn a_snapshot_is_of_one_moment<W: World>(world: W) {
    let guest = world.guest(RICHEST).await;
    let door = client(&world, guest);
    let now = world.scene().sandbox.clock().now();
    let snapshot = door.refresh().await.unwrap();
    assert_eq!(snapshot.account.balance, snapshot.balance.total);
    assert_eq!((snapshot.newest.len(), snapshot.as_of), (5, now));
    assert_eq!(door.history(TransactionsQuery::Last(5)).await.unwrap(), snapshot.newest);
}

async fn what_a_till_has_done_is_seen<W: World>(world: W) {
    let guest = world.guest(RICHEST).await;
    let before = guest.balance().await.unwrap().total;
    let till = loyalty_tests::caller::Caller::new(world.scene().sandbox.base_url());
    let bought = till.post("/till/check", &serde_json::json!({"phone": RICHEST, "sum": 250_000})).await;
    world.settle();
    let after = guest.balance().await.unwrap().total;
    assert_eq!(Some(after.hundredths()), bought.json["balance"].as_i64());
    assert!(after > before);
}

async fn a_failing_server_is_unavailable_and_nothing_else<W: World>(world: W) {
    let guest = world.guest(RICHEST).await;
    for method in ["accounts/find_by_phone", "accounts/get_balance_extended", "accounts/transactions"] {
        world.scene().always(method, FaultKind::Status { status: 503 });
    }
    let unavailable = |error: &BackendError| matches!(error, BackendError::Unavailable { .. });
    assert!(unavailable(&guest.account().await.unwrap_err()));
    assert!(unavailable(&guest.balance().await.unwrap_err()));
    let rows = guest.transactions(TransactionsQuery::Last(7)).await;
    assert!(unavailable(&rows.unwrap_err()));
    world.scene().sandbox.faults().clear();
    world.settle();
    guest.account().await.unwrap();
}

/// Makes a test of each behaviour for each backend.
macro_rules! conformance {
    ($( $behaviour:ident($probonus:expr) )+) => {
        mod direct {
            $( #[tokio::test(flavor = "multi_thread")]
            async fn $behaviour() {
                super::$behaviour(<super::Direct as super::World>::start($probonus).await).await;
            } )+
        }

        mod gateway {
            $( #[tokio::test(flavor = "multi_thread")]
            async fn $behaviour() {
                super::$behaviour(<super::GatewayScene as super::World>::start($probonus).await).await;
            } )+
        }
    };
}

conformance! {
    a_guest_is_shown_what_the_books_say("")
    a_stranger_is_nobody_everywhere("")
    history_is_the_books_newest_first("")
    a_period_begins_with_its_first_instant_and_ends_before_its_last("")
    a_receipt_opens_by_the_reference_of_its_transaction("")
    a_reference_of_no_receipt_opens_none("")
    a_newcomer_is_registered_once_with_the_welcome_bonus("")
    the_guests_door_welcomes_whoever_is_there_already("")
    a_form_that_cannot_be_is_refused_before_anything_is_sent("")
    a_change_of_the_form_changes_what_is_named_and_nothing_else("")
    a_till_code_is_one_that_the_till_takes(super::TILL_CODES)
    without_till_codes_asking_for_one_says_so("")
    a_snapshot_is_of_one_moment("")
    what_a_till_has_done_is_seen("")
    a_failing_server_is_unavailable_and_nothing_else("")
}

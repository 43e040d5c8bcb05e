//! The same journey with servers that speak differently: every tolerance, over real HTTP, with the same outcome.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
// A test may stop at the first thing that is not as it should be.

use jiff::Timestamp;
use loyalty_core::ErrorCode;
use loyalty_core::backend::probonus::{ProBonus, all_transactions};
use loyalty_core::backend::{BackendError, GuestBackend, OperatorBackend};
use loyalty_core::domain::{
    Account, AccountGroup, AccountUpdate, Balance, BusinessCalendar, Discount, OperationOutcome,
    ProfileChange, Receipt, ReceiptRef, TillCode, Transaction, TransactionKind, TransactionsQuery,
};
use loyalty_tests::scene::{CARD, RICHEST, Scene, check, newcomer, newcomer_with_card, phone, refill};

const NEWCOMER: &str = "+79161112233";
const TILL_CODE: &str = "\n[probonus.till_code]\nsource = \"temporary\"\ntype_id = 2\n";
const RENAMED: &str = include_str!("../data/renamed.toml");

/// All that a journey has shown.
#[derive(Debug, PartialEq)]
struct Story {
    groups: Vec<AccountGroup>,
    discounts: Vec<Discount>,
    registered: Account,
    refilled: OperationOutcome,
    checked: OperationOutcome,
    updated: AccountUpdate,
    balance: Balance,
    history: Vec<Transaction>,
    till_code: TillCode,
    long_balance: Balance,
    long_history: Vec<Transaction>,
    receipt: Receipt,
}

async fn journey(client: &ProBonus) -> Story {
    let guest = client.guest(phone(NEWCOMER));
    assert_eq!(guest.account().await, Err(BackendError::GuestNotFound));
    let registered = guest.register(&newcomer(NEWCOMER)).await.unwrap();
    let refilled = client.refill(&refill(registered.id, 5_050, 7)).await.unwrap();
    let checked = client.register_check(&check(registered.id, "WEB-1")).await.unwrap();
    let change = ProfileChange { last_name: Some(Some("Пак".into())), ..Default::default() };
    let updated = guest.update_profile(&change).await.unwrap();

    let regular = client.guest(phone(RICHEST));
    let account = regular.account().await.unwrap();
    let mut long_history = Vec::new();
    let mut pages = all_transactions(client, account.id);
    while let Some(page) = pages.next_page().await.unwrap() {
        long_history.extend(page.rows);
    }
    // By its number: where rows have no time of day, their order within a day is another.
    let with_receipt =
        long_history.iter().filter(|row| row.receipt.is_some()).max_by_key(|row| row.id).unwrap();
    let reference = with_receipt.receipt.clone().unwrap();
    Story {
        groups: client.groups().await.unwrap(),
        discounts: client.discounts().await.unwrap(),
        registered,
        refilled,
        checked,
        updated,
        balance: guest.balance().await.unwrap(),
        history: guest.transactions(TransactionsQuery::Last(10)).await.unwrap(),
        till_code: guest.till_code().await.unwrap(),
        long_balance: regular.balance().await.unwrap(),
        long_history,
        receipt: regular.receipt(&reference).await.unwrap(),
    }
}

async fn told(dialect: &str, config: &str) -> Story {
    let scene = Scene::start(dialect);
    journey(&scene.client_with(config)).await
}

/// Tells the story in a dialect, and holds it to the story of the contract.
async fn tells_the_same(dialect: &str, config: &str) {
    let expected = told("contract", TILL_CODE).await;
    compare(&told(dialect, &full(config)).await, &expected, dialect);
}

fn full(config: &str) -> String {
    if config.contains("[probonus.") { config.to_owned() } else { format!("{config}{TILL_CODE}") }
}

fn compare(story: &Story, expected: &Story, dialect: &str) {
    if story == expected {
        return;
    }
    // A story is long: show where it differs.
    let (story, expected) = (format!("{story:#?}"), format!("{expected:#?}"));
    for (number, (ours, contracts)) in story.lines().zip(expected.lines()).enumerate() {
        assert_eq!(ours, contracts, "{dialect}, line {number}");
    }
    panic!("{dialect}: a list is longer, or a personal field that Debug does not show differs");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_itself_tells_a_story_worth_comparing() {
    let story = told("contract", TILL_CODE).await;
    assert_eq!(story.registered.balance.hundredths(), 30_000);
    assert_eq!(story.balance.total.hundredths(), 30_000 + 5_050 + 700);
    assert!(story.balance.schedule.is_consistent() && story.long_balance.schedule.is_consistent());
    assert_eq!(story.updated.unasked, Vec::<String>::new());
    assert_eq!(story.updated.account.profile.last_name.as_deref(), Some("Пак"));
    assert_eq!(story.updated.account.profile.first_name.as_deref(), Some("Евлампия"));
    let refilled = story.history.iter().find(|row| row.kind == TransactionKind::Refill).unwrap();
    assert_eq!((refilled.comment.as_deref(), refilled.key.unwrap().as_u128()), (Some("За терпение"), 7));
    assert!(story.long_history.len() > 20);
    assert!(story.long_history.windows(2).all(|pair| pair[0].at >= pair[1].at));
    assert!(!story.receipt.dishes.is_empty());
    assert!(story.till_code.expires_at.is_some());
    assert!(story.discounts.iter().any(|discount| discount.ladder.is_some()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_travels_in_any_header_with_any_scheme() {
    tells_the_same("header=X-Loyalty-Token", "api_token_header = \"X-Loyalty-Token\"").await;
    let config = "api_token_header = \"Authorization\"\napi_token_scheme = \"Token\"";
    tells_the_same("header=Authorization,scheme=Token", config).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn phones_travel_in_every_form() {
    for form in ["e164", "digits", "national", "subscriber"] {
        tells_the_same(form, &format!("phone_format = \"{form}\"")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sums_in_roubles_are_exact_as_texts_and_as_numbers() {
    for form in ["ruble", "ruble-number"] {
        tells_the_same(form, "amount_unit = \"ruble\"").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_and_sums_may_be_texts() {
    tells_the_same("strings", "").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_may_be_wrapped() {
    for wrapper in ["data", "items", "result"] {
        tells_the_same(wrapper, "").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_who_is_not_there_may_be_told_in_any_way() {
    for form in ["404", "null", "empty-object", "empty-list"] {
        tells_the_same(form, "").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dates_come_in_every_form() {
    for form in ["date-rfc3339", "date-offset", "date-millis", "date-local", "zero-dates"] {
        tells_the_same(form, "").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dates_without_a_time_of_day_keep_every_row_on_its_day() {
    let mut expected = told("contract", TILL_CODE).await;
    let calendar = BusinessCalendar::from_names("Europe/Moscow", "00:00").unwrap();
    let midnight = |at: Timestamp| calendar.start_of(calendar.business_day(at));
    for row in expected.history.iter_mut().chain(&mut expected.long_history) {
        row.at = midnight(row.at);
    }
    expected.long_history.sort_by_key(|row| std::cmp::Reverse((row.at, row.id)));
    expected.till_code.expires_at = expected.till_code.expires_at.map(midnight);
    expected.receipt.at = midnight(expected.receipt.at);
    let story = told("date-day-first", TILL_CODE).await;
    compare(&story, &expected, "date-day-first");
}

#[tokio::test(flavor = "multi_thread")]
async fn optional_fields_may_be_null() {
    tells_the_same("nulls", "").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_keeps_everything_whether_the_server_replaces_or_merges() {
    for form in ["full-update", "partial-update"] {
        tells_the_same(form, "").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn overrides_make_a_renamed_instance_tell_the_same() {
    tells_the_same("renamed", &format!("{TILL_CODE}{RENAMED}")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_of_it_at_once_is_still_the_same() {
    let keys = "phone_format = \"digits\"\namount_unit = \"ruble\"";
    let dialect =
        "renamed,ruble-number,digits,data,strings,date-offset,nulls,empty-list,full-update,zero-dates";
    tells_the_same(dialect, &format!("{keys}{TILL_CODE}{RENAMED}")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_instance_without_overrides_is_a_contract_mismatch() {
    let scene = Scene::start("renamed");
    let error = scene.client().groups().await.unwrap_err();
    let BackendError::Reply { code, path, .. } = error else { panic!("{error:?}") };
    assert_eq!((code, path.as_str()), (ErrorCode::ContractMismatch, "account_groups/list"));
}

#[tokio::test(flavor = "multi_thread")]
async fn sums_in_the_wrong_unit_are_a_contract_mismatch_that_names_the_place() {
    let scene = Scene::start("ruble");
    let client = scene.client();
    let error = client.balance(scene.richest()).await.unwrap_err();
    let BackendError::Reply { code, path, field } = error else { panic!("{error:?}") };
    assert_eq!((code, path.as_str()), (ErrorCode::ContractMismatch, "accounts/get_balance_extended"));
    assert!(field == "balance" || field.ends_with(".sum"), "{field}");
}

#[tokio::test(flavor = "multi_thread")]
async fn optional_fields_may_be_missing_altogether() {
    let scene = Scene::start("sparse");
    let client = scene.client();
    let guest = client.guest(phone(NEWCOMER));
    let registered = guest.register(&newcomer(NEWCOMER)).await.unwrap();
    assert_eq!((registered.level, registered.profile.first_name), (None, None));
    client.refill(&refill(registered.id, 5_050, 7)).await.unwrap();
    let balance = guest.balance().await.unwrap();
    assert_eq!(balance.total.hundredths(), 35_050);
    assert!(balance.schedule.is_consistent());
    assert_eq!(guest.transactions(TransactionsQuery::Last(10)).await.unwrap().len(), 2);
    assert_eq!(client.groups().await.unwrap()[0].template, None);
    let newest = scene.sandbox.books().checks(scene.richest().0).unwrap().remove(0);
    let receipt = client.receipt(&ReceiptRef(newest.id.to_string())).await.unwrap();
    assert!(!receipt.dishes.is_empty() && receipt.venue.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_can_be_emptied_where_the_server_replaces() {
    let scene = Scene::start("full-update");
    let guest = scene.client().guest(phone(NEWCOMER));
    guest.register(&newcomer(NEWCOMER)).await.unwrap();
    let change =
        ProfileChange { email: Some(None), birthday: Some(None), sex: Some(None), ..Default::default() };
    let update = guest.update_profile(&change).await.unwrap();
    assert_eq!(update.unasked, Vec::<String>::new());
    let profile = update.account.profile;
    assert_eq!((profile.email, profile.birthday, profile.sex), (None, None, None));
    assert_eq!(
        (profile.first_name.as_deref(), profile.last_name.as_deref()),
        (Some("Евлампия"), Some("Подорожная"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_replacing_server_loses_is_reported() {
    let scene = Scene::start("full-update");
    let guest = scene.client_with("omit = [\"middleName\"]").guest(phone(NEWCOMER));
    guest.register(&newcomer(NEWCOMER)).await.unwrap();
    let change = ProfileChange { last_name: Some(Some("Пак".into())), ..Default::default() };
    assert_eq!(guest.update_profile(&change).await.unwrap().unasked, ["middleName"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_without_keys_shows_none() {
    let scene = Scene::start("no-echo");
    let client = scene.client();
    let refill = refill(scene.richest(), 100, 9);
    client.refill(&refill).await.unwrap();
    let newest = client.transactions(refill.account_id, TransactionsQuery::Last(1)).await.unwrap().remove(0);
    assert_eq!((newest.kind, newest.key, newest.comment), (TransactionKind::Refill, None, None));
    assert_eq!(scene.rows_of(&refill), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_temporary_codes_the_card_of_the_account_stands_in() {
    let scene = Scene::start("no-temporary-codes");
    let config = "[probonus.till_code]\nsource = \"temporary\"\ntype_id = 2\noffline_type_id = 1";
    let guest = scene.client_with(config).guest(phone(NEWCOMER));
    guest.register(&newcomer_with_card(NEWCOMER)).await.unwrap();
    assert_eq!(guest.till_code().await.unwrap(), TillCode { value: CARD.into(), expires_at: None });
    let regular_without_card = scene.client_with(config).guest(phone(RICHEST));
    assert_eq!(regular_without_card.till_code().await, Err(BackendError::Unsupported));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_for_the_till_may_be_the_card_or_none_at_all() {
    let scene = Scene::start("");
    let card = scene.client_with("[probonus.till_code]\nsource = \"identifier\"\ntype_id = 1");
    let guest = card.guest(phone(NEWCOMER));
    guest.register(&newcomer_with_card(NEWCOMER)).await.unwrap();
    assert!(guest.capabilities().till_codes);
    assert_eq!(guest.till_code().await.unwrap().value, CARD);
    let none = scene.client().guest(phone(NEWCOMER));
    assert!(!none.capabilities().till_codes);
    assert_eq!(none.till_code().await, Err(BackendError::Unsupported));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_returns_the_existing_account_is_understood() {
    let scene = Scene::start("existing-returned");
    let guest = scene.client().guest(phone(RICHEST));
    assert_eq!(guest.register(&newcomer(RICHEST)).await.unwrap().id, scene.richest());
    let scene = Scene::start("existing-conflict");
    let guest = scene.client().guest(phone(RICHEST));
    assert_eq!(guest.register(&newcomer(RICHEST)).await, Err(BackendError::Conflict(ErrorCode::Conflict)));
}

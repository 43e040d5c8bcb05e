//! The client's requests and the sandbox's replies, both held to the contract file by a proxy between them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::sync::Arc;

use loyalty_core::backend::probonus::{Credentials, ProBonus, ProBonusConfig};
use loyalty_core::backend::{BackendError, GuestBackend, OperatorBackend};
use loyalty_core::domain::{
    AccountChange, AccountId, Bonus, CheckKey, DiscountId, ExternalCheck, GroupDraft, GroupId,
    GroupOperation, GroupTemplate, IdentifierTypeDraft, IdentifierTypeId, LadderDraft, LadderStep, Money,
    NewAccount, Period, ProfileChange, ReceiptRef, Refill, Registration, TransactionsQuery, Withdrawal,
};
use loyalty_core::system::{MemorySecretStore, SystemClock, SystemIds};
use loyalty_sandbox::{Data, Options, RunningSandbox, Sandbox};
use loyalty_tests::scene::{RICHEST, TODAY, TOKEN, newcomer, newcomer_with_card, phone};
use loyalty_tests::witness::{Witness, methods};
use uuid::Uuid;

struct Scene {
    sandbox: RunningSandbox,
    witness: Witness,
}

impl Scene {
    async fn start() -> Self {
        let options = Options::at(TODAY.parse().unwrap()).data(Data::Small(20));
        let sandbox = Sandbox::start(options, 0).unwrap();
        let witness = Witness::start(sandbox.base_url()).await;
        Self { sandbox, witness }
    }

    fn config(&self) -> ProBonusConfig {
        ProBonusConfig {
            url: self.witness.base_url.clone(),
            allow_plain_http: true,
            till_code: toml::from_str("source = \"temporary\"\ntype_id = 2").unwrap(),
            ..ProBonusConfig::default()
        }
    }

    fn with_token(&self) -> ProBonus {
        let credentials = Credentials { api_token: Some(TOKEN.into()), password: None };
        client(&self.config(), credentials)
    }

    fn with_login(&self) -> ProBonus {
        let credentials = Credentials { api_token: None, password: Some("password".into()) };
        client(&ProBonusConfig { login: "demo".into(), ..self.config() }, credentials)
    }
}

fn client(config: &ProBonusConfig, credentials: Credentials) -> ProBonus {
    let store = Arc::new(MemorySecretStore::default());
    ProBonus::new(config, credentials, store, Arc::new(SystemClock), Arc::new(SystemIds)).unwrap()
}

fn bonus(hundredths: i64) -> Bonus {
    Bonus::from_hundredths(hundredths)
}

fn year() -> Period {
    Period { from: "2025-06-15T00:00:00Z".parse().unwrap(), to: "2026-06-16T00:00:00Z".parse().unwrap() }
}

async fn use_groups(client: &ProBonus) {
    let groups = client.groups().await.unwrap();
    assert!(groups.iter().any(|group| group.id == GroupId(3) && group.has_template));
    client.group(GroupId(3)).await.unwrap();
    let template =
        GroupTemplate { level_id: None, welcome_bonus: Some(bonus(10_000)), bonus_lifetime_days: Some(30) };
    let mut draft =
        GroupDraft { name: "Гости террасы".into(), has_template: true, template: Some(template) };
    let group = client.create_group(&draft).await.unwrap();
    draft.template = None;
    draft.has_template = false;
    client.update_group(group.id, &draft).await.unwrap();
}

async fn use_accounts(client: &ProBonus) -> AccountId {
    let account = client.insert_by_template(&newcomer_with_card("+79161112233")).await.unwrap();
    client.account(account.id).await.unwrap();
    client.accounts(0, 10).await.unwrap();
    let property = NewAccount {
        registration: newcomer("+79161112244"),
        blocked: true,
        discount_id: Some(DiscountId(1)),
        bonus_id: None,
        bonus_lifetime_days: Some(60),
    };
    client.insert_account(&property).await.unwrap();
    let change = AccountChange {
        profile: ProfileChange {
            email: Some(None),
            last_name: Some(Some("Пак".into())),
            ..Default::default()
        },
        blocked: Some(false),
        phone: Some(phone("+79161112255")),
        identifiers: Some(Vec::new()),
        bonus_lifetime_days: Some(90),
        ..Default::default()
    };
    client.update_account(account.id, &change).await.unwrap();
    client.issue_identifier(account.id, IdentifierTypeId(2)).await.unwrap();
    account.id
}

async fn use_money(client: &ProBonus, account_id: AccountId) {
    let comment = Some("За отзыв".to_owned());
    let refill = Refill { account_id, sum: bonus(5_000), comment: comment.clone(), key: Uuid::from_u128(1) };
    client.refill(&refill).await.unwrap();
    let withdrawal = Withdrawal { account_id, sum: bonus(1_000), comment, key: Uuid::from_u128(2) };
    client.withdraw(&withdrawal).await.unwrap();
    let operation =
        GroupOperation { group_id: GroupId(3), sum: bonus(100), comment: None, key: Uuid::from_u128(3) };
    client.refill_group(&operation).await.unwrap();
    client.withdraw_group(&operation).await.unwrap();
    let check = ExternalCheck {
        venue_code: 1,
        workplace: 7,
        external_check: "WEB-1".into(),
        account_id,
        bonus_spent: bonus(500),
        discount: Money::ZERO,
        bonus_accrued: bonus(700),
        money_spent: Money::from_hundredths(123_450),
        data: None,
        key: CheckKey::of(1, 7, "WEB-1"),
    };
    client.register_check(&check).await.unwrap();
    client.balance(account_id).await.unwrap();
}

async fn use_dictionaries(client: &ProBonus) {
    client.identifier_types().await.unwrap();
    let draft = IdentifierTypeDraft { name: "Браслет".into(), mask: Some("7#######".into()) };
    let created = client.create_identifier_type(&draft).await.unwrap();
    client.update_identifier_type(created.id, &draft).await.unwrap();
    let discounts = client.discounts().await.unwrap();
    let single = discounts.iter().find(|discount| discount.ladder.is_none()).unwrap();
    let step = |roubles: i64| LadderStep {
        from_turnover: Money::from_hundredths(roubles * 100),
        discount_id: single.id,
    };
    let draft = LadderDraft { name: "Летняя".into(), steps: vec![step(0), step(5_000)] };
    let ladder = client.create_ladder(&draft).await.unwrap();
    client.update_ladder(ladder.id, &draft).await.unwrap();
    let reports = client.reports().await.unwrap();
    for report in &reports {
        client.report(&report.id, year()).await.unwrap();
    }
}

async fn use_as_guest(client: &ProBonus) -> ReceiptRef {
    let guest = client.guest(phone(RICHEST));
    guest.account().await.unwrap();
    guest.balance().await.unwrap();
    guest.till_code().await.unwrap();
    guest.transactions(TransactionsQuery::Last(5)).await.unwrap();
    let rows = guest.transactions(TransactionsQuery::Period(year())).await.unwrap();
    let receipt = rows.iter().find_map(|row| row.receipt.clone()).unwrap();
    guest.receipt(&receipt).await.unwrap();
    receipt
}

#[tokio::test(flavor = "multi_thread")]
async fn every_method_is_asked_and_answered_as_the_contract_says() {
    let scene = Scene::start().await;
    let client = scene.with_token();
    use_groups(&client).await;
    let account = use_accounts(&client).await;
    use_money(&client, account).await;
    use_dictionaries(&client).await;
    use_as_guest(&client).await;

    let staff = scene.with_login();
    staff.groups().await.unwrap();
    scene.sandbox.tokens().expire_access();
    staff.groups().await.unwrap();

    let seen = scene.witness.take();
    assert_eq!(seen.violations, Vec::<String>::new());
    assert_eq!(seen.succeeded, methods(), "a method of the contract was never called");
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_are_asked_for_and_answered_as_the_contract_says() {
    let scene = Scene::start().await;
    let client = scene.with_token();
    let stranger = client.guest(phone("+79990000000"));
    assert_eq!(stranger.account().await.unwrap_err(), BackendError::GuestNotFound);
    assert_eq!(client.account(AccountId(999_999)).await.unwrap_err(), BackendError::NotFound);
    assert_eq!(client.receipt(&ReceiptRef("999999999".into())).await.unwrap_err(), BackendError::NotFound);
    let known = client.insert_by_template(&newcomer(RICHEST)).await;
    assert!(matches!(known, Err(BackendError::Conflict(_))), "{known:?}");
    let without_template = Registration { group_id: GroupId(1), ..newcomer("+79990000001") };
    let refused = client.insert_by_template(&without_template).await;
    assert!(matches!(refused, Err(BackendError::Rejected { .. } | BackendError::Conflict(_))), "{refused:?}");
    scene.sandbox.tokens().revoke_api_token();
    assert_eq!(client.groups().await.unwrap_err(), BackendError::Unauthorized);

    let seen = scene.witness.take();
    assert_eq!(seen.violations, Vec::<String>::new());
    let statuses: Vec<u16> = seen.refused.iter().map(|(_, status)| *status).collect();
    for status in [401, 404, 409, 422] {
        assert!(statuses.contains(&status), "{status} was not seen in {statuses:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_witness_notices_a_server_that_speaks_otherwise() {
    let scene = Scene::start().await;
    scene.sandbox.set_dialect("strings,data".parse().unwrap());
    // The client understands both; the contract says neither.
    scene.with_token().groups().await.unwrap();
    let seen = scene.witness.take();
    assert!(seen.violations.iter().all(|text| text.starts_with("account_groups/list: reply")));
    assert!(!seen.violations.is_empty());
}

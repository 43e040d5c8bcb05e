//! The doctor on the sandbox, over real HTTP: what it prints is what makes a foreign instance work, and it leaves no
//! trace there.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)] // A test may stop at the first surprise.

use std::sync::Arc;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use jiff::Timestamp;
use loyalty_core::ErrorCode;
use loyalty_core::backend::probonus::doctor::{
    Check, DoctorOptions, Examination, Outcome, Severity, Subject, examine, overrides_toml,
};
use loyalty_core::backend::probonus::{Credentials, ProBonus, ProBonusConfig};
use loyalty_core::backend::{BackendError, OperatorBackend};
use loyalty_core::domain::{
    Bonus, GroupId, Phone, Profile, Refill, Registration, TransactionKind, TransactionsQuery,
};
use loyalty_core::ports::Clock;
use loyalty_core::system::{MemorySecretStore, SystemIds};
use loyalty_sandbox::{Data, Options, RunningSandbox, Sandbox};
use uuid::Uuid;

#[path = "doctor/prefix.rs"]
mod prefix;

const RICHEST: &str = "+79000000001";
const TOKEN: &str = "sandbox-token";

/// The sandbox's time, so that the two clocks agree unless a test moves one.
#[derive(Debug, Clone, Copy)]
struct At(Timestamp);

impl Clock for At {
    fn now(&self) -> Timestamp {
        self.0
    }
}

fn sandbox(dialect: &str) -> RunningSandbox {
    let options =
        Options::at("2026-06-15".parse().unwrap()).data(Data::Small(20)).dialect(dialect.parse().unwrap());
    Sandbox::start(options, 0).unwrap()
}

fn config(sandbox: &RunningSandbox, overrides: &str) -> ProBonusConfig {
    let url = sandbox.base_url();
    let file =
        format!("[probonus]\nurl = \"{url}\"\nallow_plain_http = true\nlogin = \"demo\"\n\n{overrides}");
    ProBonusConfig::from_toml(&file).expect("what the doctor prints is a configuration")
}

fn credentials(token: &str, password: &str) -> Credentials {
    Credentials { api_token: Some(token.into()), password: Some(password.into()) }
}

fn options(config: &ProBonusConfig, now: Timestamp) -> DoctorOptions {
    DoctorOptions {
        config: config.clone(),
        credentials: credentials(TOKEN, "password"),
        store: Arc::new(MemorySecretStore::default()),
        clock: Arc::new(At(now)),
        ids: Arc::new(SystemIds),
        swagger_path: None,
    }
}

fn client(options: &DoctorOptions) -> ProBonus {
    let (store, clock, ids) = (&options.store, &options.clock, &options.ids);
    let credentials = options.credentials.clone();
    ProBonus::new(&options.config, credentials, Arc::clone(store), Arc::clone(clock), Arc::clone(ids))
        .unwrap()
}

async fn examined(options: &DoctorOptions) -> Examination {
    examine(&client(options), options).await
}

fn of(examination: &Examination, subject: Subject) -> &Check {
    examination.checks.iter().find(|check| check.subject == subject).expect("every subject is looked at")
}

/// Outcome and code of one look.
fn came_to(examination: &Examination, subject: Subject) -> (Outcome, &'static str) {
    let check = of(examination, subject);
    (check.outcome, check.code)
}

fn bonus(kopecks: i64) -> Bonus {
    Bonus::from_hundredths(kopecks)
}

/// What a guest and a restaurant do, held against the sandbox's own books.
async fn journey(client: &ProBonus, sandbox: &RunningSandbox) -> Result<(), BackendError> {
    let found = client.find_by_phone(&Phone::parse(RICHEST).unwrap()).await?;
    let [guest] = found.as_slice() else { return Err(BackendError::GuestNotFound) };
    let books = sandbox.books();
    let row = books.account_by_phone(RICHEST).unwrap().unwrap();
    assert_eq!(guest.id.0, row.id);
    assert_eq!(guest.group_id.0, row.group_id);
    assert!(guest.level.is_some(), "the level is somewhere else, not gone");

    let balance = client.balance(guest.id).await?;
    assert_eq!(balance.total, bonus(books.balance(row.id).unwrap()));

    let history = client.transactions(guest.id, TransactionsQuery::Last(50)).await?;
    let known = books.transactions(row.id).unwrap();
    let sums: Vec<Bonus> = known.iter().take(50).map(|row| bonus(row.sum)).collect();
    assert_eq!(history.iter().map(|row| row.sum).collect::<Vec<_>>(), sums);
    assert!(
        history.iter().all(|row| !matches!(row.kind, TransactionKind::Other(_))),
        "every word is understood"
    );

    let reference = history.iter().find_map(|row| row.receipt.clone()).expect("a purchase");
    let receipt = client.receipt(&reference).await?;
    let bought = books.checks(row.id).unwrap();
    let bought = bought.iter().find(|check| check.id.to_string() == reference.0).expect("the same purchase");
    assert_eq!(receipt.total.hundredths(), bought.total);
    assert!(!receipt.dishes.is_empty());

    let newcomer = Registration {
        phone: Phone::parse("+79161112233").unwrap(),
        profile: Profile { first_name: Some("Анна".into()), ..Profile::default() },
        group_id: GroupId(3),
        identifiers: Vec::new(),
    };
    let newcomer = client.insert_by_template(&newcomer).await?;
    let refill = Refill {
        account_id: newcomer.id,
        sum: bonus(5_000),
        comment: Some("За отзыв".into()),
        key: Uuid::from_u128(1),
    };
    let outcome = client.refill(&refill).await?;
    assert_eq!(books.balance(newcomer.id.0).unwrap(), 35_000, "300 welcome, 50 for a review");
    assert_eq!(outcome.balance, Some(bonus(35_000)));
    Ok(())
}

/// What reached the API, as verb and method; each once.
fn sent(sandbox: &RunningSandbox) -> Vec<(String, String)> {
    let mut sent: Vec<_> =
        sandbox.requests().all().into_iter().map(|request| (request.verb, request.method)).collect();
    sent.sort();
    sent.dedup();
    sent
}

/// The whole way of somebody with a foreign instance, who also makes the settings that the doctor asks for.
async fn mended_by_what_is_printed(dialect: &str, settings: &str) {
    let sandbox = sandbox(dialect);
    let now = sandbox.clock().now();
    let untouched = sandbox.books().digest().unwrap();
    let plain = options(&config(&sandbox, ""), now);
    journey(&client(&plain), &sandbox).await.expect_err("without overrides nothing works");
    assert_eq!(sandbox.books().digest().unwrap(), untouched);

    sandbox.requests().clear();
    let examination = examined(&plain).await;
    assert_eq!(came_to(&examination, Subject::Contract), (Outcome::Failed, "differs"), "{examination:#?}");
    assert!(of(&examination, Subject::Contract).text.contains(settings), "{examination:#?}");
    assert_eq!(came_to(&examination, Subject::ApiToken), (Outcome::Ok, "accepted"), "{examination:#?}");
    assert_eq!(came_to(&examination, Subject::StaffLogin), (Outcome::Ok, "accepted"));
    assert_eq!(came_to(&examination, Subject::Group), (Outcome::Ok, "group_ready"));
    assert_eq!(examination.overrides, overrides_toml(&examination.differences));
    assert!(sent(&sandbox).iter().all(|(verb, method)| verb == "GET" || method == "auth/login"));
    assert_eq!(sandbox.books().digest().unwrap(), untouched, "an examination leaves no trace");

    let pasted = options(&config(&sandbox, &format!("{settings}\n\n{}", examination.overrides)), now);
    let again = examined(&pasted).await;
    assert_eq!(came_to(&again, Subject::Contract), (Outcome::Ok, "overridden"), "{:#?}", again.differences);
    assert_eq!(again.overrides, "");
    assert_eq!(again.outcome(), Outcome::Ok);
    journey(&client(&pasted), &sandbox).await.expect("with them everything does");
}

#[tokio::test]
async fn pasting_what_is_printed_for_openapi_3_makes_the_journey_work() {
    mended_by_what_is_printed("renamed", "").await;
}

#[tokio::test]
async fn pasting_what_is_printed_for_swagger_2_makes_the_journey_work() {
    mended_by_what_is_printed("renamed,swagger2", "").await;
}

#[tokio::test]
async fn pasting_what_is_printed_and_setting_the_unit_makes_the_journey_work_in_rubles() {
    for dialect in ["renamed,ruble", "renamed,ruble-number", "renamed,swagger2,ruble"] {
        mended_by_what_is_printed(dialect, "amount_unit = \"ruble\"").await;
    }
}

#[tokio::test]
async fn a_setting_that_the_description_contradicts_fails_until_it_is_made() {
    for (dialect, kind, setting) in [
        ("ruble", "amount_unit", "amount_unit = \"ruble\""),
        ("ruble,swagger2", "amount_unit", "amount_unit = \"ruble\""),
        ("ruble-number", "amount_unit", "amount_unit = \"ruble\""),
        ("digits", "phone_format", "phone_format = \"digits\""),
        ("national", "phone_format", "phone_format = \"national\""),
    ] {
        let sandbox = sandbox(dialect);
        let now = sandbox.clock().now();
        let examination = examined(&options(&config(&sandbox, ""), now)).await;
        assert_eq!(came_to(&examination, Subject::Contract), (Outcome::Failed, "differs"), "{dialect}");
        assert!(of(&examination, Subject::Contract).text.contains(&format!("Set {setting}")), "{dialect}");
        let broken = examination.differences.iter().filter(|one| one.severity == Severity::Breaks);
        let broken: Vec<_> = broken.map(|one| one.kind.as_str()).collect();
        assert_eq!(broken, [kind], "{dialect}: one difference for all of them");
        let doubtful = examination.differences.iter().filter(|one| one.severity == Severity::Unknown);
        assert_eq!(doubtful.count(), 0, "{dialect}: {:#?}", examination.differences);
        let set = examined(&options(&config(&sandbox, setting), now)).await;
        assert_eq!(came_to(&set, Subject::Contract), (Outcome::Ok, "overridden"), "{dialect}");
        assert_eq!(came_to(&set, Subject::Group), (Outcome::Ok, "group_ready"), "{dialect}");
    }
}

#[tokio::test]
async fn both_descriptions_of_one_instance_give_the_same_overrides() {
    let mut printed = Vec::new();
    for dialect in ["renamed", "renamed,swagger2"] {
        let sandbox = sandbox(dialect);
        printed.push(examined(&options(&config(&sandbox, ""), sandbox.clock().now())).await.overrides);
    }
    assert!(printed[0].starts_with("[probonus.wire.\"account_groups/list\"]\n"), "{}", printed[0]);
    assert_eq!(printed[0], printed[1]);
}

#[tokio::test]
async fn an_instance_that_keeps_to_the_contract_has_nothing_to_correct_and_is_left_untouched() {
    for dialect in ["contract", "swagger2"] {
        let sandbox = sandbox(dialect);
        let before = sandbox.books().digest().unwrap();
        let examination = examined(&options(&config(&sandbox, ""), sandbox.clock().now())).await;
        assert_eq!(examination.differences, [], "{dialect}");
        assert_eq!(examination.overrides, "");
        let all: Vec<_> =
            examination.checks.iter().map(|check| (check.subject, check.outcome, check.code)).collect();
        let ok = |subject, code| (subject, Outcome::Ok, code);
        assert_eq!(
            all,
            [
                ok(Subject::Reach, "reached"),
                ok(Subject::Encryption, "local"),
                ok(Subject::Clock, "clock_agrees"),
                ok(Subject::Description, "description_found"),
                ok(Subject::Contract, "same"),
                ok(Subject::ApiToken, "accepted"),
                ok(Subject::StaffLogin, "accepted"),
                ok(Subject::Group, "group_ready"),
            ]
        );
        let expected = [("GET", "/"), ("GET", "account_groups/list"), ("POST", "auth/login")];
        assert_eq!(sent(&sandbox), expected.map(|(verb, method)| (verb.to_owned(), method.to_owned())));
        assert_eq!(sandbox.books().digest().unwrap(), before);
    }
}

#[tokio::test]
async fn a_refused_credential_is_told_from_one_that_works() {
    let sandbox = sandbox("contract");
    let mut options = options(&config(&sandbox, ""), sandbox.clock().now());
    options.credentials = credentials("another-token", "password");
    let examination = examined(&options).await;
    assert_eq!(came_to(&examination, Subject::ApiToken), (Outcome::Failed, "unauthorized"));
    assert_eq!(came_to(&examination, Subject::StaffLogin), (Outcome::Ok, "accepted"));
    assert_eq!(
        came_to(&examination, Subject::Group),
        (Outcome::Ok, "group_ready"),
        "the login can read them"
    );
    assert!(of(&examination, Subject::ApiToken).text.contains("api_token_header"));

    // The tokens of the first login would do without any password.
    options.credentials = credentials(TOKEN, "another-password");
    let kept = examined(&options).await;
    assert_eq!(came_to(&kept, Subject::StaffLogin), (Outcome::Ok, "accepted"));
    options.store = Arc::new(MemorySecretStore::default());
    let examination = examined(&options).await;
    assert_eq!(came_to(&examination, Subject::ApiToken), (Outcome::Ok, "accepted"));
    assert_eq!(came_to(&examination, Subject::StaffLogin), (Outcome::Failed, "unauthorized"));
    for check in &examination.checks {
        assert!(!check.text.contains("another") && !check.text.contains(TOKEN), "no secret is shown");
    }

    options.credentials.password = None;
    options.config.login = String::new();
    let examination = examined(&options).await;
    assert_eq!(came_to(&examination, Subject::StaffLogin), (Outcome::Skipped, "not_configured"));
}

#[tokio::test]
async fn a_group_that_guests_cannot_be_registered_into_is_named_with_those_they_can() {
    let sandbox = sandbox("contract");
    for (id, code) in [(1, "group_without_template"), (77, "group_unknown")] {
        let mut options = options(&config(&sandbox, ""), sandbox.clock().now());
        options.config.account_group_id = id;
        let examination = examined(&options).await;
        assert_eq!(came_to(&examination, Subject::Group), (Outcome::Failed, code));
        let text = &of(&examination, Subject::Group).text;
        assert!(text.contains("3 (") && text.contains("4 (") && !text.contains("2 ("), "{text}");
    }
}

#[tokio::test]
async fn clocks_that_are_apart_are_reported_by_how_far() {
    let sandbox = sandbox("contract");
    let now = sandbox.clock().now().as_second();
    for (ahead, outcome, code, said) in [
        (0, Outcome::Ok, "clock_agrees", "agree"),
        (59, Outcome::Ok, "clock_agrees", "agree"),
        (90, Outcome::Warning, "clock_skewed", "90 s ahead of"),
        (-90, Outcome::Warning, "clock_skewed", "90 s behind"),
        (3_600, Outcome::Failed, "clock_skewed", "3600 s ahead of"),
    ] {
        let ours = Timestamp::from_second(now - ahead).unwrap();
        let examination = examined(&options(&config(&sandbox, ""), ours)).await;
        assert_eq!(came_to(&examination, Subject::Clock), (outcome, code), "{ahead}");
        assert!(of(&examination, Subject::Clock).text.contains(said), "{ahead}");
    }
}

#[tokio::test]
async fn a_description_in_an_unusual_place_is_found_once_its_path_is_named() {
    for dialect in ["renamed,swagger-path=/docs/api.json", "swagger2,swagger-path=/docs/api.json,renamed"] {
        let sandbox = sandbox(dialect);
        let mut options = options(&config(&sandbox, ""), sandbox.clock().now());
        let examination = examined(&options).await;
        assert_eq!(came_to(&examination, Subject::Description), (Outcome::Warning, "description_missing"));
        assert_eq!(came_to(&examination, Subject::Contract), (Outcome::Skipped, "no_description"));
        // Where the groups are is not known, so neither is whether the credentials are good.
        for subject in [Subject::ApiToken, Subject::StaffLogin] {
            assert_eq!(came_to(&examination, subject), (Outcome::Failed, "contract_mismatch"));
            let check = of(&examination, subject);
            assert_eq!(check.error.as_ref().map(BackendError::code), Some(ErrorCode::ContractMismatch));
            assert!(check.text.contains("account_groups/list. Mend"), "{}", check.text);
        }

        options.swagger_path = Some("/docs/api.json".to_owned());
        let examination = examined(&options).await;
        assert_eq!(came_to(&examination, Subject::Description), (Outcome::Ok, "description_found"));
        assert_eq!(came_to(&examination, Subject::ApiToken), (Outcome::Ok, "accepted"));
        assert!(!examination.overrides.is_empty());
    }
}

#[tokio::test]
async fn overrides_beside_those_the_configuration_has_are_given_with_them() {
    let sandbox = sandbox("renamed");
    let now = sandbox.clock().now();
    let all = examined(&options(&config(&sandbox, ""), now)).await;
    assert!(!all.replaces, "there is nothing to replace");
    // One line of one table, and one table of the restaurant's own.
    let own = "[probonus.wire.fields.account]\nphone = \"phoneNumber\"\n\n[probonus.wire.values.account.sex]\n\"ж\" = \"female\"\n";
    let examination = examined(&options(&config(&sandbox, own), now)).await;
    assert!(examination.replaces);
    let (given, whole) = (examination.overrides.as_str(), format!("{}{own}", all.overrides));
    assert!(toml::from_str::<toml::Table>(&whole).is_err(), "added, they would stand twice");
    assert!(given.contains("[probonus.wire.values.account.sex]\n\"ж\" = \"female\"\n"), "{given}");
    assert!(all.overrides.lines().all(|line| given.contains(line)), "{given}");
    let pasted = options(&config(&sandbox, given), now);
    let again = examined(&pasted).await;
    assert_eq!((again.outcome(), again.overrides.as_str(), again.replaces), (Outcome::Ok, "", false));
    journey(&client(&pasted), &sandbox).await.expect("with them everything works");
}

/// A server that has an answer at one of the usual places, and nothing else.
async fn describing(answer: impl IntoResponse + Clone + Send + Sync + 'static) -> Examination {
    let app = Router::new().route("/swagger.json", get(move || std::future::ready(answer.clone())));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let config = ProBonusConfig { url, allow_plain_http: true, ..ProBonusConfig::default() };
    examined(&options(&config, Timestamp::now())).await
}

#[tokio::test]
async fn whatever_stands_in_place_of_a_description_is_survived_and_named() {
    let huge = vec![b' '; 16 * 1024 * 1024 + 1];
    let deep = format!("{{\"openapi\":\"3.0.0\",\"paths\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let page = ([(header::CONTENT_TYPE, "text/html")], "<html>Swagger UI</html>");
    for (found, code) in [
        (describing(huge).await, "description_too_large"),
        (describing(deep).await, "description_unreadable"),
        (describing(page).await, "description_unreadable"),
        (describing("{\"swagger\":\"1.2\",\"paths\":{}}").await, "description_unreadable"),
        (describing(StatusCode::UNAUTHORIZED).await, "description_guarded"),
        (describing(StatusCode::NOT_FOUND).await, "description_missing"),
    ] {
        assert_eq!(came_to(&found, Subject::Description), (Outcome::Warning, code));
        assert_eq!(came_to(&found, Subject::Contract), (Outcome::Skipped, "no_description"));
    }
    let empty = describing("{\"openapi\":\"3.0.0\",\"paths\":{}}").await;
    assert_eq!(came_to(&empty, Subject::Contract), (Outcome::Failed, "differs"));
    assert_eq!(empty.overrides, "");
}

/// With a login alone, and no password for it: nothing can be asked that needs somebody to be signed in.
fn nobody(url: &str) -> DoctorOptions {
    let config = ProBonusConfig {
        url: url.to_owned(),
        login: "crm".to_owned(),
        allow_plain_http: true,
        ..ProBonusConfig::default()
    };
    let credentials = Credentials { api_token: None, password: None };
    DoctorOptions { credentials, ..options(&config, Timestamp::now()) }
}

#[tokio::test]
async fn a_server_that_was_never_asked_is_not_certified() {
    let examination = examined(&nobody("https://127.0.0.1:1")).await;
    assert_eq!(came_to(&examination, Subject::Reach), (Outcome::Failed, "offline"));
    assert_eq!(came_to(&examination, Subject::Encryption), (Outcome::Skipped, "not_reached"));
    assert_eq!(came_to(&examination, Subject::StaffLogin), (Outcome::Skipped, "offline"));

    // What answers there does not speak TLS.
    let sandbox = sandbox("contract");
    let examination = examined(&nobody(&sandbox.base_url().replace("http:", "https:"))).await;
    assert_eq!(came_to(&examination, Subject::Reach), (Outcome::Failed, "untrusted"));
    assert_eq!(came_to(&examination, Subject::Encryption), (Outcome::Failed, "untrusted"));
}

#[tokio::test]
async fn a_login_without_a_password_is_not_called_refused() {
    let sandbox = sandbox("contract");
    let mut options = nobody(sandbox.base_url());
    let examination = examined(&options).await;
    assert_eq!(came_to(&examination, Subject::Reach), (Outcome::Ok, "reached"));
    assert_eq!(came_to(&examination, Subject::StaffLogin), (Outcome::Failed, "no_password"));
    assert!(of(&examination, Subject::StaffLogin).text.contains("PROBONUS_PASSWORD"));
    assert!(sent(&sandbox).iter().all(|(_, method)| method != "auth/login"));

    options.credentials.api_token = Some(TOKEN.into());
    let examination = examined(&options).await;
    assert_eq!(came_to(&examination, Subject::ApiToken), (Outcome::Ok, "accepted"));
    assert_eq!(came_to(&examination, Subject::StaffLogin), (Outcome::Skipped, "no_password"));

    // Tokens that an earlier login left do without.
    options.credentials = credentials(TOKEN, "password");
    options.config.login = "demo".to_owned();
    assert_eq!(came_to(&examined(&options).await, Subject::StaffLogin), (Outcome::Ok, "accepted"));
    options.credentials = Credentials { api_token: None, password: None };
    assert_eq!(came_to(&examined(&options).await, Subject::StaffLogin), (Outcome::Ok, "accepted"));
}

#[tokio::test]
async fn a_server_that_is_not_there_leaves_everything_else_unlooked_at() {
    let sandbox = sandbox("contract");
    let options = options(&config(&sandbox, ""), sandbox.clock().now());
    sandbox.shutdown();
    let examination = examined(&options).await;
    assert_eq!(came_to(&examination, Subject::Reach), (Outcome::Failed, "offline"));
    assert_eq!(examination.checks.len(), 8);
    for check in examination.checks.iter().filter(|check| check.subject > Subject::Encryption) {
        assert_eq!((check.outcome, check.code), (Outcome::Skipped, "offline"));
    }
}

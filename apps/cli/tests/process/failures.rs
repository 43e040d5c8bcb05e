//! What goes wrong, and what the program says and exits with.

use loyalty_sandbox::{Fault, FaultKind, RetryAfterForm, Times};
use serde_json::json;

use crate::world::{VETERAN, World, document, run, shape};

#[test]
fn what_the_server_refuses_exits_with_1() {
    let world = World::new();
    assert_eq!(world.error(1, &["balance", "+79120000000"])["code"], "guest_not_found");
    assert_eq!(world.error(1, &["receipt", "999999999"])["code"], "not_found");
    let register = ["guest", "register", "--phone", "+79120000000", "--first-name", "Анна", "--group", "1"];
    assert_eq!(world.error(1, &register)["code"], "group_without_template");
    let limit = FaultKind::RateLimit { retry_after: 7, form: RetryAfterForm::Seconds };
    world.sandbox.faults().add(Fault::new("accounts/refill", limit, Times::Next(1)));
    let limited = world.error(1, &["refill", "1", "100"]);
    assert_eq!((&limited["code"], &limited["retryAfter"]), (&json!("rate_limited"), &json!(7)));
    world.sandbox.tokens().revoke_api_token();
    assert_eq!(world.error(1, &["groups"])["code"], "unauthorized");
}

#[test]
fn what_cannot_be_right_exits_with_2_and_names_the_field() {
    let world = World::new();
    for (line, field, code) in [
        (&["balance", "12345"][..], "phone", "phone_invalid"),
        (&["balance", "+1 202 555 0100"], "phone", "phone_unsupported"),
        (&["guest", "register", "--phone", VETERAN, "--first-name", " "], "firstName", "field_empty"),
        (&["guest", "update", VETERAN, "--birthday", "31.02.1990"], "birthday", "date_invalid"),
        (&["guest", "update", VETERAN, "--email", "nobody"], "email", "field_invalid"),
        (&["history", VETERAN, "--from", "2026-13-01"], "from", "date_invalid"),
        (&["history", VETERAN, "--from", "2026-02-02", "--to", "2026-02-01"], "period", "period_invalid"),
        (&["receipt", ""], "id", "field_empty"),
        (&["refill", "Иванова", "100"], "accountId", "field_invalid"),
        (&["refill", "1", "100", "--key", "Иванова"], "key", "field_invalid"),
        (&["refill", "1"], "kopecks", "field_empty"),
        (&["history", VETERAN, "--last", "0"], "last", "field_invalid"),
        (&["sandbox", "--dialect", "klingon"], "dialect", "field_invalid"),
        (&["sandbox", "--today", "tomorrow"], "today", "date_invalid"),
        (&["nonsense"], "command", "field_invalid"),
    ] {
        let error = world.error(2, line);
        assert_eq!((&error["field"], &error["code"]), (&json!(field), &json!(code)), "{line:?}");
        assert_eq!(
            shape(&error),
            "{advice: text, category: text, code: text, field: text, retryAfter: null, retryable: bool}"
        );
    }
    assert_eq!(world.sandbox.requests().all().len(), 0, "nothing is sent for what cannot be right");
}

#[test]
fn a_server_that_cannot_be_reached_exits_with_3() {
    let world = World::new();
    // Nothing listens on the first port.
    let nowhere = ["groups", "--url", "http://127.0.0.1:1"];
    assert_eq!(world.error(3, &nowhere)["code"], "offline");
    let down = FaultKind::Status { status: 503 };
    world.sandbox.faults().add(Fault::new("account_groups/list", down, Times::Forever));
    assert_eq!(world.error(3, &["groups", "--timeout", "1"])["code"], "unavailable");
    world.sandbox.faults().clear();
    let never = FaultKind::Never { effect: false };
    world.sandbox.faults().add(Fault::new("account_groups/list", never, Times::Forever));
    let error = world.error(3, &["groups", "--timeout", "1"]);
    assert_eq!((&error["code"], &error["retryable"]), (&json!("timeout"), &json!(true)));
}

#[test]
fn an_answer_that_is_not_the_contract_exits_with_4() {
    let world = World::new();
    world.sandbox.faults().add(Fault::new("account_groups/list", FaultKind::Garbage, Times::Next(1)));
    assert_eq!(world.error(4, &["groups"])["code"], "reply_malformed");
    world.sandbox.set_dialect("ruble".parse().unwrap());
    let error = world.error(4, &["balance", VETERAN]);
    assert_eq!((&error["category"], &error["field"]), (&json!("contract"), &json!("balance")));
    let run = world.run(&["balance", VETERAN]);
    assert!(run.stderr.contains("accounts/find_by_phone: balance"), "{run:?}");
}

#[test]
fn an_error_is_told_in_words_on_stderr_and_leaves_stdout_empty() {
    let world = World::new();
    let run = world.run(&["balance", "+79120000000"]);
    assert_eq!((run.status, run.stdout.as_str()), (Some(1), ""));
    assert!(run.stderr.contains("There is no guest with this phone number."), "{run:?}");
    assert!(run.stderr.contains("register the guest"), "{run:?}");
}

#[test]
fn neither_errors_nor_the_loudest_log_hold_anything_personal_or_secret() {
    let world = World::new();
    let digits = ["9000000001", "79120000077", "900 000", "912 000"];
    let names = ["Иван", "Секретова", "sandbox-token", "privat@example.org"];
    let register = ["guest", "register", "--phone", "+79120000077", "--first-name", "Секретова"];
    for line in [
        &["balance", VETERAN, "-vvv"][..],
        &["history", VETERAN, "-vvv", "--from", "2026-06-01"],
        &["guest", "update", VETERAN, "--email", "privat@example.org", "-vvv"],
        &[&register[..], &["-vvv"]].concat(),
        &[&register[..], &["--group", "1", "-vvv"]].concat(),
        &["balance", "+7912000007", "-vvv"],
        &["balance", "+79120000077", "Секретова"],
        &["Секретова"],
    ] {
        let run = world.run(line);
        for secret in digits.iter().chain(&names) {
            assert!(!run.stderr.contains(secret), "{line:?} tells {secret}: {}", run.stderr);
        }
    }
    assert!(
        world.run(&["balance", VETERAN, "-vvv"]).stderr.contains("accounts/find_by_phone"),
        "there is a log"
    );
}

#[test]
fn a_command_line_that_cannot_be_read_answers_in_json_when_asked_to() {
    let world = World::new();
    let run = run(&mut world.unconnected(&["--json", "refill", "1", "100", "--nonsense"]));
    assert_eq!(run.status, Some(2));
    assert_eq!(document(&run)["error"]["field"], "nonsense");
    assert!(run.stderr.contains("Usage:"), "{run:?}");
}

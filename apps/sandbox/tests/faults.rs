//! Every fault, seen from the socket.

// A test stops at the first thing that is not as it should be, and so do its steps.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use std::io::{ErrorKind, Read, Write};
use std::time::{Duration, Instant};

use loyalty_sandbox::{Fault, FaultKind, RetryAfterForm, RunningSandbox, Times};
use serde_json::{Value, json};
use support::{Client, options, start};

fn spoiled(method: &str, kind: FaultKind) -> (RunningSandbox, Client, i64) {
    let sandbox = start(options().faults(vec![Fault::new(method, kind, Times::Next(1))]));
    let client = Client::of(&sandbox);
    let id = sandbox.books().richest_history().unwrap().unwrap().account_id;
    (sandbox, client, id)
}

fn refill(id: i64) -> Value {
    json!({"accountId": id, "sum": 100, "comment": "ключ"})
}

fn refills(sandbox: &RunningSandbox) -> usize {
    sandbox.books().transactions_by_comment("ключ").unwrap().len()
}

fn send_refill(client: &Client, id: i64) -> std::io::Result<support::Answer> {
    client.send("POST", "/api/v0/accounts/refill", Some(refill(id).to_string().as_bytes()))
}

#[test]
fn a_connection_cut_before_does_nothing_and_cut_after_does_all() {
    for (kind, done) in [(FaultKind::CutBefore, 0), (FaultKind::CutAfter, 1)] {
        let (sandbox, client, id) = spoiled("accounts/refill", kind);
        let error = send_refill(&client, id).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        assert_eq!(refills(&sandbox), done);
        // The fault is spent.
        client.post("accounts/refill", &refill(id)).ok();
        assert_eq!(refills(&sandbox), done + 1);
    }
}

#[test]
fn a_duplicate_delivery_is_worked_on_twice() {
    let (sandbox, client, id) = spoiled("accounts/refill", FaultKind::Duplicate);
    let before = sandbox.books().balance(id).unwrap();
    assert_eq!(client.post("accounts/refill", &refill(id)).ok()["balance"], before + 200);
    assert_eq!(refills(&sandbox), 2);
    assert_eq!(sandbox.requests().count("accounts/refill"), 1);
}

#[test]
fn a_status_is_sent_and_nothing_is_done() {
    let (sandbox, client, id) = spoiled("accounts/refill", FaultKind::Status { status: 503 });
    assert_eq!(client.post("accounts/refill", &refill(id)).refusal(), (503, "injected".into()));
    assert_eq!(refills(&sandbox), 0);
}

#[test]
fn a_rate_limit_tells_seconds_or_a_date_of_the_sandboxs_own_time() {
    for (form, told) in
        [(RetryAfterForm::Seconds, "2"), (RetryAfterForm::Date, "Mon, 15 Jun 2026 09:00:02 GMT")]
    {
        let (_sandbox, client, id) = spoiled("*", FaultKind::RateLimit { retry_after: 2, form });
        let answer = client.post("accounts/refill", &refill(id));
        assert_eq!((answer.status, answer.header("retry-after")), (429, Some(told)));
        assert_eq!(answer.header("date"), Some("Mon, 15 Jun 2026 09:00:00 GMT"));
    }
}

#[test]
fn a_delayed_request_is_worked_on_even_if_the_client_has_left() {
    let (sandbox, client, id) = spoiled("accounts/refill", FaultKind::Delay { ms: 300 });
    let mut stream = client.connect();
    stream
        .write_all(&client.request(
            "POST",
            "/api/v0/accounts/refill",
            Some(refill(id).to_string().as_bytes()),
        ))
        .unwrap();
    while sandbox.requests().count("accounts/refill") == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    drop(stream);
    assert_eq!(refills(&sandbox), 0);
    let began = Instant::now();
    while refills(&sandbox) == 0 {
        assert!(began.elapsed() < Duration::from_secs(10), "the work was dropped with the connection");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn bodies_are_garbage_truncated_or_too_large() {
    let (sandbox, client, id) = spoiled("accounts/refill", FaultKind::Garbage);
    let answer = client.post("accounts/refill", &refill(id));
    assert_eq!(answer.status, 200);
    assert!(serde_json::from_slice::<Value>(&answer.body).is_err());
    sandbox.faults().add(Fault::new("accounts/refill", FaultKind::Truncated, Times::Next(1)));
    let answer = client.post("accounts/refill", &refill(id));
    let error = serde_json::from_slice::<Value>(&answer.body).unwrap_err();
    assert!(error.is_eof() && !answer.body.is_empty());
    assert_eq!(answer.header("content-length").unwrap(), answer.body.len().to_string());
    sandbox.faults().add(Fault::new(
        "accounts/refill",
        FaultKind::Oversize { bytes: 17 << 20 },
        Times::Next(1),
    ));
    let answer = client.post("accounts/refill", &refill(id));
    assert!(answer.body.len() > 16 << 20 && answer.json()["padding"].is_string());
    assert_eq!(answer.header("content-length"), None);
    assert_eq!(refills(&sandbox), 3);
}

#[test]
fn a_header_does_not_end() {
    let (sandbox, client, id) = spoiled("accounts/refill", FaultKind::EndlessHeader);
    let mut stream = client.connect();
    stream
        .write_all(&client.request(
            "POST",
            "/api/v0/accounts/refill",
            Some(refill(id).to_string().as_bytes()),
        ))
        .unwrap();
    let mut start = vec![0; 4 << 20];
    stream.read_exact(&mut start).unwrap();
    assert!(start.starts_with(b"HTTP/1.1 200 OK\r\nX-Endless: aaaa"));
    assert!(!start.windows(4).any(|window| window == b"\r\n\r\n"));
    drop(stream);
    assert_eq!(refills(&sandbox), 1);
    client.post("accounts/refill", &refill(id)).ok();
}

#[test]
fn no_answer_comes_with_or_without_the_work_done() {
    for (effect, done) in [(false, 0), (true, 1)] {
        let (sandbox, client, id) = spoiled("accounts/refill", FaultKind::Never { effect });
        let mut stream = client.connect();
        stream.set_read_timeout(Some(Duration::from_millis(400))).unwrap();
        let request =
            client.request("POST", "/api/v0/accounts/refill", Some(refill(id).to_string().as_bytes()));
        stream.write_all(&request).unwrap();
        let error = stream.read(&mut [0; 16]).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{error}");
        assert_eq!(refills(&sandbox), done);
    }
}

#[test]
fn an_expired_token_is_refused_though_it_is_good() {
    let (_sandbox, client, id) = spoiled("*", FaultKind::ExpiredToken);
    let path = format!("accounts/get_by_id?id={id}");
    assert_eq!(client.get(&path).refusal(), (401, "token_expired".into()));
    client.get(&path).ok();
}

#[test]
fn late_rows_count_at_once_and_are_shown_later() {
    let (sandbox, client, id) = spoiled("accounts/refill", FaultKind::LateRows { minutes: 10 });
    let before = sandbox.books().balance(id).unwrap();
    assert_eq!(client.post("accounts/refill", &refill(id)).ok()["balance"], before + 100);
    let newest =
        || client.get(&format!("accounts/transactions?accountId={id}&count=1")).ok()[0]["type"].clone();
    assert_ne!(newest(), "refill");
    sandbox.clock().advance_minutes(9);
    assert_ne!(newest(), "refill");
    sandbox.clock().advance_minutes(1);
    assert_eq!(newest(), "refill");
}

#[test]
fn a_past_row_is_corrected_between_two_looks() {
    let (sandbox, client, id) = spoiled("accounts/transactions", FaultKind::CorrectedRow { add: 500 });
    let path = format!("accounts/transactions?accountId={id}&dateFrom=2026-01-01&dateTo=2026-06-16");
    sandbox.faults().clear();
    let before = client.get(&path).ok();
    sandbox.faults().add(Fault::new(
        "accounts/transactions",
        FaultKind::CorrectedRow { add: 500 },
        Times::Next(1),
    ));
    let after = client.get(&path).ok();
    let oldest = |rows: &Value| {
        rows.as_array().unwrap().iter().rev().find(|row| row["type"] == "accrual").unwrap().clone()
    };
    assert_eq!(oldest(&before)["id"], oldest(&after)["id"]);
    assert_eq!(oldest(&before)["sum"].as_i64().unwrap() + 500, oldest(&after)["sum"].as_i64().unwrap());
    assert_eq!(before[0]["balanceAfter"].as_i64().unwrap() + 500, after[0]["balanceAfter"].as_i64().unwrap());
    assert_eq!(after[0]["balanceAfter"], sandbox.books().balance(id).unwrap());
}

#[test]
fn faults_are_ordered_over_http() {
    let sandbox = start(options());
    let client = Client::of(&sandbox);
    let order = json!([
        {"method": "accounts/list", "fault": "status", "status": 500, "times": {"every": 2}},
        {"method": "till/check", "fault": "cut-after", "times": "forever"},
    ]);
    let listed = client.send("POST", "/sandbox/faults", Some(order.to_string().as_bytes())).unwrap().ok();
    assert_eq!(listed, order);
    let statuses: Vec<_> = (0..4).map(|_| client.get("accounts/list").status).collect();
    assert_eq!(statuses, [200, 500, 200, 500]);
    let visit = json!({"phone": "+79000000001", "sum": 100});
    assert!(client.send("POST", "/till/check", Some(visit.to_string().as_bytes())).is_err());
    assert_eq!(client.send("DELETE", "/sandbox/faults", None).unwrap().status, 204);
    client.till(&visit).ok();
    let wrong =
        client.send("POST", "/sandbox/faults", Some(br#"{"method": "*", "fault": "gremlin"}"#)).unwrap();
    assert_eq!(wrong.status, 422);
    assert_eq!(sandbox.faults().list(), []);
}

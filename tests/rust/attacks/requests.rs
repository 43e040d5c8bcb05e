//! Requests that no app sends.

use std::time::Duration;

use loyalty_tests::caller::{Answer, Caller};
use loyalty_tests::gateway::{CONSENT, GatewayScene};
use loyalty_tests::raw::{exchange, request};
use loyalty_tests::scene::RICHEST;
use serde_json::{Value, json};

/// Long enough for an answer on a busy machine, shorter than any of the gateway's own times.
const PATIENCE: Duration = Duration::from_secs(8);
/// The most that a request's body may have.
const LONGEST_BODY: usize = 16 * 1024;

/// An answer that refuses and is one of ours.
fn assert_refused(answer: &Answer, status: &[u16], what: &str) {
    assert!(status.contains(&answer.status), "{what}: {answer:?}");
    assert_eq!(answer.header("content-type"), "application/problem+json", "{what}");
    assert_eq!(answer.json["status"].as_u64(), Some(answer.status.into()), "{what}");
    assert!(!answer.code().is_empty() && !answer.header("loyalty-request-id").is_empty(), "{what}");
}

/// Every route that takes a body.
const WITH_BODY: [(&str, &str); 7] = [
    ("POST", "/v1/sign-in/code"),
    ("POST", "/v1/sign-in/confirm"),
    ("POST", "/v1/sessions/refresh"),
    ("POST", "/v1/kiosk/identify"),
    ("POST", "/v1/me/registration"),
    ("PATCH", "/v1/me/profile"),
    ("POST", "/v1/me/consents"),
];

async fn signed_in(scene: &GatewayScene) -> Caller {
    scene.caller().with_token(&scene.tokens(RICHEST).await.0)
}

async fn send(caller: &Caller, (method, path): (&str, &str), body: Vec<u8>) -> Answer {
    let request = caller.request(method, path).header("content-type", "application/json");
    caller.send(request.body(body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_json_is_refused_everywhere_and_changes_nothing() {
    let scene = GatewayScene::start().await;
    let caller = signed_in(&scene).await;
    let digest = scene.scene.sandbox.books().digest().unwrap();
    let deep = [vec![b'['; 8000], vec![b']'; 8000]].concat();
    let bodies: Vec<Vec<u8>> = vec![
        b"".to_vec(),
        b"{".to_vec(),
        b"null".to_vec(),
        b"[]".to_vec(),
        b"17".to_vec(),
        b"\"phone\"".to_vec(),
        b"{\"phone\":\"+79000000001\"}}".to_vec(),
        b"{\"phone\":\"\xff\xfe\"}".to_vec(),
        b"\xef\xbb\xbf{}".to_vec(),
        b"<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>".to_vec(),
        b"phone=%2B79000000001".to_vec(),
        b"{\"phone\":1e999}".to_vec(),
        b"{\"phone\":{\"$ne\":null},\"code\":{\"$gt\":\"\"}}".to_vec(),
        b"{\"__proto__\":{\"admin\":true}}".to_vec(),
        vec![0; 100],
        deep,
    ];
    for route in WITH_BODY {
        for body in &bodies {
            let answer = send(&caller, route, body.clone()).await;
            let what = format!("{route:?} {}", String::from_utf8_lossy(&body[..body.len().min(40)]));
            // At a kiosk's route the missing credential may be noticed first.
            assert_refused(&answer, &[400, 401, 422], &what);
        }
    }
    assert_eq!(scene.scene.sandbox.books().digest().unwrap(), digest);
    assert_eq!(caller.get("/v1/me/snapshot").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_over_sixteen_kibibytes_is_refused_before_it_is_read() {
    let scene = GatewayScene::start().await;
    let caller = signed_in(&scene).await;
    for route in WITH_BODY {
        for size in [LONGEST_BODY + 1, 4 << 20] {
            let text = format!("{{\"phone\":\"{}\"}}", "7".repeat(size - 12));
            let request = caller.request(route.0, route.1).header("content-type", "application/json");
            // A server that does not wait for all of it may close the connection on the rest.
            if let Ok(response) = request.body(text).send().await {
                assert!(matches!(response.status().as_u16(), 401 | 413), "{route:?}: {response:?}");
            }
        }
    }
    // What is announced is not waited for.
    let head = "POST /v1/sign-in/code HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\ncontent-length: 4294967296\r\n\r\n{";
    let outcome = exchange(scene.address(), head.as_bytes(), PATIENCE).await;
    assert_eq!(outcome.status, Some(413), "{outcome:?}");
    // Nor what is not announced and does not end.
    let head = "POST /v1/sign-in/code HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    let chunk = format!("4000\r\n{}\r\n", "a".repeat(0x4000));
    let outcome = exchange(scene.address(), format!("{head}{}", chunk.repeat(8)).as_bytes(), PATIENCE).await;
    assert_eq!(outcome.status, Some(413), "{outcome:?}");
    assert_eq!(scene.caller().get("/v1/health").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_of_another_kind_is_refused() {
    let scene = GatewayScene::start().await;
    let caller = signed_in(&scene).await;
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "",
    ] {
        let request = caller.request("POST", "/v1/sign-in/code").header("content-type", kind);
        let answer = caller.send(request.body(json!({"phone": RICHEST}).to_string())).await;
        assert_refused(&answer, &[415], kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_that_are_too_long_or_hold_what_no_name_holds_are_refused_by_name() {
    let scene = GatewayScene::start().await;
    let caller = signed_in(&scene).await;
    for (body, field) in [
        (json!({"firstName": "А".repeat(101)}), "firstName"),
        (json!({"firstName": ""}), "firstName"),
        (json!({"firstName": "   "}), "firstName"),
        (json!({"firstName": "Анна\u{0}"}), "firstName"),
        (json!({"firstName": "Анна\r\nX-Injected: 1"}), "firstName"),
        (json!({"lastName": "\u{1b}[31mКим"}), "lastName"),
        (json!({"email": format!("{}@example.org", "a".repeat(300))}), "email"),
        (json!({"email": "a@example.org\r\nBcc: b@example.org"}), "email"),
        (json!({"birthday": "2000-02-30"}), "birthday"),
        (json!({"birthday": "99999-01-01"}), "birthday"),
        (json!({"sex": "both"}), "sex"),
        (json!({"firstName": 17}), "firstName"),
    ] {
        let answer = send(&caller, ("PATCH", "/v1/me/profile"), body.to_string().into_bytes()).await;
        assert_refused(&answer, &[400, 422], &body.to_string());
        assert_eq!(answer.json["field"], field, "{body}: {answer:?}");
    }
    assert_eq!(scene.scene.count("accounts/update"), 0);
    for phone in ["+7".to_owned() + &"9".repeat(5000), "+1 202 555 01 01".into(), "".into(), "🍕".into()] {
        let answer = caller.send_code(&phone).await;
        assert_refused(&answer, &[422], &phone);
        assert_eq!(answer.json["field"], "phone");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sql_in_any_place_is_only_text() {
    let scene = GatewayScene::start().await;
    let caller = signed_in(&scene).await;
    let bad = "'; DROP TABLE session; --";
    let worse = "\\'); DELETE FROM consent WHERE ('a'='a";
    for text in [bad, worse, "\" OR \"\"=\"", "%_%", "$1", "?1", "1/**/OR/**/1=1"] {
        let encoded: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let answers = [
            scene.caller().send_code(text).await,
            scene.caller().confirm(RICHEST, text).await,
            scene.caller().refresh(text).await,
            caller.get(&format!("/v1/me/receipts/{encoded}")).await,
            caller.get(&format!("/v1/me/transactions?cursor={encoded}")).await,
            caller.get(&format!("/v1/me/transactions?limit={encoded}")).await,
            caller.get(&format!("/v1/me/transactions?from={encoded}")).await,
            caller.call("DELETE", &format!("/v1/me/consents/{encoded}")).await,
            caller.post("/v1/me/consents", &json!({"kind": "personal_data", "textVersion": text})).await,
            caller.post("/v1/me/consents", &json!({"kind": text, "textVersion": CONSENT})).await,
            scene
                .caller()
                .with_token("x")
                .with("loyalty-device", &encoded)
                .post("/v1/kiosk/identify", &json!({"tillCode": text}))
                .await,
        ];
        for answer in answers {
            assert!((400..500).contains(&answer.status), "{text}: {answer:?}");
        }
    }
    // A name with a quote is a name.
    let changed = json!({"lastName": "О'Генри"}).to_string().into_bytes();
    let answer = send(&caller, ("PATCH", "/v1/me/profile"), changed).await;
    assert_eq!(answer.json["account"]["lastName"], "О'Генри", "{answer:?}");
    assert_eq!(caller.get("/v1/me/snapshot").await.status, 200);
    assert_eq!(caller.get("/v1/me/consents").await.status, 200);
    assert_eq!(scene.caller().get("/v1/ready").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_leads_only_where_a_route_is() {
    let scene = GatewayScene::start().await;
    let token = scene.tokens(RICHEST).await.0;
    for path in [
        "/v1/me/../me/snapshot",
        "/v1/me/%2e%2e/me/snapshot",
        "/v1//me/snapshot",
        "//v1/me/snapshot",
        "/v1/me/snapshot/",
        "/v1/me/snapshot;a=b",
        "/v1/me/snapshot%00",
        "/v1/me/snapshot%20",
        "/V1/ME/SNAPSHOT",
        "/v1/me%2fsnapshot",
        "/v1/me/receipts/",
        "/v1/me/receipts/..",
        "/v1/me/receipts/%2e%2e%2fsnapshot",
        "/v1/me/receipts/a/b",
        "/v1/me/receipts/..%2f..%2f..%2fetc%2fpasswd",
        "/v1/me/receipts/%ff%fe",
        "/v1/openapi.json/../me/snapshot",
        "/.git/config",
        "/v1/\\me\\snapshot",
        "/api/v0/accounts/find_by_phone",
    ] {
        let head = format!(
            "GET {path} HTTP/1.1\r\nhost: gateway\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\r\n"
        );
        let outcome = exchange(scene.address(), head.as_bytes(), PATIENCE).await;
        assert!(matches!(outcome.status, Some(400 | 404)), "{path}: {outcome:?}");
        assert!(!outcome.text.contains("\"balance\""), "{path}: {outcome:?}");
    }
    let long = format!("GET /v1/{} HTTP/1.1\r\nhost: gateway\r\n\r\n", "a".repeat(20_000));
    let outcome = exchange(scene.address(), long.as_bytes(), PATIENCE).await;
    assert!(matches!(outcome.status, None | Some(400 | 404 | 414 | 431)), "{outcome:?}");
    let absolute = format!(
        "GET http://elsewhere.example/v1/me/snapshot HTTP/1.1\r\nhost: gateway\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\r\n"
    );
    let outcome = exchange(scene.address(), absolute.as_bytes(), PATIENCE).await;
    // The host in an address decides nothing here; what matters is that nobody is called in the guest's name.
    assert!(matches!(outcome.status, Some(200 | 400 | 404)), "{outcome:?}");
    let connect = "CONNECT 127.0.0.1:22 HTTP/1.1\r\nhost: 127.0.0.1:22\r\n\r\n";
    let outcome = exchange(scene.address(), connect.as_bytes(), PATIENCE).await;
    assert!(matches!(outcome.status, None | Some(400 | 404 | 405)), "{outcome:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_comes_in_stands_in_a_header_that_goes_out() {
    let scene = GatewayScene::start().await;
    let token = scene.tokens(RICHEST).await.0;
    let planted = "evil-7f3a";
    for place in [
        format!("GET /v1/{planted}%0d%0aset-cookie:%20{planted} HTTP/1.1\r\n"),
        format!("GET /v1/me/receipts/{planted}%0d%0ax-{planted}:%201 HTTP/1.1\r\n"),
        format!("GET /v1/programme?next=%0d%0alocation:%20{planted} HTTP/1.1\r\n"),
        format!("GET /v1/programme HTTP/1.1\r\nif-none-match: \"{planted}\"\r\n"),
        format!("GET /v1/programme HTTP/1.1\r\nloyalty-request-id: {planted}\r\nx-request-id: {planted}\r\n"),
        format!("GET /v1/programme HTTP/1.1\r\norigin: https://{planted}.example\r\n"),
        format!("GET /v1/programme HTTP/1.1\r\nx-forwarded-host: {planted}.example\r\n"),
        format!(
            "OPTIONS /v1/me/snapshot HTTP/1.1\r\norigin: https://{planted}.example\r\naccess-control-request-method: GET\r\n"
        ),
        format!("TRACE /v1/programme HTTP/1.1\r\nx-secret: {planted}\r\n"),
    ] {
        let bytes = format!(
            "{place}host: {planted}.example\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\r\n"
        );
        let outcome = exchange(scene.address(), bytes.as_bytes(), PATIENCE).await;
        assert!(outcome.status.is_some(), "{place}: {outcome:?}");
        assert!(!outcome.text.contains(planted), "{place}: {outcome:?}");
        assert!(!outcome.text.to_lowercase().contains("access-control-allow"), "{place}");
    }
    for name in ["Анна\r\nset-cookie: a", "\u{85}", "\u{2028}"] {
        let caller = scene.caller().with_token(&token);
        let answer =
            send(&caller, ("PATCH", "/v1/me/profile"), json!({"lastName": name}).to_string().into_bytes())
                .await;
        assert!(!answer.headers.contains_key("set-cookie"), "{answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_requests_cannot_be_smuggled_as_one() {
    let scene = GatewayScene::start().await;
    let smuggled = "GET /v1/ready HTTP/1.1\r\nhost: gateway\r\n\r\n";
    for head in [
        format!("content-length: {}\r\ntransfer-encoding: chunked", 5 + smuggled.len()),
        "content-length: 0\r\ncontent-length: 44".to_owned(),
        "transfer-encoding: chunked, identity".to_owned(),
        "transfer-encoding: xchunked".to_owned(),
        "content-length: +5".to_owned(),
        "content-length: -1".to_owned(),
        "content-length : 5".to_owned(),
        "x: a\r\n folded: b".to_owned(),
        "x: a\rb".to_owned(),
        "x: a\u{0}b".to_owned(),
    ] {
        let bytes = format!(
            "POST /v1/sign-in/code HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\n{head}\r\n\r\n0\r\n\r\n{smuggled}"
        );
        let outcome = exchange(scene.address(), bytes.as_bytes(), PATIENCE).await;
        let refused = matches!(outcome.status, None | Some(400 | 411 | 413 | 501));
        assert!(refused && outcome.answers() <= 1 && outcome.closed, "{head}: {outcome:?}");
    }
    let many: String = (0..200).map(|index| format!("x-{index}: 1\r\n")).collect();
    let outcome = exchange(
        scene.address(),
        format!("GET /v1/programme HTTP/1.1\r\nhost: gateway\r\n{many}\r\n").as_bytes(),
        PATIENCE,
    )
    .await;
    assert_eq!(outcome.status, Some(431), "{outcome:?}");
    let large = format!("GET /v1/programme HTTP/1.1\r\nhost: gateway\r\nx: {}\r\n\r\n", "a".repeat(40_000));
    let outcome = exchange(scene.address(), large.as_bytes(), PATIENCE).await;
    assert_eq!(outcome.status, Some(431), "{outcome:?}");
    for noise in [
        "\u{16}\u{3}\u{1}\u{2}\u{0}",
        "SSH-2.0-x\r\n",
        "\r\n\r\n\r\n\r\nHELP\r\n\r\n",
        "GET / HTTP/0.9\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let outcome = exchange(scene.address(), noise.as_bytes(), PATIENCE).await;
        assert!(matches!(outcome.status, None | Some(400 | 404 | 505)), "{noise:?}: {outcome:?}");
    }
    let fine = request("POST /v1/sign-in/code HTTP/1.1", &json!({"phone": RICHEST}).to_string());
    assert_eq!(exchange(scene.address(), &fine, PATIENCE).await.status, Some(202));
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_out_of_bounds_in_a_query_are_refused() {
    let scene = GatewayScene::start().await;
    let caller = signed_in(&scene).await;
    for query in [
        "limit=0",
        "limit=101",
        "limit=-1",
        "limit=1e3",
        "limit=4294967297",
        "limit=",
        "limit=1&limit=2",
        "from=now",
        "from=0000-00-00",
        "from=2026-06-15",
        "to=9999999-01-01T00:00:00Z",
        "from=2026-06-15T00:00:00Z&to=2026-06-14T00:00:00Z",
        "cursor=",
        "cursor=..&limit=5",
        "offset=5",
        "%ff=%ff",
    ] {
        let answer = caller.get(&format!("/v1/me/transactions?{query}")).await;
        assert_refused(&answer, &[400, 422], query);
    }
    assert_eq!(scene.scene.count("accounts/transactions"), 0);
    let page: Value = caller.get("/v1/me/transactions?limit=100").await.json;
    assert_eq!(page["transactions"].as_array().map(Vec::len), Some(100));
}

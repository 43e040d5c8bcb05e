//! Against servers on loopback that do one thing wrong each, byte by byte.

use std::net::SocketAddr;
use std::sync::atomic::AtomicUsize;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::system::{SystemClock, SystemIds};

static VOCABULARY: Vocabulary = Vocabulary {
    knows_field: |name| name == "firstName",
    code_of: |word| match word {
        "group_without_template" => Some(ErrorCode::GroupWithoutTemplate),
        "guest_not_found" => Some(ErrorCode::GuestNotFound),
        "code_wrong" => Some(ErrorCode::CodeWrong),
        "code_expired" => Some(ErrorCode::CodeExpired),
        "unavailable" => Some(ErrorCode::Unavailable),
        "outcome_unknown" => Some(ErrorCode::OutcomeUnknown),
        _ => None,
    },
};

/// Answers every connection's first request with these bytes, then does what `Then` says.
#[derive(Clone)]
enum Then {
    Close,
    /// Keeps the connection open and silent.
    Hang,
    /// Repeats these bytes until the client has had enough.
    Repeat(&'static [u8]),
}

struct Server {
    address: SocketAddr,
    requests: Arc<AtomicUsize>,
}

impl Server {
    async fn start(answer: impl Into<Vec<u8>>, then: Then) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(AtomicUsize::new(0));
        let (answer, count) = (answer.into(), Arc::clone(&requests));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (answer, then, count) = (answer.clone(), then.clone(), Arc::clone(&count));
                tokio::spawn(async move { serve(stream, &answer, then, &count).await });
            }
        });
        Self { address, requests }
    }

    fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

async fn serve(mut stream: TcpStream, answer: &[u8], then: Then, count: &AtomicUsize) {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let mut part = [0; 1024];
        match stream.read(&mut part).await {
            Ok(0) | Err(_) => return,
            Ok(length) => head.extend_from_slice(&part[..length]),
        }
    }
    count.fetch_add(1, Ordering::SeqCst);
    if stream.write_all(answer).await.is_err() {
        return;
    }
    match then {
        Then::Close => {}
        Then::Hang => std::future::pending().await,
        Then::Repeat(bytes) => while stream.write_all(bytes).await.is_ok() {},
    }
}

fn options(address: SocketAddr) -> HttpOptions {
    HttpOptions {
        base: format!("http://{address}").parse().unwrap(),
        extra_roots: None,
        allow_plain_http: true,
        connect_timeout: Duration::from_secs(2),
        timeout: Duration::from_secs(4),
    }
}

fn http(options: &HttpOptions) -> Http {
    Http::new(options, &VOCABULARY, Arc::new(SystemClock), Arc::new(SystemIds)).unwrap()
}

async fn send_to(address: SocketAddr, effect: Effect) -> Result<Reply, BackendError> {
    send_with(&options(address), effect).await
}

async fn send_with(options: &HttpOptions, effect: Effect) -> Result<Reply, BackendError> {
    let request = Request {
        method: "a/method",
        effect,
        verb: if effect == Effect::Read { Verb::Get } else { Verb::Post },
        url: &options.base,
        headers: &HeaderMap::new(),
        body: None,
    };
    http(options).send(&request).await
}

fn reply_error(code: ErrorCode) -> BackendError {
    BackendError::Reply { code, path: "a/method".into(), field: String::new() }
}

/// The error of each effect against one server.
async fn errors(answer: &str, then: Then) -> [BackendError; 3] {
    let server = Server::start(answer, then).await;
    let mut options = options(server.address);
    options.timeout = Duration::from_millis(1500);
    let mut errors = Vec::new();
    for effect in [Effect::Read, Effect::Repeatable, Effect::Once] {
        errors.push(send_with(&options, effect).await.unwrap_err());
    }
    errors.try_into().unwrap()
}

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

#[tokio::test]
async fn a_good_reply_is_read_whole_and_its_date_gives_the_skew() {
    let answer = "HTTP/1.1 200 OK\r\ndate: Fri, 01 Jan 2100 00:00:00 GMT\r\ncontent-length: 4\r\n\r\n[17]";
    let server = Server::start(answer, Then::Close).await;
    let options = options(server.address);
    let http = http(&options);
    assert_eq!(http.skew(), None);
    let request = Request {
        method: "a/method",
        effect: Effect::Read,
        verb: Verb::Get,
        url: &options.base,
        headers: &HeaderMap::new(),
        body: None,
    };
    assert_eq!(http.send(&request).await.unwrap().body, b"[17]");
    assert!(http.skew().unwrap() > SignedDuration::from_hours(24 * 365));
}

#[tokio::test]
async fn nobody_at_the_port_is_offline_whatever_was_to_be_done() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    for effect in [Effect::Read, Effect::Repeatable, Effect::Once] {
        assert_eq!(send_to(address, effect).await.unwrap_err(), BackendError::Offline);
    }
}

#[tokio::test]
async fn a_name_that_nobody_has_is_offline() {
    let mut options = options(([127, 0, 0, 1], 1).into());
    options.base = "http://no-such-host.invalid".parse().unwrap();
    assert_eq!(send_with(&options, Effect::Once).await.unwrap_err(), BackendError::Offline);
}

#[tokio::test]
async fn a_server_that_never_answers_times_out_and_leaves_a_write_unknown() {
    let errors = errors("", Then::Hang).await;
    assert_eq!(errors, [BackendError::Timeout, BackendError::Timeout, BackendError::OutcomeUnknown]);
}

#[tokio::test]
async fn a_body_that_stops_half_way_times_out() {
    let errors = errors("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n[1,2", Then::Hang).await;
    assert_eq!(errors, [BackendError::Timeout, BackendError::Timeout, BackendError::OutcomeUnknown]);
}

#[tokio::test]
async fn a_cut_connection_is_a_cut_or_an_unknown_outcome() {
    for answer in ["", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n[1,2"] {
        let errors = errors(answer, Then::Close).await;
        assert_eq!(errors, [BackendError::Cut, BackendError::Cut, BackendError::OutcomeUnknown], "{answer}");
    }
}

/// Answers one request, and has neither a listener nor an answer when the next one comes over the same connection: a
/// server that went away while its connection was kept.
async fn gone_while_the_connection_was_kept() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        drop(listener);
        let mut part = [0; 4096];
        assert!(stream.read(&mut part).await.unwrap() > 0);
        stream.write_all(OK.as_bytes()).await.unwrap();
        assert!(stream.read(&mut part).await.unwrap() > 0);
    });
    address
}

#[tokio::test]
async fn a_kept_connection_that_had_ended_hides_from_no_idempotent_request_that_nobody_is_there() {
    for (effect, verb, error) in [
        (Effect::Read, Verb::Get, BackendError::Offline),
        (Effect::Repeatable, Verb::Delete, BackendError::Offline),
        (Effect::Repeatable, Verb::Post, BackendError::Cut),
        (Effect::Once, Verb::Delete, BackendError::OutcomeUnknown),
    ] {
        let options = options(gone_while_the_connection_was_kept().await);
        let (http, headers) = (http(&options), HeaderMap::new());
        let mut request =
            Request { method: "a/method", effect, verb, url: &options.base, headers: &headers, body: None };
        http.send(&request).await.unwrap();
        request.method = "another/method";
        assert_eq!(http.send(&request).await.unwrap_err(), error, "{effect:?} {verb:?}");
    }
}

#[tokio::test]
async fn a_head_without_an_end_is_refused_before_it_fills_the_memory() {
    let errors = errors("HTTP/1.1 200 OK\r\nx: ", Then::Repeat(&[b'a'; 4096])).await;
    let malformed = reply_error(ErrorCode::ReplyMalformed);
    assert_eq!(errors, [malformed.clone(), malformed, BackendError::OutcomeUnknown]);
}

#[tokio::test]
async fn endlessly_many_headers_are_refused() {
    let errors = errors("HTTP/1.1 200 OK\r\n", Then::Repeat(b"x-a: b\r\n")).await;
    let malformed = reply_error(ErrorCode::ReplyMalformed);
    assert_eq!(errors, [malformed.clone(), malformed, BackendError::OutcomeUnknown]);
}

#[tokio::test]
async fn what_is_not_http_is_malformed() {
    let errors = errors("SSH-2.0-OpenSSH_9.6\r\n\r\n", Then::Close).await;
    let malformed = reply_error(ErrorCode::ReplyMalformed);
    assert_eq!(errors, [malformed.clone(), malformed, BackendError::OutcomeUnknown]);
}

#[tokio::test]
async fn an_announced_body_over_the_cap_is_not_even_begun() {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", 20 * 1024 * 1024);
    let errors = errors(&head, Then::Hang).await;
    let too_large = reply_error(ErrorCode::ReplyTooLarge);
    assert_eq!(errors, [too_large.clone(), too_large, BackendError::OutcomeUnknown]);
}

#[tokio::test]
async fn a_body_without_length_is_counted_up_to_the_cap() {
    let server = Server::start("HTTP/1.1 200 OK\r\n\r\n", Then::Repeat(&[b' '; 65536])).await;
    let error = send_to(server.address, Effect::Read).await.unwrap_err();
    assert_eq!(error, reply_error(ErrorCode::ReplyTooLarge));
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn a_body_of_exactly_the_cap_is_read() {
    let mut answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {MAX_REPLY}\r\n\r\n").into_bytes();
    answer.resize(answer.len() + MAX_REPLY, b' ');
    let server = Server::start(answer, Then::Close).await;
    assert_eq!(send_to(server.address, Effect::Read).await.unwrap().body.len(), MAX_REPLY);
}

#[tokio::test]
async fn a_redirect_is_told_and_never_followed() {
    let target = Server::start(OK, Then::Close).await;
    let redirected = reply_error(ErrorCode::Redirected);
    for (status, once) in [(301, &redirected), (308, &redirected), (302, &BackendError::OutcomeUnknown)] {
        let head = format!(
            "HTTP/1.1 {status} X\r\nlocation: http://{}/\r\ncontent-length: 0\r\n\r\n",
            target.address
        );
        let errors = errors(&head, Then::Close).await;
        assert_eq!(errors, [redirected.clone(), redirected.clone(), once.clone()], "{status}");
    }
    assert_eq!(target.requests(), 0);
}

#[tokio::test]
async fn a_failing_server_is_asked_three_times_for_a_read_and_once_for_a_write() {
    let answer = "HTTP/1.1 503 X\r\ncontent-length: 0\r\n\r\n";
    for (effect, error, requests) in [
        (Effect::Read, BackendError::Unavailable { retry_after: None }, 3),
        (Effect::Repeatable, BackendError::Unavailable { retry_after: None }, 1),
        (Effect::Once, BackendError::OutcomeUnknown, 1),
    ] {
        let server = Server::start(answer, Then::Close).await;
        assert_eq!(send_to(server.address, effect).await.unwrap_err(), error);
        assert_eq!(server.requests(), requests, "{effect:?}");
    }
}

#[tokio::test]
async fn a_wait_that_the_server_asks_for_is_kept() {
    let answer = "HTTP/1.1 429 X\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n";
    let server = Server::start(answer, Then::Close).await;
    let mut options = options(server.address);
    options.timeout = Duration::from_millis(1700);
    let started = std::time::Instant::now();
    let error = send_with(&options, Effect::Read).await.unwrap_err();
    // The second wait would end after the time is up, so the refusal is told at once.
    assert_eq!(error, BackendError::RateLimited { retry_after: Some(Duration::from_secs(1)) });
    assert!(started.elapsed() >= Duration::from_secs(1));
    assert_eq!(server.requests(), 2);
}

#[tokio::test]
async fn refusals_are_told_apart() {
    let rejected = |code, field: Option<&str>| BackendError::Rejected { code, field: field.map(Into::into) };
    for (status, body, error) in [
        (400, "", rejected(ErrorCode::Rejected, None)),
        (
            422,
            r#"{"code":"x","message":"m","field":"firstName"}"#,
            rejected(ErrorCode::Rejected, Some("firstName")),
        ),
        (422, r#"{"code":"x","field":"+79161234567"}"#, rejected(ErrorCode::Rejected, None)),
        (422, r#"{"code":"group_without_template"}"#, rejected(ErrorCode::GroupWithoutTemplate, None)),
        (422, "<html>", rejected(ErrorCode::Rejected, None)),
        (401, "", BackendError::Unauthorized),
        (403, "", BackendError::Forbidden),
        (403, r#"{"code":"code_wrong","triesLeft":4}"#, BackendError::CodeWrong { tries_left: Some(4) }),
        (403, r#"{"code":"code_expired"}"#, BackendError::Conflict(ErrorCode::CodeExpired)),
        (404, "", BackendError::NotFound),
        (404, r#"{"code":"guest_not_found"}"#, BackendError::GuestNotFound),
        (405, "", reply_error(ErrorCode::ContractMismatch)),
        (409, "", BackendError::Conflict(ErrorCode::Conflict)),
        (426, "", BackendError::Outdated),
        (429, "", BackendError::RateLimited { retry_after: None }),
    ] {
        let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        let server = Server::start(answer, Then::Close).await;
        assert_eq!(send_to(server.address, Effect::Read).await.unwrap_err(), error, "{status} {body}");
    }
}

#[tokio::test]
async fn only_the_servers_own_no_to_a_write_is_one() {
    let own = r#"{"code":"x","message":"m"}"#;
    let html = "<html><center>nginx</center></html>";
    for (status, foreign, owned) in [
        (400, BackendError::OutcomeUnknown, rejected()),
        (404, BackendError::OutcomeUnknown, BackendError::NotFound),
        (409, BackendError::OutcomeUnknown, BackendError::Conflict(ErrorCode::Conflict)),
        (410, BackendError::OutcomeUnknown, BackendError::NotFound),
        (413, BackendError::OutcomeUnknown, rejected()),
        (422, BackendError::OutcomeUnknown, rejected()),
        (403, BackendError::Forbidden, BackendError::Forbidden),
        (401, BackendError::Unauthorized, BackendError::Unauthorized),
        (
            429,
            BackendError::RateLimited { retry_after: None },
            BackendError::RateLimited { retry_after: None },
        ),
    ] {
        let bodies =
            ["", html, "{}", r#"{"message":"no route"}"#, r#"{"code":""}"#].map(|body| (body, &foreign));
        for (body, error) in bodies.into_iter().chain([(own, &owned)]) {
            let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            let server = Server::start(answer, Then::Close).await;
            let told = send_to(server.address, Effect::Once).await.unwrap_err();
            assert_eq!(told, *error, "{status} {body}");
        }
    }
}

fn rejected() -> BackendError {
    BackendError::Rejected { code: ErrorCode::Rejected, field: None }
}

#[tokio::test]
async fn a_failing_servers_own_word_on_what_happened_is_taken() {
    let unavailable = BackendError::Unavailable { retry_after: None };
    let unknown = BackendError::OutcomeUnknown;
    for (status, code, effect, error) in [
        (503, "unavailable", Effect::Once, &unavailable),
        (504, "outcome_unknown", Effect::Once, &unknown),
        (504, "outcome_unknown", Effect::Repeatable, &unknown),
        (504, "outcome_unknown", Effect::Read, &unavailable),
        (503, "another", Effect::Once, &unknown),
    ] {
        let body = format!("{{\"code\":\"{code}\"}}");
        let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        let server = Server::start(answer, Then::Close).await;
        assert_eq!(send_to(server.address, effect).await.unwrap_err(), *error, "{status} {code} {effect:?}");
    }
}

#[tokio::test]
async fn nothing_new_is_an_answer_only_to_a_request_with_a_condition() {
    let server = Server::start("HTTP/1.1 304 X\r\netag: \"7\"\r\n\r\n", Then::Close).await;
    let options = options(server.address);
    assert_eq!(send_with(&options, Effect::Read).await.unwrap_err(), reply_error(ErrorCode::Redirected));
    let request = Request {
        method: "a/method",
        effect: Effect::Read,
        verb: Verb::Get,
        url: &options.base,
        headers: &HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::from_static("\"7\""))]),
        body: None,
    };
    let reply = http(&options).send(&request).await.unwrap();
    assert_eq!((reply.status, reply.headers["etag"].as_bytes()), (304, &b"\"7\""[..]));
}

#[tokio::test]
async fn an_endless_refusal_is_a_refusal() {
    let server = Server::start("HTTP/1.1 422 X\r\n\r\n", Then::Repeat(&[b' '; 65536])).await;
    assert_eq!(send_to(server.address, Effect::Read).await.unwrap_err(), rejected());
    // Whose no it is cannot be read in it.
    assert_eq!(send_to(server.address, Effect::Once).await.unwrap_err(), BackendError::OutcomeUnknown);
}

#[tokio::test]
async fn a_refusal_whose_body_does_not_come_is_that_refusal_all_the_same() {
    let answer = "HTTP/1.1 403 X\r\ncontent-length: 9\r\n\r\n{";
    assert_eq!(errors(answer, Then::Hang).await, [const { BackendError::Forbidden }; 3]);
    // And nobody waits for it as long as for an answer.
    let server = Server::start(answer, Then::Hang).await;
    let started = std::time::Instant::now();
    assert_eq!(send_to(server.address, Effect::Once).await.unwrap_err(), BackendError::Forbidden);
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_wait_until_a_date_is_counted_by_the_servers_own_clock() {
    let answer = "HTTP/1.1 429 X\r\ndate: Fri, 01 Jan 2100 00:00:00 GMT\r\n\
                  retry-after: Fri, 01 Jan 2100 00:00:30 GMT\r\ncontent-length: 0\r\n\r\n";
    let server = Server::start(answer, Then::Close).await;
    let error = send_to(server.address, Effect::Once).await.unwrap_err();
    assert_eq!(error, BackendError::RateLimited { retry_after: Some(Duration::from_secs(30)) });
}

#[tokio::test]
async fn a_host_that_takes_the_connection_and_never_encrypts_is_offline_however_short_the_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut options = options(listener.local_addr().unwrap());
    options.base = options.base.as_str().replacen("http", "https", 1).parse().unwrap();
    options.connect_timeout = Duration::from_secs(5);
    options.timeout = Duration::from_secs(1);
    let held = tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
        }
    });
    assert_eq!(send_with(&options, Effect::Once).await.unwrap_err(), BackendError::Offline);
    held.abort();
}

#[tokio::test]
async fn giving_up_closes_the_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let call = tokio::spawn(async move { send_to(address, Effect::Read).await });
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut part = [0; 4096];
    assert!(stream.read(&mut part).await.unwrap() > 0);
    call.abort();
    let rest = tokio::time::timeout(Duration::from_secs(2), stream.read(&mut part)).await;
    assert!(matches!(rest, Ok(Ok(0) | Err(_))), "{rest:?}");
}

#[test]
fn addresses_that_would_leak_or_mislead_are_refused() {
    for (base, plain, error) in [
        ("http://probonus.example", false, HttpSetupError::PlainHttp),
        ("ftp://probonus.example", true, HttpSetupError::Address),
        ("https://user@probonus.example", true, HttpSetupError::Address),
        ("https://user:word@probonus.example", true, HttpSetupError::Address),
        ("https://probonus.example/?a=b", true, HttpSetupError::Address),
        ("https://probonus.example/#a", true, HttpSetupError::Address),
    ] {
        let mut options = options(([127, 0, 0, 1], 1).into());
        options.base = base.parse().unwrap();
        options.allow_plain_http = plain;
        let made = Http::new(&options, &VOCABULARY, Arc::new(SystemClock), Arc::new(SystemIds));
        assert_eq!(made.unwrap_err(), error, "{base}");
    }
}

#[test]
fn certificates_that_are_none_are_refused() {
    for pem in ["", "not PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let mut options = options(([127, 0, 0, 1], 1).into());
        options.extra_roots = Some(pem.into());
        let made = Http::new(&options, &VOCABULARY, Arc::new(SystemClock), Arc::new(SystemIds));
        assert_eq!(made.unwrap_err(), HttpSetupError::Certificates, "{pem}");
    }
}

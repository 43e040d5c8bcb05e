use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::IntoResponse;
use loyalty_gateway::GatewayError;
use loyalty_gateway::delivery::{BodyKind, Delivery, DeliveryOptions, Message, ProviderOptions, Success};
use loyalty_gateway::gateway::Origin;
use loyalty_gateway::options::GatewayOptions;

use crate::world::{RICHEST, STRANGER, World, eventually, options, origin};

/// What a provider was sent.
#[derive(Debug, Clone)]
struct Sent {
    query: String,
    key: String,
    content_type: String,
    body: String,
}

/// A provider of messages at an address of its own.
#[derive(Clone)]
struct Provider {
    sent: Arc<Mutex<Vec<Sent>>>,
    answer: Arc<Mutex<(u16, String)>>,
    url: String,
}

impl Provider {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/send", listener.local_addr().unwrap());
        let provider = Self { sent: Arc::default(), answer: Arc::new(Mutex::new((200, "{}".into()))), url };
        let routes = Router::new().fallback(take).with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        provider
    }

    fn answer(&self, status: u16, body: &str) {
        *self.answer.lock().unwrap() = (status, body.to_owned());
    }

    fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }

    fn options(&self) -> ProviderOptions {
        ProviderOptions { url: self.url.clone(), allow_plain_http: true, ..ProviderOptions::default() }
    }
}

async fn take(
    Shared(provider): Shared<Provider>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> impl IntoResponse {
    let header =
        |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    let sent = Sent {
        query: uri.query().unwrap_or_default().to_owned(),
        key: header("x-key"),
        content_type: header("content-type"),
        body: String::from_utf8(body.to_vec()).unwrap(),
    };
    provider.sent.lock().unwrap().push(sent);
    let (status, body) = provider.answer.lock().unwrap().clone();
    (StatusCode::from_u16(status).unwrap(), body)
}

fn message() -> Message {
    Message { phone: loyalty_tests::scene::phone("+79123451234"), code: "004711".into() }
}

fn over(providers: Vec<ProviderOptions>) -> Arc<dyn Delivery> {
    let options =
        DeliveryOptions { text: "Код «{code}»".into(), providers, ..DeliveryOptions::default() };
    options.delivery(true).unwrap()
}

#[tokio::test]
async fn a_message_is_sent_as_the_configuration_describes_it() {
    let provider = Provider::start().await;
    let folder = tempfile::TempDir::new().unwrap();
    let secret_file = folder.path().join("key");
    std::fs::write(&secret_file, "s3 cret\n").unwrap();
    let json = ProviderOptions {
        headers: [("X-Key".to_owned(), "Token {secret}".to_owned())].into(),
        body: r#"{"phones": ["{phone_digits}"], "text": "{text}"}"#.to_owned(),
        secret_file: Some(secret_file.clone()),
        ..provider.options()
    };
    over(vec![json]).deliver(&message()).await.unwrap();
    let sent = provider.sent().pop().unwrap();
    assert_eq!((sent.key.as_str(), sent.content_type.as_str()), ("Token s3 cret", "application/json"));
    assert_eq!(sent.body, r#"{"phones": ["79123451234"], "text": "Код «004711»"}"#);

    let form = ProviderOptions {
        url: format!("{}?login=me&psw={{secret}}", provider.url),
        body_kind: BodyKind::Form,
        body: "to={phone}&code={code}".to_owned(),
        secret_file: Some(secret_file),
        ..provider.options()
    };
    over(vec![form]).deliver(&message()).await.unwrap();
    let sent = provider.sent().pop().unwrap();
    assert_eq!(sent.query, "login=me&psw=s3%20cret");
    assert_eq!(sent.content_type, "application/x-www-form-urlencoded");
    assert_eq!(sent.body, "to=%2B79123451234&code=004711");
}

#[tokio::test]
async fn what_is_no_success_goes_to_the_next_provider() {
    let (first, second) = (Provider::start().await, Provider::start().await);
    let strict = |success| ProviderOptions { success, ..first.options() };
    let text = |text: &str| Some(text.to_owned());
    let by_pointer = Success { pointer: text("/result/0/code"), equals: text("0"), ..Success::default() };
    let by_text = Success { contains: text("accepted"), ..Success::default() };
    for (success, status, answer, taken) in [
        (Success::default(), 200, "whatever", true),
        (Success::default(), 500, "whatever", false),
        (Success::default(), 302, "", false),
        (by_pointer.clone(), 200, r#"{"result": [{"code": 0}]}"#, true),
        (by_pointer.clone(), 200, r#"{"result": [{"code": "0"}]}"#, true),
        (by_pointer.clone(), 200, r#"{"result": [{"code": 7}]}"#, false),
        (by_pointer, 200, "not JSON", false),
        (by_text.clone(), 200, "accepted;1", true),
        (by_text, 200, "error=3", false),
    ] {
        first.answer(status, answer);
        let before = second.sent().len();
        over(vec![strict(success.clone()), second.options()]).deliver(&message()).await.unwrap();
        assert_eq!(second.sent().len() - before, usize::from(!taken), "{success:?} {status} {answer}");
    }
}

#[tokio::test]
async fn a_provider_that_hangs_or_is_gone_or_talks_without_end_is_left_behind() {
    let last = Provider::start().await;
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let endless = Provider::start().await;
    endless.answer(200, &"x".repeat(1 << 20));
    let at = |address: String| ProviderOptions {
        url: address,
        allow_plain_http: true,
        timeout: 1,
        ..ProviderOptions::default()
    };
    let providers = vec![
        at(format!("http://{}/", silent.local_addr().unwrap())),
        at(format!("http://{gone}/")),
        endless.options(),
        last.options(),
    ];
    let delivered = tokio::time::timeout(Duration::from_secs(10), over(providers).deliver(&message())).await;
    delivered.unwrap().unwrap();
    assert_eq!(last.sent().len(), 1);
    assert!(over(vec![at(format!("http://{gone}/"))]).deliver(&message()).await.is_err());
}

#[test]
fn a_wrong_setting_is_named_and_not_repeated() {
    let refused = |provider: ProviderOptions| {
        let options = DeliveryOptions { providers: vec![provider], ..DeliveryOptions::default() };
        options.delivery(true).unwrap_err().to_string()
    };
    let good = || ProviderOptions { url: "https://sms.example/hunter2".into(), ..ProviderOptions::default() };
    for (provider, key) in [
        (ProviderOptions { url: "hunter2".into(), ..good() }, "url"),
        (ProviderOptions { url: "http://sms.example/hunter2".into(), ..good() }, "url"),
        (ProviderOptions { url: "https://me:hunter2@sms.example/".into(), ..good() }, "url"),
        // Before its question mark nothing is put in.
        (ProviderOptions { url: "https://sms.example/hunter2/{secret}".into(), ..good() }, "url"),
        // Not JSON, and not a header, however it is filled.
        (ProviderOptions { body: "{hunter2: \"{phone}\"}".into(), ..good() }, "body"),
        (ProviderOptions { headers: [("x".into(), "hun\nter2".into())].into(), ..good() }, "headers"),
        (ProviderOptions { method: "hunter2".into(), ..good() }, "method"),
        (ProviderOptions { timeout: 0, ..good() }, "timeout"),
        (ProviderOptions { headers: [("hun ter2".into(), String::new())].into(), ..good() }, "headers"),
        (ProviderOptions { body: "{secret}".into(), ..good() }, "secret_file"),
        (ProviderOptions { secret_file: Some("/no/such/hunter2".into()), ..good() }, "secret_file"),
        (
            ProviderOptions {
                success: Success { pointer: Some("/hunter2".into()), ..Success::default() },
                ..good()
            },
            "success",
        ),
    ] {
        let error = refused(provider);
        assert!(error.starts_with(&format!("gateway.delivery.providers[0].{key}:")), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_days_budget_ends_the_sending_and_not_the_asking_and_made_up_phones_get_half_of_it() {
    let delivery = DeliveryOptions { daily_budget: 4, ..DeliveryOptions::default() };
    let world = World::with(GatewayOptions { delivery, ..options() }, "").await;
    for guest in 0..4 {
        let number = format!("+7999555000{guest}");
        world.gateway.request_code(&number, &origin(None)).await.unwrap();
    }
    eventually("two are sent and two are not", || {
        let counters = world.gateway.counters();
        (counters.codes_delivered, counters.codes_failed) == (2, 2)
    })
    .await;
    assert_eq!(world.letterbox.delivered(), 2);
    for known in [RICHEST.to_owned(), world.scene.second_guest().await] {
        world.gateway.request_code(&known, &origin(None)).await.unwrap();
        world.letterbox.code(&known).await;
    }
    world.pass(jiff::SignedDuration::from_secs(61));
    world.gateway.request_code(RICHEST, &origin(None)).await.unwrap();
    eventually("all of it is spent", || world.gateway.counters().codes_failed == 3).await;
    assert_eq!(world.letterbox.delivered(), 4);
    world.pass(jiff::SignedDuration::from_hours(24));
    world.gateway.request_code(RICHEST, &origin(None)).await.unwrap();
    world.letterbox.code(RICHEST).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kiosk_has_a_share_of_the_budget_that_made_up_phones_do_not_reach() {
    let delivery = DeliveryOptions { daily_budget: 20, ..DeliveryOptions::default() };
    let world = World::with(GatewayOptions { delivery, ..options() }, "").await;
    for guest in 0..10 {
        let number = format!("+7999555000{guest}");
        world.gateway.request_code(&number, &origin(None)).await.unwrap();
    }
    eventually("eight are sent and two are not", || {
        let counters = world.gateway.counters();
        (counters.codes_delivered, counters.codes_failed) == (8, 2)
    })
    .await;
    let kiosk = world.kiosk().await;
    for number in ["+79995556001", "+79995556002", "+79995556003"] {
        world.gateway.request_code(number, &origin(Some(&kiosk))).await.unwrap();
    }
    eventually("two more are sent, and the third is not", || {
        let counters = world.gateway.counters();
        (counters.codes_delivered, counters.codes_failed) == (10, 3)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handful_of_addresses_cannot_spend_what_is_for_anybody() {
    let world = World::start().await;
    let sent = async |from: &str, number: u32| {
        let origin = Origin { address: from.parse().unwrap(), device: None };
        world.gateway.request_code(&format!("+7999{number:07}"), &origin).await.is_ok()
    };
    let mut taken = 0;
    for hour in 0..23 {
        for number in 0..20 {
            taken += u32::from(sent("192.0.2.1", hour * 100 + number).await);
        }
        world.pass(jiff::SignedDuration::from_hours(1));
    }
    assert_eq!(taken, options().limits.address_per_day, "though no hour was full");
    assert!(sent("192.0.2.2", 9_000).await, "an address is no other");
    world.pass(jiff::SignedDuration::from_hours(2));
    assert!(sent("192.0.2.1", 9_001).await, "the window slides");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shutdown_waits_for_what_is_on_its_way_and_takes_nothing_more() {
    let world = World::start().await;
    world.letterbox.slow(Duration::from_millis(300));
    for guest in 0..40 {
        // Each from another network: the address has its limit.
        let number = format!("+7999555{guest:04}");
        world.gateway.request_code(&number, &origin(None)).await.unwrap();
    }
    world.gateway.shut_down().await;
    assert_eq!(world.letterbox.delivered(), 40);
    let closed = world.gateway.request_code(STRANGER, &origin(None)).await.unwrap_err();
    assert!(matches!(closed, GatewayError::Unavailable { .. }), "{closed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_sender_hangs_new_codes_are_refused_and_do_not_count() {
    let mut roomy = options();
    roomy.limits.address_per_hour = 10_000;
    roomy.limits.address_per_day = 10_000;
    let world = World::with(roomy, "").await;
    world.letterbox.slow(Duration::from_secs(3600));
    let mut refused = None;
    for guest in 0..600 {
        let number = format!("+7999{guest:07}");
        if let Err(error) = world.gateway.request_code(&number, &origin(None)).await {
            refused = Some((number, error));
            break;
        }
    }
    let (number, error) = refused.expect("the queue has no end");
    assert_eq!(error, GatewayError::Unavailable { retry_after: Some(Duration::from_secs(5)) });
    let again = world.gateway.request_code(&number, &origin(None)).await.unwrap_err();
    assert!(matches!(again, GatewayError::Unavailable { .. }), "the refused request counted: {again:?}");
}

//! Too much, too slowly, too often.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use loyalty_tests::caller::Caller;
use loyalty_tests::gateway::{CONSENT, GatewayScene};
use loyalty_tests::raw::dribble;
use loyalty_tests::scene::RICHEST;
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

fn stranger(index: u32) -> String {
    format!("+7916{index:07}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_at_ten_times_the_limit_is_refused_and_nobody_else_notices() {
    let scene = GatewayScene::start().await;
    let guest = Caller::from_address(scene.running.base_url(), 50);
    let guest = guest.with_token(&scene.tokens(RICHEST).await.0);
    assert_eq!(guest.get("/v1/me/snapshot").await.status, 200);
    let flooder = Caller::from_address(scene.running.base_url(), 66);
    let before = scene.letterbox.delivered();
    let mut flood = JoinSet::new();
    for index in 0..600 {
        let flooder = flooder.clone();
        flood.spawn(async move { flooder.send_code(&stranger(index)).await });
    }
    let mut slowest = Duration::ZERO;
    for _ in 0..20 {
        let answer = guest.get("/v1/me/snapshot").await;
        assert_eq!(answer.status, 200, "{answer:?}");
        slowest = slowest.max(answer.took);
    }
    let mut tally: BTreeMap<u16, u32> = BTreeMap::new();
    for answer in flood.join_all().await {
        *tally.entry(answer.status).or_default() += 1;
        if answer.status == 429 {
            let wait: u64 = answer.header("retry-after").parse().unwrap();
            assert!((1..=3600).contains(&wait), "{wait}");
            assert_eq!(answer.json["retryAfter"].as_u64(), Some(wait));
        }
    }
    // A full gateway may refuse some before it counts them, and never lets in more than the limit.
    let refused: u32 =
        tally.iter().filter(|(status, _)| matches!(status, 429 | 503)).map(|(_, count)| count).sum();
    assert_eq!(tally.get(&202).copied().unwrap_or_default() + refused, 600, "{tally:?}");
    assert_eq!(tally.get(&202), Some(&60), "{tally:?}");
    assert!(slowest < Duration::from_secs(5), "{slowest:?}");
    for _ in 0..100 {
        if scene.letterbox.delivered() - before == 60 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(scene.letterbox.delivered() - before, 60, "texts that somebody pays for");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_is_not_rung_more_than_five_times_an_hour_and_ten_times_a_day() {
    let scene = GatewayScene::start().await;
    let mut sent = Vec::new();
    for minute in 0..(26 * 60_u32) {
        let caller = Caller::from_address(scene.running.base_url(), u8::try_from(2 + minute % 200).unwrap());
        // As somebody would who knows the rules: only when it may work.
        if minute % 10 == 0 && caller.send_code(RICHEST).await.status == 202 {
            sent.push(minute);
        }
        scene.pass(60);
    }
    let within = |span: u32| {
        let worst =
            sent.iter().map(|from| sent.iter().filter(|at| (*from..from + span).contains(*at)).count());
        worst.max().unwrap()
    };
    assert_eq!((within(60), within(24 * 60)), (5, 10), "{sent:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_phone_from_a_hundred_places_at_once_gets_one_text() {
    let scene = GatewayScene::start().await;
    let mut flood = JoinSet::new();
    for last in 2..102 {
        let caller = Caller::from_address(scene.running.base_url(), last);
        flood.spawn(async move { caller.send_code(RICHEST).await.status });
    }
    let granted = flood.join_all().await.into_iter().filter(|status| *status == 202).count();
    assert_eq!(granted, 1);
    scene.letterbox.code(RICHEST).await;
    assert_eq!(scene.letterbox.delivered(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn registering_a_crowd_from_one_address_ends_with_the_address_limit() {
    let scene = GatewayScene::start().await;
    let caller = Caller::from_address(scene.running.base_url(), 66);
    let mut registered = 0;
    for index in 0..70 {
        let number = stranger(index);
        if caller.send_code(&number).await.status != 202 {
            continue;
        }
        let code = scene.letterbox.code(&number).await;
        let session = caller.confirm(&number, &code).await;
        let access = session.json["accessToken"].as_str().unwrap();
        let guest = caller.with_token(access);
        let without = guest.post("/v1/me/registration", &json!({"firstName": "Бот"})).await;
        assert_eq!((without.status, without.code()), (409, "consent_required"), "{without:?}");
        let consent = json!({"kind": "personal_data", "textVersion": CONSENT});
        assert_eq!(guest.post("/v1/me/consents", &consent).await.status, 201);
        let answer = guest.post("/v1/me/registration", &json!({"firstName": "Бот"})).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        registered += 1;
    }
    assert_eq!(registered, 60);
    assert_eq!(scene.scene.count("accounts/insert_by_template"), 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_phone_registered_at_twenty_places_at_once_gets_one_account_and_one_welcome() {
    let scene = GatewayScene::start().await;
    let number = stranger(7);
    let access = scene.tokens(&number).await.0;
    let guest = scene.caller().with_token(&access);
    let consent = json!({"kind": "personal_data", "textVersion": CONSENT});
    assert_eq!(guest.post("/v1/me/consents", &consent).await.status, 201);
    let mut tries = JoinSet::new();
    for _ in 0..20 {
        let guest = guest.clone();
        tries.spawn(async move { guest.post("/v1/me/registration", &json!({"firstName": "Анна"})).await });
    }
    let answers = tries.join_all().await;
    let created = answers.iter().filter(|answer| answer.status == 201).count();
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 201)), "{answers:?}");
    assert_eq!(created, 1);
    assert_eq!(scene.scene.count("accounts/insert_by_template"), 1);
    let account = scene.scene.sandbox.books().account_by_phone(&number).unwrap().unwrap();
    assert_eq!(scene.scene.sandbox.books().balance(account.id).unwrap(), 30_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_sends_a_byte_now_and_then_is_cut_off() {
    let scene = GatewayScene::start().await;
    let head = "GET /v1/programme HTTP/1.1\r\nhost: gateway\r\nx-slow: ".to_owned() + &"a".repeat(400);
    let body = "POST /v1/sign-in/code HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\ncontent-length: 400\r\n\r\n{\"phone\":\"";
    let (address, patience) = (scene.address(), Duration::from_secs(45));
    let slow_head =
        tokio::spawn(
            async move { dribble(address, head.as_bytes(), Duration::from_millis(200), patience).await },
        );
    let slow_body = tokio::spawn(async move {
        let text = body.to_owned() + &" ".repeat(380);
        dribble(address, text.as_bytes(), Duration::from_millis(150), patience).await
    });
    for slow in [slow_head.await.unwrap(), slow_body.await.unwrap()] {
        assert!(slow.closed && slow.took < Duration::from_secs(42), "{slow:?}");
        assert!(matches!(slow.status, None | Some(408)), "{slow:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn more_half_open_requests_than_may_be_under_way_keep_nobody_out() {
    let scene = GatewayScene::with("[gateway]\nmax_requests = 100", "").await;
    let guest = scene.caller().with_token(&scene.tokens(RICHEST).await.0);
    let mut held = Vec::new();
    for index in 0..400 {
        let mut stream = TcpStream::connect(scene.address()).await.unwrap();
        let part: &[u8] = if index % 2 == 0 {
            b"GET /v1/me/snapshot HTTP/1.1\r\nhost: gateway\r\nx: "
        } else {
            b"POST /v1/sign-in/code HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\ncontent-length: 90\r\n\r\n{"
        };
        stream.write_all(part).await.unwrap();
        held.push(stream);
    }
    let started = Instant::now();
    for _ in 0..5 {
        let answer = guest.get("/v1/me/snapshot").await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
    drop(held);
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_over_and_over_is_limited_by_guest_and_does_not_reach_the_books() {
    let scene = GatewayScene::start().await;
    let guest = scene.caller().with_token(&scene.tokens(RICHEST).await.0);
    let mut tally: BTreeMap<u16, u32> = BTreeMap::new();
    for _ in 0..80 {
        *tally.entry(guest.get("/v1/me/transactions?limit=1").await.status).or_default() += 1;
    }
    assert_eq!(tally, BTreeMap::from([(200, 60), (429, 20)]));
    let reads = scene.scene.count("accounts/get_balance_extended");
    for _ in 0..50 {
        let answer = guest.with("cache-control", "no-cache").get("/v1/me/snapshot").await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    // At one standing moment it is read once, however often somebody pulls.
    assert!(scene.scene.count("accounts/get_balance_extended") <= reads + 1);
}

//! Pretending to be somewhere else.

use std::ops::Range;

use loyalty_tests::caller::Caller;
use loyalty_tests::gateway::GatewayScene;

/// Codes to an address in an hour.
const LIMIT: u32 = 60;

fn stranger(index: u32) -> String {
    format!("+7916{index:07}")
}

/// Asks for a code for a phone of its own each time until refused; how many were granted.
async fn granted(
    caller: &Caller,
    phones: Range<u32>,
    header: impl Fn(u32) -> Vec<(&'static str, String)>,
) -> u32 {
    let mut granted = 0;
    for index in phones {
        let caller =
            header(index).into_iter().fold(caller.clone(), |caller, (name, value)| caller.with(name, &value));
        let answer = caller.send_code(&stranger(index)).await;
        match answer.status {
            202 => granted += 1,
            429 => return granted,
            _ => panic!("{answer:?}"),
        }
    }
    granted
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_header_does_not_make_another_address() {
    for name in [
        "x-forwarded-for",
        "forwarded",
        "x-real-ip",
        "true-client-ip",
        "cf-connecting-ip",
        "x-client-ip",
        "client-ip",
        "x-cluster-client-ip",
        "via",
    ] {
        let scene = GatewayScene::start().await;
        let forged = |index: u32| {
            let address = format!("203.0.{}.{}", index / 250, index % 250);
            let value = if name == "forwarded" { format!("for={address}") } else { address };
            vec![(name, value)]
        };
        assert_eq!(granted(&scene.caller(), 0..LIMIT + 10, forged).await, LIMIT, "{name}");
        // And whoever is really somewhere else is let in.
        let other = Caller::from_address(scene.running.base_url(), 77);
        assert_eq!(other.send_code(&stranger(999)).await.status, 202);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_trusted_proxy_the_proxys_own_word_counts_and_no_earlier_one() {
    let trusting = "[gateway]\ntrusted_proxies = [\"127.0.0.1\"]";
    // What the proxy appends is last; the client wrote what stands before it.
    let scene = GatewayScene::with(trusting, "").await;
    let forged = |index: u32| {
        let claimed = format!("203.0.113.{}", index % 250);
        vec![("x-forwarded-for", format!("{claimed}, 10.0.0.{}, 198.51.100.7", index % 250))]
    };
    assert_eq!(granted(&scene.caller(), 0..LIMIT + 10, forged).await, LIMIT);
    let forged = |index: u32| {
        vec![
            ("x-forwarded-for", format!("203.0.113.{}", index % 250)),
            ("x-forwarded-for", "198.51.100.7".to_owned()),
        ]
    };
    assert_eq!(granted(&scene.caller(), 100..103, forged).await, 0, "the same client in two lines");
    // Another client of the same proxy has a budget of its own.
    let honest = |_| vec![("x-forwarded-for", "198.51.100.8".to_owned())];
    assert_eq!(granted(&scene.caller(), 200..203, honest).await, 3);
    // Whoever comes past the proxy is not believed.
    let past = Caller::from_address(scene.running.base_url(), 9);
    let forged = |index: u32| vec![("x-forwarded-for", format!("192.0.2.{}", index % 250))];
    assert_eq!(granted(&past, 300..300 + LIMIT + 10, forged).await, LIMIT);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_address_in_a_proxys_line_is_the_proxys_own() {
    let scene = GatewayScene::with("[gateway]\ntrusted_proxies = [\"127.0.0.1\"]", "").await;
    let rubbish = |index: u32| {
        let words =
            ["unknown", "_hidden", "198.51.100.7:1234", "'; --", "::ffff:999.1.1.1", "", ",", "127.0.0.1, x"];
        vec![("x-forwarded-for", words[usize::try_from(index).unwrap() % words.len()].to_owned())]
    };
    assert_eq!(granted(&scene.caller(), 0..LIMIT + 10, rubbish).await, LIMIT);
}

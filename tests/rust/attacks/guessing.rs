//! Guessing what was sent to somebody else.

use std::collections::BTreeMap;

use loyalty_tests::caller::{Answer, Caller};
use loyalty_tests::gateway::GatewayScene;
use loyalty_tests::scene::RICHEST;
use tokio::task::JoinSet;

/// A code that is not `right`, different for every `index`.
fn wrong(right: &str, index: u32) -> String {
    let right: u32 = right.parse().unwrap();
    format!("{:06}", (right + 1 + index) % 1_000_000)
}

/// How often each code of ours came back.
fn tally(answers: &[Answer]) -> BTreeMap<String, usize> {
    let mut tally = BTreeMap::new();
    for answer in answers {
        let word = if answer.status == 200 { "opened" } else { answer.code() };
        *tally.entry(word.to_owned()).or_default() += 1;
    }
    tally
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_dies_with_the_fifth_wrong_guess_wherever_the_guesses_come_from() {
    let scene = GatewayScene::start().await;
    assert_eq!(scene.caller().send_code(RICHEST).await.status, 202);
    let code = scene.letterbox.code(RICHEST).await;
    for guess in 0..5_u8 {
        let caller = Caller::from_address(scene.running.base_url(), 10 + guess);
        let answer = caller.confirm(RICHEST, &wrong(&code, u32::from(guess))).await;
        assert_eq!((answer.status, answer.code()), (403, "code_wrong"), "{answer:?}");
        assert_eq!(answer.json["triesLeft"].as_u64(), Some(4 - u64::from(guess)));
    }
    for last in 20..40 {
        let caller = Caller::from_address(scene.running.base_url(), last);
        let answer = caller.confirm(RICHEST, &wrong(&code, u32::from(last))).await;
        assert_eq!((answer.status, answer.code()), (403, "code_expired"), "{answer:?}");
    }
    // And the guest who has it in their hands has to ask for another.
    let answer = scene.caller().confirm(RICHEST, &code).await;
    assert_eq!((answer.status, answer.code()), (403, "code_expired"), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_guesses_at_the_same_moment_are_no_more_than_five() {
    let scene = GatewayScene::start().await;
    assert_eq!(scene.caller().send_code(RICHEST).await.status, 202);
    let code = scene.letterbox.code(RICHEST).await;
    let mut guesses = JoinSet::new();
    for index in 0..100_u32 {
        let caller = Caller::from_address(scene.running.base_url(), u8::try_from(10 + index % 50).unwrap());
        let guess = wrong(&code, index);
        guesses.spawn(async move { caller.confirm(RICHEST, &guess).await });
    }
    let tally = tally(&guesses.join_all().await);
    assert_eq!(tally, BTreeMap::from([("code_wrong".into(), 5), ("code_expired".into(), 95)]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_right_code_at_twenty_places_at_once_opens_one_session() {
    let scene = GatewayScene::start().await;
    assert_eq!(scene.caller().send_code(RICHEST).await.status, 202);
    let code = scene.letterbox.code(RICHEST).await;
    let mut tries = JoinSet::new();
    for last in 10..30 {
        let (caller, code) = (Caller::from_address(scene.running.base_url(), last), code.clone());
        tries.spawn(async move { caller.confirm(RICHEST, &code).await });
    }
    let tally = tally(&tries.join_all().await);
    assert_eq!(tally, BTreeMap::from([("opened".into(), 1), ("code_expired".into(), 19)]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_day_of_guessing_is_fifty_guesses_in_a_million() {
    let scene = GatewayScene::start().await;
    let mut guesses = 0_u32;
    // A round a minute, each from another address, for a day.
    for minute in 0..(24 * 60_u32) {
        let last = u8::try_from(2 + minute % 250).unwrap();
        let caller = Caller::from_address(scene.running.base_url(), last);
        let sent = caller.send_code(RICHEST).await;
        scene.pass(60);
        if sent.status != 202 {
            assert_eq!((sent.status, sent.code()), (429, "rate_limited"), "{sent:?}");
            continue;
        }
        let code = scene.letterbox.code(RICHEST).await;
        while caller.confirm(RICHEST, &wrong(&code, guesses)).await.code() == "code_wrong" {
            guesses += 1;
        }
        if guesses >= 50 {
            // The rest of the day is spent asking, which is cheap to show for an hour.
            for _ in 0..60 {
                assert_eq!(caller.send_code(RICHEST).await.code(), "rate_limited");
                scene.pass(60);
            }
            break;
        }
    }
    assert_eq!(guesses, 50);
    assert_eq!(scene.letterbox.delivered(), 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_one_code_each_for_many_phones_is_limited_by_address() {
    let scene = GatewayScene::start().await;
    let caller = Caller::from_address(scene.running.base_url(), 66);
    let mut answers = Vec::new();
    for index in 0..130_u32 {
        answers.push(caller.confirm(&format!("+7916{index:07}"), "000000").await);
    }
    let tally = tally(&answers);
    assert_eq!(tally, BTreeMap::from([("code_expired".into(), 120), ("rate_limited".into(), 10)]));
    let wait: u64 = answers.last().unwrap().header("retry-after").parse().unwrap();
    assert!((1..=3600).contains(&wait));
    // Others are not held up.
    assert_eq!(scene.caller().send_code(RICHEST).await.status, 202);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_opens_only_the_phone_that_it_was_sent_to() {
    let scene = GatewayScene::start().await;
    let other = scene.scene.second_guest().await;
    for number in [RICHEST, &other] {
        assert_eq!(scene.caller().send_code(number).await.status, 202);
    }
    let code = scene.letterbox.code(&other).await;
    if code != scene.letterbox.code(RICHEST).await {
        assert_eq!(scene.caller().confirm(RICHEST, &code).await.code(), "code_wrong");
    }
    assert_eq!(scene.caller().confirm(&other, &code).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_looks_like_the_code_is_not_the_code() {
    let scene = GatewayScene::start().await;
    assert_eq!(scene.caller().send_code(RICHEST).await.status, 202);
    let code = scene.letterbox.code(RICHEST).await;
    let full_width: String =
        code.chars().map(|digit| char::from_u32(digit as u32 + 0xFEE0).unwrap()).collect();
    for guess in [
        String::new(),
        format!("{code}0"),
        format!("0{code}"),
        code[..5].to_owned(),
        format!("+{code}"),
        format!("-{code}"),
        format!("{code}.0"),
        format!("{code}\u{0}"),
        "' OR '1'='1".to_owned(),
        "%".to_owned(),
        "______".to_owned(),
    ] {
        let answer = scene.caller().confirm(RICHEST, &guess).await;
        let is_no = matches!(answer.code(), "code_wrong" | "code_expired" | "field_invalid" | "rejected");
        assert!(is_no && matches!(answer.status, 400 | 403 | 422), "{guess:?}: {answer:?}");
    }
    let answer = scene.caller().confirm(RICHEST, &full_width).await;
    assert_ne!(answer.status, 500, "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_too_old_after_five_minutes_and_gone_with_the_next() {
    let scene = GatewayScene::start().await;
    assert_eq!(scene.caller().send_code(RICHEST).await.status, 202);
    let old = scene.letterbox.code(RICHEST).await;
    scene.pass(301);
    assert_eq!(scene.caller().confirm(RICHEST, &old).await.code(), "code_expired");
    assert_eq!(scene.caller().send_code(RICHEST).await.status, 202);
    let first = scene.letterbox.code(RICHEST).await;
    scene.pass(61);
    assert_eq!(scene.caller().send_code(RICHEST).await.status, 202);
    let second = scene.letterbox.code(RICHEST).await;
    if first != second {
        assert_eq!(scene.caller().confirm(RICHEST, &first).await.code(), "code_wrong");
    }
    assert_eq!(scene.caller().confirm(RICHEST, &second).await.status, 200);
}

//! Finding out who is a guest.

use std::time::Duration;

use loyalty_sandbox::{Fault, FaultKind, Times};
use loyalty_tests::caller::Answer;
use loyalty_tests::gateway::GatewayScene;
use loyalty_tests::scene::RICHEST;

/// Nobody has it.
const NOBODY: &str = "+79161112233";
/// How long the lookup and the sender are held.
const HELD: Duration = Duration::from_secs(5);
/// A reply that came at once, on a machine that is busy.
const AT_ONCE: Duration = Duration::from_millis(2500);

/// Everything of an answer that may not tell one phone from another.
fn told(answer: &Answer) -> (u16, String, Vec<(String, String)>) {
    let differs = ["date", "loyalty-request-id"];
    let headers = answer.headers.iter().filter(|(name, _)| !differs.contains(&name.as_str()));
    let mut headers: Vec<_> =
        headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    headers.sort();
    let body = if answer.json.is_object() { answer.problem().to_string() } else { answer.text.clone() };
    (answer.status, body, headers)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_and_a_stranger_get_the_same_answers_to_the_letter() {
    let scene = GatewayScene::start().await;
    let caller = scene.caller();
    let asked = [caller.send_code(RICHEST).await, caller.send_code(NOBODY).await];
    assert_eq!(asked[0].status, 202);
    assert_eq!(told(&asked[0]), told(&asked[1]));
    // Both get a code, as a stranger may want to register.
    let codes = [scene.letterbox.code(RICHEST).await, scene.letterbox.code(NOBODY).await];
    let too_soon = [caller.send_code(RICHEST).await, caller.send_code(NOBODY).await];
    assert_eq!(too_soon[0].status, 429);
    assert_eq!(told(&too_soon[0]), told(&too_soon[1]));
    let guess = |code: &str| if code == "123456" { "654321" } else { "123456" };
    for _ in 0..7 {
        let guessed =
            [caller.confirm(RICHEST, guess(&codes[0])).await, caller.confirm(NOBODY, guess(&codes[1])).await];
        assert_eq!(guessed[0].status, 403);
        assert_eq!(told(&guessed[0]), told(&guessed[1]));
    }
    scene.pass(61);
    let sessions = [scene.tokens(RICHEST).await, scene.tokens(NOBODY).await];
    assert_eq!(sessions[0].0.len(), sessions[1].0.len());
    assert_eq!(sessions[0].1.len(), sessions[1].1.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_never_asked_and_one_whose_code_is_used_up_are_the_same() {
    let scene = GatewayScene::start().await;
    let caller = scene.caller();
    scene.tokens(RICHEST).await;
    let used = caller.confirm(RICHEST, "000000").await;
    let never = caller.confirm(NOBODY, "000000").await;
    assert_eq!((used.status, told(&used)), (403, told(&never)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reply_comes_at_once_while_the_lookup_and_the_sender_are_held() {
    // With and without registration: where strangers cannot register, a lookup decides who gets a code.
    for gateway in ["", CLOSED] {
        let scene = GatewayScene::with(gateway, "").await;
        let delay = FaultKind::Delay { ms: u64::try_from(HELD.as_millis()).unwrap() };
        scene.scene.sandbox.faults().add(Fault::new("*", delay, Times::Forever));
        scene.letterbox.slow(HELD);
        let caller = scene.caller();
        for number in [RICHEST, NOBODY] {
            let answer = caller.send_code(number).await;
            assert_eq!(answer.status, 202, "{answer:?}");
            assert!(answer.took < AT_ONCE, "{number} took {:?}", answer.took);
            assert!(!scene.letterbox.has_code(number));
        }
        // The code is on its way all the same, but for a stranger who could do nothing with it.
        let code = late_code(&scene, RICHEST).await.expect("the guest's code");
        assert_eq!(caller.confirm(RICHEST, &code).await.status, 200);
        assert_eq!(late_code(&scene, NOBODY).await.is_some(), gateway.is_empty());
    }
}

/// A gateway that registers nobody.
const CLOSED: &str = "[gateway.programme]\nregistration = false";

async fn late_code(scene: &GatewayScene, number: &str) -> Option<String> {
    for _ in 0..240 {
        if scene.letterbox.has_code(number) {
            return Some(scene.letterbox.code(number).await);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    None
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_registers_a_stranger_cannot_tell_from_what_comes_after_either() {
    let scene = GatewayScene::with(CLOSED, "").await;
    let caller = scene.caller();
    let asked = [caller.send_code(RICHEST).await, caller.send_code(NOBODY).await];
    assert_eq!(asked[0].status, 202);
    assert_eq!(told(&asked[0]), told(&asked[1]));
    scene.letterbox.code(RICHEST).await;
    for _ in 0..7 {
        let guessed = [caller.confirm(RICHEST, "000000").await, caller.confirm(NOBODY, "000000").await];
        assert_eq!(told(&guessed[0]), told(&guessed[1]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_holds_a_phone_or_what_was_sent() {
    let scene = GatewayScene::start().await;
    let caller = scene.caller();
    let digits = "9161112233";
    let mut answers = vec![caller.send_code(NOBODY).await, caller.send_code(NOBODY).await];
    answers.push(caller.confirm(NOBODY, "000000").await);
    answers.push(caller.send_code("+1 916 111 22 33 9161112233").await);
    answers.push(caller.post("/v1/sign-in/code", &serde_json::json!({"phone": NOBODY, NOBODY: 1})).await);
    answers.push(caller.post("/v1/sign-in/code", &serde_json::json!({"phone": [NOBODY]})).await);
    answers.push(caller.get(&format!("/v1/sign-in/{digits}")).await);
    answers.push(caller.get(&format!("/v1/me/receipts/{digits}")).await);
    for answer in answers {
        assert!(!answer.text.contains(digits), "{answer:?}");
        for (name, value) in &answer.headers {
            assert!(!value.to_str().unwrap_or_default().contains(digits), "{name}");
        }
    }
}

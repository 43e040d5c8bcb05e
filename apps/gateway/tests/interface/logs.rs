//! Whole journeys with every log at its most talkative, searched for anything personal or secret.

use std::io;
use std::sync::{Arc, Mutex};

use loyalty_tests::gateway::GatewayScene;
use loyalty_tests::scene::{RICHEST, TOKEN};
use serde_json::Value;
use tracing_subscriber::fmt::MakeWriter;

use crate::journey::{self, Answers, EMAIL, NAME, NEWCOMER, TILL_CODES};

/// Collects what is written, from every thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;
    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// The texts under these members, wherever they stand in the answers: tokens, references and codes.
fn told(answers: &Answers, members: &[&str]) -> Vec<String> {
    fn search(value: &Value, members: &[&str], found: &mut Vec<String>) {
        match value {
            Value::Object(object) => {
                for (name, value) in object {
                    if let (true, Some(text)) = (members.contains(&name.as_str()), value.as_str()) {
                        found.push(text.to_owned());
                    }
                    search(value, members, found);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| search(item, members, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    answers.iter().for_each(|(_, answer)| search(&answer.json, members, &mut found));
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_personal_or_secret_is_logged() {
    let log = Log::default();
    // For this process: nothing else in it may hold a subscriber, or a thread would be missed.
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone());
    subscriber.with_ansi(false).init();
    let scene = GatewayScene::with("", TILL_CODES).await;
    let mut answers = journey::newcomer(&scene).await;
    answers.extend(journey::veteran(&scene, RICHEST).await);
    let second = scene.scene.second_guest().await;
    answers.extend(journey::kiosk(&scene, &second).await);
    scene.running.shutdown().await;

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    // What the libraries below us say at their loudest is theirs; the command shows our own targets only.
    let ours: String = log.lines().filter(|line| line.contains("loyalty_")).collect::<Vec<_>>().join("\n");
    for expected in ["answered", "/v1/me/receipts/{receipt}", "session="] {
        assert!(ours.contains(expected), "the log says nothing of {expected}");
    }
    let mut secrets = told(
        &answers,
        &[
            "accessToken",
            "refreshToken",
            "receipt",
            "next",
            "value",
            "firstName",
            "lastName",
            "email",
            "venue",
        ],
    );
    assert!(secrets.len() > 20, "the journey told little: {}", secrets.len());
    for number in [NEWCOMER, RICHEST, &second] {
        secrets.push(number.trim_start_matches("+7").to_owned());
    }
    secrets.extend([NAME, EMAIL, TOKEN].map(str::to_owned));
    for secret in secrets.iter().filter(|secret| secret.chars().count() > 3) {
        assert!(!ours.contains(secret.as_str()), "{secret} is in the log");
    }
}

//! The till of the sandbox: a door of the restaurant's and not of ProBonus's API, so the core has no word for it.

use std::time::Duration;

use loyalty_core::LoyaltyError;
use loyalty_core::domain::{Bonus, Money, Phone};
use serde::Deserialize;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::failure::Failure;

/// The till answers at once, from this machine.
const PATIENCE: Duration = Duration::from_secs(10);
/// No answer of the till is longer.
const LONGEST: u64 = 64 * 1024;

/// What a visit came to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Visit {
    pub(super) check_id: i64,
    pub(super) paid: Money,
    pub(super) accrued: Bonus,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    check_id: i64,
    paid: i64,
    bonus_accrued: i64,
}

/// The guest with this phone has a meal for `sum` kopecks.
pub(super) async fn visit(base_url: &str, phone: &Phone, sum: i64) -> Result<Visit, Failure> {
    let host = base_url.trim_start_matches("http://");
    let body = json!({"phone": phone.e164(), "sum": sum, "restCode": "1"}).to_string();
    let answer = tokio::time::timeout(PATIENCE, post(host, "/till/check", &body)).await;
    let answer = answer.map_err(|_| LoyaltyError::Timeout { code: loyalty_core::ErrorCode::Timeout })?;
    let answer = answer.map_err(|error| Failure::local("the till", &error))?;
    let answer: Answer = serde_json::from_slice(&answer).map_err(|_| LoyaltyError::Internal)?;
    Ok(Visit {
        check_id: answer.check_id,
        paid: Money::from_hundredths(answer.paid),
        accrued: Bonus::from_hundredths(answer.bonus_accrued),
    })
}

/// One request and its answer's body. HTTP/1.0, in which an answer ends with its connection and is never chunked.
async fn post(host: &str, path: &str, body: &str) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(host).await?;
    let request = format!(
        "POST {path} HTTP/1.0\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(LONGEST).read_to_end(&mut answer).await?;
    let split = answer.windows(4).position(|window| window == b"\r\n\r\n");
    let accepted = answer.split(|byte| *byte == b' ').nth(1) == Some(b"200");
    match split.and_then(|end| answer.get(end + 4..)) {
        Some(body) if accepted => Ok(body.to_vec()),
        _ => Err(std::io::Error::other("refused the check")),
    }
}

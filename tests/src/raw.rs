//! HTTP written by hand, for what no client library would send.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What a server did with bytes.
#[derive(Debug)]
pub struct Outcome {
    /// The status of its first answer; `None` when it closed without one.
    pub status: Option<u16>,
    /// All that it sent.
    pub text: String,
    /// How long it kept the connection.
    pub took: Duration,
    /// Whether it had closed the connection within the patience.
    pub closed: bool,
}

impl Outcome {
    /// How many answers came on the connection.
    pub fn answers(&self) -> usize {
        self.text.matches("HTTP/1.1 ").count()
    }
}

/// Sends bytes and reads until the server closes or patience ends.
pub async fn exchange(address: SocketAddr, bytes: &[u8], patience: Duration) -> Outcome {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let started = Instant::now();
    // A server that has heard enough may close before it has read everything.
    let _ = stream.write_all(bytes).await;
    read(stream, started, patience).await
}

/// Sends bytes one by one with a pause before each, for as long as the server listens; then reads.
pub async fn dribble(address: SocketAddr, bytes: &[u8], pause: Duration, patience: Duration) -> Outcome {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let started = Instant::now();
    for byte in bytes {
        tokio::time::sleep(pause).await;
        if started.elapsed() > patience || stream.write_all(&[*byte]).await.is_err() {
            break;
        }
        let mut answer = [0];
        // An answer before the end of the request, or the end of the connection.
        if tokio::time::timeout(Duration::from_millis(1), stream.peek(&mut answer)).await.is_ok() {
            break;
        }
    }
    let left = patience.saturating_sub(started.elapsed()).max(Duration::from_millis(500));
    read(stream, started, left).await
}

async fn read(mut stream: TcpStream, started: Instant, patience: Duration) -> Outcome {
    let mut bytes = Vec::new();
    let mut part = vec![0; 16 * 1024];
    let deadline = tokio::time::Instant::now() + patience;
    let closed = loop {
        match tokio::time::timeout_at(deadline, stream.read(&mut part)).await {
            Err(_) => break false,
            Ok(Ok(0) | Err(_)) => break true,
            Ok(Ok(length)) => bytes.extend_from_slice(&part[..length]),
        }
    };
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let status = text.split(' ').nth(1).and_then(|word| word.parse().ok());
    Outcome { status, text, took: started.elapsed(), closed }
}

/// A request with a body, as text.
pub fn request(head: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "{head}\r\nhost: gateway\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

//! Many clients of one server: how much it serves, and how long they wait when it is not full.
//!
//! The clients speak plain HTTP/1.1 over connections that stay open. They cost little and the same on both sides.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

/// Connections at a time.
const CLIENTS: u32 = 32;

/// What clients ask for, and of whom.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    address: SocketAddr,
    request: Arc<str>,
}

impl Target {
    /// A `GET` with more header lines, each ended by CRLF.
    pub(crate) fn new(address: SocketAddr, path: &str, headers: &str) -> Self {
        let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n{headers}\r\n").into();
        Self { address, request }
    }

    /// The body that one request is answered with.
    pub(crate) async fn body(&self) -> io::Result<Vec<u8>> {
        let mut client = Client::connect(self).await?;
        client.ask().await?;
        Ok(client.reply.split_off(client.head))
    }

    /// How long a reply takes on average when every client asks again at once: the server is full then.
    pub(crate) fn full(&self, clients: &Runtime, time: Duration) -> io::Result<Duration> {
        let end = Instant::now() + time;
        let started = Instant::now();
        let waits = clients.block_on(self.crowd(move |mut client, _| async move {
            let mut waits = Vec::new();
            while Instant::now() < end {
                let asked = Instant::now();
                client.ask().await?;
                waits.push(asked.elapsed());
            }
            Ok(waits)
        }))?;
        let replies = u32::try_from(waits.len()).map_err(io::Error::other)?;
        started.elapsed().checked_div(replies).ok_or_else(|| io::Error::other("there was no reply"))
    }

    /// The wait that one reply in a hundred exceeds when requests come in an even row, one each `interval`, whether or
    /// not the server keeps up.
    pub(crate) fn paced(
        &self,
        clients: &Runtime,
        interval: Duration,
        time: Duration,
    ) -> io::Result<Duration> {
        let waits = clients.block_on(self.crowd(move |mut client, number| async move {
            let started = Instant::now();
            let mut due = started + interval * number;
            let mut waits = Vec::new();
            while due < started + time {
                let asked = if Instant::now() < due {
                    sleep_until(due).await;
                    // A timer that rings late is not the server's fault.
                    Instant::now()
                } else {
                    // That the reply before took so long is.
                    due
                };
                client.ask().await?;
                waits.push(asked.elapsed());
                due += interval * CLIENTS;
            }
            Ok(waits)
        }))?;
        percentile(waits, 99).ok_or_else(|| io::Error::other("there was no reply"))
    }

    /// Lets all clients work at the same time.
    async fn crowd<W>(&self, work: impl Fn(Client, u32) -> W) -> io::Result<Vec<Duration>>
    where
        W: Future<Output = io::Result<Vec<Duration>>> + Send + 'static,
    {
        let mut crowd = JoinSet::new();
        for number in 0..CLIENTS {
            crowd.spawn(work(Client::connect(self).await?, number));
        }
        let mut waits = Vec::new();
        while let Some(done) = crowd.join_next().await {
            waits.extend(done.map_err(io::Error::other)??);
        }
        Ok(waits)
    }
}

fn percentile(mut waits: Vec<Duration>, percent: usize) -> Option<Duration> {
    waits.sort_unstable();
    waits.get(waits.len() * percent / 100).copied()
}

/// One connection.
struct Client {
    stream: TcpStream,
    request: Arc<str>,
    reply: Vec<u8>,
    /// Where the reply's body begins.
    head: usize,
}

impl Client {
    async fn connect(target: &Target) -> io::Result<Self> {
        let stream = TcpStream::connect(target.address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, request: Arc::clone(&target.request), reply: Vec::new(), head: 0 })
    }

    /// Sends the request and reads the whole of its reply, which has to be a 200.
    async fn ask(&mut self) -> io::Result<()> {
        self.stream.write_all(self.request.as_bytes()).await?;
        self.reply.clear();
        loop {
            if self.stream.read_buf(&mut self.reply).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let Some(head) = self.reply.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
            self.head = head.saturating_add(4);
            let length = length(self.reply.get(..head).unwrap_or_default())?;
            if self.reply.len() >= self.head.saturating_add(length) {
                return Ok(());
            }
        }
    }
}

/// What the head of a reply says about its body.
fn length(head: &[u8]) -> io::Result<usize> {
    let head = std::str::from_utf8(head).map_err(io::Error::other)?;
    if !head.starts_with("HTTP/1.1 200 ") {
        return Err(io::Error::other(head.lines().next().unwrap_or_default().to_owned()));
    }
    let named = head.lines().filter_map(|line| line.split_once(':'));
    let length = named.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length = length.map(|(_, value)| value.trim().parse()).next();
    length.ok_or_else(|| io::Error::other("a reply without a length"))?.map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_in_a_hundred_waits_longer() {
        let waits = (0..200).rev().map(Duration::from_millis).collect();
        assert_eq!(percentile(waits, 99), Some(Duration::from_millis(198)));
        assert_eq!(percentile(Vec::new(), 99), None);
    }

    #[test]
    fn only_a_reply_that_is_one_counts() {
        assert_eq!(length(b"HTTP/1.1 200 OK\r\nContent-Length: 12").unwrap(), 12);
        let refused = length(b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 12").unwrap_err();
        assert_eq!(refused.to_string(), "HTTP/1.1 401 Unauthorized");
        assert!(length(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked").is_err());
    }
}

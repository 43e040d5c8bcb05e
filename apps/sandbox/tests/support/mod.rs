//! A small HTTP client over a bare socket, so that a reset is seen as a reset.
// Each test binary uses a part of it.
#![allow(dead_code)]
// A test stops at the first thing that is not as it should be.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use loyalty_sandbox::{Data, Options, RunningSandbox, Sandbox};
use serde_json::Value;

/// The day all tests begin on, unless they say otherwise.
pub(crate) const TODAY: &str = "2026-06-15";

pub(crate) fn options() -> Options {
    Options::at(TODAY.parse().unwrap()).data(Data::Small(20))
}

pub(crate) fn start(options: Options) -> RunningSandbox {
    Sandbox::start(options, 0).unwrap()
}

/// An answer as it came.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    /// The JSON of a 200.
    pub(crate) fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}", String::from_utf8_lossy(&self.body));
        self.json()
    }

    /// Status and code of a refusal.
    pub(crate) fn refusal(&self) -> (u16, String) {
        (self.status, self.json()["code"].as_str().unwrap_or_default().to_owned())
    }
}

/// Asks one sandbox.
pub(crate) struct Client {
    address: String,
    pub(crate) headers: Vec<(String, String)>,
}

impl Client {
    pub(crate) fn of(sandbox: &RunningSandbox) -> Self {
        Self {
            address: sandbox.base_url().strip_prefix("http://").unwrap().to_owned(),
            headers: vec![("X-API-Key".into(), "sandbox-token".into())],
        }
    }

    pub(crate) fn with_header(sandbox: &RunningSandbox, name: &str, value: &str) -> Self {
        Self { headers: vec![(name.into(), value.into())], ..Self::of(sandbox) }
    }

    /// A GET of a method under `/api/v0/`.
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", &format!("/api/v0/{path}"), None).unwrap()
    }

    /// A POST to a method under `/api/v0/`.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", &format!("/api/v0/{path}"), Some(body.to_string().as_bytes())).unwrap()
    }

    pub(crate) fn till(&self, body: &Value) -> Answer {
        self.send("POST", "/till/check", Some(body.to_string().as_bytes())).unwrap()
    }

    pub(crate) fn send(&self, verb: &str, path: &str, body: Option<&[u8]>) -> io::Result<Answer> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        stream.write_all(&self.request(verb, path, body))?;
        let mut raw = Vec::new();
        stream.read_to_end(&mut raw)?;
        parse(&raw)
    }

    /// The bytes of a request, for tests that send them by themselves.
    pub(crate) fn request(&self, verb: &str, path: &str, body: Option<&[u8]>) -> Vec<u8> {
        let mut head = format!("{verb} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.address);
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        if let Some(body) = body {
            head += &format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
        }
        let mut bytes = (head + "\r\n").into_bytes();
        bytes.extend_from_slice(body.unwrap_or_default());
        bytes
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }
}

fn parse(raw: &[u8]) -> io::Result<Answer> {
    let end = raw.windows(4).position(|window| window == b"\r\n\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
    let head = String::from_utf8_lossy(&raw[..end]);
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers: Vec<_> = lines
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let mut answer = Answer { status, headers, body: raw[end + 4..].to_vec() };
    if answer.header("transfer-encoding") == Some("chunked") {
        answer.body = unchunk(&answer.body)?;
    }
    Ok(answer)
}

fn unchunk(mut raw: &[u8]) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = raw.windows(2).position(|window| window == b"\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
        let size = usize::from_str_radix(&String::from_utf8_lossy(&raw[..line]), 16).unwrap();
        if size == 0 {
            return Ok(body);
        }
        body.extend_from_slice(&raw[line + 2..line + 2 + size]);
        raw = &raw[line + 2 + size + 2..];
    }
}

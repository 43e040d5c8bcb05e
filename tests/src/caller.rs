//! A client that sends what a test wants, well-behaved or not.

use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: reqwest::header::HeaderMap,
    /// The body.
    pub text: String,
    /// The body as JSON; `null` when it is none.
    pub json: Value,
    /// How long it took.
    pub took: Duration,
}

impl Answer {
    /// Our code in a problem document; empty in anything else.
    pub fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }

    /// A header's text; empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The problem document without what differs from request to request.
    pub fn problem(&self) -> Value {
        let mut problem = self.json.clone();
        problem["requestId"] = Value::Null;
        problem
    }
}

/// A client at one address of this machine.
#[derive(Debug, Clone)]
pub struct Caller {
    base: String,
    http: reqwest::Client,
    headers: Vec<(String, String)>,
}

impl Caller {
    /// From `127.0.0.1`.
    pub fn new(base_url: &str) -> Self {
        Self::from_address(base_url, 1)
    }

    /// From `127.0.0.N`: every such address is this machine's.
    pub fn from_address(base_url: &str, last: u8) -> Self {
        // Whoever installs it first in this process is as good as any other.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let local = IpAddr::V4(Ipv4Addr::new(127, 0, 0, last));
        let http = reqwest::Client::builder()
            .local_address(local)
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(60))
            .no_proxy()
            .build()
            .unwrap();
        Self { base: base_url.to_owned(), http, headers: Vec::new() }
    }

    /// The same, with a header on every request.
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut caller = self.clone();
        caller.headers.push((name.to_owned(), value.to_owned()));
        caller
    }

    /// The same, with an access token.
    pub fn with_token(&self, token: &str) -> Self {
        self.with("authorization", &format!("Bearer {token}"))
    }

    /// A request to be changed further; send it with [`Self::send`].
    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request
    }

    /// Sends a request and reads the whole answer.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let started = Instant::now();
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let json = serde_json::from_str(&text).unwrap_or_default();
        Answer { status, headers, text, json, took: started.elapsed() }
    }

    /// Reads a path.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path)).await
    }

    /// Sends JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        let request = self.request("POST", path).header("content-type", "application/json");
        self.send(request.body(body.to_string())).await
    }

    /// Sends a request without a body.
    pub async fn call(&self, method: &str, path: &str) -> Answer {
        self.send(self.request(method, path)).await
    }

    /// Asks for a code.
    pub async fn send_code(&self, phone: &str) -> Answer {
        self.post("/v1/sign-in/code", &json!({"phone": phone})).await
    }

    /// Tries a code.
    pub async fn confirm(&self, phone: &str, code: &str) -> Answer {
        self.post("/v1/sign-in/confirm", &json!({"phone": phone, "code": code})).await
    }

    /// Renews a session.
    pub async fn refresh(&self, token: &str) -> Answer {
        self.post("/v1/sessions/refresh", &json!({"refreshToken": token})).await
    }
}

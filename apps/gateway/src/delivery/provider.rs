//! Providers of messages that are spoken to over HTTP, as the operator's configuration describes them.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use loyalty_core::backend::http::{HttpOptions, bare_client};
use loyalty_core::domain::Phone;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use super::template::{self, BodyKind, Place, Values};
use super::{Delivering, Delivery, DeliveryError, DeliveryOptions, Message};

/// As much of a reply as the rule of success looks at.
const LONGEST_REPLY: usize = 64 * 1024;

/// One of `[[gateway.delivery.providers]]`. In `url` (behind the question mark), `headers` and `body`, `{phone}`,
/// `{phone_digits}`, `{code}`, `{text}` and `{secret}` stand for the message and for the secret.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProviderOptions {
    /// What logs call it.
    pub name: String,
    /// Where messages are sent to.
    pub url: String,
    /// `POST`, `GET` or `PUT`.
    pub method: String,
    /// Headers.
    pub headers: BTreeMap<String, String>,
    /// What the body is.
    pub body_kind: BodyKind,
    /// The body.
    pub body: String,
    /// A file with the provider's key: one line, for `{secret}`.
    pub secret_file: Option<PathBuf>,
    /// What a reply has to be like, beside a status of 2xx.
    pub success: Success,
    /// How long a provider may take, in seconds.
    pub timeout: u64,
    /// Whether an `http` address is taken.
    pub allow_plain_http: bool,
}

impl Default for ProviderOptions {
    fn default() -> Self {
        Self {
            name: String::new(),
            url: String::new(),
            method: "POST".to_owned(),
            headers: BTreeMap::new(),
            body_kind: BodyKind::Json,
            body: r#"{"to": "{phone}", "text": "{text}"}"#.to_owned(),
            secret_file: None,
            success: Success::default(),
            timeout: 10,
            allow_plain_http: false,
        }
    }
}

/// The rule of success: everything that is given must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Success {
    /// The body contains this text.
    pub contains: Option<String>,
    /// A JSON pointer (RFC 6901), such as `/status`, to a value that `equals` names.
    pub pointer: Option<String>,
    /// The value there: a text, or a number or flag as its text.
    pub equals: Option<String>,
}

impl Success {
    fn holds(&self, body: &[u8]) -> bool {
        let text = String::from_utf8_lossy(body);
        if self.contains.as_ref().is_some_and(|wanted| !text.contains(wanted.as_str())) {
            return false;
        }
        let (Some(pointer), Some(wanted)) = (&self.pointer, &self.equals) else { return true };
        let json: Option<serde_json::Value> = serde_json::from_slice(body).ok();
        match json.as_ref().and_then(|json| json.pointer(pointer)) {
            Some(serde_json::Value::String(text)) => text == wanted,
            Some(other) => serde_json::to_string(other).is_ok_and(|text| text == *wanted),
            None => false,
        }
    }
}

/// Why no provider can be made of the configuration. Repeats no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key}: expected {expected}")]
pub struct DeliverySetupError {
    /// The key.
    pub key: String,
    /// What it takes.
    pub expected: &'static str,
}

impl DeliverySetupError {
    pub(super) fn new(key: &str, expected: &'static str) -> Self {
        Self { key: format!("gateway.delivery.{key}"), expected }
    }
}

/// Providers in the order in which they are tried.
pub struct Providers {
    text: String,
    providers: Vec<Provider>,
}

impl fmt::Debug for Providers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.providers.iter().map(|provider| &provider.name).collect();
        f.debug_tuple("Providers").field(&names).finish()
    }
}

struct Provider {
    name: String,
    client: Client,
    method: Method,
    /// The address, with a template behind the question mark.
    url: Url,
    query: Option<String>,
    headers: Vec<(HeaderName, String)>,
    body_kind: BodyKind,
    body: String,
    secret: SecretString,
    success: Success,
    timeout: Duration,
}

impl Providers {
    /// The providers that the options describe. Reads the files of secrets.
    ///
    /// # Errors
    /// Names the key that is missing or wrong.
    pub fn new(options: &DeliveryOptions) -> Result<Self, DeliverySetupError> {
        let providers = options.providers.iter().enumerate().map(|(n, provider)| {
            Provider::new(provider).map_err(|(key, expected)| {
                DeliverySetupError::new(&format!("providers[{n}].{key}"), expected)
            })
        });
        Ok(Self { text: options.text.clone(), providers: providers.collect::<Result<_, _>>()? })
    }
}

impl Delivery for Providers {
    fn deliver<'a>(&'a self, message: &'a Message) -> Delivering<'a> {
        Box::pin(async move {
            for provider in &self.providers {
                match provider.send(message, &self.text).await {
                    Ok(()) => return Ok(()),
                    Err(problem) => {
                        tracing::warn!(provider = provider.name, problem, "a provider took no message");
                    }
                }
            }
            Err(DeliveryError)
        })
    }
}

type Wrong = (&'static str, &'static str);

impl Provider {
    fn new(options: &ProviderOptions) -> Result<Self, Wrong> {
        let (address, query) = match options.url.split_once('?') {
            Some((address, query)) => (address, Some(query.to_owned())),
            None => (options.url.as_str(), None),
        };
        if address.contains('{') {
            return Err(("url", "{…} behind its question mark only"));
        }
        let url = Url::parse(address).map_err(|_| ("url", "https://host/path"))?;
        let timeout = match options.timeout {
            1..=60 => Duration::from_secs(options.timeout),
            _ => return Err(("timeout", "1 to 60 seconds")),
        };
        let client = bare_client(&HttpOptions {
            base: url.clone(),
            extra_roots: None,
            allow_plain_http: options.allow_plain_http,
            connect_timeout: timeout,
            timeout,
        });
        let client = client.map_err(|_| ("url", "https, or http with allow_plain_http = true"))?;
        let method = match options.method.as_str() {
            "POST" => Method::POST,
            "PUT" => Method::PUT,
            "GET" => Method::GET,
            _ => return Err(("method", "POST, PUT or GET")),
        };
        let headers = options.headers.iter().map(|(name, value)| {
            let name = name.parse().map_err(|_| ("headers", "names of headers"))?;
            Ok((name, value.clone()))
        });
        if options.success.pointer.is_some() != options.success.equals.is_some() {
            return Err(("success", "pointer and equals together"));
        }
        let provider = Self {
            name: options.name.clone(),
            client,
            method,
            url,
            query,
            headers: headers.collect::<Result<_, Wrong>>()?,
            body_kind: options.body_kind,
            body: options.body.clone(),
            secret: secret(options)?,
            success: options.success.clone(),
            timeout,
        };
        provider.rehearse()?;
        Ok(provider)
    }

    /// Fills the templates once, so that it is not a guest who finds out that they cannot be sent.
    fn rehearse(&self) -> Result<(), Wrong> {
        let phone = Phone::parse("+79000000000").map_err(|_| ("headers", "a phone"))?;
        let values = Values { phone, code: "000000", text: "000000", secret: self.secret.expose_secret() };
        self.filled_headers(&values).map_err(|expected| ("headers", expected))?;
        let body = template::fill(&self.body, &values, Place::Body(self.body_kind));
        let is_json = serde_json::from_str::<serde::de::IgnoredAny>(&body).is_ok();
        if self.method != Method::GET && self.body_kind == BodyKind::Json && !is_json {
            return Err(("body", "JSON"));
        }
        Ok(())
    }

    /// Sends a message; says what was wrong without repeating anything of it.
    async fn send(&self, message: &Message, text: &str) -> Result<(), &'static str> {
        let values = Values {
            phone: message.phone,
            code: message.code.expose_secret(),
            text,
            secret: self.secret.expose_secret(),
        };
        let mut url = self.url.clone();
        if let Some(query) = &self.query {
            url.set_query(Some(&template::fill(query, &values, Place::Query)));
        }
        let mut request = self
            .client
            .request(self.method.clone(), url)
            .timeout(self.timeout)
            .headers(self.filled_headers(&values)?);
        if self.method != Method::GET {
            let body = template::fill(&self.body, &values, Place::Body(self.body_kind));
            request = request.header(CONTENT_TYPE, self.body_kind.content_type()).body(body.to_string());
        }
        let mut response = request.send().await.map_err(|_| "it could not be reached in time")?;
        if !response.status().is_success() {
            return Err("it answered with an error");
        }
        let mut body = Vec::new();
        while let Some(part) = response.chunk().await.map_err(|_| "its answer broke off")? {
            body.extend_from_slice(&part);
            if body.len() > LONGEST_REPLY {
                return Err("its answer is too long");
            }
        }
        if self.success.holds(&body) { Ok(()) } else { Err("its answer is not the one for success") }
    }

    fn filled_headers(&self, values: &Values<'_>) -> Result<HeaderMap, &'static str> {
        let mut headers = HeaderMap::new();
        for (name, template) in &self.headers {
            let filled = template::fill(template, values, Place::Header);
            let mut value =
                HeaderValue::from_str(&filled).map_err(|_| "a header cannot hold what was put into it")?;
            value.set_sensitive(true);
            headers.insert(name.clone(), value);
        }
        Ok(headers)
    }
}

fn secret(options: &ProviderOptions) -> Result<SecretString, Wrong> {
    let templates = options.headers.values().chain([&options.body, &options.url]);
    let wanted = templates.into_iter().any(|template| template.contains("{secret}"));
    match &options.secret_file {
        Some(file) => {
            let text = std::fs::read_to_string(file).map_err(|_| ("secret_file", "a readable file"))?;
            let text = zeroize::Zeroizing::new(text);
            let line = text.trim();
            if line.is_empty() || line.contains(char::is_control) {
                return Err(("secret_file", "a file with one line"));
            }
            Ok(SecretString::from(line))
        }
        None if wanted => Err(("secret_file", "the file with what stands for {secret}")),
        None => Ok(SecretString::from("")),
    }
}

//! A proxy that stands between the client and the sandbox and holds both to the contract file.

use std::collections::{BTreeSet, HashMap};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{Method, Request, Response, StatusCode, Uri};
use serde_json::{Value, json};

const CONTRACT: &str = include_str!("../../core/contract/probonus-v0.openapi.json");
const PREFIX: &str = "/api/v0";

/// What went through the proxy.
#[derive(Debug, Default)]
pub struct Seen {
    /// Everything that was not as the contract says, in words.
    pub violations: Vec<String>,
    /// The methods that were called and answered with 200.
    pub succeeded: BTreeSet<String>,
    /// The statuses that were answered, with the method.
    pub refused: BTreeSet<(String, u16)>,
}

/// A running proxy; it ends with the runtime it was started on.
#[derive(Debug)]
pub struct Witness {
    /// Where the client connects to.
    pub base_url: String,
    seen: Arc<Mutex<Seen>>,
}

impl Witness {
    /// Starts a proxy on loopback in front of `upstream` (`http://host:port`).
    pub async fn start(upstream: &str) -> Self {
        // Whoever installs it first in this process is as good as any other.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let contract = Contract::load();
        let state = Arc::new(Proxy {
            upstream: upstream.to_owned(),
            client: reqwest::Client::builder().build().unwrap(),
            contract,
            seen: Arc::clone(&seen),
        });
        let app = Router::new().fallback(forward).with_state(state);
        let listener = tokio::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { base_url, seen }
    }

    /// Takes what was seen so far.
    pub fn take(&self) -> Seen {
        std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Every method of the contract, by our name.
pub fn methods() -> BTreeSet<String> {
    Contract::load().operations.into_values().map(|operation| operation.name).collect()
}

struct Proxy {
    upstream: String,
    client: reqwest::Client,
    contract: Contract,
    seen: Arc<Mutex<Seen>>,
}

async fn forward(State(proxy): State<Arc<Proxy>>, request: Request<Body>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let operation = proxy.contract.operation(&parts.method, &parts.uri);
    let mut violations = Vec::new();
    match operation {
        Some(operation) => {
            operation.check_request(&parts.uri, &body, &mut violations);
            let credentials = ["x-api-key", "authorization"]
                .iter()
                .filter(|name| parts.headers.contains_key(**name))
                .count();
            let wanted = usize::from(!operation.name.starts_with("auth/"));
            if credentials != wanted {
                violations.push(format!("{}: {credentials} credentials instead of {wanted}", operation.name));
            }
        }
        None => violations.push(format!("{} {} is not in the contract", parts.method, parts.uri.path())),
    }

    let url = format!("{}{}", proxy.upstream, parts.uri);
    let mut headers = parts.headers.clone();
    headers.remove("host");
    let answer =
        proxy.client.request(parts.method.clone(), url).headers(headers).body(body).send().await.unwrap();
    let status = answer.status();
    let headers = answer.headers().clone();
    let reply = answer.bytes().await.unwrap();
    if let Some(operation) = operation {
        operation.check_reply(status, &reply, &mut violations);
    }
    note(&proxy.seen, operation, status, violations);

    let mut response = Response::builder().status(status);
    for (name, value) in &headers {
        if name != "transfer-encoding" && name != "content-length" {
            response = response.header(name, value);
        }
    }
    response.body(Body::from(reply)).unwrap()
}

fn note(seen: &Mutex<Seen>, operation: Option<&Operation>, status: StatusCode, violations: Vec<String>) {
    let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    seen.violations.extend(violations);
    if let Some(operation) = operation {
        if status == StatusCode::OK {
            seen.succeeded.insert(operation.name.clone());
        } else {
            seen.refused.insert((operation.name.clone(), status.as_u16()));
        }
    }
}

struct Contract {
    /// By verb and path.
    operations: HashMap<(String, String), Operation>,
}

struct Operation {
    name: String,
    parameters: Vec<Parameter>,
    body: Option<jsonschema::Validator>,
    /// By status, with `default` as 0.
    replies: HashMap<u16, jsonschema::Validator>,
}

struct Parameter {
    name: String,
    required: bool,
    integer: bool,
    schema: jsonschema::Validator,
}

impl Contract {
    fn load() -> Self {
        let document: Value = serde_json::from_str(CONTRACT).unwrap();
        let mut operations = HashMap::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for verb in ["get", "post"] {
                if let Some(operation) = item.get(verb) {
                    let key = (verb.to_uppercase(), path.clone());
                    operations.insert(key, Operation::read(&document, operation));
                }
            }
        }
        Self { operations }
    }

    fn operation(&self, verb: &Method, uri: &Uri) -> Option<&Operation> {
        let path = uri.path().strip_prefix(PREFIX)?;
        self.operations.get(&(verb.to_string(), path.to_owned()))
    }
}

impl Operation {
    fn read(document: &Value, operation: &Value) -> Self {
        let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
        let body = operation.get("requestBody").map(|body| resolve(document, body));
        let replies = operation["responses"].as_object().unwrap().iter().filter_map(|(status, reply)| {
            let schema = resolve(document, reply).pointer("/content/application~1json/schema")?;
            Some((status.parse().unwrap_or(0), validator(document, schema)))
        });
        Self {
            name: operation["operationId"].as_str().unwrap().to_owned(),
            parameters: parameters.iter().map(|parameter| Parameter::read(document, parameter)).collect(),
            body: body
                .map(|body| validator(document, body.pointer("/content/application~1json/schema").unwrap())),
            replies: replies.collect(),
        }
    }

    fn check_request(&self, uri: &Uri, body: &Bytes, violations: &mut Vec<String>) {
        let url = reqwest::Url::parse(&format!("http://host{uri}")).unwrap();
        let sent: HashMap<String, String> = url.query_pairs().into_owned().collect();
        for name in sent.keys() {
            if !self.parameters.iter().any(|parameter| parameter.name == *name) {
                violations.push(format!("{}: unknown parameter {name}", self.name));
            }
        }
        for parameter in &self.parameters {
            match sent.get(&parameter.name) {
                Some(text) => parameter.check(&self.name, text, violations),
                None if parameter.required => {
                    violations.push(format!("{}: parameter {} is missing", self.name, parameter.name));
                }
                None => {}
            }
        }
        match &self.body {
            Some(schema) => check(schema, &format!("{}: request", self.name), body, violations),
            None if body.is_empty() => {}
            None => violations.push(format!("{}: a body where none belongs", self.name)),
        }
    }

    fn check_reply(&self, status: StatusCode, body: &Bytes, violations: &mut Vec<String>) {
        let schema = self.replies.get(&status.as_u16()).or_else(|| self.replies.get(&0));
        match schema {
            Some(schema) => check(schema, &format!("{}: reply {status}", self.name), body, violations),
            None => violations.push(format!("{}: status {status} is not in the contract", self.name)),
        }
    }
}

impl Parameter {
    fn read(document: &Value, parameter: &Value) -> Self {
        let parameter = resolve(document, parameter);
        let schema = resolve(document, &parameter["schema"]);
        Self {
            name: parameter["name"].as_str().unwrap().to_owned(),
            required: parameter["required"].as_bool().unwrap_or(false),
            integer: schema["type"] == "integer" || schema["type"] == json!(["integer", "null"]),
            schema: validator(document, &parameter["schema"]),
        }
    }

    fn check(&self, method: &str, text: &str, violations: &mut Vec<String>) {
        let value = match text.parse::<i64>() {
            Ok(number) if self.integer => json!(number),
            _ => json!(text),
        };
        for error in self.schema.iter_errors(&value) {
            violations.push(format!("{method}: parameter {}: {error}", self.name));
        }
    }
}

fn check(schema: &jsonschema::Validator, what: &str, body: &Bytes, violations: &mut Vec<String>) {
    match serde_json::from_slice::<Value>(body) {
        Ok(value) => {
            for error in schema.iter_errors(&value) {
                violations.push(format!("{what}: {} at {}", error, error.instance_path()));
            }
        }
        Err(error) => violations.push(format!("{what} is not JSON: {error}")),
    }
}

fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value.get("$ref").and_then(Value::as_str) {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap(),
        None => value,
    }
}

fn validator(document: &Value, schema: &Value) -> jsonschema::Validator {
    let whole = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "allOf": [schema],
        "components": document["components"],
    });
    jsonschema::options().should_validate_formats(true).build(&whole).unwrap()
}

//! Requests by the names and addresses that the instance has for them, before anybody is authorised.

use std::collections::{BTreeMap, HashMap};

use reqwest::header::HeaderMap;
use url::Url;
use zeroize::Zeroizing;

use super::config::{MethodOverride, Send};
use super::encode::Json;
use super::method::{METHODS, Method};
use super::wire::{self, Terms};
use super::{ConfigError, ProBonusConfig};
use crate::backend::BackendError;
use crate::backend::http::{Deadline, Effect, Http, Reply, Request, Verb, Vocabulary};
use crate::error_code::ErrorCode;

/// Where the API lives under the address (`seed`).
const API: &str = "/api/v0/";

/// What the refusals of this API may speak of (`assumed`).
pub(super) static VOCABULARY: Vocabulary = Vocabulary {
    knows_field: |name| METHODS.iter().any(|method| method.params.contains(&name)),
    code_of: |word| match word {
        "group_without_template" => Some(ErrorCode::GroupWithoutTemplate),
        "account_blocked" => Some(ErrorCode::AccountBlocked),
        _ => None,
    },
};

/// The parameters of a request by our names.
pub(super) type Params = Vec<(&'static str, Json)>;

/// The way to an instance.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) http: Http,
    pub(super) terms: Terms,
    endpoints: HashMap<&'static str, Endpoint>,
}

/// A method as the instance has it.
#[derive(Debug)]
struct Endpoint {
    verb: Verb,
    url: Url,
    send: Send,
    params: BTreeMap<String, String>,
}

/// A request that only lacks its authorisation.
pub(super) struct Prepared {
    method: &'static Method,
    verb: Verb,
    url: Url,
    /// Wiped when dropped: it may hold a password.
    body: Option<Zeroizing<Vec<u8>>>,
}

impl Link {
    pub(super) fn new(config: &ProBonusConfig, http: Http) -> Result<Self, ConfigError> {
        let base = config.base()?;
        let endpoints = METHODS
            .iter()
            .map(|method| (method.name, Endpoint::of(method, config.wire.methods.get(method.name), &base)))
            .collect();
        Ok(Self { http, terms: config.terms()?, endpoints })
    }

    /// Gives the parameters the instance's names and puts them where the instance wants them.
    pub(super) fn prepare(&self, method: &'static Method, params: Params) -> Result<Prepared, BackendError> {
        let endpoint = self.endpoints.get(method.name).ok_or(BackendError::Internal)?;
        let named = params.into_iter().map(|(ours, value)| (endpoint.param(ours).to_owned(), value));
        let mut url = endpoint.url.clone();
        let body = match endpoint.send {
            Send::Body => Some(Zeroizing::new(json(&Json::Record(named.collect()))?)),
            Send::Query => {
                for (name, value) in named {
                    if let Some(value) = value.in_query() {
                        url.query_pairs_mut().append_pair(&name, &value);
                    }
                }
                None
            }
        };
        Ok(Prepared { method, verb: endpoint.verb, url, body })
    }

    /// A request whose body is already as the instance wants it.
    pub(super) fn prepare_body(
        &self,
        method: &'static Method,
        body: Vec<u8>,
    ) -> Result<Prepared, BackendError> {
        let endpoint = self.endpoints.get(method.name).ok_or(BackendError::Internal)?;
        Ok(Prepared {
            method,
            verb: endpoint.verb,
            url: endpoint.url.clone(),
            body: Some(Zeroizing::new(body)),
        })
    }

    /// The instance's name for a parameter, if the configuration gives one.
    pub(super) fn renamed_param(&self, method: &Method, ours: &str) -> Option<&str> {
        self.endpoints.get(method.name)?.params.get(ours).map(String::as_str)
    }

    pub(super) async fn send(
        &self,
        prepared: &Prepared,
        headers: &HeaderMap,
        deadline: Deadline,
    ) -> Result<Reply, BackendError> {
        let Prepared { method, verb, url, body } = prepared;
        let request = Request {
            method: method.name,
            effect: method.effect,
            verb: *verb,
            url,
            headers,
            body: body.as_deref().map(Vec::as_slice),
        };
        match self.http.send_by(&request, deadline).await {
            // Where nothing was named, it is the path that is not there.
            Err(BackendError::NotFound) if method.effect == Effect::Read && !names_something(method) => {
                Err(wire::mismatch(method.name, ""))
            }
            sent => sent,
        }
    }
}

/// Whether the parameters name a thing that may not exist.
fn names_something(method: &Method) -> bool {
    method.params.iter().any(|param| matches!(*param, "id" | "accountId" | "phone"))
}

fn json(body: &Json) -> Result<Vec<u8>, BackendError> {
    serde_json::to_vec(body).map_err(|_| BackendError::Internal)
}

impl Endpoint {
    fn of(method: &Method, differs: Option<&MethodOverride>, base: &Url) -> Self {
        let differs = differs.cloned().unwrap_or_default();
        let verb = differs.verb.unwrap_or(method.verb);
        let send = differs.send.unwrap_or(match verb {
            Verb::Get | Verb::Delete => Send::Query,
            Verb::Post | Verb::Put | Verb::Patch => Send::Body,
        });
        let mut url = base.clone();
        let root = base.path().trim_end_matches('/');
        let path = match differs.path.as_deref().unwrap_or(method.name) {
            path if path.starts_with('/') => format!("{root}{path}"),
            path => format!("{root}{API}{path}"),
        };
        url.set_path(&path);
        Self { verb, url, send, params: differs.params }
    }

    fn param<'a>(&'a self, ours: &'a str) -> &'a str {
        self.params.get(ours).map_or(ours, String::as_str)
    }
}

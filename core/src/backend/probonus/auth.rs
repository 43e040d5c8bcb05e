//! Who we are to ProBonus: a permanent token, or a staff login whose tokens are renewed when they run out.

mod stored;

use std::sync::Arc;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use super::config::{ConfigProblem, Credentials};
use super::encode::Json;
use super::link::{Link, Prepared};
use super::method::{LOGIN, Method, REFRESH_TOKEN};
use super::wire::{self, TokenPair};
use super::{ConfigError, ProBonusConfig};
use crate::backend::BackendError;
use crate::backend::http::Reply;
use crate::backend::tokens::{Issuer, Pair, Tokens, Vault, named_place};
use crate::ports::SecretStore;

pub use stored::StoredCredentials;

/// The most that is read of an answer with tokens, in bytes. It is decoded in place, so that it can be wiped.
const MAX_ANSWER: usize = 64 * 1024;

/// A way of being authorised.
#[derive(Debug)]
pub(super) enum Auth {
    /// The same header on every request.
    Token(HeaderMap),
    /// A login.
    Staff(Arc<Tokens<Staff>>),
}

/// A staff login.
#[derive(Debug)]
pub(super) struct Staff {
    link: Arc<Link>,
    login: String,
    password: Option<SecretString>,
}

/// The place of a login's tokens: two instances, or two logins, never share one.
fn tokens_place(url: &str, login: &str) -> String {
    named_place("probonus-tokens", url, login)
}

impl Auth {
    pub(super) fn new(
        config: &ProBonusConfig,
        credentials: Credentials,
        link: &Arc<Link>,
        store: Arc<dyn SecretStore>,
    ) -> Result<Self, ConfigError> {
        if let Some(token) = credentials.api_token {
            return Ok(Self::Token(token_header(config, &token)?));
        }
        if config.login.is_empty() {
            let key = "probonus.login, PROBONUS_API_TOKEN".to_owned();
            return Err(ConfigError { key, problem: ConfigProblem::Missing });
        }
        let vault = Vault::new(store, tokens_place(&config.url, &config.login));
        let (link, login) = (Arc::clone(link), config.login.clone());
        let staff = Staff { link, login, password: credentials.password };
        Ok(Self::Staff(Arc::new(Tokens::new(staff, vault))))
    }

    /// Sends a request with authorisation. All of it has the time of one call.
    pub(super) async fn send(&self, link: &Link, request: &Prepared) -> Result<Reply, BackendError> {
        let deadline = link.http.deadline();
        match self {
            Self::Token(headers) => link.send(request, headers, deadline).await,
            Self::Staff(tokens) => {
                let send =
                    |pair: Arc<Pair>| async move { link.send(request, pair.headers(), deadline).await };
                tokens.authorised(deadline, send).await
            }
        }
    }
}

fn token_header(config: &ProBonusConfig, token: &SecretString) -> Result<HeaderMap, ConfigError> {
    let name = HeaderName::try_from(config.api_token_header.as_str())
        .map_err(|_| ConfigError::invalid("probonus.api_token_header", "a header's name"))?;
    let value = match config.api_token_scheme.as_str() {
        "" => token.expose_secret().to_owned(),
        scheme => format!("{scheme} {}", token.expose_secret()),
    };
    let mut value = HeaderValue::try_from(value)
        .map_err(|_| ConfigError::invalid("PROBONUS_API_TOKEN", "a token without spaces and line ends"))?;
    value.set_sensitive(true);
    Ok(HeaderMap::from_iter([(name, value)]))
}

impl Issuer for Staff {
    async fn refresh(&self, token: &SecretString) -> Result<Pair, BackendError> {
        self.ask(&REFRESH_TOKEN, vec![("refreshToken", Json::Secret(token.clone()))]).await
    }

    async fn log_in(&self) -> Result<Pair, BackendError> {
        let Some(password) = &self.password else { return Err(BackendError::Unauthorized) };
        let params =
            vec![("login", Json::Text(self.login.clone())), ("password", Json::Secret(password.clone()))];
        self.ask(&LOGIN, params).await
    }
}

impl Staff {
    async fn ask(
        &self,
        method: &'static Method,
        params: Vec<(&'static str, Json)>,
    ) -> Result<Pair, BackendError> {
        let request = self.link.prepare(method, params)?;
        // A renewal has a time of its own: it goes on when the call that began it has given up.
        let deadline = self.link.http.deadline();
        let reply = match self.link.send(&request, &HeaderMap::new(), deadline).await {
            Err(error) if refuses(&error) => return Err(BackendError::Unauthorized),
            answer => answer?,
        };
        let body = zeroize::Zeroizing::new(reply.body);
        if body.len() > MAX_ANSWER {
            return Err(wire::too_large(method.name));
        }
        let TokenPair { access, refresh } = wire::one(&self.link.terms, method.name, &body)?;
        Pair::new(access, refresh).ok_or_else(|| wire::mismatch(method.name, "accessToken"))
    }
}

/// Whether the server has said no, and not just something else.
fn refuses(error: &BackendError) -> bool {
    matches!(
        error,
        BackendError::Unauthorized
            | BackendError::Forbidden
            | BackendError::NotFound
            | BackendError::Rejected { .. }
            | BackendError::Conflict(_)
    )
}

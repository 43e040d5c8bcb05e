//! Who we are to ProBonus: a permanent token, or a staff login whose tokens are renewed when they run out.

mod pair;
mod stored;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use super::config::{ConfigProblem, Credentials};
use super::encode::Json;
use super::link::{Link, Prepared};
use super::method::{LOGIN, Method, REFRESH_TOKEN};
use super::wire::{self, TokenPair};
use super::{ConfigError, ProBonusConfig};
use crate::backend::BackendError;
use crate::backend::http::Reply;
use crate::ports::SecretStore;
use pair::{Pair, Vault};

pub use stored::StoredCredentials;

/// The most that is read of an answer with tokens, in bytes. It is decoded in place, so that it can be wiped.
const MAX_ANSWER: usize = 64 * 1024;

/// A way of being authorised.
#[derive(Debug)]
pub(super) enum Auth {
    /// The same header on every request.
    Token(HeaderMap),
    /// A login.
    Staff(Arc<Staff>),
}

/// How a pair of tokens was come by, which decides what its refusal means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    /// It was there: it may have run out long ago.
    Found,
    /// The server has just given it: if it is refused, so are we.
    Renewed,
}

type Obtained = Result<(Arc<Pair>, Source), BackendError>;

/// A staff login.
#[derive(Debug)]
pub(super) struct Staff {
    login: String,
    password: Option<SecretString>,
    vault: Vault,
    current: RwLock<Option<Arc<Pair>>>,
    /// How many turns have ended.
    turns: AtomicU64,
    turn: tokio::sync::Mutex<Turn>,
}

/// One renewal at a time; who waited for it takes its outcome.
#[derive(Debug, Default)]
struct Turn {
    outcome: Option<Obtained>,
    /// A pair that the server gave and the store did not take: the old one may be dead already.
    unsaved: Option<Arc<Pair>>,
}

impl Auth {
    pub(super) fn new(
        config: &ProBonusConfig,
        credentials: Credentials,
        store: Arc<dyn SecretStore>,
    ) -> Result<Self, ConfigError> {
        if let Some(token) = credentials.api_token {
            return Ok(Self::Token(token_header(config, &token)?));
        }
        if config.login.is_empty() {
            let key = "probonus.login, PROBONUS_API_TOKEN".to_owned();
            return Err(ConfigError { key, problem: ConfigProblem::Missing });
        }
        Ok(Self::Staff(Arc::new(Staff {
            login: config.login.clone(),
            password: credentials.password,
            vault: Vault::new(store, &config.url, &config.login),
            current: RwLock::default(),
            turns: AtomicU64::new(0),
            turn: tokio::sync::Mutex::default(),
        })))
    }

    /// Sends a request with authorisation. After a 401 a login is renewed and the request repeated: a refused
    /// request changed nothing, so that holds for writes as well. All of it has the time of one call.
    pub(super) async fn send(&self, link: &Arc<Link>, request: &Prepared) -> Result<Reply, BackendError> {
        let deadline = link.http.deadline();
        let staff = match self {
            Self::Token(headers) => return link.send(request, headers, deadline).await,
            Self::Staff(staff) => staff,
        };
        // Whoever waits for a renewal in vain has sent nothing, or was refused.
        let renewed = async |refused: Option<&Arc<Pair>>| {
            deadline.limit(staff.obtain(link, refused)).await.unwrap_or(Err(BackendError::Timeout))
        };
        let held = staff.current();
        let (mut pair, mut source) = match held {
            Some(pair) => (pair, Source::Found),
            None => renewed(None).await?,
        };
        // A found pair, another process's pair, a renewed one: no call needs more than three.
        for _ in 0..2 {
            match link.send(request, pair.headers(), deadline).await {
                Err(BackendError::Unauthorized) if source == Source::Found => {
                    (pair, source) = renewed(Some(&pair)).await?;
                }
                answer => return answer,
            }
        }
        link.send(request, pair.headers(), deadline).await
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

/// The header of a login's token; `None` when it cannot stand in a header.
fn bearer(access: &SecretString) -> Option<HeaderMap> {
    let mut value = HeaderValue::try_from(format!("Bearer {}", access.expose_secret())).ok()?;
    value.set_sensitive(true);
    Some(HeaderMap::from_iter([(AUTHORIZATION, value)]))
}

impl Staff {
    fn current(&self) -> Option<Arc<Pair>> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn adopt(&self, pair: &Arc<Pair>) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(pair));
    }

    /// A pair other than the refused one. Runs to its end even when the caller gives up: a renewal that the server
    /// has seen and we have not kept would sign everybody out.
    async fn obtain(self: &Arc<Self>, link: &Arc<Link>, refused: Option<&Arc<Pair>>) -> Obtained {
        let (staff, link, refused) = (Arc::clone(self), Arc::clone(link), refused.cloned());
        let seen = self.turns.load(Ordering::Acquire);
        let task = tokio::spawn(async move {
            let mut turn = staff.turn.lock().await;
            if staff.turns.load(Ordering::Acquire) != seen
                && let Some(outcome) = &turn.outcome
            {
                return outcome.clone();
            }
            let outcome = staff.take_turn(&link, refused.as_ref(), &mut turn).await;
            turn.outcome = Some(outcome.clone());
            staff.turns.fetch_add(1, Ordering::Release);
            outcome
        });
        task.await.unwrap_or(Err(BackendError::Internal))
    }

    async fn take_turn(&self, link: &Link, refused: Option<&Arc<Pair>>, turn: &mut Turn) -> Obtained {
        let other = |pair: &Arc<Pair>| refused.is_none_or(|refused| !pair.same(refused));
        if let Some(pair) = turn.unsaved.clone() {
            return self.keep(pair, turn).await;
        }
        if let Some(pair) = self.current().filter(other) {
            return Ok((pair, Source::Renewed));
        }
        if let Some(pair) = self.stored().await?.filter(other) {
            self.adopt(&pair);
            return Ok((pair, Source::Found));
        }
        if let Some(refresh) = refused.and_then(|pair| pair.refresh()) {
            let params = vec![("refreshToken", Json::Secret(refresh.clone()))];
            match self.ask(link, &REFRESH_TOKEN, params).await {
                Ok(pair) => return self.keep(Arc::new(pair.or_refresh(refresh)), turn).await,
                Err(error) if refuses(&error) => {}
                Err(error) => return Err(error),
            }
            // Somebody else may have been faster, and our refresh token is dead because of it.
            if let Some(pair) = self.stored().await?.filter(other) {
                self.adopt(&pair);
                return Ok((pair, Source::Found));
            }
        }
        let Some(password) = &self.password else { return Err(BackendError::Unauthorized) };
        let params =
            vec![("login", Json::Text(self.login.clone())), ("password", Json::Secret(password.clone()))];
        match self.ask(link, &LOGIN, params).await {
            Ok(pair) => self.keep(Arc::new(pair), turn).await,
            Err(error) if refuses(&error) => Err(BackendError::Unauthorized),
            Err(error) => Err(error),
        }
    }

    async fn stored(&self) -> Result<Option<Arc<Pair>>, BackendError> {
        Ok(self.vault.read().await?.map(Arc::new))
    }

    /// Saves a new pair, and only then lets it be used.
    async fn keep(&self, pair: Arc<Pair>, turn: &mut Turn) -> Obtained {
        turn.unsaved = Some(Arc::clone(&pair));
        self.vault.save(&pair).await?;
        turn.unsaved = None;
        self.adopt(&pair);
        Ok((pair, Source::Renewed))
    }

    async fn ask(
        &self,
        link: &Link,
        method: &'static Method,
        params: Vec<(&'static str, Json)>,
    ) -> Result<Pair, BackendError> {
        let request = link.prepare(method, params)?;
        // A renewal has a time of its own: it goes on when the call that began it has given up.
        let reply = link.send(&request, &HeaderMap::new(), link.http.deadline()).await?;
        let body = zeroize::Zeroizing::new(reply.body);
        if body.len() > MAX_ANSWER {
            return Err(wire::too_large(method.name));
        }
        let TokenPair { access, refresh } = wire::one(&link.terms, method.name, &body)?;
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

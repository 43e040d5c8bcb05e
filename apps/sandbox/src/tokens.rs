//! Who may ask: the permanent token and staff logins.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::ApiError;
use crate::random::Random;

const REFRESH_SECONDS: i64 = 30 * 86_400;
/// More tokens than this are not kept; the ones that end first go.
const MOST_TOKENS: usize = 1_000;

/// The tokens of a sandbox, to be ended by a test. Clones share them.
#[derive(Clone)]
pub struct Tokens(Arc<Mutex<State>>);

struct State {
    api_token: String,
    api_token_revoked: bool,
    login: String,
    password: String,
    access_seconds: i64,
    seed: u64,
    issued: u64,
    /// Token, and the second at which it ends.
    access: BTreeMap<String, i64>,
    refresh: BTreeMap<String, i64>,
}

/// What a login or a refresh gives.
#[derive(Debug)]
pub(crate) struct Pair {
    pub(crate) access: String,
    pub(crate) refresh: String,
    pub(crate) expires_in: i64,
}

/// What a request shows to prove itself.
#[derive(Clone, Copy)]
pub(crate) struct Credentials<'a> {
    /// The permanent token, its scheme taken off.
    pub(crate) api_token: Option<&'a str>,
    pub(crate) bearer: Option<&'a str>,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens(…)")
    }
}

impl Tokens {
    pub(crate) fn new(options: &crate::Options) -> Self {
        Self(Arc::new(Mutex::new(State {
            api_token: options.api_token.clone(),
            api_token_revoked: false,
            login: options.staff_login.clone(),
            password: options.staff_password.clone(),
            access_seconds: i64::from(options.access_token_seconds),
            seed: options.seed,
            issued: 0,
            access: BTreeMap::new(),
            refresh: BTreeMap::new(),
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends every access token; refresh tokens stay good.
    pub fn expire_access(&self) {
        self.state().access.values_mut().for_each(|end| *end = i64::MIN);
    }

    /// Ends every login: access and refresh tokens.
    pub fn revoke_all(&self) {
        let mut state = self.state();
        state.access.clear();
        state.refresh.clear();
    }

    /// Refuses the permanent token from now on.
    pub fn revoke_api_token(&self) {
        self.state().api_token_revoked = true;
    }

    /// Takes the permanent token again.
    pub fn restore_api_token(&self) {
        self.state().api_token_revoked = false;
    }

    pub(crate) fn login(&self, login: &str, password: &str, now: i64) -> Result<Pair, ApiError> {
        let mut state = self.state();
        if !(same(login, &state.login) & same(password, &state.password)) {
            return Err(ApiError::unauthorized("wrong_credentials", "Login or password is wrong."));
        }
        let refresh = state.issue(now);
        state.refresh.insert(refresh.clone(), now.saturating_add(REFRESH_SECONDS));
        Ok(state.pair(refresh, now))
    }

    pub(crate) fn refresh(&self, token: &str, rotates: bool, now: i64) -> Result<Pair, ApiError> {
        let mut state = self.state();
        if state.refresh.get(token).is_none_or(|end| *end <= now) {
            return Err(ApiError::unauthorized("refresh_token_invalid", "Log in again."));
        }
        if !rotates {
            return Ok(state.pair(token.to_owned(), now));
        }
        state.refresh.remove(token);
        let refresh = state.issue(now);
        state.refresh.insert(refresh.clone(), now.saturating_add(REFRESH_SECONDS));
        Ok(state.pair(refresh, now))
    }

    pub(crate) fn check(&self, shown: Credentials<'_>, now: i64) -> Result<(), ApiError> {
        let state = self.state();
        if shown.api_token.is_some_and(|token| same(token, &state.api_token)) {
            return match state.api_token_revoked {
                false => Ok(()),
                true => Err(ApiError::unauthorized("token_revoked", "The API token is no longer valid.")),
            };
        }
        match shown.bearer.map(|token| state.access.get(token)) {
            Some(Some(end)) if *end > now => Ok(()),
            Some(Some(_)) => Err(expired()),
            _ => Err(ApiError::unauthorized("unauthorized", "Send the API token or log in.")),
        }
    }
}

pub(crate) fn expired() -> ApiError {
    ApiError::unauthorized("token_expired", "The access token has run out: renew it.")
}

impl State {
    fn issue(&mut self, now: i64) -> String {
        for kept in [&mut self.access, &mut self.refresh] {
            if kept.len() >= MOST_TOKENS {
                let soonest = kept.iter().min_by_key(|(_, end)| **end).map(|(token, _)| token.clone());
                soonest.map(|token| kept.remove(&token));
            }
        }
        self.issued += 1;
        Random::of(&[self.seed, 0x70_6b, self.issued, now.unsigned_abs()]).token()
    }

    fn pair(&mut self, refresh: String, now: i64) -> Pair {
        let access = self.issue(now);
        self.access.insert(access.clone(), now.saturating_add(self.access_seconds));
        Pair { access, refresh, expires_in: self.access_seconds }
    }
}

/// Compares secrets in a time that depends only on their lengths.
fn same(given: &str, secret: &str) -> bool {
    let differing = given.bytes().zip(secret.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b));
    given.len() == secret.len() && differing == 0
}

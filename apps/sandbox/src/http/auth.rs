//! `auth/login` and `auth/refresh_token`.

use serde_json::json;

use super::input::Input;
use super::reply::{Outcome, Reply};
use crate::dialect::Dialect;
use crate::tokens::{Pair, Tokens};
use crate::wire::TOKEN_PAIR;

pub(super) fn login(tokens: &Tokens, input: &Input, now: i64) -> Outcome {
    tokens.login(input.text("login")?, input.text("password")?, now).map(|pair| reply(&pair))
}

pub(super) fn refresh(tokens: &Tokens, input: &Input, dialect: &Dialect, now: i64) -> Outcome {
    tokens.refresh(input.text("refreshToken")?, dialect.refresh_rotates, now).map(|pair| reply(&pair))
}

fn reply(pair: &Pair) -> Reply {
    let value =
        json!({"accessToken": pair.access, "refreshToken": pair.refresh, "expiresIn": pair.expires_in});
    Reply::one(&TOKEN_PAIR, value)
}

//! Being signed in.

use serde::Serialize;

/// `login`, `logout`
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LoginDocument<'a> {
    url: &'a str,
    /// The staff login; `null` for the permanent token.
    login: Option<&'a str>,
    /// `keyring` or `file`; `null` when nothing is kept any more.
    kept_in: Option<&'static str>,
}

impl<'a> LoginDocument<'a> {
    pub(crate) fn new(url: &'a str, login: &'a str, kept_in: Option<&'static str>) -> Self {
        Self { url, login: Some(login).filter(|login| !login.is_empty()), kept_in }
    }
}

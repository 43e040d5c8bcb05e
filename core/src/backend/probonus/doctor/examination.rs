//! What was looked at, and what came of it.

use std::fmt;
use std::sync::Arc;

use super::difference::Difference;
use crate::backend::BackendError;
use crate::backend::probonus::{Credentials, ProBonusConfig};
use crate::ports::{Clock, Ids, SecretStore};

/// What an examination needs to know.
pub struct DoctorOptions {
    /// The configuration that the client was made from.
    pub config: ProBonusConfig,
    /// Everything that can be signed in with: each is tried by itself.
    pub credentials: Credentials,
    /// Where the tokens of a login are kept; a login that is tried may renew them. While it holds tokens that the
    /// server takes, the password itself is not tried.
    pub store: Arc<dyn SecretStore>,
    /// The clock that the server's is compared with.
    pub clock: Arc<dyn Clock>,
    /// For the requests of the clients that try the credentials.
    pub ids: Arc<dyn Ids>,
    /// Where the instance describes itself, such as `/swagger/v1/swagger.json`; the usual places when absent.
    pub swagger_path: Option<String>,
}

impl fmt::Debug for DoctorOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DoctorOptions")
            .field("credentials", &self.credentials)
            .field("swagger_path", &self.swagger_path)
            .finish_non_exhaustive()
    }
}

/// What one look was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// Whether the server answers.
    Reach,
    /// Whether nobody can listen, and the server is who it says.
    Encryption,
    /// How far the two clocks are apart.
    Clock,
    /// Whether the instance's own description can be read.
    Description,
    /// Whether the description agrees with the contract and the overrides in the configuration.
    Contract,
    /// Whether the permanent token is accepted.
    ApiToken,
    /// Whether the staff login is accepted.
    StaffLogin,
    /// Whether guests can be registered into the configured group.
    Group,
}

impl Subject {
    /// The stable word, as it stands in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reach => "reach",
            Self::Encryption => "encryption",
            Self::Clock => "clock",
            Self::Description => "description",
            Self::Contract => "contract",
            Self::ApiToken => "api_token",
            Self::StaffLogin => "staff_login",
            Self::Group => "group",
        }
    }
}

/// How a look ended, from good to bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// All is well.
    Ok,
    /// There was nothing to look at, or no way to.
    Skipped,
    /// It works, but a person should know.
    Warning,
    /// It does not work.
    Failed,
}

impl Outcome {
    /// The stable word, as it stands in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Skipped => "skipped",
            Self::Warning => "warning",
            Self::Failed => "failed",
        }
    }
}

/// One look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What it was for.
    pub subject: Subject,
    /// How it ended.
    pub outcome: Outcome,
    /// Why, by a name that does not change between versions.
    pub code: &'static str,
    /// What was found and what to do about it, in English. Nothing secret or personal.
    pub text: String,
    /// The server's answer, or the want of one, that a credential failed by.
    pub error: Option<BackendError>,
}

impl Check {
    pub(super) fn new(
        subject: Subject,
        outcome: Outcome,
        code: &'static str,
        text: impl Into<String>,
    ) -> Self {
        Self { subject, outcome, code, text: text.into(), error: None }
    }

    /// A failure by an error, whose code becomes the check's.
    pub(super) fn failed(subject: Subject, error: BackendError, text: String) -> Self {
        let check = Self::new(subject, Outcome::Failed, error.code().as_str(), text);
        Self { error: Some(error), ..check }
    }
}

/// A whole examination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examination {
    /// All looks, in the order of [`Subject`].
    pub checks: Vec<Check>,
    /// In what the instance's description differs from the contract and is not yet overridden.
    pub differences: Vec<Difference>,
    /// What to put into the configuration, as TOML; empty when there is nothing to put there.
    pub overrides: String,
    /// Whether `overrides` stand in place of all `[probonus.wire]` tables that the configuration has, whose entries
    /// they hold as well: TOML takes no table twice. Otherwise they are added to it.
    pub replaces: bool,
}

impl Examination {
    /// The worst outcome of all looks.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.checks.iter().map(|check| check.outcome).max().unwrap_or(Outcome::Skipped)
    }
}

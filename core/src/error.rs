//! The one error that leaves the core, and the one place where inner errors become it.
//!
//! Inside, each module has an error of its own. Outward there is [`LoyaltyError`]: a category that says what kind
//! of thing happened, a stable [`ErrorCode`] that says which one, and whether trying again can help. Neither holds
//! anything personal or secret: field names and paths, never values.

use std::time::Duration;

use crate::backend::BackendError;
#[cfg(feature = "probonus")]
use crate::backend::probonus::ConfigError;
use crate::domain::InvalidInput;
pub use crate::error_code::ErrorCode;
use crate::ports::SecretStoreError;
use crate::store::StoreError;

/// What kind of thing happened; decides what a caller does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Category {
    /// The caller gave something that cannot be right.
    InvalidInput,
    /// The server was not reached.
    Offline,
    /// The server's certificate is not trusted.
    Untrusted,
    /// The server did not answer in time.
    Timeout,
    /// No valid credential.
    Unauthorized,
    /// A credential without the right.
    Forbidden,
    /// No such thing.
    NotFound,
    /// The server refused the content.
    Rejected,
    /// The state does not allow it.
    Conflict,
    /// Too many requests.
    RateLimited,
    /// The server is failing.
    Unavailable,
    /// A write may or may not have happened.
    OutcomeUnknown,
    /// The app is too old.
    Outdated,
    /// The server speaks differently from the contract.
    Contract,
    /// Local storage failed.
    Storage,
    /// The secret store failed.
    SecretStore,
    /// The caller gave up.
    Cancelled,
    /// A mistake of ours.
    Internal,
}

impl Category {
    /// The stable text, as it stands in JSON and logs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidInput => "invalid_input",
            Self::Offline => "offline",
            Self::Untrusted => "untrusted",
            Self::Timeout => "timeout",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::Rejected => "rejected",
            Self::Conflict => "conflict",
            Self::RateLimited => "rate_limited",
            Self::Unavailable => "unavailable",
            Self::OutcomeUnknown => "outcome_unknown",
            Self::Outdated => "outdated",
            Self::Contract => "contract",
            Self::Storage => "storage",
            Self::SecretStore => "secret_store",
            Self::Cancelled => "cancelled",
            Self::Internal => "internal",
        }
    }
}

/// The error of every public call of this crate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LoyaltyError {
    /// The caller gave something that cannot be right; nothing was sent.
    #[error("{field}: {}", code.as_str())]
    InvalidInput {
        /// Which rule it breaks.
        code: ErrorCode,
        /// The field's name as the caller knows it.
        field: String,
    },
    /// The server was not reached; nothing was sent.
    #[error("offline")]
    Offline,
    /// The server's certificate is not trusted; nothing was sent.
    #[error("the server's certificate is not trusted")]
    Untrusted,
    /// A read did not complete in time, or its connection broke.
    #[error("{}", code.as_str())]
    Timeout {
        /// Whether time ran out or the connection broke.
        code: ErrorCode,
    },
    /// No valid credential.
    #[error("unauthorized")]
    Unauthorized,
    /// The credential does not give this right.
    #[error("forbidden")]
    Forbidden,
    /// There is no such thing.
    #[error("{}", code.as_str())]
    NotFound {
        /// What was not found.
        code: ErrorCode,
    },
    /// The server refused the content of the request; nothing was changed.
    #[error("{}", code.as_str())]
    Rejected {
        /// Our code.
        code: ErrorCode,
        /// The field that the server named, if it is one of the contract.
        field: Option<String>,
    },
    /// The sign-in code is not the one that was sent.
    #[error("wrong code")]
    CodeWrong {
        /// How often it may still be tried, where the server says so.
        tries_left: Option<u32>,
    },
    /// The state does not allow it; nothing was changed.
    #[error("{}", code.as_str())]
    Conflict {
        /// Our code.
        code: ErrorCode,
    },
    /// Too many requests; nothing was changed.
    #[error("rate limited")]
    RateLimited {
        /// How long the server asks to wait.
        retry_after: Option<Duration>,
    },
    /// The server is failing.
    #[error("the server is unavailable")]
    Unavailable {
        /// How long the server asks to wait.
        retry_after: Option<Duration>,
    },
    /// A write was sent and no answer came: it may or may not have happened.
    #[error("the outcome is unknown")]
    OutcomeUnknown,
    /// This version of the app is too old for the server.
    #[error("this version is too old for the server")]
    Outdated,
    /// The server's answer is not what the contract says.
    #[error("{}: {field} in the answer of {path}", code.as_str())]
    Contract {
        /// What is wrong with it.
        code: ErrorCode,
        /// The method, by our name.
        path: String,
        /// Where in the answer, as a dotted path; empty when the whole answer is wrong.
        field: String,
    },
    /// Local storage failed.
    #[error("{}", code.as_str())]
    Storage {
        /// What failed.
        code: ErrorCode,
    },
    /// The secret store failed.
    #[error("{}", code.as_str())]
    SecretStore {
        /// In which way.
        code: ErrorCode,
    },
    /// The caller gave up.
    #[error("cancelled")]
    Cancelled,
    /// The backend cannot do this.
    #[error("the backend cannot do this")]
    Unsupported,
    /// A mistake of ours.
    #[error("internal error")]
    Internal,
}

impl LoyaltyError {
    /// An [`LoyaltyError::InvalidInput`] for a field.
    pub fn invalid(field: impl Into<String>, code: ErrorCode) -> Self {
        Self::InvalidInput { code, field: field.into() }
    }

    /// What kind of thing happened.
    #[must_use]
    pub fn category(&self) -> Category {
        match self {
            Self::InvalidInput { .. } | Self::Unsupported => Category::InvalidInput,
            Self::Offline => Category::Offline,
            Self::Untrusted => Category::Untrusted,
            Self::Timeout { .. } => Category::Timeout,
            Self::Unauthorized => Category::Unauthorized,
            Self::Forbidden => Category::Forbidden,
            Self::NotFound { .. } => Category::NotFound,
            Self::Rejected { .. } | Self::CodeWrong { .. } => Category::Rejected,
            Self::Conflict { .. } => Category::Conflict,
            Self::RateLimited { .. } => Category::RateLimited,
            Self::Unavailable { .. } => Category::Unavailable,
            Self::OutcomeUnknown => Category::OutcomeUnknown,
            Self::Outdated => Category::Outdated,
            Self::Contract { .. } => Category::Contract,
            Self::Storage { .. } => Category::Storage,
            Self::SecretStore { .. } => Category::SecretStore,
            Self::Cancelled => Category::Cancelled,
            Self::Internal => Category::Internal,
        }
    }

    /// Which thing happened.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::InvalidInput { code, .. }
            | Self::Timeout { code }
            | Self::NotFound { code }
            | Self::Rejected { code, .. }
            | Self::Conflict { code }
            | Self::Contract { code, .. }
            | Self::Storage { code }
            | Self::SecretStore { code } => *code,
            Self::CodeWrong { .. } => ErrorCode::CodeWrong,
            Self::Offline => ErrorCode::Offline,
            Self::Untrusted => ErrorCode::Untrusted,
            Self::Unauthorized => ErrorCode::Unauthorized,
            Self::Forbidden => ErrorCode::Forbidden,
            Self::RateLimited { .. } => ErrorCode::RateLimited,
            Self::Unavailable { .. } => ErrorCode::Unavailable,
            Self::OutcomeUnknown => ErrorCode::OutcomeUnknown,
            Self::Outdated => ErrorCode::Outdated,
            Self::Cancelled => ErrorCode::Cancelled,
            Self::Unsupported => ErrorCode::Unsupported,
            Self::Internal => ErrorCode::Internal,
        }
    }

    /// Whether the same call may succeed later without a change by the caller. Never true for an unknown outcome:
    /// repeating it blindly could pay twice.
    #[must_use]
    pub fn retryable(&self) -> bool {
        matches!(
            self.category(),
            Category::Offline | Category::Timeout | Category::RateLimited | Category::Unavailable
        )
    }

    /// How long the server asks to wait, where it said so.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after } | Self::Unavailable { retry_after } => *retry_after,
            _ => None,
        }
    }

    /// The name of the field that the error is about, where there is one.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::InvalidInput { field, .. } | Self::Contract { field, .. } => Some(field),
            Self::Rejected { field, .. } => field.as_deref(),
            Self::CodeWrong { .. } => Some("code"),
            _ => None,
        }
    }
}

impl From<InvalidInput> for LoyaltyError {
    fn from(error: InvalidInput) -> Self {
        outward(Inner::Input(error))
    }
}

impl BackendError {
    /// The code under which it leaves the core.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        LoyaltyError::from(self.clone()).code()
    }
}

impl From<BackendError> for LoyaltyError {
    fn from(error: BackendError) -> Self {
        outward(Inner::Backend(error))
    }
}

impl From<SecretStoreError> for LoyaltyError {
    fn from(error: SecretStoreError) -> Self {
        outward(Inner::Secrets(error))
    }
}

impl From<StoreError> for LoyaltyError {
    fn from(error: StoreError) -> Self {
        outward(Inner::Store(error))
    }
}

#[cfg(feature = "probonus")]
impl From<ConfigError> for LoyaltyError {
    fn from(error: ConfigError) -> Self {
        outward(Inner::Config(error))
    }
}

/// The errors of the first tier.
enum Inner {
    Input(InvalidInput),
    Backend(BackendError),
    Store(StoreError),
    Secrets(SecretStoreError),
    #[cfg(feature = "probonus")]
    Config(ConfigError),
}

/// Maps the first tier to the second: the only place that does.
fn outward(inner: Inner) -> LoyaltyError {
    match inner {
        Inner::Input(InvalidInput { field, code }) => {
            LoyaltyError::InvalidInput { code, field: field.into() }
        }
        #[cfg(feature = "probonus")]
        Inner::Config(ConfigError { key, .. }) => LoyaltyError::invalid(key, ErrorCode::ConfigInvalid),
        Inner::Backend(error) => match error {
            BackendError::Offline => LoyaltyError::Offline,
            BackendError::Untrusted => LoyaltyError::Untrusted,
            BackendError::Timeout => LoyaltyError::Timeout { code: ErrorCode::Timeout },
            BackendError::Cut => LoyaltyError::Timeout { code: ErrorCode::ConnectionCut },
            BackendError::OutcomeUnknown => LoyaltyError::OutcomeUnknown,
            BackendError::Unauthorized => LoyaltyError::Unauthorized,
            BackendError::Forbidden => LoyaltyError::Forbidden,
            BackendError::NotFound => LoyaltyError::NotFound { code: ErrorCode::NotFound },
            BackendError::GuestNotFound => LoyaltyError::NotFound { code: ErrorCode::GuestNotFound },
            BackendError::Rejected { code, field } => LoyaltyError::Rejected { code, field },
            BackendError::CodeWrong { tries_left } => LoyaltyError::CodeWrong { tries_left },
            BackendError::Conflict(code) => LoyaltyError::Conflict { code },
            BackendError::RateLimited { retry_after } => LoyaltyError::RateLimited { retry_after },
            BackendError::Unavailable { retry_after } => LoyaltyError::Unavailable { retry_after },
            BackendError::Outdated => LoyaltyError::Outdated,
            BackendError::Reply { code, path, field } => LoyaltyError::Contract { code, path, field },
            BackendError::Unsupported => LoyaltyError::Unsupported,
            BackendError::Input(InvalidInput { field, code }) => {
                LoyaltyError::InvalidInput { code, field: field.into() }
            }
            BackendError::Secrets(error) => outward(Inner::Secrets(error)),
            BackendError::Internal => LoyaltyError::Internal,
        },
        Inner::Secrets(error) => LoyaltyError::SecretStore {
            code: match error {
                SecretStoreError::Refused | SecretStoreError::Failed => ErrorCode::SecretStore,
                SecretStoreError::Unavailable => ErrorCode::SecretStoreUnavailable,
                SecretStoreError::Damaged => ErrorCode::SecretStoreDamaged,
                SecretStoreError::Exposed => ErrorCode::SecretStoreExposed,
            },
        },
        Inner::Store(error) => match error {
            StoreError::Internal => LoyaltyError::Internal,
            StoreError::Full => LoyaltyError::Storage { code: ErrorCode::StorageFull },
            StoreError::ReadOnly => LoyaltyError::Storage { code: ErrorCode::StorageReadonly },
            StoreError::Damaged => LoyaltyError::Storage { code: ErrorCode::StorageDamaged },
            StoreError::Newer { .. } => LoyaltyError::Storage { code: ErrorCode::StorageNewer },
            StoreError::Foreign => LoyaltyError::Storage { code: ErrorCode::StorageForeign },
            StoreError::Busy => LoyaltyError::Storage { code: ErrorCode::StorageBusy },
            StoreError::Closed => LoyaltyError::Storage { code: ErrorCode::StorageClosed },
            StoreError::OutboxLost => LoyaltyError::Storage { code: ErrorCode::OutboxLost },
            StoreError::Io => LoyaltyError::Storage { code: ErrorCode::Storage },
        },
    }
}

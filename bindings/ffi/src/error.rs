//! The one error that crosses the border.

use std::time::Duration;

use loyalty_core::backend::BackendError;
use loyalty_core::{Category, LoyaltyError};

/// What went wrong. Holds names of fields and codes, never values.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Failure {
    /// What kind of thing happened.
    pub category: Category,
    /// Its stable name.
    pub code: String,
    /// Whether the same call may succeed later without a change by the caller.
    pub retryable: bool,
    /// How long the server asks to wait, where it says so.
    pub retry_after: Option<Duration>,
    /// The field that it is about, where there is one.
    pub field: Option<String>,
    /// The server's method that it is about, where its answer was not understood.
    pub path: Option<String>,
    /// How often a sign-in code may still be tried, where the server says so.
    pub tries_left: Option<u32>,
    /// Whether this venue, or this kind of session, cannot do it at all.
    pub unsupported: bool,
}

/// The error of every call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
#[uniffi::export(Debug, Display)]
pub enum CallError {
    /// The call failed.
    #[error("{}", failure.code)]
    Failed {
        /// In which way.
        failure: Failure,
    },
}

impl From<LoyaltyError> for Failure {
    fn from(error: LoyaltyError) -> Self {
        let path = match &error {
            LoyaltyError::Contract { path, .. } => Some(path.clone()),
            _ => None,
        };
        let tries_left = match &error {
            LoyaltyError::CodeWrong { tries_left } => *tries_left,
            _ => None,
        };
        Self {
            category: error.category(),
            code: error.code().as_str().to_owned(),
            retryable: error.retryable(),
            retry_after: error.retry_after(),
            field: error.field().map(str::to_owned),
            path,
            tries_left,
            unsupported: error == LoyaltyError::Unsupported,
        }
    }
}

impl From<LoyaltyError> for CallError {
    fn from(error: LoyaltyError) -> Self {
        Self::Failed { failure: error.into() }
    }
}

impl From<BackendError> for CallError {
    fn from(error: BackendError) -> Self {
        LoyaltyError::from(error).into()
    }
}

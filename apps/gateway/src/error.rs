//! What can go wrong between a guest and the gateway.

use std::time::Duration;

use loyalty_core::backend::BackendError;
use loyalty_core::domain::InvalidInput;
use loyalty_core::{ErrorCode, LoyaltyError};

use crate::random::NoRandomness;
use crate::state::StateError;

/// Why the gateway did not do what it was asked. Holds nothing personal, nothing secret, and nothing that ProBonus
/// said; its code is stable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GatewayError {
    /// A member of the request has a value it cannot take.
    #[error("{field}: {}", code.as_str())]
    Invalid {
        /// The member, in camelCase.
        field: String,
        /// The rule that it breaks.
        code: ErrorCode,
    },
    /// The request cannot be understood: a cursor that is not this guest's.
    #[error("rejected")]
    BadRequest {
        /// The member, in camelCase.
        field: &'static str,
    },
    /// No token or credential, or one that is not good (any more).
    #[error("unauthorized")]
    Unauthorized,
    /// A kiosk's session asks for what only a guest's own device may do.
    #[error("forbidden")]
    Forbidden,
    /// The code is not the one that was sent.
    #[error("code_wrong")]
    CodeWrong {
        /// How often a code may still be tried.
        tries_left: u32,
    },
    /// There is no code to compare with: none was asked for, it was used, it is too old, or was tried too often.
    #[error("code_expired")]
    CodeExpired,
    /// The phone has no account.
    #[error("guest_not_found")]
    GuestNotFound,
    /// There is no such thing of this guest's.
    #[error("not_found")]
    NotFound,
    /// The state does not allow it; nothing was changed.
    #[error("{}", code.as_str())]
    Conflict {
        /// Which state.
        code: ErrorCode,
        /// The member that it is about, in camelCase.
        field: Option<&'static str>,
    },
    /// ProBonus refused the content; nothing was changed.
    #[error("{}", code.as_str())]
    Rejected {
        /// Our code for it.
        code: ErrorCode,
        /// The member that ProBonus named, if it is one of ours, in camelCase.
        field: Option<String>,
    },
    /// A limit is reached.
    #[error("rate limited")]
    RateLimited {
        /// How long to wait; whole seconds, rounded up.
        retry_after: Duration,
    },
    /// ProBonus, or the gateway's own state, cannot be asked now; nothing was changed.
    #[error("unavailable")]
    Unavailable {
        /// How long to wait, where that is known.
        retry_after: Option<Duration>,
    },
    /// A write was sent to ProBonus and no answer came.
    #[error("outcome unknown")]
    OutcomeUnknown,
    /// A mistake of ours.
    #[error("internal")]
    Internal,
}

impl GatewayError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Invalid { code, .. } | Self::Conflict { code, .. } | Self::Rejected { code, .. } => *code,
            Self::BadRequest { .. } => ErrorCode::Rejected,
            Self::Unauthorized => ErrorCode::Unauthorized,
            Self::Forbidden => ErrorCode::Forbidden,
            Self::CodeWrong { .. } => ErrorCode::CodeWrong,
            Self::CodeExpired => ErrorCode::CodeExpired,
            Self::GuestNotFound => ErrorCode::GuestNotFound,
            Self::NotFound => ErrorCode::NotFound,
            Self::RateLimited { .. } => ErrorCode::RateLimited,
            Self::Unavailable { .. } => ErrorCode::Unavailable,
            Self::OutcomeUnknown => ErrorCode::OutcomeUnknown,
            Self::Internal => ErrorCode::Internal,
        }
    }

    /// How long to wait, where that is known.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after } => Some(*retry_after),
            Self::Unavailable { retry_after } => *retry_after,
            _ => None,
        }
    }

    /// The member of the request that the error is about.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Invalid { field, .. } => Some(field),
            Self::BadRequest { field } => Some(field),
            Self::Conflict { field, .. } => *field,
            Self::Rejected { field, .. } => field.as_deref(),
            _ => None,
        }
    }

    pub(crate) fn conflict(code: ErrorCode) -> Self {
        Self::Conflict { code, field: None }
    }
}

impl From<InvalidInput> for GatewayError {
    fn from(error: InvalidInput) -> Self {
        Self::Invalid { field: camel_case(&error.field), code: error.code }
    }
}

impl From<StateError> for GatewayError {
    fn from(error: StateError) -> Self {
        tracing::error!(%error, "the state did not answer");
        match error {
            StateError::Corrupt(_) => Self::Internal,
            StateError::Unavailable(_)
            | StateError::InUse
            | StateError::Address(_)
            | StateError::Absent
            | StateError::Older { .. }
            | StateError::Newer { .. }
            | StateError::OtherKey
            | StateError::Contended => Self::Unavailable { retry_after: None },
        }
    }
}

/// What a guest is told of ProBonus' errors: that the guest is not there, that the state or the content does not
/// allow it, that nobody knows the outcome. Whatever concerns only ProBonus and us is `unavailable`, whoever's fault
/// it is: our token being refused is nothing that a guest could mend by signing in.
impl From<LoyaltyError> for GatewayError {
    fn from(error: LoyaltyError) -> Self {
        match error {
            LoyaltyError::InvalidInput { field, code } => Self::Invalid { field: camel_case(&field), code },
            LoyaltyError::NotFound { code: ErrorCode::GuestNotFound } => Self::GuestNotFound,
            LoyaltyError::NotFound { .. } => Self::NotFound,
            LoyaltyError::Conflict { code } => Self::conflict(code),
            LoyaltyError::Rejected { code: ErrorCode::AccountBlocked, .. } => {
                Self::conflict(ErrorCode::AccountBlocked)
            }
            LoyaltyError::Rejected { code, field } => {
                Self::Rejected { code, field: field.filter(|name| FORM.contains(&name.as_str())) }
            }
            LoyaltyError::Unsupported => Self::conflict(ErrorCode::Unsupported),
            LoyaltyError::OutcomeUnknown => Self::OutcomeUnknown,
            LoyaltyError::RateLimited { retry_after } | LoyaltyError::Unavailable { retry_after } => {
                Self::Unavailable { retry_after }
            }
            LoyaltyError::Internal => Self::Internal,
            _ => Self::Unavailable { retry_after: None },
        }
    }
}

impl From<BackendError> for GatewayError {
    fn from(error: BackendError) -> Self {
        LoyaltyError::from(error).into()
    }
}

impl From<NoRandomness> for GatewayError {
    fn from(_: NoRandomness) -> Self {
        tracing::error!("the generator of randomness failed");
        Self::Internal
    }
}

/// The members of the form, which both sides call the same.
const FORM: &[&str] = &["firstName", "lastName", "middleName", "birthday", "sex", "email"];

/// `first_name` as the interface writes it.
fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
    }
    camel
}

//! The error of every rule in this room.

use std::borrow::Cow;

use crate::error_code::ErrorCode;

/// A value that breaks a rule. Names the field, never the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {}", code.as_str())]
pub struct InvalidInput {
    /// The field's name.
    pub field: Cow<'static, str>,
    /// The rule.
    pub code: ErrorCode,
}

impl InvalidInput {
    /// An error about `field`.
    pub fn new(field: impl Into<Cow<'static, str>>, code: ErrorCode) -> Self {
        Self { field: field.into(), code }
    }
}

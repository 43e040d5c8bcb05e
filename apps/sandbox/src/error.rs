//! What the sandbox says when it cannot do what it was asked.

use axum::http::StatusCode;
use serde_json::{Value, json};

/// Why a sandbox could not start or went down.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The port is taken or may not be used. Choose another, or 0 for any free one.
    #[error("cannot listen on 127.0.0.1:{port}: {source}; choose another port, or 0 for any free one")]
    Bind {
        /// The port asked for.
        port: u16,
        /// What the system said.
        source: std::io::Error,
    },
    /// The runtime, or the waiting for a signal, failed.
    #[error("the sandbox's runtime failed: {0}")]
    Runtime(#[from] std::io::Error),
    /// The books could not be opened or filled.
    #[error(transparent)]
    Books(#[from] BooksError),
    /// The time zone is unknown to this machine.
    #[error("unknown time zone {name:?}: use an IANA name such as Europe/Moscow")]
    TimeZone {
        /// The name asked for.
        name: String,
    },
}

/// Why the books could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BooksError {
    /// SQLite refused.
    #[error("the sandbox's books failed: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The file holds books of another version. Delete it, or name another file.
    #[error(
        "the books' file has schema version {found}, this sandbox knows {known}: delete it or name another"
    )]
    Version {
        /// The version in the file.
        found: i64,
        /// The version this build writes.
        known: i64,
    },
    /// The purchase history in the program is damaged: the build is.
    #[error("the built-in purchase history is unreadable at line {line}")]
    Purchases {
        /// Line of the unpacked text, from 1.
        line: usize,
    },
    /// A date or a sum left the range the sandbox can hold.
    #[error("a date or a sum is out of range")]
    OutOfRange,
    /// There is no such account, transaction or other row.
    #[error("no {what} with id {id}")]
    Missing {
        /// Kind of row.
        what: &'static str,
        /// The id asked for.
        id: i64,
    },
    /// A corrected sum must keep the sign of the old one.
    #[error("a transaction of {old} kopecks cannot be corrected to {new}: the sign must stay")]
    Sign {
        /// The sum in the books.
        old: i64,
        /// The sum asked for.
        new: i64,
    },
}

/// A refusal as it goes out over HTTP: a status and `{code, message, field}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) field: Option<String>,
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), field: None }
    }

    /// 400: the request itself is wrong.
    pub(crate) fn malformed(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// 422: a rule of the venue says no.
    pub(crate) fn rule(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, message)
    }

    /// 404 for anything but a guest, whose absence a dialect may tell otherwise.
    pub(crate) fn missing(what: &'static str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", format!("There is no such {what}."))
    }

    pub(crate) fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, message)
    }

    pub(crate) fn unauthorized(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code, message)
    }

    pub(crate) fn on(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    pub(crate) fn body(&self) -> Value {
        let mut body = json!({"code": self.code, "message": self.message});
        if let (Some(field), Some(object)) = (&self.field, body.as_object_mut()) {
            object.insert("field".into(), field.clone().into());
        }
        body
    }
}

impl From<BooksError> for ApiError {
    fn from(error: BooksError) -> Self {
        match error {
            BooksError::OutOfRange => Self::rule("out_of_range", "A date or a sum is out of range."),
            BooksError::Missing { what, .. } => Self::missing(what),
            other => {
                tracing::error!(error = %other, "the books failed");
                Self::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "internal",
                    "The sandbox's books failed; see its log.",
                )
            }
        }
    }
}

impl From<rusqlite::Error> for ApiError {
    fn from(error: rusqlite::Error) -> Self {
        BooksError::from(error).into()
    }
}

//! Why a command of the tooling ended without doing its work.

use std::fmt;

/// Each says what to do next.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The arguments make no sense.
    Usage(String),
    /// The machine lacks something that this program could not put there by itself.
    Missing {
        /// What is lacking.
        what: String,
        /// How to get it.
        remedy: String,
    },
    /// A program could not be started, or a file could not be read or written.
    System(String),
    /// A program ran and failed; what it said stands above.
    Program {
        /// What it was doing.
        doing: String,
        /// Its exit code; `None` if a signal ended it.
        code: Option<i32>,
    },
    /// Checks ran, and some failed; the table above names them.
    Checks,
}

impl Failure {
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Missing { .. } | Self::System(_) | Self::Checks => 1,
            Self::Program { code, .. } => code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(what) => write!(f, "{what}; see `cargo xtask help`"),
            Self::Missing { what, remedy } => write!(f, "{what} is missing: {remedy}"),
            Self::System(what) => f.write_str(what),
            Self::Program { doing, code: Some(code) } => write!(f, "{doing} failed with exit code {code}"),
            Self::Program { doing, code: None } => write!(f, "{doing} was ended by a signal"),
            Self::Checks => f.write_str("not everything passed"),
        }
    }
}

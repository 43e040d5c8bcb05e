//! Where the gateway remembers.

/// The state: SQLite or PostgreSQL. Cheap to clone.
#[derive(Debug, Clone)]
pub struct State {}

/// Why the state did not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// The database cannot be reached or written now.
    #[error("the state is unavailable: {0}")]
    Unavailable(String),
    /// The database holds what this version did not write.
    #[error("the state holds what this version did not write: {0}")]
    Corrupt(&'static str),
}

impl State {
    /// Opens the database that `url` names: `sqlite:PATH` or `postgres://…`.
    ///
    /// # Errors
    /// For an address of neither kind, and for a database that does not open.
    pub async fn open(url: &str) -> Result<Self, StateError> {
        Err(StateError::Unavailable(url.to_owned()))
    }
}

//! What comes of work that runs elsewhere, kept apart from how it runs: what runs it is then compiled once, and not for
//! every type that may come of it. A device carries that code for every call there is.

use std::sync::{Arc, Mutex, PoisonError};

/// Where work leaves what came of it.
pub(crate) struct Outcome<T>(Arc<Mutex<Option<T>>>);

impl<T> Outcome<T> {
    /// A place for it, and the other end to leave it at.
    pub(crate) fn new() -> (Self, Self) {
        let place = Arc::new(Mutex::new(None));
        (Self(Arc::clone(&place)), Self(place))
    }

    /// Leaves what came.
    pub(crate) fn set(self, came: T) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(came);
    }

    /// What came; `None` when the work ended without.
    pub(crate) fn taken(self) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

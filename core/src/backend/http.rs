//! The one HTTP layer.

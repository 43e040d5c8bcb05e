//! What crosses the border, and how it is made from what the core knows.

pub mod history;
pub mod programme;
pub mod snapshot;

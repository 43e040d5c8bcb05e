//! What a guest does.

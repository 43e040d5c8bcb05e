//! The guest gateway.

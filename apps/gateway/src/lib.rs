//! The guest gateway: phones and kiosks speak to it, and it alone holds the ProBonus token.

pub mod delivery;
pub mod error;
pub mod gateway;
pub mod options;
pub mod projection;
pub mod random;
pub mod state;

pub use error::GatewayError;
pub use gateway::{Gateway, Parts};

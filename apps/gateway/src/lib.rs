//! The guest gateway: phones and kiosks speak to it, and it alone holds the ProBonus token.

pub mod config;
pub mod delivery;
pub mod error;
pub mod gateway;
mod http;
mod keys;
mod metrics;
pub mod openapi;
pub mod options;
mod patience;
pub mod programme;
pub mod projection;
pub mod random;
mod sealing;
pub mod server;
pub mod state;
mod tls;

pub use config::GatewayConfig;
pub use error::GatewayError;
pub use gateway::{Gateway, Parts};
pub use http::{Network, NotANetwork, TrustedProxies};
pub use server::{GatewayServer, Running, ServerOptions, StartError};
pub use tls::{TlsError, TlsFiles};

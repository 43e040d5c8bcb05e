//! The guest gateway: phones and kiosks speak to it, and it alone holds the ProBonus token.

pub mod config;
mod consents;
mod deletions;
pub mod delivery;
mod devices;
pub mod error;
pub mod gateway;
mod history;
mod http;
mod keys;
mod metrics;
pub mod openapi;
pub mod operator;
pub mod options;
mod patience;
mod profile;
pub mod programme;
pub mod projection;
pub mod random;
mod sealing;
pub mod server;
mod sign_in;
mod snapshots;
pub mod state;
mod till_codes;
mod tls;

pub use config::GatewayConfig;
pub use error::GatewayError;
pub use gateway::{Gateway, Parts};
pub use http::{Network, NotANetwork, TrustedProxies};
pub use server::{GatewayServer, Running, ServerOptions, StartError};
pub use tls::{TlsError, TlsFiles};

//! The guest gateway: phones and kiosks speak to it, and it alone holds the ProBonus token.
//!
//! - [`GatewayConfig`] reads the `[gateway]` table; [`options`] and [`programme`] say what may stand in it.
//! - [`Gateway`] does what the routes are for: it proves phones, keeps sessions, limits and consents in its [`state`],
//!   asks ProBonus for one guest at a time, and hands out nothing but the documents of [`projection`].
//! - [`GatewayServer`] puts it behind HTTP: routes, problem documents, bounds on size and time, metrics.
//! - [`operator`] is for whoever runs it; [`delivery`] is how codes reach phones.
//!
//! The README lists every route; [`openapi::DESCRIPTION`] says the same to machines.

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

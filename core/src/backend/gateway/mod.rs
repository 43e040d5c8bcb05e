//! The adapter to the guest gateway: all that a device speaks to.
//!
//! [`GatewayClient`] is one guest on one device. It signs in with a code, keeps the session's tokens in the
//! [`SecretStore`](crate::ports::SecretStore), renews them, and is a [`GuestBackend`](super::GuestBackend): what the
//! core does for a guest runs over it as it does over a direct connection. Which guest it is follows from the tokens
//! alone. The interface is described in `apps/gateway/README.md`.

mod call;
mod client;
mod guest;
mod held;
mod programme;
mod records;
mod session;
mod wire;

pub use client::{GatewayClient, GatewayOptions};
pub use programme::{
    AppVersions, ConsentText, Features, LocalText, Programme, ProgrammeLevel, Support, TillCodeKind,
    TillCodeRules, Venue,
};
pub use records::{DeletionRequest, GuestExport};
pub use session::{CodeSent, Devices, SessionKind, SignOut};

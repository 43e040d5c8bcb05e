//! How a phone is proved and a session kept.

mod codes;
mod origin;
mod sessions;

pub(crate) use codes::{DAY, HOUR, limited};
pub use origin::{Device, Guest, Origin, SessionKind};
pub use sessions::{RefreshToken, SessionTokens, SignOut};

//! How a phone is proved and a session kept.

pub(crate) mod codes;
mod origin;
mod sessions;

pub(crate) use codes::{DAY, DIGITS, HOUR, limited};
pub use origin::{Device, Guest, Origin, SessionKind};
pub use sessions::{RefreshToken, SessionTokens, SignOut};

//! How a code reaches a phone.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use loyalty_core::domain::Phone;
use secrecy::SecretString;
use serde::Deserialize;

/// Brings a code to a phone. Called from background tasks only.
pub trait Delivery: Send + Sync + fmt::Debug {
    /// Delivers; returns when a provider has taken the message, or none has.
    fn deliver<'a>(
        &'a self,
        message: &'a Message,
    ) -> Pin<Box<dyn Future<Output = Result<(), DeliveryError>> + Send + 'a>>;
}

/// A code on its way. Its `Debug` shows neither code nor phone.
pub struct Message {
    /// Where to.
    pub phone: Phone,
    /// The digits.
    pub code: SecretString,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Message")
    }
}

/// Why a code was not delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryError {
    /// No provider took it.
    #[error("no provider took the message")]
    Refused,
    /// As many as the operator pays for have been sent today.
    #[error("the day's budget is spent")]
    Budget,
}

/// The `[gateway.delivery]` table.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DeliveryOptions {}

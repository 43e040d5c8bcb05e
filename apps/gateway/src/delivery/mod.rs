//! How a code reaches a phone.

mod console;
mod courier;
mod provider;
mod template;

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use loyalty_core::domain::Phone;
use secrecy::SecretString;
use serde::Deserialize;

pub use console::Console;
pub(crate) use courier::{Courier, Parcel};
pub use provider::{DeliverySetupError, ProviderOptions, Providers, Success};
pub use template::BodyKind;

/// Brings a code to a phone. Called from background tasks only.
pub trait Delivery: Send + Sync + fmt::Debug {
    /// Delivers; returns when a provider has taken the message, or none has.
    fn deliver<'a>(&'a self, message: &'a Message) -> Delivering<'a>;
}

/// A delivery under way.
pub type Delivering<'a> = Pin<Box<dyn Future<Output = Result<(), DeliveryError>> + Send + 'a>>;

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

/// No provider took the message. Why, stands in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no provider took the message")]
pub struct DeliveryError;

/// The `[gateway.delivery]` table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DeliveryOptions {
    /// How many codes may be sent in a day (UTC) by all instances together. Half of them are kept for phones that have an
    /// account or a session.
    pub daily_budget: u32,
    /// The text that guests get; `{code}` stands for the digits.
    pub text: String,
    /// Who sends, in the order in which they are tried; none at all writes codes to the console, which a gateway in
    /// production refuses.
    pub providers: Vec<ProviderOptions>,
}

impl Default for DeliveryOptions {
    fn default() -> Self {
        Self {
            daily_budget: 5000,
            text: "{code} — код для входа. Никому его не сообщайте.".to_owned(),
            providers: Vec::new(),
        }
    }
}

impl DeliveryOptions {
    /// What delivers as these options say. Reads the files of secrets.
    ///
    /// # Errors
    /// Names the key that is missing or wrong; in production also when there is no provider.
    pub fn delivery(&self, production: bool) -> Result<std::sync::Arc<dyn Delivery>, DeliverySetupError> {
        if !self.text.contains("{code}") {
            return Err(DeliverySetupError::new("text", "a text with {code} in it"));
        }
        if !self.providers.is_empty() {
            return Ok(std::sync::Arc::new(Providers::new(self)?));
        }
        if production {
            let expected =
                "at least one provider: a gateway in production does not write codes to the console";
            return Err(DeliverySetupError::new("providers", expected));
        }
        Ok(std::sync::Arc::new(Console::new(std::io::stderr())))
    }
}

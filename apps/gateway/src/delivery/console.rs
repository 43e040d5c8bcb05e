//! Codes on the console, for development.

use std::fmt;
use std::io::Write;
use std::sync::{Mutex, PoisonError};

use secrecy::ExposeSecret;

use super::{Delivering, Delivery, DeliveryError, Message};

/// Writes codes where a developer sees them. Whoever reads the console can sign in as anybody, so
/// [`super::DeliveryOptions::delivery`] does not give it to a gateway in production.
pub struct Console {
    out: Mutex<Box<dyn Write + Send>>,
}

impl fmt::Debug for Console {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Console")
    }
}

impl Console {
    /// Writes to `out`, a line a code: the phone in E.164 and the digits.
    #[must_use]
    pub fn new(out: impl Write + Send + 'static) -> Self {
        Self { out: Mutex::new(Box::new(out)) }
    }
}

impl Delivery for Console {
    fn deliver<'a>(&'a self, message: &'a Message) -> Delivering<'a> {
        Box::pin(async move {
            let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
            let line = writeln!(out, "code for {}: {}", message.phone.e164(), message.code.expose_secret());
            line.and_then(|()| out.flush()).map_err(|_| DeliveryError)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{DeliveryOptions, ProviderOptions};

    #[test]
    fn the_console_does_not_deliver_in_production() {
        let options = DeliveryOptions::default();
        assert_eq!(options.delivery(true).unwrap_err().key, "gateway.delivery.providers");
        options.delivery(false).unwrap();
    }

    #[test]
    fn a_text_without_the_code_is_refused() {
        let options =
            DeliveryOptions { text: "Здравствуйте!".into(), ..DeliveryOptions::default() };
        assert_eq!(options.delivery(false).unwrap_err().key, "gateway.delivery.text");
    }

    #[test]
    fn a_provider_takes_the_consoles_place() {
        let provider =
            ProviderOptions { url: "https://sms.example/send".into(), ..ProviderOptions::default() };
        let options = DeliveryOptions { providers: vec![provider], ..DeliveryOptions::default() };
        assert!(format!("{:?}", options.delivery(true).unwrap()).starts_with("Providers"));
    }
}

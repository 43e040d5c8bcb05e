//! A code to the phone, and the session for whoever knows it.

use std::time::Duration;

use jiff::SignedDuration;
use loyalty_core::ErrorCode;
use loyalty_core::domain::Phone;
use secrecy::SecretString;

use super::{Origin, SessionTokens};
use crate::delivery::{Message, Parcel};
use crate::error::GatewayError;
use crate::gateway::{Gateway, TRY_AGAIN};
use crate::projection::CodeSentDocument;
use crate::random;
use crate::state::{Tried, Window};

/// How many digits a code has.
pub(crate) const DIGITS: u32 = 6;
/// How many times an address' worth of codes goes to all of the addresses that one provider may give to a customer.
const PROVIDER: u32 = 10;
pub(crate) const HOUR: Duration = Duration::from_secs(3600);
pub(crate) const DAY: Duration = Duration::from_secs(24 * 3600);

impl Gateway {
    /// Sends a code to a phone. Whether there is such a guest can be told neither from the reply nor from its time:
    /// looking for the guest and sending are done by others, later.
    ///
    /// # Errors
    /// For a text that is no phone; [`GatewayError::RateLimited`] when the phone, the address or the kiosk has asked
    /// too often; [`GatewayError::Unavailable`] when too many codes wait to be sent.
    pub async fn request_code(&self, phone: &str, origin: &Origin) -> Result<CodeSentDocument, GatewayError> {
        let phone = Phone::parse(phone)?;
        let inner = &self.inner;
        // A place in the queue first: a code that cannot be sent must not count.
        let place =
            inner.courier.place().ok_or(GatewayError::Unavailable { retry_after: Some(TRY_AGAIN) })?;
        let code = random::digits(&*inner.random, DIGITS)?;
        let whose = inner.keys.whose_code(phone, origin.device.as_ref().map(|device| device.id));
        let kept_as = inner.keys.code(whose, &code);
        let lifetime = inner.options.lifetimes.code;
        let now = self.now();
        let kept = inner.state.keep_code(
            self.windows_of_codes(phone, origin),
            whose,
            kept_as,
            inner.options.limits.code_tries,
            now,
            now + SignedDuration::from_secs(lifetime.into()),
        );
        if let Err(wait) = kept.await? {
            return Err(limited(wait));
        }
        let message = Message { phone, code: SecretString::from(code.as_str()) };
        place.send(Parcel { message, whose, code: kept_as, at_kiosk: origin.device.is_some() });
        Ok(CodeSentDocument {
            resend_after: inner.options.limits.resend_after.into(),
            expires_in: lifetime.into(),
            digits: DIGITS,
        })
    }

    /// Opens a session for whoever knows the code: a kiosk's when `origin` is one.
    ///
    /// # Errors
    /// [`GatewayError::CodeWrong`] with the tries that are left, [`GatewayError::CodeExpired`] when there is nothing to
    /// try; [`GatewayError::RateLimited`] when there were too many confirmations from there;
    /// [`GatewayError::Unauthorized`] when the kiosk has just been revoked.
    pub async fn confirm(
        &self,
        phone: &str,
        code: &str,
        origin: &Origin,
    ) -> Result<SessionTokens, GatewayError> {
        let phone = Phone::parse(phone)?;
        let inner = &self.inner;
        let digits = usize::try_from(DIGITS).unwrap_or_default();
        if code.len() != digits || !code.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(GatewayError::Invalid { field: "code".to_owned(), code: ErrorCode::FieldInvalid });
        }
        let device = origin.device.as_ref().map(|device| device.id);
        let whose = inner.keys.whose_code(phone, device);
        let key = match device {
            Some(device) => inner.keys.device_limit("confirmations", device),
            None => inner.keys.address_limit("confirmations", origin.address),
        };
        let most = inner.options.limits.confirm_per_hour;
        let mut windows = vec![Window { key, most, within: HOUR }];
        windows.extend(self.window_of_provider("confirmations", origin, (most, HOUR)));
        let (opening, tokens) = self.new_session(device)?;
        let session = opening.of(phone, None);
        let code = zeroize::Zeroizing::new(code.to_owned());
        let keys = self.clone();
        let is_right = move |kept: &[u8]| keys.inner.keys.is_code(whose, &code, kept);
        match inner.state.try_code(windows, whose, is_right, session, self.now()).await? {
            Tried::Right => Ok(tokens),
            Tried::Wrong { tries_left } => Err(GatewayError::CodeWrong { tries_left }),
            Tried::Expired => Err(GatewayError::CodeExpired),
            Tried::Limited(wait) => Err(limited(wait)),
            Tried::Revoked => Err(GatewayError::Unauthorized),
        }
    }

    fn windows_of_codes(&self, phone: Phone, origin: &Origin) -> Vec<Window> {
        let (keys, limits) = (&self.inner.keys, &self.inner.options.limits);
        let phone = keys.phone_limit("codes", phone);
        let pause = Duration::from_secs(limits.resend_after.into());
        let mut windows = vec![
            Window { key: phone, most: 1, within: pause },
            Window { key: phone, most: limits.phone_per_hour, within: HOUR },
            Window { key: phone, most: limits.phone_per_day, within: DAY },
        ];
        if let Some(device) = &origin.device {
            // What a kiosk may spend of a day's budget is its hours' sum: it stands where its operator sees it.
            let key = keys.device_limit("codes", device.id);
            windows.push(Window { key, most: limits.device_per_hour, within: HOUR });
            return windows;
        }
        let address = keys.address_limit("codes", origin.address);
        for (most, within) in [(limits.address_per_hour, HOUR), (limits.address_per_day, DAY)] {
            windows.push(Window { key: address, most, within });
            windows.extend(self.window_of_provider("codes", origin, (most, within)));
        }
        windows
    }

    /// The window of all addresses that one provider may give to a customer, where an address has `most` of it.
    fn window_of_provider(
        &self,
        limit: &'static str,
        origin: &Origin,
        (most, within): (u32, Duration),
    ) -> Option<Window> {
        if origin.device.is_some() {
            return None;
        }
        let key = self.inner.keys.provider_limit(limit, origin.address)?;
        Some(Window { key, most: most.saturating_mul(PROVIDER), within })
    }

    /// Counts one time against a limit of a guest's.
    pub(crate) async fn within(
        &self,
        limit: &'static str,
        phone: Phone,
        most: u32,
        within: Duration,
    ) -> Result<(), GatewayError> {
        let window = Window { key: self.inner.keys.phone_limit(limit, phone), most, within };
        let taken = self.inner.state.take(vec![window], self.now()).await?;
        taken.map_err(limited)
    }
}

/// Whole seconds, rounded up: whoever waits as told finds room.
pub(crate) fn limited(wait: Duration) -> GatewayError {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    GatewayError::RateLimited { retry_after: Duration::from_secs(seconds) }
}

//! Codes for the till, and the kiosk that recognises a guest by one.

use loyalty_core::ErrorCode;
use loyalty_core::backend::GuestBackend;

use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::projection::TillCodeDocument;
use crate::sign_in::{Device, Guest, HOUR, SessionTokens, limited};
use crate::state::{IssuedTillCode, Resolved, Window};

/// The longest code that a kiosk may ask about, in digits.
const LONGEST: usize = 32;

impl Gateway {
    /// A code for the till. One that expires also opens a session at a kiosk, once; a card that stays does not: whoever
    /// has seen it once would have it for ever.
    ///
    /// # Errors
    /// [`ErrorCode::Unsupported`] where the venue has none.
    pub async fn till_code(&self, guest: &Guest) -> Result<TillCodeDocument, GatewayError> {
        let inner = &self.inner;
        let most = inner.options.limits.till_codes_per_hour;
        self.within("till codes", guest.phone, most, HOUR).await?;
        // The same connection for both: it remembers which account the phone led to.
        let direct = inner.probonus.guest(guest.phone);
        let account = inner.checked(guest, &direct).await?.id;
        let code = inner.reading(direct.till_code()).await?;
        if let Some(expires_at) = code.expires_at {
            let issued = IssuedTillCode {
                code: inner.keys.till_code(&code.value),
                phone: guest.phone,
                account,
                expires_at,
            };
            if !inner.state.keep_till_code(guest.session, issued).await? {
                return Err(GatewayError::Unauthorized);
            }
        }
        Ok(TillCodeDocument { value: code.value, expires_at: code.expires_at })
    }

    /// Opens a kiosk's session by a till code that this gateway issued, once.
    ///
    /// # Errors
    /// [`GatewayError::CodeExpired`] for every other code; [`GatewayError::RateLimited`] when the kiosk has shown too
    /// many of those; [`GatewayError::Unauthorized`] when the kiosk has just been revoked.
    pub async fn identify(&self, device: &Device, till_code: &str) -> Result<SessionTokens, GatewayError> {
        let inner = &self.inner;
        if till_code.is_empty()
            || till_code.len() > LONGEST
            || !till_code.bytes().all(|byte| byte.is_ascii_digit())
        {
            return Err(GatewayError::Invalid {
                field: "tillCode".to_owned(),
                code: ErrorCode::FieldInvalid,
            });
        }
        let window = Window {
            key: inner.keys.device_limit("till codes", device.id),
            most: inner.options.limits.device_per_hour,
            within: HOUR,
        };
        let code = inner.keys.till_code(till_code);
        let (opening, tokens) = self.new_session(Some(device.id))?;
        match inner.state.open_by_till_code(vec![window], code, opening, self.now()).await? {
            Resolved::Guest(..) => Ok(tokens),
            Resolved::Revoked => Err(GatewayError::Unauthorized),
            Resolved::Nobody => Err(GatewayError::CodeExpired),
            Resolved::Limited(wait) => Err(limited(wait)),
        }
    }
}

//! The code by which a till recognises a guest.

use std::fmt;

use jiff::Timestamp;

/// A code to show at the till, as QR and bar code.
#[derive(Clone, PartialEq, Eq)]
pub struct TillCode {
    /// The digits.
    pub value: String,
    /// When it stops working, UTC; `None` for a card that stays.
    pub expires_at: Option<Timestamp>,
}

impl fmt::Debug for TillCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TillCode(until {:?})", self.expires_at)
    }
}

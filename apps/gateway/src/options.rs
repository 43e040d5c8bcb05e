//! What an operator may set: rules of signing in, limits, lifetimes. Every table has working defaults.

use loyalty_core::domain::ConsentKind;
use secrecy::SecretSlice;
use serde::Deserialize;

use crate::delivery::DeliveryOptions;

/// The settings of a gateway, without what its HTTP side needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayOptions {
    /// Whether a confirmed phone without an account may register. When it may not, codes are sent to known guests
    /// only; nobody can tell from the reply.
    pub registration: bool,
    /// The texts that a guest can consent to now.
    pub consent_texts: Vec<ConsentText>,
    /// The `[gateway.lifetimes]` table.
    pub lifetimes: Lifetimes,
    /// The `[gateway.limits]` table.
    pub limits: Limits,
    /// The `[gateway.delivery]` table.
    pub delivery: DeliveryOptions,
}

/// A text that a guest can consent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentText {
    /// What for.
    pub kind: ConsentKind,
    /// The version in force.
    pub version: String,
}

/// How long things are good, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Lifetimes {
    /// A sign-in code.
    pub code: u32,
    /// An access token.
    pub access_token: u32,
    /// A refresh token, counted from the refresh that made it.
    pub refresh_token: u32,
    /// A guest's session at a kiosk, from its opening to its end.
    pub kiosk_session: u32,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self { code: 5 * 60, access_token: 15 * 60, refresh_token: 90 * 24 * 3600, kiosk_session: 5 * 60 }
    }
}

impl Lifetimes {
    /// Every setting by its key. None of them may be zero: nobody could sign in.
    pub(crate) fn settings(&self) -> [(&'static str, u32); 4] {
        let Self { code, access_token, refresh_token, kiosk_session } = *self;
        [
            ("code", code),
            ("access_token", access_token),
            ("refresh_token", refresh_token),
            ("kiosk_session", kiosk_session),
        ]
    }
}

/// How often things may be done. A window slides: in no hour are there more than an hour's worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// How often a code may be tried.
    pub code_tries: u32,
    /// After how many seconds the next code may be asked for.
    pub resend_after: u32,
    /// Codes to a phone in an hour.
    pub phone_per_hour: u32,
    /// Codes to a phone in a day.
    pub phone_per_day: u32,
    /// Codes asked for from an address in an hour; an IPv6 address counts with its /64, and ten times as many are given
    /// to its /48.
    pub address_per_hour: u32,
    /// Codes asked for from an address in a day, counted as those in an hour: so that no handful of addresses spends the
    /// part of the day's budget that is for anybody.
    pub address_per_day: u32,
    /// Codes and till codes that a kiosk may ask about in an hour.
    pub device_per_hour: u32,
    /// Confirmations from an address in an hour; an IPv6 address counts with its /64, and ten times as many are given to
    /// its /48.
    pub confirm_per_hour: u32,
    /// Reads of history and receipts by an account in a minute; they go through to ProBonus.
    pub reads_per_minute: u32,
    /// Till codes of an account in an hour.
    pub till_codes_per_hour: u32,
    /// Registrations, changes of the profile and consents by a phone in an hour.
    pub writes_per_hour: u32,
    /// Exports of a phone's data in a day.
    pub exports_per_day: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            code_tries: 5,
            resend_after: 60,
            phone_per_hour: 5,
            phone_per_day: 10,
            address_per_hour: 60,
            address_per_day: 200,
            device_per_hour: 30,
            confirm_per_hour: 120,
            reads_per_minute: 60,
            till_codes_per_hour: 60,
            writes_per_hour: 30,
            exports_per_day: 5,
        }
    }
}

impl Limits {
    /// Every setting by its key. None of them may be zero: what nobody may do ever is no limit but a missing feature.
    pub(crate) fn settings(&self) -> [(&'static str, u32); 12] {
        let Self {
            code_tries,
            resend_after,
            phone_per_hour,
            phone_per_day,
            address_per_hour,
            address_per_day,
            device_per_hour,
            confirm_per_hour,
            reads_per_minute,
            till_codes_per_hour,
            writes_per_hour,
            exports_per_day,
        } = *self;
        [
            ("code_tries", code_tries),
            ("resend_after", resend_after),
            ("phone_per_hour", phone_per_hour),
            ("phone_per_day", phone_per_day),
            ("address_per_hour", address_per_hour),
            ("address_per_day", address_per_day),
            ("device_per_hour", device_per_hour),
            ("confirm_per_hour", confirm_per_hour),
            ("reads_per_minute", reads_per_minute),
            ("till_codes_per_hour", till_codes_per_hour),
            ("writes_per_hour", writes_per_hour),
            ("exports_per_day", exports_per_day),
        ]
    }
}

/// The gateway's own secret: 32 random bytes from which every key is derived. All instances on one database have the
/// same; with another one nobody is signed in any more.
#[derive(Clone)]
pub struct MasterKey(pub(crate) SecretSlice<u8>);

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey")
    }
}

impl MasterKey {
    /// From at least 32 bytes; `None` for less.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Option<Self> {
        (bytes.len() >= 32).then(|| Self(SecretSlice::from(bytes)))
    }
}

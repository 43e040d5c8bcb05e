//! How a guest's session begins, goes on and ends.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderMap;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::call::{
    Call, IDENTIFY, Link, REFRESH, SIGN_IN_CODE, SIGN_IN_CONFIRM, SIGN_OUT, SIGN_OUT_EVERYWHERE,
};
use super::client::{GatewayClient, decode};
use super::wire;
use crate::backend::BackendError;
use crate::backend::http::Reply;
use crate::backend::tokens::{Issuer, Pair};
use crate::domain::Phone;

/// What the gateway says about a code that it was asked to send. It says the same whether or not there is such a guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeSent {
    /// After how long another code may be asked for.
    pub resend_after: Duration,
    /// For how long the code can be used.
    pub expires_in: Duration,
    /// How many digits it has.
    pub digits: u8,
}

/// Whose device a session lives on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SessionKind {
    /// The guest's own: renewed for as long as it is used.
    Guest,
    /// A kiosk that many guests share: over in minutes, shows less, cannot be renewed.
    Kiosk,
}

/// Which sessions a guest ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Devices {
    /// The one on this device.
    This,
    /// All of them.
    All,
}

/// How far signing out got. On this device the guest is signed out either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignOut {
    /// The gateway has ended the session.
    Complete,
    /// The gateway was not reached: the tokens are gone from here, and it lets the session run out.
    OnlyHere,
}

#[derive(Serialize)]
struct CodeRequest<'a> {
    phone: &'a str,
}

#[derive(Serialize)]
struct Confirmation<'a> {
    phone: &'a str,
    code: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TillCode<'a> {
    till_code: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Renew<'a> {
    refresh_token: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireCodeSent {
    resend_after: u64,
    expires_in: u64,
    digits: u8,
}

impl wire::Document for WireCodeSent {
    type Value = CodeSent;

    fn value(self) -> Result<CodeSent, wire::Wrong> {
        Ok(CodeSent {
            resend_after: Duration::from_secs(self.resend_after),
            expires_in: Duration::from_secs(self.expires_in),
            digits: self.digits,
        })
    }
}

/// A session as the gateway gives it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireSession {
    access_token: String,
    refresh_token: Option<String>,
    kind: WireKind,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum WireKind {
    Guest,
    Kiosk,
}

/// A session's tokens, and whose device they are for.
struct Opened {
    pair: Pair,
    kind: SessionKind,
}

impl wire::Document for WireSession {
    type Value = Opened;

    fn value(self) -> Result<Opened, wire::Wrong> {
        let refresh = self.refresh_token.map(SecretString::from);
        let kind = match self.kind {
            WireKind::Guest => SessionKind::Guest,
            WireKind::Kiosk => SessionKind::Kiosk,
        };
        let pair = Pair::new(self.access_token.into(), refresh).ok_or(wire::Wrong("accessToken"))?;
        Ok(Opened { pair, kind })
    }
}

/// Reads a reply with tokens and wipes it.
fn opened(call: &Call, reply: Reply) -> Result<Opened, BackendError> {
    let body = Zeroizing::new(reply.body);
    wire::read::<WireSession>(call.route.name, &body)
}

/// Renews the session's tokens. A session begins only with a code, so there is no other way to come by a pair.
pub(super) struct Renewal {
    link: Arc<Link>,
}

impl fmt::Debug for Renewal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Renewal")
    }
}

impl Renewal {
    pub(super) fn new(link: Arc<Link>) -> Self {
        Self { link }
    }
}

impl Issuer for Renewal {
    async fn refresh(&self, token: &SecretString) -> Result<Pair, BackendError> {
        let call = self.link.call(&REFRESH).json(&Renew { refresh_token: token.expose_secret() })?;
        let reply = self.link.send(&call, &HeaderMap::new(), self.link.http.deadline()).await?;
        Ok(opened(&call, reply)?.pair)
    }

    async fn log_in(&self) -> Result<Pair, BackendError> {
        Err(BackendError::Unauthorized)
    }
}

impl GatewayClient {
    /// Asks for a code to be sent to a phone.
    ///
    /// # Errors
    /// [`BackendError::RateLimited`] says how long to wait before the next.
    pub async fn request_code(&self, phone: &Phone) -> Result<CodeSent, BackendError> {
        let call = self.inner.link.device_call(&SIGN_IN_CODE);
        let call = call.json(&CodeRequest { phone: &phone.e164() })?;
        decode::<WireCodeSent>(&call, self.open(&call).await?).await
    }

    /// Begins a session with the code that was sent to a phone. The tokens are in the store before this returns.
    ///
    /// # Errors
    /// [`BackendError::CodeWrong`] with the tries that are left; a conflict `CodeExpired` when another
    /// code has to be asked for.
    pub async fn confirm(&self, phone: &Phone, code: &SecretString) -> Result<SessionKind, BackendError> {
        let call = self.inner.link.device_call(&SIGN_IN_CONFIRM);
        let call = call.json(&Confirmation { phone: &phone.e164(), code: code.expose_secret() })?;
        self.begin(call).await
    }

    /// Begins a session at a kiosk with the till code of a guest's own device.
    ///
    /// # Errors
    /// [`BackendError::Unauthorized`] when this is no kiosk of the gateway's; a conflict `CodeExpired`
    /// when the code is not one that the gateway knows and has not seen before.
    pub async fn identify(&self, till_code: &str) -> Result<SessionKind, BackendError> {
        let call = self.inner.link.device_call(&IDENTIFY).json(&TillCode { till_code })?;
        self.begin(call).await
    }

    /// Runs to its end even when the caller gives up: the code is spent, so tokens that were not kept would be lost.
    async fn begin(&self, call: Call) -> Result<SessionKind, BackendError> {
        let client = self.clone();
        let task = tokio::spawn(async move {
            let reply = client.open(&call).await?;
            let Opened { pair, kind } = opened(&call, reply)?;
            client.inner.held.forget();
            let begun = client.inner.tokens.begin(pair).await;
            // Once more: a request of the last guest's may have begun in between.
            client.inner.held.forget();
            begun.map(|()| kind)
        });
        task.await.unwrap_or(Err(BackendError::Internal))
    }

    /// Whether there is a session. It may have been ended from another device; that shows at the next request.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn is_signed_in(&self) -> Result<bool, BackendError> {
        self.inner.tokens.has_pair().await
    }

    /// Ends the session on this device, or on all of them. On this device it ends even when the gateway cannot be
    /// told; on all of them it does only with the gateway.
    ///
    /// # Errors
    /// When the store does not let go of the tokens; for all devices also when the gateway was not reached, and then
    /// nothing has changed.
    pub async fn sign_out(&self, devices: Devices) -> Result<SignOut, BackendError> {
        let route = match devices {
            Devices::This => &SIGN_OUT,
            Devices::All => &SIGN_OUT_EVERYWHERE,
        };
        let told = match self.authorised(&self.inner.link.call(route)).await {
            // Whoever is signed out already has nothing left to end here.
            Ok(_) | Err(BackendError::Unauthorized) => SignOut::Complete,
            Err(error) if devices == Devices::All => return Err(error),
            Err(error) => {
                tracing::warn!(%error, "the gateway could not be told of signing out");
                SignOut::OnlyHere
            }
        };
        self.forget_session().await?;
        Ok(told)
    }

    /// Lets go of all that belongs to the session, and leaves it to the gateway to let it run out.
    ///
    /// # Errors
    /// When the store does not let go of the tokens.
    pub async fn forget_session(&self) -> Result<(), BackendError> {
        self.inner.held.forget();
        let ended = self.inner.tokens.end().await;
        // Once more: a request may have begun in between.
        self.inner.held.forget();
        ended
    }
}

//! Sessions: opening, renewing, ending.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use loyalty_core::backend::GuestBackend;
use secrecy::SecretString;
use uuid::Uuid;

use super::{Guest, SessionKind};
use crate::error::GatewayError;
use crate::gateway::{Gateway, Tally};
use crate::random;
use crate::state::{NewPair, Opening, Presented, Rotated, SessionRow};

/// How often a refresh looks whether the account still carries the phone.
const CHECK: SignedDuration = SignedDuration::from_hours(24);
/// How long it looks: a slow ProBonus must not sign guests out.
const CHECK_PATIENCE: Duration = Duration::from_secs(3);

/// The tokens of a session.
#[derive(Debug)]
pub struct SessionTokens {
    /// The session's id, which may stand in logs.
    pub session: Uuid,
    /// Where the session lives.
    pub kind: SessionKind,
    /// For every request.
    pub access_token: SecretString,
    /// For how many seconds it is good.
    pub expires_in: u64,
    /// For the next pair of tokens; a kiosk's session has none.
    pub refresh: Option<RefreshToken>,
}

/// A refresh token.
#[derive(Debug)]
pub struct RefreshToken {
    /// The token.
    pub token: SecretString,
    /// For how many seconds it is good.
    pub expires_in: u64,
}

/// Which sessions to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignOut {
    /// That which asks.
    This,
    /// All of the guest's.
    All,
}

/// A pair that only lacks its session.
struct Minted {
    pair: NewPair,
    access_token: SecretString,
    expires_in: u64,
    refresh: Option<RefreshToken>,
}

impl Minted {
    fn of(self, session: Uuid, kind: SessionKind) -> (NewPair, SessionTokens) {
        let Self { pair, access_token, expires_in, refresh } = self;
        (pair, SessionTokens { session, kind, access_token, expires_in, refresh })
    }
}

impl Gateway {
    /// The session with this access token.
    ///
    /// # Errors
    /// [`GatewayError::Unauthorized`] when there is none.
    pub async fn authenticate(&self, access_token: &str) -> Result<Guest, GatewayError> {
        let token = self.inner.keys.token(access_token).ok_or(GatewayError::Unauthorized)?;
        let found = self.inner.state.session(Presented::Access, token, self.now()).await?;
        found.map(Guest::from).ok_or(GatewayError::Unauthorized)
    }

    /// New tokens for a session. The spent token stays good until one of the new ones is used, so a reply that got
    /// lost signs nobody out; used after that, it ends the session.
    ///
    /// # Errors
    /// [`GatewayError::Unauthorized`] when the token is not good, or the account does not carry the phone any more.
    pub async fn refresh(&self, refresh_token: &str) -> Result<SessionTokens, GatewayError> {
        let inner = &self.inner;
        let token = inner.keys.token(refresh_token).ok_or(GatewayError::Unauthorized)?;
        let session = inner.state.session(Presented::Refresh, token, self.now()).await?;
        let session = session.ok_or(GatewayError::Unauthorized)?;
        if self.now().duration_since(session.checked_at) >= CHECK {
            self.check_phone(session).await?;
        }
        let minted = self.mint(SessionKind::Guest, self.now())?;
        match inner.state.rotate(token, minted.pair, self.now()).await? {
            Rotated::Issued(row) => Ok(minted.of(row.id, row.kind).1),
            Rotated::Unknown => Err(GatewayError::Unauthorized),
            Rotated::Reused(session) => {
                Tally::count(&inner.tally.families_revoked);
                tracing::warn!(%session, "a spent refresh token came back; the session is over");
                Err(GatewayError::Unauthorized)
            }
        }
    }

    /// Ends sessions; their tokens are dead at once.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub async fn sign_out(&self, guest: &Guest, which: SignOut) -> Result<(), GatewayError> {
        match which {
            SignOut::This => self.inner.state.end_session(guest.session).await?,
            SignOut::All => self.inner.state.end_sessions_of(guest.phone).await?,
        }
        self.inner.flights.forget(guest.phone);
        Ok(())
    }

    /// A session that only has to be written down when it is known whose it is, with its tokens.
    pub(crate) fn new_session(&self, device: Option<Uuid>) -> Result<(Opening, SessionTokens), GatewayError> {
        let kind = if device.is_some() { SessionKind::Kiosk } else { SessionKind::Guest };
        let id = random::id(&*self.inner.random)?;
        let (pair, tokens) = self.mint(kind, self.now())?.of(id, kind);
        Ok((Opening { id, kind, device, pair }, tokens))
    }

    fn mint(&self, kind: SessionKind, now: Timestamp) -> Result<Minted, GatewayError> {
        let (inner, lifetimes) = (&self.inner, &self.inner.options.lifetimes);
        let after = |seconds: u32| now + SignedDuration::from_secs(seconds.into());
        let (access_token, access) = inner.keys.new_token(&*inner.random)?;
        Ok(match kind {
            SessionKind::Kiosk => {
                let end = after(lifetimes.kiosk_session);
                let pair = NewPair { access, access_expires_at: end, refresh: None, expires_at: end };
                Minted { pair, access_token, expires_in: lifetimes.kiosk_session.into(), refresh: None }
            }
            SessionKind::Guest => {
                let (token, refresh) = inner.keys.new_token(&*inner.random)?;
                let pair = NewPair {
                    access,
                    access_expires_at: after(lifetimes.access_token),
                    refresh: Some(refresh),
                    expires_at: after(lifetimes.refresh_token),
                };
                let refresh = RefreshToken { token, expires_in: lifetimes.refresh_token.into() };
                Minted {
                    pair,
                    access_token,
                    expires_in: lifetimes.access_token.into(),
                    refresh: Some(refresh),
                }
            }
        })
    }

    /// Ends a session whose account does not carry its phone any more. When ProBonus cannot say, the next refresh asks
    /// again.
    async fn check_phone(&self, session: SessionRow) -> Result<(), GatewayError> {
        let guest = Guest::from(session);
        let direct = self.inner.probonus.guest(guest.phone);
        let checking = async {
            match guest.account {
                Some(_) => self.inner.checked(&guest, &direct).await,
                // Only looked at: what the session's owner agreed to must not go to whoever has the number now.
                None => self.inner.reading(direct.account()).await,
            }
        };
        match tokio::time::timeout(CHECK_PATIENCE, checking).await {
            // A number without an account a day after it was proved: whoever comes to have one proves it again.
            Ok(Ok(_) | Err(GatewayError::GuestNotFound)) if guest.account.is_none() => {
                self.inner.state.end_session(guest.session).await?;
                Err(GatewayError::Unauthorized)
            }
            Ok(Ok(_)) => Ok(self.inner.state.note_checked(guest.session, self.now()).await?),
            Ok(Err(GatewayError::Unauthorized)) => Err(GatewayError::Unauthorized),
            Ok(Err(_)) | Err(_) => Ok(()),
        }
    }
}

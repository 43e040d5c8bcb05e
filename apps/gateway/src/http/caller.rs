//! Who is asking: an address, a kiosk, a guest.

use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, header};

use super::App;
use super::problem::Problem;
use crate::gateway::{Device, Guest, Origin, SessionKind};

/// The header of a kiosk's credential.
static DEVICE: HeaderName = HeaderName::from_static("loyalty-device");

/// The socket's other end; put beside every request by the server.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// Where the request came from, after trusted proxies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Address(pub(crate) IpAddr);

impl Address {
    /// As an origin that is no kiosk.
    pub(crate) fn origin(self) -> Origin {
        Origin { address: self.0, device: None }
    }
}

impl FromRequestParts<App> for Address {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let peer = parts.extensions.get::<Peer>().copied().ok_or_else(Problem::internal)?;
        Ok(Self(app.trusted_proxies.client(peer.0, &parts.headers)))
    }
}

/// Address and, where its credential came along, kiosk. A credential that is not good is refused, not ignored: a
/// revoked kiosk must not go on as if it were somebody's phone.
#[derive(Debug)]
pub(crate) struct Caller(pub(crate) Origin);

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Address(address) = Address::from_request_parts(parts, app).await?;
        let device = match parts.headers.contains_key(&DEVICE) {
            false => None,
            true => {
                let credential = only(&parts.headers, &DEVICE).filter(|credential| !credential.is_empty());
                let credential = credential.ok_or_else(Problem::unauthorized)?;
                Some(app.gateway.device(credential).await?)
            }
        };
        Ok(Self(Origin { address, device }))
    }
}

/// A kiosk.
#[derive(Debug)]
pub(crate) struct Kiosk(pub(crate) Device);

impl FromRequestParts<App> for Kiosk {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Caller(origin) = Caller::from_request_parts(parts, app).await?;
        origin.device.map(Self).ok_or_else(Problem::unauthorized)
    }
}

/// A guest, wherever their session lives.
#[derive(Debug)]
pub(crate) struct Anywhere(pub(crate) Guest);

impl FromRequestParts<App> for Anywhere {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let guest = app.gateway.authenticate(bearer(&parts.headers)?).await?;
        log(&guest);
        Ok(Self(guest))
    }
}

/// Has the request's log lines tell whose session it is.
pub(super) fn log(guest: &Guest) {
    tracing::Span::current().record("session", tracing::field::display(guest.session));
}

/// A guest on their own device.
#[derive(Debug)]
pub(crate) struct Own(pub(crate) Guest);

impl FromRequestParts<App> for Own {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Anywhere(guest) = Anywhere::from_request_parts(parts, app).await?;
        match guest.kind {
            SessionKind::Guest => Ok(Self(guest)),
            SessionKind::Kiosk => Err(Problem::forbidden()),
        }
    }
}

/// The access token.
pub(super) fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
    only(headers, &header::AUTHORIZATION).and_then(token).ok_or_else(Problem::unauthorized)
}

fn token(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ')?;
    let token = token.trim_start_matches(' ');
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

/// The value of a header that is there once. Two credentials are none: a proxy and we could each believe another one.
fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    if values.next().is_some() {
        return None;
    }
    value.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_from_one_bearer_header_and_from_nothing_else() {
        let read = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(header::AUTHORIZATION, value.parse().unwrap());
            }
            bearer(&headers).ok().map(str::to_owned)
        };
        assert_eq!(read(&["Bearer abc"]).as_deref(), Some("abc"));
        assert_eq!(read(&["bearer  abc"]).as_deref(), Some("abc"));
        for refused in
            [&[][..], &["Bearer"], &["Bearer "], &["Basic abc"], &["abc"], &["Bearer a", "Bearer a"]]
        {
            assert_eq!(read(refused), None, "{refused:?}");
        }
    }
}

//! Codes, sessions and kiosks.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::App;
use super::caller::{Anywhere, Caller, Kiosk, Own};
use super::input::Body;
use super::problem::Problem;
use crate::gateway::{SessionKind, SessionTokens, SignOut};
use crate::projection::CodeSentDocument;

/// `POST /v1/sign-in/code`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PhoneForm {
    phone: String,
}

/// `POST /v1/sign-in/confirm`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CodeForm {
    phone: String,
    code: SecretString,
}

/// `POST /v1/sessions/refresh`
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct RefreshForm {
    refresh_token: SecretString,
}

/// `POST /v1/kiosk/identify`
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct TillCodeForm {
    till_code: SecretString,
}

/// The tokens of a session, in the clear on their way to the device.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SessionDocument {
    access_token: String,
    expires_in: u64,
    refresh_token: Option<String>,
    refresh_expires_in: Option<u64>,
    kind: &'static str,
}

impl From<SessionTokens> for SessionDocument {
    fn from(tokens: SessionTokens) -> Self {
        let refresh = tokens.refresh.as_ref();
        Self {
            access_token: tokens.access_token.expose_secret().to_owned(),
            expires_in: tokens.expires_in,
            refresh_token: refresh.map(|refresh| refresh.token.expose_secret().to_owned()),
            refresh_expires_in: refresh.map(|refresh| refresh.expires_in),
            kind: match tokens.kind {
                SessionKind::Guest => "guest",
                SessionKind::Kiosk => "kiosk",
            },
        }
    }
}

type Opened = Result<Json<SessionDocument>, Problem>;

pub(super) async fn send_code(
    State(app): State<App>,
    Caller(origin): Caller,
    Body(form): Body<PhoneForm>,
) -> Result<(StatusCode, Json<CodeSentDocument>), Problem> {
    let sent = app.gateway.request_code(&form.phone, &origin).await?;
    Ok((StatusCode::ACCEPTED, Json(sent)))
}

pub(super) async fn confirm(
    State(app): State<App>,
    Caller(origin): Caller,
    Body(form): Body<CodeForm>,
) -> Opened {
    let tokens = app.gateway.confirm(&form.phone, form.code.expose_secret(), &origin).await?;
    Ok(Json(tokens.into()))
}

pub(super) async fn refresh(State(app): State<App>, Body(form): Body<RefreshForm>) -> Opened {
    let tokens = app.gateway.refresh(form.refresh_token.expose_secret()).await?;
    Ok(Json(tokens.into()))
}

pub(super) async fn identify(
    State(app): State<App>,
    Kiosk(device): Kiosk,
    Body(form): Body<TillCodeForm>,
) -> Opened {
    let code = form.till_code.expose_secret();
    let tokens = app.gateway.identify(&device, code).await?;
    Ok(Json(tokens.into()))
}

/// `DELETE /v1/sessions/current`
pub(super) async fn sign_out_here(
    State(app): State<App>,
    Anywhere(guest): Anywhere,
) -> Result<StatusCode, Problem> {
    app.gateway.sign_out(&guest, SignOut::This).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /v1/sessions`
pub(super) async fn sign_out_everywhere(
    State(app): State<App>,
    Own(guest): Own,
) -> Result<StatusCode, Problem> {
    app.gateway.sign_out(&guest, SignOut::All).await?;
    Ok(StatusCode::NO_CONTENT)
}

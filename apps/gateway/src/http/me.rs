//! What is a guest's own.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use jiff::Timestamp;
use jiff::civil::Date;
use loyalty_core::ErrorCode;
use loyalty_core::domain::{Period, Profile, ProfileChange, Sex, parse_day};
use serde::{Deserialize, Deserializer, Serialize};

use super::App;
use super::caller::{self, Address, Anywhere, Own};
use super::entity_tag;
use super::input::{Asked, Body, Named};
use super::problem::Problem;
use crate::error::GatewayError;
use crate::gateway::{HistoryQuery, Wanted};
use crate::projection::{
    ConsentDocument, DeletionDocument, ExportDocument, PageDocument, ReceiptDocument, RegisteredDocument,
    TillCodeDocument, UpdatedDocument, consent_kind,
};

/// How many transactions a page has when nobody says.
const PAGE: u32 = 50;
/// How many it has at most.
const LONGEST_PAGE: u32 = 100;

static AS_OF: HeaderName = HeaderName::from_static("loyalty-as-of");
static FRESHNESS: HeaderName = HeaderName::from_static("loyalty-freshness");

/// `POST /v1/me/registration`
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Form {
    first_name: String,
    last_name: Option<String>,
    middle_name: Option<String>,
    birthday: Option<String>,
    sex: Option<Sex>,
    email: Option<String>,
}

impl TryFrom<Form> for Profile {
    type Error = GatewayError;

    fn try_from(form: Form) -> Result<Self, GatewayError> {
        Ok(Self {
            first_name: Some(form.first_name),
            last_name: form.last_name,
            middle_name: form.middle_name,
            birthday: form.birthday.as_deref().map(birthday).transpose()?,
            sex: form.sex,
            email: form.email,
        })
    }
}

fn birthday(text: &str) -> Result<Date, GatewayError> {
    parse_day(text).map_err(|_| invalid("birthday", ErrorCode::DateInvalid))
}

fn invalid(field: &str, code: ErrorCode) -> GatewayError {
    GatewayError::Invalid { field: field.to_owned(), code }
}

pub(super) async fn register(
    State(app): State<App>,
    Anywhere(guest): Anywhere,
    Body(form): Body<Form>,
) -> Result<(StatusCode, Json<RegisteredDocument>), Problem> {
    let registered = app.gateway.register(&guest, form.try_into()?).await?;
    let status = if registered.created { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(registered)))
}

/// `GET /v1/me/snapshot`
pub(super) async fn snapshot(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    let wanted = if must_revalidate(&headers) { Wanted::Revalidated } else { Wanted::Recent };
    let token = caller::bearer(&headers)?;
    let snapshot = app.gateway.snapshot_by_token(token, wanted, caller::log).await?;
    let etag = HeaderValue::try_from(&snapshot.etag).map_err(|_| Problem::internal())?;
    let as_of = HeaderValue::try_from(snapshot.as_of.to_string()).map_err(|_| Problem::internal())?;
    let freshness = HeaderValue::from_static(if snapshot.stale { "stale" } else { "fresh" });
    let mut response = entity_tag::reply(&headers, &etag, Bytes::from_owner(snapshot.body));
    let told = response.headers_mut();
    told.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    told.insert(&AS_OF, as_of);
    told.insert(&FRESHNESS, freshness);
    Ok(response)
}

fn must_revalidate(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(header::CACHE_CONTROL).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|word| word.trim().eq_ignore_ascii_case("no-cache"))
}

/// `GET /v1/me/transactions`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PageQuery {
    limit: Option<u32>,
    cursor: Option<String>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
}

impl TryFrom<PageQuery> for HistoryQuery {
    type Error = Problem;

    fn try_from(asked: PageQuery) -> Result<Self, Problem> {
        let limit = asked.limit.unwrap_or(PAGE);
        if !(1..=LONGEST_PAGE).contains(&limit) {
            return Err(Problem::unreadable().about("limit"));
        }
        let bounded = asked.from.is_some() || asked.to.is_some();
        if bounded && asked.cursor.is_some() {
            return Err(Problem::unreadable().about("cursor"));
        }
        let from = asked.from.unwrap_or(Timestamp::MIN);
        let to = asked.to.unwrap_or(Timestamp::MAX);
        if to < from {
            return Err(invalid("to", ErrorCode::PeriodInvalid).into());
        }
        Ok(Self { limit, cursor: asked.cursor, period: bounded.then_some(Period { from, to }) })
    }
}

pub(super) async fn transactions(
    State(app): State<App>,
    Anywhere(guest): Anywhere,
    Asked(asked): Asked<PageQuery>,
) -> Result<Json<PageDocument>, Problem> {
    Ok(Json(app.gateway.transactions(&guest, &asked.try_into()?).await?))
}

/// `GET /v1/me/receipts/{receipt}`
pub(super) async fn receipt(
    State(app): State<App>,
    Own(guest): Own,
    Named(reference): Named,
) -> Result<Json<ReceiptDocument>, Problem> {
    Ok(Json(app.gateway.receipt(&guest, &reference).await?))
}

/// `PATCH /v1/me/profile`: what is absent stays, `null` empties.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub(super) struct Change {
    #[serde(deserialize_with = "present")]
    first_name: Option<Option<String>>,
    #[serde(deserialize_with = "present")]
    last_name: Option<Option<String>>,
    #[serde(deserialize_with = "present")]
    middle_name: Option<Option<String>>,
    #[serde(deserialize_with = "present")]
    birthday: Option<Option<String>>,
    #[serde(deserialize_with = "present")]
    sex: Option<Option<Sex>>,
    #[serde(deserialize_with = "present")]
    email: Option<Option<String>>,
}

/// Called for members that are there only, so that `null` can be told from absence.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(member: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(member).map(Some)
}

impl TryFrom<Change> for ProfileChange {
    type Error = Problem;

    fn try_from(change: Change) -> Result<Self, Problem> {
        if change.first_name == Some(None) {
            return Err(invalid("firstName", ErrorCode::FieldEmpty).into());
        }
        let birthday = match change.birthday {
            Some(Some(text)) => Some(Some(birthday(&text)?)),
            Some(None) => Some(None),
            None => None,
        };
        let asked = Self {
            first_name: change.first_name.flatten(),
            last_name: change.last_name,
            middle_name: change.middle_name,
            birthday,
            sex: change.sex,
            email: change.email,
        };
        if asked == Self::default() {
            return Err(Problem::unreadable());
        }
        Ok(asked)
    }
}

pub(super) async fn update_profile(
    State(app): State<App>,
    Own(guest): Own,
    Body(change): Body<Change>,
) -> Result<Json<UpdatedDocument>, Problem> {
    Ok(Json(app.gateway.update_profile(&guest, &change.try_into()?).await?))
}

/// `POST /v1/me/till-code`
pub(super) async fn till_code(
    State(app): State<App>,
    Own(guest): Own,
) -> Result<(StatusCode, Json<TillCodeDocument>), Problem> {
    Ok((StatusCode::CREATED, Json(app.gateway.till_code(&guest).await?)))
}

/// `GET /v1/me/consents`
#[derive(Serialize)]
pub(super) struct ConsentsDocument {
    consents: Vec<ConsentDocument>,
}

pub(super) async fn consents(
    State(app): State<App>,
    Anywhere(guest): Anywhere,
) -> Result<Json<ConsentsDocument>, Problem> {
    Ok(Json(ConsentsDocument { consents: app.gateway.consents(&guest).await? }))
}

/// `POST /v1/me/consents`
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct ConsentForm {
    kind: String,
    text_version: String,
}

pub(super) async fn give_consent(
    State(app): State<App>,
    Anywhere(guest): Anywhere,
    address: Address,
    Body(form): Body<ConsentForm>,
) -> Result<(StatusCode, Json<ConsentDocument>), Problem> {
    let kind = consent_kind(&form.kind).ok_or_else(|| Problem::unreadable().about("kind"))?;
    let given = app.gateway.give_consent(&guest, kind, &form.text_version, &address.origin()).await?;
    let status = if given.created { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(given.consent)))
}

/// `DELETE /v1/me/consents/{kind}`
pub(super) async fn withdraw_consent(
    State(app): State<App>,
    Own(guest): Own,
    address: Address,
    Named(kind): Named,
) -> Result<StatusCode, Problem> {
    let kind = consent_kind(&kind).ok_or_else(Problem::not_found)?;
    app.gateway.withdraw_consent(&guest, kind, &address.origin()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /v1/me/export`
pub(super) async fn export(State(app): State<App>, Own(guest): Own) -> Result<Json<ExportDocument>, Problem> {
    Ok(Json(app.gateway.export(&guest).await?))
}

/// `POST /v1/me/deletion`
pub(super) async fn request_deletion(
    State(app): State<App>,
    Own(guest): Own,
    address: Address,
) -> Result<(StatusCode, Json<DeletionDocument>), Problem> {
    Ok((StatusCode::ACCEPTED, Json(app.gateway.request_deletion(&guest, &address.origin()).await?)))
}

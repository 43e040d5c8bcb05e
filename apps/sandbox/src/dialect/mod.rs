//! The ways an instance may differ from the contract, each a switch of its own.

pub(crate) mod coerce;
mod dates;
pub(crate) mod names;
pub(crate) mod render;
mod words;

pub use words::UnknownWord;

/// How phones are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PhoneForm {
    /// `+79161234567`
    #[default]
    E164,
    /// `79161234567`
    Digits,
    /// `89161234567`
    National,
    /// `9161234567`
    Subscriber,
}

/// How sums are written, except in `external/register_check`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AmountForm {
    /// `12345`
    #[default]
    Kopecks,
    /// `"123.45"`
    RubleText,
    /// `123.45`
    RubleNumber,
}

/// How a list stands in a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ListForm {
    /// `[…]`
    #[default]
    Bare,
    /// `{"data": […]}`
    Data,
    /// `{"items": […]}`
    Items,
    /// `{"result": […]}`
    Result,
}

/// How a guest's absence is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NotFound {
    /// Status 404.
    #[default]
    Status,
    /// 200 and `null`.
    Null,
    /// 200 and `{}`.
    EmptyObject,
    /// 200 and `[]`.
    EmptyList,
}

/// How moments and days are written, in the venue's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DateForm {
    /// `2026-06-15T12:00:00+03:00`
    #[default]
    Rfc3339,
    /// `2026-06-15 12:00:00+03`
    Offset,
    /// `15.06.2026`: days and moments alike, so the time of day is lost.
    DayFirst,
    /// `2026-06-15 12:00:00.000`
    Millis,
    /// `2026-06-15T12:00:00`
    Local,
}

/// What becomes of optional fields in replies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OptionalFields {
    /// Sent where they have a value.
    #[default]
    WithValue,
    /// Sent as null where they have none.
    Nulls,
    /// Never sent.
    Never,
}

/// How the instance describes itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SwaggerVersion {
    /// OpenAPI 3.1.
    #[default]
    OpenApi3,
    /// Swagger 2.0.
    Swagger2,
}

/// How the API speaks. The default is the contract; words for [`str::parse`] are in the crate's README.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Dialect {
    /// Header of the permanent token.
    pub token_header: String,
    /// Word before the permanent token; empty: none.
    pub token_scheme: String,
    /// Form of phones, in and out.
    pub phone: PhoneForm,
    /// Form of sums, in and out.
    pub amounts: AmountForm,
    /// Form of lists in replies.
    pub lists: ListForm,
    /// How a guest's absence is told.
    pub not_found: NotFound,
    /// Whether ids and sums are texts in replies.
    pub numbers_as_text: bool,
    /// Form of dates in replies; requests may use any.
    pub dates: DateForm,
    /// Whether an absent date is `0000-00-00`.
    pub zero_dates: bool,
    /// Whether paths, verbs, parameters, fields and words are other ones.
    pub renamed: bool,
    /// Whether history repeats the caller's keys and comments.
    pub echo_keys: bool,
    /// Whether `accounts/issue_identifier` exists.
    pub temporary_codes: bool,
    /// What becomes of optional fields in replies.
    pub optional_fields: OptionalFields,
    /// Whether `accounts/update` clears what is not sent.
    pub full_update: bool,
    /// Whether `accounts/insert_by_template` answers a known phone with its account instead of 409.
    pub existing_returned: bool,
    /// Whether a refresh gives a new refresh token and ends the old one.
    pub refresh_rotates: bool,
    /// How the instance describes itself.
    pub swagger: SwaggerVersion,
    /// Where the description is served.
    pub swagger_path: String,
}

impl Default for Dialect {
    fn default() -> Self {
        Self {
            token_header: "X-API-Key".into(),
            token_scheme: String::new(),
            phone: PhoneForm::default(),
            amounts: AmountForm::default(),
            lists: ListForm::default(),
            not_found: NotFound::default(),
            numbers_as_text: false,
            dates: DateForm::default(),
            zero_dates: false,
            renamed: false,
            echo_keys: true,
            temporary_codes: true,
            optional_fields: OptionalFields::default(),
            full_update: false,
            existing_returned: false,
            refresh_rotates: true,
            swagger: SwaggerVersion::default(),
            swagger_path: "/swagger/v1/swagger.json".into(),
        }
    }
}

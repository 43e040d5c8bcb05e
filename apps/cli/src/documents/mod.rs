//! The JSON documents of `--json`: a promise to the programs that read them.
//!
//! Written out field by field instead of derived from the domain, so that a change inside cannot change them unseen.
//! Keys are camelCase and always there, `null` where there is no value; sums are integer kopecks, instants are RFC
//! 3339 in UTC, days are `YYYY-MM-DD` in the venue's business calendar.

mod cache;
mod directory;
mod doctor;
mod gateway;
mod guest;
mod login;
mod money;
mod outbox;
mod reports;

use std::borrow::Cow;

use jiff::Timestamp;
use loyalty_core::{ErrorCode, LoyaltyError};
use serde::Serialize;
use uuid::Uuid;

pub(crate) use cache::WipeDocument;
pub(crate) use directory::{
    DiscountsDocument, GroupDocument, GroupsDocument, IdentifierTypeDocument, IdentifierTypesDocument,
    LadderDocument, ReportsDocument,
};
pub(crate) use doctor::DoctorDocument;
pub(crate) use gateway::{
    ConsentRow, ConsentsDocument, DeletionRow, DeletionsDocument, DevicesDocument, GatewayDocument,
    NewDeviceDocument,
};
pub(crate) use guest::{
    AccountDocument, AccountsDocument, BalanceDocument, CodeDocument, HistoryDocument, ReceiptDocument,
    RegisteredDocument, SignedDocument, UpdatedDocument,
};
pub(crate) use login::LoginDocument;
pub(crate) use money::{GroupWriteDocument, WriteDocument};
pub(crate) use outbox::{
    ForgottenDocument, GroupReportDocument, ImportDocument, ImportProblem, OpenDocument, RecordDocument,
    RecordsDocument, SalvageDocument, SettledDocument,
};

pub(crate) use reports::{BurningDocument, FailedAccountDocument, TransactionRowDocument, TurnoverDocument};

/// An error.
#[derive(Debug, Serialize)]
pub(crate) struct ErrorDocument<'a> {
    error: ErrorBody<'a>,
    /// The key of the write that failed. Only there when the command was a write.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<Uuid>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorBody<'a> {
    category: &'static str,
    code: &'static str,
    retryable: bool,
    /// Whole seconds, rounded up.
    retry_after: Option<u64>,
    field: Option<Cow<'a, str>>,
    advice: &'static str,
}

impl<'a> ErrorDocument<'a> {
    pub(crate) fn new(error: &'a LoyaltyError, key: Option<Uuid>) -> Self {
        let seconds =
            |wait: std::time::Duration| wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0));
        Self {
            error: ErrorBody {
                category: error.category().as_str(),
                code: error.code().as_str(),
                retryable: error.retryable(),
                retry_after: error.retry_after().map(seconds),
                field: field(error),
                advice: crate::failure::advice(error, key),
            },
            key,
        }
    }
}

/// The field that an error is about. Input is named in camelCase like everything in the documents; a setting and a
/// place in a server's answer keep the spelling by which they are found.
fn field(error: &LoyaltyError) -> Option<Cow<'_, str>> {
    let field = error.field().filter(|field| !field.is_empty())?;
    match error {
        LoyaltyError::InvalidInput { code, .. } if *code != ErrorCode::ConfigInvalid => {
            Some(camel_case(field).into())
        }
        _ => Some(field.into()),
    }
}

/// `rest-code` and `rest_code` → `restCode`.
pub(crate) fn camel_case(name: &str) -> String {
    let mut camel = String::with_capacity(name.len());
    let mut capital = false;
    for letter in name.chars() {
        match letter {
            '-' | '_' => capital = true,
            letter if capital => {
                camel.push(letter.to_ascii_uppercase());
                capital = false;
            }
            letter => camel.push(letter),
        }
    }
    camel
}

/// A sandbox that is up.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SandboxDocument<'a> {
    pub(crate) url: &'a str,
    pub(crate) api_token_header: &'a str,
    pub(crate) api_token: &'a str,
    pub(crate) now: Timestamp,
    /// The phone of the guest with the longest history.
    pub(crate) longest_history: Option<String>,
}

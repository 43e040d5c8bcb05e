//! What leaves the gateway: every document lists its members, so what ProBonus adds tomorrow stays where it is.
//!
//! Members are camelCase, sums whole kopecks, rates basis points, quantities thousandths. What is a guest's own, or
//! opens something, is not shown by `Debug`.

/// A `Debug` that tells the type and nothing of what is in it.
macro_rules! impl_quiet_debug {
    ($name:ident) => {
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    };
}

mod account;
mod history;

pub use account::{
    AccountDocument, BalanceDocument, BurnDocument, CouponDocument, LevelDocument, NextLevelDocument,
    PendingDocument, RegisteredDocument, UpdatedDocument,
};
pub use history::{DishDocument, PageDocument, ReceiptDocument, TransactionDocument};

use jiff::Timestamp;
use loyalty_core::domain::ConsentKind;
use serde::Serialize;

/// For whose eyes a document is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The guest's own device.
    Guest,
    /// A screen in the restaurant, which others may see.
    Kiosk,
}

/// The one document that every screen is drawn from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotDocument {
    /// The account.
    pub account: AccountDocument,
    /// The balance.
    pub balance: BalanceDocument,
    /// The newest transactions.
    pub newest: Vec<TransactionDocument>,
    /// When ProBonus was read.
    pub as_of: Timestamp,
}

/// A code for the till.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TillCodeDocument {
    /// The digits.
    pub value: String,
    /// When it stops working; `null` for a card that stays.
    pub expires_at: Option<Timestamp>,
}

impl_quiet_debug!(TillCodeDocument);

/// That a code is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeSentDocument {
    /// After how many seconds another may be asked for.
    pub resend_after: u64,
    /// For how many seconds it is good.
    pub expires_in: u64,
    /// How many digits it has.
    pub digits: u32,
}

/// A consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConsentDocument {
    /// What for: `personal_data` or `advertising`.
    pub kind: &'static str,
    /// Which version of the text was shown.
    pub text_version: String,
    /// When it was given.
    pub given_at: Timestamp,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Timestamp>,
}

/// A consent with the address it came from, for the guest's own copy of their data.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConsentWithAddressDocument {
    /// The consent.
    #[serde(flatten)]
    pub consent: ConsentDocument,
    /// The address of the device that gave it.
    pub address: String,
    /// The address of the device that withdrew it.
    pub withdrawn_address: Option<String>,
}

impl_quiet_debug!(ConsentWithAddressDocument);

/// A session, for the guest's own copy of their data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OpenSessionDocument {
    /// `guest` or `kiosk`.
    pub kind: &'static str,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When its tokens were last renewed, or first used since.
    pub last_used_at: Timestamp,
}

/// Everything that is kept about the guest.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportDocument {
    /// When it was put together.
    pub exported_at: Timestamp,
    /// The phone of the session.
    pub phone: String,
    /// The account; `null` when there is none.
    pub account: Option<AccountDocument>,
    /// The balance; `null` when there is no account.
    pub balance: Option<BalanceDocument>,
    /// The whole history, newest first.
    pub transactions: Vec<TransactionDocument>,
    /// All consents, newest first.
    pub consents: Vec<ConsentWithAddressDocument>,
    /// All sessions.
    pub sessions: Vec<OpenSessionDocument>,
    /// When deletion was asked for.
    pub deletion_requested_at: Option<Timestamp>,
}

impl_quiet_debug!(ExportDocument);

/// That deletion was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeletionDocument {
    /// When, the first time.
    pub requested_at: Timestamp,
}

/// The word for a kind of consent, in the interface and in the state.
#[must_use]
pub fn consent_word(kind: ConsentKind) -> &'static str {
    match kind {
        ConsentKind::PersonalData => "personal_data",
        ConsentKind::Advertising => "advertising",
    }
}

/// The kind of consent by its word.
#[must_use]
pub fn consent_kind(word: &str) -> Option<ConsentKind> {
    [ConsentKind::PersonalData, ConsentKind::Advertising].into_iter().find(|kind| consent_word(*kind) == word)
}

#[cfg(test)]
mod tests {
    use super::TillCodeDocument;

    #[test]
    fn a_till_code_is_sent_and_not_printed() {
        let code = TillCodeDocument { value: "123456".to_owned(), expires_at: None };
        assert!(serde_json::to_string(&code).unwrap().contains("123456"));
        assert!(!format!("{code:?} {code:#?}").contains("123456"));
    }
}

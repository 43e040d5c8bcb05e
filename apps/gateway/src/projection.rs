//! What leaves the gateway: every document lists its members, so what ProBonus adds tomorrow stays where it is.
//!
//! Members are camelCase, sums whole kopecks, rates basis points, quantities thousandths.

use jiff::Timestamp;
use jiff::civil::Date;
use loyalty_core::domain::{
    Account, Balance, Bonus, BurnSchedule, ConsentKind, Coupon, Inconsistency, Level, Money, Percent, Phone,
    Receipt, Sex, Transaction, TransactionKind,
};
use serde::Serialize;

/// For whose eyes a document is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The guest's own device.
    Guest,
    /// A screen in the restaurant, which others may see.
    Kiosk,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountDocument {
    /// The account's number.
    pub id: i64,
    /// The number of its group.
    pub group_id: i64,
    /// The phone, `+7XXXXXXXXXX`; only for the guest's own device.
    pub phone: Option<String>,
    /// The phone with four digits to be seen.
    pub phone_masked: Option<String>,
    /// First name.
    pub first_name: Option<String>,
    /// Last name; only for the guest's own device.
    pub last_name: Option<String>,
    /// Patronymic; only for the guest's own device.
    pub middle_name: Option<String>,
    /// Birthday; only for the guest's own device.
    pub birthday: Option<Date>,
    /// Sex; only for the guest's own device.
    pub sex: Option<Sex>,
    /// E-mail; only for the guest's own device.
    pub email: Option<String>,
    /// What the account says that it holds.
    pub balance: i64,
    /// Whether the restaurant has blocked it.
    pub blocked: bool,
    /// The level.
    pub level: Option<LevelDocument>,
    /// Coupons.
    pub coupons: Vec<CouponDocument>,
}

/// A level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LevelDocument {
    /// Its number.
    pub id: Option<i64>,
    /// Its name.
    pub name: String,
    /// The discount, in basis points.
    pub discount_basis_points: Option<i32>,
    /// What comes back as bonuses, in basis points.
    pub accrual_basis_points: Option<i32>,
    /// The turnover that counts.
    pub turnover: Option<i64>,
    /// The next one up.
    pub next: Option<NextLevelDocument>,
}

/// The next level up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NextLevelDocument {
    /// Its name.
    pub name: String,
    /// From which turnover.
    pub from: i64,
}

/// A coupon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CouponDocument {
    /// Its number.
    pub id: i64,
    /// What it gives.
    pub name: String,
    /// The code to tell; only for the guest's own device.
    pub code: Option<String>,
    /// The last instant it can be used.
    pub expires_at: Option<Timestamp>,
}

/// A balance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BalanceDocument {
    /// All that can be spent now.
    pub total: i64,
    /// What burns when, ascending by day.
    pub burns: Vec<BurnDocument>,
    /// What never burns; `null` when the parts do not explain the total.
    pub non_burning: Option<i64>,
    /// Why they do not.
    pub inconsistency: Option<&'static str>,
    /// Accrued and not spendable yet.
    pub pending: Vec<PendingDocument>,
}

/// What burns on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BurnDocument {
    /// The business day.
    pub on: Date,
    /// How much.
    pub amount: i64,
}

/// What will be spendable later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PendingDocument {
    /// How much.
    pub amount: i64,
    /// From when.
    pub active_from: Option<Timestamp>,
}

/// A movement of bonuses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TransactionDocument {
    /// Its number.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// What it was.
    pub kind: &'static str,
    /// The server's own word, where `kind` is `other`.
    pub kind_text: Option<String>,
    /// How many bonuses.
    pub sum: i64,
    /// The balance afterwards.
    pub balance_after: Option<i64>,
    /// The receipt's reference, sealed to the guest.
    pub receipt: Option<String>,
    /// The restaurant's code.
    pub venue_code: Option<i64>,
    /// The restaurant's name.
    pub venue: Option<String>,
    /// What was paid in money.
    pub money_spent: Option<i64>,
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

/// A page of the history, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PageDocument {
    /// The transactions.
    pub transactions: Vec<TransactionDocument>,
    /// The cursor of the next page; `null` on the last.
    pub next: Option<String>,
}

/// A receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReceiptDocument {
    /// Its reference, sealed to the guest.
    pub receipt: String,
    /// The number printed on it.
    pub number: Option<String>,
    /// When it was closed.
    pub at: Timestamp,
    /// The restaurant's code.
    pub venue_code: Option<i64>,
    /// The restaurant's name.
    pub venue: Option<String>,
    /// What was served.
    pub dishes: Vec<DishDocument>,
    /// The sum of the dishes.
    pub total: i64,
    /// The discount.
    pub discount: i64,
    /// Bonuses used.
    pub bonus_spent: i64,
    /// Bonuses earned.
    pub bonus_accrued: i64,
    /// Paid in money.
    pub paid: i64,
}

/// A line of a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DishDocument {
    /// Its name.
    pub name: String,
    /// How many, in thousandths.
    pub quantity_thousandths: i64,
    /// The price of one.
    pub price: i64,
    /// The line's sum.
    pub sum: i64,
}

/// What a registration came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RegisteredDocument {
    /// Whether the account is new.
    pub created: bool,
    /// The account.
    pub account: AccountDocument,
}

/// What a change of the profile came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UpdatedDocument {
    /// The account afterwards.
    pub account: AccountDocument,
    /// Whether ProBonus changed more than was asked.
    pub unasked: bool,
}

/// A code for the till.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TillCodeDocument {
    /// The digits.
    pub value: String,
    /// When it stops working; `null` for a card that stays.
    pub expires_at: Option<Timestamp>,
}

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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConsentWithAddressDocument {
    /// The consent.
    #[serde(flatten)]
    pub consent: ConsentDocument,
    /// The address of the device that gave it.
    pub address: String,
}

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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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

/// That deletion was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeletionDocument {
    /// When, the first time.
    pub requested_at: Timestamp,
}

impl AccountDocument {
    /// An account as `audience` may see it.
    #[must_use]
    pub fn new(account: &Account, audience: Audience) -> Self {
        let own = audience == Audience::Guest;
        let private = |text: &Option<String>| text.clone().filter(|_| own);
        let profile = &account.profile;
        Self {
            id: account.id.0,
            group_id: account.group_id.0,
            phone: account.phone.filter(|_| own).map(|phone| phone.e164()),
            phone_masked: account.phone.map(|phone: Phone| phone.masked()),
            first_name: profile.first_name.clone(),
            last_name: private(&profile.last_name),
            middle_name: private(&profile.middle_name),
            birthday: profile.birthday.filter(|_| own),
            sex: profile.sex.filter(|_| own),
            email: private(&profile.email),
            balance: account.balance.hundredths(),
            blocked: account.blocked,
            level: account.level.as_ref().map(LevelDocument::from),
            coupons: account.coupons.iter().map(|coupon| CouponDocument::new(coupon, own)).collect(),
        }
    }
}

impl CouponDocument {
    fn new(coupon: &Coupon, own: bool) -> Self {
        Self {
            id: coupon.id,
            name: coupon.name.clone(),
            code: coupon.code.clone().filter(|_| own),
            expires_at: coupon.expires_at,
        }
    }
}

impl From<&Level> for LevelDocument {
    fn from(level: &Level) -> Self {
        let basis_points = |percent: Percent| percent.0;
        Self {
            id: level.id,
            name: level.name.clone(),
            discount_basis_points: level.discount.map(basis_points),
            accrual_basis_points: level.accrual.map(basis_points),
            turnover: level.turnover.map(Money::hundredths),
            next: level
                .next
                .as_ref()
                .map(|next| NextLevelDocument { name: next.name.clone(), from: next.from.hundredths() }),
        }
    }
}

impl From<&Balance> for BalanceDocument {
    fn from(balance: &Balance) -> Self {
        let (burns, non_burning, inconsistency) = match &balance.schedule {
            BurnSchedule::Parts { burns, non_burning } => (burns.as_slice(), Some(*non_burning), None),
            BurnSchedule::TotalOnly { because } => (&[][..], None, Some(inconsistency(*because))),
        };
        Self {
            total: balance.total.hundredths(),
            burns: burns
                .iter()
                .map(|burn| BurnDocument { on: burn.on, amount: burn.amount.hundredths() })
                .collect(),
            non_burning: non_burning.map(Bonus::hundredths),
            inconsistency,
            pending: balance
                .pending
                .iter()
                .map(|part| PendingDocument {
                    amount: part.amount.hundredths(),
                    active_from: part.active_from,
                })
                .collect(),
        }
    }
}

fn inconsistency(because: Inconsistency) -> &'static str {
    match because {
        Inconsistency::PartsDoNotSum => "parts_do_not_sum",
        Inconsistency::ImpossiblePart => "impossible_part",
        Inconsistency::TotalsDiffer => "totals_differ",
    }
}

impl TransactionDocument {
    /// A transaction with its receipt's reference sealed already.
    #[must_use]
    pub fn new(row: &Transaction, receipt: Option<String>) -> Self {
        let (kind, kind_text) = kind(&row.kind);
        Self {
            id: row.id.0,
            at: row.at,
            kind,
            kind_text,
            sum: row.sum.hundredths(),
            balance_after: row.balance_after.map(Bonus::hundredths),
            receipt,
            venue_code: row.venue_code,
            venue: row.venue.clone(),
            money_spent: row.money_spent.map(Money::hundredths),
        }
    }
}

fn kind(kind: &TransactionKind) -> (&'static str, Option<String>) {
    match kind {
        TransactionKind::Accrual => ("accrual", None),
        TransactionKind::Spend => ("spend", None),
        TransactionKind::Burn => ("burn", None),
        TransactionKind::Refill => ("refill", None),
        TransactionKind::Withdraw => ("withdraw", None),
        TransactionKind::Welcome => ("welcome", None),
        TransactionKind::Correction => ("correction", None),
        TransactionKind::Other(word) => ("other", Some(word.clone())),
    }
}

impl ReceiptDocument {
    /// A receipt under the sealed reference that it was asked for by.
    #[must_use]
    pub fn new(receipt: &Receipt, sealed: String) -> Self {
        let dishes = receipt.dishes.iter().map(|dish| DishDocument {
            name: dish.name.clone(),
            quantity_thousandths: dish.quantity.0,
            price: dish.price.hundredths(),
            sum: dish.sum.hundredths(),
        });
        Self {
            receipt: sealed,
            number: receipt.number.clone(),
            at: receipt.at,
            venue_code: receipt.venue_code,
            venue: receipt.venue.clone(),
            dishes: dishes.collect(),
            total: receipt.total.hundredths(),
            discount: receipt.discount.hundredths(),
            bonus_spent: receipt.bonus_spent.hundredths(),
            bonus_accrued: receipt.bonus_accrued.hundredths(),
            paid: receipt.paid.hundredths(),
        }
    }
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

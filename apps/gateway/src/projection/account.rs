//! The account and what it holds.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use loyalty_core::domain::{Account, Balance, BurnSchedule, Coupon, Inconsistency, Level, Money, Sex};
use serde::{Deserialize, Serialize};

/// A guest's account. Its `Debug` tells its number only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountDocument {
    /// Its number at ProBonus, which support asks for.
    pub id: i64,
    /// The number of its group.
    pub group_id: i64,
    /// E.164.
    pub phone: Option<String>,
    /// For screens that others may see.
    pub phone_masked: Option<String>,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// Patronymic.
    pub middle_name: Option<String>,
    /// Birthday.
    pub birthday: Option<Date>,
    /// Sex.
    pub sex: Option<Sex>,
    /// E-mail.
    pub email: Option<String>,
    /// Kopecks; may lag behind the balance taken apart.
    pub balance: i64,
    /// Whether the restaurant has blocked it.
    pub blocked: bool,
    /// The level on the ladder.
    pub level: Option<LevelDocument>,
    /// Coupons.
    pub coupons: Vec<CouponDocument>,
}

impl fmt::Debug for AccountDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountDocument").field("id", &self.id).finish_non_exhaustive()
    }
}

impl From<&Account> for AccountDocument {
    fn from(account: &Account) -> Self {
        let profile = account.profile.clone();
        Self {
            id: account.id.0,
            group_id: account.group_id.0,
            phone: account.phone.map(|phone| phone.e164()),
            phone_masked: account.phone.map(|phone| phone.masked()),
            first_name: profile.first_name,
            last_name: profile.last_name,
            middle_name: profile.middle_name,
            birthday: profile.birthday,
            sex: profile.sex,
            email: profile.email,
            balance: account.balance.hundredths(),
            blocked: account.blocked,
            level: account.level.as_ref().map(LevelDocument::from),
            coupons: account.coupons.iter().map(CouponDocument::from).collect(),
        }
    }
}

impl AccountDocument {
    /// Without what others in front of a kiosk must not read, or could use.
    #[must_use]
    pub fn for_kiosk(self) -> Self {
        let coupons =
            self.coupons.into_iter().map(|coupon| CouponDocument { code: None, ..coupon }).collect();
        Self {
            phone: None,
            last_name: None,
            middle_name: None,
            birthday: None,
            sex: None,
            email: None,
            coupons,
            ..self
        }
    }
}

/// A level of the programme as the account stands on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LevelDocument {
    /// Its number, where ProBonus gives one.
    pub id: Option<i64>,
    /// Its name, in the restaurant's words.
    pub name: String,
    /// Hundredths of a percent.
    pub discount_basis_points: Option<i32>,
    /// Hundredths of a percent.
    pub accrual_basis_points: Option<i32>,
    /// The turnover that counts, kopecks.
    pub turnover: Option<i64>,
    /// The next one up.
    pub next: Option<NextLevelDocument>,
}

/// The next level up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextLevelDocument {
    /// Its name.
    pub name: String,
    /// From which turnover, kopecks.
    pub from: i64,
}

impl From<&Level> for LevelDocument {
    fn from(level: &Level) -> Self {
        Self {
            id: level.id,
            name: level.name.clone(),
            discount_basis_points: level.discount.map(|percent| percent.0),
            accrual_basis_points: level.accrual.map(|percent| percent.0),
            turnover: level.turnover.map(Money::hundredths),
            next: level
                .next
                .as_ref()
                .map(|next| NextLevelDocument { name: next.name.clone(), from: next.from.hundredths() }),
        }
    }
}

/// A coupon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CouponDocument {
    /// Its number.
    pub id: i64,
    /// What it gives, in the restaurant's words.
    pub name: String,
    /// The code to tell.
    pub code: Option<String>,
    /// The last instant at which it can be used, UTC.
    pub expires_at: Option<Timestamp>,
}

impl From<&Coupon> for CouponDocument {
    fn from(coupon: &Coupon) -> Self {
        Self {
            id: coupon.id,
            name: coupon.name.clone(),
            code: coupon.code.clone(),
            expires_at: coupon.expires_at,
        }
    }
}

/// A balance taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BalanceDocument {
    /// Kopecks that can be spent now; may be negative.
    pub total: i64,
    /// What burns when, by ascending business day; empty when the parts do not explain the total.
    pub burns: Vec<BurnDocument>,
    /// Kopecks that never burn; nothing when the parts do not explain the total.
    pub non_burning: Option<i64>,
    /// Why the parts are not shown.
    pub inconsistency: Option<InconsistencyWord>,
    /// Accrued, not yet spendable, outside the total.
    pub pending: Vec<PendingDocument>,
}

/// Why a balance's parts are not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InconsistencyWord {
    /// The parts do not sum to the total.
    PartsDoNotSum,
    /// A part is negative, or too large.
    ImpossiblePart,
    /// Account and balance disagree on the total.
    TotalsDiffer,
}

impl From<Inconsistency> for InconsistencyWord {
    fn from(because: Inconsistency) -> Self {
        match because {
            Inconsistency::PartsDoNotSum => Self::PartsDoNotSum,
            Inconsistency::ImpossiblePart => Self::ImpossiblePart,
            Inconsistency::TotalsDiffer => Self::TotalsDiffer,
        }
    }
}

/// An amount that burns on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BurnDocument {
    /// The venue's business day.
    pub on: Date,
    /// Kopecks, above zero.
    pub amount: i64,
}

/// An amount that can be spent later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PendingDocument {
    /// Kopecks.
    pub amount: i64,
    /// From when, UTC.
    pub active_from: Option<Timestamp>,
}

impl From<&Balance> for BalanceDocument {
    fn from(balance: &Balance) -> Self {
        let (non_burning, inconsistency) = match &balance.schedule {
            BurnSchedule::Parts { non_burning, .. } => (Some(non_burning.hundredths()), None),
            BurnSchedule::TotalOnly { because } => (None, Some((*because).into())),
        };
        let burn = |burn: &loyalty_core::domain::Burn| BurnDocument {
            on: burn.on,
            amount: burn.amount.hundredths(),
        };
        let pending = |part: &loyalty_core::domain::Pending| PendingDocument {
            amount: part.amount.hundredths(),
            active_from: part.active_from,
        };
        Self {
            total: balance.total.hundredths(),
            burns: balance.schedule.burns().iter().map(burn).collect(),
            non_burning,
            inconsistency,
            pending: balance.pending.iter().map(pending).collect(),
        }
    }
}

/// `POST /v1/me/registration`
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RegisteredDocument {
    /// Whether this request created the account.
    pub created: bool,
    /// The account.
    pub account: AccountDocument,
}

/// `PATCH /v1/me/profile`
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UpdatedDocument {
    /// The account, read again.
    pub account: AccountDocument,
    /// Whether ProBonus changed more than was asked; what it is called there stays inside.
    pub unasked: bool,
}

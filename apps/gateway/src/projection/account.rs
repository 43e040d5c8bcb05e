//! The account, what it holds, and what was done with it.

use jiff::Timestamp;
use jiff::civil::Date;
use loyalty_core::domain::{
    Account, Balance, Bonus, BurnSchedule, Coupon, Inconsistency, Level, Money, Percent, Phone, Sex,
};
use serde::Serialize;

use super::Audience;

/// An account.
#[derive(Clone, PartialEq, Eq, Serialize)]
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

impl_quiet_debug!(AccountDocument);

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
#[derive(Clone, PartialEq, Eq, Serialize)]
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

impl_quiet_debug!(CouponDocument);

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

//! Accounts and the form behind them.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Document, Wrong};
use crate::domain::{
    Account, AccountId, AccountUpdate, Bonus, Coupon, GroupId, Level, Money, NextLevel, Percent, Phone,
    Profile, ProfileChange, Sex,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireAccount {
    id: i64,
    group_id: i64,
    phone: Option<String>,
    /// What a kiosk is told instead.
    pub(super) phone_masked: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    middle_name: Option<String>,
    birthday: Option<Date>,
    sex: Option<Sex>,
    email: Option<String>,
    balance: i64,
    blocked: bool,
    level: Option<WireLevel>,
    coupons: Vec<WireCoupon>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireLevel {
    id: Option<i64>,
    name: String,
    discount_basis_points: Option<i32>,
    accrual_basis_points: Option<i32>,
    turnover: Option<i64>,
    next: Option<WireNext>,
}

#[derive(Deserialize)]
struct WireNext {
    name: String,
    from: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireCoupon {
    id: i64,
    name: String,
    code: Option<String>,
    expires_at: Option<Timestamp>,
}

impl From<WireAccount> for Account {
    fn from(wire: WireAccount) -> Self {
        Self {
            id: AccountId(wire.id),
            group_id: GroupId(wire.group_id),
            phone: wire.phone.and_then(|text| Phone::parse(&text).ok()),
            profile: Profile {
                first_name: wire.first_name,
                last_name: wire.last_name,
                middle_name: wire.middle_name,
                birthday: wire.birthday,
                sex: wire.sex,
                email: wire.email,
            },
            balance: Bonus::from_hundredths(wire.balance),
            blocked: wire.blocked,
            level: wire.level.map(WireLevel::level),
            // The gateway lets none of them out.
            identifiers: Vec::new(),
            coupons: wire.coupons.into_iter().map(WireCoupon::coupon).collect(),
        }
    }
}

impl WireLevel {
    fn level(self) -> Level {
        Level {
            id: self.id,
            name: self.name,
            discount: self.discount_basis_points.map(Percent),
            accrual: self.accrual_basis_points.map(Percent),
            turnover: self.turnover.map(Money::from_hundredths),
            next: self
                .next
                .map(|next| NextLevel { name: next.name, from: Money::from_hundredths(next.from) }),
        }
    }
}

impl WireCoupon {
    fn coupon(self) -> Coupon {
        Coupon { id: self.id, name: self.name, code: self.code, expires_at: self.expires_at }
    }
}

/// What came of a registration.
#[derive(Deserialize)]
pub(in crate::backend::gateway) struct Registered {
    created: bool,
    account: WireAccount,
}

/// The account, and whether the registration made it.
pub(in crate::backend::gateway) struct RegisteredAccount {
    pub(in crate::backend::gateway) created: bool,
    pub(in crate::backend::gateway) account: Account,
}

impl Document for Registered {
    type Value = RegisteredAccount;

    fn value(self) -> Result<RegisteredAccount, Wrong> {
        Ok(RegisteredAccount { created: self.created, account: self.account.into() })
    }
}

/// What came of a change.
#[derive(Deserialize)]
pub(in crate::backend::gateway) struct Updated {
    account: WireAccount,
    unasked: bool,
}

impl Document for Updated {
    type Value = AccountUpdate;

    fn value(self) -> Result<AccountUpdate, Wrong> {
        // The gateway says that something else changed, and keeps to itself what.
        let unasked = if self.unasked { vec!["account".to_owned()] } else { Vec::new() };
        Ok(AccountUpdate { account: self.account.into(), unasked })
    }
}

/// The form of a newcomer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::backend::gateway) struct Form<'a> {
    first_name: Option<&'a str>,
    last_name: Option<&'a str>,
    middle_name: Option<&'a str>,
    birthday: Option<Date>,
    sex: Option<Sex>,
    email: Option<&'a str>,
}

impl<'a> Form<'a> {
    pub(in crate::backend::gateway) fn new(profile: &'a Profile) -> Self {
        Self {
            first_name: profile.first_name.as_deref(),
            last_name: profile.last_name.as_deref(),
            middle_name: profile.middle_name.as_deref(),
            birthday: profile.birthday,
            sex: profile.sex,
            email: profile.email.as_deref(),
        }
    }
}

/// A change of the form: what is absent stays, `null` empties.
pub(in crate::backend::gateway) fn change(change: &ProfileChange) -> Map<String, Value> {
    let mut members = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            members.insert(name.to_owned(), value);
        }
    };
    put("firstName", change.first_name.as_ref().map(|text| json!(text)));
    put("lastName", change.last_name.as_ref().map(|text| json!(text)));
    put("middleName", change.middle_name.as_ref().map(|text| json!(text)));
    put("birthday", change.birthday.as_ref().map(|day| json!(day)));
    put("sex", change.sex.as_ref().map(|sex| json!(sex)));
    put("email", change.email.as_ref().map(|text| json!(text)));
    members
}

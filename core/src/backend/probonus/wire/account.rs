//! Accounts, their levels, identifiers and coupons.

use serde::Deserialize;

use super::list::Many;
use super::scalar::{Flag, Scalar, Text, Word};
use super::{Mismatch, Record, Terms, each, maybe, need};
use crate::domain::{
    Account, AccountId, Coupon, GroupId, Identifier, IdentifierTypeId, IssuedIdentifier, Level, NextLevel,
    Profile, Sex,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub struct WireAccount<'a> {
    id: Option<Scalar<'a>>,
    account_group_id: Option<Scalar<'a>>,
    phone: Option<Scalar<'a>>,
    email: Option<Text<'a>>,
    first_name: Option<Text<'a>>,
    last_name: Option<Text<'a>>,
    middle_name: Option<Text<'a>>,
    birthday: Option<Text<'a>>,
    sex: Option<Word<'a>>,
    balance: Option<Scalar<'a>>,
    blocked: Option<Flag>,
    level: Option<WireLevel<'a>>,
    identifiers: Option<Many<WireIdentifier<'a>>>,
    coupons: Option<Many<WireCoupon<'a>>>,
}

impl Record for Account {
    const NAME: &'static str = "account";
    type Wire<'a> = WireAccount<'a>;

    fn from_wire(wire: WireAccount<'_>, terms: &Terms) -> Result<Self, Mismatch> {
        let birthday = maybe("birthday", wire.birthday, |text| text.day(terms))?.flatten();
        let level = wire.level.map(|level| Level::from_wire(level, terms)).transpose();
        Ok(Self {
            id: AccountId(need("id", wire.id, |id| id.whole())?),
            group_id: GroupId(need("accountGroupId", wire.account_group_id, |id| id.whole())?),
            phone: wire.phone.and_then(|phone| phone.phone()),
            profile: Profile {
                first_name: wire.first_name.and_then(Text::filled),
                last_name: wire.last_name.and_then(Text::filled),
                middle_name: wire.middle_name.and_then(Text::filled),
                birthday,
                sex: wire.sex.and_then(|word| sex(&word.0?)),
                email: wire.email.and_then(Text::filled),
            },
            balance: need("balance", wire.balance, |sum| sum.bonus(terms.unit))?,
            blocked: wire.blocked.is_some_and(|flag| flag.0),
            level: level.map_err(|error: Mismatch| error.inside("level"))?,
            identifiers: each("identifiers", wire.identifiers, terms)?,
            coupons: each("coupons", wire.coupons, terms)?,
        })
    }
}

/// A word that is neither is no reason to refuse the account.
fn sex(word: &str) -> Option<Sex> {
    [Sex::Male, Sex::Female].into_iter().find(|sex| sex_word(*sex) == word)
}

/// The contract's word.
pub(in super::super) fn sex_word(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "male",
        Sex::Female => "female",
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub struct WireLevel<'a> {
    id: Option<Scalar<'a>>,
    name: Option<Text<'a>>,
    discount_percent: Option<Scalar<'a>>,
    accrual_percent: Option<Scalar<'a>>,
    turnover: Option<Scalar<'a>>,
    next_level_name: Option<Text<'a>>,
    next_level_from: Option<Scalar<'a>>,
}

impl Record for Level {
    const NAME: &'static str = "level";
    type Wire<'a> = WireLevel<'a>;

    fn from_wire(wire: WireLevel<'_>, terms: &Terms) -> Result<Self, Mismatch> {
        let next_from = maybe("nextLevelFrom", wire.next_level_from, |sum| sum.money(terms.unit))?;
        let next_name = wire.next_level_name.and_then(Text::filled);
        Ok(Self {
            id: maybe("id", wire.id, |id| id.whole())?,
            name: need("name", wire.name, |name| Ok(name.0.into_owned()))?,
            discount: maybe("discountPercent", wire.discount_percent, |rate| rate.percent())?,
            accrual: maybe("accrualPercent", wire.accrual_percent, |rate| rate.percent())?,
            turnover: maybe("turnover", wire.turnover, |sum| sum.money(terms.unit))?,
            next: next_name.zip(next_from).map(|(name, from)| NextLevel { name, from }),
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub struct WireIdentifier<'a> {
    type_id: Option<Scalar<'a>>,
    value: Option<Scalar<'a>>,
}

impl Record for Identifier {
    const NAME: &'static str = "identifier";
    type Wire<'a> = WireIdentifier<'a>;

    fn from_wire(wire: WireIdentifier<'_>, _: &Terms) -> Result<Self, Mismatch> {
        Ok(Self {
            type_id: IdentifierTypeId(need("typeId", wire.type_id, |id| id.whole())?),
            value: need("value", wire.value, |value| Ok(value.into_text()))?,
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub struct WireIssuedIdentifier<'a> {
    value: Option<Scalar<'a>>,
    expires_at: Option<Text<'a>>,
}

impl Record for IssuedIdentifier {
    const NAME: &'static str = "issuedIdentifier";
    type Wire<'a> = WireIssuedIdentifier<'a>;

    fn from_wire(wire: WireIssuedIdentifier<'_>, terms: &Terms) -> Result<Self, Mismatch> {
        Ok(Self {
            value: need("value", wire.value, |value| Ok(value.into_text()))?,
            expires_at: maybe("expiresAt", wire.expires_at, |text| text.instant(terms))?.flatten(),
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub struct WireCoupon<'a> {
    id: Option<Scalar<'a>>,
    name: Option<Text<'a>>,
    code: Option<Scalar<'a>>,
    expires_at: Option<Text<'a>>,
}

impl Record for Coupon {
    const NAME: &'static str = "coupon";
    type Wire<'a> = WireCoupon<'a>;

    fn from_wire(wire: WireCoupon<'_>, terms: &Terms) -> Result<Self, Mismatch> {
        Ok(Self {
            id: need("id", wire.id, |id| id.whole())?,
            name: need("name", wire.name, |name| Ok(name.0.into_owned()))?,
            code: wire.code.map(Scalar::into_text).filter(|code| !code.is_empty()),
            expires_at: maybe("expiresAt", wire.expires_at, |text| text.instant(terms))?.flatten(),
        })
    }
}

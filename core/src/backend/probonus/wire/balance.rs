//! Balances taken apart.

use serde::Deserialize;

use super::list::Many;
use super::scalar::{Scalar, Text, Unreadable};
use super::{Mismatch, Record, Terms, each, maybe, need};
use crate::domain::{AccountId, Balance, Burn, BurnSchedule, Pending};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub struct WireBalance<'a> {
    account_id: Option<Scalar<'a>>,
    balance: Option<Scalar<'a>>,
    items: Option<Many<WireBurn<'a>>>,
    non_burning: Option<Scalar<'a>>,
    pending: Option<Many<WirePending<'a>>>,
}

impl Record for Balance {
    const NAME: &'static str = "balance";
    type Wire<'a> = WireBalance<'a>;

    fn from_wire(wire: WireBalance<'_>, terms: &Terms) -> Result<Self, Mismatch> {
        let total = need("balance", wire.balance, |sum| sum.bonus(terms.unit))?;
        // Absent parts are not "no parts": without the list nobody knows what burns.
        let burns = need("items", wire.items, Ok)?;
        let burns = each("items", Some(burns), terms)?;
        let non_burning = maybe("nonBurning", wire.non_burning, |sum| sum.bonus(terms.unit))?;
        Ok(Self {
            account_id: AccountId(need("accountId", wire.account_id, |id| id.whole())?),
            total,
            schedule: BurnSchedule::new(total, burns, non_burning),
            pending: each("pending", wire.pending, terms)?,
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub struct WireBurn<'a> {
    sum: Option<Scalar<'a>>,
    burn_date: Option<Text<'a>>,
}

impl Record for Burn {
    const NAME: &'static str = "burnItem";
    type Wire<'a> = WireBurn<'a>;

    fn from_wire(wire: WireBurn<'_>, terms: &Terms) -> Result<Self, Mismatch> {
        let date = need("burnDate", wire.burn_date, |text| text.date()?.ok_or(Unreadable))?;
        Ok(Self {
            on: terms.calendar.burn_day(date),
            amount: need("sum", wire.sum, |sum| sum.bonus(terms.unit))?,
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub struct WirePending<'a> {
    sum: Option<Scalar<'a>>,
    active_from: Option<Text<'a>>,
}

impl Record for Pending {
    const NAME: &'static str = "pendingItem";
    type Wire<'a> = WirePending<'a>;

    fn from_wire(wire: WirePending<'_>, terms: &Terms) -> Result<Self, Mismatch> {
        Ok(Self {
            amount: need("sum", wire.sum, |sum| sum.bonus(terms.unit))?,
            active_from: maybe("activeFrom", wire.active_from, |text| text.instant(terms))?.flatten(),
        })
    }
}

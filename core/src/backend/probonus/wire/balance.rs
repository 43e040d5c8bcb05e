//! Balances taken apart.

use jiff::civil::Date;
use serde::{Deserialize, Deserializer};

use super::list::Many;
use super::scalar::{Scalar, Text};
use super::{Mismatch, Record, Terms, each, maybe, need};
use crate::domain::{AccountId, Balance, Bonus, Burn, BurnSchedule, Pending};

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
        let items = need("items", wire.items, Ok)?;
        let (mut burns, mut undated) = (Vec::new(), Vec::new());
        for Item { on, amount } in each("items", Some(items), terms)? {
            match on {
                Some(on) => burns.push(Burn { on, amount }),
                None => undated.push(amount),
            }
        }
        let non_burning = maybe("nonBurning", wire.non_burning, |sum| sum.bonus(terms.unit))?;
        Ok(Self {
            account_id: AccountId(need("accountId", wire.account_id, |id| id.whole())?),
            total,
            schedule: BurnSchedule::with_undated(total, burns, &undated, non_burning),
            pending: each("pending", wire.pending, terms)?,
        })
    }
}

/// One portion of a balance.
struct Item {
    /// `None` when it never burns.
    on: Option<Date>,
    amount: Bonus,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub(super) struct WireBurn<'a> {
    sum: Option<Scalar<'a>>,
    /// Null says that there is none. A name that is not there at all says nothing: it may be called otherwise.
    #[serde(default, deserialize_with = "told")]
    burn_date: Option<Option<Text<'a>>>,
}

/// A member that is there, though it may be null.
fn told<'de: 'a, 'a, D: Deserializer<'de>>(json: D) -> Result<Option<Option<Text<'a>>>, D::Error> {
    Option::deserialize(json).map(Some)
}

impl Record for Item {
    const NAME: &'static str = "burnItem";
    type Wire<'a> = WireBurn<'a>;

    fn from_wire(wire: WireBurn<'_>, terms: &Terms) -> Result<Self, Mismatch> {
        let date = need("burnDate", wire.burn_date, |date| date.map_or(Ok(None), |text| text.date()))?;
        Ok(Self {
            on: date.map(|date| terms.calendar.burn_day(date)),
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

//! Receipts down to their dishes.

use serde::Deserialize;

use super::list::Many;
use super::scalar::{Scalar, Text, Unreadable};
use super::{Mismatch, Record, Terms, each, maybe, need};
use crate::domain::{Dish, Receipt, ReceiptRef};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub struct WireReceipt<'a> {
    id: Option<Scalar<'a>>,
    number: Option<Scalar<'a>>,
    date: Option<Text<'a>>,
    rest_code: Option<Scalar<'a>>,
    rest_name: Option<Text<'a>>,
    dishes: Option<Many<WireDish<'a>>>,
    total: Option<Scalar<'a>>,
    discount: Option<Scalar<'a>>,
    bonus_spent: Option<Scalar<'a>>,
    bonus_accrued: Option<Scalar<'a>>,
    paid: Option<Scalar<'a>>,
}

impl Record for Receipt {
    const NAME: &'static str = "receipt";
    type Wire<'a> = WireReceipt<'a>;

    fn from_wire(wire: WireReceipt<'_>, terms: &Terms) -> Result<Self, Mismatch> {
        let dishes = need("dishes", wire.dishes, Ok)?;
        Ok(Self {
            reference: ReceiptRef(need("id", wire.id, |id| Ok(id.into_text()))?),
            number: wire.number.map(Scalar::into_text).filter(|number| !number.is_empty()),
            at: need("date", wire.date, |text| text.instant(terms)?.ok_or(Unreadable))?,
            venue_code: maybe("restCode", wire.rest_code, |code| code.whole())?,
            venue: wire.rest_name.and_then(Text::filled),
            dishes: each("dishes", Some(dishes), terms)?,
            total: need("total", wire.total, |sum| sum.money(terms.unit))?,
            discount: need("discount", wire.discount, |sum| sum.money(terms.unit))?,
            bonus_spent: need("bonusSpent", wire.bonus_spent, |sum| sum.bonus(terms.unit))?,
            bonus_accrued: need("bonusAccrued", wire.bonus_accrued, |sum| sum.bonus(terms.unit))?,
            paid: need("paid", wire.paid, |sum| sum.money(terms.unit))?,
        })
    }
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct WireDish<'a> {
    name: Option<Text<'a>>,
    quantity: Option<Scalar<'a>>,
    price: Option<Scalar<'a>>,
    sum: Option<Scalar<'a>>,
}

impl Record for Dish {
    const NAME: &'static str = "dish";
    type Wire<'a> = WireDish<'a>;

    fn from_wire(wire: WireDish<'_>, terms: &Terms) -> Result<Self, Mismatch> {
        Ok(Self {
            name: need("name", wire.name, |name| Ok(name.0.into_owned()))?,
            quantity: need("quantity", wire.quantity, |quantity| quantity.quantity())?,
            price: need("price", wire.price, |sum| sum.money(terms.unit))?,
            sum: need("sum", wire.sum, |sum| sum.money(terms.unit))?,
        })
    }
}

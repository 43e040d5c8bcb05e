//! Receipts, and codes for the till.

use jiff::Timestamp;
use serde::Deserialize;

use super::{Document, Wrong};
use crate::domain::{Bonus, Dish, Money, Quantity, Receipt, ReceiptRef, TillCode};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::backend::gateway) struct WireReceipt {
    receipt: String,
    number: Option<String>,
    at: Timestamp,
    venue_code: Option<i64>,
    venue: Option<String>,
    dishes: Vec<WireDish>,
    total: i64,
    discount: i64,
    bonus_spent: i64,
    bonus_accrued: i64,
    paid: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireDish {
    name: String,
    quantity_thousandths: i64,
    price: i64,
    sum: i64,
}

impl Document for WireReceipt {
    type Value = Receipt;

    fn value(self) -> Result<Receipt, Wrong> {
        let dish = |dish: WireDish| Dish {
            name: dish.name,
            quantity: Quantity(dish.quantity_thousandths),
            price: Money::from_hundredths(dish.price),
            sum: Money::from_hundredths(dish.sum),
        };
        Ok(Receipt {
            reference: ReceiptRef(self.receipt),
            number: self.number,
            at: self.at,
            venue_code: self.venue_code,
            venue: self.venue,
            dishes: self.dishes.into_iter().map(dish).collect(),
            total: Money::from_hundredths(self.total),
            discount: Money::from_hundredths(self.discount),
            bonus_spent: Bonus::from_hundredths(self.bonus_spent),
            bonus_accrued: Bonus::from_hundredths(self.bonus_accrued),
            paid: Money::from_hundredths(self.paid),
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::backend::gateway) struct WireTillCode {
    value: String,
    expires_at: Option<Timestamp>,
}

impl Document for WireTillCode {
    type Value = TillCode;

    fn value(self) -> Result<TillCode, Wrong> {
        // Tills read digits through a mask (`wiki`); anything else would be drawn and not read.
        let is_digits = !self.value.is_empty() && self.value.bytes().all(|byte| byte.is_ascii_digit());
        if !is_digits {
            return Err(Wrong("value"));
        }
        Ok(TillCode { value: self.value, expires_at: self.expires_at })
    }
}

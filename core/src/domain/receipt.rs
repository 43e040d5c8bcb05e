//! A receipt down to its dishes.

use jiff::Timestamp;

use super::decimal;
use super::{Bonus, InvalidInput, Money};
use crate::error_code::ErrorCode;

/// Names a receipt to the backend that gave it. Opaque: over the gateway it is sealed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ReceiptRef(pub String);

/// A receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Its reference.
    pub reference: ReceiptRef,
    /// The number printed on it.
    pub number: Option<String>,
    /// When it was closed, UTC.
    pub at: Timestamp,
    /// The restaurant's code.
    pub venue_code: Option<i64>,
    /// The restaurant's name.
    pub venue: Option<String>,
    /// What was served.
    pub dishes: Vec<Dish>,
    /// The sum of the dishes before any discount.
    pub total: Money,
    /// The discount.
    pub discount: Money,
    /// Bonuses used in payment.
    pub bonus_spent: Bonus,
    /// Bonuses earned.
    pub bonus_accrued: Bonus,
    /// What was paid in money.
    pub paid: Money,
}

/// A line of a receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dish {
    /// Its name on the menu.
    pub name: String,
    /// How many, or how much by weight.
    pub quantity: Quantity,
    /// The price of one.
    pub price: Money,
    /// The line's sum.
    pub sum: Money,
}

/// A quantity in thousandths: one portion is `Quantity(1000)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Quantity(pub i64);

impl Quantity {
    /// Reads a quantity with at most three decimals, exactly.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::FieldInvalid`] about `quantity` for everything else.
    pub fn parse(text: &str) -> Result<Self, InvalidInput> {
        decimal::parse(text, 3).map(Self).map_err(|_| InvalidInput::new("quantity", ErrorCode::FieldInvalid))
    }

    /// Writes it with a point and no zeros at the end: `0.25`.
    #[must_use]
    pub fn to_wire(self) -> String {
        decimal::shortest(self.0, 3)
    }
}

//! Rows of a history.

use serde::Deserialize;
use uuid::Uuid;

use super::scalar::{Scalar, Text, Unreadable};
use super::{Mismatch, Record, Terms, maybe, need};
use crate::backend::probonus::comment_key;
use crate::domain::{ReceiptRef, Transaction, TransactionId, TransactionKind};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub struct WireTransaction<'a> {
    id: Option<Scalar<'a>>,
    date: Option<Text<'a>>,
    r#type: Option<Scalar<'a>>,
    sum: Option<Scalar<'a>>,
    balance_after: Option<Scalar<'a>>,
    check_id: Option<Scalar<'a>>,
    check_guid: Option<Text<'a>>,
    external_check: Option<Scalar<'a>>,
    rest_code: Option<Scalar<'a>>,
    rest_name: Option<Text<'a>>,
    money_spent: Option<Scalar<'a>>,
    comment: Option<Text<'a>>,
}

impl Record for Transaction {
    const NAME: &'static str = "transaction";
    type Wire<'a> = WireTransaction<'a>;

    fn from_wire(wire: WireTransaction<'_>, terms: &Terms) -> Result<Self, Mismatch> {
        let (comment, key) = match wire.comment {
            Some(text) => comment_key::cut(&text.0),
            None => (None, None),
        };
        Ok(Self {
            id: TransactionId(need("id", wire.id, |id| id.whole())?),
            at: need("date", wire.date, |text| text.instant(terms)?.ok_or(Unreadable))?,
            kind: need("type", wire.r#type, |word| Ok(TransactionKind::from_word(&word.text())))?,
            sum: need("sum", wire.sum, |sum| sum.bonus(terms.unit))?,
            balance_after: maybe("balanceAfter", wire.balance_after, |sum| sum.bonus(terms.unit))?,
            receipt: wire.check_id.map(Scalar::into_text).filter(|id| !id.is_empty()).map(ReceiptRef),
            // What is no GUID is no key of ours, and a foreign one is no reason to refuse a history.
            check_guid: wire.check_guid.and_then(|text| Uuid::parse_str(&text.0).ok()),
            external_check: wire.external_check.map(Scalar::into_text).filter(|text| !text.is_empty()),
            venue_code: maybe("restCode", wire.rest_code, |code| code.whole())?,
            venue: wire.rest_name.and_then(Text::filled),
            money_spent: maybe("moneySpent", wire.money_spent, |sum| sum.money(terms.unit))?,
            comment,
            key,
        })
    }
}

//! What came of a write, and of a login.

use secrecy::SecretString;
use serde::Deserialize;

use super::list::Many;
use super::scalar::{Scalar, Text};
use super::{Mismatch, Record, Terms, maybe, need};
use crate::domain::{AmountUnit, GroupOutcome, OperationOutcome, TransactionId};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub(crate) struct WireOutcome<'a> {
    transaction_id: Option<Scalar<'a>>,
    balance: Option<Scalar<'a>>,
}

/// What came of an accrual on one account.
pub(crate) struct RefillOutcome(pub(crate) OperationOutcome);

impl Record for RefillOutcome {
    const NAME: &'static str = "refillResult";
    type Wire<'a> = WireOutcome<'a>;

    fn from_wire(wire: WireOutcome<'_>, terms: &Terms) -> Result<Self, Mismatch> {
        single_outcome(wire, terms).map(Self)
    }
}

/// What came of a withdrawal from one account.
pub(crate) struct WithdrawOutcome(pub(crate) OperationOutcome);

impl Record for WithdrawOutcome {
    const NAME: &'static str = "withdrawResult";
    type Wire<'a> = WireOutcome<'a>;

    fn from_wire(wire: WireOutcome<'_>, terms: &Terms) -> Result<Self, Mismatch> {
        single_outcome(wire, terms).map(Self)
    }
}

/// A readable answer is a yes, however little it tells. An unreadable one is none: the caller makes an unknown outcome
/// of it.
fn single_outcome(wire: WireOutcome<'_>, terms: &Terms) -> Result<OperationOutcome, Mismatch> {
    let id = maybe("transactionId", wire.transaction_id, |id| id.whole())?;
    Ok(OperationOutcome {
        transaction_ids: id.map(TransactionId).into_iter().collect(),
        balance: maybe("balance", wire.balance, |sum| sum.bonus(terms.unit))?,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub(crate) struct WireCheckOutcome<'a> {
    transaction_ids: Option<Many<Scalar<'a>>>,
    balance: Option<Scalar<'a>>,
}

/// What came of an external check.
pub(crate) struct CheckOutcome(pub(crate) OperationOutcome);

impl Record for CheckOutcome {
    const NAME: &'static str = "registerCheckResult";
    type Wire<'a> = WireCheckOutcome<'a>;

    fn from_wire(wire: WireCheckOutcome<'_>, _: &Terms) -> Result<Self, Mismatch> {
        let ids = wire.transaction_ids.unwrap_or_default().0;
        let ids: Result<Vec<_>, _> = ids.iter().map(|id| id.whole().map(TransactionId)).collect();
        Ok(Self(OperationOutcome {
            transaction_ids: ids.map_err(|_| Mismatch::at("transactionIds"))?,
            // This method speaks kopecks whatever the rest of the instance does (`seed`).
            balance: maybe("balance", wire.balance, |sum| sum.bonus(AmountUnit::Kopeck))?,
        }))
    }
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct WireGroupOutcome<'a> {
    affected: Option<Scalar<'a>>,
}

impl Record for GroupOutcome {
    const NAME: &'static str = "groupOperationResult";
    type Wire<'a> = WireGroupOutcome<'a>;

    fn from_wire(wire: WireGroupOutcome<'_>, _: &Terms) -> Result<Self, Mismatch> {
        Ok(Self { affected: maybe("affected", wire.affected, |count| count.count())? })
    }
}

/// What a login or a renewal gives.
#[derive(Debug)]
pub(crate) struct TokenPair {
    /// The token for requests.
    pub(crate) access: SecretString,
    /// The token for a renewal; absent when the old one stays.
    pub(crate) refresh: Option<SecretString>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub(crate) struct WireTokenPair<'a> {
    access_token: Option<Text<'a>>,
    refresh_token: Option<Text<'a>>,
}

impl Record for TokenPair {
    const NAME: &'static str = "tokenPair";
    type Wire<'a> = WireTokenPair<'a>;

    fn from_wire(wire: WireTokenPair<'_>, _: &Terms) -> Result<Self, Mismatch> {
        Ok(Self {
            access: need("accessToken", wire.access_token, |token| Ok(token.0.into_owned().into()))?,
            refresh: wire.refresh_token.and_then(Text::filled).map(Into::into),
        })
    }
}

//! Decoding a page of an account's history with derived serde code alone.

use jiff::Timestamp;
use serde::Deserialize;
use uuid::Uuid;

/// One movement as the wire carries it, field for field and type for type.
///
/// `type` stays a `String`: that is its type on the wire, and it is cheaper than an enum which keeps unknown words,
/// because serde buffers every value of such an enum before it decides.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Transaction {
    /// The transaction's id.
    pub id: i64,
    /// When it happened, UTC.
    pub date: Timestamp,
    /// What kind of movement it was, in the server's word.
    pub r#type: String,
    /// The change of the balance, in kopecks.
    pub sum: i64,
    /// The balance afterwards, in kopecks.
    pub balance_after: Option<i64>,
    /// The receipt behind it.
    pub check_id: Option<i64>,
    /// The key that an outside purchase was registered under.
    pub check_guid: Option<Uuid>,
    /// The outside system's number of the purchase.
    pub external_check: Option<String>,
    /// The restaurant's code.
    pub rest_code: Option<i64>,
    /// The restaurant's name.
    pub rest_name: Option<String>,
    /// What was paid in money, in kopecks.
    pub money_spent: Option<i64>,
    /// The remark made with it.
    pub comment: Option<String>,
}

/// A JSON list of transactions, decoded in one pass.
///
/// # Errors
/// When `bytes` are not such a list.
pub fn decode(bytes: &[u8]) -> serde_json::Result<Vec<Transaction>> {
    serde_json::from_slice(bytes)
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn a_row_keeps_every_field() {
        let bytes = r#"[{"id":7,"date":"2026-06-15T09:30:00+03:00","type":"accrual","sum":1250,"balanceAfter":90000,
            "checkId":31,"checkGuid":"018f2b6e-0000-7000-8000-00000000002a","externalCheck":"A-1","restCode":2,
            "restName":"На углу","moneySpent":41700,"comment":null}]"#;
        let rows = decode(bytes.as_bytes()).unwrap();
        let [row] = rows.as_slice() else { panic!("one row") };
        assert_eq!(row.date.to_string(), "2026-06-15T06:30:00Z");
        assert_eq!((row.id, row.sum, row.balance_after), (7, 1250, Some(90_000)));
        assert_eq!((row.check_id, row.rest_code, row.money_spent), (Some(31), Some(2), Some(41_700)));
        assert_eq!((row.r#type.as_str(), row.rest_name.as_deref()), ("accrual", Some("На углу")));
        assert_eq!((row.external_check.as_deref(), row.comment.as_deref()), (Some("A-1"), None));
        assert_eq!(row.check_guid.map(|guid| guid.as_u128() & 0xff), Some(42));
    }
}

//! The records of the contract by name: what overrides may speak of.

/// A record and its fields, by the names of the contract.
#[derive(Debug, PartialEq, Eq)]
pub struct RecordInfo {
    /// The record's name.
    pub name: &'static str,
    /// The names of its fields.
    pub fields: &'static [&'static str],
    /// Fields that hold further records, with the names of those.
    pub inner: &'static [(&'static str, &'static str)],
}

impl RecordInfo {
    /// The record with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        RECORDS.iter().find(|record| record.name == name)
    }
}

macro_rules! records {
    ($( $name:literal [$($field:literal $(=> $inner:literal)?),+]; )+) => {
        /// Every record that can be in a reply.
        pub static RECORDS: &[RecordInfo] = &[$(
            RecordInfo {
                name: $name,
                fields: &[$($field),+],
                inner: &[$($(($field, $inner),)?)+],
            }
        ),+];
    };
}

records! {
    "account" [
        "id", "accountGroupId", "phone", "email", "firstName", "lastName", "middleName", "birthday", "sex",
        "balance", "blocked", "level" => "level", "identifiers" => "identifier", "coupons" => "coupon"
    ];
    "level" [
        "id", "name", "discountPercent", "accrualPercent", "turnover", "nextLevelName", "nextLevelFrom"
    ];
    "identifier" ["typeId", "value"];
    "coupon" ["id", "name", "code", "expiresAt"];
    "balance" ["accountId", "balance", "items" => "burnItem", "nonBurning", "pending" => "pendingItem"];
    "burnItem" ["sum", "burnDate"];
    "pendingItem" ["sum", "activeFrom"];
    "transaction" [
        "id", "date", "type", "sum", "balanceAfter", "checkId", "checkGuid", "externalCheck", "restCode",
        "restName", "moneySpent", "comment"
    ];
    "receipt" [
        "id", "number", "date", "restCode", "restName", "dishes" => "dish", "total", "discount", "bonusSpent",
        "bonusAccrued", "paid"
    ];
    "dish" ["name", "quantity", "price", "sum"];
    "group" ["id", "name", "haveTemplate", "template" => "groupTemplate"];
    "groupTemplate" ["levelId", "welcomeBonus", "bonusLifetimeDays"];
    "identifierType" ["id", "name", "mask"];
    "issuedIdentifier" ["value", "expiresAt"];
    "discount" ["id", "name", "kind", "percent", "composite", "steps" => "ladderStep"];
    "ladder" ["id", "name", "steps" => "ladderStep"];
    "ladderStep" ["fromTurnover", "discountId"];
    "report" ["columns", "rows"];
    "reportInfo" ["id", "name", "description"];
    "refillResult" ["transactionId", "balance"];
    "withdrawResult" ["transactionId", "balance"];
    "registerCheckResult" ["transactionIds", "balance"];
    "groupOperationResult" ["affected"];
    "tokenPair" ["accessToken", "refreshToken", "expiresIn"];
}

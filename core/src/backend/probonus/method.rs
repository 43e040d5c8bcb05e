//! The methods of the API by our names. Their provenance stands in `core/contract/`; a test holds this table to it.

use crate::backend::http::{Effect, Verb};

/// A method of the API.
#[derive(Debug, PartialEq, Eq)]
pub struct Method {
    /// Its name, which is also its path under `/api/v0`.
    pub name: &'static str,
    /// Its verb.
    pub verb: Verb,
    /// What it does on the server.
    pub effect: Effect,
    /// Its parameters: of the query for reads, of the JSON body for the rest.
    pub params: &'static [&'static str],
}

macro_rules! methods {
    ($( $id:ident: $verb:ident $effect:ident $name:literal [$($param:literal),*]; )+) => {
        $( pub(super) static $id: Method = Method {
            name: $name,
            verb: Verb::$verb,
            effect: Effect::$effect,
            params: &[$($param),*],
        }; )+

        /// Every method.
        pub static METHODS: &[&Method] = &[$( &$id ),+];
    };
}

methods! {
    LOGIN: Post Repeatable "auth/login" ["login", "password"];
    REFRESH_TOKEN: Post Repeatable "auth/refresh_token" ["refreshToken"];

    GROUPS: Get Read "account_groups/list" [];
    GROUP: Get Read "account_groups/get_by_id" ["id"];
    INSERT_GROUP: Post Once "account_groups/insert" ["name", "haveTemplate", "template"];
    UPDATE_GROUP: Post Repeatable "account_groups/update" ["id", "name", "haveTemplate", "template"];

    INSERT_BY_TEMPLATE: Post Once "accounts/insert_by_template" [
        "accountGroupId", "phone", "firstName", "lastName", "middleName", "birthday", "sex", "email", "identifiers"
    ];
    FIND_BY_PHONE: Get Read "accounts/find_by_phone" ["phone"];
    BALANCE: Get Read "accounts/get_balance_extended" ["accountId"];
    TRANSACTIONS: Get Read "accounts/transactions" ["accountId", "dateFrom", "dateTo", "count"];
    UPDATE_ACCOUNT: Post Repeatable "accounts/update" [
        "id", "accountGroupId", "phone", "firstName", "lastName", "middleName", "birthday", "sex", "email",
        "blocked", "identifiers", "discountId", "bonusId", "bonusLifetimeDays"
    ];
    REFILL: Post Once "accounts/refill" ["accountId", "sum", "comment"];
    ACCOUNTS: Get Read "accounts/list" ["offset", "limit"];
    ACCOUNT: Get Read "accounts/get_by_id" ["id"];
    INSERT_ACCOUNT: Post Once "accounts/insert" [
        "accountGroupId", "phone", "firstName", "lastName", "middleName", "birthday", "sex", "email",
        "blocked", "identifiers", "discountId", "bonusId", "bonusLifetimeDays"
    ];
    ISSUE_IDENTIFIER: Post Repeatable "accounts/issue_identifier" ["accountId", "typeId"];

    RECEIPT: Get Read "checks/get_by_id" ["id"];
    REGISTER_CHECK: Post Once "external/register_check" [
        "restCode", "checkGuid", "accountId", "rkUnit", "externalCheck", "bonusSpentSum", "discountSum",
        "bonusAccruedSum", "moneySpentSum", "checkData"
    ];

    WITHDRAW: Post Once "operations/withdraw" ["accountId", "sum", "comment"];
    REFILL_GROUP: Post Once "operations/refill_group" ["accountGroupId", "sum", "comment"];
    WITHDRAW_GROUP: Post Once "operations/withdraw_group" ["accountGroupId", "sum", "comment"];

    IDENTIFIER_TYPES: Get Read "identifier_types/list" [];
    INSERT_IDENTIFIER_TYPE: Post Once "identifier_types/insert" ["name", "mask"];
    UPDATE_IDENTIFIER_TYPE: Post Repeatable "identifier_types/update" ["id", "name", "mask"];

    DISCOUNTS: Get Read "discounts/list" [];
    INSERT_LADDER: Post Once "discounts/insert_composite" ["name", "steps"];
    UPDATE_LADDER: Post Repeatable "discounts/update_composite" ["id", "name", "steps"];

    REPORTS: Get Read "reports/list" [];
    REPORT: Get Read "reports/get" ["id", "dateFrom", "dateTo"];
}

impl Method {
    /// The method with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        METHODS.iter().copied().find(|method| method.name == name)
    }
}

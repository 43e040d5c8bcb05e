//! The methods of the API: their names, verbs, parameters and handlers, and how the dialect finds them.

use axum::http::{Method as Verb, StatusCode};

use super::reply::{Call, Outcome};
use super::{account_groups, accounts, checks, dictionaries, history, operations, reports, till};
use crate::dialect::{Dialect, names};
use crate::error::ApiError;
use crate::wire::{Field, request};

/// Who does the work.
#[derive(Clone, Copy)]
pub(super) enum Work {
    Books(fn(&Call<'_>) -> Outcome),
    Login,
    Refresh,
}

pub(crate) struct Method {
    /// The contract's name: its path under `/api/v0`.
    pub(crate) name: &'static str,
    pub(crate) verb: Verb,
    pub(crate) params: &'static [Field],
    pub(super) work: Work,
}

impl Method {
    const fn get(name: &'static str, params: &'static [Field], handler: fn(&Call<'_>) -> Outcome) -> Self {
        Self { name, verb: Verb::GET, params, work: Work::Books(handler) }
    }

    const fn post(name: &'static str, params: &'static [Field], handler: fn(&Call<'_>) -> Outcome) -> Self {
        Self { name, verb: Verb::POST, params, work: Work::Books(handler) }
    }

    /// Whether the vendor's word about kopecks stands above the dialect.
    pub(super) fn kopecks(&self) -> bool {
        matches!(self.name, "external/register_check" | "till/check")
    }

    /// Whether the dialect decides how a missing guest is told.
    pub(super) fn looks_for_a_guest(&self) -> bool {
        matches!(self.name, "accounts/find_by_phone" | "accounts/get_by_id")
    }

    /// Whether members the request does not know are let be: it is a record as it was read.
    pub(super) fn is_open(&self) -> bool {
        self.name == "accounts/update"
    }

    pub(super) fn needs_token(&self) -> bool {
        matches!(self.work, Work::Books(_)) && self.name != TILL.name
    }
}

/// The till's door, which is none of the API's.
pub(super) static TILL: Method = Method::post("till/check", till::PARAMS, till::check);

pub(crate) static METHODS: &[Method] = &[
    Method { name: "auth/login", verb: Verb::POST, params: request::LOGIN, work: Work::Login },
    Method { name: "auth/refresh_token", verb: Verb::POST, params: request::REFRESH, work: Work::Refresh },
    Method::get("account_groups/list", request::NONE, account_groups::list),
    Method::get("account_groups/get_by_id", request::ID, account_groups::get_by_id),
    Method::post("account_groups/insert", request::INSERT_GROUP, account_groups::insert),
    Method::post("account_groups/update", request::UPDATE_GROUP, account_groups::update),
    Method::post("accounts/insert_by_template", request::INSERT_BY_TEMPLATE, accounts::insert_by_template),
    Method::get("accounts/find_by_phone", request::PHONE, accounts::find_by_phone),
    Method::get("accounts/get_balance_extended", request::ACCOUNT_ID, history::get_balance_extended),
    Method::get("accounts/transactions", request::TRANSACTIONS, history::transactions),
    Method::post("accounts/update", request::UPDATE_ACCOUNT, accounts::update),
    Method::post("accounts/refill", request::OPERATION, operations::refill),
    Method::get("accounts/list", request::PAGE, accounts::list),
    Method::get("accounts/get_by_id", request::ID, accounts::get_by_id),
    Method::post("accounts/insert", request::INSERT_ACCOUNT, accounts::insert),
    Method::post("accounts/issue_identifier", request::ISSUE_IDENTIFIER, accounts::issue_identifier),
    Method::get("checks/get_by_id", request::ID, checks::get_by_id),
    Method::post("external/register_check", request::REGISTER_CHECK, checks::register),
    Method::post("operations/withdraw", request::OPERATION, operations::withdraw),
    Method::post("operations/refill_group", request::GROUP_OPERATION, operations::refill_group),
    Method::post("operations/withdraw_group", request::GROUP_OPERATION, operations::withdraw_group),
    Method::get("identifier_types/list", request::NONE, dictionaries::identifier_types),
    Method::post(
        "identifier_types/insert",
        request::INSERT_IDENTIFIER_TYPE,
        dictionaries::insert_identifier_type,
    ),
    Method::post(
        "identifier_types/update",
        request::UPDATE_IDENTIFIER_TYPE,
        dictionaries::update_identifier_type,
    ),
    Method::get("discounts/list", request::NONE, dictionaries::discounts),
    Method::post("discounts/insert_composite", request::INSERT_LADDER, dictionaries::insert_ladder),
    Method::post("discounts/update_composite", request::UPDATE_LADDER, dictionaries::update_ladder),
    Method::get("reports/list", request::NONE, reports::list),
    Method::get("reports/get", request::REPORT, reports::get),
];

/// The method behind a path under `/api/v0/` in the active dialect.
pub(super) fn find(dialect: &Dialect, verb: &Verb, path: &str) -> Result<&'static Method, ApiError> {
    let known = |method: &&Method| match names::method(method.name).filter(|_| dialect.renamed) {
        Some(renamed) => renamed.path == path,
        None => method.name == path,
    };
    let exists = |method: &&Method| dialect.temporary_codes || method.name != "accounts/issue_identifier";
    let unknown = || {
        ApiError::new(
            StatusCode::NOT_FOUND,
            "unknown_method",
            "There is no such method; see the description.",
        )
    };
    let method = METHODS.iter().filter(exists).find(known).ok_or_else(unknown)?;
    if verb_of(dialect, method) == verb.as_str() {
        return Ok(method);
    }
    let message = format!("This method is called with {}.", verb_of(dialect, method));
    Err(ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "wrong_verb", message))
}

fn verb_of<'a>(dialect: &Dialect, method: &'a Method) -> &'a str {
    let renamed = names::method(method.name).filter(|_| dialect.renamed);
    renamed.map_or(method.verb.as_str(), |renamed| renamed.verb)
}

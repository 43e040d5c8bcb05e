//! What the vendor's public pages say, and that the contract claims their word for nothing else.

use super::*;

/// Paths the vendor's public API pages spell out.
const VENDOR_PATHS: [&str; 11] = [
    "/account_groups/list",
    "/accounts/find_by_phone",
    "/accounts/get_balance_extended",
    "/accounts/insert_by_template",
    "/accounts/refill",
    "/accounts/transactions",
    "/accounts/update",
    "/auth/login",
    "/auth/refresh_token",
    "/checks/get_by_id",
    "/external/register_check",
];

/// Fields the vendor's public API pages spell out, beside those of a check.
const VENDOR_FIELDS: [&str; 3] = [
    "/components/schemas/group/properties/haveTemplate",
    "/components/schemas/group/properties/id",
    "/components/schemas/insertByTemplateRequest/properties/accountGroupId",
];

/// Methods of which the vendor says what is sent, if not by which names.
const VENDOR_REQUESTS: [&str; 3] =
    ["/accounts/insert_by_template", "/accounts/update", "/external/register_check"];

/// Methods of which the vendor says what comes back. Of the families it says only what can be read: one method each
/// stands for that, and none for what creating or changing answers.
const VENDOR_REPLIES: [&str; 10] = [
    "/account_groups/list",
    "/accounts/find_by_phone",
    "/accounts/get_balance_extended",
    "/accounts/transactions",
    "/auth/login",
    "/auth/refresh_token",
    "/checks/get_by_id",
    "/discounts/list",
    "/identifier_types/list",
    "/reports/get",
];

/// Records that these requests and replies are, consist of or hold.
const VENDOR_RECORDS: [&str; 21] = [
    "account",
    "balance",
    "burnItem",
    "coupon",
    "discount",
    "discountList",
    "dish",
    "group",
    "groupList",
    "identifier",
    "identifierType",
    "identifierTypeList",
    "insertByTemplateRequest",
    "level",
    "receipt",
    "registerCheckRequest",
    "report",
    "tokenPair",
    "transaction",
    "transactionList",
    "updateAccountRequest",
];

/// Families the vendor names, or has a method of.
const VENDOR_FAMILIES: [&str; 9] = [
    "account_groups",
    "accounts",
    "auth",
    "checks",
    "discounts",
    "external",
    "identifier_types",
    "operations",
    "reports",
];

/// What the vendor's page on outside purchases lists.
pub(crate) const VENDOR_CHECK_FIELDS: [&str; 10] = [
    "accountId",
    "bonusAccruedSum",
    "bonusSpentSum",
    "checkData",
    "checkGuid",
    "discountSum",
    "externalCheck",
    "moneySpentSum",
    "restCode",
    "rkUnit",
];

#[test]
fn the_vendors_word_is_claimed_for_its_paths_and_fields_alone() {
    let contract = contract();
    let claimed: BTreeSet<_> = operations(&contract)
        .into_iter()
        .filter(|(path, _, operation)| {
            let mark = &operation["x-provenance"];
            assert_eq!(mark, &contract["paths"][path]["x-provenance"], "{path}");
            mark == "seed"
        })
        .map(|(path, _, _)| path)
        .collect();
    assert_eq!(claimed, BTreeSet::from(VENDOR_PATHS));

    let (checks, others): (Vec<_>, Vec<_>) = named_values(&contract)
        .into_iter()
        .filter(|(_, _, schema)| schema["x-provenance"] == "seed")
        .map(|(at, _, _)| at)
        .partition(|at| at.starts_with("/components/schemas/registerCheckRequest/"));
    assert_eq!(checks.len(), VENDOR_CHECK_FIELDS.len());
    let others: BTreeSet<_> = others.iter().map(String::as_str).collect();
    assert_eq!(others, BTreeSet::from(VENDOR_FIELDS));
    for (path, verb, operation) in operations(&contract) {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            assert_eq!(parameter["x-provenance"], "assumed", "{verb} {path}");
        }
    }

    let check = &contract["components"]["schemas"]["registerCheckRequest"];
    let fields: BTreeSet<_> = object(&check["properties"]).keys().map(String::as_str).collect();
    assert_eq!(fields, BTreeSet::from(VENDOR_CHECK_FIELDS));
}

#[test]
fn the_vendors_word_is_claimed_for_no_record_that_it_does_not_speak_of() {
    let contract = contract();
    let said = |described: &Value| described["x-provenance"] != "assumed";
    let (mut requests, mut replies) = (BTreeSet::new(), BTreeSet::new());
    for (path, _, operation) in operations(&contract) {
        if operation.get("requestBody").is_some_and(said) {
            requests.insert(path);
        }
        if said(&operation["responses"]["200"]) {
            replies.insert(path);
        }
    }
    assert_eq!(requests, BTreeSet::from(VENDOR_REQUESTS));
    assert_eq!(replies, BTreeSet::from(VENDOR_REPLIES));

    let components = &contract["components"];
    let claimed = |kind: &str| -> BTreeSet<&str> {
        let described = object(&components[kind]).iter().filter(|(_, described)| said(described));
        described.map(|(name, _)| name.as_str()).collect()
    };
    assert_eq!(claimed("schemas"), BTreeSet::from(VENDOR_RECORDS));
    assert!(claimed("responses").is_empty() && claimed("headers").is_empty());
    let families = contract["tags"].as_array().expect("tags").iter().filter(|tag| said(tag));
    let families: BTreeSet<_> = families.map(|tag| tag["name"].as_str().expect("a name")).collect();
    assert_eq!(families, BTreeSet::from(VENDOR_FAMILIES));
}

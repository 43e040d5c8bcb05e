//! The comparison on documents as vendors write them, and on documents that nobody should write.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::compare::compare_in_part;
use super::{Difference, DifferenceKind, Mend, Severity, compare, overrides_toml};

fn contract() -> Value {
    serde_json::from_str(include_str!("../../../../contract/probonus-v0.openapi.json")).expect("JSON")
}

/// Of the contract only `methods`.
fn contract_of(methods: &[&str]) -> Value {
    let mut contract = contract();
    let paths = contract["paths"].as_object_mut().expect("paths");
    paths.retain(|path, _| methods.contains(&path.trim_start_matches('/')));
    assert_eq!(paths.len(), methods.len());
    contract
}

fn overrides(differences: &[Difference]) -> toml::Table {
    toml::from_str(&overrides_toml(differences)).expect("TOML")
}

fn of_kind(differences: &[Difference], kind: DifferenceKind) -> Vec<&Difference> {
    differences.iter().filter(|difference| difference.kind == kind).collect()
}

/// An instance as a .NET service describes itself, in other words and in OpenAPI 3.
fn renamed() -> Value {
    json!({
        "openapi": "3.0.1",
        "paths": {
            "/api/v0/Guests/SearchByPhone": {"post": {
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/PhoneQuery"}}}},
                "responses": {"200": {"description": "", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Guest"}}}}}
            }},
            "/api/v0/Guests/Operations": {"get": {
                "parameters": [
                    {"name": "guestId", "in": "query", "required": true, "schema": {"type": "integer"}},
                    {"name": "startDate", "in": "query", "schema": {"type": "string", "format": "date-time"}},
                    {"name": "endDate", "in": "query", "schema": {"type": "string", "format": "date-time"}},
                    {"name": "limit", "in": "query", "schema": {"type": "integer"}}
                ],
                "responses": {"200": {"content": {"application/json": {"schema": {"properties": {
                    "data": {"type": "array", "items": {"$ref": "#/components/schemas/Operation"}}}}}}}}
            }},
            "/api/v0/Guests/{id}": {"get": {"responses": {"200": {"content": {"application/json": {"schema":
                {"$ref": "#/components/schemas/Guest"}}}}}}}
        },
        "components": {"schemas": {
            "PhoneQuery": {"type": "object", "properties": {"phoneNumber": {"type": "string"}}},
            "Guest": {"allOf": [{"$ref": "#/components/schemas/Entity"}, {"type": "object", "properties": {
                "groupId": {"type": "integer"},
                "phone_number": {"type": "string", "nullable": true},
                "firstName": {"type": "string", "nullable": true},
                "surname": {"type": "string", "nullable": true},
                "dateOfBirth": {"type": "string", "format": "date-time", "nullable": true},
                "gender": {"type": "string", "enum": ["Мужской", "Женский"]},
                "currentBalance": {"type": "number", "format": "double"},
                "isBlocked": {"type": "boolean"},
                "discount": {"type": "object", "properties": {"level": {"$ref": "#/components/schemas/Tier"}}},
                "cards": {"type": "array", "items": {"properties": {"typeId": {"type": "integer"}, "value": {"type": "string"}}}},
                "coupons": {"type": "array", "items": {"properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}}
            }}]},
            "Entity": {"type": "object", "properties": {"guestId": {"type": "integer", "format": "int64"}}},
            "Tier": {"type": "object", "properties": {"id": {"type": "integer"}, "title": {"type": "string"}, "name": {"type": "string"}}},
            "Operation": {"type": "object", "properties": {
                "operationId": {"type": "integer"},
                "createdAt": {"type": "string", "format": "date-time"},
                "kind": {"type": "string", "enum": ["Начисление", "Списание", "Сгорание", "Перевод"]},
                "amount": {"type": "integer"},
                "parent": {"$ref": "#/components/schemas/Operation"}
            }}
        }}
    })
}

#[test]
fn the_contract_does_not_differ_from_itself() {
    assert_eq!(compare(&contract(), &contract(), ""), []);
}

#[test]
fn an_instance_in_other_words_is_mended_by_overrides() {
    let contract = contract_of(&["accounts/find_by_phone", "accounts/transactions"]);
    let differences = compare(&contract, &renamed(), "");
    let expected: toml::Table = toml::from_str(
        r#"
        [probonus.wire."accounts/find_by_phone"]
        verb = "POST"
        path = "Guests/SearchByPhone"
        send = "body"
        params = { phone = "phoneNumber" }
        [probonus.wire."accounts/transactions"]
        path = "Guests/Operations"
        params = { accountId = "guestId", count = "limit", dateFrom = "startDate", dateTo = "endDate" }
        [probonus.wire.fields.account]
        accountGroupId = "groupId"
        balance = "currentBalance"
        birthday = "dateOfBirth"
        blocked = "isBlocked"
        id = "guestId"
        identifiers = "cards"
        lastName = "surname"
        level = "discount.level"
        phone = "phone_number"
        sex = "gender"
        [probonus.wire.fields.transaction]
        date = "createdAt"
        id = "operationId"
        sum = "amount"
        type = "kind"
        [probonus.wire.values.account.sex]
        "Женский" = "female"
        "Мужской" = "male"
        [probonus.wire.values.transaction.type]
        "Начисление" = "accrual"
        "Сгорание" = "burn"
        "Списание" = "spend"
        "#,
    )
    .expect("TOML");
    assert_eq!(overrides(&differences), expected, "{differences:#?}");

    let unknown: Vec<&str> = of_kind(&differences, DifferenceKind::Value)
        .iter()
        .filter(|difference| difference.mend.is_none())
        .map(|difference| difference.theirs.as_str())
        .collect();
    assert_eq!(unknown, ["Перевод"]);
    let types: BTreeSet<(&str, Severity)> = of_kind(&differences, DifferenceKind::Type)
        .iter()
        .map(|one| (one.place.as_str(), one.severity))
        .collect();
    assert_eq!(
        types,
        BTreeSet::from([("account.balance", Severity::Unknown), ("account.birthday", Severity::Tolerated)])
    );
    let nullable = of_kind(&differences, DifferenceKind::FieldNullable);
    assert_eq!(nullable.iter().map(|one| one.place.as_str()).collect::<Vec<_>>(), ["account.phone"]);
}

#[test]
fn swagger_2_gives_the_same_overrides_as_openapi_3() {
    let three = json!({"openapi": "3.1.0", "servers": [{"url": "/api/v0"}], "paths": {"/bonus/topUp": {"put": {
    "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/TopUp"}}}},
    "responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Done"}}}}}}}},
    "components": {"schemas": {
        "TopUp": {"type": "object", "required": ["AccountId", "Amount", "source"], "properties":
            {"AccountId": {"type": "integer"}, "Amount": {"type": "integer"}, "note": {"type": ["string", "null"]}, "source": {"type": "string"}}},
        "Done": {"type": "object", "properties": {"transaction_id": {"type": "integer"}, "balance": {"type": "string"}}}
    }}});
    let two = json!({"swagger": "2.0", "basePath": "/api/v0", "paths": {"/bonus/topUp": {"put": {
        "parameters": [{"in": "body", "name": "model", "schema": {"$ref": "#/definitions/TopUp"}}],
        "responses": {"200": {"schema": {"$ref": "#/definitions/Done"}}}}}},
        "definitions": three["components"]["schemas"]});
    let contract = contract_of(&["accounts/refill", "operations/withdraw"]);
    let differences = compare(&contract, &three, "");
    assert_eq!(differences, compare(&contract, &two, ""));
    let wire = &overrides(&differences)["probonus"]["wire"];
    assert_eq!(
        wire["accounts/refill"],
        toml::toml! {
            verb = "PUT"
            path = "bonus/topUp"
            params = { accountId = "AccountId", comment = "note", sum = "Amount" }
        }
        .into()
    );
    assert_eq!(wire["fields"]["refillResult"]["transactionId"].as_str(), Some("transaction_id"));
    let demanded = of_kind(&differences, DifferenceKind::ParameterDemanded);
    assert_eq!(demanded.iter().map(|one| one.theirs.as_str()).collect::<Vec<_>>(), ["source"]);
    // To add is never to take.
    let missing = of_kind(&differences, DifferenceKind::MethodMissing);
    assert_eq!(missing.iter().map(|one| one.place.as_str()).collect::<Vec<_>>(), ["operations/withdraw"]);
}

#[test]
fn what_no_override_can_mend_is_said_without_one() {
    let mut contract = contract_of(&["account_groups/list", "checks/get_by_id"]);
    let mut instance = contract.clone();
    instance["paths"]["/account_groups/list"]["get"]["responses"]["200"]["content"]["application/json"]["schema"] =
        json!({"type": "object", "properties": {"rows": {"type": "array", "items": {}}}});
    instance["components"]["schemas"]["receipt"]["properties"]["date"] = json!({"type": "integer"});
    let total = instance["components"]["schemas"]["receipt"]["properties"].as_object_mut().expect("fields");
    total.remove("total");
    total.remove("number");
    let differences = compare(&contract, &instance, "");
    let said: Vec<(&str, DifferenceKind, Severity)> =
        differences.iter().map(|one| (one.place.as_str(), one.kind, one.severity)).collect();
    assert_eq!(said[0], ("account_groups/list", DifferenceKind::ReplyForm, Severity::Breaks));
    assert!(said.contains(&("receipt.date", DifferenceKind::Type, Severity::Breaks)), "{said:?}");
    assert!(
        said.contains(&("receipt.number", DifferenceKind::FieldMissing, Severity::Tolerated)),
        "{said:?}"
    );
    assert!(said.contains(&("receipt.total", DifferenceKind::FieldMissing, Severity::Breaks)), "{said:?}");
    assert_eq!(overrides_toml(&differences), "");

    contract["paths"].as_object_mut().expect("paths").remove("/account_groups/list");
    let moved = json!({"openapi": "3.0.0", "paths": {"/api/v0/checks/{id}": {"get": {"responses": {}}}}});
    let differences = compare(&contract, &moved, "");
    assert_eq!(differences.len(), 1);
    assert_eq!(differences[0].kind, DifferenceKind::MethodMissing);
}

#[test]
fn two_methods_that_name_a_field_differently_get_no_override_for_it() {
    let contract = contract_of(&["accounts/find_by_phone", "accounts/get_by_id"]);
    let mut instance = contract.clone();
    let mut other = instance["components"]["schemas"]["account"].clone();
    let fields = other["properties"].as_object_mut().expect("fields");
    let phone = fields.remove("phone").expect("a phone");
    fields.insert("phoneNumber".to_owned(), phone);
    instance["components"]["schemas"]["other"] = other;
    instance["paths"]["/accounts/get_by_id"]["get"]["responses"]["200"]["content"]["application/json"]["schema"] =
        json!({"$ref": "#/components/schemas/other"});
    let differences = compare(&contract, &instance, "");
    let names = of_kind(&differences, DifferenceKind::FieldName);
    assert_eq!(names.len(), 1, "{differences:#?}");
    assert!(names.iter().all(|one| one.mend.is_none()));
}

#[test]
fn a_read_is_never_taken_for_something_that_changes_the_books() {
    let contract = contract_of(&["accounts/get_balance_extended", "accounts/find_by_phone"]);
    let schema = json!({"type": "object", "properties": {"phone": {"type": "string"}}});
    let body = json!({"content": {"application/json": {"schema": schema}}});
    for path in ["accounts/reset_balance", "accounts/add_phone", "accounts/delete_by_phone", "accounts/phone"]
    {
        let instance = json!({"openapi": "3.0.0", "paths": {format!("/api/v0/{path}"): {"post":
            {"requestBody": body, "responses": {"200": {"description": "done"}}}}}});
        let differences = compare(&contract, &instance, "");
        assert_eq!(overrides_toml(&differences), "", "{path}");
    }
}

#[test]
fn names_that_cannot_be_written_safely_are_not_proposed() {
    let contract = contract_of(&["accounts/find_by_phone"]);
    for path in [
        "/api/v0/accounts/../../find_by_phone",
        "/api/v0/accounts//find_by_phone",
        "/api/v0/accounts/find by phone",
        "/api/v0/accounts/find_by_phone?x=1",
    ] {
        let mut instance = contract.clone();
        let operation = instance["paths"]["/accounts/find_by_phone"].take();
        instance["servers"] = json!([]);
        instance["paths"] = json!({ path: operation });
        let differences = compare(&contract, &instance, "");
        assert_eq!(overrides_toml(&differences), "", "{path}");
        assert!(!differences.is_empty());
    }
    let mut instance = contract.clone();
    let fields = instance["components"]["schemas"]["account"]["properties"].as_object_mut().expect("fields");
    let phone = fields.remove("phone").expect("a phone");
    fields.insert("phone\u{1b}[2J".to_owned(), phone.clone());
    assert!(compare(&contract, &instance, "").iter().all(|one| one.mend.is_none()));
    let fields = instance["components"]["schemas"]["account"]["properties"].as_object_mut().expect("fields");
    fields.insert("guest.phone".to_owned(), phone);
    assert!(compare(&contract, &instance, "").iter().all(|one| one.mend.is_none()));
}

#[test]
fn below_a_prefix_paths_are_written_from_the_address_on() {
    let contract = contract_of(&["accounts/list"]);
    let at = |servers: &str, base: &str| {
        let mut instance = contract.clone();
        instance["servers"] = json!([{"url": servers}]);
        compare(&contract, &instance, base)
    };
    let wire = &overrides(&at("/bonus/rest", "/bonus"))["probonus"]["wire"];
    assert_eq!(wire["accounts/list"], toml::toml! { path = "/rest/accounts/list" }.into());
    assert_eq!(at("https://host/bonus/api/v0", "/bonus"), []);
    assert_eq!(at("/api/v0", "/bonus"), []);
    for base in ["", "/other"] {
        let differences = at("/bonus/api/v0", base);
        let [only] = differences.as_slice() else { panic!("{differences:#?}") };
        assert_eq!((only.kind, only.severity), (DifferenceKind::Address, Severity::Breaks));
        assert_eq!((only.ours.as_str(), only.theirs.as_str()), (base, "/bonus"));
    }
}

#[test]
fn another_place_of_the_api_is_written_from_the_host_on() {
    let contract = contract_of(&["accounts/list"]);
    let mut instance = contract.clone();
    instance["servers"] = json!([{"url": "/loyalty/api/v2"}]);
    let wire = &overrides(&compare(&contract, &instance, ""))["probonus"]["wire"];
    assert_eq!(wire["accounts/list"], toml::toml! { path = "/loyalty/api/v2/accounts/list" }.into());
}

#[test]
fn documents_that_refer_in_circles_or_hold_nonsense_end() {
    let circle = json!({"openapi": "3.0.0", "servers": [{"url": "/api/v0"}], "paths": {
        "/accounts/find_by_phone": {"$ref": "#/paths/~1accounts~1find_by_phone"},
        "/accounts/get_by_id": {"get": {"parameters": [{"$ref": "#/p"}], "responses": {"200": {"$ref": "#/p"}}}},
        "/accounts/transactions": {"get": {"responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/s"}}}}}}}
    }, "p": {"$ref": "#/p"}, "s": {"type": "array", "items": {"$ref": "#/s"}, "allOf": [{"$ref": "#/s"}],
        "properties": {"level": {"$ref": "#/s"}}}});
    assert!(!compare(&contract(), &circle, "").is_empty());
    for nonsense in [
        json!(null),
        json!({"swagger": "2.0", "basePath": 5, "paths": {"": [], "x": {"get": 1, "post": {"parameters": {}, "responses": []}}}}),
        json!({"openapi": "3.0.0", "servers": {"url": 1}, "paths": {"/accounts/list": {"get": {"parameters": [1, "x", {"in": "query", "name": []}], "requestBody": [], "responses": {"200": {"content": []}}}}}}),
    ] {
        assert!(!compare(&contract(), &nonsense, "").is_empty());
    }
}

#[test]
fn a_document_that_unfolds_without_end_is_compared_in_part() {
    let fields = |inner: &str| -> Value {
        (0..600)
            .map(|n| (format!("accountField{n}"), json!({"$ref": inner})))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    let reply =
        json!({"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/a"}}}}});
    let paths: serde_json::Map<String, Value> = (0..1_500)
        .map(|n| (format!("/api/v0/accounts/account_{n}"), json!({"get": {"responses": reply}})))
        .collect();
    let instance = json!({"openapi": "3.0.0", "paths": paths, "components": {"schemas": {
        "a": {"type": "object", "properties": fields("#/components/schemas/b")},
        "b": {"type": "object", "properties": fields("#/components/schemas/a")}
    }}});
    let started = std::time::Instant::now();
    let compared = compare_in_part(&contract(), &instance, "");
    assert!(!compared.differences.is_empty() && !compared.complete);
    assert!(compare_in_part(&contract(), &contract(), "").complete);
    assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
}

fn any_json() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "swagger",
        "openapi",
        "2.0",
        "3.0.0",
        "paths",
        "/accounts/refill",
        "/api/v0/accounts/find_by_phone",
        "get",
        "post",
        "parameters",
        "in",
        "body",
        "query",
        "name",
        "phone",
        "schema",
        "$ref",
        "#/definitions/a",
        "#/",
        "definitions",
        "a",
        "properties",
        "items",
        "allOf",
        "type",
        "array",
        "object",
        "string",
        "enum",
        "required",
        "responses",
        "200",
        "content",
        "application/json",
        "balance",
        "data",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        word.clone().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(8, 96, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((word.clone(), inner), 0..6).prop_map(|members| Value::Object(
                members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
            )),
        ]
    })
}

proptest! {
    #[test]
    fn no_document_makes_it_panic(paths in any_json(), definitions in any_json(), version in any::<bool>()) {
        let mut document = json!({"paths": paths, "definitions": definitions});
        document[if version { "swagger" } else { "openapi" }] = json!(if version { "2.0" } else { "3.0.0" });
        let differences = compare(&contract_of(&["accounts/refill", "accounts/find_by_phone"]), &document, "");
        let _: toml::Table = toml::from_str(&overrides_toml(&differences)).expect("TOML");
        for difference in &differences {
            prop_assert!(!difference.to_string().is_empty());
            let mends = |mend: &Mend| !matches!(mend, Mend::Path { theirs, .. } if theirs.contains(".."));
            prop_assert!(difference.mend.as_ref().is_none_or(mends));
        }
    }
}

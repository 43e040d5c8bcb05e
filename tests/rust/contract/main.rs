//! The contract file is itself under test: it says of everything who vouches for it, hangs together, and
//! claims the vendor's word for nothing the vendor does not say.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // A test may stop at the first thing that is not as it should be.

mod vendor;

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use vendor::VENDOR_CHECK_FIELDS;

const CONTRACT: &str = include_str!("../../../core/contract/probonus-v0.openapi.json");
const VERBS: [&str; 3] = ["get", "post", "put"];

fn contract() -> Value {
    serde_json::from_str(CONTRACT).expect("the contract is JSON")
}

fn object(value: &Value) -> &Map<String, Value> {
    value.as_object().expect("an object")
}

/// Path, verb and operation of everything that can be called.
fn operations(contract: &Value) -> Vec<(&str, &str, &Value)> {
    let mut found = Vec::new();
    for (path, item) in object(&contract["paths"]) {
        for (verb, operation) in object(item) {
            if verb != "x-provenance" {
                assert!(VERBS.contains(&verb.as_str()), "{path} has an unknown verb {verb}");
                found.push((path.as_str(), verb.as_str(), operation));
            }
        }
    }
    assert!(!found.is_empty());
    found
}

/// Calls `visit` with every JSON object of the document and where it stands.
fn walk<'a>(value: &'a Value, at: &str, visit: &mut dyn FnMut(&str, &'a Map<String, Value>)) {
    match value {
        Value::Object(members) => {
            visit(at, members);
            for (key, member) in members {
                let escaped = key.replace('~', "~0").replace('/', "~1");
                walk(member, &format!("{at}/{escaped}"), visit);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, &format!("{at}/{index}"), visit);
            }
        }
        _ => {}
    }
}

/// Where it stands, its name, and the schema of every property and query parameter.
fn named_values(contract: &Value) -> Vec<(String, String, &Value)> {
    let mut found = Vec::new();
    walk(contract, "", &mut |at, members| {
        if let Some(Value::Object(properties)) = members.get("properties") {
            for (name, schema) in properties {
                found.push((format!("{at}/properties/{name}"), name.clone(), schema));
            }
        }
        if let Some(Value::Array(parameters)) = members.get("parameters") {
            for parameter in parameters {
                let name = parameter["name"].as_str().expect("a parameter has a name");
                found.push((format!("{at}/parameters/{name}"), name.to_owned(), &parameter["schema"]));
            }
        }
    });
    assert!(!found.is_empty());
    found
}

fn has_type(schema: &Value, wanted: &str) -> bool {
    match &schema["type"] {
        Value::String(only) => only == wanted,
        Value::Array(several) => several.iter().any(|one| one == wanted),
        _ => false,
    }
}

/// A schema of the contract that can be used alone.
fn standalone(contract: &Value, name: &str) -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": format!("#/components/schemas/{name}"),
        "components": contract["components"],
    })
}

fn accepts(name: &str, instance: &Value) -> bool {
    jsonschema::draft202012::options()
        .should_validate_formats(true)
        .build(&standalone(&contract(), name))
        .expect("the schema compiles")
        .is_valid(instance)
}

fn a_check() -> Value {
    json!({
        "restCode": 1, "checkGuid": "6f1c6d0e-7f0b-5e0a-9d8e-0a1b2c3d4e5f", "accountId": 7, "rkUnit": 3,
        "externalCheck": "D-1001", "bonusSpentSum": 0, "discountSum": 0, "bonusAccruedSum": 5000,
        "moneySpentSum": 100_000, "checkData": ""
    })
}

#[test]
fn everything_described_says_who_vouches_for_it() {
    let contract = contract();
    let mut marked: Vec<(String, &Value)> = Vec::new();
    for (path, item) in object(&contract["paths"]) {
        marked.push((path.clone(), item));
    }
    for (path, verb, operation) in operations(&contract) {
        marked.push((format!("{verb} {path}"), operation));
        marked.push((format!("{verb} {path} 200"), &operation["responses"]["200"]));
        if let Some(body) = operation.get("requestBody") {
            marked.push((format!("{verb} {path} body"), body));
        }
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            marked.push((format!("{verb} {path} {}", parameter["name"]), parameter));
        }
    }
    for kind in ["schemas", "responses", "headers", "securitySchemes"] {
        for (name, component) in object(&contract["components"][kind]) {
            marked.push((format!("{kind}/{name}"), component));
        }
    }
    walk(&contract, "", &mut |at, members| {
        if let Some(Value::Object(properties)) = members.get("properties") {
            for (name, property) in properties {
                marked.push((format!("{at}/{name}"), property));
            }
        }
    });
    for tag in contract["tags"].as_array().expect("tags") {
        marked.push((format!("tag {}", tag["name"]), tag));
    }

    let unmarked: Vec<_> = marked
        .iter()
        .filter(|(_, described)| {
            !matches!(described["x-provenance"].as_str(), Some("seed" | "wiki" | "assumed"))
        })
        .map(|(at, _)| at)
        .collect();
    assert!(unmarked.is_empty(), "without an honest x-provenance: {unmarked:#?}");
}

#[test]
fn every_reference_leads_somewhere() {
    let contract = contract();
    let mut references = 0;
    walk(&contract, "", &mut |at, members| {
        if let Some(reference) = members.get("$ref") {
            let pointer = reference
                .as_str()
                .and_then(|text| text.strip_prefix('#'))
                .unwrap_or_else(|| panic!("{at} refers outside of the file"));
            assert!(contract.pointer(pointer).is_some(), "{at} refers to nothing");
            references += 1;
        }
    });
    assert!(references > 0);
}

#[test]
fn every_component_is_used() {
    let contract = contract();
    for kind in ["schemas", "responses", "headers"] {
        for name in object(&contract["components"][kind]).keys() {
            assert!(
                CONTRACT.contains(&format!("\"#/components/{kind}/{name}\"")),
                "nothing uses {kind}/{name}"
            );
        }
    }
}

#[test]
fn every_operation_is_named_after_its_path() {
    let contract = contract();
    let mut names = BTreeSet::new();
    for (path, verb, operation) in operations(&contract) {
        let name = operation["operationId"].as_str().expect("an operationId");
        assert_eq!(Some(name), path.strip_prefix('/'), "{verb} {path}");
        assert!(names.insert(name), "{name} stands twice");
    }
}

#[test]
fn every_operation_tells_how_it_refuses() {
    let contract = contract();
    for (path, verb, operation) in operations(&contract) {
        for status in ["400", "401", "403", "404", "409", "422", "429", "default"] {
            let reference = operation["responses"][status]["$ref"]
                .as_str()
                .unwrap_or_else(|| panic!("{verb} {path} leaves out {status}"));
            let response = contract.pointer(&reference[1..]).expect("it resolves");
            assert_eq!(
                response["content"]["application/json"]["schema"]["$ref"], "#/components/schemas/error",
                "{verb} {path} {status}"
            );
        }
    }
    let too_many = &contract["components"]["responses"]["tooManyRequests"];
    assert!(too_many["headers"].get("Retry-After").is_some());
}

#[test]
fn every_schema_is_valid_json_schema_2020_12() {
    let contract = contract();
    for (name, schema) in object(&contract["components"]["schemas"]) {
        if let Err(error) = jsonschema::draft202012::meta::validate(schema) {
            panic!("{name} is no JSON Schema: {error}");
        }
        if let Err(error) = jsonschema::draft202012::new(&standalone(&contract, name)) {
            panic!("{name} does not compile: {error}");
        }
    }
    for (at, _, schema) in named_values(&contract) {
        if let Err(error) = jsonschema::draft202012::meta::validate(schema) {
            panic!("{at} is no JSON Schema: {error}");
        }
    }
}

/// Names cannot tell a sum, so the question is turned round: an integer is an id or a code, or it says what it counts.
#[test]
fn every_sum_says_that_it_counts_kopecks() {
    let contract = contract();
    let mut sums = BTreeSet::new();
    for (at, name, schema) in named_values(&contract) {
        let whole = has_type(schema, "integer");
        let identifies =
            name == "id" || name.ends_with("Id") || ["restCode", "rkUnit"].contains(&name.as_str());
        match schema["x-unit"].as_str() {
            Some("kopeck") => {
                assert!(whole && schema["format"] == "int64", "{at}: a sum is a 64-bit integer");
                sums.insert(name);
            }
            Some("account" | "day" | "row" | "second") => {
                assert!(whole, "{at}: a count is whole");
            }
            Some("percent" | "portion") => {
                assert!(has_type(schema, "number"), "{at}: may have a fraction");
            }
            Some(other) => panic!("{at} counts in the unknown unit {other}"),
            None => {
                assert!(!has_type(schema, "number"), "{at} does not say its unit");
                assert!(!whole || identifies, "{at} is neither an id nor says what it counts");
            }
        }
        assert!(!identifies || schema["x-unit"].is_null(), "{at}: an id counts nothing");
    }
    for sum in
        ["balance", "sum", "moneySpentSum", "turnover", "fromTurnover", "welcomeBonus", "total", "paid"]
    {
        assert!(sums.contains(sum), "{sum} is not in kopecks");
    }
}

#[test]
fn what_is_not_required_may_be_null() {
    let contract = contract();
    for (name, schema) in object(&contract["components"]["schemas"]) {
        let Some(Value::Object(properties)) = schema.get("properties") else {
            continue;
        };
        let required: Vec<_> = schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|field| field.as_str().expect("a name"))
            .collect();
        for field in &required {
            assert!(properties.contains_key(*field), "{name} requires {field} and does not describe it");
        }
        for (field, property) in properties {
            let alone = json!({
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "allOf": [property],
                "components": contract["components"],
            });
            let takes_null =
                jsonschema::draft202012::new(&alone).expect("it compiles").is_valid(&Value::Null);
            assert_eq!(takes_null, !required.contains(&field.as_str()), "{name}.{field}");
        }
    }
}

#[test]
fn a_request_with_an_unknown_field_is_refused_and_a_reply_is_not() {
    let contract = contract();
    for (path, _, operation) in operations(&contract) {
        let body = &operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
        if let Some(reference) = body.as_str() {
            let schema = contract.pointer(&reference[1..]).expect("it resolves");
            let closed = schema["additionalProperties"] == false;
            assert_eq!(closed, path != "/accounts/update", "{path}");
        }
    }
    let mut check = a_check();
    assert!(accepts("registerCheckRequest", &check));
    check["tableNumber"] = json!(4);
    assert!(!accepts("registerCheckRequest", &check));
    assert!(accepts("refillResult", &json!({"transactionId": 1, "balance": 0, "more": true})));
}

#[test]
fn a_check_with_a_fractional_or_negative_sum_or_a_missing_field_is_refused() {
    for (field, wrong) in [
        ("moneySpentSum", json!(100.5)),
        ("moneySpentSum", json!("100000")),
        ("bonusSpentSum", json!(-1)),
        ("checkGuid", json!("not a guid")),
        ("checkData", Value::Null),
    ] {
        let mut check = a_check();
        check[field] = wrong;
        assert!(!accepts("registerCheckRequest", &check), "{field}");
    }
    for field in VENDOR_CHECK_FIELDS {
        let mut check = a_check();
        check.as_object_mut().expect("an object").remove(field);
        assert!(!accepts("registerCheckRequest", &check), "without {field}");
    }
}

#[test]
fn an_account_update_carries_unknown_members_back_but_nothing_the_server_computes() {
    let mut update = json!({
        "id": 7, "phone": "+79001234567", "birthday": "1990-02-28", "email": null, "favouriteTable": "window"
    });
    assert!(accepts("updateAccountRequest", &update));
    for (computed, value) in [("balance", json!(0)), ("level", Value::Null), ("coupons", json!([]))] {
        update[computed] = value;
        assert!(!accepts("updateAccountRequest", &update), "{computed}");
        update.as_object_mut().expect("an object").remove(computed);
    }
}

#[test]
fn the_forms_of_the_transactions_request_are_made_of_its_parameters() {
    let contract = contract();
    let operation = &contract["paths"]["/accounts/transactions"]["get"];
    let parameters = operation["parameters"].as_array().expect("parameters");
    let described: BTreeSet<_> =
        parameters.iter().map(|parameter| parameter["name"].clone().to_string()).collect();
    let mut used = BTreeSet::new();
    for (form, names) in object(&operation["x-forms"]) {
        let names: BTreeSet<_> = names.as_array().expect("names").iter().map(ToString::to_string).collect();
        for parameter in parameters.iter().filter(|one| one["required"] == true) {
            assert!(
                names.contains(&parameter["name"].to_string()),
                "{form} leaves out {}",
                parameter["name"]
            );
        }
        used.extend(names);
    }
    assert_eq!(used, described);
}

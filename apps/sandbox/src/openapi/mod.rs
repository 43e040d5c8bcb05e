//! The instance's description of itself: the contract file, told in the active dialect as an instance would tell it.

// The document is the program's own contract file, never outside data. Reading a JSON value by index gives null for what
// is absent; writing by index needs an object, and the tests write every dialect.
#![allow(clippy::indexing_slicing)]

mod forms;
mod renames;
mod swagger2;

use serde_json::{Map, Value, json};

use crate::dialect::{Dialect, ListForm, SwaggerVersion};

static CONTRACT: &str = include_str!("../../../../core/contract/probonus-v0.openapi.json");

/// Where the contract keeps its schemas, in references.
const SCHEMAS: &str = "#/components/schemas/";

/// The description as JSON; null if the contract file is damaged, which a test would see.
pub(crate) fn describe(dialect: &Dialect, base_url: &str) -> Value {
    let mut document: Value = serde_json::from_str(CONTRACT).unwrap_or_default();
    document["info"] = json!({"title": "ProBonus API", "version": "v0"});
    document["servers"] = json!([{ "url": format!("{base_url}/api/v0") }]);
    if !dialect.temporary_codes
        && let Some(paths) = document["paths"].as_object_mut()
    {
        paths.remove("/accounts/issue_identifier");
    }
    document["components"]["securitySchemes"]["apiToken"]["name"] = dialect.token_header.as_str().into();
    add_own_members(&mut document);
    forms::apply(&mut document, dialect);
    wrap_lists(&mut document, dialect.lists);
    if dialect.renamed {
        renames::apply(&mut document);
    }
    strip_remarks(&mut document);
    match dialect.swagger {
        SwaggerVersion::OpenApi3 => document,
        SwaggerVersion::Swagger2 => swagger2::convert(document, base_url),
    }
}

/// Members of an account that this instance has beyond the contract.
fn add_own_members(document: &mut Value) {
    let properties = &mut document["components"]["schemas"]["account"]["properties"];
    for name in ["discountId", "bonusId", "bonusLifetimeDays"] {
        let days = name == "bonusLifetimeDays";
        properties[name] = json!({"type": ["integer", "null"], "format": "int64"});
        if days {
            properties[name]["x-unit"] = "day".into();
        }
    }
}

/// Replies that are lists stand inside an object where the dialect says so.
fn wrap_lists(document: &mut Value, form: ListForm) {
    let name = match form {
        ListForm::Bare => return,
        ListForm::Data => "data",
        ListForm::Items => "items",
        ListForm::Result => "result",
    };
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else { return };
    // Lists that have a schema of their own are replies; inner ones stand in their records.
    for schema in schemas.values_mut().filter(|schema| schema["type"] == "array") {
        let list = schema.take();
        *schema = json!({"type": "object", "required": [name], "properties": {}});
        schema["properties"][name] = list;
    }
}

/// An instance knows nothing of this project's remarks; the words it uses, it tells.
fn strip_remarks(document: &mut Value) {
    visit(document, &mut |object| {
        if let Some(words) = object.remove("x-known-values") {
            object.insert("enum".into(), words);
        }
        object.retain(|name, _| !name.starts_with("x-"));
    });
}

/// Calls `change` for every object of a document, inner ones first.
fn visit(value: &mut Value, change: &mut impl FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| visit(item, change)),
        Value::Object(object) => {
            object.values_mut().for_each(|inner| visit(inner, change));
            change(object);
        }
        _ => {}
    }
}

/// The schema a reference names.
fn schema_name(reference: &Value) -> Option<&str> {
    reference["$ref"].as_str()?.strip_prefix(SCHEMAS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::methods::METHODS;

    fn described(words: &str) -> Value {
        describe(&words.parse().unwrap(), "http://127.0.0.1:1")
    }

    /// Every reference leads somewhere.
    fn assert_whole(document: &Value) {
        let mut references = Vec::new();
        visit(&mut document.clone(), &mut |object| {
            references.extend(object.get("$ref").and_then(Value::as_str).map(str::to_owned));
        });
        assert!(references.len() > 50);
        for reference in references {
            let found = document.pointer(reference.strip_prefix('#').unwrap());
            assert!(found.is_some(), "{reference}");
        }
    }

    #[test]
    fn the_contract_and_the_server_name_the_same_methods() {
        let document = described("contract");
        assert_whole(&document);
        let paths = document["paths"].as_object().unwrap();
        assert_eq!(paths.len(), METHODS.len());
        for method in METHODS {
            let operation = &paths[&format!("/{}", method.name)][method.verb.as_str().to_lowercase()];
            assert_eq!(operation["operationId"], method.name);
        }
        assert!(!document.to_string().contains("\"x-"));
    }

    #[test]
    fn a_renamed_instance_describes_its_own_names() {
        let document = described("renamed");
        assert_whole(&document);
        let find = &document["paths"]["/accounts/findByPhone"]["post"];
        let body = &find["requestBody"]["content"]["application/json"]["schema"];
        assert!(body["properties"]["phoneNumber"].is_object());
        assert_eq!(body["required"], json!(["phoneNumber"]));
        assert!(document["paths"]["/accounts/find_by_phone"].is_null());
        let account = &document["components"]["schemas"]["account"]["properties"];
        assert!(account["currentBalance"].is_object() && account["balance"].is_null());
        assert!(account["discount"]["properties"]["level"].is_object());
        let transaction = &document["components"]["schemas"]["transaction"]["properties"];
        assert_eq!(transaction["operationType"]["enum"][0], "Начисление");
        assert!(transaction["check"]["properties"]["guid"].is_object());
        assert!(document["paths"]["/accounts/update"]["put"].is_object());
    }

    #[test]
    fn forms_of_values_are_described_as_they_are_sent() {
        let document = described("ruble,strings,data,date-millis,digits");
        assert_whole(&document);
        let schemas = &document["components"]["schemas"];
        assert_eq!(schemas["account"]["properties"]["balance"]["type"], "string");
        assert_eq!(schemas["account"]["properties"]["id"]["type"], "string");
        assert_eq!(schemas["registerCheckRequest"]["properties"]["moneySpentSum"]["type"], "integer");
        assert_eq!(schemas["transactionList"]["properties"]["data"]["type"], "array");
        assert!(schemas["transaction"]["properties"]["date"]["format"].is_null());
        assert_eq!(schemas["phone"]["pattern"], "^7[0-9]{10}$");
    }

    #[test]
    fn swagger_2_has_no_word_of_openapi_3() {
        let document = described("swagger2,renamed,ruble,items");
        assert_whole(&document);
        assert_eq!((&document["swagger"], &document["basePath"]), (&json!("2.0"), &json!("/api/v0")));
        let text = document.to_string();
        for word in ["\"requestBody\"", "\"components\"", "\"content\"", "\"anyOf\"", "\"null\""] {
            assert!(!text.contains(word), "{word}");
        }
        let list = &document["paths"]["/accounts/list"]["get"];
        assert_eq!(list["parameters"][0]["type"], "integer");
        let refill = &document["paths"]["/accounts/refill"]["post"]["parameters"][0];
        assert_eq!(
            (&refill["in"], &refill["schema"]["$ref"]),
            (&json!("body"), &json!("#/definitions/refillRequest"))
        );
    }
}

//! The same description in the older format.

use serde_json::{Map, Value, json};

use super::visit;

pub(super) fn convert(mut document: Value, base_url: &str) -> Value {
    let host = base_url.strip_prefix("http://").unwrap_or(base_url);
    let header = document["components"]["securitySchemes"]["apiToken"]["name"].clone();
    for item in document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut) {
        for operation in item.as_object_mut().into_iter().flat_map(Map::values_mut) {
            convert_operation(operation);
        }
    }
    let components = document["components"].take();
    let mut responses = components["responses"].clone();
    responses.as_object_mut().into_iter().flat_map(Map::values_mut).for_each(convert_response);
    inline_headers(&mut responses, &components["headers"]);
    let mut converted = json!({
        "swagger": "2.0",
        "info": document["info"],
        "host": host,
        "basePath": "/api/v0",
        "schemes": ["http"],
        "consumes": ["application/json"],
        "produces": ["application/json"],
        "tags": document["tags"],
        "securityDefinitions": {
            "apiToken": {"type": "apiKey", "in": "header", "name": header},
            // The old format has no word for bearer tokens.
            "bearer": {"type": "apiKey", "in": "header", "name": "Authorization"},
        },
        "security": document["security"],
        "paths": document["paths"],
        "definitions": components["schemas"],
        "responses": responses,
    });
    visit(&mut converted, &mut convert_object);
    converted
}

fn convert_operation(operation: &mut Value) {
    let Some(operation) = operation.as_object_mut() else { return };
    let parameters = operation.entry("parameters").or_insert_with(|| json!([]));
    for parameter in parameters.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        // Parameters have no schema but a type of their own.
        if let Some(Value::Object(schema)) = parameter.remove("schema") {
            let schema = match schema.contains_key("$ref") {
                true => Map::from_iter([("type".to_owned(), Value::from("string"))]),
                false => schema,
            };
            parameter.extend(schema);
        }
    }
    if let Some(body) = operation.remove("requestBody") {
        let schema = &body["content"]["application/json"]["schema"];
        let body = json!({"in": "body", "name": "body", "required": true, "schema": schema});
        if let Some(parameters) = operation.get_mut("parameters").and_then(Value::as_array_mut) {
            parameters.push(body);
        }
    }
    let responses = operation.get_mut("responses").and_then(Value::as_object_mut);
    responses.into_iter().flat_map(Map::values_mut).for_each(convert_response);
}

fn convert_response(response: &mut Value) {
    let Some(response) = response.as_object_mut() else { return };
    if let Some(content) = response.remove("content") {
        response.insert("schema".into(), content["application/json"]["schema"].clone());
    }
}

/// Headers cannot be referred to, and have a type of their own.
fn inline_headers(responses: &mut Value, headers: &Value) {
    for response in responses.as_object_mut().into_iter().flat_map(Map::values_mut) {
        for (name, header) in response["headers"].as_object_mut().into_iter().flatten() {
            let known = &headers[name.as_str()];
            *header = json!({"type": "string", "description": known["description"]});
        }
        if let Some(response) = response.as_object_mut() {
            response.retain(|_, value| !value.is_null());
        }
    }
}

/// References, and values that may be null.
fn convert_object(object: &mut Map<String, Value>) {
    if let Some(Value::String(reference)) = object.get_mut("$ref") {
        *reference = reference
            .replace("#/components/schemas/", "#/definitions/")
            .replace("#/components/responses/", "#/responses/");
    }
    if let Some(Value::Array(kinds)) = object.get_mut("type") {
        kinds.retain(|kind| kind != "null");
        if let [kind] = kinds.as_slice() {
            let kind = kind.clone();
            object.insert("type".into(), kind);
        } else {
            // Several types at once cannot be told: any.
            object.remove("type");
        }
        object.insert("x-nullable".into(), true.into());
    }
    if let Some(Value::Array(words)) = object.get_mut("enum") {
        words.retain(|word| !word.is_null());
    }
    if let Some(Value::Array(choices)) = object.remove("anyOf") {
        if let Some(reference) = choices.iter().find_map(|choice| choice.get("$ref")) {
            object.insert("$ref".into(), reference.clone());
        }
        object.insert("x-nullable".into(), true.into());
    }
    if let Some(Value::Array(mut examples)) = object.remove("examples")
        && !examples.is_empty()
    {
        object.insert("example".into(), examples.swap_remove(0));
    }
}

//! The `renamed` dialect's paths, verbs, parameters, fields and words.

use serde_json::{Map, Value, json};

use super::schema_name;
use crate::dialect::names::{self, MethodNames};

pub(super) fn apply(document: &mut Value) {
    rename_words(document);
    let schemas = document["components"]["schemas"].as_object_mut();
    for (name, schema) in schemas.into_iter().flatten() {
        for (ours, theirs) in names::fields(name) {
            move_property(schema, ours, theirs);
        }
    }
    let paths = document["paths"].take();
    let mut renamed_paths = Map::new();
    for (path, mut item) in paths.as_object().cloned().unwrap_or_default() {
        let Some(names) = names::method(path.trim_start_matches('/')) else {
            renamed_paths.insert(path, item);
            continue;
        };
        if let Some(operation) = take_operation(&mut item) {
            let operation = rename_operation(operation, names, &mut document["components"]["schemas"]);
            item[names.verb.to_lowercase()] = operation;
        }
        renamed_paths.insert(format!("/{}", names.path), item);
    }
    document["paths"] = renamed_paths.into();
}

fn take_operation(item: &mut Value) -> Option<Value> {
    let item = item.as_object_mut()?;
    item.remove("get").or_else(|| item.remove("post"))
}

fn rename_operation(mut operation: Value, names: &MethodNames, schemas: &mut Value) -> Value {
    operation["operationId"] = names.path.replace('/', "_").into();
    let body = operation["requestBody"]["content"]["application/json"]["schema"].clone();
    if let Some(name) = schema_name(&body) {
        for (ours, theirs) in names.params {
            move_property(&mut schemas[name], ours, theirs);
        }
        return operation;
    }
    for parameter in operation["parameters"].as_array_mut().into_iter().flatten() {
        let name = names.params.iter().find(|(ours, _)| parameter["name"] == *ours);
        if let Some((_, theirs)) = name {
            parameter["name"] = (*theirs).into();
        }
    }
    if names.verb != "GET" {
        into_body(&mut operation);
    }
    operation
}

/// Parameters of a query that this instance takes in a body.
fn into_body(operation: &mut Value) {
    let Some(operation) = operation.as_object_mut() else { return };
    let parameters = operation.remove("parameters");
    let parameters = parameters.as_ref().and_then(Value::as_array).cloned().unwrap_or_default();
    if parameters.is_empty() {
        return;
    }
    let name = |parameter: &Value| parameter["name"].as_str().unwrap_or_default().to_owned();
    let required: Vec<String> =
        parameters.iter().filter(|parameter| parameter["required"] == true).map(name).collect();
    let properties: Map<String, Value> =
        parameters.iter().map(|parameter| (name(parameter), parameter["schema"].clone())).collect();
    let schema = json!({"type": "object", "required": required, "properties": properties});
    operation.insert(
        "requestBody".into(),
        json!({"required": true, "content": {"application/json": {"schema": schema}}}),
    );
}

/// Gives a property another name, inside nested objects if the name has dots.
fn move_property(schema: &mut Value, ours: &str, theirs: &str) {
    let Some(property) = schema["properties"].as_object_mut().and_then(|all| all.remove(ours)) else {
        return;
    };
    let required = schema["required"].as_array().is_some_and(|names| names.iter().any(|name| name == ours));
    if let Some(names) = schema["required"].as_array_mut() {
        names.retain(|name| name != ours);
    }
    put_property(schema, theirs, property, required);
}

fn put_property(schema: &mut Value, path: &str, property: Value, required: bool) {
    let (head, rest) = path.split_once('.').map_or((path, None), |(head, rest)| (head, Some(rest)));
    match rest {
        None => schema["properties"][head] = property,
        Some(rest) => {
            let inner = &mut schema["properties"][head];
            if inner.is_null() {
                *inner = json!({"type": "object", "properties": {}});
            }
            put_property(inner, rest, property, required);
        }
    }
    if required {
        if schema["required"].is_null() {
            schema["required"] = json!([]);
        }
        let names = schema["required"].as_array_mut();
        if let Some(names) = names.filter(|names| !names.iter().any(|name| name == head)) {
            names.push(head.into());
        }
    }
}

fn rename_words(document: &mut Value) {
    let words = &mut document["components"]["schemas"]["transaction"]["properties"]["type"]["x-known-values"];
    for word in words.as_array_mut().into_iter().flatten() {
        if let Some(theirs) = word.as_str().map(names::transaction_type) {
            *word = theirs.to_owned().into();
        }
    }
}

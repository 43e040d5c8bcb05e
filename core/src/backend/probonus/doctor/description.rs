//! The methods that an OpenAPI 3 or a Swagger 2.0 document describes, in one form.

use serde_json::Value;

use super::schema::{Kind, Reader, Shape};
use crate::backend::probonus::wire::WRAPPERS;

/// How many methods of one document are looked at.
const METHODS_AT_MOST: usize = 1_000;
/// How many parameters of one method are looked at.
const PARAMETERS_AT_MOST: usize = 256;
/// A longer name is nobody's.
const NAME_AT_MOST: usize = 200;

/// The verbs of OpenAPI that carry a call.
const VERBS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Where a parameter travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Query,
    Body,
    /// Within the path, between braces.
    Path,
    /// A header, a cookie, or a place that does not exist.
    Elsewhere,
}

impl Place {
    /// Whether a parameter can be put there.
    pub(super) fn is_sent(self) -> bool {
        matches!(self, Self::Query | Self::Body)
    }
}

/// One thing that a method is told.
#[derive(Debug, Clone)]
pub(super) struct Parameter<'a> {
    pub(super) name: &'a str,
    pub(super) place: Place,
    pub(super) required: bool,
    pub(super) schema: &'a Value,
}

/// One method.
#[derive(Debug, Clone)]
pub(super) struct Method<'a> {
    /// Upper case.
    pub(super) verb: String,
    /// From the host's root, beginning with a slash.
    pub(super) path: String,
    pub(super) parameters: Vec<Parameter<'a>>,
    /// The answer to a call that succeeded; `None` when it is not described.
    pub(super) reply: Option<&'a Value>,
}

/// A whole document.
#[derive(Debug)]
pub(super) struct Description<'a> {
    pub(super) reader: Reader<'a>,
    pub(super) methods: Vec<Method<'a>>,
}

impl<'a> Description<'a> {
    /// Reads what can be read; what cannot is left out.
    pub(super) fn read(root: &'a Value) -> Self {
        let reader = Reader::new(root);
        let mut methods = Vec::new();
        let paths = root.get("paths").and_then(Value::as_object);
        for (path, item) in paths.into_iter().flatten() {
            let Some(item) = reader.follow(item).filter(|_| path.len() <= NAME_AT_MOST) else { continue };
            for verb in VERBS {
                let operation = item.get(verb).filter(|operation| operation.is_object());
                if let Some(operation) = operation.filter(|_| methods.len() < METHODS_AT_MOST) {
                    methods.push(Method {
                        verb: verb.to_ascii_uppercase(),
                        path: joined(&base(root, item, operation), path),
                        parameters: parameters(&reader, item, operation),
                        reply: reply(&reader, operation),
                    });
                }
            }
        }
        Self { reader, methods }
    }

    pub(super) fn shape(&self, schema: &'a Value) -> Shape<'a> {
        self.reader.shape(schema)
    }
}

/// Whether the value is a document of a kind that [`Description`] reads.
pub(super) fn is_description(value: &Value) -> bool {
    let version = |key: &str, major: &str| {
        value.get(key).and_then(Value::as_str).is_some_and(|version| version.starts_with(major))
    };
    (version("openapi", "3.") || version("swagger", "2.")) && value.get("paths").is_some_and(Value::is_object)
}

/// The path that stands before every path: `basePath`, or that of the first server.
fn base(root: &Value, item: &Value, operation: &Value) -> String {
    if let Some(base) = root.get("basePath").and_then(Value::as_str) {
        return base.to_owned();
    }
    let server = [operation, item, root].into_iter().find_map(|holder| holder.get("servers")?.get(0));
    let Some(url) = server.and_then(|server| server.get("url")).and_then(Value::as_str) else {
        return String::new();
    };
    let mut url = url.to_owned();
    let variables = server.and_then(|server| server.get("variables")).and_then(Value::as_object);
    for (name, variable) in variables.into_iter().flatten().take(8) {
        if let Some(default) = variable.get("default").and_then(Value::as_str) {
            url = url.replace(&format!("{{{name}}}"), default);
        }
    }
    match url.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map(|(_, path)| format!("/{path}")).unwrap_or_default(),
        None => url,
    }
}

fn joined(base: &str, path: &str) -> String {
    let base = base.trim_matches('/');
    let path = path.strip_prefix('/').unwrap_or(path);
    if base.is_empty() { format!("/{path}") } else { format!("/{base}/{path}") }
}

fn parameters<'a>(reader: &Reader<'a>, item: &'a Value, operation: &'a Value) -> Vec<Parameter<'a>> {
    let mut found: Vec<Parameter<'a>> = Vec::new();
    let described = [operation, item]
        .into_iter()
        .filter_map(|holder| holder.get("parameters").and_then(Value::as_array))
        .flatten()
        .filter_map(|parameter| reader.follow(parameter));
    for parameter in described {
        let required = parameter.get("required").and_then(Value::as_bool).unwrap_or(false);
        let name = parameter.get("name").and_then(Value::as_str);
        let schema = parameter.get("schema");
        let place = match parameter.get("in").and_then(Value::as_str) {
            Some("body") => {
                found.extend(schema.into_iter().flat_map(|schema| body(reader, schema)));
                continue;
            }
            Some("query") => Place::Query,
            Some("formData") => Place::Body,
            Some("path") => Place::Path,
            _ => Place::Elsewhere,
        };
        if let Some(name) = name {
            // Swagger 2.0 writes the type beside the name, OpenAPI 3 into a schema.
            found.push(Parameter { name, place, required, schema: schema.unwrap_or(parameter) });
        }
    }
    if let Some(request) = operation.get("requestBody").and_then(|request| reader.follow(request)) {
        found.extend(content(request).into_iter().flat_map(|schema| body(reader, schema)));
    }
    found.retain(|parameter| parameter.name.len() <= NAME_AT_MOST);
    found.truncate(PARAMETERS_AT_MOST);
    found
}

/// The members of a request's body.
fn body<'a>(reader: &Reader<'a>, schema: &'a Value) -> Vec<Parameter<'a>> {
    let whole = reader.shape(schema);
    let member = |(&name, &schema): (&&'a str, &&'a Value)| Parameter {
        name,
        place: Place::Body,
        required: whole.required.contains(name),
        schema,
    };
    whole.properties.iter().map(member).collect()
}

/// The schema of a JSON body.
fn content(holder: &Value) -> Option<&Value> {
    let content = holder.get("content")?.as_object()?;
    let json = content.iter().find(|(kind, _)| kind.to_ascii_lowercase().contains("json"));
    json.or_else(|| content.iter().next())?.1.get("schema")
}

fn reply<'a>(reader: &Reader<'a>, operation: &'a Value) -> Option<&'a Value> {
    let responses = operation.get("responses")?;
    let response =
        ["200", "201", "2XX", "2xx", "default"].into_iter().find_map(|status| responses.get(status))?;
    let response = reader.follow(response)?;
    response.get("schema").or_else(|| content(response))
}

/// A list's items, also where the list is wrapped in one of the members that the adapter looks into.
pub(super) fn list_items<'a>(reader: &Reader<'a>, shape: &Shape<'a>) -> Option<&'a Value> {
    if shape.is_only(Kind::Array) {
        return shape.items;
    }
    WRAPPERS.into_iter().find_map(|wrapper| {
        let inner = reader.shape(shape.properties.get(wrapper)?);
        if inner.is_only(Kind::Array) { inner.items } else { None }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn names(method: &Method<'_>) -> Vec<(String, Place)> {
        method.parameters.iter().map(|parameter| (parameter.name.to_owned(), parameter.place)).collect()
    }

    #[test]
    fn swagger_2_and_openapi_3_are_read_alike() {
        let two = json!({"swagger": "2.0", "basePath": "/api/v0/", "paths": {"/guests/find": {
            "parameters": [{"$ref": "#/parameters/phone"}],
            "post": {
                "parameters": [{"in": "body", "name": "body", "schema": {"$ref": "#/definitions/ask"}}],
                "responses": {"200": {"$ref": "#/responses/guest"}}
            }}},
            "parameters": {"phone": {"in": "query", "name": "phone", "type": "string", "required": true}},
            "definitions": {"ask": {"required": ["id"], "properties": {"id": {"type": "integer"}}}},
            "responses": {"guest": {"description": "", "schema": {"type": "array", "items": {}}}}
        });
        let three = json!({"openapi": "3.0.1", "servers": [{"url": "{scheme}://host:1/api/v0",
            "variables": {"scheme": {"default": "http"}}}], "paths": {"/guests/find": {"post": {
            "parameters": [{"in": "query", "name": "phone", "required": true, "schema": {"type": "string"}}],
            "requestBody": {"content": {"application/json": {"schema":
                {"required": ["id"], "properties": {"id": {"type": "integer"}}}}}},
            "responses": {"2XX": {"content": {"text/json": {"schema": {"type": "array", "items": {}}}}}}
        }}}});
        for document in [&two, &three] {
            assert!(is_description(document));
            let description = Description::read(document);
            let [method] = description.methods.as_slice() else { panic!("one method") };
            assert_eq!((method.verb.as_str(), method.path.as_str()), ("POST", "/api/v0/guests/find"));
            let mut told = names(method);
            told.sort();
            assert_eq!(told, [("id".to_owned(), Place::Body), ("phone".to_owned(), Place::Query)]);
            assert!(method.parameters.iter().all(|parameter| parameter.required));
            let reply = description.shape(method.reply.expect("a reply"));
            assert!(list_items(&description.reader, &reply).is_some());
        }
    }

    #[test]
    fn a_list_is_found_within_its_wrapper() {
        let wrapped =
            json!({"properties": {"total": {"type": "integer"}, "data": {"type": "array", "items": {}}}});
        let items = |document| {
            let reader = Reader::new(document);
            list_items(&reader, &reader.shape(document)).is_some()
        };
        assert!(items(&wrapped));
        let other = json!({"properties": {"rows": {"type": "array", "items": {}}}});
        assert!(!items(&other));
    }

    #[test]
    fn what_is_no_description_is_told_apart() {
        for other in
            [json!(null), json!([]), json!({"openapi": "3.0.0"}), json!({"paths": {}}), json!({"swagger": 2})]
        {
            assert!(!is_description(&other), "{other}");
        }
    }
}

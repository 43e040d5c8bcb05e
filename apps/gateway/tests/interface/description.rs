//! The OpenAPI description, asked whether an answer is one that it allows.

use std::collections::{BTreeMap, BTreeSet};

use loyalty_gateway::openapi::DESCRIPTION;
use loyalty_tests::caller::Answer;
use serde_json::{Value, json};

/// An operation by its id, and a status that it was answered with.
pub(crate) type Told = (String, u16);

/// The description, and what of it has been seen.
pub(crate) struct Description {
    document: Value,
    seen: BTreeSet<Told>,
}

impl Description {
    pub(crate) fn load() -> Self {
        Self { document: serde_json::from_str(DESCRIPTION).unwrap(), seen: BTreeSet::new() }
    }

    /// Every operation: its id with its verb and path.
    pub(crate) fn operations(&self) -> BTreeMap<String, (String, String)> {
        let mut operations = BTreeMap::new();
        for (path, verbs) in self.document["paths"].as_object().unwrap() {
            for (verb, operation) in verbs.as_object().unwrap() {
                let id = operation["operationId"].as_str().unwrap().to_owned();
                operations.insert(id, (verb.to_uppercase(), path.clone()));
            }
        }
        operations
    }

    /// What was held to it so far.
    pub(crate) fn seen(&self) -> &BTreeSet<Told> {
        &self.seen
    }

    /// Holds an answer to the description: its status, its headers, its body to the last member.
    pub(crate) fn holds(&mut self, operation: &str, answer: &Answer) {
        let (verb, path) = self.operations()[operation].clone();
        let described = &self.document["paths"][&path][verb.to_lowercase()]["responses"];
        let status = answer.status.to_string();
        let reply = described.get(&status).unwrap_or_else(|| panic!("{operation}: {answer:?}"));
        let reply = resolve(&self.document, reply);
        for (name, header) in reply["headers"].as_object().unwrap() {
            let header = resolve(&self.document, header);
            let text = answer.header(name);
            assert!(!text.is_empty(), "{operation}: no {name} in {answer:?}");
            let value = text.parse::<i64>().map_or(json!(text), |number| json!(number));
            self.check(&header["schema"], &value, &format!("{operation}: {name}"));
        }
        match reply.get("content") {
            None => assert_eq!(answer.text, "", "{operation}"),
            Some(content) => {
                let (kind, body) = content.as_object().unwrap().iter().next().unwrap();
                assert_eq!(answer.header("content-type"), kind, "{operation}");
                self.check(&body["schema"], &answer.json, &format!("{operation}: {status}"));
            }
        }
        self.seen.insert((operation.to_owned(), answer.status));
    }

    fn check(&self, schema: &Value, value: &Value, what: &str) {
        let mut whole = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "allOf": [schema],
            "components": self.document["components"],
        });
        close(&mut whole);
        let validator = jsonschema::options().should_validate_formats(true).build(&whole).unwrap();
        let wrong: Vec<String> = validator
            .iter_errors(value)
            .map(|error| format!("{error} at {}", error.instance_path()))
            .collect();
        assert!(wrong.is_empty(), "{what}: {wrong:?} in {value}");
    }
}

fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value.get("$ref").and_then(Value::as_str) {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap(),
        None => value,
    }
}

/// Lets no object have a member that is not described: clients must take one, but we must not send one unseen.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if members.get("properties").is_some_and(Value::is_object) {
                members.entry("additionalProperties").or_insert(Value::Bool(false));
            }
            members.values_mut().for_each(close);
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

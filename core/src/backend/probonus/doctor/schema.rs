//! Reading one schema of an OpenAPI or Swagger document that somebody else wrote.
//!
//! A schema is looked at one level deep at a time, so a description that refers to itself costs nothing; what one
//! look may cost is bounded as well, because the document is not ours.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// How many schemas one look may merge: references and combinations count alike.
const MERGED_AT_MOST: u32 = 64;
/// How many schemas and fields are looked at in one document, again and again included. A large one needs some two
/// hundred thousand.
const LOOKS_AT_MOST: u32 = 1_000_000;
/// How many fields of one record are looked at.
const FIELDS_AT_MOST: usize = 512;
/// How many words of one enumeration are looked at.
const WORDS_AT_MOST: usize = 128;

/// What JSON value a schema allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Array,
    Boolean,
    Integer,
    Number,
    Object,
    String,
}

impl Kind {
    fn read(word: &str) -> Option<Self> {
        Some(match word {
            "array" => Self::Array,
            "boolean" => Self::Boolean,
            "integer" => Self::Integer,
            "number" => Self::Number,
            "object" => Self::Object,
            "string" => Self::String,
            _ => return None,
        })
    }

    /// The word that OpenAPI has for it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Array => "array",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Object => "object",
            Self::String => "string",
        }
    }
}

/// One level of a schema, references followed and `allOf` merged.
#[derive(Debug, Clone, Default)]
pub(super) struct Shape<'a> {
    /// What the last reference on the way here was called.
    pub(super) name: Option<&'a str>,
    /// Empty when the schema does not say.
    pub(super) kinds: BTreeSet<Kind>,
    pub(super) nullable: bool,
    pub(super) format: Option<&'a str>,
    /// What a text has to match.
    pub(super) pattern: Option<&'a str>,
    /// What a number counts; only our own contract says it.
    pub(super) unit: Option<&'a str>,
    /// The words that the field is said to hold.
    pub(super) words: Vec<&'a str>,
    pub(super) properties: BTreeMap<&'a str, &'a Value>,
    pub(super) required: BTreeSet<&'a str>,
    pub(super) items: Option<&'a Value>,
}

/// A document that somebody else wrote, with a limit to how long it is looked at.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    root: &'a Value,
    looks_left: Cell<u32>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(root: &'a Value) -> Self {
        Self { root, looks_left: Cell::new(LOOKS_AT_MOST) }
    }

    /// Whether the limit was reached, so that something was left out.
    pub(super) fn is_exhausted(&self) -> bool {
        self.looks_left.get() == 0
    }

    fn spend(&self, looks: usize) {
        let looks = u32::try_from(looks).unwrap_or(u32::MAX);
        self.looks_left.set(self.looks_left.get().saturating_sub(looks));
    }

    /// Looks at `schema`, whose references lead into the document.
    pub(super) fn shape(&self, schema: &'a Value) -> Shape<'a> {
        let mut shape = Shape::default();
        let mut waiting = vec![schema];
        let mut followed = BTreeSet::new();
        for _ in 0..MERGED_AT_MOST {
            let Some(next) = waiting.pop().filter(|_| !self.is_exhausted()) else { break };
            // Beside a reference only OpenAPI 3.1 lets anything else count; elsewhere nothing else stands there.
            let reference = next.get("$ref").and_then(Value::as_str);
            if let Some(reference) = reference.filter(|reference| followed.insert(*reference)) {
                shape.name = reference.rsplit('/').next();
                waiting.extend(self.resolve(reference));
            }
            self.spend(shape.merge(next));
            for combination in ["allOf", "anyOf", "oneOf"] {
                let parts = next.get(combination).and_then(Value::as_array);
                waiting.extend(parts.into_iter().flatten().take(64));
            }
        }
        shape.settle();
        shape
    }

    /// What a reference within the document leads to; references into other documents lead nowhere.
    fn resolve(&self, reference: &str) -> Option<&'a Value> {
        self.root.pointer(reference.strip_prefix('#')?)
    }

    /// Follows references of something that is no schema: a parameter, a body, a response.
    pub(super) fn follow(&self, mut value: &'a Value) -> Option<&'a Value> {
        for _ in 0..MERGED_AT_MOST {
            match value.get("$ref").and_then(Value::as_str) {
                Some(reference) => value = self.resolve(reference)?,
                None => return Some(value),
            }
        }
        None
    }
}

impl<'a> Shape<'a> {
    /// Adds what `schema` says by itself; answers how much was looked at.
    fn merge(&mut self, schema: &'a Value) -> usize {
        self.merge_type(schema);
        for flag in ["nullable", "x-nullable"] {
            self.nullable |= schema.get(flag).and_then(Value::as_bool).unwrap_or(false);
        }
        let text = |key: &str| schema.get(key).and_then(Value::as_str);
        self.format = self.format.or_else(|| text("format"));
        self.pattern = self.pattern.or_else(|| text("pattern"));
        self.unit = self.unit.or_else(|| text("x-unit"));
        for key in ["enum", "x-known-values"] {
            for word in schema.get(key).and_then(Value::as_array).into_iter().flatten().take(WORDS_AT_MOST) {
                match word.as_str() {
                    Some(word) if self.words.len() < WORDS_AT_MOST && !self.words.contains(&word) => {
                        self.words.push(word);
                    }
                    _ => self.nullable |= word.is_null(),
                }
            }
        }
        self.words.extend(text("const"));
        let properties = schema.get("properties").and_then(Value::as_object);
        for (name, property) in properties.into_iter().flatten().take(FIELDS_AT_MOST) {
            if self.properties.len() < FIELDS_AT_MOST {
                self.properties.entry(name).or_insert(property);
            }
        }
        let required = schema.get("required").and_then(Value::as_array);
        self.required.extend(required.into_iter().flatten().filter_map(Value::as_str).take(FIELDS_AT_MOST));
        self.items = self.items.or_else(|| schema.get("items"));
        properties.map_or(0, serde_json::Map::len).min(FIELDS_AT_MOST).saturating_add(1)
    }

    fn merge_type(&mut self, schema: &'a Value) {
        let mut take = |word: &str| {
            self.nullable |= word == "null";
            self.kinds.extend(Kind::read(word));
        };
        match schema.get("type") {
            Some(Value::String(only)) => take(only),
            Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).for_each(take),
            _ => {}
        }
    }

    /// A schema that leaves its type out still shows it by what else it says.
    fn settle(&mut self) {
        if !self.kinds.is_empty() {
            return;
        }
        if !self.properties.is_empty() {
            self.kinds.insert(Kind::Object);
        } else if self.items.is_some() {
            self.kinds.insert(Kind::Array);
        } else if !self.words.is_empty() {
            self.kinds.insert(Kind::String);
        }
    }

    /// Whether this kind, and no other, is allowed.
    pub(super) fn is_only(&self, kind: Kind) -> bool {
        self.kinds.len() == 1 && self.kinds.contains(&kind)
    }

    /// Whether the schema says nothing that could be compared.
    pub(super) fn is_silent(&self) -> bool {
        self.kinds.is_empty()
    }

    /// A string that is a day or an instant.
    pub(super) fn is_date(&self) -> bool {
        self.is_only(Kind::String) && matches!(self.format, Some("date" | "date-time"))
    }

    /// Its types and format as a reader would say them.
    pub(super) fn spoken(&self) -> String {
        let kinds: Vec<&str> = self.kinds.iter().map(|kind| kind.as_str()).collect();
        match self.format {
            Some(format) if !kinds.is_empty() => format!("{} ({format})", kinds.join(" or ")),
            _ => kinds.join(" or "),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_reference_and_all_of_are_read_as_one_record() {
        let root = json!({"definitions": {
            "base": {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}},
            "guest": {"allOf": [{"$ref": "#/definitions/base"}, {"properties": {"phone": {"type": "string"}}}]},
        }});
        let schema = json!({"$ref": "#/definitions/guest"});
        let shape = Reader::new(&root).shape(&schema);
        assert_eq!(shape.properties.keys().copied().collect::<Vec<_>>(), ["id", "phone"]);
        assert!(shape.required.contains("id"));
        assert!(shape.is_only(Kind::Object));
    }

    #[test]
    fn every_way_to_say_null_is_understood() {
        for nullable in [
            json!({"type": ["string", "null"]}),
            json!({"type": "string", "nullable": true}),
            json!({"type": "string", "x-nullable": true}),
            json!({"anyOf": [{"type": "string"}, {"type": "null"}]}),
            json!({"enum": ["a", null]}),
        ] {
            let shape = Reader::new(&Value::Null).shape(&nullable);
            assert!(shape.nullable && shape.is_only(Kind::String), "{nullable}");
        }
        assert!(!Reader::new(&Value::Null).shape(&json!({"type": "string"})).nullable);
    }

    #[test]
    fn a_schema_that_refers_to_itself_ends() {
        let root =
            json!({"a": {"allOf": [{"$ref": "#/b"}]}, "b": {"$ref": "#/a", "anyOf": [{"$ref": "#/b"}]}});
        let schema = json!({"$ref": "#/a"});
        assert!(Reader::new(&root).shape(&schema).is_silent());
        let circle = json!({"a": {"$ref": "#/a"}});
        assert_eq!(Reader::new(&circle).follow(&schema), None);
    }

    #[test]
    fn wrong_types_in_every_place_are_passed_over() {
        let schema = json!({
            "$ref": 5, "type": {"x": 1}, "allOf": "no", "anyOf": [7, null, "text"], "properties": ["a"],
            "required": "id", "items": 3, "enum": {"a": 1}, "format": [], "nullable": "yes"
        });
        let shape = Reader::new(&Value::Null).shape(&schema);
        assert!(shape.properties.is_empty() && shape.required.is_empty() && !shape.nullable);
    }

    #[test]
    fn a_tree_of_combinations_is_cut_short() {
        let mut schema = json!({"type": "string"});
        for _ in 0..8 {
            schema = json!({"allOf": vec![schema; 3]});
        }
        assert!(Reader::new(&Value::Null).shape(&schema).properties.is_empty());
    }
}

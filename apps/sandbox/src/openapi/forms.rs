//! Forms of values: what the dialect writes as text, in roubles or in its own way of dates and phones.

use serde_json::{Map, Value, json};

use super::visit;
use crate::dialect::{AmountForm, DateForm, Dialect, PhoneForm};

/// The only schemas whose sums are kopecks by the vendor's word.
const ALWAYS_KOPECKS: [&str; 2] = ["registerCheckRequest", "registerCheckResult"];

pub(super) fn apply(document: &mut Value, dialect: &Dialect) {
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        for (name, schema) in schemas {
            let kopecks = ALWAYS_KOPECKS.contains(&name.as_str());
            // Requests may send numbers in every dialect, so only records of replies become texts.
            let texts = dialect.numbers_as_text && !name.ends_with("Request");
            visit(schema, &mut |object| form(object, dialect, kopecks, texts));
        }
    }
    let pattern = match dialect.phone {
        PhoneForm::E164 => r"^\+7[0-9]{10}$",
        PhoneForm::Digits => "^7[0-9]{10}$",
        PhoneForm::National => "^8[0-9]{10}$",
        PhoneForm::Subscriber => "^[0-9]{10}$",
    };
    document["components"]["schemas"]["phone"]["pattern"] = pattern.into();
}

fn form(schema: &mut Map<String, Value>, dialect: &Dialect, kopecks: bool, texts: bool) {
    let format = schema.get("format").and_then(Value::as_str).unwrap_or_default();
    let unit = schema.get("x-unit").and_then(Value::as_str);
    match (format, unit) {
        ("date-time", _) if dialect.dates != DateForm::Rfc3339 => {
            schema.remove("format");
        }
        ("date", _) if dialect.dates == DateForm::DayFirst => {
            schema.remove("format");
        }
        (_, Some("kopeck")) => match dialect.amounts {
            AmountForm::RubleText if !kopecks => retype(schema, "string", "decimal"),
            AmountForm::RubleNumber if !kopecks => {
                retype(schema, if texts { "string" } else { "number" }, "decimal");
            }
            _ if texts => retype(schema, "string", "int64"),
            _ => {}
        },
        // Whole numbers that count nothing are ids.
        ("int64", None) if texts => retype(schema, "string", "int64"),
        _ => {}
    }
}

/// Another type, nullable if the old one was; bounds of numbers go.
fn retype(schema: &mut Map<String, Value>, kind: &str, format: &str) {
    let nullable = schema.get("type").is_some_and(Value::is_array);
    schema.insert("type".into(), if nullable { json!([kind, "null"]) } else { kind.into() });
    schema.insert("format".into(), format.into());
    schema.remove("minimum");
    schema.remove("maximum");
}

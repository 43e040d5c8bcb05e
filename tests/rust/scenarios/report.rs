//! What was observed, in a form that is the same to the byte whoever writes it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

/// The lines of the report: one a step.
#[derive(Debug, Default)]
pub(super) struct Report(Vec<String>);

impl Report {
    pub(super) fn add(&mut self, scenario: &str, step: usize, observed: &Value) {
        self.0.push(canonical(&json!({"scenario": scenario, "step": step, "observed": observed})));
    }

    fn text(&self) -> String {
        format!("[\n{}\n]\n", self.0.join(",\n"))
    }

    pub(super) fn write(&self, path: &Path) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, self.text()).unwrap();
    }
}

/// JSON without spaces, members in the order of their names' code points, everything but quotes, backslashes and
/// control characters as it is.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let fields: BTreeMap<_, _> = fields.iter().collect();
            let text = |(name, value): (&String, &Value)| format!("{}:{}", json!(name), canonical(value));
            format!("{{{}}}", fields.into_iter().map(text).collect::<Vec<_>>().join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_has_a_line_a_step_and_members_in_order() {
        let mut report = Report::default();
        report.add("one", 0, &json!({"words": "5\u{A0}бонусов", "balance": [1, null]}));
        report.add("one", 1, &json!({"done": true}));
        let expected = concat!(
            "[\n",
            r#"{"observed":{"balance":[1,null],"words":"5"#,
            "\u{A0}",
            r#"бонусов"},"scenario":"one","step":0},"#,
            "\n",
            r#"{"observed":{"done":true},"scenario":"one","step":1}"#,
            "\n]\n"
        );
        assert_eq!(report.text(), expected);
    }
}

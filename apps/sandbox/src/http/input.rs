//! Checked parameters, as the handlers take them.

use serde_json::{Map, Value};

use crate::error::ApiError;

/// Parameters that have passed [`crate::dialect::coerce::Reader`]: ids, sums and moments are integers.
#[derive(Debug)]
pub(super) struct Input(pub(super) Map<String, Value>);

impl Input {
    /// A whole number: an id, a sum in kopecks, a moment in seconds.
    pub(super) fn number(&self, name: &'static str) -> Result<i64, ApiError> {
        self.maybe_number(name).ok_or_else(|| missing(name))
    }

    pub(super) fn maybe_number(&self, name: &str) -> Option<i64> {
        self.0.get(name).and_then(Value::as_i64)
    }

    pub(super) fn text(&self, name: &'static str) -> Result<&str, ApiError> {
        self.0.get(name).and_then(Value::as_str).ok_or_else(|| missing(name))
    }

    pub(super) fn maybe_text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// A text that says something.
    pub(super) fn wording(&self, name: &'static str) -> Result<&str, ApiError> {
        let text = self.text(name)?.trim();
        if text.is_empty() {
            return Err(ApiError::malformed("invalid_field", "It must not be empty.").on(name));
        }
        Ok(text)
    }

    pub(super) fn owned_text(&self, name: &str) -> Option<String> {
        self.maybe_text(name).map(str::to_owned)
    }

    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        self.0.get(name).and_then(Value::as_bool)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// A nested object, checked like the rest.
    pub(super) fn record(&self, name: &str) -> Option<Input> {
        self.0.get(name).and_then(Value::as_object).cloned().map(Input)
    }

    /// A list of nested objects.
    pub(super) fn list(&self, name: &str) -> Vec<Input> {
        let items = self.0.get(name).and_then(Value::as_array);
        items.into_iter().flatten().filter_map(Value::as_object).cloned().map(Input).collect()
    }
}

fn missing(name: &'static str) -> ApiError {
    ApiError::malformed("missing_field", "A required field is missing.").on(name)
}

//! The instance's description of itself: the contract file, told in the active dialect.

use serde_json::Value;

use crate::dialect::Dialect;

static CONTRACT: &str = include_str!("../../../core/contract/probonus-v0.openapi.json");

/// The description as JSON.
pub(crate) fn describe(_dialect: &Dialect, base_url: &str) -> Value {
    let mut document: Value = serde_json::from_str(CONTRACT).unwrap_or_default();
    if let Some(object) = document.as_object_mut() {
        object.insert("servers".into(), serde_json::json!([{ "url": format!("{base_url}/api/v0") }]));
    }
    document
}

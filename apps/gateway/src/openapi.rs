//! The interface for machines.

/// OpenAPI 3.1, as `GET /v1/openapi.json` serves it. Written by hand beside the README; tests hold the routes and every
/// reply to it.
pub const DESCRIPTION: &str = include_str!("../openapi/gateway-v1.openapi.json");

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::DESCRIPTION;
    use crate::http;

    #[test]
    fn every_route_is_described_and_nothing_else() {
        let description: serde_json::Value = serde_json::from_str(DESCRIPTION).unwrap();
        let described: BTreeSet<&str> =
            description["paths"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(described, http::PATHS.iter().copied().collect());
    }
}

//! Finding the document in which an instance describes itself.

use reqwest::header::HeaderMap;
use serde_json::Value;
use url::Url;

use super::description::is_description;
use crate::backend::BackendError;
use crate::backend::http::{self, Effect, Http, Request, Verb};
use crate::error_code::ErrorCode;

/// Where the usual generators put it: Swashbuckle, NSwag, springdoc, Swagger for older .NET, and by hand.
const USUAL: [&str; 11] = [
    "/swagger/v1/swagger.json",
    "/swagger/v0/swagger.json",
    "/api/v0/swagger.json",
    "/swagger.json",
    "/openapi.json",
    "/api/v0/openapi.json",
    "/openapi/v1.json",
    "/v3/api-docs",
    "/v2/api-docs",
    "/swagger/docs/v1",
    "/api-docs",
];

/// What the search came to.
#[derive(Debug)]
pub(super) enum Search {
    Found {
        path: String,
        document: Value,
    },
    /// It is there, but larger than is read.
    TooLarge,
    /// Somewhere only who is signed in may look.
    Guarded,
    /// Something was there, but no description.
    Unreadable,
    Missing,
    /// The server stopped answering.
    Broken(BackendError),
}

/// Asks for the document at `given`, or at the usual places below `base`. Without authorisation: the token is for the
/// API.
pub(super) async fn search(http: &Http, base: &Url, given: Option<&str>) -> Search {
    let paths: Vec<&str> = given.map_or_else(|| USUAL.to_vec(), |path| vec![path]);
    let mut outcome = Search::Missing;
    for path in paths {
        match fetch(http, &address(base, path)).await {
            Ok(Some(document)) => return Search::Found { path: path.to_owned(), document },
            Ok(None) => outcome = Search::Unreadable,
            Err(BackendError::Unauthorized | BackendError::Forbidden) => outcome = Search::Guarded,
            Err(BackendError::Reply { code: ErrorCode::ReplyTooLarge, .. }) => return Search::TooLarge,
            Err(
                error @ (BackendError::Offline
                | BackendError::Untrusted
                | BackendError::Timeout
                | BackendError::Cut
                | BackendError::RateLimited { .. }
                | BackendError::Unavailable { .. }),
            ) => return Search::Broken(error),
            Err(_) => {}
        }
    }
    outcome
}

fn address(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
    url.set_path(&format!("{}/{}", base.path().trim_end_matches('/'), path.trim_start_matches('/')));
    url.set_query(query);
    url
}

async fn fetch(http: &Http, url: &Url) -> Result<Option<Value>, BackendError> {
    let (effect, verb) = (Effect::Read, Verb::Get);
    let headers = HeaderMap::new();
    let request = Request { method: "swagger", effect, verb, url, headers: &headers, body: None };
    let reply = http.send(&request).await?;
    let read = |body: &[u8]| Ok(serde_json::from_slice::<Value>(body).ok().filter(is_description));
    http::decode(reply, effect, read).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_taken_from_the_instances_own_root() {
        for (base, path, url) in [
            ("https://host:1", "/swagger.json", "https://host:1/swagger.json"),
            ("https://host/bonus/", "docs/api?group=v0", "https://host/bonus/docs/api?group=v0"),
            ("https://host", "//elsewhere/api", "https://host/elsewhere/api"),
        ] {
            assert_eq!(address(&Url::parse(base).unwrap(), path).as_str(), url);
        }
    }
}

//! Replies that need not be sent twice.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// A JSON document with its tag.
#[derive(Debug)]
pub(crate) struct Tagged {
    body: Bytes,
    etag: HeaderValue,
}

impl Tagged {
    pub(crate) fn new(body: Vec<u8>) -> Self {
        let digest = ring::digest::digest(&ring::digest::SHA256, &body);
        let half: String = digest.as_ref().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        // Hexadecimal digits between quotes are a header's value.
        let etag = HeaderValue::try_from(format!("\"{half}\"")).unwrap_or(HeaderValue::from_static("\"\""));
        Self { body: body.into(), etag }
    }

    /// The reply to a request with these headers; anybody may keep it for five minutes.
    pub(crate) fn reply(&self, request: &HeaderMap) -> Response {
        self.kept(request, "public, max-age=300")
    }

    /// The same for one who has shown who it is: nothing on the way may answer in our place, because the next time the
    /// answer may be no.
    pub(crate) fn reply_to_one(&self, request: &HeaderMap) -> Response {
        self.kept(request, "private, no-cache")
    }

    fn kept(&self, request: &HeaderMap, how: &'static str) -> Response {
        let mut response = reply(request, &self.etag, self.body.clone());
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(how));
        headers.insert(header::VARY, HeaderValue::from_static("loyalty-device"));
        response
    }
}

/// The document, or that the client has it already.
pub(crate) fn reply(request: &HeaderMap, etag: &HeaderValue, body: Bytes) -> Response {
    let mut response = if is_known(request, etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let json = HeaderValue::from_static("application/json");
        ([(header::CONTENT_TYPE, json)], Body::from(body)).into_response()
    };
    response.headers_mut().insert(header::ETAG, etag.clone());
    response
}

/// Whether `If-None-Match` names the tag; weak tags count as well (RFC 9110, 13.1.2).
fn is_known(request: &HeaderMap, etag: &HeaderValue) -> bool {
    let Ok(etag) = etag.to_str() else { return false };
    let lines = request.get_all(header::IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
    lines
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_found_wherever_it_stands_and_no_other_is() {
        let etag = HeaderValue::from_static("\"abc\"");
        let known = |lines: &[&str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(header::IF_NONE_MATCH, line.parse().unwrap());
            }
            is_known(&headers, &etag)
        };
        assert!(known(&["\"abc\""]) && known(&["W/\"abc\""]) && known(&["*"]));
        assert!(known(&["\"x\", \"abc\""]) && known(&["\"x\"", "\"abc\""]));
        assert!(!known(&[]) && !known(&["abc"]) && !known(&["\"abcd\""]) && !known(&[""]));
    }

    #[test]
    fn different_documents_have_different_tags() {
        assert_eq!(Tagged::new(b"a".to_vec()).etag, Tagged::new(b"a".to_vec()).etag);
        assert_ne!(Tagged::new(b"a".to_vec()).etag, Tagged::new(b"b".to_vec()).etag);
    }
}

//! What really arrived: a log of requests for tests to look at.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

/// Requests kept whole; older ones are only counted.
const MOST_KEPT: usize = 2_000;
/// Bytes of bodies kept; the oldest requests go first.
const MOST_BYTES: usize = 64 << 20;

/// A request as it arrived, secrets included: the sandbox has none worth hiding.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The contract's name of the method, or the path if it is no method.
    pub method: String,
    /// `GET`, `POST`, …
    pub verb: String,
    /// The path as sent.
    pub path: String,
    /// The query as sent, without the question mark.
    pub query: Option<String>,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body; what is not UTF-8 is replaced.
    pub body: String,
}

impl RecordedRequest {
    /// The value of a header; the name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON, if it is.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_str(&self.body).ok()
    }
}

/// The log of a sandbox. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Requests(Arc<Mutex<Log>>);

#[derive(Debug, Default)]
struct Log {
    kept: VecDeque<RecordedRequest>,
    bytes: usize,
    counts: BTreeMap<String, u64>,
}

impl Requests {
    fn log(&self) -> MutexGuard<'_, Log> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn record(&self, request: RecordedRequest) {
        let mut log = self.log();
        // Paths that are no methods share one count, so that they cannot fill the memory.
        let known = crate::http::methods::METHODS.iter().any(|method| method.name == request.method);
        let name = if known || request.method == "till/check" { request.method.clone() } else { "?".into() };
        *log.counts.entry(name).or_default() += 1;
        log.bytes += request.body.len();
        log.kept.push_back(request);
        while log.kept.len() > MOST_KEPT || log.bytes > MOST_BYTES {
            let Some(oldest) = log.kept.pop_front() else { return };
            log.bytes -= oldest.body.len();
        }
    }

    /// The newest 2,000 requests, fewer if their bodies are large; oldest first.
    pub fn all(&self) -> Vec<RecordedRequest> {
        self.log().kept.iter().cloned().collect()
    }

    /// Those of one method, oldest first.
    pub fn of(&self, method: &str) -> Vec<RecordedRequest> {
        self.log().kept.iter().filter(|request| request.method == method).cloned().collect()
    }

    /// How many requests of one method arrived, kept or not; `?` counts what was no method.
    pub fn count(&self, method: &str) -> u64 {
        self.log().counts.get(method).copied().unwrap_or(0)
    }

    /// Forgets requests and counts.
    pub fn clear(&self) {
        *self.log() = Log::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(body: String) -> RecordedRequest {
        RecordedRequest {
            method: "accounts/refill".into(),
            verb: "POST".into(),
            path: "/api/v0/accounts/refill".into(),
            query: None,
            headers: Vec::new(),
            body,
        }
    }

    #[test]
    fn the_log_is_bounded_in_number_and_bytes_and_still_counts() {
        let requests = Requests::default();
        (0..2_010).for_each(|number| requests.record(request(number.to_string())));
        let kept = requests.all();
        assert_eq!((kept.len(), kept[0].body.as_str()), (2_000, "10"));
        (0..65).for_each(|_| requests.record(request("x".repeat(1 << 20))));
        assert_eq!(requests.all().len(), 64);
        assert_eq!(requests.count("accounts/refill"), 2_075);
    }
}

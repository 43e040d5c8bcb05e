//! What really arrived: a log of requests for tests to look at.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

/// Requests kept whole; older ones are only counted.
const MOST_KEPT: usize = 2_000;

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
        if log.kept.len() >= MOST_KEPT {
            log.kept.pop_front();
        }
        log.kept.push_back(request);
    }

    /// The newest 2,000 requests, oldest first.
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

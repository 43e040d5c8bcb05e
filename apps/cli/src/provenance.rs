//! When what is shown was read, and from where.

use jiff::Timestamp;
use loyalty_core::guest::{Connectivity, Freshness, View};

/// What a reader has to know to judge what is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Provenance {
    /// When it was read, UTC.
    pub(crate) as_of: Timestamp,
    pub(crate) source: Source,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// Read in this run.
    Server,
    /// Kept by an earlier one.
    Cache {
        freshness: Freshness,
        /// Why the server was not read.
        because: Because,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Because {
    /// Nobody was to ask it, or no connection could be made.
    Offline,
    /// It was asked and did not answer as it should.
    NoAnswer,
}

impl Provenance {
    /// Read just now.
    pub(crate) fn live(as_of: Timestamp) -> Self {
        Self { as_of, source: Source::Server }
    }

    /// What a session shows without having been refreshed.
    pub(crate) fn kept(view: &View, asked: bool) -> Self {
        let because = match view.connectivity {
            Connectivity::Offline => Because::Offline,
            _ if !asked => Because::Offline,
            _ => Because::NoAnswer,
        };
        Self { as_of: view.snapshot.as_of, source: Source::Cache { freshness: view.freshness, because } }
    }

    /// The word of the documents.
    pub(crate) fn freshness(&self) -> &'static str {
        match self.source {
            Source::Server => "live",
            Source::Cache { freshness: Freshness::Fresh, .. } => "fresh",
            Source::Cache { freshness: Freshness::Stale, .. } => "stale",
        }
    }
}

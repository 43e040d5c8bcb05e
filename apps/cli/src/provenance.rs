//! When what is shown was read, and from where.

use jiff::{SignedDuration, Timestamp};
use loyalty_core::guest::{Connectivity, Freshness, View};

/// How old an answer may be that was read when it was asked for: it took a while, a gateway reads every five seconds at
/// most, and clocks are known to the second.
const AT_ONCE: SignedDuration = SignedDuration::from_secs(30);
/// For how long what a gateway remembers counts as fresh, as what a session keeps does.
const FRESH_FOR: SignedDuration = SignedDuration::from_mins(10);

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

    /// What a gateway answered that was asked to read anew: what is older comes from its memory.
    pub(crate) fn over_a_gateway(as_of: Timestamp, now: Timestamp) -> Self {
        let age = now.duration_since(as_of);
        if age <= AT_ONCE {
            return Self::live(as_of);
        }
        let freshness = if age <= FRESH_FOR { Freshness::Fresh } else { Freshness::Stale };
        Self { as_of, source: Source::Cache { freshness, because: Because::NoAnswer } }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gateways_old_answer_is_told_as_one_from_memory() {
        let now: Timestamp = "2026-06-15T09:00:00Z".parse().unwrap();
        let told = |seconds| {
            let provenance = Provenance::over_a_gateway(now - SignedDuration::from_secs(seconds), now);
            (provenance.freshness(), matches!(provenance.source, Source::Cache { .. }))
        };
        // Clocks that differ by a second do not make an answer of the future old.
        assert_eq!([-1, 0, 30].map(told), [("live", false); 3]);
        assert_eq!([31, 600].map(told), [("fresh", true); 2]);
        assert_eq!(told(601), ("stale", true));
    }
}
